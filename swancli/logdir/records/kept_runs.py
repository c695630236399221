"""What the cache keeps of the runs of one logdir: a line for each, all in one file.

A line has four parts, separated by tabs: the folder's name; the states of the files, version and ends; what tables
need; the config. It is believed only as long as all files are in the states that they were in before they were read.
"""

from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING, Any, NamedTuple

from swancli.logdir import disk
from swancli.logdir.file_state import KnownState, file_state, state_of
from swancli.logdir.paths import is_name
from swancli.logdir.records.facts import Ends, ends_from_json, ends_to_json

if TYPE_CHECKING:
    from swancli.cache import Cache
    from swancli.logdir.rows import Cell

CONFIG, METADATA = "config.yaml", "swanlab-metadata.json"
PARTS = 3  # of a line, beside the name
MAX_LINE_BYTES = 1 << 20
NOT_A_FILE = (-1, -1, -1, -1, -1)  # the state of what is never kept
MANY = 200  # runs, for which a faster parser pays for its import
SMALL_SHARE = 8  # fewer new bytes than this part of the file are not worth writing it again


class KeptRun(NamedTuple):
    """One run; the last two are JSON."""

    folder: KnownState
    record_name: str
    record: KnownState
    metadata: KnownState | None  # None: there is no such file
    version: Cell
    ends: Ends
    facts: bytes | None
    config_state: KnownState | None
    config: bytes | None


class KeptRuns:
    """The runs of the logdir `root`, a real path."""

    def __init__(self, cache: Cache, root: str) -> None:
        self._cache = cache
        state = file_state(root)
        self._name = f"{state[0]:x}-{state[1]:x}.runs" if state is not None else ""
        self._lines: dict[bytes, list[bytes]] = {}  # by the folder's name: the other three parts
        self._heads: dict[bytes, Any] = {}
        self._size, self._new, self._saved_work = 0, 0, 0
        data = cache.read(self._name) if self._name else None
        if data:
            self._size = len(data)
            for line in data.split(b"\n"):
                name, *parts = line.split(b"\t")
                if len(parts) == PARTS:
                    self._lines[name] = parts
            self._read_heads()

    def _read_heads(self) -> None:
        """Parse what every command needs of all lines at once."""
        heads = [head for head, _, _ in self._lines.values()]
        text = b"[" + b",".join(heads) + b"]"
        try:
            parsed = _parse_many(text) if len(heads) > MANY else json.loads(text)
        except (ValueError, RecursionError):
            parsed = []
        if len(parsed) == len(heads):
            self._heads = dict(zip(self._lines, parsed))

    @property
    def is_on(self) -> bool:
        """Whether anything is kept."""
        return self._cache.is_on and bool(self._name)

    def get(self, name: str, folder: KnownState) -> KeptRun | None:
        """What is known of a run whose folder is in this state, if its files are as they were."""
        key = _key(name)
        head = self._heads.get(key)
        if head is None:
            return None
        try:
            (known, record, metadata, config_state), record_name, version, ends = head
            if tuple(known) != folder or not is_name(record_name):
                return None
            _, facts, config = self._lines[key]
            return KeptRun(
                folder,
                record_name,
                tuple(record),
                None if metadata is None else tuple(metadata),
                version,
                ends_from_json(ends),
                facts or None,
                None if config_state is None else tuple(config_state),
                config or None,
            )
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
            return None

    def put(self, name: str, run: KeptRun, work: int) -> None:
        """Keep a run; `work` is how many bytes were read for it."""
        head = [[run.folder, run.record, run.metadata, run.config_state], run.record_name, run.version]
        try:
            text = json.dumps([*head, ends_to_json(run.ends)], separators=(",", ":"), allow_nan=False).encode()
        except (ValueError, TypeError, RecursionError):
            return
        parts = [text, run.facts or b"", run.config or b""]
        size = sum(map(len, parts))
        if size <= MAX_LINE_BYTES and self._lines.get(_key(name)) != parts:
            self._lines[_key(name)] = parts
            self._new += size
            self._saved_work += work

    def save(self, names: frozenset[str]) -> None:
        """Write what is new, if it is worth it; runs that are not among `names` are left out."""
        if not self._name or not self._new:
            return
        if self._new * SMALL_SHARE < self._size and self._saved_work < self._size:
            return
        wanted = set(map(_key, names))
        data = b"\n".join(b"\t".join((name, *parts)) for name, parts in self._lines.items() if name in wanted)
        self._cache.write(self._name, data)
        self._size, self._new, self._saved_work = len(data), 0, 0


def _parse_many(text: bytes) -> Any:
    import orjson

    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:  # numbers beyond 64 bits, half of a surrogate pair
        return json.loads(text)


def _key(name: str) -> bytes:
    """A folder's name in ASCII, without tabs and line breaks."""
    return ascii(name).encode()


def config_to_json(value: Any) -> bytes | None:
    """A config as JSON; None if it would not come back the same."""
    try:
        text = json.dumps(value, separators=(",", ":"), allow_nan=False)
        return text.encode() if _same(json.loads(text), value) else None
    except (ValueError, TypeError, RecursionError):
        return None


def _same(one: Any, other: Any) -> bool:
    return repr(one) == repr(other)


def side_state(folder: str, name: str) -> KnownState | None:
    """The state of a file in files/ of a run's folder; None if it is missing, NOT_A_FILE if it is a symlink or such."""
    try:
        found = disk.lstat(f"{folder}/files/{name}")
    except (OSError, ValueError):
        return None
    return state_of(found) if stat.S_ISREG(found.st_mode) else NOT_A_FILE
