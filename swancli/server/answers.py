"""Answers that are ready to be sent, as long as the files they were computed from stay as they are."""

from __future__ import annotations

from collections import OrderedDict
from hashlib import blake2b

from swancli.logdir.fingerprint import Fingerprint

Headers = list[tuple[bytes, bytes]]

JSON = (b"content-type", b"application/json")
ALWAYS: Headers = [(b"cache-control", b"no-cache"), (b"x-content-type-options", b"nosniff")]
VARY = (b"vary", b"accept-encoding")
WORTH_PACKING = 1024  # bytes
OVERHEAD = 600  # bytes that an answer takes beside its body, about
PER_PATH = 300


class Answer:
    """A status and a whole body, its ETag and headers; `packed` is the body in gzip once asked for."""

    __slots__ = ("_headers", "body", "etag", "fingerprint", "packed", "status")

    def __init__(self, status: int, body: bytes, fingerprint: Fingerprint | None = None) -> None:
        self.status, self.body, self.fingerprint = status, body, fingerprint
        self.packed: bytes | None = None
        self.etag = b'"%s"' % blake2b(body, digest_size=12).hexdigest().encode() if status == 200 else None
        self._headers: dict[bool, Headers] = {}

    @property
    def worth_packing(self) -> bool:
        """Whether gzip would make it much smaller."""
        return len(self.body) > WORTH_PACKING

    @property
    def size(self) -> int:
        """The bytes it takes in memory, about."""
        paths = len(self.fingerprint.paths) if self.fingerprint is not None else 0
        return len(self.body) + len(self.packed or b"") + OVERHEAD + PER_PATH * paths

    def pack(self) -> None:
        """Make `packed`."""
        import gzip

        self.packed = gzip.compress(self.body, 5, mtime=0)

    def headers(self, packed: bool) -> Headers:
        """The headers of a full answer."""
        found = self._headers.get(packed)
        if found is None:
            body = self.packed if packed else self.body
            found = [JSON, (b"content-length", b"%d" % len(body or b"")), *ALWAYS]
            if packed:
                found.append((b"content-encoding", b"gzip"))
            found += self.validators(packed)
            self._headers[packed] = found
        return list(found)

    def validators(self, packed: bool) -> Headers:
        """Those headers that a 304 has, too."""
        found: Headers = [VARY] if self.worth_packing else []
        if self.etag is not None:
            found.append((b"etag", tagged(self.etag, packed)))
        return found

    def matches(self, wanted: bytes) -> bool:
        """Whether an If-None-Match header names this answer."""
        return self.etag is not None and names(wanted, self.etag)


def tagged(etag: bytes, packed: bool) -> bytes:
    """The ETag of a body in gzip is another one."""
    return etag[:-1] + b'-gzip"' if packed else etag


def names(wanted: bytes, etag: bytes) -> bool:
    """Whether an If-None-Match header holds `etag`, packed or not."""
    if wanted.strip() == b"*":
        return True
    given = {word.strip().removeprefix(b"W/") for word in wanted.split(b",")}
    return etag in given or tagged(etag, True) in given


class Answers:
    """The answers used last, at most `most` bytes of them, by the path that was asked for."""

    def __init__(self, most: int) -> None:
        self._most, self._size = most, 0
        self._held: OrderedDict[bytes, tuple[Answer, int]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._held)

    def get(self, key: bytes) -> Answer | None:
        """An answer, which may have gone out of date."""
        found = self._held.get(key)
        if found is None:
            return None
        self._held.move_to_end(key)
        return found[0]

    def put(self, key: bytes, answer: Answer) -> None:
        """Keep an answer; one that would drive out most others is not kept."""
        self.drop(key)
        size = answer.size + len(key)
        if size > self._most // 4:
            return
        self._held[key] = answer, size
        self._size += size
        while self._size > self._most:
            _, (_, gone) = self._held.popitem(last=False)
            self._size -= gone

    def drop(self, key: bytes) -> None:
        """Forget an answer."""
        found = self._held.pop(key, None)
        if found is not None:
            self._size -= found[1]
