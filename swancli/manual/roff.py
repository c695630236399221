"""A page as source for man(1), in the man(7) macros."""

from __future__ import annotations

import re
from collections.abc import Iterator

from swancli.manual.block import Block, Terms, Text
from swancli.manual.page import Page
from swancli.version import __version__

DATE = "2026-11-23"  # of the last change to the pages' text, not today's, so that builds are reproducible
WIDTH = 78  # of the source's lines


def roff(page: Page) -> str:
    """The page's source."""
    title = page.name.upper().replace("-", "\\-")
    lines = [
        f'.TH "{title}" "{page.number}" "{DATE}" "swancli {__version__}" "SwanLab on the command line"',
        ".SH NAME",
        *_filled(f"{_plain(page.name)} \\- {_plain(_lower(page.brief.replace('`', '')))}"),
    ]
    for name, blocks in page.sections:
        lines.append(f".SH {name}")
        for n, block in enumerate(blocks):
            lines += _block(block, first=n == 0)
    return "\n".join(lines) + "\n"


def _block(block: Block, first: bool) -> Iterator[str]:
    if isinstance(block, Text):
        if not first:
            yield ".PP"
        yield from _filled(_marked(block.text))
    elif isinstance(block, Terms):
        for term, text in block.pairs:
            yield ".TP"
            yield f"\\fB{_plain(term)}\\fR"
            yield from _filled(_marked(text) or "\\&")
    else:
        if not first:
            yield ".PP"
        yield from (".nf", ".RS 2")
        yield from (_safe(_plain(line)) or "\\&" for line in block.lines)
        yield from (".RE", ".fi")


def _filled(text: str) -> list[str]:
    """The text in lines of the source; a sentence begins a new one, as roff expects."""
    lines: list[str] = []
    for sentence in re.split(r"(?<=[.!?])[ ]", text):
        line = ""
        for word in sentence.split(" "):
            if line and len(line) + 1 + len(word) > WIDTH:
                lines.append(_safe(line))
                line = word
            else:
                line = f"{line} {word}" if line else word
        lines.append(_safe(line))
    return lines


def _marked(text: str) -> str:
    """Inline text: what stands in backquotes is bold."""
    pieces = re.split(r"`([^`]*)`", text)
    return "".join(f"\\fB{_plain(piece)}\\fR" if n % 2 else _plain(piece) for n, piece in enumerate(pieces))


def _plain(text: str) -> str:
    """Text that roff prints as it is."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga")
    text = text.replace("^", "\\(ha").replace("~", "\\(ti")
    return "".join(sign if sign.isascii() else f"\\[u{ord(sign):04X}]" for sign in text)


def _safe(line: str) -> str:
    """A line that roff does not take for a request."""
    return "\\&" + line if line.startswith((".", "'")) else line


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:] if text[1:2].islower() else text
