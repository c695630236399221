"""Starting and ending the server: its address, its token, its log, its signals."""

from __future__ import annotations

import contextlib
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from typing import Any

from swancli import tokens
from swancli.errors import UsageError
from swancli.remote.address import is_loopback
from swancli.source import Source

PORT = 5092
BACKLOG = 1024
KEEP_ALIVE = 10  # seconds
GRACE = 30  # seconds for requests in flight when the server is told to end

Say = Callable[[str, str], None]  # kind ("note", "warning" …, or "" for plain) and text


def serve(
    source: Source,
    *,
    host: str = "127.0.0.1",
    port: int = PORT,
    quiet: bool = False,
    token_file: str | None = None,
    generate_token: bool = False,
    no_auth: bool = False,
    cors: Sequence[str] = (),
    say: Say | None = None,
) -> None:
    """Serve a source until SIGTERM or Ctrl-C; UsageError if that can't be.

    `say` prints to people. On an address that others can reach, a token is required, or `no_auth`.
    """
    for module in ("uvicorn", "starlette"):
        if find_spec(module) is None:
            raise UsageError("serve needs starlette and uvicorn: pip install 'swancli[serve]'")
    say = say or _say
    token = _token(token_file, generate_token, no_auth)
    sock, address = bound(host, port)
    try:
        loopback = is_loopback(address[0])
        if not loopback and token is None and not no_auth:
            raise UsageError(
                f"{host} can be reached by others: give a token with --token-file, {tokens.VARIABLE} or"
                " --generate-token, or --no-auth to let everybody read"
            )
        _check_origins(cors)
        url = _url(host, address)
        say("", f"Serving {source.where} at {url}")
        if generate_token:
            say("", f"{url}/?token={token}")
        if no_auth and not loopback:
            say("warning", "whoever reaches this address can read everything: there is no token (--no-auth)")
        made = server(source, loopback=loopback, token=token, quiet=quiet, cors=cors, say=say)
        made.run(sockets=[sock])
    finally:
        sock.close()
        source.close()


def server(
    source: Source,
    *,
    loopback: bool = True,
    token: str | None = None,
    quiet: bool = True,
    cors: Sequence[str] = (),
    say: Say | None = None,
) -> Any:
    """uvicorn's server for a source: `run(sockets=[…])` serves, `should_exit = True` ends it."""
    import asyncio
    import logging

    import uvicorn

    from swancli.server.access import Guard
    from swancli.server.app import App
    from swancli.server.connections import Connections

    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL + 1)  # its tracebacks say nothing to people
    warn = say or _say
    connections = Connections()
    app: Any
    app = answering = App(
        source.snapshot,
        Guard(loopback, token),
        None if quiet else _log,
        lambda text: warn("warning", text),
        quick=source.is_quick,
    )
    if cors:
        from swancli.server.fallback import allowing

        app = allowing(app, cors)
    if find_spec("httptools") is not None:
        from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol as Base
    else:
        from uvicorn.protocols.http.h11_impl import H11Protocol as Base  # type: ignore[assignment]

    class Server(uvicorn.Server):
        """uvicorn's server, which ends without being killed by the signal that ends it."""

        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            """Take SIGINT and SIGTERM as wishes to end; a second one ends at once."""
            if threading.current_thread() is not threading.main_thread():
                yield
                return
            numbers = (signal.SIGINT, signal.SIGTERM)
            before = {number: signal.signal(number, self.handle_exit) for number in numbers}
            try:
                yield
            finally:
                for number, handler in before.items():
                    signal.signal(number, handler)

        def handle_exit(self, sig: int, frame: Any) -> None:
            """End; with the second signal without waiting for requests in flight."""
            if self.should_exit:
                self.force_exit = True
            self.should_exit = True

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            """Begin to answer."""
            loop = asyncio.get_running_loop()
            loop.set_exception_handler(lambda _, context: warn("warning", str(context.get("message"))))
            await super().startup(sockets)

        async def on_tick(self, counter: int) -> bool:
            """Look after the connections once a second."""
            if counter % 10 == 0:
                connections.look()
            return await super().on_tick(counter)

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            """End, when requests in flight are answered."""
            await super().shutdown(sockets)
            answering.close()

    return Server(
        uvicorn.Config(
            app,
            http=connections.protocol(Base),
            loop="asyncio",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            backlog=BACKLOG,
            timeout_keep_alive=KEEP_ALIVE,
            timeout_graceful_shutdown=GRACE,
        )
    )


def _token(file: str | None, generate: bool, no_auth: bool) -> str | None:
    if (file is not None) + generate + no_auth > 1:
        raise UsageError("--token-file, --generate-token and --no-auth exclude each other")
    if no_auth:
        return None
    return tokens.generate() if generate else tokens.find(file)


def bound(host: str, port: int) -> tuple[socket.socket, Any]:
    """A listening socket and its address; UsageError if there can't be one."""
    import errno

    if not 0 <= port < 65536:
        raise UsageError(f"{port} is no port: one is a number from 0 to 65535")
    try:
        found = socket.getaddrinfo(host.strip("[]") or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        raise UsageError(f"{host} is no address of this machine: {getattr(error, 'strerror', error)}") from error
    family, kind, protocol, _, address = found[0]
    sock = socket.socket(family, kind, protocol)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6 and address[0] == "::":
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        sock.bind(address)
        sock.listen(BACKLOG)
        sock.setblocking(False)
    except OSError as error:
        sock.close()
        if error.errno == errno.EADDRINUSE:
            raise UsageError(
                f"port {port} of {host} is in use: choose another with --port; 0 takes a free one"
            ) from error
        raise UsageError(f"can't listen on port {port} of {host}: {error.strerror}") from error
    return sock, sock.getsockname()


def _url(host: str, address: Any) -> str:
    """The address as a link; by the machine's name where it listens on all addresses."""
    name = socket.gethostname() if address[0] in ("0.0.0.0", "::") else host.strip("[]") or address[0]
    return f"http://{f'[{name}]' if ':' in name else name}:{address[1]}"


def _check_origins(origins: Sequence[str]) -> None:
    import re

    for origin in origins:
        if origin != "*" and not re.fullmatch(r"https?://[\w.\[\]:-]+", origin):
            raise UsageError(f"{origin!r} is no origin: one looks like https://example.org, with no path")


def _log(method: str, path: bytes, status: int, seconds: float) -> None:
    """One line a request; the query, which may hold a token, is not in it."""
    text = path[:2000].decode("latin-1")
    _write(f"{method[:20]} {text} {status} {seconds * 1000:.1f} ms")


def _say(kind: str, text: str) -> None:
    _write(f"swancli: {kind}: {text}" if kind else text)


def _write(text: str) -> None:
    """A line on stderr, whatever stands in it as visible characters."""
    if not (text.isascii() and text.isprintable()):
        text = "".join(c if c.isprintable() else c.encode("unicode_escape", "replace").decode() for c in text)
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write(text + "\n")
