"""Both ends of a record file: how the run began and ended, without a scan of all that lies between."""

from __future__ import annotations

from swancli.logdir import disk
from swancli.logdir.records.codec import codec_of, event_of
from swancli.logdir.records.events import PROTOBUF, Finish, LogLine, Start
from swancli.logdir.records.facts import Ends
from swancli.logdir.records.reader import BLOCK_BYTES, FILE_HEADER_BYTES, RecordReader

MAX_HEAD_RECORDS = 64  # at the beginning, among which the start is searched for
TAIL_BLOCKS = (2, 16, 128, 2048)  # at the end, in which the finish is searched for


def read_ends(root: str, path: str) -> Ends:
    """Start and finish of a run without scanning its whole file; OSError if it can't be read."""
    codec, start, finish, crash = None, Start(), None, None
    for n, (_, payload) in enumerate(RecordReader(root, path).poll()):
        codec = codec or codec_of(payload)
        event = event_of(codec, payload)
        if isinstance(event, Start):
            start = start.merged(event)
            if codec.FAMILY == PROTOBUF or event.name is not None:
                break
        if n > MAX_HEAD_RECORDS:
            break
    if codec is None:
        return Ends()
    last = (disk.stat(path).st_size - 1) // BLOCK_BYTES
    for blocks in TAIL_BLOCKS:
        first = max(0, last + 1 - blocks) * BLOCK_BYTES
        tail = RecordReader(root, path, first)
        for _, payload in tail.poll():
            if codec.scalar(payload) is None:
                event = event_of(codec, payload)
                if isinstance(event, Finish) and finish is None:
                    finish = event
                elif isinstance(event, LogLine) and event.level == "ERROR":
                    crash = event
        if tail.count or first < FILE_HEADER_BYTES:
            break
    return Ends(codec, start, finish, crash)
