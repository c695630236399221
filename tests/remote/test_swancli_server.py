"""A URL of a swancli server tells what the logdir tells there: the same tables, text for text, in few requests."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from swancli import wire
from swancli.demo import write_demo
from swancli.endpoints import LOGS, METRIC, PROJECT, ROUTES, STATUS, SUMMARY
from swancli.errors import MetricNotFound, RemoteError, UsageError
from swancli.model import Column
from swancli.remote.source import RemoteSource
from swancli.source import LocalSource
from tests.support.command import ARGV, environment, swancli
from tests.support.corpus_cases import cases, copy_logdir
from tests.support.logdirs import Logdir, points
from tests.support.stub_server import Serving, answer, serving, stub
from tests.support.sweep import sweep

pytestmark = pytest.mark.slow

PROGRAM = """
import time
time.time = lambda: NOW
import io, json, sys
from swancli.cli.commands import main
for line in sys.stdin:
    words = json.loads(line)
    real, sys.stdout = sys.stdout, io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    code = main(words)
    sys.stdout.flush()
    text, sys.stdout = sys.stdout.buffer.getvalue().decode("utf-8", "surrogateescape"), real
    print(json.dumps([code, text]), flush=True)
"""
COMMANDS = ("project", "experiment 1", "charts 1", "status 1", "summary 1", "logs 1", "logs 1 -n 3", "summary latest",
            "project -m *", "summary 99", "metric 1 *", "compare all --all --diff-requirements",
            "check all state=finished min(loss)<1")  # fmt: skip


NOW = 1_800_000_000.0  # for both sides: tables show how long ago something was


class Asking:
    """One process that runs command after command."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [ARGV[0], "-c", PROGRAM.replace("NOW", repr(NOW))], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env=environment(), text=True,
        )  # fmt: skip

    def __call__(self, *words: str) -> tuple[int, str]:
        """Exit code and stdout of a command."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(words) + "\n")
        self._process.stdin.flush()
        code, text = json.loads(self._process.stdout.readline())
        return code, text

    def close(self) -> None:
        """End the process."""
        self._process.communicate()


@pytest.fixture(scope="module")
def asking() -> Iterator[Asking]:
    made = Asking()
    yield made
    made.close()


@pytest.mark.parametrize("case", cases())
def test_every_command_prints_from_a_url_what_it_prints_from_the_logdir(
    case: str, tmp_path: Path, asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.time", lambda: NOW)
    logdir = copy_logdir(case, tmp_path / "swanlog")
    with serving(LocalSource(str(logdir))) as server:
        for words in COMMANDS:
            for form in ([], ["-o", "table"], ["--jsonl"]):
                local = asking(*words.split(), *form, "-l", str(logdir))
                remote = asking(*words.split(), *form, "-u", server.url)
                assert remote == local, (words, form)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Serving]]:
    """The sample logdir, and a server of it."""
    folder = tmp_path_factory.mktemp("sample") / "swanlog"
    write_demo(str(folder))
    with serving(LocalSource(str(folder))) as server:
        yield folder, server


@pytest.mark.parametrize(
    ("words", "requests"),
    [
        ("project", 1), ("experiment 1", 1), ("charts 1", 1), ("status 1", 1), ("summary 1", 1), ("logs 1", 1),
        ("metric 1 train/loss", 1), ("summary latest", 2), ("metric 1 train/loss train/epoch", 1),
        ("metric latest eval/*", 2), ("metric 1,2 train/loss", 2), ("logs latest", 2),
    ],
)  # fmt: skip
def test_command_takes_few_requests(sample: tuple[Path, Serving], words: str, requests: int) -> None:
    _, server = sample
    server.paths.clear()
    assert swancli(*words.split(), "-u", server.url).code == 0
    assert len(server.paths) == requests


def test_every_point_comes_over_the_wire(tmp_path: Path) -> None:
    made = Logdir(tmp_path / "swanlog")
    made.run().metric("loss", points(12_345))
    path = made.close()
    with serving(LocalSource(str(path))) as server:
        for form in ("csv", "tsv", "jsonl"):
            done = swancli("metric", "1", "loss", "-o", form, "-u", server.url)
            assert (done.code, done.err) == (0, "")
            assert done.out == swancli("metric", "1", "loss", "-o", form, "-l", path).out
        assert len(done.lines) == 12_345
        source = RemoteSource(server.url)
        assert [
            point[0] for point in source.details(METRIC, experiment=1, metric="loss", steps=(12_340, None))["points"]
        ]
        source.close()


def test_swanboard_is_found_out_by_one_request_that_is_remembered(tmp_path: Path) -> None:
    folder = tmp_path / "swanlog"
    write_demo(str(folder))
    with serving(LocalSource(str(folder)), api_only=True) as server:
        source = RemoteSource(server.url)
        source.details(STATUS, experiment=1)
        source.details(SUMMARY, experiment=1)
        source.details(PROJECT)
        assert len([path for path in server.paths if path.startswith(wire.PREFIX)]) == 1
        source.close()


def test_errors_keep_their_kind_over_the_wire(sample: tuple[Path, Serving]) -> None:
    source = RemoteSource(sample[1].url)
    with pytest.raises(MetricNotFound) as caught:
        source.details(METRIC, experiment=1, metric="nope")
    assert caught.value.metric == "nope"
    source.close()


def test_unknown_parameters_are_ignored_and_wrong_ones_refused(sample: tuple[Path, Serving]) -> None:
    _, server = sample
    status, body, headers = server.ask(f"{wire.PREFIX}/experiments/1/summary?shapes=1&invented=7")
    assert (status, headers["content-type"]) == (200, "application/json")
    assert json.loads(body)["details"]["summaries"]
    status, body, _ = server.ask(f"{wire.PREFIX}/experiments/1/metrics?name=train/loss&head=many")
    assert (status, json.loads(body)["error"]["kind"]) == (422, "UsageError")
    status, body, _ = server.ask(f"{wire.PREFIX}/experiments/1/metrics")
    assert status == 422
    assert server.ask(f"{wire.PREFIX}/nothing")[0] == 404
    status, body, _ = server.ask(wire.PREFIX)
    assert status == 200
    assert json.loads(body)["name"] == "swancli"


def test_points_after_a_step_are_only_the_new_ones(sample: tuple[Path, Serving]) -> None:
    _, server = sample
    status, body, _ = server.ask(f"{wire.PREFIX}/experiments/1/metrics?name=train/loss&after=205")
    assert status == 200
    lines = [json.loads(line) for line in body.splitlines()]
    assert [line["steps"] for line in lines if "steps" in line] == [[206, 207]]
    assert lines[-1]["end"] is True


def test_unchanged_details_are_a_304(sample: tuple[Path, Serving]) -> None:
    _, server = sample
    path = f"{wire.PREFIX}/experiments/1"
    _, body, headers = server.ask(path)
    assert body
    status, body, _ = server.ask(path, headers={"if-none-match": headers["etag"]})
    assert (status, body) == (304, b"")


def test_response_that_is_cut_off_is_an_error() -> None:
    lines = b'{"details":{"name":"loss","count":2},"notes":[],"blocks":"points"}\n'
    lines += b'{"steps":[1],"values":[0.5],"times":[null]}\n'
    with stub(answer(lines)) as server:
        source = RemoteSource(server.url)
        found = source.details(METRIC, experiment=1, metric="loss")
        with pytest.raises(RemoteError, match="before the response was complete"):
            list(found["points"])
        source.close()


def test_choosing_among_many_runs_takes_as_many_requests_as_among_few(tmp_path: Path) -> None:
    words = ["project", "-F", "config.opt.lr < 1", "--sort", "min(val/loss)", "-n", "2", "-o", "csv"]
    path = sweep(tmp_path / "swanlog")
    with serving(LocalSource(str(path))) as server:
        done = swancli(*words, "-u", server.url)
        assert (done.code, done.err) == (0, "")
        assert done.out == swancli(*words, "-l", path).out
        assert server.paths == [f"{wire.PREFIX}/experiments", *[f"{wire.PREFIX}/project"] * 3]


@pytest.mark.parametrize(
    "words",
    [
        [
            "project",
            "--columns",
            "id,name,state,host,swanlab,mode,step,metrics,config.model,mean(val/loss),at(val/loss,2)",
        ],
        ["project", "--columns", "val/loss,first(val/loss),step(val/loss),points(val/loss),max(val/loss)"],
        ["project", "--group-by", "config.model,config.opt.lr", "--columns", "best(val/loss)", "--pivot"],
        ["summary", "@finished", "val/loss"],
        ["status", "--best", "2", "max(acc)", "--jsonl"],
        ["metric", "resnet50*", "val/loss"],
        ["experiment", "1-2", "--json"],
    ],
    ids=" ".join,
)
def test_columns_and_several_experiments_are_the_same_from_a_url(tmp_path: Path, words: list[str]) -> None:
    path = sweep(tmp_path / "swanlog")
    local = swancli(*words, "-l", path)
    with serving(LocalSource(str(path))) as server:
        remote = swancli(*words, "-u", server.url)
    assert (remote.code, remote.out) == (0, local.out)


@pytest.mark.parametrize("route", ROUTES.values(), ids=ROUTES)
def test_parameters_come_out_of_the_url_as_they_went_in(route: object) -> None:
    asked: dict[object, dict[str, object]] = {
        METRIC: {"experiment": 3, "metric": "a b/ü%2F&?#", "all": None, "head": 3, "tail": 2, "steps": (None, -4)},
        LOGS: {"experiment": "run-1/../x", "tail": 0},
        PROJECT: {
            "metric": "train/*",
            "best": "min",
            "shapes": True,
            "ids": [1, 2, 3, 7, 9, 10, "run-x,1", "7"],
            "values": [
                Column("fact", "host"),
                Column("config", "a.b:c"),
                Column("at", "x:y&z", -3),
                Column("min", "é,"),
            ],
        },
        SUMMARY: {"experiment": 1, "shapes": True, "names": ["a,b", "c&name=d"]},
    }
    parameters = asked.get(route, {"experiment": "latest ü"})
    path, _, query = wire.path_of(route, parameters).partition("?")  # type: ignore[arg-type]
    assert wire.question(path, query) == (route, parameters)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("ids=1-99999999999", "more than 1000000 ids"), ("ids=x", "ids must be an integer"),
        ("value=fact:nothing", "no such value: 'fact:nothing'"), ("value=mim:loss", "no such value"),
        ("value=at:loss", "the step of a value must be an integer"), ("value=min:", "no such value"),
    ],
)  # fmt: skip
def test_values_and_ids_that_make_no_sense_are_refused(query: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        wire.question(f"{wire.PREFIX}/project", query)


def test_parameter_that_is_no_number_names_it() -> None:
    with pytest.raises(UsageError, match="head must be an integer"):
        wire.question(f"{wire.PREFIX}/experiments/1/metrics", "name=a&head=x")


def test_several_clients_at_once_get_their_own_answers(sample: tuple[Path, Serving]) -> None:
    _, server = sample
    found: dict[int, object] = {}

    def ask(id: int) -> None:
        source = RemoteSource(server.url)
        found[id] = source.details(STATUS, experiment=id)["id"]
        source.close()

    threads = [threading.Thread(target=ask, args=(1 + n % 3,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {1: 1, 2: 2, 3: 3}


def test_log_behind_a_relay_for_a_swanboard_is_followed(tmp_path: Path) -> None:
    write_demo(str(tmp_path / "swanlog"))
    with serving(LocalSource(str(tmp_path / "swanlog")), api_only=True) as board:
        source = RemoteSource(board.url)
        with serving(source) as relay:
            done = swancli("logs", "1", "-f", "-u", relay.url)
            assert (done.code, done.err) == (0, "")
            assert done.out == swancli("logs", "1", "-l", tmp_path / "swanlog").out
        source.close()


@pytest.mark.parametrize(
    "query",
    [
        "experiments/1/logs?after=-5",
        "experiments/1/logs?tail=-1",
        "project?best=mid",
        "experiments/1/metrics?name=a&head=-1",
    ],
)
def test_parameter_out_of_range_is_refused(sample: tuple[Path, Serving], query: str) -> None:
    status, body, _ = sample[1].ask(f"{wire.PREFIX}/{query}")
    assert (status, json.loads(body)["error"]["kind"]) == (422, "UsageError")


def test_responses_that_have_not_changed_free_their_connections(sample: tuple[Path, Serving]) -> None:
    source = RemoteSource(sample[1].url, timeout=20)
    for _ in range(20):  # more than there may be connections
        assert source.details(STATUS, experiment=1)["state"] == "finished"
        assert len(list(source.details(METRIC, experiment=1, metric="train/loss")["points"])) == 207
    source.close()
