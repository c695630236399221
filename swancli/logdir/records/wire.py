"""The wire format of proto3: a message is a sequence of numbered fields."""

from __future__ import annotations

from struct import Struct

from swancli.logdir.records.events import Malformed

Value = int | bytes
Field = tuple[int, Value]

unpack_double = Struct("<d").unpack_from


def parse_fields(data: bytes) -> list[Field]:
    """The fields of a message in their order: number and value, an integer for varints, otherwise bytes."""
    fields: list[Field] = []
    at, size = 0, len(data)
    while at < size:
        tag, at = parse_varint(data, at)
        number, wire = tag >> 3, tag & 7
        if not 0 < number < 1 << 29:
            raise Malformed("a field without a number")
        if wire == 0:
            value, at = parse_varint(data, at)
            fields.append((number, value))
            continue
        if wire == 2:
            length, at = parse_varint(data, at)
        elif wire == 1:
            length = 8
        elif wire == 5:
            length = 4
        else:
            raise Malformed(f"wire type {wire}")
        if length > size - at:
            raise Malformed("a field longer than its message")
        fields.append((number, data[at : at + length]))
        at += length
    return fields


def parse_varint(data: bytes, at: int) -> tuple[int, int]:
    """The base-128 number at offset `at`, and the offset after it."""
    result = 0
    for shift in range(0, 70, 7):
        if at >= len(data):
            break
        byte = data[at]
        at += 1
        result |= (byte & 127) << shift
        if byte < 128:
            return result & 0xFFFFFFFFFFFFFFFF, at
    raise Malformed("an unterminated number")


def as_bytes(value: Value) -> bytes:
    """The bytes of a field; Malformed if it is a number."""
    if not isinstance(value, bytes):
        raise Malformed("a number where bytes are expected")
    return value


def as_text(value: Value) -> str:
    """The text of a field; Malformed if it is not UTF-8."""
    try:
        return as_bytes(value).decode()
    except UnicodeDecodeError as error:
        raise Malformed("text that is not UTF-8") from error


def as_integer(value: Value) -> int:
    """The signed integer in a field; Malformed if it holds bytes."""
    if not isinstance(value, int):
        raise Malformed("bytes where a number is expected")
    return value - (1 << 64) if value >> 63 else value


def as_double(value: Value) -> float:
    """The float in a field; Malformed if it does not have eight bytes."""
    if not isinstance(value, bytes) or len(value) != 8:
        raise Malformed("not a double")
    return float(unpack_double(value)[0])
