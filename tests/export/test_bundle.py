"""Modules become one script, or a sentence about why not."""

from __future__ import annotations

import pytest

from swancli.export.bundle import bundle
from swancli.page import files


def test_a_module_stands_behind_those_that_it_imports() -> None:
    found = bundle(
        {
            "app.js": 'import { one as first } from "./a/b.js";\nfirst();\n',
            "a/b.js": 'import { two } from "../c.js";\nexport function one() { return two; }\n',
            "c.js": "export const two = 2;\n",
        }
    )
    assert [found.index(text) for text in ("const two = 2", "function one", "first();")] == sorted(
        found.index(text) for text in ("const two = 2", "function one", "first();")
    )
    assert 'const { one: first } = modules["a/b.js"];' in found
    assert "import" not in found.replace("imported", "")
    assert "export " not in found


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ('import x from "./y.js";\n', "another form"),
        ("export default 1;\n", "another form"),
        ('import { a } from "./missing.js";\n', "no module missing.js"),
        ('import { a } from "./app.js";\n', "import each other"),
    ],
)
def test_other_forms_are_refused(source: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        bundle({"app.js": source})


def test_all_modules_of_the_page_are_in_it() -> None:
    modules = {name: body.decode() for name, body in files().items() if name.endswith(".js")}
    found = bundle(modules)
    for name in modules:
        if not name.startswith("vendor/") and name != "app.js":
            assert f'modules["{name}"] = ' in found
