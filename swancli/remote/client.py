"""HTTP to one dashboard; every failure becomes a RemoteError with one sentence. The only file that uses httpx.

Beyond httpx's documented interface it relies on `HTTPTransport._pool._network_backend`, to put the time limit below
it, which is why pyproject.toml bounds httpx and httpcore above.
"""

from __future__ import annotations

import ssl
import threading
import time
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from swancli.errors import RemoteError, UsageError
from swancli.remote.address import Address
from swancli.remote.proxy import proxy_for, without_credentials

if TYPE_CHECKING:
    import httpcore
    import httpx

    from swancli.remote.time_limit import TimeLimit

MAX_REDIRECTS = 4
RETRY_DELAY_SECONDS = 0.2  # before the one retry of a refused or reset connection
MAX_RESPONSE_BYTES = 1 << 32  # of one response, decompressed
MAX_COMPRESSION_RATIO = 400  # of a response larger than MIN_SUSPICIOUS_BYTES: beyond, it is a decompression bomb
MIN_SUSPICIOUS_BYTES = 1 << 28
MAX_CONNECTIONS = 8
READ_BYTES = 1 << 16  # that are read from a connection at once
DECOMPRESSED_CHUNK_BYTES = 1 << 20


class Answer:
    """A response; `pieces` is the body, decompressed, to be read once; `challenge` is its WWW-Authenticate header."""

    __slots__ = ("challenge", "content_type", "etag", "pieces", "status")

    def __init__(
        self, status: int, content_type: str, etag: str | None, challenge: str, pieces: Iterator[bytes]
    ) -> None:
        self.status, self.content_type, self.etag, self.challenge = status, content_type, etag, challenge
        self.pieces = pieces


