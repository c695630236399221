"""runs.swanlab, the SQLite database of a logdir: what its tables hold, as rows."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, cast

from swancli.logdir.local.reader import REPLACEMENT, REQUIRED_COLUMNS, Reader
from swancli.logdir.locate import DATABASE
from swancli.values import sort_key

if TYPE_CHECKING:
    from swancli.logdir.rows import (
        ChartRow,
        DisplayRow,
        ExperimentRow,
        NamespaceRow,
        ProjectRow,
        SourceRow,
        TagRow,
    )

MAX_NAMES = 500  # in one query
HEAD_COLUMNS = ("id", "run_id", "name", "status", "create_time")  # what identifies an experiment, and its age
# Rows that a word may mean, and a few more: cells that are not text are left for the caller to compare.
MAY_MEAN = "name = :word or instr(run_id, :word) or typeof(name) <> 'text' or typeof(run_id) <> 'text'"


class Database:
    """The database of one logdir. Rows are dicts; columns that an old version lacks are missing from them."""

    def __init__(self, root: str) -> None:
        self._reader = Reader(root, os.path.join(root, DATABASE))

    def project(self) -> ProjectRow | None:
        """The project's row; a logdir has at most one."""
        return cast("ProjectRow | None", next(self._reader.rows("select * from project order by id limit 1"), None))

    def experiments(self) -> list[ExperimentRow]:
        """All experiments, by id."""
        return cast("list[ExperimentRow]", self._reader.fetch_all("select * from experiment order by id"))

    def experiment(self, id: int) -> ExperimentRow | None:
        """One experiment, or None."""
        return cast("ExperimentRow | None", next(self._reader.rows("select * from experiment where id = ?", id), None))

    def heads(self, word: str | None = None, newest: bool = False) -> list[ExperimentRow]:
        """The HEAD_COLUMNS of all experiments, by id.

        With a word, at least of those with this name, or a run id that contains it; with `newest`, of the newest, too.
        """
        columns = self._columns("experiment")
        wanted = ", ".join(name for name in HEAD_COLUMNS if name in columns or name in REQUIRED_COLUMNS["experiment"])
        query = f"select {wanted} from experiment"
        if word is None or REPLACEMENT in word:  # text that is not UTF-8 is read with it
            return cast("list[ExperimentRow]", self._reader.fetch_all(f"{query} order by id"))
        meant = MAY_MEAN
        if newest:
            age = "create_time desc, id desc" if "create_time" in columns else "id desc"
            meant += f" or id = (select id from experiment order by {age} limit 1)"
            if "create_time" in columns:
                meant += " or typeof(create_time) <> 'text'"
        return cast("list[ExperimentRow]", self._reader.fetch_all(f"{query} where {meant} order by id", word=word))

    def run_ids(self) -> frozenset[str]:
        """The run ids of all experiments."""
        return frozenset(self._reader.texts("select run_id from experiment", "run_id"))

    def tags(self, experiment: int) -> list[TagRow]:
        """The metrics of an experiment in the order in which a summary lists them."""
        found = self._reader.fetch_all("select * from tag where experiment_id = ? order by id", experiment)
        rows = cast("list[TagRow]", found)
        rows.sort(key=lambda row: sort_key(row["id"] if row.get("sort") is None else row["sort"]))
        return rows

    def tag(self, experiment: int, name: str) -> TagRow | None:
        """One metric, matched exactly, or None."""
        return cast(
            "TagRow | None",
            next(self._reader.rows("select * from tag where experiment_id = ? and name = ?", experiment, name), None),
        )

    def charts(self, experiment: int) -> list[ChartRow]:
        """The charts of an experiment, by id."""
        return cast(
            "list[ChartRow]",
            self._reader.fetch_all("select * from chart where experiment_id = ? order by id", experiment),
        )

    def namespaces(self, experiment: int) -> list[NamespaceRow]:
        """The namespaces of an experiment, by id."""
        return cast(
            "list[NamespaceRow]",
            self._reader.fetch_all("select * from namespace where experiment_id = ? order by id", experiment),
        )

    def sources(self, experiment: int) -> list[SourceRow]:
        """Which metric each chart draws: chart_id, error, name; by source id."""
        return cast(
            "list[SourceRow]",
            self._reader.fetch_all(
                "select source.chart_id as chart_id, source.error as error, tag.name as name from chart"
                " join source on source.chart_id = chart.id join tag on tag.id = source.tag_id"
                " where chart.experiment_id = ? order by source.id",
                experiment,
            ),
        )

    def displays(self, experiment: int) -> list[DisplayRow]:
        """Which charts each namespace shows: namespace_id, chart_id; by display id."""
        return cast(
            "list[DisplayRow]",
            self._reader.fetch_all(
                "select display.namespace_id as namespace_id, display.chart_id as chart_id from namespace"
                " join display on display.namespace_id = namespace.id"
                " where namespace.experiment_id = ? order by display.id",
                experiment,
            ),
        )

    def tag_counts(self) -> dict[int, int]:
        """How many metrics each experiment has."""
        rows = self._reader.rows("select experiment_id as experiment_id, count(*) as n from tag group by experiment_id")
        return {cast("int", row["experiment_id"]): cast("int", row["n"]) for row in rows}

    def main_tags(self) -> list[TagRow]:
        """For each experiment the row of its main metric."""
        from swancli.logdir.main_metric import rank

        self._reader.add_function("main_rank", 1, rank)
        first = "select id, min(main_rank(name) * 1e15 + id) from tag group by experiment_id"
        return cast(
            "list[TagRow]",
            self._reader.fetch_all(f"select * from tag where id in (select id from ({first})) order by id"),
        )

    def named_tags(self, names: Sequence[str]) -> Iterator[TagRow]:
        """The metrics of all experiments that have one of these names."""
        for start in range(0, len(names), MAX_NAMES):
            some = names[start : start + MAX_NAMES]
            query = f"select * from tag where name in ({', '.join('?' * len(some))})"
            yield from cast("list[TagRow]", self._reader.fetch_all(query, *some))

    def matching_tags(self, word: str) -> list[TagRow]:
        """The metrics of all experiments that a name or a glob matches, by id."""
        from swancli.names import matches

        self._reader.add_function("matches", 2, matches)
        return cast(
            "list[TagRow]", self._reader.fetch_all("select * from tag where matches(name, ?) order by id", word)
        )

    def close(self) -> None:
        """Close the connection."""
        self._reader.close()

    def _columns(self, table: str) -> set[str]:
        """The names of a table's columns."""
        return {str(row["name"]) for row in self._reader.rows("select name from pragma_table_info(?)", table)}
