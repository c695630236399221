"""What the logs endpoint answers, byte for byte."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

import swancli.endpoints.logs as endpoint
from swancli.logdir.local import console
from swancli.reply import dumps
from tests.support.logdirs import Logdir, Run, answer, failure, success


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A run without console files."""
    return Logdir(tmp_path / "swanlog").run()


def logs(run: Run) -> tuple[int, bytes, list[str]]:
    return answer(run.logdir, "logs", experiment=1)


def test_days_follow_each_other_with_an_empty_line_between(run: Run) -> None:
    run.console("2025-03-21.log", "1 one\n2 two\n")
    run.console("2025-03-22.log", "3 three\n")
    assert logs(run) == (200, success('{"recent":["1","3"],"logs":["1 one","2 two","","3 three",""]}'), [])


def test_error_comes_last(run: Run) -> None:
    run.console("2025-03-21.log", "1 one")
    run.console("error.log", "Traceback\n  x\n")
    assert logs(run)[1] == success('{"recent":["1","1"],"logs":["1 one"],"error":["Traceback","  x",""]}')


def test_error_alone_is_the_error_alone(run: Run) -> None:
    run.console("error.log", "boom")
    assert logs(run) == (200, success('{"error":["boom"]}'), [])


def test_no_folder_and_empty_folder_are_not_found_with_their_own_words(run: Run) -> None:
    assert logs(run)[:2] == (404, failure(3404, "No Logs Found"))
    shutil.rmtree(run.folder / "console")
    assert logs(run)[:2] == (404, failure(3404, "Log Folder not Found"))


def test_undecodable_bytes_are_replacement_characters(run: Run) -> None:
    run.console("2025-03-21.log", b"\xff a\xe4\xb8\n\xe4\xb8\xad")
    assert logs(run)[1] == success('{"recent":["\ufffd","中"],"logs":["\ufffd a\ufffd","中"]}')


def test_among_several_files_only_days_are_read(run: Run) -> None:
    run.console("2025-03-21.log", "a")
    for name in ("notes.txt", "2025-03-21.log.1", "x2025-03-21.log", "2025-3-1.log", ".swp"):
        run.console(name, "no")
    assert logs(run)[1] == success('{"recent":["a","a"],"logs":["a"]}')


@pytest.mark.parametrize("name", ["notes.txt", "20250321.log", ".hidden", "a b"])
def test_single_file_is_read_whatever_its_name(run: Run, name: str) -> None:
    run.console(name, "a b")
    run.console("error.log", "e")
    assert logs(run)[1] == success('{"recent":["a","a"],"logs":["a b"],"error":["e"]}')


def test_several_files_that_are_no_days_are_no_logs(run: Run) -> None:
    run.console("a.txt", "a")
    run.console("b.txt", "b")
    assert logs(run)[:2] == (404, failure(3404, "No Logs Found"))


def test_one_empty_file_is_one_empty_line(run: Run) -> None:
    run.console("2025-03-21.log", "")
    assert logs(run)[1] == success('{"recent":["",""],"logs":[""]}')


def test_every_newline_splits_and_nothing_else_does(run: Run) -> None:
    run.console("2025-03-21.log", "a\r\nb\rc\nd\ve\ff\x1cg\u0085h\u2028i\n")
    assert logs(run)[1] == success('{"recent":["a","d\\u000be\\ff\\u001cg\u0085h\u2028i"],'
                                   '"logs":["a","b","c","d\\u000be\\ff\\u001cg\u0085h\u2028i",""]}')  # fmt: skip


def test_recent_looks_back_one_line_only(run: Run) -> None:
    run.console("2025-03-21.log", "first line\nlast line\n\n")
    assert logs(run)[1] == success('{"recent":["first",""],"logs":["first line","last line","",""]}')


def test_newline_pair_cut_by_a_read_is_one_newline(run: Run) -> None:
    for pad in ((1 << 18) - 1, (1 << 14) - 1, (1 << 18) - 3):
        run.console("2025-03-21.log", "x" * pad + "\r\n中\r\n")
        assert logs(run)[1] == success(f'{{"recent":["{"x" * pad}","中"],"logs":["{"x" * pad}","中",""]}}')


def test_many_lines_are_all_given(run: Run) -> None:
    run.console("2025-03-21.log", "".join(f"{n} line\n" for n in range(50_000)))
    body = logs(run)[1]
    assert body.startswith(b'{"code":0,"message":"success","data":{"recent":["0","49999"],"logs":["0 line","1 line",')
    assert body.endswith(b',"49999 line",""]}}')
    assert body.count(b" line") == 50_000


def test_pipes_folders_and_links_out_are_no_logs(run: Run, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    console = run.folder / "console"
    (console / "2025-03-20.log").symlink_to(tmp_path / "secret")
    os.mkfifo(console / "2025-03-21.log")
    (console / "2025-03-22.log").mkdir()
    (console / "error.log").symlink_to(tmp_path / "secret")
    assert logs(run)[:2] == (404, failure(3404, "No Logs Found"))
    run.console("2025-03-23.log", "fine")
    assert logs(run)[1] == success('{"recent":["fine","fine"],"logs":["fine"]}')


def test_unknown_experiment_is_not_found(run: Run) -> None:
    assert answer(run.logdir, "logs", experiment=5)[:2] == (404, failure(3404, "experiment not found"))


def test_long_log_is_written_like_a_short_one(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    every = (chr(n) for n in range(0x110000) if not 0xD800 <= n < 0xE000 and chr(n) not in "\r\n")
    text = "".join("\n" * (n % 97 == 0) + c for n, c in enumerate(every)) + '"\\n\\\n\r\r\n\x1b[1m\t'
    run.console("2025-03-21.log", text)
    long = logs(run)
    assert len(long[1]) > console.PIECE_BYTES * endpoint.LONG
    monkeypatch.setattr(endpoint, "LONG", -1)
    assert logs(run) == long
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert json.loads(long[1])["data"]["logs"] == lines


def test_half_surrogates_of_a_record_file_stay_escapes_in_a_long_log_too() -> None:
    lines = ["a", "\ud83d b", "\ude00"]
    assert endpoint._dumps_fast(lines) == dumps(lines) == b'["a","\\ud83d b","\\ude00"]'
