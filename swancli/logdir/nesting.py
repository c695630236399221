"""How deep lists and dicts may be nested: what is nested deeper can't be printed, and no real run logs it."""

from __future__ import annotations

MAX_LEVELS = 200


def too_deep(text: bytes, value: object) -> bool:
    """Whether `value`, the JSON that `text` holds, is nested deeper than MAX_LEVELS."""
    return text.count(b"[") + text.count(b"{") > MAX_LEVELS and is_deep(value)


def is_deep(value: object) -> bool:
    """Whether lists and dicts are nested deeper than MAX_LEVELS."""
    level = [value]
    for _ in range(MAX_LEVELS):
        level = [
            child
            for item in level
            if isinstance(item, (dict, list))
            for child in (item.values() if isinstance(item, dict) else item)
            if isinstance(child, (dict, list))
        ]
        if not level:
            return False
    return True
