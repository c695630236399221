"""The two encodings of records, JSON and protobuf, behind one interface: each is a module of its own."""

from __future__ import annotations

from typing import Any, Protocol, TypeAlias, TypeVar

from swancli.logdir.records import json_codec, protobuf_codec
from swancli.logdir.records.events import JSON, PROTOBUF, Event, Malformed

When = TypeVar("When")  # how a codec remembers where a time is


class Codec(Protocol[When]):
    """Decodes the payloads of records."""

    FAMILY: str

    def scalar(self, payload: bytes) -> tuple[bytes, int, float, When] | None:
        """Key in UTF-8, step, value and `when` of a record that is plainly a scalar; None: ask `event`."""

    def time_of(self, payload: bytes, when: When) -> str | None:
        """The time that `scalar` found, as an ISO string."""

    def event(self, payload: bytes) -> Event | None:
        """The event in a record, None if it is of no interest; Malformed if it can't be decoded."""


AnyCodec: TypeAlias = Codec[Any]


def codec_of(payload: bytes) -> AnyCodec:
    """The codec for a file with this payload; its first byte decides, not the file header."""
    return json_codec if payload[:1] == b"{" else protobuf_codec


def event_of(codec: AnyCodec, payload: bytes) -> Event | None:
    """The event in a record, None if it is of no interest or can't be decoded."""
    try:
        return codec.event(payload)
    except Malformed:
        return None


def codec_named(family: str | None) -> AnyCodec | None:
    """The codec of a family of files; None for None, ValueError for anything else."""
    if family is None:
        return None
    if family not in (JSON, PROTOBUF):
        raise ValueError(f"no family {family!r}")
    return json_codec if family == JSON else protobuf_codec
