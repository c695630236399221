"""The page's modules as one script: a page that is opened from a disk can't import any.

The modules keep to a few forms, which is all that is understood here: `import { a, b as c } from "./x.js";`, and
`export` in front of a declaration. Each becomes a block that passes on what it exports; nothing is executed here.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

ENTRY = "app.js"
_IMPORT = re.compile(r'^import \{([^}]+)\} from "([^"]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export ((?:async )?(?:class|const|function\*?) (\w+))", re.MULTILINE)


def bundle(modules: Mapping[str, str], entry: str = ENTRY) -> str:
    """One module that does what `entry` does; `modules` are sources by path. ValueError for what is not understood."""
    order: list[str] = []
    _visit(entry, modules, order, ())
    return "const modules = {};\n" + "".join(_block(path, modules[path]) for path in order)


def _visit(path: str, modules: Mapping[str, str], order: list[str], above: tuple[str, ...]) -> None:
    """Add a module to `order`, after those that it imports."""
    if path in above:
        raise ValueError(f"modules import each other: {' -> '.join([*above, path])}")
    if path in order:
        return
    if path not in modules:
        raise ValueError(f"no module {path}")
    for _, target in _IMPORT.findall(modules[path]):
        _visit(_resolved(path, target), modules, order, (*above, path))
    order.append(path)


def _block(path: str, source: str) -> str:
    def imported(found: re.Match[str]) -> str:
        names = re.sub(r"(\w+) as (\w+)", r"\1: \2", " ".join(found[1].split()).rstrip(","))
        return f'const {{ {names} }} = modules["{_resolved(path, found[2])}"];\n'

    names = [name for _, name in _EXPORT.findall(source)]
    text = _EXPORT.sub(r"\1", _IMPORT.sub(imported, source))
    if re.search(r"^(?:import|export)\b", text, re.MULTILINE):
        raise ValueError(f"{path}: an import or export of another form")
    exported = f'modules["{path}"] = {{ {", ".join(names)} }};\n' if names else ""
    return f"{{\n{text}{exported}}}\n"


def _resolved(path: str, target: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
