"""Damaged and hostile record files: no exception escapes, reading ends, memory is bounded, what is intact is
kept."""

from __future__ import annotations

import contextlib
import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from swancli.logdir.records import json_codec, protobuf_codec, tables
from swancli.logdir.records.events import Malformed
from swancli.logdir.records.reader import RecordReader
from swancli.logdir.records.run import RecordedRun
from tests.support.record_files import BLOCK_BYTES, framed, run_folder, small_json, small_proto

pytestmark = pytest.mark.slow

FILES = {"json": small_json, "protobuf": small_proto}
fuzzed = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)


def everything(folder: Path) -> RecordedRun:
    """A run that has been asked for all it can tell."""
    run = RecordedRun(str(folder))
    assert (run.start, run.status, run.state, run.started_at) is not None  # from the ends of the file
    tables.experiment_row(run, 1, 1)
    for key in [column.key for column in run.columns()]:
        rows = list(run.rows(key))
        assert len(rows) <= run.count(key)
        run.summary(key)
    for system in (False, True):
        (
            tables.charts(run, system=system),
            tables.namespaces(run, system=system),
            tables.displays(run, system=system),
            tables.sources(run, system=system),
        )
    tables.tags(run), tables.system_tags(run), run.console(), run.error_lines()
    assert isinstance(run.damage.sentence(), str)
    assert run.problem == ""
    assert not run.refresh()
    return run


def pieces(run: RecordedRun) -> set[str]:
    """What a run holds, as separate details."""
    names = {tag["name"] for tag in tables.tags(run)}
    rows = {f"{key} {row}" for key in names for row in run.rows(key)}
    return rows | {line.text for line in run.log_lines()} | names | {f"{run.start}", f"{run.finish}"}


@pytest.mark.parametrize("family", FILES)
def test_every_prefix_of_a_file_gives_a_prefix_of_its_records_and_no_damage(tmp_path: Path, family: str) -> None:
    data = FILES[family]()
    path = run_folder(tmp_path, data) / "run-abc.swanlab"
    root = str(path.parent.resolve())
    whole = list(RecordReader(root, str(path)).poll())
    for size in range(len(data)):
        path.write_bytes(data[:size])
        reader = RecordReader(root, str(path))
        found = list(reader.poll())
        assert found == whole[: len(found)]
        assert not reader.damage.damaged
        complete = found[-1][0] + 7 + len(found[-1][1]) if found else min(size, 7)
        assert reader.damage.unfinished == size - complete


@pytest.mark.parametrize("family", FILES)
def test_some_prefixes_answer_everything(tmp_path: Path, family: str) -> None:
    data = FILES[family]()
    for size in range(0, len(data), 13):
        everything(run_folder(tmp_path, data[:size]))


