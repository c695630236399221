"""Databases made to be costly, or to run something: a query ends, and only plain tables are read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from swancli.logdir.local import reader
from tests.support.logdirs import Logdir, points
from tests.trust import hostile
from tests.trust.child import batch, bounded

pytestmark = pytest.mark.slow

REFUSED = {"views", "one view", "computed columns", "virtual table"}
COMMANDS = [
    "project --json",
    "project",
    "charts 1 --json",
    "summary 1 --json",
    "status 1 --json",
    "metric 1 loss --json",
]


@pytest.mark.parametrize("name", [name for name in hostile.DATABASES if name not in ("loop", "large cells")])
def test_made_up_database_ends_in_an_answer_or_a_sentence(tmp_path: Path, name: str) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    run = logdir.run()
    run.metric("loss", points(3))
    hostile.DATABASES[name](logdir)
    logdir.close()
    done = batch([[*words.split(), "-l", logdir.path] for words in COMMANDS], tmp_path, seconds=60)
    assert (done.code, done.sentence, done.crimes) == (0, True, ""), done.err
    answers = [json.loads(line)["code"] for line in done.out.splitlines() if line.startswith(b'{"code"')]
    assert len(answers) == len(COMMANDS) - 1
    assert set(answers) <= {0, 3500}
    assert set(answers) == {3500} if name in REFUSED else 0 in answers
    alone = bounded("summary", "1", "--json", "-l", logdir.path)
    assert (alone.code, alone.sentence) == (1 if answers[2] else 0, True)


@pytest.mark.parametrize("name", ["loop", "large cells"])
def test_database_without_end_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """With a tenth of the patience, so as not to wait for it here."""
    from tests.support.logdirs import answer

    monkeypatch.setattr(reader, "MAX_INSTRUCTIONS", reader.MAX_INSTRUCTIONS // 10)
    monkeypatch.setattr(reader, "MAX_TEXT_BYTES", reader.MAX_TEXT_BYTES // 10)
    logdir = Logdir(tmp_path)
    run = logdir.run()
    run.metric("loss", points(3))
    hostile.DATABASES[name](logdir)
    logdir.close()
    for route in ("summary", "metric", "experiment"):
        status, body, _ = answer(tmp_path, route, experiment=1, **({"metric": "loss"} if route == "metric" else {}))
        assert json.loads(body)["code"] == {200: 0, 500: 3500}[status]
        assert status == 500 or (name, route) == ("loop", "experiment")


def test_database_that_would_fill_the_disk_is_not_copied(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path / "swanlog", wal=True)
    logdir.run()
    with (logdir.path / "runs.swanlab-wal").open("r+b") as file:
        file.truncate(1 << 40)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    done = bounded("project", "--json", "-l", logdir.path, env={"TMPDIR": str(scratch)})
    assert (done.code, json.loads(done.out)["code"]) == (1, 3500)
    assert "and a journal" in done.err
    assert list(scratch.iterdir()) == []


def test_limits_leave_room_for_what_is_real(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path)
    run = logdir.run()
    run.metric("m0", points(3))
    logdir.sql(
        f"{hostile.ENDLESS} insert into tag select i + 9, 1, 'm' || i, 'm' || i, 'line', '', 0, i, '', '', '' from n limit 20000"
    )
    logdir.close()
    done = bounded("summary", "1", "--json", "-l", tmp_path)
    assert done.code == 0
    assert len(json.loads(done.out)["data"]["summaries"]) == 20_001
