"""The commands' pages in Markdown: docs/commands.md."""

from __future__ import annotations

import re
from collections.abc import Iterator

from swancli.manual.block import Block, Terms, Text
from swancli.manual.page import Page

HEAD = """# Commands

Made by `make docs` from the command tree, like the manual pages (`man swancli-metric`, `swancli help
metric`). What all commands share, environment and exit codes included, stands under [swancli](#swancli).
"""
LEFT_OUT = ("SEE ALSO", "EXIT STATUS", "COMMON OPTIONS")


def markdown(pages: list[Page]) -> str:
    """The text of docs/commands.md."""
    lines = [HEAD]
    shared = next((blocks for page in pages for name, blocks in page.sections if name == "COMMON OPTIONS"), [])
    for page in pages:
        root = page.name == "swancli"
        title = page.name.replace("-", " ", 1) if page.number == 1 else page.name.partition("-")[2]
        lines.append(f"## {title}\n")
        if page.number != 1:
            lines.append(f"{page.brief}.\n")
        sections = [*page.sections]
        if root:
            at = next(n for n, (name, _) in enumerate(sections) if name == "EXAMPLES")
            sections.insert(at, ("OPTIONS OF EVERY COMMAND THAT READS", shared))
        for name, blocks in sections:
            if name in LEFT_OUT and not (root and name == "EXIT STATUS"):
                continue
            if name not in ("SYNOPSIS", "DESCRIPTION"):
                lines.append(f"**{name.capitalize()}**\n")
            for block in blocks:
                lines += _block(block)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).rstrip() + "\n"


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, Text):
        yield f"{_escaped(block.text)}\n"
    elif isinstance(block, Terms):
        yield from (f"- `{term}`: {_escaped(explained)}" for term, explained in block.pairs)
        yield ""
    else:
        yield "\n".join(["```text", *block.lines, "```\n"])


def _escaped(text: str) -> str:
    pieces = re.split(r"(`[^`]*`)", text)
    return "".join(piece if piece.startswith("`") else re.sub(r"([<>*_\[\]|])", r"\\\1", piece) for piece in pieces)
