"""The answer of the metric endpoint computed plainly, from its documentation: slow, short, and nothing shared.

One JSON object a line; sorted by int(index); more than 1500 points thinned as swanboard does it. Property tests hold
the product's own, faster way to these bytes.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

MAX_LEVELS = 200  # of lists in a value; how many Python's json reads depends on its version
WORDS = {"nan": "NaN", "inf": "INF", "-inf": "-INF"}


def metric(slices: dict[str, bytes], summary: bytes | None = None, experiment: int = 1, all: bool = False) -> bytes:
    """The body for a metric with these files (name: content) and this _summary.json."""
    entries = [entry for name in sorted(slices) if name.endswith(".log") for entry in read(slices[name])]
    if not entries:
        return _body({"sum": 0, "list": [], "experiment_id": experiment})
    entries.sort(key=lambda entry: int(entry["index"]))
    entries[-1].pop("_last", None)
    entries[-1]["_last"] = True
    ends = _summary(summary)
    values = [entry["data"] for entry in entries]
    finite = [value for value in values if is_number(value)]
    return _body(
        {
            "sum": len(entries),
            "max": ends.get("max") if ends is not None else _extreme(max, finite or values),
            "min": ends.get("min") if ends is not None else _extreme(min, finite or values),
            "list": entries if all else sample(entries),
            "experiment_id": experiment,
        }
    )


def read(content: bytes) -> list[dict[str, Any]]:
    """The readable lines of a slice."""
    found = []
    for line in re.split(rb"\r\n|\r|\n", content):
        try:
            entry = json.loads(line.decode())
            int(entry["index"])
            entry["data"]
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
            continue
        if isinstance(entry, dict) and b"[" * (MAX_LEVELS + 1) not in line:
            found.append(entry)
    return found


def sample(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """1499 of more than 1500 points."""
    if len(entries) <= 1500:
        return entries
    body = entries[1:-1]
    size, longer = divmod(len(body), 1498)
    chosen, at = [entries[0]], 0
    for n in range(1497):  # the last of 1498 buckets is dropped
        end = at + size + (n < longer)
        chosen.append(_of_bucket(body[at:end]))
        at = end
    return [*chosen, entries[-1]]


def _of_bucket(bucket: list[dict[str, Any]]) -> dict[str, Any]:
    if len(bucket) <= 2:
        return bucket[0]
    for entry in bucket:
        if not is_number(entry["data"]):
            return entry
    tail, head = bucket[0], bucket[-1]
    farthest, most = 0, 0.0
    try:
        k = (head["data"] - tail["data"]) / (head["index"] - tail["index"])
        b = head["data"] - k * head["index"]
        for n in range(1, len(bucket) - 1):
            distance = abs(k * bucket[n]["index"] + b - bucket[n]["data"]) / math.sqrt(k**2 + 1)
            if distance > most:
                farthest, most = n, distance
    except (ArithmeticError, TypeError, ValueError):
        return bucket[0]
    return bucket[farthest]


def is_number(value: Any) -> bool:
    """Whether a value is a finite number."""
    return isinstance(value, int) or (isinstance(value, float) and math.isfinite(value))


def _summary(text: bytes | None) -> dict[str, Any] | None:
    if text is None:
        return None
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _extreme(choose: Any, values: list[Any]) -> Any:
    try:
        return choose(values)
    except TypeError:
        return None


def _strict(value: Any) -> Any:
    """Without the numbers that JSON lacks."""
    if isinstance(value, float) and not math.isfinite(value):
        return WORDS[repr(value)]
    if isinstance(value, dict):
        return {key: _strict(one) for key, one in value.items()}
    return [_strict(one) for one in value] if isinstance(value, list) else value


def _body(data: dict[str, Any]) -> bytes:
    envelope = {"code": 0, "message": "success", "data": _strict(data)}
    text = json.dumps(envelope, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8", "backslashreplace")
