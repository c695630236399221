"""`serve` without a network: what a request becomes, what is computed anew, what is not."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from swancli.demo import write_demo
from swancli.endpoints import SUMMARY
from swancli.endpoints.route import AnyRoute
from swancli.errors import DataError
from swancli.logdir.fingerprint import Fingerprint
from swancli.reply import Reply
from swancli.server import compute, streaming
from swancli.server.access import Guard
from swancli.server.answers import Answer, AnswerCache
from swancli.server.app import App
from swancli.server.middleware import stack
from swancli.source import LocalSource
from tests.support.corpus_cases import fingerprint
from tests.support.waiting import PATIENCE_SECONDS

OLD = 1_700_000_000.5  # a time of writing that is long past
LOSS = "/api/v1/experiment/1/tag/train/loss"
BAD_ID = b'{"code":3422,"message":"experiment_id should be a valid integer, unable to parse string as an integer"}'


class Got:
    """An answer: status, headers by name, body, and whether it was completed."""

    def __init__(self, messages: list[Any]) -> None:
        start, *rest = messages
        self.status: int = start["status"]
        self.headers = {name.decode(): value.decode() for name, value in start["headers"]}
        self.body = b"".join(message.get("body", b"") for message in rest)
        self.complete = bool(rest) and not rest[-1].get("more_body", False)


async def asked(
    app: Any, path: str, method: str = "GET", query: bytes = b"", headers: dict[str, str] | None = None
) -> Got:
    """Ask an ASGI app for a raw path."""
    raw = path.encode("ascii")
    given = {"host": "127.0.0.1:5092", **(headers or {})}
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(path),
        "raw_path": raw,
        "root_path": "",
        "query_string": query,
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in given.items()],
        "server": ("127.0.0.1", 5092),
    }
    messages: list[Any] = []
    never = asyncio.Event()
    sent_request = False

    async def receive() -> Any:
        nonlocal sent_request
        if not sent_request:
            sent_request = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await never.wait()

    async def send(message: Any) -> None:
        messages.append(message)

    await app(scope, receive, send)
    return Got(messages)


def ask(app: Any, path: str, method: str = "GET", query: bytes = b"", **headers: str) -> Got:
    """Ask, with headers given as names with underscores."""
    return asyncio.run(asked(app, path, method, query, {k.replace("_", "-"): v for k, v in headers.items()}))


class Counting:
    """Opens a logdir, and counts how often."""

    def __init__(self, path: Path) -> None:
        self.path, self.count = path, 0

    def __call__(self) -> LocalSource:
        self.count += 1
        return LocalSource(str(self.path))


@pytest.fixture(autouse=True)
def _inodes_changed_long_ago(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are made just before they are asked for, and no program can set the time at which an inode changed."""
    monkeypatch.setattr("swancli.logdir.file_state.CHANGE_TICK_NS", -(10**19))


@pytest.fixture
def logdir(tmp_path: Path) -> Path:
    """The sample, as if written long ago."""
    folder = tmp_path / "swanlog"
    write_demo(str(folder))
    age(folder)
    return folder


def age(folder: Path) -> None:
    """Set all times of writing to one that is long past."""
    for path in [folder, *folder.rglob("*")]:
        os.utime(path, (OLD, OLD))


@pytest.fixture
def opened(logdir: Path) -> Counting:
    return Counting(logdir)


@pytest.fixture
def warned() -> list[str]:
    return []


@pytest.fixture
def app(opened: Counting, warned: list[str]) -> Iterator[App]:
    made = App(opened, warned.append)
    yield made
    made.close()


@pytest.mark.parametrize("id", ["1", "01", "+1", "1.0", "1.000", "%201", "1%20", "0_1", "%091%0A", "1%C2%A0", "%2B1.0"])
def test_integers_are_spelled_as_swanboard_understands_them(id: str, app: App) -> None:
    got = ask(app, f"/api/v1/experiment/{id}")
    assert got.status == 200
    assert json.loads(got.body)["data"]["id"] == 1


