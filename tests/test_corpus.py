"""Every recorded answer of swanboard, asked again: all in-process, a part through the real command."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest

from swancli.endpoints import PROJECT, ROUTES, SUMMARY
from swancli.source import open_source
from tests.support.corpus_cases import (
    CORPUS,
    NOT_FOUND,
    Answer,
    answers,
    cases,
    copy_logdir,
    expected,
    fingerprint,
)

ASKED = [answer for case in cases() for answer in answers(case) if answer.route]
WORDS = ["project", "experiment", "charts", "metric", "logs", "status", "summary"]


def name(answer: Answer) -> str:
    """A test's id: case and path."""
    return f"{answer.case} {answer.path.removeprefix('/api/v1/')[:80]}"


def refuse_constant(text: str) -> Any:
    """NaN and Infinity are not JSON."""
    raise AssertionError(f"{text} in a body")


def check(answer: Answer, status: int, body: bytes, logdir: Path) -> None:
    """Our answer is the recorded one, byte for byte; or, where swanboard fails, one that we document."""
    if body == expected(answer, logdir) and status == answer.status:
        return
    reason = answer.differs_on_purpose()
    assert reason, f"{body[:300]!r} instead of {expected(answer, logdir)[:300]!r}"
    envelope = json.loads(body, parse_constant=refuse_constant)
    if status == 200:
        assert list(envelope) == ["code", "message", "data"], reason
    else:
        assert (status, body in NOT_FOUND) == (404, True), reason


def some_for_the_command() -> list[Answer]:
    """One answer a case, each time of another endpoint, and all metrics of a case with odd names."""
    chosen = []
    for turn, case in enumerate(cases()):
        asked = [answer for answer in ASKED if answer.case == case]
        wanted = [answer for answer in asked if answer.route and answer.route[0] == WORDS[turn % len(WORDS)]]
        chosen += (wanted or asked)[:1]
    odd = [answer for answer in ASKED if answer.case == "names-b-0.10.3" and "/tag/" in answer.path]
    return chosen + odd[::4]


@pytest.mark.parametrize("answer", ASKED, ids=name)
def test_answer_is_what_swanboard_answered(answer: Answer, corpus: Callable[[str], Path]) -> None:
    logdir = corpus(answer.case)
    assert answer.route
    word, parameters = answer.route
    source = open_source(logdir=str(logdir))
    try:
        reply = source.get(ROUTES[word], **parameters)
        check(answer, reply.status, reply.read(), logdir)
    finally:
        source.close()


@pytest.mark.parametrize("case", cases())
def test_reading_a_logdir_changes_nothing_in_it(case: str, tmp_path: Path) -> None:
    logdir = copy_logdir(case, tmp_path / "swanlog")
    before = fingerprint(logdir)
    source = open_source(logdir=str(logdir))
    for answer in [answer for answer in ASKED if answer.case == case]:
        assert answer.route
        source.get(ROUTES[answer.route[0]], **answer.route[1]).read()
    source.close()
    assert fingerprint(logdir) == before


@pytest.mark.slow
@pytest.mark.parametrize("answer", some_for_the_command(), ids=name)
def test_command_prints_what_swanboard_answered(answer: Answer, corpus: Callable[[str], Path]) -> None:
    logdir = corpus(answer.case)
    before = fingerprint(logdir)
    assert answer.route
    word, parameters = answer.route
    argv = [word, "--json", "--logdir", str(logdir), "--", *(str(value) for value in parameters.values())]
    done = subprocess.run([sys.executable, "-m", "swancli", *argv], capture_output=True, timeout=60)
    status = {0: 200, 3: 404}.get(done.returncode, done.returncode)
    assert done.stdout.endswith(b"\n"), done.stderr
    check(answer, status, done.stdout[:-1], logdir)
    assert fingerprint(logdir) == before


def test_truncated_database_is_damaged_data_and_says_which_file(corpus: Callable[[str], Path], tmp_path: Path) -> None:
    copyfile(corpus("dmg-db-truncated") / "runs.swanlab", tmp_path / "runs.swanlab")
    source = open_source(logdir=str(tmp_path))
    reply = source.get(PROJECT)
    source.close()
    body = json.loads(reply.read())
    assert (reply.status, body["code"]) == (500, 3500)
    assert "runs.swanlab" in body["message"]


def test_runs_of_a_truncated_database_are_read_from_their_record_files(corpus: Callable[[str], Path]) -> None:
    source = open_source(logdir=str(corpus("dmg-db-truncated")))
    experiments = json.loads(source.get(PROJECT).read())["data"]["experiments"]
    values = json.loads(source.get(SUMMARY, experiment=1).read())["data"]["summaries"]
    notes = source.notes
    source.close()
    assert [(one["id"], one["name"], one["status"]) for one in experiments] == [(1, "cut", 1)]
    assert [one["key"] for one in values][:2] == ["train/loss", "train/acc"]
    assert any("runs.swanlab is damaged" in note for note in notes)


def test_corpus_has_thirty_cases_and_every_endpoint_in_twelve_megabytes() -> None:
    assert len(cases()) >= 30
    assert {answer.route[0] for answer in ASKED if answer.route and answer.status == 200} == set(WORDS)
    assert sum(path.lstat().st_blocks * 512 for path in CORPUS.rglob("*")) < 12_000_000
