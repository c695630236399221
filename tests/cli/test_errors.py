"""What the real command says when something is wrong: one sentence, the way out, and the API's envelope for --json."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command import ARGV, environment, swancli
from tests.support.logdirs import Logdir, point, points

AS_NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]


@pytest.fixture
def logdir(tmp_path: Path) -> Logdir:
    """A logdir with three runs."""
    logdir = Logdir(tmp_path / "swanlog")
    for name in ("baseline", "lr-0.1", "lr-0.2"):
        run = logdir.run(name)
        run.metric("train/loss", points(3))
        run.metric("train/lr", points(3))
        run.metric("eval/acc", points(3))
    return logdir


def test_no_logdir_says_where_was_looked_and_how_to_start(tmp_path: Path) -> None:
    done = swancli("project", cwd=tmp_path)
    assert (done.code, done.out) == (2, b"")
    assert str(tmp_path / "swanlog") in done.err
    alone = swancli(cwd=tmp_path)
    assert (alone.code, alone.out) == (2, b"")
    assert "swancli demo" in alone.err
    assert "--help" in alone.err


def test_empty_folder_says_that_it_has_no_runs(tmp_path: Path) -> None:
    (tmp_path / "swanlog").mkdir()
    done = swancli("project", "-l", tmp_path / "swanlog", "--json")
    assert (done.code, done.out) == (3, b'{"code":3404,"message":"project not found"}\n')
    assert done.err.startswith(f"swancli: error: no runs in {tmp_path}/swanlog: ")


def test_database_without_experiments_says_so(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path)
    assert "has none" in swancli("status", "1", "-l", logdir.path).err
    assert "no experiments" in swancli("status", "-l", logdir.path).err


def test_path_too_high_or_too_low_is_used_with_a_note(logdir: Logdir, tmp_path: Path) -> None:
    straight = swancli("project", "--json", "-l", logdir.path)
    for named in (tmp_path, logdir.path / "run-20250321_125800-abc0def"):
        done = swancli("project", "--json", "-l", named)
        assert (done.code, done.out) == (0, straight.out)
        assert done.err == f"swancli: note: {named} is not a logdir; reading {logdir.path}\n"


def test_unknown_experiment_says_what_there_is_and_what_is_near(logdir: Logdir) -> None:
    done = swancli("status", "basline", "-l", logdir.path)
    assert done.err == (
        f"swancli: error: no experiment basline in {logdir.path}; it has 1 (baseline), 2 (lr-0.1), 3 (lr-0.2);"
        " did you mean 'baseline'?\n"
    )
    assert "it has 1 (baseline)" in swancli("summary", "9", "-l", logdir.path).err
    assert "it has 1 (baseline)" in swancli("metric", "9", "x*", "-l", logdir.path).err
    assert "it has 1 (baseline)" in swancli("metric", "1,9", "train/loss", "-l", logdir.path).err


def test_unknown_metric_says_what_is_near(logdir: Logdir) -> None:
    done = swancli("metric", "1", "train/los", "-l", logdir.path)
    assert (done.code, done.out) == (3, b"")
    assert "no metric 'train/los' in experiment 1" in done.err
    assert "train/loss" in done.err


def test_metric_without_data_is_not_called_unknown(logdir: Logdir) -> None:
    shutil.rmtree(logdir.path / "run-20250321_125800-abc0def/logs")
    done = swancli("metric", "1", "train/loss", "--json", "-l", logdir.path)
    assert (done.code, done.out) == (3, b'{"code":3404,"message":"tag not found"}\n')
    assert "has no data on disk" in done.err


@pytest.mark.parametrize(
    ("words", "out"),
    [
        ("status 9", b'{"code":3404,"message":"experiment not found"}\n'),
        ("status nobody", b'{"code":3404,"message":"experiment not found"}\n'),
        ("metric 1 x", b'{"code":3404,"message":"tag not found"}\n'),
        ("metric 1 x*", b'{"code":3404,"message":"tag not found"}\n'),
        ("logs 1", b'{"code":3404,"message":"No Logs Found"}\n'),
    ],
)
@pytest.mark.parametrize("format", [["--json"], ["-o", "json"]])
def test_json_error_is_the_envelope_on_stdout_and_the_sentence_on_stderr(
    logdir: Logdir, words: str, out: bytes, format: list[str]
) -> None:
    done = swancli(*words.split(), *format, "-l", logdir.path)
    assert (done.code, done.out) == (3, out)
    assert done.err.startswith("swancli: error: ")


def test_json_usage_error_has_the_code_of_a_bad_parameter(logdir: Logdir) -> None:
    done = swancli("status", "--json", "-l", logdir.path)
    assert (done.code, json.loads(done.out)["code"]) == (2, 3422)
    assert "which experiment?" in done.err


def test_json_of_damaged_data_is_an_envelope_too(logdir: Logdir) -> None:
    path = logdir.close() / "runs.swanlab"
    path.write_bytes(path.read_bytes()[:3000])
    done = swancli("status", "1", "--json", "-l", path.parent)
    assert (done.code, json.loads(done.out)["code"]) == (1, 3500)
    assert str(path) in done.err


def test_damaged_lines_are_warned_of_and_the_data_goes_on(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path)
    folder = logdir.run().metric("loss", {"1000.log": point(1, 1) + b"\n{half\n" + point(3, 3) + b"\n"})
    for more in ([], ["--json"], ["-o", "csv"]):
        done = swancli("metric", "loss", "-l", logdir.path, *more)
        assert done.code == 0
        assert done.err == f"swancli: warning: {folder}/1000.log: 1 damaged line skipped\n"
        assert b"3" in done.out


def test_several_metrics_of_which_one_is_missing_print_the_others_and_exit_three(logdir: Logdir) -> None:
    done = swancli("metric", "1", "train/loss", "nope", "eval/acc", "--json", "-l", logdir.path)
    rows = [json.loads(line) for line in done.lines]
    assert [(row["tag"], row["code"]) for row in rows] == [("train/loss", 0), ("nope", 3404), ("eval/acc", 0)]
    assert done.code == 3
    assert "nope" in done.err


def test_logdir_and_url_are_both_read_wherever_they_stand(logdir: Logdir) -> None:
    one, other = ["-l", str(logdir.path)], ["-u", "http://127.0.0.1:9"]
    for words in (
        [*one, *other, "project"],
        ["project", *one, *other],
        [*one, "project", *other],
        [*other, "project", *one],
    ):
        done = swancli(*words)
        assert done.code == 0
        assert done.lines[0].startswith("id\tsource\t")
        assert "warning: 127.0.0.1: cannot connect" in done.err


def test_options_may_stand_before_the_command_and_after_it(logdir: Logdir, tmp_path: Path) -> None:
    where = ["-l", str(logdir.path)]
    expected = swancli("project", *where).out
    for words in ([*where, "project"], [*where, "--no-color", "project"], ["project", *where, "--no-color"], [*where]):
        assert swancli(*words, cwd=tmp_path.parent).out == expected


@pytest.mark.parametrize("words", [["-l", "A", "-l", "B", "project"], ["-l", "A", "project", "-l", "B"]])
def test_two_logdirs_are_both_read_wherever_they_stand(logdir: Logdir, tmp_path: Path, words: list[str]) -> None:
    Logdir(tmp_path / "other").run("another")
    places = {"A": str(logdir.path), "B": str(tmp_path / "other")}
    done = swancli(*(places.get(word, word) for word in words))
    assert (done.code, done.err) == (0, "")
    assert "another" in done.lines[-1]
    assert len(done.lines) > 2


def test_url_of_the_environment_beats_the_logdir_of_the_environment_and_options_beat_both(
    logdir: Logdir, tmp_path: Path
) -> None:
    url, named = {"SWANCLI_URL": "http://127.0.0.1:9"}, {"SWANLAB_LOG_DIR": str(logdir.path)}
    assert swancli("project", cwd=tmp_path, env=url).code == 4
    assert swancli("project", cwd=Path("/"), env={**url, **named}).code == 4
    assert swancli("project", cwd=Path("/"), env=named).code == 0
    assert swancli("project", "-l", logdir.path, cwd=Path("/"), env=url).code == 0
    assert swancli("project", "-u", "http://127.0.0.1:9", cwd=Path("/"), env=named).code == 4
    assert swancli("project", cwd=tmp_path, env={"SWANCLI_URL": "", "SWANLAB_LOG_DIR": ""}).code == 0
    Logdir(tmp_path / "elsewhere").run("named by the environment")
    done = swancli("project", cwd=tmp_path, env={"SWANLAB_LOG_DIR": str(tmp_path / "elsewhere")})
    assert b"named by the environment" in done.out


@pytest.mark.parametrize(("words", "code"), [("status 9", 3), ("project -l /nowhere", 2), ("project --bad", 2)])
def test_debug_shows_the_traceback_and_keeps_sentence_and_exit_code(logdir: Logdir, words: str, code: int) -> None:
    plain = swancli(*words.split(), cwd=logdir.path.parent)
    done = swancli(*words.split(), "--debug", cwd=logdir.path.parent)
    assert (plain.code, done.code) == (code, code)
    assert "Traceback" not in plain.err
    assert "Traceback (most recent call last)" in done.err
    assert done.err.endswith(plain.err)


def test_message_shows_no_control_characters_of_the_data(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path)
    logdir.run("a\x1b[31mred\x07\nb")
    done = swancli("status", "9", "-l", logdir.path)
    assert "\x1b" not in done.err
    assert "\x07" not in done.err
    assert done.err.count("\n") == 1


def test_bytes_that_are_no_text_are_names_like_others(logdir: Logdir) -> None:
    odd = os.fsdecode(b"\xff\xfe")
    for words in (["status", odd], ["metric", "1", odd], ["metric", "1", odd + "*"]):
        for more in ([], ["--json"]):
            done = swancli(*words, *more, "-l", logdir.path)
            assert done.code == 3
            assert "unexpected" not in done.err
    assert swancli("project", "-l", odd).code == 2


def as_nobody(*words: str | Path) -> subprocess.CompletedProcess[bytes]:
    """Run the command without the right to read everything."""
    prefix = AS_NOBODY if os.geteuid() == 0 else []
    return subprocess.run(
        [*prefix, *ARGV, *map(str, words)], capture_output=True, timeout=60, env=environment(), cwd="/"
    )


@pytest.fixture
def opened() -> Iterator[Path]:
    """A folder that others may enter; pytest's own ones are closed to them."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name).resolve()
        path.chmod(0o755)
        yield path