@pytest.mark.parametrize(
    "id",
    [
        "abc",
        "1.",
        "1e0",
        "0x1",
        "--1",
        "1,2",
        "1.5",
        "True",
        "1_",
        "_1",
        "1__0",
        "-",
        "%EF%BC%91",
        "%D9%A3",
        "%00",
        "1%00",
        "9" * 4001,
        "%FF",
        "1.0_0",
        "%20",
        "+%201",
    ],
)
def test_what_is_no_integer_is_422(id: str, app: App, opened: Counting) -> None:
    for tail in ("", "/chart", "/status", "/summary", "/recent_log", "/tag/loss"):
        got = ask(app, f"/api/v1/experiment/{id}{tail}")
        assert (got.status, got.body) == (422, BAD_ID)
    assert opened.count == 0


@pytest.mark.parametrize("id", ["9", "0", "-1", "1_0", "9223372036854775808", "9" * 400])
@pytest.mark.parametrize("tail", ["", "/chart", "/status", "/summary", "/recent_log", "/tag/loss"])
def test_an_unknown_experiment_is_404_everywhere(id: str, tail: str, app: App) -> None:
    got = ask(app, f"/api/v1/experiment/{id}{tail}")
    assert (got.status, got.body) == (404, b'{"code":3404,"message":"experiment not found"}')


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/nope",
        "/api",
        "/api/v1",
        "/api/v1/nope",
        "/apiary",
        "/api/v1/experiment",
        "/api/v1/experiment/",
        "/api/v1/experiment//status",
        "/api/v1/experiment/1/nope",
        "/api/v1/experiment/1/chart/x",
        "/API/v1/project",
        "//api/v1/project",
        "/api/v1/./project",
        "/api/v1/experiment/../project",
        "/api/v1/%2e%2e/project",
        "/api/v1/project%00",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/assets/../../etc/passwd",
        "/favicon.ico",
    ],
)
def test_unknown_paths_are_404(path: str, app: App) -> None:
    got = ask(app, path)
    assert (got.status, got.body) == (404, b'{"detail":"Not Found"}')
    assert got.headers["content-type"] == "application/json"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW", "TRACE"])
@pytest.mark.parametrize("path", ["/api/v1/project", "/api/v1/experiment/1", LOSS, "/api/v1/experiment/abc/summary"])
def test_other_methods_are_405(method: str, path: str, app: App) -> None:
    got = ask(app, path, method)
    assert (got.status, got.body) == (405, b'{"detail":"Method Not Allowed"}')
    assert got.headers["allow"] == "GET, HEAD"


def test_other_methods_on_unknown_paths_are_404(app: App) -> None:
    assert ask(app, "/api/v1/nope", "POST").status == 404


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/api/v1/project/", "/api/v1/project"),
        ("/api/v1/experiment/1/", "/api/v1/experiment/1"),
        ("/api/v1/experiment/1/chart/", "/api/v1/experiment/1/chart"),
        ("/api/v1/experiment/1/tag", "/api/v1/experiment/1/tag/"),
    ],
)
def test_a_trailing_slash_redirects(path: str, location: str, app: App) -> None:
    got = ask(app, path)
    assert (got.status, got.body) == (307, b"")
    assert got.headers["location"] == "http://127.0.0.1:5092" + location


def test_a_redirect_keeps_the_query(app: App) -> None:
    assert ask(app, "/api/v1/project/", query=b"a=b").headers["location"].endswith("/project?a=b")


def test_a_query_changes_nothing(app: App) -> None:
    assert ask(app, LOSS, query=b"all=true&x=1").body == ask(app, LOSS).body


def test_a_metric_name_may_hold_anything_once_decoded(app: App) -> None:
    assert ask(app, LOSS.replace("train/loss", "train%2Floss")).body == ask(app, LOSS).body
    for name in (
        "train%252Floss",
        "train/loss/",
        "TRAIN/LOSS",
        "%0A",
        "..%2F..%2Fetc%2Fpasswd",
        "%00",
        "%FF%FE",
        "",
    ):
        got = ask(app, f"/api/v1/experiment/1/tag/{name}")
        assert (got.status, got.body) == (404, b'{"code":3404,"message":"tag not found"}')


@pytest.mark.parametrize("path", ["/api/v1/project", LOSS, "/api/v1/experiment/9", "/healthz"])
def test_head_is_get_without_a_body(path: str, app: App) -> None:
    whole, head = ask(app, path), ask(app, path, "HEAD")
    assert (head.status, head.headers) == (whole.status, whole.headers)
    assert head.headers["content-length"] == str(len(whole.body))
    assert head.body == b""


