"""`swancli report`: which runs, where to, and what is said."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from swancli.demo import write_demo
from tests.support.command import swancli

PIPE_BYTES = 1 << 20  # a report fits


def test_it_writes_one_file_and_says_so(tmp_path: Path) -> None:
    write_demo(str(tmp_path / "swanlog"))
    done = swancli("report", "1,2", "-o", "r.html", "--title", "Two <runs>", cwd=tmp_path)
    assert (done.code, done.out) == (0, b"")
    assert "wrote r.html: 2 runs, " in done.err
    html = (tmp_path / "r.html").read_text()
    assert html.startswith("<!doctype html>")
    assert "<title>Two &lt;runs&gt;</title>" in html
    assert {path.name for path in tmp_path.iterdir()} == {"swanlog", "r.html"}


def test_a_dash_is_stdout_and_the_title_is_the_runs_names(tmp_path: Path) -> None:
    write_demo(str(tmp_path / "swanlog"))
    done = swancli("report", "3", "-o", "-", cwd=tmp_path)
    assert b"<title>eval/checkpoints</title>" in done.out
    assert done.err == ""


def test_what_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    write_demo(str(tmp_path / "swanlog"))
    done = swancli("report", "1", "-o", "no/such/r.html", cwd=tmp_path)
    assert done.code == 2
    assert done.err == "swancli: error: cannot write no/such/r.html: No such file or directory\n"
    assert swancli("report", "9", cwd=tmp_path).code == 3


def test_nothing_is_written_to_a_logdir(tmp_path: Path) -> None:
    write_demo(str(tmp_path / "swanlog"))
    done = swancli("report", "1", "-o", "swanlog/r.html", cwd=tmp_path)
    assert done.code == 2
    assert "swanlog/r.html is in the logdir" in done.err
    assert not (tmp_path / "swanlog" / "r.html").exists()


def test_a_pipe_is_written_to_and_a_symlink_stays(tmp_path: Path) -> None:
    write_demo(str(tmp_path / "swanlog"))
    os.mkfifo(tmp_path / "pipe")
    end = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    fcntl.fcntl(end, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    assert swancli("report", "3", "-o", "pipe", cwd=tmp_path).code == 0
    with open(end, "rb") as pipe:
        assert pipe.read(15) == b"<!doctype html>"
    assert (tmp_path / "pipe").is_fifo()
    (tmp_path / "r.html").symlink_to("other.html")
    assert swancli("report", "1", "-o", "r.html", cwd=tmp_path).code == 0
    assert (tmp_path / "r.html").is_symlink()
    assert (tmp_path / "other.html").read_text().startswith("<!doctype html>")
