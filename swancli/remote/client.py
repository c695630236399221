"""HTTP to one dashboard; whatever goes wrong is told in one sentence. httpx is used here only."""

from __future__ import annotations

import ssl
import threading
import time
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from swancli.errors import RemoteError, UsageError
from swancli.remote.address import Address

if TYPE_CHECKING:
    import httpx

REDIRECTS = 4
RETRY_AFTER = 0.2  # seconds before the one retry of a refused or reset connection
CONNECT = 10.0  # seconds at most for a connection
MOST = 1 << 32  # bytes of one answer, unpacked
BOMB = (1 << 28, 400)  # beyond so many bytes, an answer that was packed so many times smaller is a bomb
AT_ONCE = 8  # connections
PIECE = 1 << 20


class Answer:
    """What came back; `pieces` is the body, unpacked, read once."""

    __slots__ = ("content_type", "etag", "pieces", "status")

    def __init__(self, status: int, content_type: str, etag: str | None, pieces: Iterator[bytes]) -> None:
        self.status, self.content_type, self.etag, self.pieces = status, content_type, etag, pieces


class Client:
    """Requests to one dashboard; may be used by several threads."""

    def __init__(self, address: Address, timeout: float, token: str | None, ca_file: str | None) -> None:
        self._address, self._timeout, self._token = address, timeout, token
        self._ca_file = ca_file
        self._lock = threading.Lock()
        self._made: httpx.Client | None = None
        self._closed = False

    @property
    def where(self) -> str:
        """The address, for people."""
        return self._address.base

    def fetch(self, path: str, etag: str | None = None) -> Answer:
        """GET a path of the API; with an `etag`, the status may be 304. RemoteError if there is no answer."""
        import httpx

        http = self._http()
        headers = {"if-none-match": etag} if etag else {}
        url = httpx.URL(self.where + path)
        for _ in range(REDIRECTS + 1):
            response = self._send(http, http.build_request("GET", url, headers=headers))
            location = response.headers.get("location")
            if response.status_code not in (301, 302, 303, 307, 308) or not location:
                return self._answer(response)
            response.close()
            url = self._target(url, location)
        raise RemoteError(f"{self.where} redirects in a circle")

    def close(self) -> None:
        """Let go of all connections, for good: a thread that nobody waits for may still be asking."""
        with self._lock:
            self._closed = True
            if self._made is not None:
                self._made.close()
                self._made = None

    def _http(self) -> httpx.Client:
        with self._lock:
            if self._closed:
                raise RemoteError(f"{self.where} is not asked any more")
            if self._made is None:
                self._made = self._make()
            return self._made

    def _make(self) -> httpx.Client:
        import httpx

        from swancli import __version__

        # a loopback address is reached directly whatever the environment's proxies are
        environment = not self._address.loopback
        headers = {
            "user-agent": f"swancli/{__version__}",
            "accept": "application/json",
            "accept-encoding": "identity" if self._address.loopback else "gzip",
        }
        if self._token is not None:
            headers["authorization"] = f"Bearer {self._token}"
        try:
            return httpx.Client(
                headers=headers,
                auth=self._address.user,
                timeout=httpx.Timeout(self._timeout, connect=min(self._timeout, CONNECT), pool=None),
                limits=httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE),
                verify=self._trust(environment),
                trust_env=environment,
                follow_redirects=False,
            )
        except (ValueError, ImportError) as error:
            raise RemoteError(f"the environment's proxy can't be used: {_brief(error)}") from error

    def _trust(self, environment: bool) -> ssl.SSLContext:
        """Whose certificates are believed: the system's and certifi's, or those of --ca-file."""
        if self._ca_file is not None:
            try:
                return ssl.create_default_context(cafile=self._ca_file)
            except OSError as error:
                raise UsageError(f"the CA file {self._ca_file} can't be used: {_brief(error)}") from error
        if not self._address.secure:
            return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # trusts nobody: reading authorities takes a while
        import httpx

        context = httpx.create_ssl_context(trust_env=environment)
        context.load_default_certs()
        return context

    def _target(self, url: httpx.URL, location: str) -> httpx.URL:
        """Where a redirect leads, which must be the same dashboard."""
        import httpx

        try:
            target = url.join(location)
        except (httpx.InvalidURL, ValueError) as error:
            raise RemoteError(f"{self.where} redirects to something that is no URL") from error
        if _origin(target) != _origin(url):
            raise RemoteError(
                f"{self.where} redirects to {target.scheme}://{target.host[:200]}, which was not followed:"
                " if the dashboard is there, use its URL"
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
                    raise self._told(error) from error
            except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
                raise RemoteError(f"{self.where} can't be asked: {_brief(error)}") from error
            time.sleep(RETRY_AFTER)
        raise AssertionError("the second attempt returns or raises")

    def _answer(self, response: httpx.Response) -> Answer:
        packed = response.headers.get("content-encoding", "").strip().lower()
        if packed not in ("", "identity", "gzip"):
            response.close()
            raise RemoteError(f"{self.where} answers in an encoding that was not asked for: {packed[:40]}")
        return Answer(
            response.status_code,
            response.headers.get("content-type", "").lower(),
            response.headers.get("etag"),
            self._body(response, packed == "gzip"),
        )

    def _body(self, response: httpx.Response, packed: bool) -> Iterator[bytes]:
        """The body in pieces, unpacked; RemoteError if it is cut off or too large."""
        import httpx

        unpack = zlib.decompressobj(47) if packed else None
        taken = given = 0
        try:
            for raw in response.iter_raw(1 << 16):
                taken += len(raw)
                for piece in (raw,) if unpack is None else _unpacked(unpack, raw):
                    given += len(piece)
                    if given > MOST:
                        raise RemoteError(f"{self.where} answers with more than {MOST >> 30} GiB: given up")
                    if given > BOMB[0] and given > BOMB[1] * taken:
                        raise RemoteError(f"{self.where} answers with what unpacks to far too much: given up")
                    yield piece
            if unpack is not None and taken and not unpack.eof:
                raise RemoteError(f"{self.where} broke off in the midst of an answer")
        except httpx.TimeoutException as error:
            raise RemoteError(f"{self.where} stopped within an answer for {self._timeout:g} s") from error
        except httpx.TransportError as error:
            raise RemoteError(f"{self.where} broke off in the midst of an answer") from error
        except zlib.error as error:
            raise RemoteError(f"{self.where} answers with a damaged gzip body") from error
        finally:
            response.close()

    def _told(self, error: httpx.TransportError) -> RemoteError:
        """A connection's failure as one sentence."""
        import socket

        import httpx

        where, causes = self.where, _causes(error)
        if isinstance(error, httpx.ConnectTimeout):
            limit = min(self._timeout, CONNECT)
            return RemoteError(f"{where} can't be reached: no connection within {limit:g} s")
        if isinstance(error, httpx.TimeoutException):
            return RemoteError(f"{where} did not answer within {self._timeout:g} s (--timeout allows more)")
        if isinstance(error, httpx.ProxyError):
            return RemoteError(f"the proxy in front of {where} refuses: {_brief(error)}")
        if isinstance(error, httpx.UnsupportedProtocol):
            return RemoteError(f"{where} can't be asked: {_brief(error)}")
        for cause in causes:
            if isinstance(cause, ssl.SSLCertVerificationError):
                reason = cause.verify_message or "it can't be verified"
                return RemoteError(
                    f"{where} shows a certificate that is not trusted ({reason}):"
                    " a private authority's is named with --ca-file"
                )
            if isinstance(cause, ssl.SSLError):
                reason = cause.reason or _brief(cause)
                return RemoteError(f"{where} fails in TLS ({reason}): is it http:// instead?")
            if isinstance(cause, socket.gaierror):
                return RemoteError(f"{where} can't be reached: no such host ({_brief(cause)})")
            if isinstance(cause, ConnectionRefusedError):
                return RemoteError(f"{where} can't be reached: connection refused; is the dashboard running?")
            if isinstance(cause, ConnectionResetError):
                return RemoteError(f"{where} reset the connection")
        if isinstance(error, httpx.RemoteProtocolError):
            return RemoteError(f"{where} does not answer in HTTP, or not at all: {_brief(error)}")
        return RemoteError(f"{where} can't be reached: {_brief(causes[-1])}")


def _unpacked(unpack: Any, data: bytes) -> Iterator[bytes]:
    """What a piece of a gzip body holds, never much at once."""
    while not unpack.eof:
        piece = unpack.decompress(data, PIECE)
        data = unpack.unconsumed_tail
        if piece:
            yield piece
        if not data and len(piece) < PIECE:
            return


def _worth_retrying(error: httpx.TransportError) -> bool:
    """Whether a connection was refused or reset, which may be over in a moment."""
    import httpx

    if isinstance(error, (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError)):
        return True
    return any(isinstance(cause, ConnectionError) for cause in _causes(error))


def _causes(error: BaseException) -> list[BaseException]:
    """An error and what it came from, the first cause last."""
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