def test_healthz_does_not_touch_the_logdir(app: App, opened: Counting) -> None:
    got = ask(app, "/healthz")
    assert (got.status, json.loads(got.body)) == (200, {"status": "ok"})
    assert opened.count == 0


ROUTES = [
    "/api/v1/project",
    "/api/v1/experiment/1",
    "/api/v1/experiment/1/chart",
    LOSS,
    "/api/v1/experiment/1/recent_log",
    "/api/v1/experiment/1/status",
    "/api/v1/experiment/1/summary",
    "/api/v1/experiment/9",
    "/api/v1/experiment/1/tag/nope",
]


@pytest.mark.parametrize("path", ROUTES)
def test_unchanged_answers_are_not_computed_again(path: str, app: App, opened: Counting) -> None:
    first = ask(app, path)
    for _ in range(3):
        again = ask(app, path)
        assert (again.status, again.headers, again.body) == (first.status, first.headers, first.body)
    assert opened.count == 1


def write(path: Path, text: str) -> None:
    """Append, as a training run does."""
    with path.open("a", encoding="utf-8") as file:
        file.write(text)


def run_of(logdir: Path) -> Path:
    """The first run's folder."""
    return next(logdir.glob("run-20250321*"))


def slice_of(logdir: Path, metric: str = "train/loss") -> Path:
    """The first slice of a metric of the first run."""
    source = LocalSource(str(logdir))
    found = source.logdir.experiment(1)
    folder = found.run.series(source.logdir.tag(found, metric)).folder
    source.close()
    return Path(folder) / "1000.log"


POINT = '{"index": 208, "data": 0.5, "create_time": "2025-03-21T06:05:16+00:00"}\n'
CHANGES: list[tuple[str, Callable[[Path], object], str]] = [
    (LOSS, lambda root: write(slice_of(root), POINT), '"data":0.5'),
    (
        LOSS,
        lambda root: (slice_of(root).parent / "2000.log").write_text(POINT, encoding="utf-8"),
        '"data":0.5',
    ),
    (LOSS, lambda root: (slice_of(root).parent / "_summary.json").write_text('{"max": 77}'), '"max":77'),
    ("/api/v1/experiment/1/summary", lambda root: write(slice_of(root), POINT), '"value":0.5'),
    (
        "/api/v1/experiment/1/summary",
        lambda root: (slice_of(root).parent / "2000.log").write_text(POINT, encoding="utf-8"),
        '"value":0.5',
    ),
    (
        "/api/v1/experiment/1/recent_log",
        lambda root: write(next(run_of(root).glob("console/*.log")), "a new line\n"),
        "a new line",
    ),
    (
        "/api/v1/experiment/1/recent_log",
        lambda root: (run_of(root) / "console" / "2025-03-22.log").write_text("next day\n", encoding="utf-8"),
        "next day",
    ),
    (
        "/api/v1/experiment/1/recent_log",
        lambda root: (run_of(root) / "console" / "error.log").write_text("it broke", encoding="utf-8"),
        "it broke",
    ),
    (
        "/api/v1/experiment/1",
        lambda root: (run_of(root) / "files" / "config.yaml").write_text("seed: 4711", encoding="utf-8"),
        '"config":{"seed":4711}',
    ),
    (
        "/api/v1/experiment/1",
        lambda root: (run_of(root) / "files" / "swanlab-metadata.json").unlink(),
        '"system":{}',
    ),
    (
        "/api/v1/project",
        lambda root: (run_of(root) / "files" / "config.yaml").write_text("seed: 4711", encoding="utf-8"),
        '"config":{"seed":4711}',
    ),
    ("/api/v1/project", lambda root: rename(root), '"name":"another name"'),
    ("/api/v1/experiment/1/status", lambda root: rename(root), '"name":"another name"'),
    ("/api/v1/experiment/1/chart", lambda root: rename(root), '"name":"another name"'),
]


def rename(root: Path) -> None:
    """Change the project's name in the database."""
    import sqlite3

    db = sqlite3.connect(root / "runs.swanlab")
    db.execute("update project set name = 'another name'")
    db.commit()
    db.close()


