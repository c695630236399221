"""Waiting for what another thread or process does: as long as it takes on a busy machine, but not for ever."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE_SECONDS = 120.0  # how long anything may take before a test gives it up


def wait_until(holds: Callable[[], object], what: str, pause: float = 0.02) -> None:
    """Return as soon as `holds()` is true; fails, naming `what` was waited for, when that takes too long."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < end, f"still waiting for {what}"
        time.sleep(pause)
