"""How much must be read for an answer, as far as that can be told without reading it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from swancli.logdir import disk
from swancli.logdir.checkpoint import checkpoint
from swancli.logdir.fingerprint import FILE_COST_BYTES
from swancli.logdir.offline import PREFIX

if TYPE_CHECKING:
    from swancli.logdir.fingerprint import Fingerprint

RECORD_FILE_ENDING = ".swanlab"


def exceeds(root: str, state: Fingerprint | None, max_bytes: int) -> bool:
    """Whether more than about `max_bytes` must be read for an answer that depends on these files of a logdir.

    If `state` is None, as without a database, the answer may depend on every record file.
    """
    if state is not None:
        return state.cost > max_bytes
    total = 0
    for size in _record_file_sizes(root):
        total += FILE_COST_BYTES + size
        if total > max_bytes:
            return True
    return False


def _record_file_sizes(root: str) -> Iterator[int]:
    try:
        with disk.scandir(root) as runs:
            folders = [
                entry.path for entry in runs if entry.name.startswith(PREFIX) and entry.is_dir(follow_symlinks=False)
            ]
    except OSError:
        return
    for folder in folders:
        checkpoint()
        try:
            with disk.scandir(folder) as entries:
                for entry in entries:
                    if entry.name.endswith(RECORD_FILE_ENDING):
                        yield entry.stat(follow_symlinks=False).st_size
        except OSError:
            continue
