"""Scanning many large record files in parallel.

This is done in several processes, each of which sends back only the facts about its files; what they do not deliver is
scanned later. If this process can't be forked because files come from a server, they are read in threads of this one.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from struct import Struct

from swancli import progress
from swancli.logdir import disk, forks
from swancli.logdir.records.run import RecordedRun

MIN_BYTES = 64 << 20  # of record files; for fewer, processes are not worth it
LOOKED = Struct("<Q")  # when a file's state was looked up, in ns; the state and the facts follow, a line of JSON each


def scan(runs: Sequence[RecordedRun]) -> None:
    """Scan the runs that the cache does not know, in threads, or in processes if there is enough to read."""
    unknown = [run for run in runs if not run.is_known]
    if not disk.may_fork():
        for n, _ in enumerate(disk.each(RecordedRun.learn, unknown)):
            progress.report(n, len(unknown))
        return
    if len(unknown) < 2 or not forks.are_possible() or sum(run.size for run in unknown) < MIN_BYTES:
        return
    done = 0

    def work(n: int) -> bytes | None:
        state, looked, facts = unknown[n].scan_for_another()
        if state is None or facts is None:
            return None
        return LOOKED.pack(looked) + json.dumps(state).encode() + b"\n" + facts

    def take(n: int, found: bytes) -> None:
        nonlocal done
        (looked,) = LOOKED.unpack_from(found)
        state, _, facts = found[LOOKED.size :].partition(b"\n")
        unknown[n].adopt(tuple(json.loads(state)), looked, facts)
        done += 1
        progress.report(done, len(unknown))

    forks.work_on(len(unknown), work, take)
