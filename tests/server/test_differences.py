"""What docs/json.md lists as different from swanboard where both answer: what we answer, and what the real one does."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from swancli.server.app import App
from swancli.source import LocalSource
from tests.oracle.swanboard import Swanboard
from tests.server.test_app import ask
from tests.support.logdirs import Logdir, Run, point

FIRST = point(1, 0.5) + b"\n"
SUMMARY = {"max": 1, "min": 0}


class Difference(NamedTuple):
    """A run, a path that is asked for, how to sum an answer up, and what that gives for swanboard and for us."""

    write: Callable[[Run], object]
    path: str
    sum_up: Callable[[int, Any], object]
    swanboards: object
    ours: object


def data_of(status: int, body: Any) -> object:
    """The data of a success."""
    assert status == 200
    return body["data"]


def values_of(status: int, body: Any) -> object:
    """The number of points that a metric's answer tells, and the values of its points; None without one."""
    assert status == 200
    return body["data"]["sum"], [entry.get("data") for entry in body["data"]["list"]]


DIFFERENCES = {
    "a newline in the name of a metric": Difference(
        lambda run: run.metric("a\nb", [point(1, 0.5)], summary=SUMMARY),
        "/api/v1/experiment/1/tag/a%0Ab",
        lambda status, body: (status, body if status == 404 else body["data"]["sum"]),
        (404, {"detail": "Not Found"}),
        (200, 1),
    ),
    "a date without zeros among console files": Difference(
        lambda run: (run.console("2025-1-2.log", "one\n"), run.console("2025-01-03.log", "two\n")),
        "/api/v1/experiment/1/recent_log",
        data_of,
        {"recent": ["one", "two"], "logs": ["one", "", "two", ""]},
        {"recent": ["two", "two"], "logs": ["two", ""]},
    ),
    "a line without data in a series": Difference(
        lambda run: run.metric("m", {"1000.log": FIRST + b'{"index":2}\n'}, summary=SUMMARY),
        "/api/v1/experiment/1/tag/m",
        values_of,
        (2, [0.5, None]),
        (1, [0.5]),
    ),
    "a last line without index": Difference(
        lambda run: run.metric("m", {"1000.log": FIRST + b'{"data":7}\n'}, summary=SUMMARY),
        "/api/v1/experiment/1/summary",
        data_of,
        {"summaries": [{"key": "m", "value": 7}]},
        {"summaries": [{"key": "m", "value": 0.5}]},
    ),
    "a slice file whose name is no number": Difference(
        lambda run: run.metric("m", {"1000.log": FIRST, "latest.log": point(2, 9.5) + b"\n"}, summary=SUMMARY),
        "/api/v1/experiment/1/summary",
        data_of,
        {"summaries": [{"key": "m", "value": 9.5}]},
        {"summaries": [{"key": "m", "value": 0.5}]},
    ),
}


@pytest.fixture(params=DIFFERENCES)
def difference(request: pytest.FixtureRequest) -> Difference:
    return DIFFERENCES[request.param]


@pytest.fixture
def logdir(difference: Difference, tmp_path: Path) -> Path:
    made = Logdir(tmp_path.resolve() / "swanlog")
    difference.write(made.run("base"))
    return made.close()


@pytest.fixture
def app(logdir: Path) -> Iterator[App]:
    made = App(lambda: LocalSource(str(logdir)))
    yield made
    made.close()


def test_serve_answers_as_listed(difference: Difference, app: App) -> None:
    got = ask(app, difference.path)
    assert difference.sum_up(got.status, json.loads(got.body)) == difference.ours


@pytest.mark.oracle
def test_swanboard_answers_as_listed(difference: Difference, logdir: Path) -> None:
    with Swanboard(logdir) as board:
        status, body = board.get(difference.path)
    assert difference.sum_up(status, json.loads(body)) == difference.swanboards


@pytest.mark.oracle
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/v1/experiment/1/tag/nan", {"code": 3555, "message": "Out of range float values are not JSON compliant"}),
        ("/api/v1/experiment/1/summary", {"code": 3555, "message": "Out of range float values are not JSON compliant"}),
        ("/api/v1/experiment/1", {"code": 3555, "message": "Out of range float values are not JSON compliant"}),
        (
            "/api/v1/project",
            {
                "code": 3500,
                "message": "Get list experiments failed: Out of range float values are not JSON compliant",
            },
        ),
    ],
)
def test_swanboard_cannot_answer_nan(path: str, body: object, tmp_path: Path) -> None:
    made = Logdir(tmp_path.resolve() / "swanlog")
    run = made.run("base")
    run.metric("nan", [point(1, float("nan"))], summary=SUMMARY)
    run.file("config.yaml", "lr: .nan")
    with Swanboard(made.close()) as board:
        status, found = board.get(path)
    assert (status, json.loads(found)) == (500, body)