class Client:
    """Requests to one dashboard; may be used by several threads."""

    max_connections = MAX_CONNECTIONS
    is_swancli = False  # whether the other side is known to be swancli

    def __init__(self, address: Address, timeout: float, token: str | None, ca_file: str | None) -> None:
        self._address, self._timeout, self._token = address, timeout, token
        self._ca_file = ca_file
        self._proxy = proxy_for(address)
        self._lock = threading.Lock()
        self._made: httpx.Client | None = None
        self._closed = False

    @property
    def where(self) -> str:
        """The address, for messages."""
        return self._address.base

    def fetch(self, path: str, etag: str | None = None) -> Answer:
        """GET a path of the API; with an `etag`, the status may be 304. RemoteError if there is no response."""
        import httpx

        from swancli.remote.time_limit import TimeLimit

        http = self._http()
        headers = {"if-none-match": etag} if etag else {}
        url = httpx.URL(self._address.base + path)
        limit = TimeLimit(self._timeout)  # of all redirects and retries together
        # waiting for one of this client's own connections is not the dashboard's fault: no limit
        extensions = {"timeout": {"connect": limit, "read": limit, "write": limit, "pool": None}}
        for _ in range(MAX_REDIRECTS + 1):
            response = self._send(http, http.build_request("GET", url, headers=headers, extensions=extensions))
            location = response.headers.get("location")
            if response.status_code not in (301, 302, 303, 307, 308) or not location:
                return self._answer(response, limit)
            response.close()
            url = self._target(url, location)
        raise RemoteError(f"{self.where}: too many redirects (more than {MAX_REDIRECTS})")

    def close(self) -> None:
        """Close all connections, for good: a thread that nobody waits for may still use one."""
        with self._lock:
            self._closed = True
            if self._made is not None:
                self._made.close()
                self._made = None

    def _http(self) -> httpx.Client:
        with self._lock:
            if self._closed:
                raise RemoteError(f"the connection to {self.where} is closed")
            if self._made is None:
                self._made = self._make()
            return self._made

    def _make(self) -> httpx.Client:
        import httpx

        from swancli.version import __version__

        headers = {
            "user-agent": f"swancli/{__version__}",
            "accept": "application/json",
            "accept-encoding": "identity" if self._address.loopback else "gzip",
        }
        if self._token is not None:
            headers["authorization"] = f"Bearer {self._token}"
        limits = httpx.Limits(max_connections=self.max_connections, max_keepalive_connections=self.max_connections)
        try:
            transport = httpx.HTTPTransport(
                verify=self._tls_context(), limits=limits, trust_env=False, proxy=self._proxy
            )
        except (ValueError, ImportError, httpx.InvalidURL) as error:
            # a reason that quotes the URL might quote its password
            hidden = "@" in (self._proxy or "") and not isinstance(error, ImportError)
            reason = "invalid URL" if hidden else _brief(error)
            raise RemoteError(f"cannot use the proxy set in the environment: {reason}") from error
        transport._pool._network_backend = self._backend()
        return httpx.Client(
            transport=transport, headers=headers, auth=self._address.user, trust_env=False, follow_redirects=False
        )

    def _backend(self) -> httpcore.NetworkBackend:
        """The backend that makes connections."""
        from swancli.remote.time_limit import LimitedBackend

        return LimitedBackend()

    def _tls_context(self) -> ssl.SSLContext:
        """Which authorities are trusted: the system's and certifi's, or those of --ca-file."""
        if self._ca_file is not None:
            try:
                return ssl.create_default_context(cafile=self._ca_file)
            except OSError as error:
                raise UsageError(f"cannot load CA file {self._ca_file}: {_brief(error)}") from error
        if not self._address.secure:
            return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # trusts nobody: loading authorities is slow
        import httpx

        context = httpx.create_ssl_context(trust_env=not self._address.loopback)
        context.load_default_certs()
        return context

    def _target(self, url: httpx.URL, location: str) -> httpx.URL:
        """Where a redirect leads, which must be the same dashboard."""
        import httpx

        try:
            target = url.join(location)
        except (httpx.InvalidURL, ValueError) as error:
            raise RemoteError(f"{self.where} redirects to an invalid URL") from error
        if _origin(target) != _origin(url):
            raise RemoteError(
                f"{self.where} redirects to another server, {target.scheme}://{target.host[:200]}:"
                " if the dashboard has moved there, use its new URL"
            )
        return target

    def _send(self, http: httpx.Client, request: httpx.Request) -> httpx.Response:
        import httpx

        for attempt in range(2):
            try:
                response = http.send(request, stream=True)
                if self._closed:  # connected too late to be closed with the others
                    response.extensions["network_stream"].close()
                return response
            except httpx.TransportError as error:
                if attempt or not _worth_retrying(error):
                    raise self._described(error) from error
            except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
                raise RemoteError(f"request to {self.where} failed: {_brief(error)}") from error
            time.sleep(RETRY_DELAY_SECONDS)
        raise AssertionError("the second attempt returns or raises")

    def _answer(self, response: httpx.Response, limit: TimeLimit) -> Answer:
        encoding = response.headers.get("content-encoding", "").strip().lower()
        if encoding not in ("", "identity", "gzip"):
            response.close()
            raise RemoteError(f"{self.where} sent an unsupported content encoding: {encoding[:40]}")
        return Answer(
            response.status_code,
            response.headers.get("content-type", "").lower(),
            response.headers.get("etag"),
            response.headers.get("www-authenticate", ""),
            self._body(response, encoding == "gzip", limit),
        )

    def _body(self, response: httpx.Response, compressed: bool, limit: TimeLimit) -> Iterator[bytes]:
        """The body in pieces, decompressed; RemoteError if it is incomplete or too large."""
        import httpx

        gzip = zlib.decompressobj(47) if compressed else None  # 47: a window of 32 KiB, gzip or zlib by the header
        received = size = 0
        try:
            for raw in response.iter_raw(READ_BYTES):
                received += len(raw)
                for piece in (raw,) if gzip is None else _decompressed(gzip, raw):
                    size += len(piece)
                    if size > MAX_RESPONSE_BYTES:
                        mebibytes = MAX_RESPONSE_BYTES >> 20
                        raise RemoteError(f"{self.where}: the response exceeds the size limit of {mebibytes} MiB")
                    if size > MIN_SUSPICIOUS_BYTES and size > MAX_COMPRESSION_RATIO * received:
                        raise RemoteError(f"{self.where}: the compressed response exceeds the size limit")
                    yield piece
            if gzip is not None and received and not gzip.eof:
                raise incomplete(self.where)
        except httpx.TimeoutException as error:
            what = "it delivered less than 1 KiB/s for" if limit.extended else "it was not complete after"
            raise RemoteError(
                f"{self.where}: timed out during a response, {what} {self._timeout:g} s (--timeout sets the limit)"
            ) from error
        except httpx.TransportError as error:
            raise incomplete(self.where) from error
        except zlib.error as error:
            raise RemoteError(f"{self.where}: invalid gzip data in the response") from error
        finally:
            response.close()

    def _described(self, error: httpx.TransportError) -> RemoteError:
        """The failure of a connection as one sentence."""
        import socket

        import httpx

        from swancli.remote.time_limit import CONNECT_TIMEOUT_SECONDS

        where, causes = self.where, _causes(error)
        proxy = f"the proxy {without_credentials(self._proxy)}" if self._proxy is not None else None
        through = f" through {proxy}" if proxy else ""
        if isinstance(error, httpx.ConnectTimeout):
            seconds = min(self._timeout, CONNECT_TIMEOUT_SECONDS)
            return RemoteError(f"cannot connect to {where}{through}: timed out after {seconds:g} s")
        if isinstance(error, httpx.TimeoutException):
            return RemoteError(f"{where} did not respond within {self._timeout:g} s (--timeout sets the limit)")
        if isinstance(error, httpx.ProxyError):
            return RemoteError(f"the proxy for {where} refused the request: {_brief(error)}")
        if isinstance(error, httpx.UnsupportedProtocol):
            return RemoteError(f"request to {where} failed: {_brief(error)}")
        for cause in causes:
            if isinstance(cause, ssl.SSLCertVerificationError):
                reason = cause.verify_message or "certificate verification failed"
                return RemoteError(
                    f"the certificate of {where} is not trusted ({reason}):"
                    " if a private authority issued it, specify that authority's certificate with --ca-file"
                )
            if isinstance(cause, ssl.SSLError):
                reason = cause.reason or _brief(cause)
                return RemoteError(
                    f"TLS handshake with {where} failed ({reason}): if the server uses plain HTTP, use http://"
                )
            if isinstance(cause, socket.gaierror):
                return RemoteError(f"cannot connect to {proxy or where}: could not resolve host ({_brief(cause)})")
            if isinstance(cause, ConnectionRefusedError) and proxy:
                return RemoteError(f"cannot connect to {where}: {proxy} refused the connection")
            if isinstance(cause, ConnectionRefusedError):
                return RemoteError(f"cannot connect to {where}: connection refused; is the dashboard running?")
            if isinstance(cause, ConnectionResetError):
                return RemoteError(f"{where}: connection reset by peer")
        if isinstance(error, httpx.RemoteProtocolError):
            return RemoteError(f"{where} did not send a valid HTTP response: {_brief(error)}")
        return RemoteError(f"cannot connect to {where}{through}: {_brief(causes[-1])}")


