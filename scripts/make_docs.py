"""Writes man/, completions/ and docs/commands.md from the command tree: `make docs`."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def made() -> dict[str, str]:
    """What is generated: path below the repository's root, and text."""
    from swancli.cli.commands import tree
    from swancli.manual.markdown import markdown
    from swancli.manual.page import pages
    from swancli.manual.roff import roff
    from swancli.manual.scripts import FILES, completion
    from swancli.manual.tree import SHELLS

    group = tree()
    found = {f"completions/{FILES[shell]}": completion(shell, group) for shell in SHELLS}
    manual = pages(group)
    found |= {f"man/man{page.number}/{page.name}.{page.number}": roff(page) for page in manual}
    return {**found, "docs/commands.md": markdown(manual)}


def main() -> int:
    """Write what differs, and remove what is made no more."""
    files = made()
    for name, text in files.items():
        path = ROOT / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            print(f"wrote {name}")
    for folder in ("man", "completions"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and str(path.relative_to(ROOT)) not in files:
                path.unlink()
                print(f"removed {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
