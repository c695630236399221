"""Names and values in sections: a table for each section on a terminal, a single table in a pipe."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from swancli.model import Value
from swancli.output.table import As, Column, Row, Table

Entry: TypeAlias = "tuple[str, Value, str]"  # name, value, and the kind of the value


class Section(NamedTuple):
    """Entries under a title; `fixed_names`: they are swancli's, not a user's, and a pipe shows them without spaces."""

    key: str
    title: str
    entries: Sequence[Entry]
    fixed_names: bool = False


def tables(sections: Sequence[Section]) -> list[Table]:
    """For a terminal a table for every section that has entries, for a pipe one table of section, key and value."""
    columns = [Column("key", "", "name"), Column("value", "", "long")]
    shown = [
        Table(
            columns,
            [(name, As(kind, value)) for name, value, kind in section.entries],
            title=section.title,
            header=False,
            only="terminal",
        )
        for section in sections
        if section.entries
    ]
    rows: list[Row] = [
        (section.key, name.replace(" ", "_") if section.fixed_names else name, As(kind, value))
        for section in sections
        for name, value, kind in section.entries
    ]
    union = [Column("section", "section"), Column("key", "key", "name"), Column("value", "value", "long")]
    return [*shown, Table(union, rows, only="pipe")]
