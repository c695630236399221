"""Names and values by section: a table each for people, one in all for pipes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from swancli.output.table import As, Column, Table
from swancli.output.text.styled import Line


class Section(NamedTuple):
    """A titled list of (name, value, kind of the value); `own` names are ours: no spaces in a pipe."""

    key: str
    title: str
    entries: Sequence[tuple[str, Any, str]]
    own: bool = False


def tables(sections: Sequence[Section], head: Sequence[Line] = ()) -> list[Table]:
    """A table for every section that has entries, and their union (section, key, value) for pipes."""
    columns = [Column("key", "", "name"), Column("value", "", "long")]
    out = [
        Table(
            columns,
            [(name, As(kind, value)) for name, value, kind in section.entries],
            title=section.title,
            head=head if not n else (),
            header=False,
            only="terminal",
        )
        for n, section in enumerate(section for section in sections if section.entries)
    ]
    rows = [
        (section.key, name.replace(" ", "_") if section.own else name, As(kind, value))
        for section in sections
        for name, value, kind in section.entries
    ]
    union = [Column("section", "section"), Column("key", "key", "name"), Column("value", "value", "long")]
    return [*out, Table(union, rows, only="pipe")]
