"""Printing: the few functions that commands call.

terminal = stdout.detect(color=…, pager=…)      once
show_tables(views.summary.summary(details), None, terminal)
show_lines(lines, terminal)                      logs, plots: whatever is lines already
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from swancli.output.pager import Screen
from swancli.output.stdout import Terminal
from swancli.output.table import Table, shown
from swancli.output.text.styled import Line, paint


def chosen(fmt: str | None, terminal: Terminal) -> str:
    """The format to use: the one asked for, else a table on a terminal and TSV in a pipe."""
    return fmt or ("table" if terminal.tty else "tsv")


def show_tables(tables: Sequence[Table], fmt: str | None, terminal: Terminal, above: Iterable[Line] = ()) -> None:
    """Print `tables` as one of FORMATS but json (None: what suits stdout); `above` tops a table only."""
    with Screen(terminal) as screen:
        for piece in _pieces(tables, chosen(fmt, terminal), terminal, above):
            screen.write(piece)


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
    """Print lines (a str as it is: made safe already); `follow` flushes after each and uses no pager."""
    if follow:
        for line in lines:
            terminal.write((line if isinstance(line, str) else paint(line, terminal.colors)) + "\n")
            terminal.flush()
        return
    with Screen(terminal) as screen:
        for line in lines:
            screen.write((line if isinstance(line, str) else paint(line, terminal.colors)) + "\n")


def show_json_lines(values: Iterable[object], terminal: Terminal) -> None:
    """Print each value as one line of strict JSON, flushed at once: for `--follow --jsonl`."""
    from swancli.output.formats.jsonl import json_line

    for value in values:
        terminal.write(json_line(value))
        terminal.flush()
