"""What the metric endpoint answers, byte for byte; tests/logdir/test_points.py holds it on odd series."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.support import reference
from tests.support.logdirs import TIME, Logdir, answer, failure, point, points, success

STAMP = f'"create_time":"{TIME}"'


def one_metric(path: Path, lines: object, **more: object) -> Logdir:
    """A logdir with one run and its metric "loss"."""
    logdir = Logdir(path)
    logdir.run().metric("loss", lines, **more)  # type: ignore[arg-type]
    return logdir


def test_points_come_with_sum_max_min_and_the_last_is_marked(tmp_path: Path) -> None:
    logdir = one_metric(tmp_path, [point(1, 0.5), point(2, 0.25)], summary={"max": 0.5, "min": 0.25})
    entries = f'[{{"index":1,"data":0.5,{STAMP}}},{{"index":2,"data":0.25,{STAMP},"_last":true}}]'
    assert answer(logdir, "metric", experiment=1, metric="loss") == (
        200,
        success(f'{{"sum":2,"max":0.5,"min":0.25,"list":{entries},"experiment_id":1}}'),
        [],
    )


def test_metric_without_points_has_sum_list_and_experiment_only(tmp_path: Path) -> None:
    logdir = one_metric(tmp_path, [])
    assert answer(logdir, "metric", experiment=1, metric="loss") == (
        200,
        success('{"sum":0,"list":[],"experiment_id":1}'),
        [],
    )


def test_non_finite_numbers_are_the_words_of_swanlab(tmp_path: Path) -> None:
    values = [float("nan"), float("inf"), float("-inf"), 1.5]
    logdir = one_metric(tmp_path, [point(n, value) for n, value in enumerate(values)])
    entries = ",".join(
        f'{{"index":{n},"data":{word},{STAMP}{last}}}'
        for n, word, last in ((0, '"NaN"', ""), (1, '"INF"', ""), (2, '"-INF"', ""), (3, "1.5", ',"_last":true'))
    )
    status, body, notes = answer(logdir, "metric", experiment=1, metric="loss")
    assert body == success(f'{{"sum":4,"max":1.5,"min":1.5,"list":[{entries}],"experiment_id":1}}')
    assert (status, notes) == (200, [])


def test_nan_in_a_bucket_of_three_is_never_sampled_away(tmp_path: Path) -> None:
    lines = points(4496)
    lines[4] = point(5, float("nan"))
    lines[2000] = point(2001, "NaN")
    logdir = one_metric(tmp_path, lines)
    _, body, _ = answer(logdir, "metric", experiment=1, metric="loss")
    found = {entry["index"] for entry in json.loads(body)["data"]["list"] if entry["data"] == "NaN"}
    assert found == {5, 2001}


def test_bucket_whose_distance_overflows_gives_its_first_point(tmp_path: Path) -> None:
    lines = points(4496)
    lines[1:4] = [point(2, -1e308), point(3, 5.0), point(4, 1e308)]
    logdir = one_metric(tmp_path, lines)
    _, body, _ = answer(logdir, "metric", experiment=1, metric="loss")
    assert json.loads(body)["data"]["list"][1]["index"] == 2


def test_bucket_of_equal_steps_gives_its_first_point(tmp_path: Path) -> None:
    lines = points(4496)
    lines[1:4] = [point(2, 1.0), point(2, 9.0), point(2, 3.0)]
    logdir = one_metric(tmp_path, lines)
    _, body, _ = answer(logdir, "metric", experiment=1, metric="loss")
    assert json.loads(body)["data"]["list"][1]["data"] == 1.0


def test_damaged_lines_are_skipped_with_one_warning_a_file(tmp_path: Path) -> None:
    text = b"\n".join([point(1, 1), b"", b"{broken", b"[1]", b'{"index":2}', point(3, 3), b""])
    logdir = one_metric(tmp_path, {"1000.log": text, "2000.log": point(4, 4) + b"\n\xff\n"})
    status, body, notes = answer(logdir, "metric", experiment=1, metric="loss")
    folder = logdir.path / "run-20250321_125800-abc0def/logs/loss"
    assert status == 200
    assert [entry["index"] for entry in json.loads(body)["data"]["list"]] == [1, 3, 4]
    assert notes == [
        f"{folder}/1000.log: 3 damaged lines skipped",
        f"{folder}/2000.log: 1 damaged line skipped",
    ]


def test_line_that_is_being_written_is_skipped_silently(tmp_path: Path) -> None:
    logdir = one_metric(tmp_path, {"1000.log": point(1, 1) + b"\n" + point(2, 2)[:-9]})
    status, body, notes = answer(logdir, "metric", experiment=1, metric="loss")
    assert (status, json.loads(body)["data"]["sum"], notes) == (200, 1, [])


def test_unterminated_line_of_an_older_slice_is_damage(tmp_path: Path) -> None:
    logdir = one_metric(tmp_path, {"1000.log": point(1, 1)[:-9], "2000.log": point(1001, 2) + b"\n"})
    _, _, notes = answer(logdir, "metric", experiment=1, metric="loss")
    assert len(notes) == 1
    assert notes[0].endswith("1000.log: 1 damaged line skipped")


def test_last_line_without_a_newline_counts_if_it_is_whole(tmp_path: Path) -> None:
    logdir = one_metric(tmp_path, {"1000.log": point(1, 1) + b"\r\n" + point(2, 2)})
    _, body, notes = answer(logdir, "metric", experiment=1, metric="loss")
    assert (json.loads(body)["data"]["sum"], notes) == (2, [])


def test_folder_named_like_a_slice_is_ignored(tmp_path: Path) -> None:
    logdir = one_metric(tmp_path, [point(1, 1)])
    os.mkdir(logdir.path / "run-20250321_125800-abc0def/logs/loss/2000.log")
    status, body, notes = answer(logdir, "metric", experiment=1, metric="loss")
    assert (status, json.loads(body)["data"]["sum"], notes) == (200, 1, [])


def test_unknown_metric_is_not_found(tmp_path: Path) -> None:
    logdir = one_metric(tmp_path, [point(1, 1)])
    for name in ("Loss", "los", "loss ", "%6Coss", "", "\udcff", "lo\0ss"):
        assert answer(logdir, "metric", experiment=1, metric=name)[:2] == (404, failure(3404, "tag not found"))


def test_row_without_folder_is_not_found(tmp_path: Path) -> None:
    logdir = one_metric(tmp_path, [])
    os.rmdir(logdir.path / "run-20250321_125800-abc0def/logs/loss")
    assert answer(logdir, "metric", experiment=1, metric="loss")[:2] == (404, failure(3404, "tag not found"))


def test_unknown_experiment_is_not_found(tmp_path: Path) -> None:
    logdir = one_metric(tmp_path, [])
    for id in (0, 2, -1, 2**63, 10**30, "run-x"):
        assert answer(logdir, "metric", experiment=id, metric="loss")[:2] == (
            404,
            failure(3404, "experiment not found"),
        )


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"max":', "\x00"])
def test_unreadable_summary_leaves_max_and_min_to_the_finite_points(tmp_path: Path, text: str) -> None:
    logdir = one_metric(tmp_path, [point(1, 3), point(2, float("inf")), point(3, "NaN"), point(4, -2.5)], summary=text)
    _, body, notes = answer(logdir, "metric", experiment=1, metric="loss")
    assert body.startswith(success('{"sum":4,"max":3,"min":-2.5,"list":[')[:-1])
    assert [("_summary.json" in note) for note in notes] == ([] if text in ("", "[1]") else [True])


def test_missing_key_of_the_summary_is_null(tmp_path: Path) -> None:
    logdir = one_metric(tmp_path, [point(1, 3)], summary={"min": [1, "a"]})
    _, body, _ = answer(logdir, "metric", experiment=1, metric="loss")
    assert body.startswith(success('{"sum":1,"max":null,"min":[1,"a"],"list":[')[:-1])


def test_old_row_without_a_folder_column_is_found_by_its_encoded_name(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path)
    logdir.run().metric("训练/loss %", [point(1, 3)])
    logdir.sql("alter table tag drop column folder")
    status, body, _ = answer(logdir, "metric", experiment=1, metric="训练/loss %")
    assert (status, json.loads(body)["data"]["sum"]) == (200, 1)


def test_all_gives_every_point_in_the_same_envelope(tmp_path: Path) -> None:
    lines = points(1800)
    logdir = one_metric(tmp_path, lines)
    slices = {"1000.log": b"\n".join(lines[:1000]), "2000.log": b"\n".join(lines[1000:])}
    for all, count in ((True, 1800), (False, 1499)):
        _, body, _ = answer(logdir, "metric", experiment=1, metric="loss", all=all)
        assert body == reference.metric(slices, all=all)
        assert len(json.loads(body)["data"]["list"]) == count
