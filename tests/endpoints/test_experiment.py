"""What the experiment endpoint answers, byte for byte."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.logdirs import LATER, TIME, Logdir, Run, answer, failure, success

HEAD = (
    '{"id":1,"run_id":"run-20250321_125800-abc0def","name":"base","description":"","sort":0,"status":1,"show":1,'
    f'"more":"","version":"0.7.20","create_time":"{TIME}","update_time":"{LATER}","finish_time":"{LATER}",'
)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """The only run of a logdir."""
    return Logdir(tmp_path).run()


def experiment(run: Run) -> tuple[int, bytes, list[str]]:
    return answer(run.logdir, "experiment", experiment=1)


def test_config_stands_before_the_system(run: Run) -> None:
    run.file("config.yaml", "lr:\n  value: 1.0e-3\n  desc: ''\n  sort: 0\n")
    run.file("swanlab-metadata.json", '{"hostname": "node7", "gpu": null}')
    assert experiment(run) == (
        200,
        success(HEAD + '"config":{"lr":{"value":0.001,"desc":"","sort":0}},"system":{"hostname":"node7","gpu":null}}'),
        [],
    )


def test_missing_files_leave_no_config_and_an_empty_system(run: Run) -> None:
    assert experiment(run) == (200, success(HEAD + '"system":{}}'), [])
    shutil.rmtree(run.folder)
    assert experiment(run) == (200, success(HEAD + '"system":{}}'), [])


def test_empty_files_are_a_null_config_and_an_empty_system(run: Run) -> None:
    run.file("config.yaml", "")
    run.file("swanlab-metadata.json", "")
    assert experiment(run) == (200, success(HEAD + '"config":null,"system":{}}'), [])


@pytest.mark.parametrize("text", ["{", "\x00", "nul", "{'a': 1}", "[" * 100_000])
def test_unreadable_metadata_is_an_empty_system_with_a_warning(run: Run, text: str) -> None:
    run.file("swanlab-metadata.json", text)
    status, body, notes = experiment(run)
    assert (status, body) == (200, success(HEAD + '"system":{}}'))
    assert len(notes) == 1
    assert "swanlab-metadata.json is unreadable" in notes[0]


@pytest.mark.parametrize(
    "text",
    [
        "a: [1",
        "\x00",
        "a: !!python/object/apply:os.system ['touch /tmp/owned']",
        "a: !!python/name:os.system",
        "a: &x [*x]",
        "? [1, 2]\n: 3\n? {a: b}\n: 4\n",
        "a: 2025-13-45",
        "a: 0x" + "f" * 9000,
        "a: " + "9" * 9000,
        "[" * 5000 + "]" * 5000,
        b"\xff\xfe\xfd",
        "a: &a [1,1,1,1,1,1,1,1]\n"
        + "".join(f"{b}: &{b} [*{a},*{a},*{a},*{a},*{a},*{a},*{a},*{a}]\n" for a, b in zip("abcdefgh", "bcdefghi")),
    ],
    ids=["flow", "nul", "apply", "name", "recursive", "key", "date", "hex", "digits", "deep", "bytes", "bomb"],
)  # fmt: skip
def test_unreadable_config_is_null_with_a_warning(run: Run, text: str | bytes) -> None:
    run.file("config.yaml", text)
    status, body, notes = experiment(run)
    assert (status, body) == (200, success(HEAD + '"config":null,"system":{}}'))
    assert len(notes) == 1
    assert "config.yaml is unreadable" in notes[0]


@pytest.mark.parametrize(
    ("text", "config"),
    [
        ("a: 2025-03-21", '{"a":"2025-03-21"}'),
        ("a: 2025-03-21T04:58:06Z", '{"a":"2025-03-21T04:58:06+00:00"}'),
        ("2025-03-21: 1", '{"2025-03-21":1}'),
        ("a: .nan\nb: -.inf\nc: .inf", '{"a":"NaN","b":"-INF","c":"INF"}'),
        (".nan: 1", '{"NaN":1}'),
        ("a: yes\nb: 017\nc: 12:30:45", '{"a":true,"b":15,"c":45045}'),
        ("d: 1_000\ne: 1e-4\nf: 1.0e+3", '{"d":1000,"e":"1e-4","f":1000.0}'),
        ("a: !!python/tuple [1, 2]", '{"a":[1,2]}'),
        ("~: 1\n1.5: 2\ntrue: 3\n2: 4\n'2': 5", '{"null":1,"1.5":2,"true":3,"2":4,"2":5}'),
        ("- 1\n- 训", '[1,"训"]'),
        ("a: !!set {x, y}", '{"a":["x","y"]}'),
        ("a: !!binary aGk=", '{"a":"hi"}'),
        ("just text", '"just text"'),
    ],
)  # fmt: skip
def test_config_is_what_yaml_1_1_makes_of_it(run: Run, text: str, config: str) -> None:
    run.file("config.yaml", text)
    assert experiment(run) == (200, success(HEAD + f'"config":{config},"system":{{}}}}'), [])


@pytest.mark.parametrize(
    ("text", "system"),
    [
        ('{"a": NaN, "b": [Infinity, -Infinity]}', '{"a":"NaN","b":["INF","-INF"]}'),
        ('["x"]', '["x"]'),
        ('{"a": "\\u0000\\u000b\\u2028\\ud800"}', '{"a":"\\u0000\\u000b\u2028\\ud800"}'),
        ('{"a": 123456789012345678901234567890}', '{"a":123456789012345678901234567890}'),
    ],
)
def test_system_is_the_json_of_the_metadata(run: Run, text: str, system: str) -> None:
    run.file("swanlab-metadata.json", text)
    assert experiment(run) == (200, success(HEAD + f'"system":{system}}}'), [])


def test_missing_columns_of_old_databases_are_null(run: Run) -> None:
    run.logdir.sql("alter table experiment drop column finish_time", "alter table experiment drop column version")
    _, body, _ = experiment(run)
    assert b'"version":null,' in body
    assert b'"finish_time":null,"system":{}}' in body


def test_unknown_experiment_is_not_found(run: Run) -> None:
    for id in (0, 2, 2**64, "run-x", "abc"):
        assert answer(run.logdir, "experiment", experiment=id)[:2] == (404, failure(3404, "experiment not found"))
