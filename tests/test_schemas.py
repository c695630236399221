"""docs/schema: every recorded answer, and every answer on runs of offline mode, is what the schema says."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from referencing import Registry, Resource

from swancli.demo import SAMPLE
from swancli.endpoints import CHARTS, METRIC, PROJECT, ROUTES, SUMMARY
from swancli.source import LocalSource
from tests.support.corpus_cases import answers, cases

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs" / "schema"
OFFLINE = sorted((ROOT / "tests" / "corpus_offline").glob("*-offline/*"))
SCHEMAS = {
    path.stem: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted(FOLDER.glob("*.json"))
    if not path.name.startswith("v1-")  # tests/server/test_details_schemas.py
}
REGISTRY: Registry[Any] = Registry().with_resources(
    (f"{name}.json", Resource.from_contents(schema)) for name, schema in SCHEMAS.items()
)


def validate(route: str, body: bytes) -> None:
    """Hold an answer's body against its command's schema."""
    jsonschema.Draft202012Validator(SCHEMAS[route], registry=REGISTRY).validate(json.loads(body))


def test_every_command_has_a_schema_and_every_schema_is_one() -> None:
    assert set(SCHEMAS) == {*ROUTES, "error"}
    for name, schema in SCHEMAS.items():
        jsonschema.Draft202012Validator.check_schema(schema)
        assert schema["$id"] == f"{name}.json"


@pytest.mark.slow
@pytest.mark.parametrize("case", cases())
def test_every_recorded_answer_fits(case: str, corpus: Callable[[str], Path]) -> None:
    source = LocalSource(str(corpus(case)))
    for answer in answers(case):
        if answer.route is None:
            continue
        route, parameters = answer.route
        body = source.get(ROUTES[route], **parameters).read()
        validate(route, body)
        if answer.status < 500 and answer.body and not answer.differs_on_purpose():
            validate(route, answer.body)


@pytest.mark.parametrize("logdir", OFFLINE, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_answers_on_offline_runs_fit(logdir: Path) -> None:
    source = LocalSource(str(logdir))
    validate("project", source.get(PROJECT).read())
    validate("project", source.get(PROJECT, all=True).read())
    for row in source.experiments():
        id = row["id"] if row["id"] is not None else row["run_id"]
        for route in ("experiment", "charts", "status", "summary", "logs"):
            validate(route, source.get(ROUTES[route], experiment=id).read())
        validate("charts", source.get(CHARTS, experiment=id, system=True).read())
        for name in source.metrics(id):
            validate("metric", source.get(METRIC, experiment=id, metric=name).read())


def test_the_schemas_refuse_what_is_something_else() -> None:
    body = json.loads(LocalSource(SAMPLE).get(SUMMARY, experiment=1).read())
    del body["data"]["summaries"][0]["value"]
    with pytest.raises(jsonschema.ValidationError):
        validate("summary", json.dumps(body).encode())
    body = json.loads(LocalSource(SAMPLE).get(PROJECT).read())
    body["data"]["experiments"][0]["colour"] = "red"
    with pytest.raises(jsonschema.ValidationError):
        validate("project", json.dumps(body).encode())


@pytest.mark.parametrize("words", [["summary", "9"], ["metric", "1", "nothing"], ["logs", "nobody"]])
def test_errors_of_the_real_command_fit(words: list[str]) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "swancli", *words, "--json", "-l", SAMPLE], capture_output=True, check=False
    )
    assert run.returncode == 3
    validate(words[0], run.stdout)


def test_fields_that_may_be_null_in_old_databases_say_since_when_they_are_there() -> None:
    def walk(schema: Any) -> None:
        if isinstance(schema, dict):
            if "null in databases" in str(schema.get("description", "")):
                assert "since" in schema, schema
            for value in schema.values():
                walk(value)

    walk(SCHEMAS)
