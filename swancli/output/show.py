"""What commands print with: `show_tables` for tables, `show_lines` for logs, `show_json_lines` for values as they come.

The Terminal comes from `stdout.detect`, the tables from the functions of `views`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from swancli.output.pager import Pager
from swancli.output.stdout import Terminal
from swancli.output.table import Table, shown
from swancli.output.text.styled import Line, paint


def show_tables(tables: Sequence[Table], fmt: str | None, terminal: Terminal, above: Iterable[Line] = ()) -> None:
    """Print `tables` in one of FORMATS except json; None is a table on a terminal, TSV in a pipe.

    The lines `above` are printed above tables only, not in other formats.
    """
    fmt = fmt or ("table" if terminal.tty else "tsv")
    with Pager(terminal) as pager:
        for piece in _pieces(tables, fmt, terminal, above):
            pager.write(piece)


def _pieces(tables: Sequence[Table], fmt: str, terminal: Terminal, above: Iterable[Line]) -> Iterable[str]:
    if fmt == "table":
        from swancli.output.formats.terminal import render_all

        lines = list(above)
        body = render_all(tables, terminal.width, terminal.unicode)
        if lines and body:
            lines.append([])
        for line in (*lines, *body):
            yield paint(line, terminal.colors) + "\n"
    elif fmt == "md":
        from swancli.output.formats.markdown import markdown

        yield from markdown(shown(tables, "terminal"))
    elif fmt == "jsonl":
        from swancli.output.formats.jsonl import jsonl

        for table in shown(tables, "pipe"):
            yield from jsonl(table)
    elif fmt in ("tsv", "csv"):
        from swancli.output.formats.delimited import delimited

        for n, table in enumerate(shown(tables, "pipe")):
            if n:
                yield "\n"
            yield from delimited(table, "excel" if fmt == "csv" else "excel-tab")
    else:
        raise ValueError(f"no such format: {fmt}")


def show_lines(lines: Iterable[Line | str], terminal: Terminal, follow: bool = False) -> None:
    """Print lines, a str as it is (it must be safe to print); `follow` flushes after each, without a pager."""
    texts = ((line if isinstance(line, str) else paint(line, terminal.colors)) + "\n" for line in lines)
    if follow:
        for text in texts:
            terminal.write(text)
            terminal.flush()
        return
    with Pager(terminal) as pager:
        for text in texts:
            pager.write(text)


def show_json_lines(values: Iterable[object], terminal: Terminal) -> None:
    """Print each value as one line of strict JSON, and flush it."""
    from swancli.output.formats.jsonl import json_line

    for value in values:
        terminal.write(json_line(value))
        terminal.flush()
