"""What stdout is, what is written to it, and what happens when nobody reads."""

from __future__ import annotations

import io
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swancli.output import pager
from swancli.output.formats import json as bodies
from swancli.output.formats.pretty import indented
from swancli.output.show import show_lines
from swancli.output.stdout import Terminal, detect


class _Tty(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("env", "tty", "color", "expected"),
    [
        ({"TERM": "xterm"}, True, True, 16),
        ({"TERM": "screen-256color"}, True, True, 256),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, True, True, 256),
        ({"TERM": "xterm"}, True, False, 0),
        ({"TERM": "xterm"}, False, True, 0),
        ({"TERM": "dumb"}, True, True, 0),
        ({"TERM": "xterm", "NO_COLOR": "1"}, True, True, 0),
        ({"TERM": "xterm", "NO_COLOR": ""}, True, True, 16),
        ({"TERM": "xterm", "FORCE_COLOR": "1"}, False, True, 16),
        ({"TERM": "xterm", "FORCE_COLOR": "0"}, False, True, 0),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, True, True, 16),
        ({"TERM": "xterm", "FORCE_COLOR": "1", "NO_COLOR": "1"}, True, True, 0),
        ({"TERM": "xterm", "FORCE_COLOR": "1"}, True, False, 0),
    ],
)
def test_colours(env: dict[str, str], tty: bool, color: bool, expected: int) -> None:
    assert detect(color=color, env=env, stream=_Tty() if tty else io.StringIO()).colors == expected


def test_the_width_is_that_of_columns_or_80() -> None:
    assert detect(env={"COLUMNS": "132"}, stream=io.StringIO()).width == 132
    assert detect(env={}, stream=io.StringIO()).width == 80
    assert detect(env={"COLUMNS": "wide"}, stream=io.StringIO()).width == 80


@pytest.mark.parametrize(("term", "unicode"), [("xterm", True), ("dumb", False), ("linux", False)])
def test_a_terminal_without_the_glyphs_gets_plain_characters(term: str, unicode: bool) -> None:
    assert detect(env={"TERM": term}, stream=_Tty()).unicode is unicode


def test_an_encoding_that_lacks_a_character_shows_its_escape() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="latin-1")
    terminal = detect(env={}, stream=stream)
    assert terminal.unicode is False
    terminal.write("é中\n")
    terminal.flush()
    assert raw.getvalue() == b"\xe9\\u4e2d\n"


def test_json_in_a_pipe_is_the_exact_bytes_and_a_newline() -> None:
    raw = io.BytesIO()
    body = [b'{"a":1E5,', b'"b":"\\ud83d\x7f"}']
    stream = io.TextIOWrapper(raw, encoding="ascii")
    bodies.show(iter(body), Terminal(stream=stream))
    assert raw.getvalue() == b"".join(body) + b"\n"


BODY = '{"code":0,"e":[],"o":{},"l":[1,-2.5e-07,[true,null]],"s":"a\\"b\\\\","n":{"k":"\u202e\x7f"}}'


def test_json_on_a_terminal_is_indented_and_safe() -> None:
    text = "".join(indented(BODY))
    assert text.splitlines() == [
        "{",
        '  "code": 0,',
        '  "e": [],',
        '  "o": {},',
        '  "l": [',
        "    1,",
        "    -2.5e-07,",
        "    [",
        "      true,",
        "      null",
        "    ]",
        "  ],",
        '  "s": "a\\"b\\\\",',
        '  "n": {',
        '    "k": "\\u202e\\u007f"',
        "  }",
        "}",
    ]
    assert json.loads(text) == json.loads(BODY)


def test_json_on_a_terminal_is_coloured() -> None:
    assert "".join(indented('{"a":[null,"x",1]}', 16)).splitlines() == [
        "{",
        '  \x1b[36m"a"\x1b[0m: [',
        "    \x1b[35mnull\x1b[0m,",
        '    \x1b[32m"x"\x1b[0m,',
        "    1",
        "  ]",
        "}",
    ]


def test_what_is_no_json_is_shown_escaped() -> None:
    assert "".join(indented("<html>\x1b[2J")) == "<html>\\x1b[2J\n"
    assert "\x1b" not in "".join(indented('{"a":1} \x1b[2J'))


def test_json_may_be_nested_without_bottom() -> None:
    deep = "[" * 4_000 + "]" * 4_000
    assert sum(line.count("[") for line in indented(deep)) == 4_000


