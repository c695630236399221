"""The two decoders: every message as FORMATS describes it, odd and hostile ones as well."""

from __future__ import annotations

import json
import math

import pytest

from swancli.logdir.records import json_codec, protobuf_codec
from swancli.logdir.records.events import Column, Finish, LogLine, Malformed, Row, Start
from swancli.values import encoded
from tests.support.record_files import (
    STAMP,
    WHEN,
    blob,
    double,
    json_column,
    json_head,
    json_log,
    json_scalar,
    number,
    proto,
    proto_column,
    proto_finish,
    proto_log,
    proto_media,
    proto_scalar,
    proto_start,
    record,
    varint,
)


def test_three_json_records_make_one_start() -> None:
    start = Start()
    for payload in json_head("名"):
        event = json_codec.event(payload)
        assert isinstance(event, Start)
        start = start.merged(event)
    assert start == Start(
        "demo", "team", False, "名", "d", ["t"], None, None, ("#aaaaaa", "#bbbbbb"), "abc", WHEN
    )  # fmt: skip


def test_a_json_column_of_0_6_2_says_its_error_with_other_words() -> None:
    old = json_codec.event(json_column("k", 3, error={"expected": "float", "got": "str"}))
    new = json_codec.event(json_column("k", "3", error={"excepted": "float", "data_class": "str"}))
    assert isinstance(old, Column)
    assert old == new
    assert old.error == {"data_class": "str", "excepted": "float"}
    assert list(old.error) == ["data_class", "excepted"]
    assert old.kid == "3"


def test_a_json_system_column_keeps_what_it_displays() -> None:
    payload = json_column(
        "__swanlab__.cpu.pct", 7, cls="SYSTEM", section_type="SYSTEM", chart_reference="TIME", name="CPU (%)",
        y_range=[0.0, None], metric_color=["#1", "#2"], chart_index="x",
    )  # fmt: skip
    column = json_codec.event(payload)
    assert isinstance(column, Column)
    assert (column.system, column.reference, column.section_type) == (True, "time", "system")
    assert (column.name, column.y_range, column.colors, column.chart_index) == (
        "CPU (%)", (0.0, None), ("#1", "#2"), "x",
    )  # fmt: skip


@pytest.mark.parametrize("value", [0.0, -1.5, 1e-300, 1e22, 1e16, "NaN", "INF"])
@pytest.mark.parametrize("key", ["loss", "中文/指标 a", 'quo"te', "back\\slash"])
def test_the_short_way_through_json_scalars_agrees_with_the_long_one(value: float | str, key: str) -> None:
    payload = json_scalar(key, 12, value)
    event = json_codec.event(payload)
    assert event == Row(key, 12, value, WHEN, None, 1, "line")
    short = json_codec.scalar(payload)
    if '"' in key or "\\" in key:
        assert short is None
    else:
        assert short is not None
        assert short[0].decode() == key
        assert short[1] == 12
        assert encoded(short[2]) == value
        assert json_codec.time_of(payload, short[3]) == WHEN


def test_bare_nonfinite_tokens_of_the_converters_become_words() -> None:
    for token, word in (("NaN", "NaN"), ("Infinity", "INF"), ("-Infinity", "-INF")):
        payload = json_scalar("k", 0, 1.0).replace(b"1.0", token.encode())
        event = json_codec.event(payload)
        assert isinstance(event, Row)
        assert event.data == word


def test_an_integer_stays_an_integer_in_json() -> None:
    payload = json_scalar("k", 0, 12345678901234567890123)
    assert json_codec.scalar(payload) is None
    event = json_codec.event(payload)
    assert isinstance(event, Row)
    assert event.data == 12345678901234567890123
    assert type(event.data) is int


def test_the_lists_of_media_are_kept_as_they_are() -> None:
    metric = {"index": 1, "data": ["a", "b"], "create_time": WHEN, "more": [None, {"caption": "c"}]}
    payload = record("Media", metric=metric, key="k", kid=1, key_encoded="k", step=1, epoch=1, buffers_name=None)
    assert json_codec.event(payload) == Row("k", 1, ["a", "b"], WHEN, [None, {"caption": "c"}], 1, None)
    del metric["more"]
    payload = record("Media", metric=metric, key="k", kid=1, key_encoded="k", step=1, epoch=1, buffers_name=None)
    assert json_codec.event(payload) == Row("k", 1, ["a", "b"], WHEN, None, 1, None)


def test_json_logs_and_footers() -> None:
    assert json_codec.event(json_log("x\ny", 4, "ERROR")) == LogLine("x\ny", 4, "ERROR", WHEN)
    assert json_codec.event(json_log("x", None)) == LogLine("x", None, "INFO", WHEN)
    assert json_codec.event(record("Footer", success=True, create_time=WHEN)) == Finish("finished", None, WHEN)
    assert json_codec.event(record("Footer", success=False, create_time=WHEN)) == Finish("crashed", None, WHEN)


