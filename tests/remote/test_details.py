"""What tables get from a dashboard: what the logdir gives, as far as the API tells, and nothing invented."""

from __future__ import annotations

import gc
import json
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from swancli.demo import write_demo
from swancli.endpoints import CHARTS, METRIC, PROJECT, ROUTES, STATUS, SUMMARY
from swancli.errors import NotFound, RemoteError, UsageError
from swancli.model import TREND_VALUES
from swancli.queries.columns import parse_columns
from swancli.remote import details as details
from swancli.remote.source import RemoteSource
from swancli.source import LocalSource
from tests.support.command import swancli
from tests.support.corpus_cases import copy_logdir
from tests.support.logdirs import Logdir, point, points
from tests.support.stub_server import Serving, answer, serving, stub


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LocalSource, RemoteSource, Serving]]:
    folder = tmp_path_factory.mktemp("sample") / "swanlog"
    write_demo(str(folder))
    with serving(LocalSource(str(folder)), api_only=True) as server:
        local, remote = LocalSource(str(folder)), RemoteSource(server.url)
        yield local, remote, server
        local.close()
        remote.close()


Sample = tuple[LocalSource, RemoteSource, Serving]


def plain(value: Any) -> Any:
    """Facts with their iterators read."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, (str, bytes, int, float, type(None))):
        return value
    return [plain(one) for one in value]


def agree(there: Any, here: Any, path: str = "") -> None:
    """Everything that the remote side tells is what the logdir tells; None is "unknown"."""
    if isinstance(there, dict):
        for key, value in there.items():
            if value is not None and key not in ("state", "where"):
                assert key in here, f"{path}.{key} is told remotely only"
                agree(value, here[key], f"{path}.{key}")
    elif isinstance(there, list):
        assert len(there) == len(here), path
        for n, (one, other) in enumerate(zip(there, here, strict=True)):
            agree(one, other, f"{path}[{n}]")
    else:
        assert there == here, path


ASKED: list[tuple[str, dict[str, Any]]] = [
    ("project", {}),
    ("project", {"metric": "train/loss", "best": "min"}),
    ("experiment", {"experiment": 1}),
    ("charts", {"experiment": 1}),
    ("status", {"experiment": 2}),
    ("summary", {"experiment": 1}),
    ("summary", {"experiment": 2}),
    ("logs", {"experiment": 1}),
    ("logs", {"experiment": 1, "tail": 3}),
    ("logs", {"experiment": 2, "tail": 0}),
    ("metric", {"experiment": 1, "metric": "train/loss"}),
    ("metric", {"experiment": 1, "metric": "train/loss", "head": 3}),
    ("metric", {"experiment": 1, "metric": "train/loss", "tail": 3}),
    ("metric", {"experiment": 1, "metric": "train/loss", "tail": 0}),
    ("metric", {"experiment": 1, "metric": "train/loss", "steps": (5, 9)}),
    ("metric", {"experiment": 1, "metric": "train/loss", "steps": (None, 9), "tail": 2}),
    ("metric", {"experiment": 1, "metric": "train/loss", "all": True}),
    ("metric", {"experiment": 2, "metric": "train/loss"}),
]


@pytest.mark.parametrize(("route", "parameters"), ASKED, ids=lambda value: str(value)[:60])
def test_what_is_told_is_what_the_logdir_tells(route: str, parameters: dict[str, Any], sample: Sample) -> None:
    local, remote, _ = sample
    agree(plain(remote.details(ROUTES[route], **parameters)), plain(local.details(ROUTES[route], **parameters)))


@pytest.mark.parametrize(("best", "ids"), [("min", [2, 3, 1]), ("max", [3, 2, 1])])
def test_the_best_run_is_the_first_from_a_dashboard_too(tmp_path: Path, best: str, ids: list[int]) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    for status, values in ((1, [0.5, 0.6]), (-1, [0.1, 0.8]), (1, [0.3, 0.9])):
        logdir.run(status=status).metric("loss", [point(n, value) for n, value in enumerate(values)])
    for api_only in (False, True):
        with serving(LocalSource(str(logdir.path)), api_only=api_only) as server:
            for where in (["-l", logdir.path], ["-u", server.url]):
                done = swancli("project", "-m", "loss", "--best", best, "--jsonl", *where)
                assert [json.loads(line)["id"] for line in done.lines] == ids


def test_what_tables_need_most_is_told(sample: Sample) -> None:
    _, remote, _ = sample
    rows = remote.details(PROJECT)["experiments"]
    assert [row["state"] for row in rows] == ["finished", "failed", "finished"]
    assert all(row["duration"] > 0 for row in rows)
    first = remote.details(SUMMARY, experiment=1, shapes=True)["summaries"][0]
    assert first["key"] == "train/loss"
    assert (first["points"], first["step"], len(first["shape"])) == (207, 207, TREND_VALUES)
    assert first["min"] < first["value"] < first["max"]
    charts = remote.details(CHARTS, experiment=1, shapes=True)["metrics"]["train/loss"]
    assert (charts["points"], len(charts["shape"])) == (207, TREND_VALUES)
    status = remote.details(STATUS, experiment=1)
    assert (status["state"], status["name"]) == ("finished", rows[0]["name"])


def test_what_only_files_tell_is_absent(sample: Sample) -> None:
    _, remote, _ = sample
    assert "last_write" not in remote.details(PROJECT)["experiments"][0]
    assert "last_write" not in remote.details(STATUS, experiment=1)
    assert "metric" not in remote.details(PROJECT)["experiments"][0]


VALUES = "id,name,created,started,duration,swanlab,config.seed,config.lora.rank,train/loss,last(train/loss)"
FUNCTIONS = "min(train/loss),max(train/loss),points(train/loss),step(train/loss),first(train/loss),at(train/loss,9)"


def test_columns_are_what_the_logdir_tells_as_far_as_answers_go(sample: Sample) -> None:
    local, remote, _ = sample
    columns = parse_columns(f"{VALUES},{FUNCTIONS},mean(train/loss)")
    here, there = (one.details(PROJECT, values=columns)["experiments"] for one in (local, remote))
    for row, other in zip(there, here, strict=True):
        mean, wanted = (one["values"].pop("mean(train/loss)") for one in (row, other))
        assert mean == (wanted and pytest.approx(wanted))
        assert row["values"] == other["values"]


def test_columns_that_a_dashboard_does_not_tell_are_absent_and_no_condition(sample: Sample) -> None:
    _, remote, server = sample
    untold = parse_columns("host,mode,step,metrics")
    assert remote.details(PROJECT, values=untold)["experiments"][0]["values"] == {}
    done = swancli("project", "--columns", "id,host", "-n", "1", "-o", "table", "-u", server.url)
    assert (done.code, done.lines) == (0, ["id  host", " 3  –"])
    done = swancli("project", "-F", "host = gpu01", "-u", server.url)
    assert (done.code, done.err) == (2, f"swancli: error: {server.url} does not provide host of its runs\n")


def test_values_of_chosen_runs_are_asked_of_these_only(sample: Sample) -> None:
    _, remote, server = sample
    server.paths.clear()
    rows = remote.details(PROJECT, ids=[2], values=parse_columns("train/loss,min(train/loss)"))["experiments"]
    assert [(row["id"], row["values"]) for row in rows] == [(2, {"train/loss": "NaN", "min(train/loss)": 1.543})]
    assert sorted(path.partition("/api/v1/")[2] for path in server.paths) == [
        "experiment/2/summary", "experiment/2/tag/train/loss", "project",
    ]  # fmt: skip


def test_a_sample_tells_no_mean(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    logdir.run().metric("loss", points(2000))
    with serving(LocalSource(str(logdir.close())), api_only=True) as server, closing(RemoteSource(server.url)) as made:
        found = made.details(PROJECT, values=parse_columns("mean(loss),at(loss,7),min(loss),points(loss),step(loss)"))
    assert found["experiments"][0]["values"] == {"min(loss)": 0.0, "points(loss)": 2000, "step(loss)": 2000}


def paths(requests: list[bytes]) -> list[str]:
    return [request.split(b" ", 2)[1].decode() for request in requests]


def test_the_project_of_a_dashboard_is_asked_for_once_and_serves_the_selectors() -> None:
    body = b'{"code":0,"message":"success","data":{"experiments":[{"id":1,"name":"a","run_id":"r","status":0}]}}'
    with stub(answer(body)) as server:
        made = RemoteSource(server.url)
        made.details(PROJECT)
        assert made.experiments()[0]["name"] == "a"
        made.experiments()
        assert paths(server.requests) == ["/swancli/v1/project", "/api/v1/project"]  # first: is it a swancli server?
        made.refresh()
        made.experiments()
        assert paths(server.requests)[2:] == ["/api/v1/project"]
        made.close()


def test_unknown_things_are_not_found_whoever_answers(sample: Sample) -> None:
    _, remote, _ = sample
    for route in ("experiment", "charts", "status", "summary", "logs"):
        with pytest.raises(NotFound, match="no experiment 9 at http"):
            remote.details(ROUTES[route], experiment=9)
    with pytest.raises(NotFound, match="no metric 'nope' in experiment 1"):
        remote.details(METRIC, experiment=1, metric="nope")


SWANBOARD = b'{"code":3555,"message":"%s"}'


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        (b"Experiment does not exist: {}", "experiment not found"),
        (b"'NoneType' object has no attribute 'folder'", "tag not found"),
    ],
)
def test_swanboards_failures_on_what_is_not_there_are_understood(message: bytes, kind: str) -> None:
    with stub(answer(SWANBOARD % message, "500 Internal Server Error")) as server:
        with closing(RemoteSource(server.url)) as made, pytest.raises(NotFound) as caught:
            made.details(METRIC, experiment=9, metric="x")
        assert caught.value.api == kind


def test_swanboards_empty_charts_of_an_unknown_experiment_are_not_found() -> None:
    def behave(connection: Any, request: bytes) -> None:
        empty = answer(b'{"code":0,"message":"success","data":{"charts":[],"namespaces":[]}}')
        unknown = answer(SWANBOARD % b"Experiment does not exist: {}", "500 Internal Server Error")
        (empty if b"/chart " in request else unknown)(connection, request)

    with stub(behave) as server, closing(RemoteSource(server.url)) as made, pytest.raises(NotFound):
        made.details(CHARTS, experiment=9)


def test_another_failure_is_the_remotes() -> None:
    broken = answer(SWANBOARD % b"disk I/O error", "500 Internal Server Error")
    with (
        stub(broken) as server,
        closing(RemoteSource(server.url)) as made,
        pytest.raises(RemoteError, match="disk I/O error"),
    ):
        made.details(PROJECT)


def test_a_404_of_another_server_is_no_such_api() -> None:
    missing = answer(b'{"detail":"Not Found"}', "404 Not Found")
    with (
        stub(missing) as server,
        closing(RemoteSource(server.url + "/wrong/prefix")) as made,
        pytest.raises(RemoteError, match="does not provide the SwanLab API"),
    ):
        made.details(PROJECT)


def test_metrics_come_from_the_charts_where_the_summary_fails() -> None:
    def behave(connection: Any, request: bytes) -> None:
        charts = b'{"code":0,"message":"success","data":{"charts":[{"source":["a","b"]},{"source":["a"]}]}}'
        broken = answer(SWANBOARD % b"folder", "500 Internal Server Error")
        (answer(charts) if b"/chart " in request else broken)(connection, request)

    with stub(behave) as server, closing(RemoteSource(server.url)) as made:
        assert made.metrics(1) == ["a", "b"]


def test_too_many_metrics_are_not_asked_one_by_one(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    _, _, server = sample
    monkeypatch.setattr(details, "MAX_METRICS", 3)
    made = RemoteSource(server.url)
    rows = made.details(SUMMARY, experiment=1)["summaries"]
    assert all("points" not in row and "value" in row for row in rows)
    assert "too many" in next(iter(made.notes))
    made.close()


def test_a_slow_dashboard_is_not_asked_for_ever(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    _, _, server = sample
    monkeypatch.setattr(details, "PATIENCE_SECONDS", -1.0)
    with closing(RemoteSource(server.url)) as made:
        rows = made.details(SUMMARY, experiment=1)["summaries"]
        assert ["points" in row for row in rows] == [True] + [False] * 5
        assert "is slow" in next(iter(made.notes))
    for thread in threading.enumerate():
        if thread.name.endswith("(work)"):  # it was asking for the metrics that nobody waited for
            thread.join(30)
    gc.collect()  # a socket left open is a warning, and so a failure
    with pytest.raises(RemoteError, match=r"the connection to .* is closed"):
        made.get(PROJECT)


def test_what_the_api_does_not_have_is_refused(sample: Sample) -> None:
    _, remote, _ = sample
    with pytest.raises(UsageError, match="logdir"):
        remote.get(PROJECT, all=True)
    with pytest.raises(UsageError, match="logdir"):
        remote.get(CHARTS, experiment=1, system=True)


@pytest.fixture(scope="module")
def sampled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str, int]]:
    """A server, a metric's name and its 3100 points, of which the API gives 1499."""
    folder = copy_logdir("shuffled-3100-0.5.2", tmp_path_factory.mktemp("sampled") / "swanlog")
    with serving(LocalSource(str(folder)), api_only=True) as server:
        source = RemoteSource(server.url)
        sums = {name: source.details(METRIC, experiment=1, metric=name)["total"] for name in source.metrics(1)}
        source.close()
        name = max(sums, key=lambda one: sums[one])
        yield server.url, name, sums[name]


