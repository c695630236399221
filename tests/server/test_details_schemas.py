"""docs/schema/v1-*.json: what a server answers below /swancli/v1 is what the schemas say."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import jsonschema
import pytest
from referencing import Registry, Resource

from scripts.make_schemas import FOLDER, made
from swancli.demo import SAMPLE, write_demo
from swancli.model import FACTS, FUNCTIONS
from swancli.remote.source import RemoteSource
from swancli.server.details import CAPABILITIES
from swancli.several import Several
from swancli.source import LocalSource
from tests.support.corpus_cases import CORPUS, cases
from tests.support.stub_server import Serving, serving

OFFLINE = sorted((CORPUS.parent / "corpus_offline").glob("*-offline/*"))
SCHEMAS: dict[str, Any] = {path.name: json.loads(path.read_bytes()) for path in sorted(FOLDER.glob("v1-*.json"))}
REGISTRY: Registry[Any] = Registry().with_resources(
    (name, Resource.from_contents(schema)) for name, schema in SCHEMAS.items()
)
V1 = "/swancli/v1"
STREAMED = ("metrics", "logs")
EXCERPTS = ("", "&all=1", "&all=any", "&head=2", "&tail=2", "&steps=1:3", "&after=0", "&later=1")
LOGS = ("", "?tail=2", "?after=0", "?after=0&tail=2")


def check(kind: str, line: bytes, part: str = "") -> Any:
    """Hold a line against the schema of its kind of response, or a part of that; gives the line parsed."""
    found = json.loads(line)
    where = f"v1-{kind}.json" + (f"#/$defs/{part}" if part else "")
    jsonschema.Draft202012Validator({"$ref": where}, registry=REGISTRY).validate(found)
    return found


def check_streamed(kind: str, lines: list[bytes], responses: int = 1) -> None:
    """Hold the lines of a response with blocks against the schemas of first lines, blocks and last lines."""
    left = iter(lines)
    for _ in range(responses):
        line = next(left)
        check(kind, line)
        if "error" in json.loads(line):
            check("error", line)
            continue
        check(kind, line, "first")
        while not json.loads(line := next(left)).get("end"):
            check(kind, line)
            check(kind, line, "block")
        check(kind, line)
        check(kind, line, "last")
    assert not list(left)


def ask(server: Serving, kind: str, path: str, responses: int = 1) -> Any:
    """The first line of a response, all of whose lines fit; of an error, too."""
    status, body, _ = server.ask(path)
    lines = body.splitlines()
    if status != 200:
        assert status in (404, 422, 500, 502), path
        assert list(check("error", body)) == ["error", "notes"]
    if kind in STREAMED and status == 200:
        check_streamed(kind, lines, responses)
    else:
        assert len(lines) == 1
        check(kind, lines[0])
    return json.loads(lines[0])


def columns(metric: str | None) -> str:
    """The query for each kind of column."""
    spelled = [f"fact:{name}" for name in FACTS] + ["config:lr", "config:none"]
    if metric is not None:
        spelled += [f"{name}:{'1:' if name == 'at' else ''}{metric}" for name in ("metric", *FUNCTIONS)]
    return urlencode([("value", one) for one in spelled])


def asked_of(server: Serving) -> Iterator[tuple[str, Any]]:
    """Ask for everything that the server has; the kind of each response, and its first line."""
    yield "about", ask(server, "about", V1)
    rows = ask(server, "experiments", f"{V1}/experiments").get("details", [])
    yield "experiments", ask(server, "experiments", f"{V1}/experiments?word=no+such+run")
    series: list[tuple[str, str]] = []
    some: str | None = None
    for row in rows:
        id = row["run_id"] if row["id"] is None else row["id"]
        address = f"{row['source']}:{id}" if "source" in row else str(id)
        word = f"{row['source']}:{id}" if "source" in row else row["run_id"]
        found = ask(server, "experiments", f"{V1}/experiments?{urlencode({'word': word})}")
        assert word in (address, *(one["run_id"] for one in found["details"]))
        yield "experiments", found
        run = f"{V1}/experiments/{quote(address, safe='')}"
        names = ask(server, "names", f"{run}/names")
        yield "names", names
        for query in ("", "?requirements=1"):
            yield "experiment", ask(server, "experiment", run + query)
        for query in ("", "?shapes=1&system=1"):
            yield "charts", ask(server, "charts", f"{run}/charts{query}")
        yield "status", ask(server, "status", f"{run}/status")
        for query in ("", "?shapes=1", "?name=none"):
            yield "summary", ask(server, "summary", f"{run}/summary{query}")
        for query in LOGS:
            yield "logs", ask(server, "logs", f"{run}/logs{query}")
        series += [("experiment", address), ("name", "none")]
        for name in names.get("details", ()):
            some = some or name
            series.append(("name", name))
            for query in EXCERPTS:
                yield "metrics", ask(server, "metrics", f"{run}/metrics?{urlencode({'name': name})}{query}")
    one = urlencode({"name": some or "none"})
    for query in ("", f"?{one}&best=min&shapes=1", f"?{one}&best=max", "?name=*", "?name=none", f"?{columns(some)}"):
        yield "project", ask(server, "project", f"{V1}/project{query}")
    if rows:
        count = sum(name == "name" for name, _ in series)
        for query in ("", "&tail=2"):
            yield "metrics", ask(server, "metrics", f"{V1}/metrics?{urlencode(series)}{query}", count)
    for kind, path in (("experiment", "experiments/99"), ("metrics", "metrics"), ("metrics", "experiments/1/metrics")):
        found = ask(server, kind, f"{V1}/{path}")
        assert "error" in found
        yield kind, found


def kinds_with_details(found: Iterator[tuple[str, Any]]) -> set[str]:
    """The kinds of responses of which at least one was no error."""
    return {kind for kind, line in found if "error" not in line}


def test_schemas_are_those_that_are_generated() -> None:
    there = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("v1-*.json")}
    assert there == made(), "run make docs"
    for name, schema in SCHEMAS.items():
        jsonschema.Draft202012Validator.check_schema(schema)
        assert schema["$id"] == name


def test_every_response_on_the_sample_fits() -> None:
    with serving(LocalSource(SAMPLE)) as server:
        kinds = kinds_with_details(asked_of(server))
    assert {f"v1-{kind}.json" for kind in kinds} == set(SCHEMAS) - {"v1-error.json"}


@pytest.mark.slow
@pytest.mark.parametrize("case", cases())
def test_every_response_on_a_recorded_logdir_fits(case: str, corpus: Callable[[str], Path]) -> None:
    with serving(LocalSource(str(corpus(case)))) as server:
        assert "about" in kinds_with_details(asked_of(server))


@pytest.mark.slow
@pytest.mark.parametrize("logdir", OFFLINE, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_every_response_on_runs_of_offline_mode_fits(logdir: Path) -> None:
    with serving(LocalSource(str(logdir))) as server:
        assert {"experiment", "project", "status"} <= kinds_with_details(asked_of(server))


def test_every_response_of_several_sources_fits(tmp_path: Path) -> None:
    write_demo(str(tmp_path / "a"))
    with serving(Several([("a", LocalSource(str(tmp_path / "a"))), ("b", LocalSource(str(OFFLINE[0])))])) as server:
        assert len(kinds_with_details(asked_of(server))) == len(SCHEMAS) - 1
        assert check("experiments", server.ask(f"{V1}/experiments")[1])["details"][0]["source"] == "a"


def test_every_response_of_a_relay_for_a_dashboard_fits() -> None:
    with (
        serving(LocalSource(SAMPLE), api_only=True) as dashboard,
        contextlib.closing(RemoteSource(dashboard.url)) as source,
        serving(source) as server,
    ):
        assert {"project", "metrics", "logs"} <= kinds_with_details(asked_of(server))


def set_at(found: Any, path: tuple[str | int, ...], value: object) -> bytes:
    """The line with the value at a path replaced."""
    inner = found
    for key in path[:-1]:
        inner = inner[key]
    assert path[-1] in inner or isinstance(inner, list)
    inner[path[-1]] = value
    return json.dumps(found).encode()


@pytest.mark.parametrize(
    ("kind", "path", "at", "value"),
    [
        ("about", "", ("version",), 1),
        ("experiments", "/experiments", ("details", 0, "run_id"), 5),
        ("names", "/experiments/1/names", ("details", 0), None),
        ("project", "/project", ("details", "experiments", 0, "state"), None),
        ("project", "/project", ("details", "experiments", 0, "metric", "step"), "7"),
        ("experiment", "/experiments/1", ("details", "duration"), "short"),
        ("charts", "/experiments/1/charts", ("details", "charts", 0, "source"), "loss"),
        ("charts", "/experiments/1/charts", ("details", "metrics", "train/loss", "points"), "many"),
        ("status", "/experiments/1/status", ("details", "on_disk_only"), "no"),
        ("summary", "/experiments/1/summary", ("details", "summaries", 0, "step"), "last"),
        ("summary", "/experiments/1/summary", ("notes",), None),
        ("metrics", "/experiments/1/metrics?name=train/loss", ("details", "count"), "7"),
        ("logs", "/experiments/1/logs", ("details", "error"), "none"),
        ("error", "/experiments/99", ("error", "message"), None),
    ],
)
def test_a_key_of_another_type_does_not_fit(kind: str, path: str, at: tuple[str | int, ...], value: object) -> None:
    with serving(LocalSource(SAMPLE)) as server:
        line = server.ask(V1 + path)[1].splitlines()[0]
    found = check(kind, line)
    with pytest.raises(jsonschema.ValidationError):
        check(kind, set_at(found, at, value))


@pytest.mark.parametrize(
    ("kind", "part", "line"),
    [
        ("metrics", "block", b'{"steps":[0],"values":[1.5]}'),
        ("metrics", "block", b'{"steps":[0],"values":[1.5],"times":[7]}'),
        ("logs", "block", b'{"lines":"text"}'),
        ("logs", "last", b'{"end":false,"notes":[]}'),
    ],
)
def test_a_damaged_block_or_last_line_does_not_fit(kind: str, part: str, line: bytes) -> None:
    for where in ("", part):
        with pytest.raises(jsonschema.ValidationError):
            check(kind, line, where)


def test_keys_that_a_newer_server_adds_fit() -> None:
    with serving(LocalSource(SAMPLE)) as server:
        found = json.loads(server.ask(f"{V1}/project")[1])
    found["details"]["experiments"][0]["colour"] = found["details"]["colour"] = found["colour"] = "red"
    check("project", json.dumps(found).encode())


def test_the_page_names_every_schema_and_every_capability() -> None:
    page = (FOLDER.parent / "http.md").read_text(encoding="utf-8")
    for name in SCHEMAS:
        assert f"(schema/{name})" in page
    for name in CAPABILITIES:
        assert f"`{name}`" in page
