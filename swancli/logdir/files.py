"""The side files of a run: files/config.yaml and files/swanlab-metadata.json."""

from __future__ import annotations

import json
import re
from typing import Any

MAX_NODES = 1_000_000  # values in one config, aliases counted each time they are used
MAX_DEPTH = 200
# Less nesting than this is parsed at once; LibYAML's composer recurses in C, and a deep enough text would crash it.
DEEP = 400
INDENT = re.compile(rb"[ \-?:\0]{%d}" % DEEP)
MAX_BITS = 10_000  # of an integer: Python refuses to print much longer ones

_parsed: dict[bytes, Any] = {}  # configs are often the same in every run of a sweep


class Unreadable(Exception):
    """A side file that is there and makes no sense; the message says why."""


def parse_config(text: bytes) -> Any:
    """config.yaml as plain JSON values, read as YAML 1.1 by PyYAML; None if empty, Unreadable if damaged."""
    try:
        return _parsed[text]
    except KeyError:
        value = _parsed[text] = _parse_config(text)
        return value


def parse_metadata(text: bytes) -> Any:
    """swanlab-metadata.json; {} if empty, Unreadable if it is not JSON."""
    if not text.strip():
        return {}
    try:
        return json.loads(text.decode())
    except (ValueError, RecursionError) as error:
        raise Unreadable(_one_line(error)) from error


def _parse_config(text: bytes) -> Any:
    import yaml

    try:
        if text.count(b"[") + text.count(b"{") >= DEEP or INDENT.search(text):
            _check_depth(text)
        value = yaml.load(text, Loader=_loader())
    except (yaml.YAMLError, ValueError, RecursionError, OverflowError, TypeError, AttributeError) as error:
        raise Unreadable(_one_line(error)) from error
    return _Plain().convert(value, 0)


def _check_depth(text: bytes) -> None:
    """Raise Unreadable if the text nests too deep, told from its events, which need no recursion."""
    import yaml

    depth = 0
    for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise Unreadable(f"more than {MAX_DEPTH} levels")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _loader() -> Any:
    """PyYAML's safe loader in C, with the harmless python/* tags that SwanLab's configs hold."""
    import yaml

    base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    class Loader(base):  # type: ignore[misc]
        """Builds only None, booleans, numbers, text, lists, dicts, sets and dates."""

    def tuple_(loader: Any, node: Any) -> tuple[Any, ...]:
        return tuple(loader.construct_sequence(node, deep=True))

    plain = "tag:yaml.org,2002:python/"
    Loader.add_constructor(plain + "tuple", tuple_)
    for name, method in {
        "none": "construct_yaml_null",
        "bool": "construct_yaml_bool",
        "str": "construct_yaml_str",
        "unicode": "construct_yaml_str",
        "bytes": "construct_yaml_binary",
        "int": "construct_yaml_int",
        "long": "construct_yaml_int",
        "float": "construct_yaml_float",
        "list": "construct_yaml_seq",
        "dict": "construct_yaml_map",
    }.items():
        Loader.add_constructor(plain + name, getattr(base, method))
    return Loader


class _Plain:
    """Turns what YAML built into what JSON can hold; an alias bomb ends as Unreadable."""

    def __init__(self) -> None:
        self.nodes = 0

    def convert(self, value: Any, depth: int) -> Any:
        self.nodes += 1
        if self.nodes > MAX_NODES or depth > MAX_DEPTH:
            raise Unreadable(f"more than {MAX_NODES} values or {MAX_DEPTH} levels")
        if isinstance(value, int) and value.bit_length() > MAX_BITS:
            raise Unreadable(f"an integer of {value.bit_length()} bits")
        if value is None or isinstance(value, (bool, int, float, str)):
            return value
        if isinstance(value, dict):
            return {self.key(k): self.convert(v, depth + 1) for k, v in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.convert(v, depth + 1) for v in value]
        if isinstance(value, (set, frozenset)):
            return [self.convert(v, depth + 1) for v in sorted(value, key=repr)]
        if isinstance(value, bytes):
            return value.decode("utf-8", "replace")
        if hasattr(value, "isoformat"):  # dates, date-times
            return value.isoformat()
        return str(value)

    def key(self, key: Any) -> Any:
        """A key that json prints as text; numbers stay numbers, so that 2 and "2" stay two keys."""
        if isinstance(key, int) and key.bit_length() > MAX_BITS:
            raise Unreadable(f"an integer of {key.bit_length()} bits")
        if key is None or isinstance(key, (bool, int, float, str)):
            return key
        return key.isoformat() if hasattr(key, "isoformat") else str(key)


def _one_line(error: BaseException) -> str:
    """The message of an error in one line, or its name."""
    return " ".join(str(error).split()) or type(error).__name__
