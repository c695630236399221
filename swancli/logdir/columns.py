"""Splitting a slice that looks exactly as SwanLab writes it into columns, all lines at once.

    {"index": 1, "data": 0.5, "create_time": "2026-11-23T14:19:08.148198+00:00"}

Five spaces a line: what stands between the first and second is a step, between third and fourth a value. `split`
proves with a few counts at C speed that every line has this shape, and gives up where one doesn't.
"""

from __future__ import annotations

import json
from typing import Any

STEP = b"0123456789,-"
VALUE = b"0123456789,-+.eE"
CONTROL = bytes(range(10)) + bytes(range(11, 32))
EXACT = 2**52  # integers up to here behave as floats do


class Columns:
    """The columns of one slice."""

    __slots__ = ("_parts", "steps", "values")

    def __init__(self, parts: list[bytes], steps: list[int], values: list[Any]) -> None:
        self._parts, self.steps, self.values = parts, steps, values

    def entry(self, n: int) -> bytes:
        """The JSON of point `n`, as the API prints it."""
        at = 5 * n
        value = self._parts[at + 3][:-1]
        stamp = self._parts[at + 5]
        return b'{"index":%b,"data":%b,"create_time":%b}' % (
            str(self.steps[n]).encode(),
            number(value),
            stamp[: stamp.index(b'"', 1) + 1],
        )


def split(data: bytes) -> Columns | None:
    """`data` as columns, or None if any line differs from what SwanLab's writer makes of a number."""
    count = data.count(b"\n")
    if not (count and data.startswith(b'{"index": ') and data.endswith(b'"}\n')):
        return None
    if data.count(b'"') != 8 * count or data.count(b",") != 2 * count or b"\\" in data or not data.isascii():
        return None
    if data.count(b'"}\n{"index": ') != count - 1 or data.count(b', "create_time": "') != count:
        return None
    if data.count(b', "data": ') != count or len(data.translate(None, CONTROL)) != len(data):
        return None
    parts = data.split(b" ")
    if len(parts) != 5 * count + 1 or parts[2::5].count(b'"data":') != count:
        return None
    if parts[4::5].count(b'"create_time":') != count:
        return None
    steps, values = b"".join(parts[1::5]), b"".join(parts[3::5])
    if steps.translate(None, STEP) or values.translate(None, VALUE):
        return None
    try:
        step_list = json.loads(b"[" + steps[:-1] + b"]")
        value_list = json.loads(b"[" + values[:-1] + b"]")
    except ValueError:
        return None
    if len(step_list) != count or len(value_list) != count:
        return None
    if max(value_list) >= EXACT or min(value_list) <= -EXACT:
        return None
    return Columns(parts, step_list, value_list)


def number(token: bytes) -> bytes:
    """A JSON number as Python prints it: 1E5 is 100000.0, -0 is 0."""
    text = token.decode()
    return (str(int(text)) if text.lstrip("-").isdigit() else repr(float(text))).encode()