@pytest.mark.parametrize(
    ("path", "change", "shows"), CHANGES, ids=lambda value: value if isinstance(value, str) else ""
)
def test_what_was_written_a_moment_ago_is_in_the_next_answer(
    path: str, change: Callable[[Path], object], shows: str, app: App, logdir: Path
) -> None:
    before = ask(app, path)
    assert shows not in before.body.decode()
    change(logdir)
    after = ask(app, path)
    assert shows in after.body.decode()
    assert ask(app, path, if_none_match=before.headers["etag"]).status == 200


def test_each_of_many_points_is_in_the_answer_that_follows_it(app: App, logdir: Path) -> None:
    path = slice_of(logdir)
    for n in range(100):
        write(path, POINT.replace("208", str(208 + n)))
        assert json.loads(ask(app, LOSS).body)["data"]["sum"] == 208 + n


def test_a_change_that_keeps_the_size_is_seen(app: App, logdir: Path) -> None:
    path = slice_of(logdir)
    write(path, POINT)
    for n in range(1, 9):
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(r'("index": 208, "data": 0\.)\d', rf"\g<1>{n}", text), encoding="utf-8")
        assert json.loads(ask(app, LOSS).body)["data"]["list"][-1]["data"] == n / 10


def test_what_was_just_written_is_not_kept(app: App, opened: Counting, logdir: Path) -> None:
    os.utime(slice_of(logdir))
    ask(app, LOSS)
    ask(app, LOSS)
    assert opened.count == 2


def test_files_whose_times_are_whole_seconds_are_kept_later(logdir: Path) -> None:
    import time

    path = logdir / "runs.swanlab"
    moment = int(time.time()) - 1
    os.utime(path, (moment, moment))
    whole = Fingerprint()
    whole.add(str(path))
    assert whole.fresh()
    os.utime(path, (moment - 0.5, moment - 0.5))
    part = Fingerprint()
    part.add(str(path))
    assert not part.fresh()


@pytest.mark.parametrize("path", ROUTES[:7])
def test_an_etag_saves_the_body(path: str, app: App) -> None:
    first = ask(app, path)
    for wanted in (first.headers["etag"], f'"x", W/{first.headers["etag"]}', "*"):
        got = ask(app, path, if_none_match=wanted)
        assert (got.status, got.body) == (304, b"")
        assert got.headers["etag"] == first.headers["etag"]
    assert ask(app, path, if_none_match='"other"').status == 200


def test_errors_have_no_etag(app: App) -> None:
    got = ask(app, "/api/v1/experiment/9", if_none_match="*")
    assert got.status == 404
    assert "etag" not in got.headers


def test_gzip_when_asked_for_and_worth_it(app: App) -> None:
    plain, packed = ask(app, LOSS), ask(app, LOSS, accept_encoding="deflate, gzip;q=1.0")
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) < len(plain.body) / 3
    assert packed.headers["etag"] != plain.headers["etag"]
    assert packed.headers["vary"] == plain.headers["vary"] == "accept-encoding"
    assert ask(app, LOSS, accept_encoding="gzip", if_none_match=packed.headers["etag"]).status == 304


@pytest.mark.parametrize("header", ["identity", "gzip;q=0", "deflate", "br", "xgzip"])
def test_no_gzip_when_not_asked_for(header: str, app: App) -> None:
    assert "content-encoding" not in ask(app, LOSS, accept_encoding=header).headers


def test_a_short_answer_is_not_packed(app: App) -> None:
    got = ask(app, "/api/v1/experiment/1/tag/nope", accept_encoding="gzip")
    assert "content-encoding" not in got.headers


@pytest.fixture
def long_log(logdir: Path) -> bytes:
    """A log beyond what is kept whole."""
    lines = "".join(f"line {n}\n" for n in range(30_000)).encode()
    next(run_of(logdir).glob("console/*.log")).write_bytes(lines)
    age(logdir)
    return lines


LOG = "/api/v1/experiment/1/recent_log"


