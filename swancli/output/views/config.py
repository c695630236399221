"""An experiment's config as rows: SwanLab's {value, desc, sort} unwrapped, nested keys joined by dots."""

from __future__ import annotations

from typing import Any

WRAPPING = frozenset(("value", "desc", "sort"))
DEEPEST = 32


def flatten(config: Any) -> list[tuple[str, Any]]:
    """(dotted key, value) in the order they were set in; a config that is no mapping is one row, key ""."""
    if config is None:
        return []
    if not isinstance(config, dict):
        return [("", config)]
    rows: list[tuple[str, Any]] = []
    for key, value in _ordered(config):
        _walk(str(key), value, rows, 0)
    return rows


def _ordered(config: dict[Any, Any]) -> list[tuple[Any, Any]]:
    entries = []
    for n, (key, value) in enumerate(config.items()):
        if isinstance(value, dict) and "value" in value and len(value) > 1 and WRAPPING.issuperset(value):
            sort = value.get("sort")
            known = isinstance(sort, (int, float)) and sort == sort
            entries.append(((0, sort, n) if known else (1, 0, n), key, value["value"]))
        else:
            entries.append(((1, 0, n), key, value))
    return [(key, value) for _, key, value in sorted(entries, key=lambda entry: entry[0])]


def _walk(key: str, value: Any, rows: list[tuple[str, Any]], depth: int) -> None:
    if isinstance(value, dict) and value and depth < DEEPEST:
        for part, item in value.items():
            _walk(f"{key}.{part}", item, rows, depth + 1)
    else:
        rows.append((key, value))
