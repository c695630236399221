"""Lines for a terminal: spans of text with styles, and how they become characters.

A style is a name with a meaning ("good", "dim", "series0"); only `paint` knows its colour. The colours of the
256-colour palette have a contrast of about 4:1 both on white and on black; those of 16 are the terminal's own. Without
colours the text must say as much.
"""

from __future__ import annotations

from collections.abc import Sequence

from swancli.output.text.escape import printable
from swancli.output.text.width import cells, cut_end

Span = tuple[str, str]
Line = list[Span]

SERIES_STYLES = 6  # "series0" and so on
HEAD = "head"  # titles of columns
CHANGED = "changed"  # words that differ from those beside them
CLOCK = "clock"  # what changes by itself as time goes by
INDENT = "  "
_WEIGHTS: dict[str, str] = {"title": "1", HEAD: "1", "strong": "1", "dim": "2", CLOCK: "2"}
_16_COLORS = _WEIGHTS | {
    "good": "32",
    "bad": "1;31",
    "warn": "35",
    CHANGED: "1;35",
    "busy": "36",
    "key": "36",
    "text": "32",
    "literal": "35",
    "series0": "36",
    "series1": "35",
    "series2": "32",
    "series3": "33",
    "series4": "31",
    "series5": "34",
}
_256_COLORS = _WEIGHTS | {
    "dim": "38;5;243",
    CLOCK: "38;5;243",
    "good": "38;5;28",
    "bad": "1;38;5;160",
    "warn": "38;5;130",
    CHANGED: "1;38;5;163",
    "busy": "38;5;32",
    "key": "38;5;32",
    "text": "38;5;28",
    "literal": "38;5;163",
    "series0": "38;5;32",
    "series1": "38;5;166",
    "series2": "38;5;28",
    "series3": "38;5;163",
    "series4": "38;5;30",
    "series5": "38;5;160",
}
_STATES = {
    "ok": "good",
    "FAILED": "bad",
    "running": "busy",
    "finished": "good",
    "crashed": "bad",
    "killed": "bad",
    "stopped": "warn",
    "stale": "warn",
}


def state_style(state: str) -> str:
    """The style of a run's state, or of whether a condition holds."""
    return _STATES.get(state, "dim")


def sgr(colors: int) -> dict[str, str]:
    """The parameters of SGR by the names of styles, for a terminal of 0, 16 or 256 colours."""
    return {} if colors == 0 else _16_COLORS if colors < 256 else _256_COLORS


def plain(line: Line) -> str:
    """The text of `line`, escaped, without trailing spaces."""
    return "".join(printable(text) for text, _ in line).rstrip(" ")


def paint(line: Line, colors: int) -> str:
    """`line` for a terminal of 0, 16 or 256 `colors`, escaped, without trailing spaces."""
    codes = sgr(colors)
    if not codes:
        return plain(line)
    out: list[str] = []
    end = len(line)
    while end and not line[end - 1][0].rstrip(" "):
        end -= 1
    for n, (text, style) in enumerate(line[:end]):
        safe = printable(text)
        if n == end - 1:
            safe = safe.rstrip(" ")
        code = codes.get(style)
        out.append(f"\x1b[{code}m{safe}\x1b[0m" if code and safe.strip(" ") else safe)
    return "".join(out)


def line_cells(line: Sequence[Span]) -> int:
    """The number of terminal cells of `line`."""
    return sum(cells(printable(text)) for text, _ in line)


def cut_line(line: Line, width: int, mark: str = "…") -> Line:
    """`line` in at most `width` cells, with `mark` in place of a lost end."""
    if line_cells(line) <= width:
        return line
    out: Line = []
    room = width
    for text, style in line:
        safe = printable(text)
        size = cells(safe)
        if size >= room:
            # the mark is needed even if this span fits: those after it are lost
            out.append((cut_end(safe + "  ", room, mark) if size == room else cut_end(safe, room, mark), style))
            return out
        out.append((safe, style))
        room -= size
    return out


def wrap_line(line: Line, width: int) -> list[Line]:
    """`line` in lines of at most `width` cells, broken between its spans; all but the first are indented."""
    lines: list[Line] = [[]]
    used = 0
    for text, style in line:
        if lines[-1] and used + cells(printable(text).rstrip()) > width:
            lines.append([(INDENT, "")])
            used, text = len(INDENT), text.lstrip()
        lines[-1].append((text, style))
        used += cells(printable(text))
    return [cut_line(part, width) for part in lines]
