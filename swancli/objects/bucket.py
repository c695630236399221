"""The requests to one bucket, and what their errors mean for people."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from swancli.errors import RemoteError, UsageError

if TYPE_CHECKING:
    from obstore import ObjectMeta
    from obstore.store import ObjectStore

PAGE_OBJECTS = 1000  # in one answer to a listing
TIMEOUT_SECONDS = 30.0  # of a request
CONNECT_SECONDS = 10.0
MAX_RETRIES = 3
ENDPOINTS = {  # variables of the environment that name a server
    "s3": ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT"),
    "gs": (),
    "az": ("AZURE_STORAGE_ENDPOINT",),
}
CREDENTIALS = {
    "s3": "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    "gs": "GOOGLE_APPLICATION_CREDENTIALS",
    "az": "AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY",
}
NO_CREDENTIALS = (  # in a message; the first two are where a machine in a cloud looks for its own
    "169.254.", "latest/api/token", "credential", "account must be", "401 unauthorized", "invalidaccesskeyid",
    "signaturedoesnotmatch", "expiredtoken", "invalidtoken",
)  # fmt: skip
INSTALL = "reading from object storage needs the extra s3: pip install 'swancli[s3]'"


class Object(NamedTuple):
    """One version of an object."""

    size: int
    mtime_ns: int
    etag: str


class Changed(Exception):
    """The object is not the version that was asked for any more."""


class Bucket:
    """A bucket or container, such as s3://runs. Errors are RemoteError, FileNotFoundError for an object."""

    def __init__(self, url: str, timeout: float | None) -> None:
        self.url = url
        self.scheme, _, self.name = url.partition("://")
        if not self.name:
            raise UsageError(f"{url} names no bucket: write {self.scheme}://BUCKET/FOLDER")
        self.endpoint = next(filter(None, map(os.environ.get, ENDPOINTS[self.scheme])), None)
        self._timeout = timeout or TIMEOUT_SECONDS
        self._opened: ObjectStore | None = None
        self._lock = threading.Lock()

    @property
    def _store(self) -> ObjectStore:
        with self._lock:
            if self._opened is None:
                self._opened = self._open()
            return self._opened

    def _open(self) -> ObjectStore:
        try:
            from obstore.exceptions import BaseError
            from obstore.store import AzureStore, GCSStore, S3Store
        except ImportError as error:
            raise UsageError(INSTALL) from error
        from datetime import timedelta

        how: Any = {
            "client_options": {
                "timeout": timedelta(seconds=self._timeout),
                "connect_timeout": timedelta(seconds=min(self._timeout, CONNECT_SECONDS)),
                "allow_http": self.endpoint is not None and self.endpoint.startswith("http://"),
            },
            "retry_config": {"max_retries": MAX_RETRIES, "retry_timeout": timedelta(seconds=self._timeout)},
        }
        try:
            if self.scheme == "s3":
                more: Any = {"endpoint": self.endpoint} if self.endpoint is not None else {}
                return S3Store(self.name, **more, **how)
            return GCSStore(self.name, **how) if self.scheme == "gs" else AzureStore(self.name, **how)
        except (BaseError, ValueError) as error:
            raise self._failed(self.url, error) from error

    def pages(self, prefix: str, after: str | None = None) -> Iterator[list[tuple[str, Object]]]:
        """The objects below a prefix by key, a page for each request; with `after`, those with greater keys."""
        from obstore.exceptions import BaseError

        try:
            stream = self._store.list(prefix or None, offset=after, chunk_size=PAGE_OBJECTS)
            for chunk in stream:
                yield [(meta["path"], _object(meta)) for meta in cast("Sequence[ObjectMeta]", chunk)]
        except (BaseError, OSError, ValueError) as error:
            raise self._failed(f"{self.url}/{prefix}", error) from error

    def level(self, prefix: str) -> tuple[list[tuple[str, Object]], list[str]]:
        """The objects directly in a folder, and its folders, both by key."""
        from obstore.exceptions import BaseError

        try:
            found = self._store.list_with_delimiter(prefix or None)
        except (BaseError, OSError, ValueError) as error:
            raise self._failed(f"{self.url}/{prefix}", error) from error
        return [(meta["path"], _object(meta)) for meta in found["objects"]], list(found["common_prefixes"])

    def head(self, key: str) -> Object:
        """The current version of an object."""
        from obstore.exceptions import BaseError

        try:
            return _object(self._store.head(key))
        except FileNotFoundError:
            raise FileNotFoundError(2, "no such object", f"{self.url}/{key}") from None
        except (BaseError, OSError, ValueError) as error:
            raise self._failed(f"{self.url}/{key}", error) from error

    def get(self, key: str, version: Object, start: int, end: int) -> bytes:
        """The bytes from `start` up to `end` of one version of an object; Changed if it is not the current one."""
        return b"".join(self.stream(key, version, start, end))

    def stream(self, key: str, version: Object, start: int, end: int) -> Iterator[bytes]:
        """What `get` gives, in pieces."""
        from obstore.exceptions import BaseError, PreconditionError

        if end <= start:
            return
        try:
            options: Any = {"range": (start, end)}
            if version.etag:
                options["if_match"] = version.etag
            answer = self._store.get(key, options=options)
            if (version.etag or None) != answer.meta["e_tag"]:
                raise Changed
            for piece in answer.stream():
                yield bytes(piece)
        except PreconditionError as error:
            raise Changed from error
        except FileNotFoundError:
            raise FileNotFoundError(2, "no such object", f"{self.url}/{key}") from None
        except (BaseError, OSError, ValueError) as error:
            raise self._failed(f"{self.url}/{key}", error) from error

    def _failed(self, what: str, error: Exception) -> RemoteError:
        """The error for people: one sentence that says what to do."""
        name = type(error).__name__
        text = " ".join(str(error).partition("Debug source:")[0].split())
        lower = text.lower()
        at = f" at {self.endpoint}" if self.endpoint is not None else ""
        if isinstance(error, FileNotFoundError) or "nosuchbucket" in lower or "containernotfound" in lower:
            return RemoteError(f"there is no bucket {self.name!r}{at}, or none that these credentials see")
        if name == "UnauthenticatedError" or any(word in lower for word in NO_CREDENTIALS):
            return RemoteError(f"no valid credentials for {self.url}{at}: set {CREDENTIALS[self.scheme]}")
        if name == "PermissionDeniedError" or "403 forbidden" in lower:
            return RemoteError(f"no permission to read {what}{at}")
        if "kind: Timeout" in str(error) or "timed out" in lower:
            return RemoteError(f"no answer from {self.url}{at} within {self._timeout:g} s")
        if "error sending request" in lower or "connect" in lower:
            return RemoteError(f"{self.url}{at} can't be reached")
        return RemoteError(f"{what} can't be read{at}: {text[:300]}")


def _object(meta: ObjectMeta) -> Object:
    modified = meta["last_modified"]
    return Object(meta["size"], int(modified.timestamp() * 1_000_000) * 1000, meta["e_tag"] or "")