@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda c: st.lists(c) | st.dictionaries(st.text(), c), max_leaves=20))  # fmt: skip
def test_indented_json_is_the_same_json(value: object) -> None:
    for ascii_only in (True, False):
        text = json.dumps(value, ensure_ascii=ascii_only, separators=(",", ":"))
        assert json.loads("".join(indented(text))) == value


@pytest.mark.parametrize(
    ("env", "expected"),
    [
        ({}, ["less"]),
        ({"PAGER": "more -d"}, ["more", "-d"]),
        ({"PAGER": "more", "SWANCLI_PAGER": "less -S 'a b'"}, ["less", "-S", "a b"]),
        ({"PAGER": "cat"}, []),
        ({"PAGER": ""}, []),
        ({"PAGER": "less", "SWANCLI_PAGER": ""}, []),
        ({"PAGER": "unbalanced '"}, []),
        ({"LESS": "-S"}, ["less", "-R"]),
    ],
)
def test_the_pager_is_what_the_environment_asks_for(env: dict[str, str], expected: list[str]) -> None:
    assert pager.command(env) == expected


def _paged(tmp_path: Path, count: int, argv: str, monkeypatch: pytest.MonkeyPatch, stream: io.StringIO) -> None:
    monkeypatch.setenv("SWANCLI_PAGER", argv)
    terminal = Terminal(tty=True, height=10, stream=stream)
    show_lines((f"line {n}" for n in range(count)), terminal)


def test_long_output_goes_to_the_pager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "paged"
    out = io.StringIO()
    _paged(tmp_path, 30, f"sh -c 'echo $LESS; cat' > {copy}", monkeypatch, out)
    script = tmp_path / "page"
    script.write_text(f"#!/bin/sh\necho LESS=$LESS > {copy}\ncat >> {copy}\n")
    script.chmod(0o755)
    monkeypatch.delenv("LESS", raising=False)
    out = io.StringIO()
    _paged(tmp_path, 30, str(script), monkeypatch, out)
    assert copy.read_text().splitlines() == ["LESS=FIRX", *[f"line {n}" for n in range(30)]]
    assert out.getvalue() == ""


def test_short_output_needs_no_pager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.StringIO()
    _paged(tmp_path, 9, "false", monkeypatch, out)
    assert out.getvalue().count("\n") == 9


def test_a_missing_pager_is_no_obstacle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.StringIO()
    _paged(tmp_path, 30, "/nonexistent/pager", monkeypatch, out)
    assert out.getvalue().count("\n") == 30


def test_quitting_the_pager_early_ends_quietly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SystemExit) as ended:
        _paged(tmp_path, 10_000_000, "true", monkeypatch, io.StringIO())
    assert ended.value.code == 0


PROGRAM = """
from swancli.output.stdout import detect
from swancli.output.show import show_lines
show_lines((f"line {n}" for n in range(10**9)), detect())
"""


def test_a_closed_pipe_ends_quietly_with_zero() -> None:
    run = subprocess.Popen([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert run.stdout is not None
    assert run.stderr is not None
    assert run.stdout.readline() == b"line 0\n"
    run.stdout.close()
    errors = run.stderr.read()
    run.stderr.close()
    assert (run.wait(), errors) == (0, b"")


def test_tables_in_a_pipe_load_no_rich() -> None:
    program = (
        "import sys; from swancli.output import stdout, show; from swancli.output.formats import json\n"
        "from swancli.output.views import metric, project\n"
        "t = stdout.detect()\n"
        "details = {'name': '中', 'experiment_id': 1, 'points': [(1, 2.0, '2025', None)]}\n"
        "show.show_tables(metric.metric([details]), None, t)\n"
        "show.show_tables(project.project({'experiments': [{'id': 1, 'name': '中'}]}), 'csv', t)\n"
        "json.show([b'{}'], t)\n"
        "heavy = {'rich', 'dataclasses', 'asyncio', 'orjson', 'yaml', 'httpx', 'subprocess'}\n"
        "assert not heavy & {name.partition('.')[0] for name in sys.modules}, sys.modules\n"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert run.stderr == ""
    assert run.stdout.startswith("step\tvalue\ttime\n1\t2.0\t2025\n")


def test_the_size_is_that_of_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    import fcntl
    import struct
    import termios

    keeper, end = pty.openpty()
    fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", 12, 40, 0, 0))
    with os.fdopen(end, "w", encoding="utf-8") as stream:
        terminal = detect(env={"TERM": "xterm"}, stream=stream)
        assert (terminal.width, terminal.height, terminal.tty) == (40, 12, True)
        monkeypatch.setenv("COLUMNS", "30")
        assert terminal.measure() == (30, 12)
    os.close(keeper)
