"""An experiment's config as rows: SwanLab's {value, desc, sort} unwrapped, nested keys joined by dots."""

from __future__ import annotations

from swancli.model import Value

WRAPPER_KEYS = frozenset(("value", "desc", "sort"))
MAX_DEPTH = 32  # deeper structures are shown as JSON


def flatten(config: Value) -> list[tuple[str, Value]]:
    """Dotted keys and values in the order in which they were set; a config that is not a mapping has the key ""."""
    if config is None:
        return []
    if not isinstance(config, dict):
        return [("", config)]
    rows: list[tuple[str, Value]] = []
    for key, value in ordered(config):
        _walk(str(key), value, rows, 0)
    return rows


def unwrapped(config: Value) -> dict[str, Value]:
    """The config as it was set, by its keys in that order; {} if it is not a mapping."""
    return dict(ordered(config)) if isinstance(config, dict) else {}


def ordered(config: dict[str, Value]) -> list[tuple[str, Value]]:
    """The keys and unwrapped values, by "sort" where a key has one; the others follow in their own order."""
    entries: list[tuple[tuple[int, float, int], str, Value]] = []
    for n, (key, value) in enumerate(config.items()):
        if isinstance(value, dict) and "value" in value and len(value) > 1 and WRAPPER_KEYS.issuperset(value):
            sort = value.get("sort")
            order = (0, sort, n) if isinstance(sort, (int, float)) and sort == sort else (1, 0, n)
            entries.append((order, key, value["value"]))
        else:
            entries.append(((1, 0, n), key, value))
    return [(key, value) for _, key, value in sorted(entries, key=lambda entry: entry[0])]


def _walk(key: str, value: Value, rows: list[tuple[str, Value]], depth: int) -> None:
    if isinstance(value, dict) and value and depth < MAX_DEPTH:
        for part, item in value.items():
            _walk(f"{key}.{part}", item, rows, depth + 1)
    else:
        rows.append((key, value))
