"""`swancli report`: the page with the data of some runs in it, as one HTML file that needs no server.

The data is what a server would answer, compressed. Values have nine digits and times are in milliseconds, so that a
point takes about eight bytes.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING

from swancli.addresses import address
from swancli.endpoints import CHARTS, EXPERIMENT, LOGS, METRIC, SUMMARY
from swancli.errors import ExperimentNotFound, NotFound, SwancliError
from swancli.export.bundle import bundle
from swancli.media_types import OTHER, type_of
from swancli.model import FACTS, Column
from swancli.page import FOLDER, files
from swancli.queries.columns import parse_column
from swancli.queries.values import Runs, names_like
from swancli.times import seconds

if TYPE_CHECKING:
    from swancli.model import Address, Data, Point, RowOfProject
    from swancli.source import Source

CONSOLE_LINES = 500  # the last ones of each run
MAX_CONSOLE_BYTES = 100_000  # of all runs
MAX_MEDIA_BYTES = 300_000  # of all runs: what is shown first, and fits
MAX_COLUMNS = 200
SHOWN = ("state", "created", "duration")
DIGITS = 9
POLICY = (
    "default-src 'none'; script-src {scripts}; style-src {styles}; img-src data: blob:; media-src data:;"
    " connect-src data:; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)


def report(source: Source, ids: Sequence[Address], title: str, all: bool = False) -> tuple[str, list[str]]:
    """The HTML of a report on some runs, and sentences about what is missing. With `all`, all points of a curve."""
    collected = _Collected(source, all)
    data = collected.collect(ids, title)
    return _html(title, data), collected.notes


class _Collected:
    """The responses that the page would ask for, by path."""

    def __init__(self, source: Source, all: bool) -> None:
        self._source, self._all = source, all
        self._answers: dict[str, Data] = {}
        self._series: dict[str, Data] = {}
        self._media: dict[str, str] = {}
        self._left_of_media, self._left_of_console = MAX_MEDIA_BYTES, MAX_CONSOLE_BYTES
        self._missing_media = 0
        self.notes: list[str] = []

    def collect(self, ids: Sequence[Address], title: str) -> Data:
        """All responses about some runs."""
        wanted = {id: n for n, id in enumerate(ids)}
        rows = [row for row in self._source.experiments() if address(row) in wanted]
        for id in wanted:
            if not any(address(row) == id for row in rows):
                raise ExperimentNotFound(f"no experiment {id} in {self._source.where}")
        rows.sort(key=lambda row: wanted[address(row)])
        for row in rows:
            self._add_run(address(row))
        if self._missing_media:
            self.notes.append(f"{self._missing_media} media files were left out, because the report would be too large")
        return {
            "title": title,
            "table": self._table(rows),
            "compared": self._compared(ids),
            "answers": self._answers,
            "series": self._series,
            "media": self._media,
        }

    def _table(self, rows: list[RowOfProject]) -> Data:
        runs = Runs(self._source, rows)
        columns = [parse_column(name) for name in SHOWN]
        for name in names_like(self._source, rows):
            if name not in FACTS and len(columns) < MAX_COLUMNS:
                columns.append(_column(name))
        self._answers["columns"] = {"details": [column.text for column in columns]}
        try:
            runs.read(columns)
        except NotFound as error:
            self.notes.append(str(error))
        found = [
            {
                "address": address(row),
                "run_id": row.get("run_id"),
                "name": row.get("name"),
                "values": {column.text: runs.value(row, column) for column in columns},
            }
            for row in rows
        ]
        return {"project": runs.project, "where": "", "of": len(rows), "runs": found}

    def _compared(self, ids: Sequence[Address]) -> list[Data]:
        from swancli.queries import compare

        found = self._source.details_of_many(EXPERIMENT, [{"experiment": id, "requirements": True} for id in ids])
        runs = [one for one in found if not isinstance(one, SwancliError)]
        if len(runs) != len(ids):
            return []
        summaries = [self._answers[f"experiments/{id}/summary"]["details"] for id in ids]
        rows = (*compare.configs(runs), *compare.metrics(summaries), *compare.systems(runs), *compare.packages(runs))
        return [
            {
                "section": one.section,
                "key": one.key,
                "cells": [None if cell is None else {"value": cell.value} for cell in one.cells],
            }
            for one in rows
        ]

    def _add_run(self, id: Address) -> None:
        path = f"experiments/{id}"
        source = self._source
        self._answers[path] = {"details": source.details(EXPERIMENT, experiment=id, requirements=True)}
        self._answers[f"{path}/summary"] = {"details": source.details(SUMMARY, experiment=id)}
        charts = source.details(CHARTS, experiment=id)
        self._answers[f"{path}/charts"] = {"details": charts}
        self._add_console(id, path)
        names = dict.fromkeys(name for chart in charts.get("charts", []) for name in chart["source"])
        asked = [{"experiment": id, "metric": name, "all": self._all} for name in names]
        for name, found in zip(names, source.details_of_many(METRIC, asked)):
            if isinstance(found, SwancliError):
                self.notes.append(f"{id}: {found}")
                continue
            details = {key: value for key, value in found.items() if key != "points"}
            points = list(found.get("points") or ())
            self._series[f"{id}/{name}"] = {**details, **_packed(points)}
            if any(isinstance(point[1], list) for point in points):
                self._add_media(id, name, points)

    def _add_console(self, id: Address, path: str) -> None:
        try:
            found = self._source.details(LOGS, experiment=id, tail=CONSOLE_LINES)
        except NotFound:
            return
        lines = list(found["lines"])
        while lines and sum(map(len, lines)) > self._left_of_console:
            del lines[: len(lines) // 2 + 1]
        self._left_of_console -= sum(map(len, lines))
        window = {"lines": lines, "start": 0, "end": len(lines), "size": len(lines)}
        self._answers[f"{path}/console"] = {"details": window}
        self._answers[f"{path}/logs"] = {"details": {"error": found.get("error") or []}}

    def _add_media(self, id: Address, metric: str, points: list[Point]) -> None:
        """The files of a metric, those of its last step first."""
        for point in reversed(points):
            for name in point[1] if isinstance(point[1], list) else ():
                key = f"{id}/{metric}/{name}"
                if not isinstance(name, str) or key in self._media:
                    continue
                try:
                    content = self._source.media(id, metric, name)
                except SwancliError:
                    continue
                kind = type_of(name, content)
                if len(content) > self._left_of_media or kind == OTHER:
                    self._missing_media += 1
                    continue
                self._left_of_media -= len(content)
                self._media[key] = f"data:{kind.decode()};base64,{base64.b64encode(content).decode()}"


def _column(name: str) -> Column:
    """The column for one of `names_like`, which are not in quotes."""
    if name.startswith("config."):
        return Column("config", name.removeprefix("config."))
    return Column("metric", name)


def _packed(points: Iterable[Point]) -> Data:
    """Points as columns: steps and times by their differences, numbers with DIGITS digits."""
    steps: list[object] = []
    values: list[object] = []
    times: list[object] = []
    more: list[object] = []
    step_before = time_before = 0
    for step, value, stamp, captions in points:
        steps.append(step - step_before)
        step_before = step
        found = seconds(stamp) if stamp is not None else None
        if found is None:
            times.append(None)
        else:
            now = round(found * 1000)
            times.append(now - time_before)
            time_before = now
        values.append(float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value)
        more.append(captions)
    packed: Data = {"steps": steps, "values": values, "times": times}
    return {**packed, "more": more} if any(one is not None for one in more) else packed


def _html(title: str, data: Data) -> str:
    found = files()
    plot = found["vendor/uPlot.iife.min.js"].decode()
    script = bundle({name: text.decode() for name, text in found.items() if name.endswith(".js")})
    style = found["vendor/uPlot.min.css"].decode() + found["style.css"].decode()
    for text in (plot, script, style):
        if "</script" in text or "</style" in text or "<!--" in text:
            raise ValueError(f"a file in {FOLDER} can't stand inside of HTML")
    policy = POLICY.format(scripts=f"{_hash(plot)} {_hash(script)}", styles=_hash(style))
    packed = base64.b64encode(zlib.compress(json.dumps(data, separators=(",", ":")).encode(), 9)).decode()
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{escape(title)}</title>
<style>{style}</style>
</head>
<body>
<noscript>This page needs JavaScript.</noscript>
<script type="text/plain" id="report">{packed}</script>
<script>{plot}</script>
<script type="module">{script}</script>
</body>
</html>
"""


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