def test_a_large_answer_is_streamed_and_the_same(app: App, long_log: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = ask(app, LOG)
    assert len(whole.body) > 300_000
    monkeypatch.setattr(compute, "MAX_WHOLE_BYTES", 1 << 12)
    monkeypatch.setattr(streaming, "CHUNK_BYTES", 1 << 14)
    app._cache.drop(LOG)
    streamed = ask(app, LOG)
    assert "content-length" not in streamed.headers
    assert streamed.complete
    assert streamed.body == whole.body
    assert len(app._cache) == 0
    packed = ask(app, LOG, accept_encoding="gzip")
    assert gzip.decompress(packed.body) == whole.body
    assert ask(app, LOG, "HEAD").body == b""


def test_an_etag_saves_a_large_answer_from_being_made(
    app: App, long_log: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compute, "MAX_WHOLE_BYTES", 1 << 12)
    tag = ask(app, LOG).headers["etag"]
    monkeypatch.setattr(LocalSource, "get", None)
    assert ask(app, LOG, if_none_match=tag).status == 304


class Broken:
    """A source whose answer breaks off."""

    where = "nowhere"

    def __init__(self, error: Exception, after: int) -> None:
        self.error, self.after, self.notes = error, after, ["a note\x1b[31m"]

    def get(self, route: AnyRoute, **parameters: object) -> Reply:
        def pieces() -> Iterator[bytes]:
            for _ in range(self.after):
                yield b"x" * (1 << 20)
            raise self.error

        return Reply(200, pieces())

    def fingerprint(self, route: AnyRoute, parameters: object) -> None:
        """There is no telling when the answer changes."""

    def reads_more_than(self, max_bytes: int, state: object) -> bool:
        """It reads nothing."""
        return False

    def close(self) -> None:
        """Nothing to close."""


def test_an_answer_that_breaks_off_stays_incomplete() -> None:
    warned: list[str] = []
    app = App(lambda: Broken(DataError("the disk is gone"), 20), warn=warned.append)  # type: ignore[arg-type, return-value]
    got = ask(app, LOG)
    app.close()
    assert not got.complete
    assert any("the disk is gone" in text for text in warned)


def test_an_answer_that_fails_at_its_start_is_an_error() -> None:
    app = App(lambda: Broken(DataError("damaged"), 0))  # type: ignore[arg-type, return-value]
    got = ask(app, LOG)
    app.close()
    assert (got.status, json.loads(got.body)) == (500, {"code": 3500, "message": "damaged"})


def test_an_unexpected_failure_says_little_and_is_a_warning() -> None:
    warned: list[str] = []
    app = App(lambda: Broken(KeyError("secret"), 0), warn=warned.append)  # type: ignore[arg-type, return-value]
    got = ask(app, LOG)
    app.close()
    assert got.status == 500
    assert b"secret" not in got.body
    assert len(warned) == 2


def test_who_asks_meanwhile_gets_an_answer_that_is_true_then(logdir: Path) -> None:
    inside, go = threading.Event(), threading.Event()

    class Slow(LocalSource):
        def get(self, route: AnyRoute, **parameters: object) -> Reply:
            reply = super().get(route, **parameters)
            reply.read()
            inside.set()
            go.wait(PATIENCE_SECONDS)
            return reply

    app = App(lambda: Slow(str(logdir)))

    async def both() -> list[Got]:
        first = asyncio.create_task(asked(app, LOSS))
        while not inside.is_set():
            await asyncio.sleep(0.001)
        write(slice_of(logdir), POINT)
        second = asyncio.create_task(asked(app, LOSS))
        await asyncio.sleep(0.01)
        go.set()
        return [await first, await second]

    first, second = asyncio.run(both())
    app.close()
    assert b'"data":0.5' not in first.body
    assert b'"data":0.5' in second.body


def test_a_slow_answer_holds_up_nobody(logdir: Path) -> None:
    go = threading.Event()

    class Slow(LocalSource):
        def get(self, route: AnyRoute, **parameters: object) -> Reply:
            if route is SUMMARY:
                go.wait(PATIENCE_SECONDS)
            return super().get(route, **parameters)

    app = App(lambda: Slow(str(logdir)))

    async def both() -> Got:
        slow = asyncio.create_task(asked(app, "/api/v1/experiment/1/summary"))
        await asyncio.sleep(0.01)
        quick = await asked(app, LOSS)
        assert not slow.done()
        go.set()
        assert (await slow).status == 200
        return quick

    assert asyncio.run(both()).status == 200
    app.close()


def test_kept_answers_stay_within_bounds() -> None:
    held = AnswerCache(100_000)
    for n in range(100):
        held.put(str(n), Answer(200, b"x" * 10_000))
    assert held._size <= 100_000
    assert held.get("0") is None
    assert held.get("99") is not None
    held.put("huge", Answer(200, b"x" * 90_000))
    assert held.get("huge") is None


def test_made_up_paths_do_not_fill_the_memory(opened: Counting) -> None:
    app = App(opened, max_cache_bytes=50_000)
    for n in range(200):
        ask(app, f"/api/v1/experiment/1/tag/{n}")
    assert app._cache._size <= 50_000
    assert len(app._computations) == 0
    app.close()


def test_a_logdir_that_appears_is_served(tmp_path: Path) -> None:
    folder = tmp_path / "swanlog"
    app = App(Counting(folder))
    assert ask(app, "/api/v1/project").status == 404
    write_demo(str(folder))
    assert ask(app, "/api/v1/project").status == 200
    app.close()


def test_notes_are_warnings_once(logdir: Path) -> None:
    (run_of(logdir) / "files" / "config.yaml").write_text("[", encoding="utf-8")
    warned: list[str] = []
    app = App(Counting(logdir), warn=warned.append)
    ask(app, "/api/v1/project")
    ask(app, "/api/v1/project")
    app.close()
    assert len(warned) == 1
    assert "config.yaml" in warned[0]


PIECES = st.sampled_from(
    [
        "api",
        "v1",
        "project",
        "experiment",
        "1",
        "2",
        "-1",
        "chart",
        "tag",
        "recent_log",
        "status",
        "summary",
        "train",
        "loss",
        "..",
        ".",
        "%2e%2e",
        "%2f",
        "%00",
        "%ff",
        "%c0%ae",
        "%252e",
        "%0a",
        "",
        "~",
        "etc",
        "passwd",
        "healthz",
        "1.0",
        "%20",
    ]
)
PATHS = st.one_of(
    st.lists(PIECES, max_size=8).map(lambda pieces: "/" + "/".join(pieces)),
    st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=40).map(lambda text: "/" + text),
    st.lists(PIECES, max_size=3).map(lambda pieces: "/api/v1/experiment/1/tag/" + "/".join(pieces)),
)
HEADERS = st.dictionaries(
    st.sampled_from(["accept-encoding", "if-none-match", "authorization", "origin", "range", "x-forwarded-host"]),
    st.text(st.characters(max_codepoint=255), max_size=20),
)


