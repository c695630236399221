"""Any text as a name, a cell, a log line, JSON: nothing that a terminal obeys is left, and JSON means what it meant."""

from __future__ import annotations

import json
import re

from swancli.output.formats.jsonl import json_line
from swancli.output.text import escape
from swancli.output.text.width import cells, cut_end, cut_middle, wrap

OBEYED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
TURNING = re.compile("[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def check(data: bytes) -> None:
    """Escape in every way."""
    text = (
        data.decode("utf-8", "surrogatepass" if data[:1] == b"\xed" else "replace")
        if data[:1] != b"\xed"
        else data.decode("latin-1")
    )
    shown = escape.printable(text)
    assert not OBEYED.search(shown) and not TURNING.search(shown) and "\n" not in shown and "\t" not in shown
    assert not OBEYED.search(escape.cell(text))
    line = escape.log_line(text, False)
    assert not OBEYED.search(line) and not TURNING.search(line) and "\n" not in line
    kept = re.sub(r"\x1b\[[0-9;:]*m", "", escape.log_line(text, True))
    assert not OBEYED.search(kept) and not TURNING.search(kept)
    assert json.loads(json_line(text)) == text
    assert json.loads(escape.json_visible(json.dumps(text, ensure_ascii=False))) == text
    for width in (2, 7, 40):
        assert cells(cut_end(shown, width)) <= width
        assert cells(cut_middle(shown, width)) <= width
        lines = wrap(shown, width)
        assert "".join(lines).replace(" ", "") == shown.replace(" ", "")