@pytest.mark.parametrize("family", FILES)
def test_every_flipped_byte_costs_at_most_one_record(tmp_path: Path, family: str) -> None:
    data = FILES[family]()
    path = run_folder(tmp_path, data) / "run-abc.swanlab"
    root = str(path.parent.resolve())
    whole = [payload for _, payload in RecordReader(root, str(path)).poll()]
    for at in range(len(data)):
        flipped = bytearray(data)
        flipped[at] ^= 0xFF if at % 2 else 1 << (at // 2 % 8)
        path.write_bytes(flipped)
        reader = RecordReader(root, str(path))
        found = [payload for _, payload in reader.poll()]
        assert len(found) >= len(whole) - 1
        assert [payload for payload in whole if payload in found] == found
        assert len(found) == len(whole) or reader.damage.damaged or reader.damage.unfinished


@pytest.mark.parametrize("family", FILES)
def test_flipped_bytes_answer_everything(tmp_path: Path, family: str) -> None:
    data = FILES[family]()
    for at in range(0, len(data), 7):
        everything(run_folder(tmp_path, data[:at] + bytes([data[at] ^ 0x21]) + data[at + 1 :]))


@pytest.mark.parametrize("family", FILES)
def test_a_lost_record_takes_nothing_else_with_it(tmp_path: Path, family: str) -> None:
    data = FILES[family]()
    whole = pieces(everything(run_folder(tmp_path, data)))
    lost_most = 0
    for at in range(7, len(data), 11):
        run = everything(run_folder(tmp_path, data[:at] + bytes([data[at] ^ 0x80]) + data[at + 1 :]))
        lost_most = max(lost_most, len(whole - pieces(run)))
    assert 0 < lost_most <= 2  # the start record is both the run's name and, in JSON files, in three parts


@fuzzed
@given(payloads=st.lists(st.binary(max_size=300), max_size=12), version=st.integers(0, 255))
def test_any_payloads_in_a_sound_frame(tmp_path: Path, payloads: list[bytes], version: int) -> None:
    everything(run_folder(tmp_path, framed(payloads, version)))


@fuzzed
@given(data=st.binary(max_size=4000))
def test_any_bytes(tmp_path: Path, data: bytes) -> None:
    everything(run_folder(tmp_path, data))
    everything(run_folder(tmp_path, framed([])[:7] + data))


@fuzzed
@given(
    edits=st.lists(st.tuples(st.integers(0, 1 << 20), st.binary(min_size=1, max_size=40)), min_size=1, max_size=12),
    cut=st.integers(0, 200),
)
@pytest.mark.parametrize("family", FILES)
def test_any_edits(tmp_path: Path, family: str, edits: list[tuple[int, bytes]], cut: int) -> None:
    data = bytearray(FILES[family]())
    for at, new in edits:
        at %= len(data)
        data[at : at + len(new)] = new
    everything(run_folder(tmp_path, bytes(data[: len(data) - cut])))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
json_fields = st.fixed_dictionaries(
    {},
    optional={
        name: json_values | st.text(max_size=4) | st.integers(-3, 3)
        for name in [
            "key",
            "step",
            "epoch",
            "metric",
            "kid",
            "cls",
            "column_type",
            "error",
            "tags",
            "colors",
            "y_range",
            "message",
            "level",
            "success",
        ]
    }
    | {
        "metric": st.fixed_dictionaries(
            {}, optional=dict.fromkeys(["index", "data", "more", "create_time"], json_values)
        )
    },
)


@fuzzed
@given(model=st.sampled_from([*json_codec.MODELS, "Runtime", ""]), data=json_fields)
def test_json_models_with_any_values(model: str, data: dict[str, object]) -> None:
    payload = json.dumps({"model_type": model, "data": data}).encode() + b"\n"
    with contextlib.suppress(Malformed):
        json_codec.event(payload)
    assert json_codec.scalar(payload) is None or model == "Scalar"


@fuzzed
@given(
    data=st.binary(max_size=200),
    start=st.sampled_from([b"", b"\x6a", b"\x62", b"\x72", b"\x52", b"\x5a", b"\x82\x01"]),
)
def test_protobuf_from_any_bytes(data: bytes, start: bytes) -> None:
    payload = start + bytes([len(data) & 127]) + data[: len(data) & 127] if start else data
    short = protobuf_codec.scalar(payload)
    try:
        event = protobuf_codec.event(payload)
    except Malformed:
        return
    if short is not None and event is not None:
        assert short[1] == event.step  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "make",
    [
        lambda: framed([b"\x6a\x7f" * 9000] * 400),
        lambda: framed([b"x" * (40 << 20)]),
        lambda: framed([])[:7] + b"\x00\x00\x00\x00\x01\x00\x01" * 1_000_000,
        lambda: framed([])[:7] + (b"\x11\x22\x33\x44\xf0\x7f\x02" + b"\x01" * 100) * 100_000,
        lambda: framed([])[:7] + b"\xff" * (300 * BLOCK_BYTES),
    ],
    ids=["senseless records", "one huge record", "tiny bad fragments", "bad lengths", "no fragments"],
)
def test_memory_stays_bounded_whatever_the_file(tmp_path: Path, make: Callable[[], bytes]) -> None:
    path = run_folder(tmp_path, make()) / "run-abc.swanlab"
    reader = RecordReader(str(path.parent.resolve()), str(path))
    largest = 0
    tracemalloc.start()
    try:
        for _, payload in reader.poll():
            largest = max(largest, len(payload))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 3 * largest + (4 << 20)
    assert len(reader.damage.regions) <= 20