@settings(
    max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
@given(
    path=PATHS,
    method=st.sampled_from(["GET", "GET", "GET", "HEAD", "POST", "OPTIONS", "PATCH", "X"]),
    query=st.binary(max_size=20),
    headers=HEADERS,
)
def test_no_request_makes_it_fail(
    path: str, method: str, query: bytes, headers: dict[str, str], app: App, warned: list[str]
) -> None:
    logged: list[int] = []
    served = stack(app, Guard(True, None), lambda method, path, status, seconds: logged.append(status))
    got = asyncio.run(asked(served, path, method, query, headers))
    assert got.complete
    assert logged == [got.status]
    assert got.status in (200, 304, 307, 404, 405, 422)
    assert "root:" not in got.body.decode("utf-8", "replace")
    assert not any(name.startswith("access-control") for name in got.headers)
    if method == "GET" and got.status != 307 and "content-encoding" not in got.headers and got.body:
        json.loads(got.body)
    assert warned == []


def test_serving_changes_nothing_in_the_logdir(app: App, logdir: Path) -> None:
    before = fingerprint(logdir)
    for path in ROUTES:
        ask(app, path)
        ask(app, path, accept_encoding="gzip")
    assert fingerprint(logdir) == before


def test_a_redirect_keeps_a_query_of_any_bytes(app: App) -> None:
    got = ask(app, "/api/v1/project/", query=b"a=\xff\x01 %20&b")
    assert (got.status, got.headers["location"]) == (307, "http://127.0.0.1:5092/api/v1/project?a=%FF%01%20%20&b")