def test_unknown_json_models_and_fields_are_passed_over() -> None:
    assert json_codec.event(record("Hologram", x=1)) is None
    assert json_codec.event(record("Runtime", config_filename="config.yaml")) is None
    assert json_codec.event(record("Footer", success=True, create_time=WHEN, mood="good")) is not None


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"{",
        b"null\n",
        b"[]",
        b'{"model_type": 1, "data": {}}',
        b'{"model_type": "Scalar"}',
        b'{"model_type": "Scalar", "data": []}',
        b'{"model_type": "Scalar", "data": {}}',
        b'{"model_type": "Scalar", "data": {"metric": 3, "key": "k", "step": 1}}',
        b'{"model_type": "Scalar", "data": {"metric": {"data": [1]}, "key": "k", "step": 1}}',
        b'{"model_type": "Scalar", "data": {"metric": {"data": null}, "key": "k", "step": 1}}',
        b'{"model_type": "Scalar", "data": {"metric": {"data": 1.0}, "key": 7, "step": 1}}',
        b'{"model_type": "Scalar", "data": {"metric": {"data": 1.0}, "key": "k", "step": true}}',
        b'{"model_type": "Scalar", "data": {"metric": {"data": 1.0}, "key": "k", "step": 1e400}}',
        b'{"model_type": "Scalar", "data": {"metric": {"data": 1.0}, "key":"", "step": 9223372036854775808}}',
        b'{"model_type": "Media", "data": {"metric": {"data": "x"}, "key": "k", "step": 1}}',
        b'{"model_type": "Column", "data": {"key": "k"}}',
        b'{"model_type": "Log", "data": {"message": 1}}',
        b'{"model_type": "Footer", "data": {}}',
        b"[" * 200_000,
        b'{"model_type": "Log", "data": {"message": "\xff"}}',
    ],
)
def test_json_that_makes_no_sense_is_malformed_and_nothing_else(payload: bytes) -> None:
    assert json_codec.scalar(payload) is None
    with pytest.raises(Malformed):
        json_codec.event(payload)


def test_a_protobuf_start_with_all_its_fields() -> None:
    event = protobuf_codec.event(proto_start("名", workspace="w", description="d", group="g", job_type="j", id="i"))
    assert event == Start("demo", "w", False, "名", "d", ["a", "b"], "g", "j", ("#123456", "#123456"), "i", WHEN)


def test_absent_protobuf_fields_are_their_defaults() -> None:
    assert protobuf_codec.event(proto(10, b"")) == Start(public=False, description="", tags=[])
    assert protobuf_codec.event(proto(11, b"")) == Finish("running", None, None)
    assert protobuf_codec.event(proto(16, b"")) == LogLine("", None, "INFO", None)
    assert protobuf_codec.event(proto(13, blob(1, "k") + blob(5, b""))) == Row("k", 0, 0.0, None, None, None, "line")


@pytest.mark.parametrize(("code", "state"), [(0, "running"), (1, "finished"), (2, "crashed"), (3, "stopped")])
def test_protobuf_states(code: int, state: str) -> None:
    assert protobuf_codec.event(proto_finish(code, "e")) == Finish(state, "e", WHEN)


@pytest.mark.parametrize(
    "value", [0.0, -0.0, 1.5, -2.25, 5e-324, 1e308, math.nan, math.inf, -math.inf, 9007199254740993.0]
)
@pytest.mark.parametrize("step", [0, 1, 127, 128, 300, 1 << 20, 1 << 48])
def test_the_short_way_through_protobuf_scalars_agrees_with_the_long_one(value: float, step: int) -> None:
    payload = proto_scalar("train/损失", step, value)
    event = protobuf_codec.event(payload)
    assert isinstance(event, Row)
    short = protobuf_codec.scalar(payload)
    assert short is not None
    assert (short[0].decode(), short[1]) == (event.key, event.step)
    assert event.step == step
    assert repr(encoded(short[2])) == repr(event.data)
    assert protobuf_codec.time_of(payload, short[3]) == event.create_time == WHEN


def test_nonfinite_doubles_become_words_with_their_sign() -> None:
    words = [protobuf_codec.event(proto_scalar("k", 0, v)) for v in (math.nan, math.inf, -math.inf)]
    assert [row.data for row in words if isinstance(row, Row)] == ["NaN", "INF", "-INF"]


@pytest.mark.parametrize(
    "stamp",
    [
        b"",
        b"\x08",
        b"\x08\x80\x80\x80\x80\x01\x10",
        STAMP[:-1],
        STAMP + number(3, 1),
        number(2, 5),
        b"\xff" * 12,
    ],
)
def test_an_odd_time_never_costs_a_value(stamp: bytes) -> None:
    value = b"\x09" + b"\xff" * 8
    payload = proto(13, blob(1, "k") + number(3, 1) + blob(4, stamp) + blob(5, value))
    short = protobuf_codec.scalar(payload)
    assert short is not None
    assert short[:2] == (b"k", 0)
    assert math.isnan(short[2])
    assert protobuf_codec.time_of(payload, short[3]) in (None, WHEN, "1970-01-01T00:00:00+00:00")


