"""Texts made to be obeyed: no command hands them to a terminal as anything but text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.trust import hostile
from tests.trust.child import HARMLESS, TURNING, bounded, on_terminal

pytestmark = pytest.mark.slow

Make = Callable[[str], Path]
DRAWN = re.compile(rb"\x1b\[\?1049[hl]|\x1b\[\?25[hl]|\x1b\[\?7[hl]|\x1b\[[HJK]|\x1b\[\d*J")  # by a live view itself


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Make:
    """Logdirs of `hostile`, by name, each made once."""
    folder = tmp_path_factory.mktemp("hostile")
    found: dict[str, Path] = {}

    def make(name: str) -> Path:
        if name not in found:
            found[name] = getattr(hostile, name)(folder / name).close()
        return found[name]

    return make


KINDS = [("texts", "values"), ("texts", hostile.TEXTS["title"]), ("long_names", "odd")]


@pytest.mark.parametrize(("kind", "metric"), KINDS, ids=["texts", "metric of hostile name", "long names"])
def test_terminal_shows_hostile_texts_and_obeys_none(made: Make, kind: str, metric: str) -> None:
    seen = ""
    for words in hostile.commands(metric)[:: 3 if kind == "long_names" else 1]:
        shown = on_terminal(*words, "--no-pager", "-l", made(kind))
        assert shown.unharmed, (words, HARMLESS.match(shown.raw))
        assert b"Traceback" not in shown.raw
        seen += shown.raw.decode()
    if kind == "texts":
        assert "OWNED" in seen  # they are shown, not left out
        assert "[bold red]x[/]" in seen
        assert "\\x1b]0;" in seen
        assert "\\u202e" in seen


def test_json_on_a_terminal_is_harmless_too(made: Make) -> None:
    for words in hostile.commands("values"):
        shown = on_terminal(*words, "--json", "--no-pager", "-l", made("texts"))
        assert shown.unharmed, words


@pytest.mark.parametrize("words", ["project", "summary 1", "status 1", "experiment 1"])
def test_live_view_leaves_the_terminal_as_it_was(made: Make, words: str) -> None:
    shown = on_terminal(*words.split(), "-w", "0.1", "-l", made("texts"), keys=b"q")
    assert shown.code == 0
    assert shown.screen.title == ""
    assert not shown.screen.cursor.hidden
    own = DRAWN.sub(b"", shown.raw)
    assert HARMLESS.fullmatch(own), own[HARMLESS.match(own).end() :][:80]  # type: ignore[union-attr]
    assert not TURNING.search(shown.raw.decode())


@pytest.mark.parametrize("format", ["tsv", "csv", "md", "table", "jsonl"])
def test_no_control_reaches_a_pipe_either(made: Make, format: str) -> None:
    more = ["-o", format]
    for words in hostile.commands("values"):
        done = bounded(*words, *more, "-l", made("texts"))
        assert (done.code, done.sentence) == (0, True), (words, done.err)
        controls = set(done.out.decode()) & {*map(chr, range(32)), *map(chr, range(0x7F, 0xA0))}
        assert controls <= {"\n", "\t", "\r"}, (words, controls)
        if format == "jsonl":
            assert all(isinstance(json.loads(line), dict) for line in done.out.splitlines())


MANY = [["compare", "all", "--all", "--diff-requirements"], ["compare", "2,1"], ["check", "all", "raw is nan", "name ~ *"],
        ["wait", "all", "--timeout", "0s"], ["wait", "1", "--for", "description = x", "--timeout", "0s"]]  # fmt: skip


@pytest.mark.parametrize("words", MANY, ids=" ".join)
def test_commands_on_several_runs_obey_no_text_either(made: Make, words: list[str]) -> None:
    shown = on_terminal(*words, "--no-pager", "-l", made("texts"))
    assert shown.unharmed, (words, HARMLESS.match(shown.raw))
    assert b"Traceback" not in shown.raw
    for format in ("tsv", "csv", "md", "table", "jsonl"):
        done = bounded(*words, "-o", format, "-l", made("texts"))
        assert done.code in (0, 5, 6)
        assert done.out
        controls = set(done.out.decode()) & {*map(chr, range(32)), *map(chr, range(0x7F, 0xA0))}
        assert controls <= {"\n", "\t", "\r"}, (words, controls)


def test_json_is_strict_whatever_the_texts(made: Make) -> None:
    for kind, metric in KINDS:
        for words in hostile.commands(metric):
            if "--best" in words or "--sort" in words or "-n" in words:
                continue
            done = bounded(*words, "--json", "-l", made(kind))
            assert done.sentence, (words, done.err[:200])
            for line in done.out.splitlines():
                assert json.loads(line)["code"] in (0, 3404)


def test_errors_that_repeat_a_name_stay_short_and_plain(made: Make) -> None:
    for name in (*(hostile.TEXTS[kind] for kind in ("title", "eight bits", "bidi", "lines", "markup")), "n" * 50_000):
        if "\0" in name:
            continue
        for words in (["status", name], ["metric", "1", name + "?"], ["project", "-m", name]):
            done = bounded(*words, "-l", made("texts"))
            assert done.sentence, done.err[:300]
            assert len(done.err) < 5000
            assert not set(done.err) & {"\x1b", "\x9b", "\u202e", "\r", "\b"}


def test_completion_offers_no_control(made: Make) -> None:
    for words in (["metric", "1", ""], ["status", ""], ["experiment", ""]):
        done = bounded("__complete", *words, "-l", made("texts"))
        assert not set(done.out.decode()) & {"\x1b", "\x9b", "\x07", "\r", "\b", "\0"}
        assert done.err == ""
