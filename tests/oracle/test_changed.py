"""Real logdirs changed at random: where swanboard answers, we answer the same bytes; where it fails, we still answer.

CHANGED=5000 tries more than CI does, SEED=7 others.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from pathlib import Path
from random import Random

import pytest

from swancli.endpoints import ROUTES
from swancli.source import LocalSource
from tests.oracle import changes
from tests.oracle.swanboard import Asked, clean_environ, environment, everything, path_of
from tests.support import corpus_cases

pytestmark = pytest.mark.oracle

COUNT = int(os.environ.get("CHANGED", "120"))
SEED = int(os.environ.get("SEED", "1"))
LARGEST = 1_000_000  # bytes of a logdir worth changing


class Swanboards:
    """swanboard for whatever lies at one path."""

    def __init__(self, logdir: Path) -> None:
        logdir.mkdir()
        program = [environment() / "bin" / "python", "-I", Path(__file__).with_name("answering.py"), logdir]
        self.process = subprocess.Popen(
            program,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=clean_environ(),
            cwd=logdir.parent,
        )

    def ask(self, paths: list[str]) -> list[tuple[int, bytes]] | None:
        """The answers for the logdir as it is now; None if it does not start on it."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(paths).encode() + b"\n")
        self.process.stdin.flush()
        found = json.loads(self.process.stdout.readline())
        if isinstance(found, dict):
            return None
        return [(status, body.encode("utf-8", "surrogateescape")) for status, body in found]

    def close(self) -> None:
        """End it."""
        self.process.communicate()


@pytest.fixture(scope="module")
def logdir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("changed").resolve() / "swanlog"


@pytest.fixture(scope="module")
def swanboards(logdir: Path) -> Iterator[Swanboards]:
    with closing(Swanboards(logdir)) as found:
        yield found


@cache
def bases() -> list[str]:
    """The cases on which swanboard starts, and whose database is one."""
    found = []
    for case in corpus_cases.cases():
        files = [path for path in (corpus_cases.CORPUS / case / "logdir").rglob("*") if path.is_file()]
        starts = corpus_cases.details(case)["swanboard"] == corpus_cases.SWANBOARD and "-db-" not in case
        if starts and sum(path.stat().st_size for path in files) < LARGEST:
            found.append(case)
    return found


def asked_of(logdir: Path) -> Asked:
    """Everything, but for metrics that a route of swanboard's takes for others."""
    return [
        (word, named)
        for word, named in everything(logdir)
        if word != "metric" or (named["metric"] and not {"\n", "\0", "\ufffd"} & set(named["metric"]))
    ]


def may_differ(word: str, wanted: bytes, status: int) -> bool:
    """Whether an answer of swanboard's is one that we give otherwise on purpose."""
    if word == "charts":  # of an experiment that is not there
        return wanted == corpus_cases.NO_CHARTS and status == 404
    # where two metrics have the same rank
    return word == "summary" and 0 in json.loads(wanted)["data"]["summaries"]


@pytest.mark.parametrize("case", bases())
def test_swanboard_is_asked_as_when_the_corpus_was_recorded(case: str, logdir: Path, swanboards: Swanboards) -> None:
    shutil.rmtree(logdir)
    corpus_cases.copy_logdir(case, logdir)
    known = [answer for answer in corpus_cases.answers(case) if answer.route]
    found = swanboards.ask([answer.path for answer in known])
    assert found is not None
    for answer, (status, body) in zip(known, found, strict=True):
        assert status == answer.status
        assert status >= 500 or body == corpus_cases.expected(answer, logdir), answer.path


@pytest.mark.parametrize("seed", range(SEED * 1_000_000, SEED * 1_000_000 + COUNT))
def test_changed_logdir_is_answered_as_swanboard_does(seed: int, logdir: Path, swanboards: Swanboards) -> None:
    random = Random(seed)
    case = random.choice(bases())
    shutil.rmtree(logdir)
    corpus_cases.copy_logdir(case, logdir)
    changes.change(random, logdir)
    asked = asked_of(logdir)
    with closing(LocalSource(str(logdir))) as source:
        ours = [(reply.status, reply.read()) for reply in (source.get(ROUTES[word], **named) for word, named in asked)]
    theirs = swanboards.ask([path_of(word, named) for word, named in asked])
    for (word, named), answer, wanted in zip(asked, ours, theirs or [(500, b"")] * len(asked), strict=True):
        if wanted[0] >= 500:
            assert answer[0] in (200, 404), (case, word, named, answer)
            json.loads(answer[1], parse_constant=pytest.fail)
        else:
            assert answer == wanted or may_differ(word, wanted[1], answer[0]), (case, word, named, answer, wanted)
