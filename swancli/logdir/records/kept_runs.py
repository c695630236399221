"""What the cache keeps about the runs of one logdir, all in one file.

Its first line is a JSON array. For each run it has the folder's name, the states of the files, version and ends, and
the places in the rest of the file of two JSON texts that few commands need: what tables need, and the config. An entry
is only used as long as all files are in the states that they were in before they were read.
"""

from __future__ import annotations

import contextlib
import json
import stat
from itertools import accumulate
from typing import TYPE_CHECKING, Any, NamedTuple

from swancli.logdir import disk
from swancli.logdir.file_state import KnownState, file_state, state_of
from swancli.logdir.paths import is_name
from swancli.logdir.records.facts import Ends, ends_from_json, ends_to_json

if TYPE_CHECKING:
    from swancli.cache import Cache
    from swancli.logdir.rows import Cell

CONFIG, METADATA = "config.yaml", "swanlab-metadata.json"
MAX_RUN_BYTES = 1 << 20
LONG_BYTES = 1 << 16  # of JSON; from this size on, importing a faster parser is worth it
PLACES = 5  # in a run's entry in the first line: the index of the places of its texts, which come last
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
        self._heads: dict[str, list[Any]] = {}  # by the folder's name: what the first line says of it
        self._new_texts: dict[str, tuple[bytes, bytes]] = {}  # by the folder's name: facts and config
        self._new, self._saved_work = 0, 0
        self._body = (cache.read(self._name) if self._name else None) or b""
        self._texts_at = self._body.find(b"\n") + 1
        if self._body:
            with contextlib.suppress(ValueError, TypeError, LookupError, RecursionError):
                self._heads = {head[0]: head for head in _parsed(self._body[: self._texts_at])}

    @property
    def is_on(self) -> bool:
        """Whether anything is kept."""
        return self._cache.is_on and bool(self._name)

    def get(self, name: str, folder: KnownState) -> KeptRun | None:
        """What is known about a run whose folder is in this state; whether its files are unchanged is not checked."""
        head = self._heads.get(ascii(name))
        if head is None:
            return None
        try:
            _, (known, record, metadata, config), record_name, version, ends, _ = head
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
        return self._text(name, 0)

    def config(self, name: str) -> bytes | None:
        """The config of such a run, as JSON."""
        return self._text(name, 1)

    def _text(self, name: str, which: int) -> bytes | None:
        key = ascii(name)
        if key in self._new_texts:
            return self._new_texts[key][which] or None
        try:
            places, at = self._heads[key][PLACES], self._texts_at
            return self._body[at + places[which] : at + places[which + 1]] or None
        except (ValueError, TypeError, LookupError):
            return None

    def put(self, name: str, run: KeptRun, facts: bytes | None, config: bytes | None, work: int) -> None:
        """Keep a run; `work` is how many bytes were read for it."""
        key = ascii(name)
        states = [run.folder, run.record, run.metadata, run.config]
        try:
            text = json.dumps([key, states, run.record_name, run.version, ends_to_json(run.ends)], allow_nan=False)
        except (ValueError, TypeError, RecursionError):
            return
        head, known = json.loads(text), self._heads.get(key, [])[:PLACES]
        size = len(text) + len(facts or b"") + len(config or b"")
        if size <= MAX_RUN_BYTES and (known, self.facts(name), self.config(name)) != (head, facts, config):
            self._heads[key], self._new_texts[key] = [*head, None], (facts or b"", config or b"")
            self._new += size
            self._saved_work += work

    def save(self, names: frozenset[str]) -> None:
        """Write what is new, if it is worth it; runs that are not among `names` are dropped."""
        if not self._name or not self._new:
            return
        if self._new * SMALL_SHARE < len(self._body) and self._saved_work < len(self._body):
            return
        heads, texts, end = [], list[bytes](), 0
        for name in names:
            if (head := self._heads.get(ascii(name))) is not None:
                pair = [self.facts(name) or b"", self.config(name) or b""]
                places = list(accumulate(map(len, pair), initial=end))
                heads.append([*head[:PLACES], places])
                texts += pair
                end = places[-1]
        first = json.dumps(heads, separators=(",", ":")).encode() + b"\n"
        self._body, self._texts_at = first + b"".join(texts), len(first)
        self._heads, self._new_texts = {head[0]: head for head in heads}, {}
        self._new, self._saved_work = 0, 0
        self._cache.write(self._name, self._body)


def _parsed(text: bytes) -> Any:
    """A JSON text, parsed; a long one by a faster parser, whose import is worth it then."""
    if len(text) < LONG_BYTES:
        return json.loads(text)
    import orjson

    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:  # numbers beyond 64 bits, half of a surrogate pair
        return json.loads(text)


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
    """The state of a file in files/ of a run's folder; None if missing, NOT_A_FILE if it is not a regular file."""
    try:
        found = disk.lstat(f"{folder}/files/{name}")
    except (OSError, ValueError):
        return None
    return state_of(found) if stat.S_ISREG(found.st_mode) else NOT_A_FILE
