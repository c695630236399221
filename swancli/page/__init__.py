"""The page that `serve` shows and `report` writes: HTML, CSS and JavaScript as they are; this module reads them."""

from __future__ import annotations

import os

FOLDER = os.path.dirname(__file__)
HTML = "index.html"
SUFFIXES = (".html", ".css", ".js", ".svg")


def files() -> dict[str, bytes]:
    """The files of the page by their paths below FOLDER, with slashes."""
    found = {}
    for folder, _, names in os.walk(FOLDER):
        for name in names:
            if name.endswith(SUFFIXES):
                path = os.path.join(folder, name)
                with open(path, "rb") as stream:
                    found[os.path.relpath(path, FOLDER).replace(os.sep, "/")] = stream.read()
    return found
