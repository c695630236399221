"""Screen lines: spans of text with the name of a style, and how they become characters for a terminal.

Styles are names with a meaning ("good", "dim", "series0"); only `paint` knows what they look like. Those of
the 256-colour palette were chosen for a contrast of about 4:1 on white and on black alike; with 16 colours
the terminal's own palette decides; without colour nothing may depend on them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from swancli.output.text.escape import printable
from swancli.output.text.width import cells, cut_end

Span = tuple[str, str]
Line = list[Span]

SERIES_STYLES = 6  # "series0" and so on
_PLAIN: dict[str, str] = {"title": "1", "head": "1", "strong": "1", "dim": "2"}
_FEW = _PLAIN | {
    "good": "32",
    "bad": "1;31",
    "warn": "35",
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
_MANY = _PLAIN | {
    "dim": "38;5;243",
    "good": "38;5;28",
    "bad": "1;38;5;160",
    "warn": "38;5;130",
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


_STATES = {"running": "busy", "finished": "good", "crashed": "bad", "stopped": "warn", "stale": "warn"}


def state_style(state: str) -> str:
    """The style that the state of a run has everywhere."""
    return _STATES.get(state, "dim")


def _sgr(colors: int) -> dict[str, str]:
    return {} if colors == 0 else _FEW if colors < 256 else _MANY


def plain(line: Line) -> str:
    """The text of `line`, escaped, without trailing spaces."""
    return "".join(printable(text) for text, _ in line).rstrip(" ")


def paint(line: Line, colors: int) -> str:
    """`line` for a terminal of so many `colors` (0: no colour), escaped, without trailing spaces."""
    codes = _sgr(colors)
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


def painted(lines: Iterable[Line], colors: int) -> list[str]:
    """Every line of `lines`, painted."""
    return [paint(line, colors) for line in lines]


def line_cells(line: Sequence[Span]) -> int:
    """The cells that `line` takes on the screen."""
    return sum(cells(printable(text)) for text, _ in line)


def cut_line(line: Line, width: int, mark: str = "…") -> Line:
    """`line` in at most `width` cells, with `mark` where its end is lost."""
    if line_cells(line) <= width:
        return line
    out: Line = []
    room = width
    for text, style in line:
        safe = printable(text)
        size = cells(safe)
        if size >= room:
            # what does not fit behind this span is lost, so the mark is due even if the span itself fits
            out.append((cut_end(safe + "  ", room, mark) if size == room else cut_end(safe, room, mark), style))
            return out
        out.append((safe, style))
        room -= size
    return out


def wrap_line(line: Line, width: int, indent: str = "  ") -> list[Line]:
    """`line` in as many lines of `width` cells as it takes, broken between its spans."""
    lines: list[Line] = [[]]
    used = 0
    for text, style in line:
        if lines[-1] and used + cells(printable(text).rstrip()) > width:
            lines.append([(indent, "")])
            used, text = len(indent), text.lstrip()
        lines[-1].append((text, style))
        used += cells(printable(text))
    return [cut_line(part, width) for part in lines]