@pytest.mark.parametrize("forbidden", ["runs.swanlab", ".", ".."])
def test_no_permission_is_said_of_what_can_not_be_read(opened: Path, forbidden: str) -> None:
    logdir = Logdir(opened / "above/swanlog")
    logdir.run()
    path = (logdir.close() / forbidden).resolve()
    mode = path.stat().st_mode
    path.chmod(0)
    try:
        done = as_nobody("project", "--json", "-l", logdir.path)
    finally:
        path.chmod(mode)
    assert done.returncode == 1, done.stderr
    assert b"ermission" in done.stderr
    assert json.loads(done.stdout)["code"] == 3500


@pytest.mark.parametrize(
    ("forbidden", "commands"),
    [
        ("logs/loss/1000.log", ["metric 1 loss", "summary 1"]),
        ("logs/loss", ["metric 1 loss", "summary 1", "charts 1"]),
        ("console/2025-03-21.log", ["logs 1"]),
        ("files/config.yaml", ["experiment 1", "project"]),
    ],
)
def test_one_forbidden_file_is_an_error_or_a_warning_and_no_accident(
    opened: Path, forbidden: str, commands: list[str]
) -> None:
    logdir = Logdir(opened / "swanlog")
    run = logdir.run()
    run.metric("loss", points(3))
    run.console("2025-03-21.log", "hello")
    run.file("config.yaml", "a: 1")
    path = run.folder / forbidden
    mode = path.stat().st_mode
    path.chmod(0)
    try:
        for words in commands:
            for more in ([], ["--json"]):
                done = as_nobody(*words.split(), *more, "-l", logdir.path)
                assert done.returncode in (0, 1)
                assert b"unexpected" not in done.stderr
                if done.returncode:
                    assert b"ermission denied" in done.stderr
                if more:
                    assert json.loads(done.stdout)["code"] == (3500 if done.returncode else 0)
    finally:
        path.chmod(mode)
