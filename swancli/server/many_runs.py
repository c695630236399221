"""Answers about many runs at once, in the grammar of the command line: a table's columns, and what differs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from swancli import wire
from swancli.addresses import address
from swancli.endpoints import EXPERIMENT, SUMMARY
from swancli.errors import NotFound, SwancliError, UsageError
from swancli.queries import compare
from swancli.queries.columns import parse_column, split
from swancli.queries.filters import parse_condition
from swancli.queries.values import Runs, names_like

if TYPE_CHECKING:
    from swancli.model import Address, Column, Compared, Run, Summary
    from swancli.source import Source

RUNS, COLUMNS, COMPARE = (f"{wire.PREFIX}/{name}" for name in ("runs", "columns", "compare"))
MAX_COMPARED = 100  # runs


def lists(path: str, source: Source, query: str) -> dict[str, object] | None:
    """What a source answers to one of these paths; None if it is another path."""
    if path == RUNS:
        return _runs(source, _given(query))
    if path == COLUMNS:
        return {"details": names_like(source, source.experiments())}
    if path == COMPARE:
        return {"details": [_row(one) for one in _compared(source, _given(query))]}
    return None


def _given(query: str) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in parse_qsl(query, keep_blank_values=True, errors="surrogatepass"):
        found.setdefault(name, []).append(value)
    return found


def _runs(source: Source, given: Mapping[str, list[str]]) -> dict[str, object]:
    """Every run, or those of some addresses, that meet the conditions, with the values of columns in their order."""
    rows = source.experiments()
    if "run" in given:
        wanted = set(map(wire.address, given["run"]))
        rows = [row for row in rows if address(row) in wanted]
    runs = Runs(source, rows if "run" in given else None)
    runs.keep([parse_condition(text) for text in given.get("filter", []) if text.strip()])
    columns = [parse_column(part) for text in given.get("columns", []) for part in split(text, ",") if part.strip()]
    notes = _read(runs, columns)
    found = [
        {
            "address": address(row),
            "run_id": row.get("run_id"),
            "name": row.get("name"),
            "values": [runs.value(row, column) for column in columns],
        }
        for row in runs.rows
    ]
    more = {"project": runs.project, "columns": [column.text for column in columns], "of": len(rows)}
    return {"details": {**more, "where": source.where, "runs": found}, "notes": [*source.notes, *notes, *runs.notes]}


def _read(runs: Runs, columns: Sequence[Column]) -> list[str]:
    """Read the columns; return a sentence about those that no run has."""
    left = list(columns)
    notes: list[str] = []
    while True:
        try:
            runs.read(left)
            return notes
        except NotFound as error:
            notes.append(str(error))
            lacking = [column for column in left if all(runs.value(row, column) is None for row in runs.rows)]
            left = [column for column in left if column not in lacking]


def _compared(source: Source, given: Mapping[str, list[str]]) -> list[Compared]:
    ids: list[Address] = [wire.address(word) for word in given.get("run", [])]
    if not 0 < len(ids) <= MAX_COMPARED:
        raise UsageError(f"specify the parameter run (the runs to compare) one to {MAX_COMPARED} times")
    asked = [{"experiment": id} for id in ids]
    needed = [{**one, "requirements": True} for one in asked]
    runs = [_or_raise(one) for one in source.details_of_many(EXPERIMENT, needed)]
    summaries: list[Summary] = [
        {"summaries": []} if isinstance(one, SwancliError) else one for one in source.details_of_many(SUMMARY, asked)
    ]
    return [
        *compare.configs(runs),
        *compare.metrics(summaries),
        *compare.systems(runs),
        *compare.packages(runs),
    ]


def _or_raise(found: Run | SwancliError) -> Run:
    if isinstance(found, SwancliError):
        raise found
    return found


def _row(one: Compared) -> dict[str, object]:
    """A row of a comparison; a run that lacks the key has no cell: null."""
    cells = [None if cell is None else {"value": cell.value} for cell in one.cells]
    return {
        "section": one.section,
        "key": one.key,
        "cells": cells,
        "best": list(one.best),
        "differs": compare.differs(one),
    }
