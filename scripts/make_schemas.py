"""Writes docs/schema/v1-*.json, the schemas of the responses below /swancli/v1, from swancli/model.py: `make docs`."""

from __future__ import annotations

import inspect
import json
import sys
import types
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Literal, TypeAlias, TypedDict, Union, get_args, get_origin, get_type_hints, is_typeddict

from swancli import errors, model, wire
from swancli.model import Value

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "schema"
DRAFT = "https://json-schema.org/draft/2020-12/schema"
# What a name in an annotation of swancli/model.py stands for.
ALIASES = {name: vars(model)[name] for name in ("Address", "Value", "Steps")}
TYPES = {bool: "boolean", int: "integer", float: "number", str: "string", type(None): "null"}
ERROR = "v1-error.json"
Schema: TypeAlias = "dict[str, Any] | Literal[True]"


class About(TypedDict):
    """What the server is. `capabilities` only grows: names that a client does not know are to be ignored."""

    name: Literal["swancli"]
    version: str
    capabilities: list[str]


class Failed(TypedDict, total=False):
    """Whether a note is of something that was asked for and can't be read."""

    failed: Literal[True]


class Lists(Failed):
    """One line. `notes` are warnings about the data; `failed` says that one is of something that can't be read."""

    notes: list[str]


class Rows(Lists, total=False):
    """One line. `notes` are warnings about the data; `names` are those of the metrics, if there is only one run."""

    names: list[str]


class PlainPoints(TypedDict):
    """Up to a thousand points, not of media."""

    steps: list[Any]
    values: list[Value]
    times: list[str | None]


class Points(PlainPoints, total=False):
    """Up to a thousand points: the lists have the same length. `more` holds the captions of media, if there are any."""

    more: list[Any]


class Lines(TypedDict):
    """Up to a thousand lines of the console."""

    lines: list[str]


class End(Failed):
    """The last line: a response without it is incomplete. `notes` are the warnings of the whole response."""

    end: Literal[True]
    notes: list[str]


class AnyFailure(TypedDict):
    """What is told of every error."""

    kind: str
    message: str


class Failure(AnyFailure, total=False):
    """`kind` is the name of a class in swancli/errors.py; one that a client does not know is a failure of the server.

    `message` is for people, `api` is the message of the API, `metric` is the name that was looked for.
    """

    api: str
    metric: str


class AnyError(TypedDict):
    """An error, with or without notes."""

    error: Failure


class ErrorLine(AnyError, Failed, total=False):
    """An error, in place of a response or of the details of one of several series."""

    notes: list[str]


class Making:
    """Makes schemas of types; those of TypedDicts are kept in `defs`, by name."""

    def __init__(self) -> None:
        self.defs: dict[str, Schema] = {}

    def of(self, hint: Any) -> Schema:
        """The schema of a type; TypeError if there is none."""
        if hint is Any:
            return True
        if hint == ALIASES["Value"]:
            self.defs["Value"] = {"description": VALUE, **self._union(get_args(hint))}
            return {"$ref": "#/$defs/Value"}
        if hint in TYPES:
            return {"type": TYPES[hint]}
        if is_typeddict(hint):
            if hint.__name__ not in self.defs:
                self.defs[hint.__name__] = {}  # found by a type that refers to itself
                self.defs[hint.__name__] = self.object(hint)
            return {"$ref": f"#/$defs/{hint.__name__}"}
        origin, args = get_origin(hint), get_args(hint)
        if origin is Literal:
            return {"const": args[0]} if len(args) == 1 else {"enum": list(args)}
        if origin in (Union, types.UnionType):
            return self._union(args)
        if origin in (list, Sequence, Iterable):
            return _with({"type": "array"}, "items", self.of(args[0]))
        if origin is dict and args[0] is str:
            return _with({"type": "object"}, "additionalProperties", self.of(args[1]))
        raise TypeError(f"no schema for {hint}")

    def object(self, hint: Any, without: str = "") -> dict[str, Any]:
        """The schema of a TypedDict, `without` one of its keys. Other keys than its own are allowed."""
        hints = get_type_hints(hint, localns=ALIASES)
        found: dict[str, Any] = {"description": _text(hint), "type": "object"}
        found["properties"] = {key: self.of(one) for key, one in hints.items() if key != without}
        if required := [key for key in hints if key in hint.__required_keys__ and key != without]:
            found["required"] = required
        return found

    def _union(self, hints: Iterable[Any]) -> dict[str, Any]:
        """One schema with several types if they can be told apart by these, else `anyOf`."""
        schemas = [self.of(hint) for hint in hints if not (hint is int and float in hints)]
        simple = [one for one in schemas if one is not True and "type" in one]
        keys = [key for one in simple for key in one if key != "type"]
        if len(simple) < len(schemas) or len(keys) > len(set(keys)):
            return {"anyOf": schemas}
        merged = {key: value for one in simple for key, value in one.items()}
        return {**merged, "type": [one["type"] for one in simple]}