def test_a_sample_says_that_it_is_one(sampled: tuple[str, str, int]) -> None:
    url, name, total = sampled
    made = RemoteSource(url)
    found = made.details(METRIC, experiment=1, metric=name)
    assert total > 1500
    assert (found["sampled"], found["total"], len(found["points"])) == (True, total, 1499)
    assert "nonfinite" not in found
    assert not list(made.notes)
    made.close()


def test_an_export_of_a_sample_makes_a_note(sampled: tuple[str, str, int]) -> None:
    url, name, total = sampled
    made = RemoteSource(url)
    assert len(made.details(METRIC, experiment=1, metric=name, all=None)["points"]) == 1499
    assert f"1499 of the {total} points" in next(iter(made.notes))
    made.close()


def test_all_points_of_a_sample_are_refused(sampled: tuple[str, str, int]) -> None:
    url, name, _ = sampled
    made = RemoteSource(url)
    for ask in (made.get, made.details):
        with pytest.raises(UsageError, match="logdir"):
            ask(METRIC, experiment=1, metric=name, all=True)
    made.close()


class Run:
    """The files of a copied run, to write on as its writer would."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        write_demo(str(folder))
        self.run = next(folder.glob("run-20250321*"))
        with closing(LocalSource(str(folder))) as source:
            found = source.logdir.experiment(1)
            self.series = found.run.series(source.logdir.tag(found, "train/loss")).folder

    def log(self, text: str, day: str = "2025-03-21") -> None:
        """Add to the console."""
        found = sorted((self.run / "console").glob("*.log"))
        path = found[-1] if day in str(found[-1]) else self.run / "console" / f"{day}.log"
        with path.open("a", encoding="utf-8") as file:
            file.write(text)

    def point(self, step: int, value: float) -> None:
        """Add a point to train/loss."""
        path = Path(self.series) / "1000.log"
        stamp = "2025-03-21T04:58:26+00:00"
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"index": step, "data": value, "create_time": stamp}) + "\n")


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(tmp_path / "swanlog")


def test_followed_logs_give_each_whole_line_once(run: Run) -> None:
    with serving(LocalSource(str(run.folder))) as server:
        made = RemoteSource(server.url)
        poll: Callable[[], list[str]] = made.follow_logs(1, 2)
        assert len(poll()) == 2
        assert poll() == []
        run.log("one\ntwo\nhalf")
        assert poll() == ["one", "two"]
        assert poll() == []
        run.log(" a line\n")
        assert poll() == ["half a line"]
        made.close()


def test_followed_points_give_each_point_once(run: Run) -> None:
    with serving(LocalSource(str(run.folder))) as server:
        made = RemoteSource(server.url)
        poll: Callable[[], list[Any]] = made.follow_points(1, "train/loss")
        assert len(poll()) == 207
        assert poll() == []
        run.point(208, 1.5)
        run.point(209, 1.25)
        assert [point[:2] for point in poll()] == [(208, 1.5), (209, 1.25)]
        made.close()


def test_following_what_has_not_changed_costs_next_to_nothing(run: Run) -> None:
    with serving(LocalSource(str(run.folder))) as server:
        for path in run.folder.rglob("*"):  # as if nothing had been written for a while
            os.utime(path, (1_700_000_000.5, 1_700_000_000.5))
        made = RemoteSource(server.url)
        sizes: list[int] = []
        fetch = made._client.fetch

        def counted(*arguments: Any) -> Any:
            found = fetch(*arguments)
            body = b"".join(found.pieces)
            sizes.append(len(body))
            found.pieces = iter((body,))
            return found

        made._client.fetch = counted  # type: ignore[method-assign]
        poll = made.follow_logs(1, None)
        assert len(poll()) > 100
        assert poll() == []
        assert len(sizes) == 3
        assert sizes[1] > 1000 > 200 > sizes[2]
        made.close()


def test_a_log_without_a_folder_yet_is_followed_from_its_start(run: Run) -> None:
    shutil.rmtree(run.run / "console")
    with serving(LocalSource(str(run.folder))) as server:
        made = RemoteSource(server.url)
        poll = made.follow_logs(1, None)
        assert poll() == []
        (run.run / "console").mkdir()
        (run.run / "console" / "2025-03-21.log").write_text("first\n", encoding="utf-8")
        assert poll() == ["first"]
        made.close()
