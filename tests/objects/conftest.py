"""An S3 on loopback, for all tests of a process, and an environment in which it is found."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.object_store import ObjectStore, object_store


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectStore]:
    """The server."""
    with object_store(tmp_path_factory.mktemp("s3")) as found:
        yield found


@pytest.fixture
def s3(running: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> ObjectStore:
    """The server, and the variables that lead to it."""
    from swancli.objects import mount

    for name, value in running.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(mount, "_buckets", {})
    monkeypatch.setattr(mount, "_trees", {})
    return running
