"""A run read from its record file: the samples of offline mode, and what only made-up files show."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from swancli.logdir.records import run as recorded
from swancli.logdir.records import tables
from swancli.logdir.records.run import RecordedRun
from tests.support.record_files import (
    WHEN,
    framed,
    json_column,
    json_head,
    json_log,
    json_scalar,
    proto_column,
    proto_finish,
    proto_log,
    proto_media,
    proto_scalar,
    proto_start,
    record,
    run_folder,
    small_json,
)

OFFLINE = Path(__file__).parents[2] / "corpus_offline"


def sample(folder: str, name: str) -> RecordedRun:
    """The run of this name in a sample logdir."""
    runs = [RecordedRun(str(path)) for path in sorted((OFFLINE / folder).glob("run-*"))]
    return next(run for run in runs if run.start.name == name)


def json_run(tmp_path: Path, *payloads: bytes) -> RecordedRun:
    return RecordedRun(str(run_folder(tmp_path, framed([*json_head(), *payloads], 1), "backup.swanlab")))


def proto_run(tmp_path: Path, *payloads: bytes) -> RecordedRun:
    return RecordedRun(str(run_folder(tmp_path, framed([proto_start(), *payloads]))))


# The samples: folder, name, family, status, tags, console lines, rows of train/loss, unfinished bytes.
SAMPLES = [
    ("0.6.2-offline/mixed", "basic", "json", 1, 12, 15, 30, 0),
    ("0.6.2-offline/mixed", "crash", "json", -1, 1, 7, 5, 0),
    ("0.6.2-offline/mixed", "kill", "json", 0, 3, 6, 40, 7),
    ("0.7.20-offline/mixed", "basic", "json", 1, 12, 22, 30, 0),
    ("0.7.20-offline/mixed", "kill", "json", 0, 3, 7, 39, 7),
    ("0.7.20-offline/kill-midrecord", "kill", "json", 0, 3, 8, 31, 7),
    ("0.8.0-offline/mixed", "basic", "protobuf", 1, 12, 15, 30, 0),
    ("0.8.0-offline/mixed", "kill", "protobuf", 0, 3, 8, 40, 0),
    ("0.10.3-offline/mixed", "basic", "protobuf", 1, 12, 15, 30, 0),
    ("0.10.3-offline/mixed", "crash", "protobuf", -1, 1, 11, 5, 0),
    ("0.10.3-offline/mixed", "kill", "protobuf", 0, 3, 8, 34, 7),
]


@pytest.mark.parametrize(("folder", "name", "family", "status", "tags", "lines", "rows", "unfinished"), SAMPLES)
def test_the_offline_samples(
    folder: str, name: str, family: str, status: int, tags: int, lines: int, rows: int, unfinished: int
) -> None:
    run = sample(folder, name)
    assert (run.family, run.status, run.start.project) == (family, status, "demo")
    assert (len(tables.tags(run)), run.line_count(), run.count("train/loss")) == (tags, lines, rows)
    assert len(list(run.rows("train/loss"))) == rows
    assert not run.damage.damaged
    assert run.damage.unfinished == unfinished
    assert run.status == status  # from the index now


def test_a_crash_says_why_in_each_family() -> None:
    for folder, last in (("0.6.2", "KeyError('boom')"), ("0.7.20", "'boom'"), ("0.10.3", "KeyError: 'boom'")):
        run = sample(f"{folder}-offline/mixed", "crash")
        assert run.state == "crashed"
        assert run.error is not None
        assert run.error.rstrip().endswith(last)
        assert last in run.error_lines()
        assert run.error_lines()[-1] == ""
        assert run.error_lines()[0].startswith("2026-11-23 14:")


def test_an_empty_record_file_leaves_what_the_folder_says() -> None:
    (folder,) = (OFFLINE / "0.10.3-offline/kill-early").glob("run-*")
    run = RecordedRun(str(folder))
    assert run.found
    assert (run.start.name, run.start.project, run.status, run.state) == (None, None, 0, "running")
    assert run.started_at == "2026-11-23T14:22:06+00:00"
    assert (tables.tags(run), run.console(), run.columns(), run.family) == ([], [], [], "protobuf")
    assert not run.damage.damaged
    row = tables.experiment_row(run, 3, 4, "0.10.3")
    assert (row["id"], row["sort"], row["run_id"], row["version"]) == (3, 4, folder.name, "0.10.3")
    assert row["create_time"] == row["update_time"] == run.started_at


def test_hardware_metrics_are_apart_and_can_be_read() -> None:
    run = sample("0.7.20-offline/mixed", "basic")
    assert len(tables.system_tags(run)) == 11
    assert not any(tag["name"].startswith("__swanlab__") for tag in tables.tags(run))
    tag = tables.system_tags(run)[0]
    assert (tag["name"], tag["system"], tag["description"]) == (
        "__swanlab__.cpu.pct",
        1,
        "CPU Utilization (%)",
    )
    assert tag["id"] == len(tables.tags(run)) + 1
    assert [row["index"] for row in run.rows("__swanlab__.cpu.pct")] == [0]
    chart = tables.charts(run, system=True)[0]
    assert (chart["reference"], chart["id"]) == ("time", tag["id"])
    assert [space["name"] for space in tables.namespaces(run, system=True)] == ["system"]


def test_texts_of_protobuf_runs_are_read_from_their_files() -> None:
    run = sample("0.10.3-offline/mixed", "media")
    assert next(run.rows("m/text")) == {
        "index": 0,
        "data": ["hello 0\nline2 中文"],
        "create_time": "2026-11-23T14:20:33.187379+00:00",
        "more": [{"caption": "cap0"}],
    }


def test_texts_never_come_from_outside_the_run(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    names = [
        "../../../secret.txt",
        "/etc/hostname",
        "link.txt",
        "fifo.txt",
        "ok.txt",
        "gone.txt",
        "",
        "a\0b",
        "..",
    ]
    run = proto_run(tmp_path, proto_column("t", 4), proto_media("t", 0, 4, names))
    folder = Path(run.root) / "media" / "text"
    folder.mkdir(parents=True)
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    os.mkfifo(folder / "fifo.txt")
    (folder / "ok.txt").write_text("fine")
    assert next(run.rows("t"))["data"] == [None, None, None, None, "fine", None, None, None, None]


def test_a_text_folder_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    run = proto_run(tmp_path, proto_column("t", 4), proto_media("t", 0, 4, ["secret.txt"]))
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.txt").write_text("secret")
    (Path(run.root) / "media").mkdir()
    (Path(run.root) / "media" / "text").symlink_to(outside)
    assert next(run.rows("t"))["data"] == [None]


def test_a_folder_without_a_record_file_is_not_found_and_answers_nothing(tmp_path: Path) -> None:
    for run in (RecordedRun(str(tmp_path)), RecordedRun(str(tmp_path / "gone"))):
        assert not run.found
        assert (tables.tags(run), run.console(), run.status, run.start.name, run.error_lines()) == (
            [],
            [],
            0,
            None,
            [],
        )
        assert not run.damage.damaged
        assert not run.refresh()


def test_a_record_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    folder = tmp_path / "run-1"
    folder.mkdir()
    os.mkfifo(folder / "backup.swanlab")
    run = RecordedRun(str(folder))
    assert run.found
    assert (tables.tags(run), run.status) == ([], 0)
    assert "not a regular file" in run.problem


def test_a_later_row_of_a_step_takes_the_earlier_ones_place_in_json(tmp_path: Path) -> None:
    steps = [(0, 1.0), (5, 50.0), (2, 2.0), (5, -7.0), (6, 3.0), (0, 4.0)]
    run = json_run(tmp_path, json_column("k", 0), *(json_scalar("k", s, v) for s, v in steps))
    assert [(row["index"], row["data"]) for row in run.rows("k")] == [(0, 4.0), (5, -7.0), (2, 2.0), (6, 3.0)]
    assert run.summary("k") == {"max": 4.0, "max_step": 0, "min": -7.0, "min_step": 5, "num": 4}
    assert list(run.rows("k", 3)) == [{"index": 6, "data": 3.0, "create_time": WHEN}]
    assert run.count("k") == 4


def test_the_first_row_of_a_step_stays_in_protobuf(tmp_path: Path) -> None:
    steps = [(0, 1.0), (5, 50.0), (2, 2.0), (5, -7.0), (6, 3.0)]
    run = proto_run(tmp_path, proto_column("k"), *(proto_scalar("k", s, v) for s, v in steps))
    assert [(row["index"], row["data"]) for row in run.rows("k")] == [(0, 1.0), (5, 50.0), (2, 2.0), (6, 3.0)]
    assert run.summary("k") == {"max": 50.0, "max_step": 5, "min": 1.0, "min_step": 0, "num": 4}


def test_nonfinite_values_are_words_and_do_not_count_for_the_summary(tmp_path: Path) -> None:
    values = [float("nan"), float("inf"), 2.0, float("-inf"), 2.0, -1.0]
    run = proto_run(tmp_path, proto_column("k"), *(proto_scalar("k", n, v) for n, v in enumerate(values)))
    assert [row["data"] for row in run.rows("k")] == ["NaN", "INF", 2.0, "-INF", 2.0, -1.0]
    assert run.summary("k") == {"max": 2.0, "max_step": 2, "min": -1.0, "min_step": 5, "num": 6}


def test_a_metric_without_a_finite_value_has_a_count_only(tmp_path: Path) -> None:
    run = json_run(tmp_path, json_column("k", 0), json_scalar("k", 0, "NaN"), json_scalar("k", 1, "INF"))
    assert run.summary("k") == {"num": 2}


def test_a_metric_whose_column_was_lost_is_still_shown(tmp_path: Path) -> None:
    metric = {"index": 0, "data": ["image-step0-0123456789abcdef.png"], "create_time": WHEN}
    media = record("Media", metric=metric, key="m", kid=1, key_encoded="m", step=0, epoch=1, buffers_name=None)
    run = json_run(tmp_path, json_scalar("train/x", 0, 1.0), media, json_scalar("__swanlab__.cpu.pct", 0, 5.0))
    assert [(tag["name"], tag["type"]) for tag in tables.tags(run)] == [("train/x", "line"), ("m", "image")]
    assert [tag["name"] for tag in tables.system_tags(run)] == ["__swanlab__.cpu.pct"]
    assert [space["name"] for space in tables.namespaces(run)] == ["train", "Image"]


def test_rows_of_another_kind_than_their_column_are_left_out(tmp_path: Path) -> None:
    run = proto_run(
        tmp_path,
        proto_column("k"),
        proto_column("m", 2),
        proto_scalar("k", 0, 1.0),
        proto_media("k", 1, 2, ["x.png"]),
        proto_media("m", 0, 2, ["y.png"]),
        proto_scalar("m", 1, 2.0),
    )
    assert [row["data"] for row in run.rows("k")] == [1.0]
    assert [row["data"] for row in run.rows("m")] == [["y.png"]]


def test_kinds_without_a_tag_take_a_folder_number_in_protobuf(tmp_path: Path) -> None:
    columns = [("a", 1), ("h", 9), ("b", 1), ("e", 6), ("c", 4)]
    run = proto_run(
        tmp_path,
        proto_column("__swanlab__.x", system=True),
        *(proto_column(key, kind) for key, kind in columns),
    )
    assert [(tag["name"], tag["folder"], tag["sort"]) for tag in tables.tags(run)] == [
        ("a", "1", 0),
        ("b", "3", 1),
        ("c", "5", 2),
    ]


def test_sections_become_namespaces_in_the_order_of_first_use(tmp_path: Path) -> None:
    run = json_run(
        tmp_path,
        json_column("t", 0, column_type="TEXT"),
        json_column("a/x", 1, section_name="a"),
        json_column("l", 2),
        json_column("a/y", 3, section_name="a"),
        json_column("p", 4, section_name="P", section_type="PINNED"),
        json_column("h", 5, section_type="HIDDEN"),
    )
    assert [space["name"] for space in tables.namespaces(run)] == ["Text", "a", "default", "P"]
    assert [(row["chart_id"], row["namespace_id"]) for row in tables.displays(run)] == [
        (1, 1),
        (2, 2),
        (3, 3),
        (4, 2),
        (5, 4),
        (6, 3),
    ]
    assert [(chart["status"], chart["sort"]) for chart in tables.charts(run)][3:] == [(0, None), (1, 4), (-1, 5)]


def test_console_lines_are_sorted_by_their_number(tmp_path: Path) -> None:
    run = json_run(tmp_path, json_log("one", 1), json_log("boom", 4, "ERROR"), json_log("three", 3), json_log("two", 2))
    assert run.console() == [("2026-11-23", ["one", "two", "three"])]
    assert [line.text for line in run.log_lines(1)] == ["two", "three"]
    assert run.error == "boom"


def test_an_interrupted_json_run_is_stopped_not_crashed(tmp_path: Path) -> None:
    frames = '  File "train.py", line 3, in <module>\n    time.sleep(1)'
    footer = record("Footer", success=False, create_time=WHEN)
    stopped = json_run(tmp_path / "a", json_log(frames, 1, "ERROR"), footer)
    crashed = json_run(tmp_path / "b", json_log(frames + "\n'boom'", 1, "ERROR"), footer)
    silent = json_run(tmp_path / "c", footer)
    assert [(run.state, run.status) for run in (stopped, crashed, silent)] == [
        ("stopped", -1),
        ("crashed", -1),
        ("crashed", -1),
    ]


def test_the_ends_of_a_large_file_are_found_without_a_scan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [proto_scalar("k", step, 1.5) for step in range(5000)]
    error = "Traceback\n" + "x" * 200_000
    run = proto_run(tmp_path, proto_column("k"), *rows, proto_finish(2, error))
    monkeypatch.setattr(recorded, "Index", None)
    assert (run.start.name, run.status, run.state, run.error) == ("run", -1, "crashed", error)


def test_a_run_can_be_followed(tmp_path: Path) -> None:
    payloads = [proto_column("k"), proto_scalar("k", 0, 1.0), proto_log("one", 1)]
    more = [proto_scalar("k", 1, 0.5), proto_log("two", 2), proto_scalar("k", 1, 9.0), proto_finish(1)]
    run = proto_run(tmp_path, *payloads)
    assert (run.status, run.count("k"), run.line_count()) == (0, 1, 1)
    assert not run.refresh()
    run_folder(tmp_path, framed([proto_start(), *payloads, *more])[:-9])
    assert run.refresh()
    assert [row["data"] for row in run.rows("k", 1)] == [0.5]
    assert [line.text for line in run.log_lines(1)] == ["two"]
    assert run.status == 0
    assert run.damage.unfinished > 0
    run_folder(tmp_path, framed([proto_start(), *payloads, *more]))
    assert run.refresh()
    assert (run.status, run.state, run.count("k")) == (1, "finished", 2)


def test_a_record_file_that_appears_later_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "run-20261123_142415-abc"
    folder.mkdir()
    run = RecordedRun(str(folder))
    assert tables.tags(run) == []
    run_folder(tmp_path, small_json(), "backup.swanlab")
    assert run.refresh()
    assert (run.start.name, len(tables.tags(run))) == ("run", 2)


def test_early_protobuf_files_with_the_version_of_json_are_told_by_their_payload(tmp_path: Path) -> None:
    run = RecordedRun(str(run_folder(tmp_path, framed([proto_start("early")], 1))))
    assert (run.family, run.start.name) == ("protobuf", "early")


def test_an_unknown_metric_is_a_key_error(tmp_path: Path) -> None:
    run = json_run(tmp_path)
    assert not run.has("nope")
    for ask in (run.rows, run.summary, run.count):
        with pytest.raises(KeyError):
            ask("nope")


def test_the_project_row_names_the_runs_project(tmp_path: Path) -> None:
    row = tables.project_row(json_run(tmp_path), 3, "0.7.20")
    assert (row["name"], row["sum"], row["version"], row["create_time"]) == ("demo", 3, "0.7.20", WHEN)


def test_senseless_records_are_counted_and_the_rest_is_kept(tmp_path: Path) -> None:
    run = json_run(tmp_path, b'{"model_type": "Scalar", "data": 3}\n', b"{\n", json_log("one", 1))
    assert run.console() == [("2026-11-23", ["one"])]
    assert run.damage.records == 2
    assert run.damage.sentence() == "2 malformed records skipped"
