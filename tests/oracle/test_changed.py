"""Real logdirs changed at random: where swanboard answers, we answer the same bytes; where it fails, we still answer.

CHANGED=5000 tries more than CI does, SEED=7 others.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote

import pytest

from swancli.endpoints import ROUTES
from swancli.source import LocalSource
from tests import corpus_cases
from tests.oracle import changes
from tests.oracle.swanboard import clean_environ, environment

pytestmark = pytest.mark.oracle

COUNT = int(os.environ.get("CHANGED", "120"))
SEED = int(os.environ.get("SEED", "1"))
LARGEST = 1_000_000  # bytes of a logdir worth changing
UNKNOWN = 9999
Asked = list[tuple[str, dict[str, Any]]]


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


def bases() -> list[str]:
    """The cases on which swanboard starts, and whose database is one."""
    found = []
    for case in corpus_cases.cases():
        files = [path for path in (corpus_cases.CORPUS / case / "logdir").rglob("*") if path.is_file()]
        starts = corpus_cases.facts(case)["swanboard"] == corpus_cases.SWANBOARD and "-db-" not in case
        if starts and sum(path.stat().st_size for path in files) < LARGEST:
            found.append(case)
    return found


def everything(logdir: Path) -> Asked:
    """All endpoints of all experiments and metrics that the database names, and of some that it doesn't."""
    with closing(sqlite3.connect(f"file:{logdir / 'runs.swanlab'}?mode=ro", uri=True)) as database:
        database.text_factory = lambda text: text.decode("utf-8", "replace")
        ids = [id for (id,) in database.execute("select id from experiment")]
        tags = database.execute("select experiment_id, name from tag").fetchall()
    asked: Asked = [("project", {})]
    for id in [*ids, UNKNOWN]:
        asked += [(word, {"experiment": id}) for word in ROUTES if word not in ("project", "metric")]
        names = {name for owner, name in tags if owner == id and isinstance(name, str)} | {"no such metric"}
        # a route of swanboard's takes no other name
        asked += [
            ("metric", {"experiment": id, "metric": name})
            for name in sorted(names)
            if name and not {"\n", "\0", "\ufffd"} & set(name)
        ]
    return asked


def path_of(word: str, parameters: dict[str, Any]) -> str:
    return ROUTES[word].path.format(**{name: quote(str(value), safe="") for name, value in parameters.items()})


def may_differ(word: str, wanted: bytes, status: int) -> bool:
    """Whether an answer of swanboard's is one that we give otherwise on purpose."""
    if word == "charts":  # of an experiment that is not there
        return wanted == corpus_cases.NO_CHARTS and status == 404
    # where two metrics have the same rank
    return word == "summary" and 0 in json.loads(wanted)["data"]["summaries"]


def strict(body: bytes) -> Any:
    """JSON without the numbers that JSON hasn't."""

    def refuse(word: str) -> None:
        raise AssertionError(word)

    return json.loads(body, parse_constant=refuse)


@pytest.mark.parametrize("seed", range(SEED * 1_000_000, SEED * 1_000_000 + COUNT))
def test_changed_logdir_is_answered_as_swanboard_does(seed: int, logdir: Path, swanboards: Swanboards) -> None:
    random = Random(seed)
    case = random.choice(bases())
    shutil.rmtree(logdir)
    corpus_cases.copy_logdir(case, logdir)
    changes.change(random, logdir)
    asked = everything(logdir)
    with closing(LocalSource(str(logdir))) as source:
        ours = [(reply.status, reply.read()) for reply in (source.get(word, **named) for word, named in asked)]
    theirs = swanboards.ask([path_of(word, named) for word, named in asked])
    for (word, named), answer, wanted in zip(asked, ours, theirs or [(500, b"")] * len(asked), strict=True):
        if wanted[0] >= 500:
            assert answer[0] in (200, 404), (case, word, named, answer)
            strict(answer[1])
        else:
            assert answer == wanted or may_differ(word, wanted[1], answer[0]), (case, word, named, answer, wanted)
