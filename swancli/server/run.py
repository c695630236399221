"""`swancli serve`: where it listens, which token it requires, what it prints."""

from __future__ import annotations

import contextlib
import errno
import getpass
import os
import re
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING

from swancli import tokens
from swancli.errors import UsageError
from swancli.output.text.escape import printable
from swancli.remote.address import is_loopback

if TYPE_CHECKING:
    from swancli.server.uvicorn_server import Server
    from swancli.source import Source

PORT = 5092
SWITCH_INTERVAL_SECONDS = 0.0005  # after which a computing thread lets the event loop run; Python's default is 0.005
THREADS_TIMEOUT_SECONDS = 0.3  # for threads to end when the last request is answered
OPEN_SECONDS = 0.3  # after which the browser is opened
MAX_LOGGED_PATH_BYTES = 2000
MAX_LOGGED_METHOD_CHARACTERS = 20
ORIGIN = re.compile(r"https?://[\w.\[\]:-]+")


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
    page: bool = True,
    open_browser: bool = False,
) -> None:
    """Serve a source until SIGTERM or Ctrl-C; UsageError if that is not possible.

    On an address that other machines can reach, a token is required, or `no_auth`.
    """
    for module in ("uvicorn", "starlette"):
        if find_spec(module) is None:
            raise UsageError("serve requires starlette and uvicorn: install them with pip install 'swancli[serve]'")
    token = _token(token_file, generate_token, no_auth)
    listener, address, bound_port = listen(host, port)
    try:
        loopback = is_loopback(address)
        if not loopback and token is None and not no_auth:
            raise UsageError(
                f"{host} is reachable from other machines: specify a token with --token-file, {tokens.VARIABLE} or"
                " --generate-token, or disable authentication with --no-auth"
            )
        _check_origins(cors)
        url = _url(host, address, bound_port)
        _print(f"Serving {source.where} at {url}")
        link = f"{url}/?token={token}" if generate_token else url
        if generate_token:
            _print(link)
        if page:
            _print_forwarding(bound_port, loopback)
        if no_auth and not loopback:
            _warn("authentication is disabled (--no-auth): anyone who can reach this address can read all data")
        sys.setswitchinterval(SWITCH_INTERVAL_SECONDS)
        made = server(source, loopback=loopback, token=token, quiet=quiet, cors=cors, page=page)
        if page and open_browser:
            _open(link)
        made.run(sockets=[listener])
    finally:
        listener.close()
        source.close()


def server(
    source: Source,
    *,
    loopback: bool = True,
    token: str | None = None,
    quiet: bool = True,
    cors: Sequence[str] = (),
    page: bool = True,
    warn: Callable[[str], None] | None = None,
) -> Server:
    """The server for a source: `run(sockets=[…])` serves, `should_exit = True` stops it."""
    from swancli.server.access import Guard
    from swancli.server.app import App
    from swancli.server.index import Index
    from swancli.server.middleware import stack
    from swancli.server.mounts import Mounts
    from swancli.server.page import Page
    from swancli.server.uvicorn_server import Server

    warn = warn or _warn
    index = Index(printable(source.where), token is not None, [name for name, _ in source.parts])
    app = App(source.snapshot, warn, quick=source.is_quick, index=index)
    parts = {name: App(part.snapshot, warn, quick=part.is_quick) for name, part in source.parts}

    def stop() -> None:
        for one in (app, *parts.values()):
            one.stop()

    def close() -> None:
        for one in (app, *parts.values()):
            one.close(THREADS_TIMEOUT_SECONDS)

    served = Mounts(app, parts) if parts else app
    return Server(
        stack(served, Guard(loopback, token), None if quiet else _log, cors, Page() if page else None),
        warn,
        stop,
        close,
    )


def listen(host: str, port: int) -> tuple[socket.socket, str, int]:
    """A listening socket, its IP address and port; port 0 picks a free one. UsageError if that is not possible."""
    if not 0 <= port < 65536:
        raise UsageError(f"invalid port {port}: must be between 0 and 65535")
    try:
        found = socket.getaddrinfo(host.strip("[]") or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        raise UsageError(f"cannot resolve host {host}: {getattr(error, 'strerror', error)}") from error
    family, kind, protocol, _, address = found[0]
    sock = socket.socket(family, kind, protocol)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6 and address[0] == "::":
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        sock.bind(address)
        sock.listen()  # uvicorn sets the backlog
        sock.setblocking(False)
    except OSError as error:
        sock.close()
        if error.errno == errno.EADDRINUSE:
            raise UsageError(
                f"port {port} on {host} is already in use: choose another with --port, or a free one with --port 0"
            ) from error
        raise UsageError(f"cannot listen on {host} port {port}: {error.strerror}") from error
    ip, bound_port = sock.getsockname()[:2]
    return sock, ip, bound_port


def _token(file: str | None, generate: bool, no_auth: bool) -> str | None:
    if (file is not None) + generate + no_auth > 1:
        raise UsageError("--token-file, --generate-token and --no-auth are mutually exclusive")
    if no_auth:
        return None
    return tokens.generate() if generate else tokens.find(file)


def _url(host: str, address: str, port: int) -> str:
    """The server's URL; with the machine's name if it listens on all addresses."""
    name = socket.gethostname() if address in ("0.0.0.0", "::") else host.strip("[]") or address
    return f"http://{f'[{name}]' if ':' in name else name}:{port}"


def _print_forwarding(port: int, loopback: bool) -> None:
    """Over SSH, print the command that makes the page reachable from the user's own machine."""
    if not (loopback and os.environ.get("SSH_CONNECTION")):
        return
    user = getpass.getuser()
    _print(f"On your own machine: ssh -N -L {port}:127.0.0.1:{port} {user}@{socket.gethostname()}")


def _open(link: str) -> None:
    """Open the browser once the server answers; do nothing if there is none.

    Nor over SSH without a display, where a browser would run in the terminal, if at all.
    """
    if os.environ.get("SSH_CONNECTION") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return
    import webbrowser

    def open_it() -> None:
        with contextlib.suppress(webbrowser.Error, OSError):
            webbrowser.open(link)

    threading.Timer(OPEN_SECONDS, open_it).start()


def _check_origins(origins: Sequence[str]) -> None:
    for origin in origins:
        if origin != "*" and not ORIGIN.fullmatch(origin):
            raise UsageError(
                f"invalid origin {origin!r}: must be a scheme and a host without a path, such as https://example.org"
            )


def _log(method: str, path: bytes, status: int, seconds: float) -> None:
    """Print a line for a request, without the query, which may hold a token."""
    text = path[:MAX_LOGGED_PATH_BYTES].decode("latin-1")
    _print(f"{method[:MAX_LOGGED_METHOD_CHARACTERS]} {text} {status} {seconds * 1000:.1f} ms")


def _warn(text: str) -> None:
    _print(f"swancli: warning: {text}")


def _print(text: str) -> None:
    """Print a line on stderr, control characters escaped."""
    text = printable(text)
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write(text + "\n")
