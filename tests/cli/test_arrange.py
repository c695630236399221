"""What people type and mean: options in front of a command, and words that are no command."""

from __future__ import annotations

import json
import resource
import subprocess
from pathlib import Path

import pytest

from tests.support.command import ARGV, environment, swancli
from tests.support.logdirs import Logdir, points


@pytest.fixture
def logdir(tmp_path: Path) -> Path:
    """A logdir with two runs of one metric."""
    made = Logdir(tmp_path / "swanlog")
    for name in ("one", "two"):
        made.run(name).metric("train/loss", points(5))
    return made.close()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("-o csv", "project -o csv"),
        ("--json", "project --json"),
        ("--jsonl", "project --jsonl"),
        ("-m train/loss --best min", "project -m train/loss --best min"),
        ("--output=md", "project --output=md"),
        ("--plot id metrics -n 1", "project --plot id metrics -n 1"),
        ("-F id=2 summary", "summary -F id=2"),
        ("--json metric 1 train/loss", "metric 1 train/loss --json"),
        ("--jsonl summary 2", "summary 2 --jsonl"),
        ("-o csv --no-color metric 1 train/loss --tail 2", "metric 1 train/loss --tail 2 -o csv --no-color"),
    ],
)
def test_options_in_front_of_a_command_or_of_none_are_its_own(logdir: Path, typed: str, meant: str) -> None:
    for where in (["-l", logdir, *typed.split()], [*typed.split(), "-l", logdir]):
        done, wanted = swancli(*where), swancli(*meant.split(), "-l", logdir)
        assert (done.code, done.err) == (0, "")
        assert done.out == wanted.out != b""


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("1", "swancli summary 1"),
        ("latest", "swancli summary latest"),
        ("train/loss", "swancli metric latest train/loss"),
        ("ls", "swancli project"),
        ("list", "swancli project"),
        ("tail", "swancli logs"),
        ("metrc 1", "swancli metric"),
        ("sumary", "swancli summary"),
        ("nonsense", "commands: project, experiment"),
    ],
)
def test_word_that_is_no_command_says_which_was_meant(logdir: Path, typed: str, meant: str) -> None:
    done = swancli("-l", logdir, *typed.split())
    assert (done.code, done.out) == (2, b"")
    assert done.err.startswith(f"swancli: error: no command {typed.split()[0]!r}; ")
    assert done.err.count("\n") == 1
    assert meant in done.err


@pytest.mark.parametrize("options", ["-o csv", "--json", "-w 5", "-m train/loss"])
def test_word_that_is_no_command_is_named_behind_options_too(logdir: Path, options: str) -> None:
    done = swancli("-l", logdir, *options.split(), "1")
    assert (done.code, done.out) == (2, b"")
    assert done.err == "swancli: error: no command '1'; for that experiment: swancli summary 1\n"


def test_metric_without_its_experiment_says_how_to_name_one(logdir: Path) -> None:
    done = swancli("metric", "train/loss", "-l", logdir)
    assert (done.code, done.out) == (2, b"")
    assert "swancli metric latest train/loss" in done.err


def test_option_that_the_command_lacks_is_an_error(logdir: Path) -> None:
    done = swancli("--json", "serve", "-l", logdir)
    assert (done.code, done.out) == (2, b"")
    assert "--json" in done.err


def test_series_larger_than_memory_ends_with_one_sentence(tmp_path: Path) -> None:
    made = Logdir(tmp_path / "swanlog")
    made.run().metric("loss", [])
    folder = next(made.close().glob("run-*/logs/*"))
    lines = [
        b'{"index": %d, "data": %b, "create_time": "2025-03-21T04:58:06+00:00"}\n' % (n, b"NaN" if n % 10 else b"0.5")
        for n in range(1000)
    ]
    for number in range(1, 600):
        (folder / f"{number * 1000}.log").write_bytes(b"".join(lines))
    for megabytes in (120, 160, 200, 240):
        limit = megabytes << 20
        done = subprocess.run(
            [*ARGV, "metric", "1", "loss", "-o", "table", "-l", made.path],
            capture_output=True,
            timeout=300,
            env=environment(),
            preexec_fn=lambda limit=limit: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
        )
        assert b"Traceback" not in done.stderr
        if done.returncode:
            assert done.returncode == 1
            assert done.stderr == b"swancli: error: out of memory\n"
            break
    else:
        pytest.fail("nothing ran out of memory")


def test_json_in_front_of_a_command_prints_its_errors_as_json_too(logdir: Path) -> None:
    done = swancli("--json", "metric", "1", "nothing", "-l", logdir)
    assert done.code == 3
    assert json.loads(done.out)["code"] == 3404