def test_a_long_key_takes_the_long_way() -> None:
    payload = proto_scalar("k" * 200, 3, 1.5)
    assert protobuf_codec.scalar(payload) is None
    assert protobuf_codec.event(payload) == Row("k" * 200, 3, 1.5, WHEN, None, None, "line")


def test_a_negative_step_is_read_as_twos_complement() -> None:
    payload = proto(13, blob(1, "k") + number(2, -5) + blob(5, double(1, 2.0)))
    event = protobuf_codec.event(payload)
    assert isinstance(event, Row)
    assert event.step == -5


def test_protobuf_media_keep_captions_per_item() -> None:
    inner = blob(1, blob(1, "a.png") + blob(4, "c")) + blob(1, blob(1, "b.png") + number(3, 99))
    event = protobuf_codec.event(proto(14, blob(1, "k") + number(3, 2) + blob(5, inner)))
    assert event == Row("k", 0, ["a.png", "b.png"], None, [{"caption": "c"}, None], None, "image")
    assert protobuf_codec.event(proto_media("k", 2, 9, ["x.html"])) == Row(
        "k", 2, ["x.html"], WHEN, [None], None, "html"
    )


def test_a_protobuf_column_with_the_fields_of_0_10() -> None:
    message = number(1, 1) + number(2, 1) + blob(3, "k") + blob(5, "s") + number(6, 1)
    message += blob(7, double(1, 0.0)) + blob(12, blob(1, "#1") + blob(2, "#2")) + blob(13, "_step") + number(14, 1)
    column = protobuf_codec.event(proto(12, message))
    assert isinstance(column, Column)
    assert (column.section, column.section_type, column.y_range) == ("s", "pinned", (0.0, None))
    assert (column.colors, column.x_axis, column.hidden) == (("#1", "#2"), "_step", True)
    system = protobuf_codec.event(proto_column("__swanlab__.x", system=True))
    assert isinstance(system, Column)
    assert (system.system, system.reference) == (True, "time")


def test_unknown_protobuf_fields_and_records_are_passed_over() -> None:
    extra = number(99, 7) + blob(100, "x") + double(101, 1.0) + varint(102 << 3 | 5) + b"abcd"
    payload = proto(16, blob(1, "line") + number(4, 1) + extra) + extra
    assert protobuf_codec.event(payload) == LogLine("line", 1, "INFO", None)
    assert protobuf_codec.event(proto(20, blob(1, "config.yaml"))) is None
    assert protobuf_codec.event(proto(15, b"\xff")) is None
    assert protobuf_codec.event(b"") is None
    assert protobuf_codec.event(proto_column("k", 77)) is not None


def test_a_log_line_with_broken_text_is_shown_with_marks() -> None:
    assert protobuf_codec.event(proto(16, blob(1, b"a\xffb"))) == LogLine("a\ufffdb", None, "INFO", None)
    event = protobuf_codec.event(proto_log("行", 2))
    assert event == LogLine("行", 2, "INFO", WHEN)


def test_times_out_of_range_are_unknown() -> None:
    for stamp in (number(1, -1), number(1, 1 << 62), number(1, 5) + number(2, 2_000_000_000)):
        event = protobuf_codec.event(proto(16, blob(3, stamp)))
        assert event == LogLine("", None, "INFO", None)
    whole = protobuf_codec.event(proto(16, blob(3, number(1, 5))))
    assert whole == LogLine("", None, "INFO", "1970-01-01T00:00:05+00:00")


@pytest.mark.parametrize(
    "payload",
    [
        b"\x08",
        b"\xff" * 20,
        b"\x00\x01",
        b"\x6a\x7f",
        b"\x6b",
        proto(13, b""),
        proto(13, blob(1, "k")),
        proto(13, number(1, 5)),
        proto(13, blob(1, b"\xff" * 200) + blob(5, b"")),
        proto(13, blob(1, "k") + blob(2, b"x") + blob(5, b"")),
        proto(13, blob(1, "k") + blob(5, blob(1, b"short"))),
        proto(12, b""),
        proto(12, blob(3, "k") + number(7, 1)),
        proto(14, blob(1, "k") + number(3, 2) + blob(5, number(1, 3))),
        proto(16, blob(3, blob(1, STAMP))),
        number(13, 3),
    ],
)
def test_protobuf_that_makes_no_sense_is_malformed_and_nothing_else(payload: bytes) -> None:
    assert protobuf_codec.scalar(payload) is None
    with pytest.raises(Malformed):
        protobuf_codec.event(payload)


def test_the_json_writer_of_these_tests_writes_as_swanlab_does() -> None:
    seen = (
        b'{"model_type": "Scalar", "data": {"metric": {"index": 0, "data": 2.0, "create_time": "%s"}, ' % WHEN.encode()
    )
    assert json_scalar("a", 0, 2.0) == seen + b'"key": "a", "step": 0, "epoch": 1}}\n'
    assert json.loads(json_scalar("a", 0, 2.0))["data"]["key"] == "a"
