"""Record files as SwanLab writes them, for tests: framing, JSON records, protobuf messages."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

BLOCK_BYTES = 32768
MAGIC = b":SWL\xd6\xe1"
WHEN = "2026-11-23T14:24:15.739292+00:00"
SECONDS, NANOS = 1795443855, 739292000  # WHEN as a protobuf Timestamp


def fragment(kind: int, payload: bytes) -> bytes:
    """A fragment: CRC, length, type, payload."""
    return struct.pack("<IHB", zlib.crc32(bytes([kind]) + payload), len(payload), kind) + payload


def framed(payloads: Iterable[bytes], version: int = 2) -> bytes:
    """A whole record file."""
    out = bytearray(MAGIC + bytes([version]))
    for payload in payloads:
        at, kind = 0, 2
        while True:
            left = BLOCK_BYTES - len(out) % BLOCK_BYTES
            if left < 7:
                out += bytes(left)
                continue
            piece = payload[at : at + left - 7]
            at += len(piece)
            if at == len(payload) and not (left == 7 and piece == b"" and payload):
                out += fragment(1 if kind == 2 else 4, piece)
                break
            out += fragment(kind, piece)
            kind = 3
    return bytes(out)


def record(model: str, **data: Any) -> bytes:
    """A JSON record."""
    return json.dumps({"model_type": model, "data": data}, ensure_ascii=False).encode() + b"\n"


def json_column(key: str, kid: int | str, **changes: Any) -> bytes:
    """A Column record with SwanLab's defaults."""
    fields = {
        "name": None,
        "cls": "CUSTOM",
        "column_type": "FLOAT",
        "chart_reference": "STEP",
        "section_name": None,
    }
    fields |= {
        "section_type": "PUBLIC",
        "section_sort": None,
        "error": None,
        "y_range": None,
        "chart_name": None,
    }
    fields |= {"chart_index": None, "metric_name": None, "metric_color": None}
    return record("Column", key=key, kid=str(kid), **{**fields, **changes})


def json_scalar(key: str, step: int, value: Any, epoch: int = 1) -> bytes:
    """A Scalar record, its fields in SwanLab's order."""
    metric = {"index": step, "data": value, "create_time": WHEN}
    return record("Scalar", metric=metric, key=key, step=step, epoch=epoch)


def json_log(text: str, epoch: int | None, level: str = "INFO") -> bytes:
    """A Log record."""
    return record("Log", create_time=WHEN, message=text, epoch=epoch, level=level)


def json_head(name: str = "run") -> list[bytes]:
    """The first three records."""
    return [
        record("Header", backup_type="DEFAULT", create_time=WHEN),
        record("Project", name="demo", workspace="team", public=False),
        record("Experiment", id="abc", name=name, colors=["#aaaaaa", "#bbbbbb"], description="d", tags=["t"]),
    ]


def varint(value: int) -> bytes:
    """A base-128 number; negative ones take ten bytes."""
    value &= (1 << 64) - 1
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def number(field: int, value: int) -> bytes:
    """A varint field."""
    return varint(field << 3) + varint(value)


def blob(field: int, data: bytes | str) -> bytes:
    """A length-delimited field: text or a message."""
    raw = data.encode() if isinstance(data, str) else data
    return varint(field << 3 | 2) + varint(len(raw)) + raw


def double(field: int, value: float) -> bytes:
    """A double field."""
    return varint(field << 3 | 1) + struct.pack("<d", value)


STAMP = number(1, SECONDS) + number(2, NANOS)


def proto(field: int, message: bytes, num: int = 1) -> bytes:
    """A Record that holds `message` as its `field`."""
    return number(1, num) + blob(2, STAMP) + blob(field, message)


def proto_start(name: str = "run", **more: str) -> bytes:
    """A StartRecord."""
    numbers = {"workspace": 2, "description": 5, "group": 7, "job_type": 8, "id": 10}
    message = blob(1, "demo") + blob(4, name) + b"".join(blob(numbers[k], v) for k, v in more.items())
    return proto(10, message + blob(6, "a") + blob(6, "b") + blob(9, "#123456") + blob(12, STAMP), -1)


def proto_column(key: str, kind: int = 1, system: bool = False, section: str = "") -> bytes:
    """A ColumnRecord."""
    message = number(1, 1 + system) + number(2, kind) + blob(3, key) + (blob(5, section) if section else b"")
    return proto(12, message + number(6, 4 if system else 3))


def proto_scalar(key: str, step: int, value: float) -> bytes:
    """A scalar row; step 0 and value 0.0 are left out as on the wire."""
    inner = double(1, value) if value or str(value) == "-0.0" else b""
    message = blob(1, key) + (number(2, step) if step else b"") + number(3, 1) + blob(4, STAMP) + blob(5, inner)
    return proto(13, message)


def proto_media(key: str, step: int, kind: int, names: Iterable[str], caption: str = "") -> bytes:
    """A media row."""
    inner = b"".join(blob(1, blob(1, n) + (blob(4, caption) if caption else b"")) for n in names)
    return proto(14, blob(1, key) + number(2, step) + number(3, kind) + blob(4, STAMP) + blob(5, inner))


def proto_log(text: str, epoch: int) -> bytes:
    """A line of the console."""
    return proto(16, blob(1, text) + blob(3, STAMP) + number(4, epoch))


def proto_finish(state: int, error: str = "") -> bytes:
    """A FinishRecord."""
    return proto(11, number(1, state) + (blob(2, error) if error else b"") + blob(3, STAMP), -2)


def run_folder(root: Path, data: bytes, name: str = "run-abc.swanlab") -> Path:
    """A run folder with this record file."""
    folder = root / "run-20261123_142415-abc"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)
    return folder


def small_json() -> bytes:
    """A JSON file of under 3 KB with one of everything."""
    metric = {"index": 0, "data": ["hello"], "create_time": WHEN, "more": [None]}
    return framed(
        [
            *json_head(),
            json_column("train/loss", 0, section_name="train"),
            *(json_scalar("train/loss", step, step / 4) for step in range(4)),
            json_column("t", 1, column_type="TEXT"),
            record("Media", metric=metric, key="t", kid=1, key_encoded="t", step=0, epoch=1, buffers_name=None),
            json_log("one", 1),
            json_log("boom", 3, "ERROR"),
            json_log("two", 2),
            record("Footer", success=False, create_time=WHEN),
        ],
        1,
    )


def small_proto() -> bytes:
    """A protobuf file of about 1 KB with one of everything."""
    return framed(
        [
            proto_start(),
            proto_log("one", 1),
            proto_column("train/loss", section="train"),
            proto_column("t", 4),
            *(proto_scalar("train/loss", step, step / 4) for step in range(4)),
            proto_media("t", 0, 4, ["000-12345678.txt"], "cap"),
            proto_log("two", 2),
            proto_finish(2, "Traceback\nKeyError: 'x'\n"),
        ]
    )
