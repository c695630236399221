"""What is told of many runs, of media and of windows of a console, below /swancli/v1."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from swancli.demo import write_demo
from swancli.remote.source import RemoteSource
from swancli.source import LocalSource
from tests.support.logdirs import Logdir, point, points
from tests.support.stub_server import Serving, serving


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = str(tmp_path_factory.mktemp("many") / "swanlog")
    write_demo(folder)
    with serving(LocalSource(folder)) as made:
        yield made


def told(server: Serving, path: str) -> Any:
    """What a path below /swancli/v1 tells."""
    status, body, _ = server.ask(f"/swancli/v1/{path}")
    found = json.loads(body)
    assert (status == 200) == ("details" in found)
    return found["details"] if status == 200 else found["error"]


def test_runs_have_the_columns_in_the_order_in_which_they_were_asked_for(server: Serving) -> None:
    found = told(server, "runs?columns=min(train/loss),state,config.learning_rate")
    assert found["columns"] == ["min(train/loss)", "state", "config.learning_rate"]
    assert [run["values"] for run in found["runs"]] == [
        [0.8499, "finished", 5e-05],
        [1.543, "crashed", 0.001],
        [None, "finished", None],
    ]


def test_conditions_and_addresses_choose_runs(server: Serving) -> None:
    found = told(server, "runs?filter=state%20%3D%20finished&filter=train/loss%20%3C%202")
    assert [run["address"] for run in found["runs"]] == [1]
    assert found["of"] == 3
    assert [run["address"] for run in told(server, "runs?run=3&run=2&columns=state")["runs"]] == [2, 3]
    assert told(server, "runs?filter=state")["kind"] == "UsageError"


def test_a_column_that_no_run_has_is_a_note_and_the_others_are_there(server: Serving) -> None:
    body = json.loads(server.ask("/swancli/v1/runs?columns=nothing,state")[1])
    assert "nothing" in body["notes"][0]
    assert body["details"]["runs"][0]["values"] == [None, "finished"]


def test_a_comparison_tells_what_differs_and_which_is_best(server: Serving) -> None:
    rows = {(row["section"], row["key"]): row for row in told(server, "compare?run=1&run=2")}
    rate = rows["config", "learning_rate"]
    assert (rate["cells"], rate["differs"]) == ([{"value": 5e-05}, {"value": 0.001}], True)
    assert rows["metrics", "min(train/loss)"]["best"] == [0]
    assert not rows["config", "model_name_or_path"]["differs"]
    assert any(section == "packages" for section, _ in rows)
    assert told(server, "compare")["kind"] == "UsageError"


def test_a_console_is_told_in_windows_that_fit_together(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    run = logdir.run()
    days = [[f"{day} line {n} 羽" + "x" * 60 for n in range(3000)] for day in (1, 2)]
    for day, lines in enumerate(days, 1):
        run.console(f"2025-03-2{day}.log", "\n".join(lines) + "\n")
    with serving(LocalSource(str(logdir.close()))) as server:
        lines, at = [], 0
        while True:
            found = told(server, f"experiments/1/console?at={at}")
            assert found["start"] == at
            lines += found["lines"]
            at = found["end"]
            if at == found["size"]:
                break
        assert lines == days[0] + days[1]
        lines = []
        while at:
            found = told(server, f"experiments/1/console?at={at}&before=1")
            assert found["end"] == at
            lines = found["lines"] + lines
            at = found["start"]
        assert lines == days[0] + days[1]
        match = told(server, "experiments/1/console?at=0&find=2%20LINE%202999")
        assert match["lines"][0] == days[1][-1]
        assert told(server, "experiments/1/console?find=nowhere&at=0")["kind"] == "NotFound"
        assert told(server, "experiments/1/console?at=x")["kind"] == "UsageError"


@pytest.mark.parametrize("api_only", [False, True])
def test_a_relay_tells_windows_and_media_as_well(corpus: Callable[[str], Path], api_only: bool, tmp_path: Path) -> None:
    with serving(LocalSource(str(corpus("media-a-0.5.2"))), api_only=api_only) as behind:
        source = RemoteSource(behind.url)
        with serving(source) as relay:
            direct = told(behind, "experiments/1/console?at=0") if not api_only else None
            found = told(relay, "experiments/1/console?at=0")
            assert found["lines"]
            assert direct is None or found == direct
            path = "/swancli/v1/experiments/1/media/image-step0-7f85c7ccb713c138.png?name=img/gray"
            status, body, headers = relay.ask(path)
            if api_only:  # a stub of the seven endpoints has none
                assert status == 404
            else:
                assert (status, headers["content-type"], body[:4]) == (200, "image/png", b"\x89PNG")
        source.close()


@pytest.mark.parametrize(
    "name", ["..%2F..%2Fruns.swanlab", "..", "%2Fetc%2Fpasswd", "missing.png", "a%00b", "link.png"]
)
def test_media_are_files_of_the_run_alone(name: str, tmp_path: Path) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    run = logdir.run()
    run.metric("image", points(1), folder="0", type="image")
    folder = run.folder / "media" / "0"
    folder.mkdir(parents=True)
    (tmp_path / "secret.png").write_bytes(b"\x89PNG\r\n\x1a\nsecret")
    (folder / "link.png").symlink_to(tmp_path / "secret.png")
    with serving(LocalSource(str(logdir.close()))) as server:
        status, body, _ = server.ask(f"/swancli/v1/experiments/1/media/{name}?name=image")
        assert status == 404
        assert b"secret" not in body


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.png", b"\x89PNG\r\n\x1a\n", "image/png"),
        ("a.png", b"<html>", "application/octet-stream"),
        ("a.svg", b"<svg/>", "application/octet-stream"),
        ("a.html", b"<html>", "application/octet-stream"),
        ("a.json", b"{}", "application/json"),
        ("a.txt", b"<script>", "text/plain; charset=utf-8"),
        ("a.wav", b"RIFF....WAVE", "audio/wav"),
    ],
)
def test_a_media_type_is_what_the_content_confirms(name: str, content: bytes, kind: str, tmp_path: Path) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    run = logdir.run()
    run.metric("image", points(1), folder="0", type="image")
    folder = run.folder / "media" / "0"
    folder.mkdir(parents=True)
    (folder / name).write_bytes(content)
    with serving(LocalSource(str(logdir.close()))) as server:
        _, body, headers = server.ask(f"/swancli/v1/experiments/1/media/{name}?name=image")
    assert (body, headers["content-type"]) == (content, kind)
    assert headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in headers["content-security-policy"]
    assert ("content-disposition" in headers) == (kind == "application/octet-stream")


def test_points_without_times_are_the_same_otherwise(server: Serving) -> None:
    for path in ("experiments/2/metrics?name=train/loss", "metrics?experiment=2&name=train/loss&name=train/epoch"):
        with_times = [json.loads(line) for line in server.ask(f"/swancli/v1/{path}")[1].splitlines()]
        without = [json.loads(line) for line in server.ask(f"/swancli/v1/{path}&times=0")[1].splitlines()]
        for block in with_times:
            block.pop("times", None)
        assert without == with_times


def test_odd_points_without_times_are_the_same_otherwise(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    run = logdir.run("odd")
    run.metric("nan", [point(1, 0.5), point(2, float("nan")), point(3, float("-inf"))])
    run.metric("huge", [point(1, 2**70), point(2, 1e-05), point(3, True)])
    run.metric("words", [point(1, ["a\ud800"]), point(2, ["b"])])
    run.metric("sum", [point(1, 1.7e308), point(2, 1.7e308)])
    with serving(LocalSource(str(logdir.close()))) as server:
        path = "/swancli/v1/metrics?experiment=1&name=nan&name=huge&name=words&name=sum"
        with_times = [json.loads(line) for line in server.ask(path)[1].splitlines()]
        without = [json.loads(line) for line in server.ask(f"{path}&times=0")[1].splitlines()]
    for block in with_times:
        block.pop("times", None)
    assert without == with_times
    assert with_times[1]["values"] == [0.5, "NaN", "-INF"]