def incomplete(where: str) -> RemoteError:
    """The error for a response that was cut off."""
    return RemoteError(f"{where}: connection closed before the response was complete")


def _decompressed(gzip: zlib._Decompress, data: bytes) -> Iterator[bytes]:
    """The content of a piece of a gzip body, at most DECOMPRESSED_CHUNK_BYTES at once."""
    while not gzip.eof:
        piece = gzip.decompress(data, DECOMPRESSED_CHUNK_BYTES)
        data = gzip.unconsumed_tail
        if piece:
            yield piece
        if not data and len(piece) < DECOMPRESSED_CHUNK_BYTES:
            return


def _worth_retrying(error: httpx.TransportError) -> bool:
    """Whether a connection was refused or reset, which may be temporary."""
    import httpx

    if isinstance(error, (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError)):
        return True
    return any(isinstance(cause, ConnectionError) for cause in _causes(error))


def _causes(error: BaseException) -> list[BaseException]:
    """An error and its causes, the root cause last."""
    found: list[BaseException] = []
    at: BaseException | None = error
    while at is not None and at not in found:
        found.append(at)
        at = at.__cause__ or at.__context__
    return found


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port or {"http": 80, "https": 443}.get(url.scheme)


def _brief(error: BaseException) -> str:
    text = " ".join(str(getattr(error, "strerror", None) or error).split())
    return text[:200] or type(error).__name__
