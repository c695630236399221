"""The Python API: runs, a run, its series, their columns."""

from __future__ import annotations

import math
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import swancli
from swancli.api import Run, Runs, chunks
from swancli.api.chunks import NO_TIME
from swancli.source import LocalSource
from tests.support.command import ROOT
from tests.support.logdirs import TIME, Logdir, point, points
from tests.support.stub_server import serving

MODULES = (
    "import sys, swancli; print(*(name for name in sys.modules if name.startswith('swancli')), 'typing' in sys.modules)"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A logdir of two runs."""
    logdir = Logdir(tmp_path / "swanlog")
    run = logdir.run("base")
    run.metric("loss", points(2500), summary={"min": 0.0, "min_step": 1, "max": 124.875, "max_step": 2})
    run.metric("odd", [point(1, "NaN"), point(2, 1), point(3, "INF"), point(4, "-INF"), point(5, True)])
    run.metric(
        "words", [point(1, "one"), point(2, 2.5), point(3, ["a.png"]), point(4, ["a.png", "b.png"])], type="text"
    )
    run.metric("empty")
    run.file(
        "config.yaml", "lr:\n  desc: ''\n  sort: 1\n  value: 0.1\nnested:\n  desc: ''\n  sort: 0\n  value:\n    a: 1\n"
    )
    run.console("2025-03-21.log", "one\ntwo\nthree\n")
    logdir.run("other", status=0, finish_time=None)
    return logdir.close()


@pytest.fixture
def runs(path: Path) -> Iterator[Runs]:
    """Its runs."""
    with swancli.open(str(path)) as found:
        yield found


def test_import_loads_nothing_but_the_version() -> None:
    done = subprocess.run([sys.executable, "-c", MODULES], capture_output=True, text=True, cwd=ROOT, check=True)
    names, typing = done.stdout.rsplit(None, 1)
    assert names == "swancli"
    plain = subprocess.run(
        [sys.executable, "-c", "import sys; print('typing' in sys.modules)"], capture_output=True, text=True, check=True
    )
    assert typing == plain.stdout.strip()


def test_runs_are_found_by_all_that_names_them(runs: Runs) -> None:
    assert [run.name for run in runs] == ["base", "other"]
    assert len(runs) == 2
    assert runs[1].name == runs["base"].name == runs["1"].name == "base"
    assert runs["latest"].name == runs[runs["other"].run_id].name == "other"
    assert "base" in runs
    assert 2 in runs
    assert runs[1] in runs
    assert 3 not in runs
    assert "nobody" not in runs
    assert None not in runs


def test_missing_run_and_metric_are_errors_that_say_what_there_is(runs: Runs) -> None:
    with pytest.raises(swancli.errors.ExperimentNotFound, match="it has 1 \\(base\\), 2 \\(other\\)"):
        runs[9]
    with pytest.raises(swancli.errors.MetricNotFound, match="nearest: loss"):
        runs[1].metric("los")
    with pytest.raises(swancli.errors.NoLogdir):
        swancli.open("/nowhere")


def test_run_tells_who_it_is(runs: Runs) -> None:
    run = runs[1]
    assert (run.id, run.name, run.state) == (1, "base", "finished")
    assert run.config == {"nested": {"a": 1}, "lr": 0.1}
    assert list(run.config) == ["nested", "lr"]
    assert run.created is not None
    assert run.created.isoformat() == TIME
    assert run.finished is not None
    assert run.finished > run.created
    assert run.metrics == ["loss", "odd", "words", "empty"]
    assert run.console() == ["one", "two", "three"]
    assert run.console(tail=1) == ["three"]
    assert runs[2].console() == []
    assert runs[2].finished is None
    assert runs[2].config == {}


def test_series_has_every_point_as_columns(runs: Runs) -> None:
    loss = runs[1].metric("loss")
    assert len(loss) == 2500
    assert loss.steps.typecode == loss.times.typecode == "q"
    assert loss.values.typecode == "d"
    assert list(loss.steps) == list(range(1, 2501))
    assert list(loss.values) == [((step * 7919) % 1000) / 8 for step in range(1, 2501)]
    assert set(loss.times) == {1742533086387}
    assert loss.text is None
    assert not loss.is_sampled
    assert next(iter(loss)) == (1, loss.values[0], runs[1].created.replace(microsecond=387000))  # type: ignore[union-attr]


def test_sample_is_that_of_the_dashboard(runs: Runs) -> None:
    sample = runs[1].metric("loss").sampled()
    assert len(sample) == 1499
    assert sample.is_sampled


def test_numbers_that_are_not_finite_are_kept(runs: Runs) -> None:
    odd = runs[1].metric("odd")
    assert math.isnan(odd.values[0])
    assert list(odd.values)[1:] == [1.0, math.inf, -math.inf, 1.0]
    assert odd.text is None
    assert odd.last == 1
    assert (odd.min, odd.max) == (1, 1)


def test_text_and_media_are_texts_beside_numbers(runs: Runs) -> None:
    words = runs[1].metric("words")
    assert words.text == ["one", None, "a.png", '["a.png", "b.png"]']
    assert [math.isnan(value) for value in words.values] == [True, False, True, True]
    assert [value for _, value, _ in words][:2] == ["one", 2.5]


def test_metric_without_points_is_an_empty_series(runs: Runs) -> None:
    empty = runs[1].metric("empty")
    assert len(empty) == 0
    assert empty.last is empty.min is None
    assert "no numbers" in empty.svg()


def test_extremes_are_told_without_reading_points(runs: Runs) -> None:
    loss = runs[1].metric("loss")
    assert (loss.min, loss.max, loss.min_step, loss.max_step) == (0.0, 124.875, 1, 2)
    assert loss._read is None


def test_url_gives_what_the_logdir_gives(path: Path, runs: Runs) -> None:
    with serving(LocalSource(str(path))) as server, swancli.open(server.url) as remote:
        for name in runs[1].metrics:
            here, there = runs[1].metric(name), remote[1].metric(name)
            assert list(map(repr, here)) == list(map(repr, there))
            assert (here.last, here.min, here.text) == (there.last, there.min, there.text)
        assert remote[1].config == runs[1].config
        assert remote[1].console() == runs[1].console()


def test_new_runs_are_seen_and_old_ones_stay_as_they_were_read(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path)
    logdir.run("one").metric("loss", points(3))
    with swancli.open(str(tmp_path)) as runs:
        run = runs[1]
        assert len(run.metric("loss")) == 3
        logdir.run("two")
        assert len(runs) == 2
        assert runs["latest"].name in ("one", "two")


def test_unsorted_points_come_in_the_order_of_their_steps(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path)
    logdir.run().metric(
        "m", {"1000.log": point(5, 5.0) + b"\n" + point(1, 1.0) + b"\n", "2000.log": point(3, 3.0) + b"\n"}
    )
    with swancli.open(str(logdir.close())) as runs:
        assert list(runs[1].metric("m").steps) == [1, 3, 5]
        assert list(runs[1].metric("m").values) == [1.0, 3.0, 5.0]


def test_many_threads_read_the_same_as_one(runs: Runs) -> None:
    found: list[list[float]] = []

    def read(run: Run) -> None:
        found.append(list(run.metric("loss").values))
        len(runs)

    threads = [threading.Thread(target=read, args=(runs[1],)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert all(values == found[0] for values in found)


def test_environment_names_the_source_as_for_the_command_line(
    path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    with swancli.open() as runs:
        assert len(runs) == 2
    monkeypatch.chdir("/")
    monkeypatch.setenv("SWANLAB_LOG_DIR", str(path))
    with swancli.open() as runs:
        assert len(runs) == 2
    with serving(LocalSource(str(path))) as server:
        monkeypatch.setenv("SWANCLI_URL", server.url)
        with swancli.open() as runs:
            assert runs.source.startswith("http")


def test_notes_are_told_not_printed(path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with swancli.open(str(path.parent)) as runs:
        assert len(runs) == 2
        assert any("reading" in note for note in runs.notes)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("time", "wanted"),
    [(TIME, 1742533086387), ("2025-03-21T04:58:06Z", 1742533086000), ("2025-03-21T04:58:06.387", 1742533086387),
     ("2025-03-21T12:58:06.387+08:00", 1742533086387), ("soon", NO_TIME), (None, NO_TIME)],
)  # fmt: skip
def test_times_of_every_form_are_milliseconds(time: str | None, wanted: int) -> None:
    (chunk,) = chunks.chunks([(1, 1.0, time, None)])
    assert list(chunk.times) == [wanted]
    assert chunks.milliseconds(time) == wanted


def test_steps_beyond_64_bits_are_the_largest_there_are() -> None:
    (chunk,) = chunks.chunks([(10**30, 1.0, None, None), (-(10**30), 10**400, None, None), ("7", None, None, None)])
    assert list(chunk.steps) == [2**63 - 1, -(2**63), 7]
    assert chunk.values[1] == math.inf


def test_batches_hold_the_same_points() -> None:
    parts = [next(chunks.chunks([(n, float(n), TIME, None)])) for n in range(10)]
    sizes = [len(batch.steps) for batch in chunks.in_batches(iter(parts), 4)]
    assert sizes == [4, 4, 2]


def test_notebook_shows_text_of_a_logdir_as_text(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path)
    run = logdir.run("<script>alert(1)</script>")
    run.metric("<b>", points(3000))
    with swancli.open(str(logdir.close())) as runs:
        shown = runs[1]._repr_html_() + runs[1].metric("<b>")._repr_html_()
    assert "<script>" not in shown
    assert "<b>" not in shown
    assert "<polyline" in shown


@pytest.mark.parametrize("method", ["to_pandas", "to_polars", "__arrow_c_stream__"])
def test_missing_package_is_named_with_its_install_line(runs: Runs, method: str) -> None:
    call: Callable[[], object] = getattr(runs[1].metric("loss"), method)
    with pytest.raises(swancli.errors.MissingExtra, match="pip install "):
        call()


def test_conditions_select_runs(runs: Runs) -> None:
    assert [run.name for run in runs.where("config.lr < 1")] == ["base"]
    assert len(runs.where("config.lr < 1", "name = other")) == 0
    assert [run.name for run in runs.where("name ~ b*").where("min(loss) = 0")] == ["base"]
    chosen = runs.where("config.lr is missing")
    assert chosen["latest"].name == "other"
    assert chosen[2].name == "other"
    with pytest.raises(swancli.errors.ExperimentNotFound):
        chosen[1]
    with pytest.raises(swancli.errors.UsageError):
        runs.where("lr")
    with pytest.raises(swancli.errors.NotFound):
        len(runs.where("nothing > 1"))


def test_table_has_a_row_a_run(runs: Runs) -> None:
    table = runs.table(["id", "name", "config.lr", "max(loss)", "odd", "created"])
    assert table.names == ["id", "name", "config.lr", "max(loss)", "odd", "created"]
    assert list(table) == [(1, "base", 0.1, 124.875, 1, TIME), (2, "other", None, None, None, TIME)]
    assert [kind for _, kind, _ in table.columns()] == ["integer", "text", "number", "number", "flag", "time"]
    assert table.to_dicts()[1]["name"] == "other"
    assert "base" in runs._repr_html_()
    assert len(runs.table()) == 2
