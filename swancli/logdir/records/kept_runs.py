"""What the cache keeps about the runs of one logdir, all in one file, a line for each run.

A line has four fields, separated by tabs: the folder's name as `ascii` writes it, and three JSON texts. The first has
the states of the files, the version and the ends; the others, which few commands need, what tables need and the config.
A line is parsed when the run is asked for. It is only used as long as all files are in the states that they were in
before they were read.
"""

from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING, Any, NamedTuple

from swancli.logdir import disk
from swancli.logdir.file_state import KnownState, file_state, state_of
from swancli.logdir.paths import is_name
from swancli.logdir.records.facts import Ends, ends_from_json, ends_to_json, to_json

if TYPE_CHECKING:
    from swancli.cache import Cache
    from swancli.logdir.rows import Cell

CONFIG, METADATA = "config.yaml", "swanlab-metadata.json"
MAX_RUN_BYTES = 1 << 20
LONG_BYTES = 1 << 17  # of all lines; from this size on, importing a faster parser is worth it
NOT_A_FILE = (-1, -1, -1, -1, -1)  # the state of something that is never kept
SMALL_SHARE = 8  # fewer new bytes than one in this many are not worth writing the file again


class KeptRun(NamedTuple):
    """One run, without the two texts."""

    folder: KnownState
    record_name: str
    record: KnownState
    metadata: KnownState | None  # None: there is no such file
    version: Cell
    ends: Ends
    config: KnownState | None


class KeptRuns:
    """The runs of the logdir `root`, a real path."""

    def __init__(self, cache: Cache, root: str) -> None:
        self._cache = cache
        state = file_state(root)
        self._name = f"{state[0]:x}-{state[1]:x}.runs" if state is not None else ""
        self._new, self._saved_work = 0, 0  # bytes of new lines, and how many were read for them
        body = (cache.read(self._name) if self._name else None) or b""
        self._size = len(body)
        self._parse = json.loads if self._size < LONG_BYTES else _parsed
        self._lines = {line[: line.find(b"\t")]: line for line in body.split(b"\n")} if body else {}

    @property
    def is_on(self) -> bool:
        """Whether anything is kept."""
        return self._cache.is_on and bool(self._name)

    def get(self, name: str, folder: KnownState) -> KeptRun | None:
        """What is known about a run whose folder is in this state; whether its files are unchanged is not checked."""
        line = self._lines.get(_key(name))
        if line is None:
            return None
        try:
            (known, record, metadata, config), record_name, version, ends = self._parse(line.split(b"\t", 2)[1])
            if tuple(known) != folder or not is_name(record_name):
                return None
            return KeptRun(
                folder,
                record_name,
                tuple(record),
                None if metadata is None else tuple(metadata),
                version,
                ends_from_json(ends),
                None if config is None else tuple(config),
            )
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
            return None

    def facts(self, name: str) -> bytes | None:
        """What tables need about a run that `get` knows, as JSON."""
        return self._text(name, 2)

    def config(self, name: str) -> bytes | None:
        """The config of such a run, as JSON."""
        return self._text(name, 3)

    def _text(self, name: str, field: int) -> bytes | None:
        fields = self._lines.get(_key(name), b"").split(b"\t")
        return fields[field] or None if len(fields) == 4 else None

    def put(self, name: str, run: KeptRun, facts: bytes | None, config: bytes | None, work: int) -> None:
        """Keep a run; `work` is how many bytes were read for it."""
        states = [run.folder, run.record, run.metadata, run.config]
        try:
            text = to_json([states, run.record_name, run.version, ends_to_json(run.ends)])
        except (ValueError, TypeError, RecursionError):
            return
        key = _key(name)
        line = b"\t".join((key, text, facts or b"", config or b""))
        if len(line) <= MAX_RUN_BYTES and self._lines.get(key) != line:
            self._lines[key] = line
            self._new += len(line)
            self._saved_work += work

    def save(self, names: frozenset[str]) -> None:
        """Write what is new, if it is worth it; runs that are not among `names` are dropped."""
        if not self._name or not self._new:
            return
        if self._new * SMALL_SHARE < self._size and self._saved_work < self._size:
            return
        known = {key: line for name in names if (line := self._lines.get(key := _key(name))) is not None}
        body = b"\n".join(known.values())
        self._lines, self._size, self._new, self._saved_work = known, len(body), 0, 0
        self._cache.write(self._name, body)


def _key(name: str) -> bytes:
    return ascii(name).encode()


def _parsed(text: bytes) -> Any:
    """A JSON text, parsed by the faster parser, whose import is worth it for many texts."""
    import orjson

    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:  # numbers beyond 64 bits, half of a surrogate pair
        return json.loads(text)


def config_to_json(value: Any) -> bytes | None:
    """A config as JSON; None if it would not come back the same."""
    try:
        text = to_json(value)
        return text if _same(json.loads(text), value) else None
    except (ValueError, TypeError, RecursionError):
        return None


def _same(one: Any, other: Any) -> bool:
    return repr(one) == repr(other)


def side_state(folder: str, name: str) -> KnownState | None:
    """The state of a file in files/ of a run's folder; None if missing, NOT_A_FILE if it is not a regular file."""
    try:
        found = disk.lstat(f"{folder}/files/{name}")
    except (OSError, ValueError):
        return None
    return state_of(found) if stat.S_ISREG(found.st_mode) else NOT_A_FILE
