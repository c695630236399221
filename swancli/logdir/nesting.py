"""How deep lists and dicts may lie in each other: what is nested deeper can't be printed, and nobody logs it."""

from __future__ import annotations

from typing import Any

LEVELS = 200


def too_deep(text: bytes, value: Any) -> bool:
    """Whether `value`, the JSON that `text` holds, is nested deeper than LEVELS."""
    return text.count(b"[") + text.count(b"{") > LEVELS and is_deep(value)


def is_deep(value: Any) -> bool:
    """Whether lists and dicts lie in each other deeper than LEVELS."""
    level = [value]
    for _ in range(LEVELS):
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
