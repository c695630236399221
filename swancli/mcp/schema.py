"""JSON Schemas of what tools return, made from the types in swancli.model."""

from __future__ import annotations

import collections.abc
import types
from typing import Any, Union, get_args, get_origin, get_type_hints, is_typeddict

PLAIN: dict[object, str] = {int: "integer", float: "number", str: "string", bool: "boolean", type(None): "null"}
LISTS = (list, collections.abc.Sequence, collections.abc.Iterable)
Schema = dict[str, Any]


def schema_of(model: Any) -> Schema:
    """The schema of a type: TypedDicts are objects whose keys may all be absent; an unknown type may be anything."""
    if model in PLAIN:
        return {"type": PLAIN[model]}
    if is_typeddict(model):
        return {"type": "object", "properties": {key: schema_of(kind) for key, kind in get_type_hints(model).items()}}
    origin, inner = get_origin(model), get_args(model)
    if origin in (Union, types.UnionType):
        return _union([schema_of(one) for one in inner])
    if model in LISTS or origin in LISTS:
        return {"type": "array", "items": schema_of(inner[0])} if inner else {"type": "array"}
    if model is tuple or origin is tuple:
        return {"type": "array"}
    return {"type": "object"} if model is dict or origin is dict else {}


def result(properties: dict[str, Any], required: tuple[str, ...] = ()) -> Schema:
    """The schema of a tool's result: Python types or schemas, by key."""
    made = {name: kind if isinstance(kind, dict) else schema_of(kind) for name, kind in properties.items()}
    return {
        "type": "object",
        "properties": {**made, "truncated": {"type": "boolean"}, "warnings": {"type": "array"}},
        "required": list(required),
    }


def _union(schemas: list[Schema]) -> Schema:
    if {} in schemas:
        return {}
    if all(list(schema) == ["type"] for schema in schemas):
        return {"type": [schema["type"] for schema in schemas]}
    return {"anyOf": schemas}
