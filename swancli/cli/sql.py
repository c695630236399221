"""The body of `swancli sql`: the query, and its answer as a table."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from swancli.cli.session import Session
from swancli.cli.startup import collect_garbage
from swancli.errors import UsageError

if TYPE_CHECKING:
    from swancli.output.table import Table
    from swancli.sql.query import Answer

INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")
NUMBERS = ("DOUBLE", "FLOAT", "DECIMAL")


def sql(session: Session, text: str | None) -> None:
    """Print the answer."""
    from swancli.api.runs import Runs
    from swancli.sql.query import Query

    collect_garbage(True)
    if text in (None, "-"):
        if sys.stdin is None or sys.stdin.isatty():
            raise UsageError("sql requires a query, such as 'select * from runs', or one on standard input")
        text = sys.stdin.read()
    if not (text or "").strip():
        raise UsageError("the query is empty")
    query = Query(session.source, Runs(session.source))
    try:
        answer = table(query.run(text or ""))
        if session.json:
            return _print_array(session, answer)
        session.show(lambda: [answer])
    finally:
        query.close()


def table(answer: Answer) -> Table:
    """The answer as a table."""
    from swancli.output.table import Column, Table

    columns = [Column(name, name, _kind(kind)) for name, kind in answer.columns]
    return Table(columns, answer.rows)


def _kind(type: str) -> str:
    """The kind of column that shows a type of DuckDB."""
    if type in INTEGERS:
        return "step"
    if type.startswith(NUMBERS):
        return "number"
    return "time" if type == "TIMESTAMP WITH TIME ZONE" else "value"


def _print_array(session: Session, answer: Table) -> None:
    """Print the rows as a JSON array of objects, one per line."""
    from swancli.output.formats.jsonl import jsonl

    lead = "["
    for line in jsonl(answer):
        session.terminal.write(lead + line.rstrip("\n"))
        lead = ",\n"
    session.terminal.write(("" if lead != "[" else "[") + "]\n")
