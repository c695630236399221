"""A page as plain text, for `swancli help TOPIC`."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from swancli.manual.block import Block, Terms, Text
from swancli.manual.page import Page

WIDEST = 100


def text(page: Page, width: int = 80) -> list[str]:
    """The page's lines, at most `width` wide where they can be wrapped."""
    width = max(40, min(width, WIDEST))
    lines = ["NAME", *_filled(f"{page.name} - {page.brief}", width, 4)]
    for name, blocks in page.sections:
        lines += ["", name]
        for n, block in enumerate(blocks):
            if n:
                lines.append("")
            lines += _block(block, width)
    return lines


def _block(block: Block, width: int) -> Iterator[str]:
    if isinstance(block, Text):
        yield from _filled(block.text, width, 4)
    elif isinstance(block, Terms):
        for term, explained in block.pairs:
            yield f"    {term}"
            yield from _filled(explained, width, 8)
    else:
        yield from (f"    {line}".rstrip() for line in block.lines)


def _filled(words: str, width: int, indent: int) -> list[str]:
    space = " " * indent
    return wrap(
        words.replace("`", ""),
        width,
        initial_indent=space,
        subsequent_indent=space,
        break_long_words=False,
        break_on_hyphens=False,
    )
