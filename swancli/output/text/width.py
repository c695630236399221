"""The width of text in terminal cells, and cutting, wrapping and padding to a width."""

from __future__ import annotations

ELLIPSIS = "…"


def cells(text: str) -> int:
    """The number of terminal cells of `text` (CJK and emoji take two, combining marks none)."""
    if text.isascii():
        return len(text)
    if one_cell_each(text):
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def one_cell_each(text: str) -> bool:
    """Whether every character is of a block that is known to be one cell wide, which saves importing rich."""
    return all(
        c < "\x7f"
        or "\xc0" <= c <= "\u02ff"
        or "\u2500" <= c <= "\u259f"
        or "\u2800" <= c <= "\u28ff"
        or c in "–…×·°±▲▼"
        for c in text
    )


def clusters(text: str) -> list[str]:
    """`text` in pieces that must stay together: a character with the marks and joiners that follow it."""
    pieces: list[str] = []
    for char in text:
        joined = bool(pieces) and pieces[-1].endswith("\u200d")
        if pieces and (joined or char in "\u200d\ufe0f" or "\U0001f3fb" <= char <= "\U0001f3ff" or cells(char) == 0):
            pieces[-1] += char
        else:
            pieces.append(char)
    return pieces


def _head(pieces: list[str], width: int) -> list[str]:
    """As many of the first `pieces` as fit in `width` cells."""
    used, taken = 0, 0
    for piece in pieces:
        used += cells(piece)
        if used > width:
            break
        taken += 1
    return pieces[:taken]


def cut_end(text: str, width: int, mark: str = ELLIPSIS) -> str:
    """`text` in at most `width` cells, with `mark` in place of a lost end."""
    if cells(text) <= width:
        return text
    if width <= 0:
        return ""
    room = width - cells(mark)
    return "".join(_head(clusters(text), max(room, 0))) + mark if room >= 0 else mark[:width]


def cut_middle(text: str, width: int, mark: str = ELLIPSIS) -> str:
    """`text` in at most `width` cells, with `mark` in place of a lost middle."""
    if cells(text) <= width:
        return text
    room = width - cells(mark)
    if room < 2:
        return cut_end(text, width, mark)
    if text.isascii():
        return text[: room // 2] + mark + text[room // 2 - room :]
    pieces = clusters(text)
    head = _head(pieces, room // 2)
    rest = pieces[len(head) :]
    tail = _head(rest[::-1], room - cells("".join(head)))
    return "".join(head) + mark + "".join(tail[::-1])


def wrap(text: str, width: int) -> list[str]:
    """`text` in lines of at most `width` cells, broken after spaces, slashes and the like where possible."""
    width = max(width, 2)  # of a wide character
    lines: list[str] = []
    at = 0
    while True:
        rest = text[at : at + width * 8]  # more than fits, unless much of it has no width
        if at + len(rest) == len(text) and cells(rest) <= width:
            lines.append(rest)
            return lines
        head = "".join(_head(clusters(rest), width)) or rest[0]
        last = max(map(head.rfind, " /-,="))
        if last > width // 2 and rest[len(head) : len(head) + 1] != " ":
            head = head[: last + 1]
        lines.append(head.rstrip(" "))
        at += len(head)
        while text[at : at + 1] == " ":
            at += 1


def pad(text: str, width: int, right: bool = False) -> str:
    """`text` filled with spaces to `width` cells, on its left if `right`."""
    space = " " * (width - cells(text))
    return space + text if right else text + space
