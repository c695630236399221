"""Reading writes nothing: traced by the kernel, on folders that can't be written, and with no room anywhere."""

from __future__ import annotations

import ctypes
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.command import ARGV, ROOT, environment, start
from tests.support.corpus_cases import fingerprint
from tests.support.logdirs import Logdir, points
from tests.support.waiting import PATIENCE_SECONDS, wait_until
from tests.trust.child import bounded
from tests.trust.hostile import commands

pytestmark = pytest.mark.slow

# Calls that open or change files. Each names one; "at" calls may name it relative to a descriptor, which -y shows.
CALLS = (
    "open,openat,creat,unlink,unlinkat,rename,renameat,renameat2,mkdir,mkdirat,rmdir,link,linkat,symlink,symlinkat,"
    "truncate,ftruncate,fallocate,chmod,fchmod,fchmodat,chown,fchown,fchownat,lchown,utime,utimes,utimensat,mknod,mknodat,"
    "setxattr,fsetxattr,flock,fcntl,write,pwrite64,mmap"
)
READ = re.compile(r"O_RDONLY|F_GETFL|F_SETFD|F_GETFD|F_DUPFD_CLOEXEC|MAP_PRIVATE|PROT_READ,")
PROGRAMS = pytest.mark.programs
TURNS = 1.0  # seconds, in which what repeats itself looks a few times more; nothing is asserted about how often
NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]


def written(path: Path, wal: bool) -> Path:
    """A logdir that has everything; with `wal`, as a killed writer left it."""
    logdir = Logdir(path.with_name("live"), wal=wal)
    run = logdir.run("one", status=0, finish_time=None)
    run.metric("loss", points(1200))
    run.chart("loss")
    run.console("2025-03-21.log", "hello\n" * 300)
    run.console("error.log", "KeyError\n")
    run.file("config.yaml", "a: 1")
    run.file("swanlab-metadata.json", "{}")
    shutil.copy(next((ROOT / "tests/corpus_offline").rglob("run-*.swanlab")), run.folder / "run-abc.swanlab")
    shutil.copytree(logdir.path, path)
    logdir.close()
    (path / "runs.swanlab-shm").unlink(missing_ok=True)
    assert (path / "runs.swanlab-wal").exists() == wal
    return path


