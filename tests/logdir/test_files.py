"""config.yaml as YAML 1.1 holds it, and what of it is refused. The answers are held in tests/endpoints."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from swancli.logdir.files import Unreadable, parse_config, parse_metadata
from swancli.reply import dumps

PLAIN = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=12), st.dates()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=8,
)


def jsonable(value: Any) -> Any:
    """A value as the answer shows it."""
    if isinstance(value, dict):
        return {key: jsonable(one) for key, one in value.items()}
    if isinstance(value, list):
        return [jsonable(one) for one in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


@settings(deadline=None, max_examples=80, derandomize=True)
@given(PLAIN)
def test_what_yaml_wrote_is_read_as_it_was(value: Any) -> None:
    text = yaml.safe_dump(value, allow_unicode=True).encode()
    assert parse_config(text) == jsonable(yaml.safe_load(text))


@settings(deadline=None, max_examples=150, derandomize=True)
@given(st.text(alphabet="ab:-?[]{}&*!|>'\"#%@`,\n 01.e~<=\t", max_size=40))
def test_any_text_is_read_or_unreadable_and_prints(text: str) -> None:
    try:
        found = parse_config(text.encode())
    except Unreadable:
        return
    assert dumps(json.loads(dumps(found), parse_constant=pytest.fail)) == dumps(found)


@pytest.mark.parametrize(
    "text",
    [
        b"[" * 100_000,
        b"{a: " * 50_000,
        b"- " * 50_000,
        b"? " * 50_000,
        b"\xff\xfe" + ("- " * 50_000).encode("utf-16-le"),
        b"".join(b" " * n + b"a:\n" for n in range(3000)),
        b"\r".join(b" " * n + b"- " for n in range(3000)),
    ],
)
def test_deep_nesting_ends_as_unreadable(text: bytes) -> None:
    with pytest.raises(Unreadable):
        parse_config(text)


def test_python_objects_are_refused_and_harmless_tags_read() -> None:
    with pytest.raises(Unreadable):
        parse_config(b"!!python/object/new:os.system [echo]")
    assert parse_config(b"a: !!python/tuple [1, !!python/none ~]\nb: !!python/str x") == {"a": [1, None], "b": "x"}


@pytest.mark.parametrize(("text", "value"), [(b"", {}), (b" \n", {}), (b"{}", {}), (b"[1]", [1]), (b"null", None)])
def test_metadata_is_its_json_or_nothing(text: bytes, value: Any) -> None:
    assert parse_metadata(text) == value
