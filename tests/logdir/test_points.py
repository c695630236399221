"""Series of every kind, ordinary and hostile, answered as the plain reference answers them: byte for byte."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.support import reference
from tests.support.logdirs import TIME, Logdir, answer, point, points

Compare = Callable[..., bytes]
FAST = settings(deadline=None, max_examples=70, suppress_health_check=list(HealthCheck), derandomize=True)


@pytest.fixture(scope="module")
def compare(tmp_path_factory: pytest.TempPathFactory) -> Compare:
    """Write slices, ask for the metric, hold the answer to the reference; gives the body."""
    logdir = Logdir(tmp_path_factory.mktemp("points") / "swanlog")
    folder = logdir.run().metric("loss", {})
    path = logdir.close()

    def ask(slices: dict[str, bytes], summary: bytes | None = None) -> bytes:
        shutil.rmtree(folder)
        folder.mkdir()
        for name, content in slices.items():
            (folder / name).write_bytes(content)
        if summary is not None:
            (folder / "_summary.json").write_bytes(summary)
        for all in (True, False):
            status, body, _ = answer(path, "metric", experiment=1, metric="loss", **({"all": True} if all else {}))
            assert status == 200
            assert body == reference.metric(slices, summary, all=all)
        return body

    return ask


STEPS = st.one_of(
    st.integers(-3, 30),
    st.integers(),
    st.sampled_from(
        [2**53, 2**53 + 1, 2**63 - 1, 2**63, -(2**63) - 1, 10**30, "3", " 7 ", "-2", "1_0", 1.9, -0.5, 1e3, True]
    ),
    st.sampled_from(["x", "", None, [], {}, float("nan"), float("inf"), "1.5"]),  # not a step: the line is damaged
)
VALUES = st.one_of(
    st.floats(),
    st.integers(),
    st.integers(-(2**70), 2**70),
    st.sampled_from(["NaN", "INF", "-INF", "", "a\u2028b", None, True, False, 2**53 + 1, -0.0, 5e-324, 1e308, -1e308]),
    st.text(),
    st.lists(st.one_of(st.text(), st.floats(), st.none()), max_size=3),
    st.dictionaries(st.text(max_size=3), st.one_of(st.floats(), st.integers()), max_size=3),
)
MORE = st.dictionaries(
    st.one_of(st.sampled_from(["create_time", "more", "x"]), st.text(max_size=4)),
    st.one_of(st.text(max_size=8), st.none(), st.floats(), st.lists(st.text(max_size=3), max_size=2)),
    max_size=2,
)


@st.composite
def lines(draw: st.DrawFn) -> bytes:
    """A line that json wrote, in one of the ways in which it can."""
    entry = {"index": draw(STEPS), "data": draw(VALUES), "create_time": TIME} | draw(MORE)
    if draw(st.booleans()):
        entry = dict(reversed(entry.items()))
    ascii_only = draw(st.booleans())
    separators = draw(st.sampled_from([(", ", ": "), (",", ":"), (" ,\t", " : ")]))
    text = json.dumps(entry, ensure_ascii=ascii_only, separators=separators)
    return text.encode("utf-8", "surrogatepass")


ODD = st.sampled_from(
    [
        b"", b" ", b"\t", b"{", b"null", b"[]", b"5", b"{}", b'{"index": 1}', b'{"data": 1}', b"\x00", b"\xff\xfe",
        b'\xef\xbb\xbf{"index": 1, "data": 1}',
        b'{"index": 1, "data": 2, "data": 3, "index": 4}',
        b'{"index": 1, "data": 2} trailing',
        b'{"_last": true, "index": 1, "data": 2}',
        b' {"index": 1, "data": 2} ',
        b'{"index": 1, "data": 1E5}',
        b'{"index": 1, "data": -0}',
        b'{"index": 1, "data": 1e-400}',
        b'{"index": 1, "data": 1e400}',
        b'{"index": 1, "data": 1.10}',
        b'{"index": 01, "data": 1}',
        b'{"index": 1, "data": .5}',
        b'{"index": 1, "data": +5}',
        b'{"index": -0, "data": 5, "create_time": "2025-03-21T04:58:06+00:00"}',
        b'{"index": 2, "data": 0.5, "create_time": "2025-03-21T04:58:06+00:00"}',
        b'{"index": 2, "data": 0.5, "create_time": ""}',
        b'{"index": 2,  "data": 0.5, "create_time": "t"}',
        b'{"index": 2, "data": 0.5, "create_time": "a b"}',
        b'{"index": 2, "data": 0.5, "create_time": "\\u00e9\\ud800"}',
        b'{"index": 2, "data": 0.5, "create_time": "\\n\\u0000\x7f"}',
        b'{"index": 2, "data": {"index": 1, "data": 2}, "create_time": "t"}',
        b'{"index": 1, "data": ' + b"9" * 400 + b"}",
        b'{"index": 1, "data": ' + b"9" * 5000 + b"}",
        b'{"index": 1, "data": ' + b"[" * 2000 + b"]" * 2000 + b"}",
        b'{"index": 1, "data": "' + b"x" * 5000 + b'"}',
        b'{"index": 1, "data": 0.5, "create_time": "2025-03-21T04:58:06.38738',
    ]
)  # fmt: skip
REGULAR = st.builds(point, st.integers(0, 40), st.one_of(st.floats(-10, 10), st.integers(-5, 5)))
ENDS = st.sampled_from([b"\n", b"\n", b"\n", b"\r\n", b"\r", b"\n\n"])
NAMES = ["1000.log", "2000.log", "10000.log", "11000.log", "3000.log", "x.log", "-1.log", "01000.log", "a.txt"]
SUMMARY = st.sampled_from(
    [None, None, b"", b"{", b"[]", b"{}", b'{"max": 3}', b'{"max": NaN, "min": [1]}', b'{"max": 1.0, "min": -1E5}']
)


@st.composite
def contents(draw: st.DrawFn, line: st.SearchStrategy[bytes]) -> bytes:
    """A slice; its last line may lack an end."""
    made = draw(st.lists(st.tuples(line, ENDS), max_size=8))
    text = b"".join(one + end for one, end in made)
    return text[: -len(made[-1][1])] if made and draw(st.booleans()) else text


@FAST
@given(st.dictionaries(st.sampled_from(NAMES), contents(st.one_of(REGULAR, lines(), ODD)), max_size=4), SUMMARY)
@example({"1000.log": b'{"index": 1, "data": 2, "create_time": "x"}\n'}, None)
@example({"1000.log": point(1, 3) + b"\n", "2000.log": point(2, 2**60) + b"\n"}, None)
@example({"1000.log": point(1, 3, _last=True) + b"\n" + point(2, 4) + b"\n"}, None)
@example({"1000.log": point(1, 3) + b"\n" + point(2, 4, _last=0, more='"_last"') + b"\n"}, None)
def test_odd_series_is_answered_as_the_reference_does(
    compare: Compare, slices: dict[str, bytes], summary: bytes | None
) -> None:
    compare(slices, summary)


@FAST
@given(st.lists(REGULAR, min_size=1, max_size=30), st.data())
def test_one_changed_byte_in_a_regular_slice_changes_nothing_else(
    compare: Compare, made: list[bytes], data: st.DataObject
) -> None:
    text = bytearray(b"".join(line + b"\n" for line in made))
    at = data.draw(st.integers(0, len(text) - 1))
    text[at : at + data.draw(st.integers(0, 2))] = data.draw(
        st.sampled_from([b"", b" ", b",", b'"', b"\\", b"{", b"}", b"0", b"-", b".", b"e", b"\n", b"\r", b"\xff", b"x"])
    )
    compare({"1000.log": bytes(text)})


KINDS = ["rising", "shuffled", "repeated", "sparse", "huge", "negative"]
HOSTILE = ["none", "nan", "text", "integers", "big integers", "flat", "overflow", "damaged", "mixed steps"]


def long_series(seed: int, count: int, kind: str, hostile: str) -> dict[str, bytes]:
    """Slices of a thousand lines, of one character."""
    rng = random.Random(seed)
    steps: list[Any] = list(range(1, count + 1))
    if kind == "shuffled":
        rng.shuffle(steps)
    elif kind == "repeated":
        steps = [rng.randrange(1, count // 2) for _ in steps]
    elif kind == "sparse":
        steps = sorted(rng.randrange(10**9) for _ in steps)
    elif kind == "huge":
        steps = [2**53 + 3 * step for step in steps]
    elif kind == "negative":
        steps = [step - count // 2 for step in steps]
    values: list[Any] = [rng.gauss(0, 1) for _ in steps]
    if hostile == "integers":
        values = [rng.randrange(-5, 5) for _ in steps]
    elif hostile == "flat":
        values = [0.25] * count
    odd = {
        "nan": [float("nan"), float("inf"), "NaN", "-INF"],
        "text": [["a.png"], "hello", None],
        "big integers": [2**80, -(2**53) - 1, 10**400],
        "overflow": [1e308, -1e308, 1.7e308],
    }.get(hostile)
    if odd:
        for _ in range(40):
            values[rng.randrange(count)] = rng.choice(odd)
    if hostile == "mixed steps":
        for _ in range(40):
            at = rng.randrange(count)
            steps[at] = rng.choice([str(steps[at]), steps[at] + 0.5, steps[at] + 2**64])
    made = [point(step, value) for step, value in zip(steps, values, strict=True)]
    if hostile == "damaged":
        for _ in range(20):
            made[rng.randrange(count)] = rng.choice([b"", b"{", b'{"index": 1}', b"\xff"])
    return {
        f"{start + 1000}.log": b"".join(line + b"\n" for line in made[start : start + 1000])
        for start in range(0, count, 1000)
    }


@pytest.mark.parametrize(
    ("kind", "hostile"),
    [(kind, hostile) for kind in KINDS for hostile in (HOSTILE if kind in KINDS[:2] else ["none", "damaged"])],
)
def test_long_series_is_thinned_as_the_reference_does(compare: Compare, kind: str, hostile: str) -> None:
    seed = KINDS.index(kind) * 100 + HOSTILE.index(hostile)
    count = random.Random(seed).choice([1501, 2997, 3000, 4496])
    compare(long_series(seed, count, kind, hostile))


@pytest.mark.parametrize("count", [1499, 1500, 1501, 1502, 2996, 2997, 2998, 2999, 4494, 4495])
def test_every_count_around_the_edges_of_buckets_is_thinned_alike(compare: Compare, count: int) -> None:
    body = compare(long_series(count, count, "rising", "none"))
    assert body.count(b'"index":') == (count if count <= 1500 else 1499)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "hostile"),
    [
        ("rising", "none"),
        ("rising", "big integers"),
        ("rising", "damaged"),
        ("shuffled", "integers"),
        ("repeated", "text"),
    ],
)
def test_more_than_ten_thousand_points_go_by_steps_whatever_the_order_of_files(
    compare: Compare, kind: str, hostile: str
) -> None:
    compare(long_series(7, 17_200, kind, hostile))


def test_equal_steps_keep_the_order_of_file_names_as_strings(compare: Compare) -> None:
    slices = {f"{n}000.log": point(5, n) + b"\n" for n in range(1, 13)}
    body = json.loads(compare(slices))
    assert [entry["data"] for entry in body["data"]["list"]] == [1, 10, 11, 12, 2, 3, 4, 5, 6, 7, 8, 9]


def test_one_odd_line_among_thousands_changes_no_number_of_the_others(compare: Compare) -> None:
    slices = {f"{n}000.log": b"".join(line + b"\n" for line in points(1000, 1000 * (n - 1) + 1)) for n in range(1, 20)}
    slices["7000.log"] += b'{"index": "7001", "data": "NaN"}\n'
    compare(slices)


def test_integers_stay_integers_between_floats_and_as_extremes(compare: Compare) -> None:
    body = compare({"1000.log": b"\n".join([point(1, 3), point(2, 0.5), point(3, 7), point(4, -2)]) + b"\n"})
    assert b'"max":7,"min":-2,' in body


def test_numbers_are_spelled_as_python_spells_them(compare: Compare) -> None:
    spelled = [
        b"1E5",
        b"-0",
        b"1e-07",
        b"1e+22",
        b"-0.0",
        b"5e-324",
        b"0.00001",
        b"1.0",
        b"1e-400",
        b"123456789012345678901",
    ]
    body = compare(
        {
            "1000.log": b"".join(
                b'{"index": %d, "data": %b, "create_time": "%b"}\n' % (n, text, TIME.encode())
                for n, text in enumerate(spelled)
            )
        }
    )
    found = [part.split(b",")[0] for part in body.split(b'"data":')[2:]]
    assert found == [
        b"100000.0", b"0", b"1e-07", b"1e+22", b"-0.0", b"5e-324", b"1e-05", b"1.0", b"0.0", b"123456789012345678901",
    ]  # fmt: skip
