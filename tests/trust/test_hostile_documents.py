"""Configs, metadata, summaries and points made to be costly: each ends in bounded time and memory, and takes nothing else
with it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.logdirs import Logdir, point, points
from tests.trust import hostile
from tests.trust.child import batch, bounded

pytestmark = pytest.mark.slow

OWNED = Path("/tmp/owned")


@pytest.mark.parametrize("name", hostile.CONFIGS)
def test_config_builds_nothing_and_costs_little(tmp_path: Path, name: str) -> None:
    path = hostile.with_config(tmp_path / "swanlog", hostile.CONFIGS[name]).close()
    done = bounded("project", "--json", "-l", path, report=tmp_path / "report", seconds=15)
    assert (done.code, done.sentence, done.crimes) == (0, True, ""), done.err[:500]
    assert json.loads(done.out)["data"]["experiments"][0]["name"] == "base"
    assert not OWNED.exists()


@pytest.mark.parametrize("name", ["object", "sexagesimal", "deep closed lists", "huge integer", "keys of one hash"])
def test_config_that_is_refused_leaves_the_rest_of_the_experiment(tmp_path: Path, name: str) -> None:
    path = hostile.with_config(tmp_path / "swanlog", hostile.CONFIGS[name]).close()
    for words in (["experiment", "1", "--json"], ["experiment", "1"]):
        done = bounded(*words, "-l", path, seconds=15)
        assert done.code == 0
        assert done.err.startswith("swancli: warning: ")
        assert "config.yaml is unreadable" in done.err
    assert bounded("metric", "1", "loss", "--json", "-l", path).err == ""


def test_merge_keys_are_read_whole_or_refused(tmp_path: Path) -> None:
    path = hostile.with_config(tmp_path / "swanlog", hostile.CONFIGS["merge keys"]).close()
    done = bounded("experiment", "1", "--json", "-l", path, seconds=15)
    assert done.code == 0
    config = json.loads(done.out)["data"]["config"]
    if done.err:
        assert "config.yaml is unreadable" in done.err
        assert not config
    else:  # PyYAML 6.0.4 and later take each merged key once
        assert config == {f"a{n}": {"k": "v", "l": "w"} for n in range(40)}


@pytest.mark.parametrize("name", hostile.DOCUMENTS)
def test_json_of_any_kind_costs_little_wherever_it_stands(tmp_path: Path, name: str) -> None:
    text = hostile.DOCUMENTS[name]
    logdir = Logdir(tmp_path / "swanlog")
    run = logdir.run()
    run.file("swanlab-metadata.json", b'{"a":' + text + b"}")
    stamp = b', "create_time": "x"}\n'
    sound = point(9, 9.5) + b"\n"
    run.metric("value", {"1000.log": b'{"index": 1, "data": ' + text + stamp + sound})
    run.metric("index", {"1000.log": b'{"index": ' + text + b', "data": 1' + stamp + sound})
    run.metric("time", {"1000.log": b'{"index": 1, "data": 1, "create_time": ' + text + b"}\n" + sound})
    (run.metric("ends", points(3)) / "_summary.json").write_bytes(
        b'{"max":' + text + b',"min":' + text + b',"max_step":' + text + b',"min_step":' + text + b"}"
    )
    logdir.close()
    asked = [["experiment", "1"], ["summary", "1"], *(["metric", "1", m] for m in ("value", "index", "time", "ends"))]
    forms = (["--json"], ["-o", "jsonl"], ["-o", "table"])
    done = batch([[*words, *form, "-l", logdir.path] for words in asked for form in forms], tmp_path, seconds=60)
    assert (done.code, done.sentence, done.crimes) == (0, True, ""), done.err[-500:]
    assert "error" not in done.err
    assert done.out.count(b'"code":0,') == len(asked)
    assert done.out.count(b"9.5") >= 3 * len(forms)
