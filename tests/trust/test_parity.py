"""One answer, three ways: from the logdir, through `serve`, and through the URL of that server."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest

from swancli.endpoints import ROUTES
from swancli.remote.address import path_of
from swancli.remote.source import RemoteSource
from swancli.server.app import App
from swancli.source import LocalSource
from tests.support.corpus_cases import answers, cases, expected
from tests.support.stub_server import Serving

pytestmark = pytest.mark.slow

ENDPOINTS = {
    "project": "/api/v1/project",
    "experiment": "/api/v1/experiment/{experiment}",
    "charts": "/api/v1/experiment/{experiment}/chart",
    "metric": "/api/v1/experiment/{experiment}/tag/{metric}",
    "logs": "/api/v1/experiment/{experiment}/recent_log",
    "status": "/api/v1/experiment/{experiment}/status",
    "summary": "/api/v1/experiment/{experiment}/summary",
}


@pytest.fixture(scope="module")
def server() -> Iterator[Serving]:
    made = Serving(LocalSource("."))
    yield made
    made.close()


@pytest.fixture
def served(server: Serving, corpus: Callable[[str], Path]) -> Iterator[Callable[[str], Serving]]:
    """Give a server of a case's logdir."""
    apps: list[App] = []

    def of(case: str) -> Serving:
        path = str(corpus(case))
        apps.append(App(lambda: LocalSource(path)))
        server.app = apps[-1]
        return server

    yield of
    for app in apps:
        app.close()


@pytest.mark.parametrize("case", cases())
def test_three_ways_give_the_same_bytes(
    case: str, served: Callable[[str], Serving], corpus: Callable[[str], Path]
) -> None:
    routes = [answer.route for answer in answers(case) if answer.route]
    unique = {json.dumps(route, sort_keys=True): route for route in routes}
    server = served(case)
    with closing(RemoteSource(server.url)) as remote:
        for word, parameters in unique.values():
            with closing(LocalSource(str(corpus(case)))) as local:
                reply = local.get(ROUTES[word], **parameters)
                here = (reply.status, reply.read())
            status, body, headers = server.ask(path_of(ENDPOINTS[word], parameters))
            assert (status, body) == here, (word, parameters)
            assert headers["content-type"] == "application/json"
            there = remote.get(ROUTES[word], **parameters)
            assert (there.status, there.read()) == here, (word, parameters)


@pytest.mark.parametrize("case", cases())
def test_a_server_answers_every_recorded_path_as_swanboard_did(
    case: str, served: Callable[[str], Serving], corpus: Callable[[str], Path]
) -> None:
    server = served(case)
    for answer in answers(case):
        status, body, _ = server.ask(quote(answer.path, safe="/%?&=+:,;@!$'()*~[]|^`{}<>\"\\#-._"))
        if (status, body) != (answer.status, expected(answer, corpus(case))):
            assert answer.differs_on_purpose(), (answer.path, body[:200])
            assert status < 500 or b'"code":3500' in body, (answer.path, body)
            json.loads(body)


def test_a_relay_hands_the_same_bytes_on(served: Callable[[str], Serving], corpus: Callable[[str], Path]) -> None:
    case = "names-b-0.10.3"
    server = served(case)
    upstream = RemoteSource(server.url)
    relay = Serving(upstream)
    try:
        for answer in answers(case):
            path = quote(answer.path, safe="/%?&=+:,;@!$'()*~#")
            there, here = relay.ask(path), server.ask(path)
            assert there[:2] == here[:2], path
            assert there[2]["content-type"] == here[2]["content-type"]
    finally:
        relay.close()
        upstream.close()
