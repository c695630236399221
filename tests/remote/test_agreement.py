"""What tables show agrees with what the API answers, on every recorded logdir."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from swancli.endpoints import LOGS, METRIC, ROUTES
from swancli.errors import SwancliError
from swancli.reply import dumps
from swancli.source import LocalSource
from tests.support.corpus_cases import cases

WORDS = {"running", "finished", "crashed", "stopped", "stale", "unknown"}


def strict(value: Any) -> Any:
    """A value as the API's JSON gives it back."""
    return json.loads(dumps(value))


@pytest.mark.parametrize("case", cases())
def test_tables_and_answers_agree(case: str, corpus: Callable[[str], Path]) -> None:
    source = LocalSource(str(corpus(case)))
    try:
        rows = source.experiments()
    except SwancliError:
        rows = []
    for route in ("project", "experiment", "charts", "status", "summary"):
        for row in rows if route != "project" else [{"id": None}]:
            more = {} if route == "project" else {"experiment": row["id"]}
            reply = json.loads(source.get(ROUTES[route], **more).read())
            if reply["code"]:
                with pytest.raises(SwancliError):
                    source.details(ROUTES[route], **more)
                continue
            agree(route, reply["data"], source.details(ROUTES[route], **more))
    for row in rows:
        for name in source.metrics(row["id"]):
            metric_agrees(source, row["id"], name)
    source.close()


def agree(route: str, data: dict[str, Any], details: dict[str, Any]) -> None:
    """The API's data is in the details; what is computed anew says the same."""
    if route == "summary":
        for one, shown in zip(data["summaries"], details["summaries"], strict=True):
            assert one["key"] == shown["key"]
            value = "TypeError" if "value" not in shown and one["value"] is not None else strict(shown.get("value"))
            assert one["value"] == value
            assert (shown["points"] > 0) == ("value" in shown)
        return
    found = strict({key: details[key] for key in data})
    if route == "project":
        for one, shown in zip(data["experiments"], found.pop("experiments"), strict=True):
            assert shown.items() >= one.items()
            assert shown["state"] in WORDS
        data.pop("experiments")
    elif route != "charts":
        assert details["state"] in WORDS
    assert found == data


def metric_agrees(source: LocalSource, id: int, name: str) -> None:
    """The points of a table are those of the list, its numbers those of the answer."""
    reply = json.loads(source.get(METRIC, experiment=id, metric=name).read())
    if reply["code"]:
        with pytest.raises(SwancliError):
            source.details(METRIC, experiment=id, metric=name)
        return
    details = source.details(METRIC, experiment=id, metric=name)
    shown = [strict(point[:2]) for point in details["points"]]
    assert shown == [[entry["index"], entry["data"]] for entry in reply["data"]["list"]]
    assert details["count"] == reply["data"]["sum"]


@pytest.mark.parametrize("case", cases())
def test_printed_lines_are_those_of_the_answer(case: str, corpus: Callable[[str], Path]) -> None:
    source = LocalSource(str(corpus(case)))
    try:
        rows = source.experiments()
    except SwancliError:
        rows = []
    for row in rows:
        reply = json.loads(source.get(LOGS, experiment=row["id"]).read())
        if reply["code"]:
            continue
        details = source.details(LOGS, experiment=row["id"])
        lines = strict(list(details["lines"]))
        assert [line for line in lines if line] == [line for line in reply["data"].get("logs", []) if line]
        error = reply["data"].get("error", [])
        assert details["error"] == (error if not error or error[-1] else error[:-1])
        for count in (0, 1, 5, 10_000):
            tail = strict(list(source.details(LOGS, experiment=row["id"], tail=count)["lines"]))
            assert tail == (lines[-count:] if count else [])
    source.close()