VALUE = 'a number, or "NaN", "INF" or "-INF"; of text and media, a list; of a config, any value'


def _with(schema: dict[str, Any], key: str, more: Schema) -> dict[str, Any]:
    return schema if more is True else {**schema, key: more}


def _text(hint: Any) -> str:
    return " ".join((inspect.getdoc(hint) or "").split())


def _plain(path: str, hint: Any, head: Any = Lists) -> dict[str, Any]:
    """The schema of a response of one line whose `details` are of a type."""
    making = Making()
    line = making.object(head)
    line["properties"] = {"details": making.of(hint), **line["properties"]}
    line["required"] = ["details", *line["required"]]
    return _file(path, {"anyOf": [line, {"$ref": ERROR}]}, making)


def _streamed(path: str, hint: Any, key: str, block: Any) -> dict[str, Any]:
    """The schema of each line of a response whose details have the items of `key` in blocks."""
    making = Making()
    first = making.object(Lists)
    first["description"] = "The first line. `notes` are warnings about the data so far; the blocks follow."
    first["properties"] = {"details": making.object(hint, key), **first["properties"], "blocks": {"const": key}}
    first["required"] = ["details", "notes", "blocks"]
    lines = {"first": first, "block": making.object(block), "last": making.object(End)}
    making.defs = {**lines, **making.defs}
    text = "Each line is first, block, last or an error; a response is one first, any number of blocks, and one last."
    refs = [{"$ref": f"#/$defs/{name}"} for name in lines]
    return _file(path, {"description": text, "anyOf": [*refs, {"$ref": ERROR}]}, making)


def _file(title: str, schema: dict[str, Any], making: Making) -> dict[str, Any]:
    more = {"$defs": making.defs} if making.defs else {}
    return {"title": title, **schema, **more}


def _error() -> dict[str, Any]:
    making = Making()
    found = _file("An error below /swancli/v1", making.object(ErrorLine), making)
    known = [name for name, one in vars(errors).items() if isinstance(one, type) and issubclass(one, Exception)]
    making.defs["Failure"]["properties"]["kind"]["examples"] = known  # type: ignore[index]
    return found


def schemas() -> dict[str, dict[str, Any]]:
    """The schemas by name; a name is what follows "v1-" in that of the file."""
    about = Making()
    run = f"GET {wire.EXPERIMENTS}/ID"
    found = {
        "about": _file(f"GET {wire.PREFIX}", about.object(About), about),
        "experiments": _plain(f"GET {wire.EXPERIMENTS}", list[model.RowOfProject], Rows),
        "names": _plain(f"{run}/names", list[str]),
        "project": _plain(f"GET {wire.PREFIX}/project", model.Project),
        "experiment": _plain(run, model.Run),
        "charts": _plain(f"{run}/charts", model.Charts),
        "status": _plain(f"{run}/status", model.Status),
        "summary": _plain(f"{run}/summary", model.Summary),
        "metrics": _streamed(f"{run}/metrics, GET {wire.SERIES}", model.Series, "points", Points),
        "logs": _streamed(f"{run}/logs", model.Console, "lines", Lines),
        "error": _error(),
    }
    return {name: {"$schema": DRAFT, "$id": f"v1-{name}.json", **schema} for name, schema in found.items()}


def made() -> dict[str, str]:
    """What is generated: the name of the file in docs/schema, and text."""
    return {
        str(schema["$id"]): json.dumps(schema, indent=2, ensure_ascii=False) + "\n" for schema in schemas().values()
    }


def main() -> int:
    """Write what differs, and remove what is made no more."""
    files = made()
    for name, text in files.items():
        path = FOLDER / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(f"wrote docs/schema/{name}")
    for path in sorted(FOLDER.glob("v1-*.json")):
        if path.name not in files:
            path.unlink()
            print(f"removed docs/schema/{path.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
