"""The requests to one bucket."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from swancli.errors import MissingExtra, UsageError
from swancli.objects.failures import failure, without_secrets
from swancli.objects.interruptible import interruptible

if TYPE_CHECKING:
    from obstore import ObjectMeta
    from obstore.store import ObjectStore

Result = TypeVar("Result")

PAGE_OBJECTS = 1000  # in one answer to a listing
TIMEOUT_SECONDS = 30.0  # of a request
CONNECT_SECONDS = 10.0
MAX_RETRIES = 3
ENDPOINTS = {  # variables of the environment that name a server
    "s3": ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT"),
    "gs": ("GOOGLE_BASE_URL",),
    "az": ("AZURE_STORAGE_ENDPOINT", "AZURE_ENDPOINT"),
}
REGIONS = ("AWS_REGION", "AWS_DEFAULT_REGION")
BUCKET_NAME = re.compile(r"[A-Za-z0-9$][A-Za-z0-9._$-]*")  # of any of these stores
ENDPOINT = re.compile(r"https?://([^\s/@]*@)?([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:\d+)?(/[!-~]*)?")
REGION = re.compile(r"[A-Za-z0-9._-]*")
PANIC = "PanicException"  # of the library; no subclass of Exception


class Object(NamedTuple):
    """One version of an object."""

    size: int
    mtime_ns: int
    etag: str


class Changed(Exception):
    """The object is no longer the version that was asked for."""


class Bucket:
    """A bucket or container, such as s3://runs. Errors are RemoteError; FileNotFoundError for a missing object."""

    def __init__(self, url: str, timeout: float | None) -> None:
        self.url = url
        self.scheme, _, self.name = url.partition("://")
        if not self.name:
            raise UsageError(f"{url} has no bucket name: use {self.scheme}://BUCKET/FOLDER")
        if not BUCKET_NAME.fullmatch(self.name):
            raise UsageError(f"{self.name!r} is not a valid bucket name: use {self.scheme}://BUCKET/FOLDER")
        self.endpoint = _endpoint(self.scheme)
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
            raise MissingExtra("reading from object storage needs the extra s3", "s3") from error
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
        except (BaseError, OSError, ValueError) as error:
            raise failure(error, self.url, self.url, self.endpoint) from error

    def pages(self, prefix: str, after: str | None = None) -> Iterator[list[tuple[str, Object]]]:
        """The objects below a prefix by key, a page for each request; with `after`, only those with greater keys."""
        store = self._store
        stream = store.list(prefix or None, offset=after, chunk_size=PAGE_OBJECTS)
        while chunk := self._asked(f"{self.url}/{prefix}", lambda: next(stream, None)):
            yield [(meta["path"], _object(meta)) for meta in chunk]

    def level(self, prefix: str) -> tuple[list[tuple[str, Object]], list[str]]:
        """The objects directly in a folder, and its folders, both by key."""
        store = self._store
        found = self._asked(f"{self.url}/{prefix}", lambda: store.list_with_delimiter(prefix or None))
        return [(meta["path"], _object(meta)) for meta in found["objects"]], list(found["common_prefixes"])

    def head(self, key: str) -> Object:
        """The current version of an object."""
        store = self._store
        return self._asked(f"{self.url}/{key}", lambda: _object(store.head(key)), is_object=True)

    def get(self, key: str, version: Object, start: int, end: int) -> bytes:
        """The bytes from `start` up to `end` of one version of an object; Changed if it is not the current one."""
        if end <= start:
            return b""
        store = self._store
        options: Any = {"range": (start, end)}
        if version.etag:
            options["if_match"] = version.etag

        def call() -> bytes:
            answer = store.get(key, options=options)
            if (version.etag or None) != answer.meta["e_tag"]:  # from a server that ignores the condition
                raise Changed
            return bytes(answer.bytes())

        return self._asked(f"{self.url}/{key}", call, is_object=True)

    def _asked(self, what: str, call: Callable[[], Result], is_object: bool = False) -> Result:
        """What a request gives; FileNotFoundError if nothing is there, Changed for another version, or RemoteError."""
        from obstore.exceptions import BaseError, PreconditionError

        try:
            return interruptible(call)
        except PreconditionError as error:
            raise Changed from error
        except (BaseError, OSError, ValueError) as error:
            if is_object and isinstance(error, FileNotFoundError):
                raise FileNotFoundError(2, "no such object", what) from None
            raise failure(error, self.url, what, self.endpoint, self._timeout) from error
        except BaseException as error:
            if type(error).__name__ == PANIC:
                raise failure(error, self.url, what, self.endpoint) from error
            raise


def _endpoint(scheme: str) -> str | None:
    """The URL of the server that the environment names, or None; UsageError for an invalid URL or region."""
    for name in REGIONS if scheme == "s3" else ():
        if not REGION.fullmatch(os.environ.get(name, "")):
            raise UsageError(f"{name} is not a valid region name: {os.environ[name]!r}")
    for name in ENDPOINTS[scheme]:
        if value := os.environ.get(name):
            if not ENDPOINT.fullmatch(value):
                raise UsageError(f"{name} must be a URL such as https://minio.lab:9000, not {without_secrets(value)!r}")
            return value
    return None


def _object(meta: ObjectMeta) -> Object:
    modified = meta["last_modified"]
    return Object(meta["size"], int(modified.timestamp() * 1_000_000) * 1000, meta["e_tag"] or "")
