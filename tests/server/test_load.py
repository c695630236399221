"""`serve` with more to do than it can: what is computed once, what waits, what is given up, what is refused."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from swancli.endpoints.route import AnyRoute
from swancli.logdir import paths
from swancli.logdir.checkpoint import GivenUp, checkpoint, until
from swancli.logdir.fingerprint import Fingerprint
from swancli.reply import Reply
from swancli.server import answers, app, computations, compute
from swancli.server.answers import MAX_SENT_BYTES
from swancli.server.app import App
from swancli.server.middleware import AccessLog
from swancli.server.slots import Held, Overloaded, Slots
from swancli.source import LocalSource
from tests.server.test_app import Counting, Got, age, ask, asked
from tests.support.logdirs import Logdir, points
from tests.support.stub_server import Serving
from tests.support.waiting import PATIENCE_SECONDS, wait_until

METRIC = "/api/v1/experiment/1/tag/"
STATUS = "/api/v1/experiment/1/status"
SLICES = 30
METRICS = [f"m{n}" for n in range(8)]


@pytest.fixture(autouse=True)
def _inodes_changed_long_ago(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are made just before they are asked for, and no program can set the time at which an inode changed."""
    monkeypatch.setattr("swancli.logdir.file_state.CHANGE_TICK_NS", -(10**19))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A logdir, written long ago: a metric "long" of many slices, and several short ones."""
    logdir = Logdir(tmp_path / "swanlog")
    run = logdir.run("base", run_id="run")
    slices = {f"{n + 1}000.log": b"".join(line + b"\n" for line in points(3, 1 + 3 * n)) for n in range(SLICES)}
    run.metric("long", slices)
    for name in (*METRICS, "aA", "a%41", "a/b"):
        run.metric(name, points(3))
    folder = logdir.close()
    age(folder)
    return folder


class Gate:
    """Opens a logdir whose answers about metrics wait until they may go; counts them."""

    def __init__(self, root: Path, kept: bool = True) -> None:
        self.root, self.kept = root, kept
        self.may_go = threading.Event()
        self.lock = threading.Lock()
        self.begun = self.running = self.peak = self.closed = self.opened = 0

    def wait(self) -> None:
        """Wait until answers may go, or their clients have left."""
        with self.lock:
            self.begun += 1
            self.running += 1
            self.peak = max(self.peak, self.running)
        try:
            while not self.may_go.wait(0.01):
                checkpoint()
        finally:
            with self.lock:
                self.running -= 1

    def __call__(self) -> LocalSource:
        gate = self

        class Source(LocalSource):
            def fingerprint(self, route: AnyRoute, parameters: Any) -> Any:
                """None unless answers are to be kept."""
                found = super().fingerprint(route, parameters)
                return found if gate.kept else None

            def get(self, route: AnyRoute, **parameters: object) -> Reply:
                """The answer of the logdir, later."""
                if route.name == "metric":
                    gate.wait()
                return super().get(route, **parameters)

            def details(self, route: Any, *args: Any, **parameters: Any) -> Any:
                """The details of the logdir, later if they are all of a metric's."""
                if route.name == "metric" and "tail" not in parameters:
                    gate.wait()
                return super().details(route, *args, **parameters)

            def close(self) -> None:
                """Close, and count that."""
                gate.closed += 1
                super().close()

        self.opened += 1
        return Source(str(self.root))


