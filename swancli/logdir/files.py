"""The side files of a run: files/config.yaml and files/swanlab-metadata.json."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from swancli.logdir.nesting import MAX_LEVELS, too_deep

if TYPE_CHECKING:
    import yaml

MAX_CONFIG_BYTES = 1 << 22
MAX_DELIMITERS = 250_000  # in a config.yaml: about as many values are built, of some 500 bytes each
MAX_MERGED_KEYS = 100_000  # of a mapping after << has been resolved
MAX_COLLIDING_KEYS = 1000  # keys of a mapping that have the same hash
MAX_SEXAGESIMAL_CHARACTERS = 200  # of a number such as 1:30:00
MAX_VALUES = 1_000_000  # in one config; an alias counts each time it is used
MAX_INTEGER_BITS = 10_000  # Python refuses to print much longer integers
# Text with fewer brackets and less indentation is parsed without checking its depth first. LibYAML's composer recurses
# in C, and text that is nested deeply enough would crash it.
MAX_UNCHECKED_LEVELS = 400
DEEP_INDENTATION = re.compile(rb"[ \-?:\0]{%d}" % MAX_UNCHECKED_LEVELS)

_parsed: dict[bytes, object] = {}  # configs are often the same in every run of a sweep


class Unreadable(Exception):
    """A side file that exists and can't be parsed; the message says why."""


def parse_config(text: bytes) -> object:
    """config.yaml as JSON values, parsed as YAML 1.1 by PyYAML; None if empty, Unreadable if damaged."""
    try:
        return _parsed[text]
    except KeyError:
        value = _parsed[text] = _parse_config(text)
        return value


def parse_metadata(text: bytes) -> object:
    """swanlab-metadata.json; {} if empty, Unreadable if it is not JSON."""
    if not text.strip():
        return {}
    try:
        value: object = json.loads(text.decode())
    except (ValueError, RecursionError) as error:
        raise Unreadable(_one_line(error)) from error
    if too_deep(text, value):
        raise Unreadable(f"more than {MAX_LEVELS} levels")
    return value


def _parse_config(text: bytes) -> object:
    import yaml

    if len(text) > MAX_CONFIG_BYTES:
        raise Unreadable(f"{len(text)} bytes; the limit is {MAX_CONFIG_BYTES}")
    if sum(map(text.count, (b",", b"\n", b"\r", b"[", b"{", b"- "))) > MAX_DELIMITERS:
        raise Unreadable(f"more than {MAX_DELIMITERS} values")
    try:
        if text.count(b"[") + text.count(b"{") >= MAX_UNCHECKED_LEVELS or DEEP_INDENTATION.search(text):
            _check_depth(text)
        value = yaml.load(text, Loader=_loader())
    except (yaml.YAMLError, ValueError, RecursionError, OverflowError, TypeError, AttributeError) as error:
        raise Unreadable(_one_line(error)) from error
    return _JsonConverter().convert(value, 0)


def _check_depth(text: bytes) -> None:
    """Raise Unreadable if the text is nested too deeply; its events are read without recursion."""
    import yaml

    depth = 0
    for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_LEVELS:
                raise Unreadable(f"more than {MAX_LEVELS} levels")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _loader() -> type[yaml.SafeLoader]:
    """PyYAML's safe loader, in C if possible, with the harmless python/* tags of SwanLab's configs."""
    import yaml

    base: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    class Loader(base):  # type: ignore[misc, valid-type]
        """Builds only None, booleans, numbers, text, lists, dicts, sets and dates, at a bounded cost."""

        def flatten_mapping(self, node: yaml.MappingNode) -> None:
            """Resolve <<; ValueError if its references multiply the keys too much."""
            super().flatten_mapping(node)
            if len(node.value) > MAX_MERGED_KEYS:
                raise ValueError(f"more than {MAX_MERGED_KEYS} keys after resolving <<")

        def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> object:
            """A mapping; ValueError if too many keys have the same hash, as building it would take forever."""
            if len(node.value) > MAX_COLLIDING_KEYS:
                self.flatten_mapping(node)
                hashes = {hash(self.construct_object(key, deep=True)) for key, _ in node.value}
                if len(node.value) - len(hashes) > MAX_COLLIDING_KEYS:
                    raise ValueError(f"more than {MAX_COLLIDING_KEYS} keys are repeated or have the same hash")
            return super().construct_mapping(node, deep)

        def construct_yaml_int(self, node: yaml.ScalarNode) -> object:
            """An integer."""
            return super().construct_yaml_int(_short(node))

        def construct_yaml_float(self, node: yaml.ScalarNode) -> object:
            """A float."""
            return super().construct_yaml_float(_short(node))

    Loader.add_constructor("tag:yaml.org,2002:int", Loader.construct_yaml_int)
    Loader.add_constructor("tag:yaml.org,2002:float", Loader.construct_yaml_float)

    def tuple_(loader: Loader, node: yaml.SequenceNode) -> tuple[object, ...]:
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


def _short(node: yaml.ScalarNode) -> yaml.ScalarNode:
    """The node of a number; ValueError if it has so many digits of base 60 that computing it would take too long."""
    if ":" in node.value and len(node.value) > MAX_SEXAGESIMAL_CHARACTERS:
        raise ValueError(f"a number of {len(node.value)} characters")
    return node


class _JsonConverter:
    """Converts what YAML built to JSON values; an alias bomb ends as Unreadable."""

    def __init__(self) -> None:
        self.values = 0

    def convert(self, value: object, depth: int) -> object:
        """A value as JSON has it; Unreadable if there are too many, or it is nested too deeply."""
        self.values += 1
        if self.values > MAX_VALUES or depth > MAX_LEVELS:
            raise Unreadable(f"more than {MAX_VALUES} values or {MAX_LEVELS} levels")
        if isinstance(value, int) and value.bit_length() > MAX_INTEGER_BITS:
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

    def key(self, key: object) -> object:
        """A key that json can encode; numbers stay numbers, so that 2 and "2" are different keys."""
        if isinstance(key, int) and key.bit_length() > MAX_INTEGER_BITS:
            raise Unreadable(f"an integer of {key.bit_length()} bits")
        if key is None or isinstance(key, (bool, int, float, str)):
            return key
        return key.isoformat() if hasattr(key, "isoformat") else str(key)


def _one_line(error: BaseException) -> str:
    """The message of an error on one line, or else its name."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= 300 else f"{text[:200]} … {text[-80:]}"
