"""The side files of a run: files/config.yaml and files/swanlab-metadata.json."""

from __future__ import annotations

import json
import re
from typing import Any

from swancli.logdir.nesting import LEVELS, too_deep

MAX_CONFIG = 1 << 22  # bytes of a config.yaml
MAX_SIGNS = 250_000  # commas, line ends and brackets in it: about as many values are built, each some 500 bytes
MAX_MERGED = 100_000  # keys of a mapping after << has been followed
MAX_SAME = 1000  # keys of a mapping that Python's dicts can't tell apart by their hash
MAX_SEXAGESIMAL = 200  # characters of a number such as 1:30:00
MAX_NODES = 1_000_000  # values in one config, aliases counted each time they are used
MAX_DEPTH = LEVELS
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
        value = json.loads(text.decode())
    except (ValueError, RecursionError) as error:
        raise Unreadable(_one_line(error)) from error
    if too_deep(text, value):
        raise Unreadable(f"more than {LEVELS} levels")
    return value


def _parse_config(text: bytes) -> Any:
    import yaml

    if len(text) > MAX_CONFIG:
        raise Unreadable(f"{len(text)} bytes, more than the {MAX_CONFIG} that are read of a config")
    if sum(map(text.count, (b",", b"\n", b"\r", b"[", b"{", b"- "))) > MAX_SIGNS:
        raise Unreadable(f"more than {MAX_SIGNS} values")
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
        """Builds only None, booleans, numbers, text, lists, dicts, sets and dates, at a bounded cost."""

        def flatten_mapping(self, node: Any) -> None:
            """Follow <<, whose references may multiply."""
            super().flatten_mapping(node)
            if len(node.value) > MAX_MERGED:
                raise ValueError(f"<< makes more than {MAX_MERGED} keys")

        def construct_mapping(self, node: Any, deep: bool = False) -> Any:
            """A mapping; one whose keys all have the same hash would take for ever."""
            if len(node.value) > MAX_SAME:
                self.flatten_mapping(node)
                hashes = {hash(self.construct_object(key, deep=True)) for key, _ in node.value}
                if len(node.value) - len(hashes) > MAX_SAME:
                    raise ValueError(f"more than {MAX_SAME} keys repeat")
            return super().construct_mapping(node, deep)

        def construct_yaml_int(self, node: Any) -> Any:
            """An integer."""
            return super().construct_yaml_int(_short(node))

        def construct_yaml_float(self, node: Any) -> Any:
            """A float."""
            return super().construct_yaml_float(_short(node))

    Loader.add_constructor("tag:yaml.org,2002:int", Loader.construct_yaml_int)
    Loader.add_constructor("tag:yaml.org,2002:float", Loader.construct_yaml_float)

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
        Loader.add_constructor(plain + name, getattr(Loader, method))
    return Loader


def _short(node: Any) -> Any:
    """A number's node, if its digits of base 60 are so few that it can be computed."""
    if ":" in node.value and len(node.value) > MAX_SEXAGESIMAL:
        raise ValueError(f"a number of {len(node.value)} characters")
    return node


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
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= 300 else f"{text[:200]} … {text[-80:]}"