@pytest.fixture
def heavy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every answer that reads a file beside the database is heavy."""
    monkeypatch.setattr(computations, "MAX_LIGHT_BYTES", 0)


class Client:
    """A request in progress, whose client can leave, and may not take what is sent."""

    def __init__(self, app: Any, path: str, takes: asyncio.Event | None = None, query: str = "") -> None:
        self.messages: list[Any] = []
        self._left = asyncio.Event()
        self._takes = takes
        scope = {
            "type": "http",
            "method": "GET",
            "path": unquote(path),
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [(b"host", b"localhost")],
        }
        self.task = asyncio.create_task(app(scope, self._receive, self._send))

    async def _receive(self) -> Any:
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        self.messages.append(message)
        if self._takes is not None:
            await self._takes.wait()

    async def leave(self) -> None:
        """Disconnect; the request ends without an answer."""
        self._left.set()
        await self.task

    async def got(self) -> Got:
        """The answer."""
        await self.task
        return Got(self.messages)


async def until_true(holds: Callable[[], object], what: str) -> None:
    """Wait, while the event loop goes on."""
    await asyncio.get_running_loop().run_in_executor(None, wait_until, holds, what)


def run(source: Callable[[], LocalSource], scene: Callable[[App], Awaitable[None]]) -> None:
    """Let a scene play on an app."""
    made = App(source)
    try:
        asyncio.run(scene(made))  # type: ignore[arg-type]
    finally:
        made.close()


@pytest.mark.parametrize(
    "spelling",
    ["1/tag/%61/b", "1/tag/a%2Fb", "1/tag/a%2fb", "01/tag/a/b", "+1/tag/a/b", "1.0/tag/a/b", "%20%31/tag/%61%2f%62"],
)
def test_spellings_of_a_path_are_one_question(spelling: str, root: Path) -> None:
    opened = Counting(root)
    app = App(opened)
    first = ask(app, METRIC + "a/b")
    assert first.status == 200
    again = ask(app, "/api/v1/experiment/" + spelling)
    app.close()
    assert (again.status, again.body, again.headers) == (200, first.body, first.headers)
    assert opened.count == 1
    assert len(app._cache) == 1


DETAILS = "/swancli/v1/experiments/"


def test_details_are_computed_once_and_heavy_ones_two_at_a_time(root: Path, heavy: None) -> None:
    gate = Gate(root)

    async def scene(app: App) -> None:
        clients = [Client(app, f"{DETAILS}{id}/metrics", query=f"name={name}") for id in (1, "01") for name in METRICS]
        await until_true(lambda: app._computations.slots.waiting == len(METRICS) - 2, "the others to wait")
        await until_true(lambda: gate.running == 2, "two computations")
        assert (await asked(app, DETAILS + "1/status")).status == 200
        assert (await asked(app, DETAILS + "1/metrics", query=b"name=long&tail=3")).status == 200
        gate.may_go.set()
        got = [await client.got() for client in clients]
        assert [answer.status for answer in got] == [200] * len(clients)
        assert all(answer.body.endswith(b'{"end":true,"notes":[]}\n') for answer in got)

    run(gate, scene)
    assert (gate.peak, gate.begun) == (2, len(METRICS))
    wait_until(lambda: gate.closed == gate.opened, "all sources to be closed")


def test_names_that_differ_after_one_decoding_are_different_questions(root: Path) -> None:
    (root / "run" / "logs" / "aA" / "1000.log").write_bytes(b'{"index": 1, "data": 7.5, "create_time": "x"}\n')
    age(root)
    opened = Counting(root)
    app = App(opened)
    found = {path: json.loads(ask(app, METRIC + path).body)["data"]["sum"] for path in ("aA", "a%41", "a%2541")}
    app.close()
    assert found == {"aA": 1, "a%41": 1, "a%2541": 3}
    assert opened.count == 2


@pytest.mark.parametrize("kept", [True, False])
def test_equal_questions_at_the_same_time_are_computed_once(kept: bool, root: Path) -> None:
    gate = Gate(root, kept)

    async def scene(app: App) -> None:
        clients = [Client(app, METRIC + spelling) for spelling in ("m1", "%6d1", "m%31", "%6D%31") * 25]
        await until_true(lambda: gate.begun, "a computation")
        gate.may_go.set()
        got = [await client.got() for client in clients]
        assert {answer.status for answer in got} == {200}
        assert len({answer.body for answer in got}) == 1

    run(gate, scene)
    assert gate.begun == 1


def test_who_asks_while_it_is_computed_shares_one_more(root: Path) -> None:
    gate = Gate(root, kept=False)

    async def scene(app: App) -> None:
        first = Client(app, METRIC + "m1")
        await until_true(lambda: gate.begun, "a computation")
        others = [Client(app, METRIC + "m1") for _ in range(20)]
        await asyncio.sleep(0)
        gate.may_go.set()
        assert [(await client.got()).status for client in (first, *others)] == [200] * 21

    run(gate, scene)
    assert gate.begun == 2


def test_work_for_a_client_that_left_is_given_up_at_the_next_slice(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reached, may_go = threading.Event(), threading.Event()
    opened: list[str] = []
    really = paths.os.open

    def open_(path: str, *args: Any) -> int:
        if str(path).endswith(".log"):
            opened.append(path)
            if len(opened) == 3:
                reached.set()
                may_go.wait(PATIENCE_SECONDS)
        return really(path, *args)

    monkeypatch.setattr(paths.disk, "open", open_)

    async def scene(app: App) -> None:
        client = Client(app, METRIC + "long")
        await until_true(reached.is_set, "the third slice")
        await client.leave()
        assert client.messages == []
        may_go.set()
        await until_true(lambda: len(app._computations) == 0, "the computation to end")
        assert len(opened) == 3
        assert len(app._cache) == 0
        assert (await asked(app, METRIC + "long")).status == 200

    run(Counting(root), scene)


def test_a_request_whose_client_left_is_logged_as_such(root: Path) -> None:
    gate = Gate(root)
    logged: list[int] = []

    async def scene(app: App) -> None:
        client = Client(AccessLog(app, lambda method, path, status, seconds: logged.append(status)), METRIC + "m1")
        await until_true(lambda: gate.begun, "a computation")
        await client.leave()

    run(gate, scene)
    assert logged == [499]


def test_a_computation_goes_on_while_one_client_is_left(root: Path) -> None:
    gate = Gate(root)

    async def scene(app: App) -> None:
        clients = [Client(app, METRIC + "m1") for _ in range(3)]
        await until_true(lambda: gate.begun, "a computation")
        await clients[0].leave()
        await clients[2].leave()
        gate.may_go.set()
        assert (await clients[1].got()).status == 200

    run(gate, scene)
    assert gate.begun == 1


def test_two_heavy_computations_run_at_a_time_and_light_ones_do_not_wait(root: Path, heavy: None) -> None:
    gate = Gate(root)

    async def scene(app: App) -> None:
        clients = [Client(app, METRIC + name) for name in METRICS]
        await until_true(lambda: app._computations.slots.waiting == len(METRICS) - 2, "the others to wait")
        await until_true(lambda: gate.running == 2, "two computations")
        for _ in range(20):
            assert (await asked(app, STATUS)).status == 200
        assert gate.begun == 2
        gate.may_go.set()
        assert [(await client.got()).status for client in clients] == [200] * len(METRICS)

    run(gate, scene)
    assert gate.peak == 2
    assert gate.begun == len(METRICS)
    assert gate.closed == gate.opened


def test_abandoned_questions_leave_nothing_behind(root: Path, heavy: None) -> None:
    gate = Gate(root)

    async def scene(app: App) -> None:
        for _ in range(10):
            clients = [Client(app, METRIC + name) for name in METRICS]
            await until_true(lambda: app._computations.slots.waiting == len(METRICS) - 2, "the others to wait")
            for client in clients:
                await client.leave()
            await until_true(lambda: len(app._computations) == 0, "all computations to end")
        assert (app._computations.slots.taken, app._computations.slots.waiting) == (0, 0)
        gate.may_go.set()
        assert (await asked(app, METRIC + "m1")).status == 200

    run(gate, scene)
    assert gate.peak == 2
    assert gate.closed == gate.opened


def test_past_the_queue_a_client_is_told_to_come_again(
    root: Path, heavy: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(computations, "MAX_WAITING", 3)
    gate = Gate(root)

    async def scene(app: App) -> None:
        clients = [Client(app, METRIC + name) for name in METRICS]
        await until_true(lambda: sum(client.task.done() for client in clients) == 3, "three to be refused")
        assert (app._computations.slots.taken, app._computations.slots.waiting) == (2, 3)
        gate.may_go.set()
        got = [await client.got() for client in clients]
        assert sorted(answer.status for answer in got) == [200] * 5 + [503] * 3
        for answer in got:
            if answer.status == 503:
                assert json.loads(answer.body)["code"] == 3503
                assert int(answer.headers["retry-after"]) == answers.RETRY_AFTER_SECONDS
        assert [(await asked(app, METRIC + name)).status for name in METRICS] == [200] * len(METRICS)

    run(gate, scene)


def test_a_server_that_stops_gives_up_what_is_heavy_and_ends_what_is_light(root: Path, heavy: None) -> None:
    gate = Gate(root)

    async def scene(app: App) -> None:
        clients = [Client(app, METRIC + name) for name in METRICS]
        await until_true(lambda: gate.running == 2, "two computations")
        app.stop()
        got = [await client.got() for client in clients]
        assert {(answer.status, json.loads(answer.body)["code"]) for answer in got} == {(503, 3503)}
        assert (await asked(app, STATUS)).status == 200
        assert (await asked(app, METRIC + "m1")).status == 503

    run(gate, scene)
    assert gate.begun == 2


@pytest.fixture
def large(root: Path) -> Path:
    """The logdir, with metrics whose answers are larger than what a connection is handed at once."""
    for n in range(4):
        text = json.dumps({"index": 1, "data": "x" * (3 * MAX_SENT_BYTES + n), "create_time": "x"})
        (root / "run" / "logs" / f"m{n}" / "1000.log").write_text(text + "\n")
    age(root)
    return root


def test_a_body_is_handed_over_in_small_pieces(large: Path) -> None:
    async def scene(app: App) -> None:
        client = Client(app, METRIC + "m1")
        got = await client.got()
        pieces = [len(message["body"]) for message in client.messages[1:]]
        assert max(pieces) == MAX_SENT_BYTES
        assert got.complete
        assert int(got.headers["content-length"]) == len(got.body) == sum(pieces) > 3 * MAX_SENT_BYTES

    run(Counting(large), scene)


def test_bodies_that_are_being_sent_stay_within_bounds(large: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "MAX_HELD_BYTES", 20 * MAX_SENT_BYTES)  # two of them

    async def scene(app: App) -> None:
        takes = asyncio.Event()
        clients = [Client(app, METRIC + name, takes) for name in ("m0", "m1", "m0", "m1", "m0")]
        await until_true(lambda: all(client.messages for client in clients), "all answers to begin")
        assert app._held.size < 20 * MAX_SENT_BYTES
        assert (await asked(app, METRIC + "m2")).status == 503
        assert (await asked(app, METRIC + "m5")).status == 200
        takes.set()
        assert [(await client.got()).status for client in clients] == [200] * 5
        assert app._held.size == 0
        assert (await asked(app, METRIC + "m2")).status == 200

    run(Counting(large), scene)


def test_an_answer_is_compressed_once(large: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compressed: list[object] = []
    really = answers.Answer.compress
    monkeypatch.setattr(answers.Answer, "compress", lambda answer: compressed.append(answer) or really(answer))

    async def scene(app: App) -> None:
        headers = {"accept-encoding": "gzip"}
        got = await asyncio.gather(*(asked(app, METRIC + "m1", headers=headers) for _ in range(20)))
        assert {answer.headers["content-encoding"] for answer in got} == {"gzip"}
        assert len({answer.body for answer in got}) == 1

    run(Counting(large), scene)
    assert len(compressed) == 1


def test_a_stream_that_nobody_takes_is_closed(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compute, "MAX_WHOLE_BYTES", 10)
    gate = Gate(root)

    async def scene(app: App) -> None:
        clients = [Client(app, METRIC + "long") for _ in range(4)]
        await until_true(lambda: gate.begun, "a computation")
        await clients[0].leave()
        gate.may_go.set()
        got = [await client.got() for client in clients[1:]]
        assert len({answer.body for answer in got}) == 1
        assert all(answer.complete for answer in got)
        await until_true(lambda: gate.closed == gate.opened, "all sources to be closed")

    run(gate, scene)
    assert gate.begun == 3  # each client has a stream of its own


def test_a_hundred_spellings_asked_and_abandoned_hold_up_nobody(root: Path, heavy: None) -> None:
    gate = Gate(root)
    source = LocalSource(str(root))
    source.snapshot = gate  # type: ignore[method-assign]
    server = Serving(source)
    try:
        for n in range(100):
            spelling = "".join(f"%{ord(c):02x}" if n >> at & 1 else c for at, c in enumerate("train/x"))
            with socket.create_connection(("127.0.0.1", server.port), PATIENCE_SECONDS) as sock:
                path = METRIC + f"m{n % 8}" if n % 2 else METRIC + "%6d" + str(n % 8) + "?" + spelling
                sock.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        assert server.ask("/api/v1/experiment/1/status")[0] == 200
        wait_until(lambda: server.open_connections == 0, "all connections to be closed")
        wait_until(lambda: gate.running == 0 and gate.closed == gate.opened, "all computations to be given up")
        assert gate.peak <= 2
        gate.may_go.set()
        assert server.ask("/api/v1/experiment/1/summary")[0] == 200
    finally:
        server.close()


def test_requests_that_arrive_together_share_one_look_at_the_files(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[object] = []
    really = Fingerprint.holds
    monkeypatch.setattr(Fingerprint, "holds", lambda state: looks.append(state) or really(state))

    async def scene(app: App) -> None:
        first = await asked(app, STATUS)
        looks.clear()
        for n in range(1, 4):
            got = await asyncio.gather(*(asked(app, STATUS) for _ in range(50)))
            assert {answer.body for answer in got} == {first.body}
            assert len(looks) == n

    run(Counting(root), scene)


def test_what_is_heavy_is_told_from_what_must_be_read(root: Path) -> None:
    from swancli.endpoints import METRIC as METRIC_ROUTE
    from swancli.endpoints import STATUS as STATUS_ROUTE
    from swancli.endpoints import SUMMARY

    for path in (root / "run" / "logs" / "long").glob("*.log"):
        path.write_bytes(path.read_bytes() * 2000)

    def cost(route: AnyRoute, **parameters: object) -> int:
        source = LocalSource(str(root))
        found = source.fingerprint(route, {"experiment": 1, **parameters})
        assert found is not None
        source.close()
        return found.cost

    assert cost(STATUS_ROUTE) == 0
    assert cost(METRIC_ROUTE, metric="long") > compute.MAX_LIGHT_BYTES
    assert cost(METRIC_ROUTE, metric="m1") < 1 << 15
    assert cost(SUMMARY) < 1 << 18


def test_without_a_database_all_record_files_count(tmp_path: Path) -> None:
    (tmp_path / "run-1").mkdir()
    (tmp_path / "run-1" / "backup.swanlab").write_bytes(b"x" * 10_000)
    (tmp_path / "run-2").symlink_to("/")
    source = LocalSource(str(tmp_path))
    assert source.reads_more_than(9_000, None)
    assert not source.reads_more_than(20_000, None)


def test_checkpoints_end_only_what_is_over() -> None:
    checkpoint()
    assert until(lambda: False, lambda: [checkpoint(), 1]) == [None, 1]
    with pytest.raises(GivenUp):
        until(lambda: True, checkpoint)
    checkpoint()


def test_a_slot_that_is_handed_over_to_a_request_that_ends_is_not_lost() -> None:
    async def scene() -> None:
        slots = Slots(1, 2)
        await slots.take()
        second = asyncio.create_task(slots.take())
        third = asyncio.create_task(slots.take())
        await asyncio.sleep(0)
        with pytest.raises(Overloaded):
            await slots.take()
        slots.free()
        second.cancel()
        await third
        assert (slots.taken, slots.waiting) == (1, 0)
        slots.free()
        assert slots.taken == 0

    asyncio.run(scene())


def test_one_body_may_be_larger_than_all_room() -> None:
    held = Held(10)
    body, other = b"x" * 20, b"y" * 5
    held.hold(body)
    held.hold(body)
    with pytest.raises(Overloaded):
        held.hold(other)
    held.release(body)
    assert held.is_full
    held.release(body)
    held.hold(other)
    assert held.size == 5


@pytest.fixture(autouse=True)
def _no_thread_is_left() -> Iterator[None]:
    """Threads that compute end when their app is closed."""
    yield
    names = ("light", "heavy", "stream")
    wait_until(
        lambda: not [thread for thread in threading.enumerate() if thread.name.startswith(names)], "threads to end"
    )
