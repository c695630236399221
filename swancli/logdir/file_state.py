"""The state of a file, which shows whether the file has changed, and whether that state can be relied on."""

from __future__ import annotations

import os

from swancli.logdir import disk

# device, inode, size, and in ns the times of the last write and of the last change of the inode
KnownState = tuple[int, int, int, int, int]
FileState = KnownState | None  # None: no such file

TICK_NS = 50_000_000  # clocks of file systems are coarser than their resolution suggests
COARSE_TICK_NS = 2_500_000_000  # of file systems with times in whole seconds
CHANGE_TICK_NS = TICK_NS  # of the time at which an inode changed, which no program can set


def file_state(path: str, follow: bool = True) -> FileState:
    """The state of a file, or of a symlink itself unless `follow`; None if there is none."""
    try:
        return state_of(disk.stat(path, follow_symlinks=follow))
    except (OSError, ValueError):
        return None


def state_of(found: os.stat_result) -> KnownState:
    """The state of a file, from what stat returned."""
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def is_fresh(state: KnownState, begun: int) -> bool:
    """Whether the file was changed so shortly before `begun`, in ns, that another change might not show."""
    written, changed = state[3:]
    tick = TICK_NS if written % 1_000_000_000 else COARSE_TICK_NS
    return written > begun - tick or changed > begun - CHANGE_TICK_NS