@pytest.fixture(params=["plain", "wal"])
def logdir(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A logdir with everything in it."""
    return written(tmp_path / "swanlog", request.param == "wal")


def writes(trace: str, folder: Path) -> list[str]:
    """The traced calls that could change something below `folder`."""
    named = (line for line in trace.splitlines() if str(folder) in line)
    return [line for line in named if not READ.search(line)]


def traced(tmp_path: Path, argv: list[str], endless: bool = False) -> tuple[str, subprocess.Popen[bytes]]:
    """What a process did to files, all its threads and children included; one that is `endless` is interrupted."""
    trace, said = tmp_path / "trace", tmp_path / "said"
    with said.open("wb") as out:
        process = subprocess.Popen(
            ["strace", "-f", "-y", "-s", "0", "-o", str(trace), "-e", f"trace={CALLS}", *argv],
            stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=environment(), cwd=ROOT,
        )  # fmt: skip
    if endless:
        wait_until(lambda: said.read_bytes() or process.poll() is not None, "the first output")
        time.sleep(TURNS)
        child = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()[0]
        os.kill(int(child), signal.SIGINT)
    process.wait(PATIENCE_SECONDS)
    return trace.read_text(errors="replace"), process


@PROGRAMS
def test_kernel_sees_no_call_that_could_write_below_the_logdir(logdir: Path, tmp_path: Path) -> None:
    before = fingerprint(logdir)
    script = tmp_path / "lines"
    lines = [[*words, *form, "-l", str(logdir)] for words in commands() for form in ([], ["--json"], ["-o", "table"])]
    script.write_text("\n".join(map(json.dumps, lines)))
    argv = [sys.executable, "-m", "tests.trust.guard", str(tmp_path / "report"), "/nonexistent", f"@{script}"]
    trace, process = traced(tmp_path, argv)
    assert process.returncode == 0
    assert len([line for line in trace.splitlines() if f"{logdir}/" in line and "O_RDONLY" in line]) > 100
    assert writes(trace, logdir) == []
    for words in (["metric", "1", "loss", "--json"], ["__complete", "metrics", "", "--", "1"], ["project"]):
        trace, process = traced(tmp_path, [*ARGV, *words, "-l", str(logdir)])
        assert process.returncode == 0
        assert writes(trace, logdir) == []
    assert fingerprint(logdir) == before


@PROGRAMS
@pytest.mark.parametrize("words", ["summary 1 -w 0.2", "logs 1 -f", "metric 1 loss -f --jsonl", "serve -p 0"])
def test_kernel_sees_no_write_of_what_runs_long(logdir: Path, tmp_path: Path, words: str) -> None:
    trace, _ = traced(tmp_path, [*ARGV, *words.split(), "-l", str(logdir)], endless=True)
    assert str(logdir) in trace or words.startswith("serve")
    assert writes(trace, logdir) == []


@PROGRAMS
@pytest.mark.parametrize("place", ["beside", "below"])
def test_kernel_sees_no_write_below_the_logdir_with_the_cache_turned_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    logdir = tmp_path / "swanlog"
    shutil.copytree(ROOT / "tests/corpus_offline/0.10.3-offline/long", logdir)
    newest = max(path.lstat().st_ctime for path in logdir.rglob("*"))
    wait_until(lambda: time.time() > newest + 0.2, "files that are not new")
    cache = (logdir if place == "below" else tmp_path) / "cache"
    monkeypatch.setenv("SWANCLI_CACHE", str(cache))
    before = fingerprint(logdir)
    for words in (["project"], ["project", "--json"], ["metric", "1", "val/acc"], ["project", "-o", "table"]):
        trace, process = traced(tmp_path, [*ARGV, *words, "-l", str(logdir)])
        assert process.returncode == 0
        assert writes(trace, logdir) == []
    trace, _ = traced(tmp_path, [*ARGV, "project", "-w", "0.2", "-l", str(logdir)], endless=True)
    assert writes(trace, logdir) == []
    assert fingerprint(logdir) == before
    assert cache.exists() == (place == "beside")


IN_CHANGES = (
    0x2 | 0x4 | 0x8 | 0x40 | 0x80 | 0x100 | 0x200 | 0x400 | 0x800
)  # modify, attrib, close_write, moves, create, delete


class Inotify:
    """What the kernel reports of changes in a folder and the folders below it."""

    def __init__(self, folder: Path) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        self.fd = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        for path in (str(one) for one, _, _ in os.walk(folder)):
            assert libc.inotify_add_watch(self.fd, os.fsencode(path), IN_CHANGES) >= 0

    def events(self) -> bytes:
        """Those since the last call, as they come."""
        try:
            return os.read(self.fd, 1 << 16)
        except BlockingIOError:
            return b""


def test_watched_folders_report_no_change(logdir: Path, tmp_path: Path) -> None:
    watched = Inotify(logdir)
    try:
        for words in commands():
            done = bounded(*words, "-l", logdir)
            assert (done.code, done.err) == (0, "")
        for words in ("summary 1 -w 0.2", "logs 1 -f", "metric 1 loss -f --jsonl", "serve -q -p 0"):
            process = start(*words.split(), "-l", logdir)
            shows = process.stderr if words.startswith("serve") else process.stdout
            assert shows
            assert shows.readline()
            time.sleep(TURNS)
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=PATIENCE_SECONDS)
        assert watched.events() == b""
        os.utime(logdir / "runs.swanlab")  # the test of this test
        assert watched.events() != b""
    finally:
        os.close(watched.fd)


@PROGRAMS
def test_tracing_finds_a_write(tmp_path: Path) -> None:
    """The test of the tests above: a program that does write is found."""
    logdir = written(tmp_path / "swanlog", False)
    trace, _ = traced(tmp_path, [sys.executable, "-c", f"open({str(logdir / 'new')!r}, 'w')"])
    assert len(writes(trace, logdir)) == 1


def mounts() -> bool:
    """Whether this user may mount things in a namespace of its own."""
    return subprocess.run(["unshare", "-m", "true"], capture_output=True).returncode == 0


def in_mount(setup: str, *argv: str, **env: str) -> subprocess.CompletedProcess[bytes]:
    """A program in a mount namespace of its own, after the shell line `setup`; without one where that is not permitted."""
    prefix = ["unshare", "-m"] if mounts() else []
    return subprocess.run(
        [*prefix, "sh", "-c", f'{setup} && exec "$@"', "sh", *argv], capture_output=True, timeout=PATIENCE_SECONDS, cwd=ROOT,
        env=environment(**env),
    )  # fmt: skip


@PROGRAMS
def test_read_only_mount_is_read(logdir: Path) -> None:
    setup = f"mount --bind {logdir} {logdir} && mount -o remount,ro,bind {logdir} && ! touch {logdir}/x 2>/dev/null"
    for words in commands():
        done = in_mount(setup if mounts() else f"chmod -R a-w {logdir}", *ARGV, *words, "-l", str(logdir))
        assert (done.returncode, done.stderr) == (0, b"")


@PROGRAMS
@pytest.mark.parametrize("others", ["/nowhere", "/tmp"])
def test_full_disk_falls_back_or_says_so(tmp_path: Path, others: str) -> None:
    logdir = written(tmp_path / "swanlog", True)
    place = tmp_path / "full"
    place.mkdir()
    fill = (
        f"mount -t tmpfs -o size=64k none {place}" if mounts() else f"ulimit -f 16; trap '' XFSZ; export TMPDIR={place}"
    )
    program = f"from swancli.logdir.local import connection, in_place; connection.TEMPORARY_FOLDERS = ({others!r},); connection.MAX_IN_MEMORY_BYTES = in_place.MAX_WAL_BYTES = 0; from swancli.cli.commands import main; raise SystemExit(main())"
    done = in_mount(fill, sys.executable, "-c", program, "project", "--json", "-l", str(logdir), TMPDIR=str(place))
    if others == "/tmp" and mounts():
        assert (done.returncode, json.loads(done.stdout)["code"], done.stderr) == (0, 0, b"")
    else:
        assert (done.returncode, json.loads(done.stdout)["code"]) == (1, 3500), done
        assert done.stderr.startswith(b"swancli: error: ")
        assert done.stderr.count(b"\n") == 1
    assert list(place.iterdir()) == []


def test_no_temporary_folder_at_all_is_one_clear_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from swancli.logdir.local import connection, in_place
    from tests.support.logdirs import answer

    logdir = written(tmp_path / "swanlog", True)
    monkeypatch.setattr(connection, "TEMPORARY_FOLDERS", ("/proc", "/nowhere"))
    monkeypatch.setattr(connection, "MAX_IN_MEMORY_BYTES", 0)
    monkeypatch.setattr(in_place, "MAX_WAL_BYTES", 0)
    monkeypatch.setenv("TMPDIR", "/proc/self")
    status, body, _ = answer(logdir, "project")
    assert status == 500
    assert json.loads(body)["message"].startswith("no room for a private copy of ")


@pytest.fixture
def theirs(logdir: Path) -> Path:
    """A logdir of another user, who lets everybody read and nobody write."""
    if os.geteuid() == 0:
        for folder, _, files in os.walk(logdir):
            os.chown(folder, 12345, 12345)
            os.chmod(folder, 0o755)
            for file in files:
                os.chown(Path(folder) / file, 12345, 12345)
                os.chmod(Path(folder) / file, 0o644)
    for folder in logdir.parents:
        if str(folder).startswith("/tmp/"):
            folder.chmod(folder.stat().st_mode | 0o055)
    return logdir


def test_folder_of_another_user_is_read_and_left_as_it_is(theirs: Path) -> None:
    before = fingerprint(theirs)
    prefix = NOBODY if os.geteuid() == 0 else []
    for words in commands():
        done = bounded(*words, "-l", theirs, prefix=prefix)
        assert (done.code, done.err) == (0, "")
    assert fingerprint(theirs) == before


def test_serve_leaves_the_logdir_as_it_is(logdir: Path) -> None:
    import urllib.request

    before = fingerprint(logdir)
    server = start("serve", "-q", "-p", "0", "-l", logdir)
    try:
        assert server.stderr is not None
        url = server.stderr.readline().decode().split()[-1]
        for path in ("project", "experiment/1", "experiment/1/chart", "experiment/1/status", "experiment/1/summary",
                     "experiment/1/recent_log", "experiment/1/tag/loss"):  # fmt: skip
            with urllib.request.urlopen(f"{url}/api/v1/{path}", timeout=PATIENCE_SECONDS) as answer:
                assert json.loads(answer.read())["code"] == 0
    finally:
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=PATIENCE_SECONDS)
    assert fingerprint(logdir) == before
