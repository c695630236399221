"""Which places the options, the environment and the configuration file name, and what each is called."""

from __future__ import annotations

from pathlib import Path

import pytest

from swancli import config
from swancli.errors import NoLogdir, UsageError
from swancli.places import Given, Place, configured, named_places, places


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The configuration file, not there yet."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in ("SWANCLI_URL", "SWANLAB_LOG_DIR"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "config" / "swancli").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "config" / "swancli" / "config.toml"


def names(given: Given) -> list[str]:
    return [place.name for place in places(given)]


def test_one_place_has_no_name_and_the_environment_names_one(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert places(Given()) == [Place()]
    assert places(Given(logdirs=["a"])) == [Place(logdir="a")]
    monkeypatch.setenv("SWANLAB_LOG_DIR", "b")
    assert places(Given()) == [Place(logdir="b")]
    monkeypatch.setenv("SWANCLI_URL", "http://c")
    assert places(Given()) == [Place(url="http://c")]


def test_names_are_the_shortest_that_tell_places_apart(file: Path) -> None:
    for path in ("a/swanlog", "b/swanlog", "b/c/x", "d/c/x"):
        Path(path).mkdir(parents=True)
    assert names(Given(logdirs=["a/swanlog", "b/swanlog"])) == ["a", "b"]
    assert names(Given(logdirs=["b/c/x", "d/c/x"])) == ["b.c.x", "d.c.x"]
    assert names(Given(logdirs=["node7:/data/swanlog", "u@node8:"], urls=["http://lab.example/swan"])) == [
        "node7", "node8", "lab.example",
    ]  # fmt: skip
    assert names(Given(urls=["http://h:1", "http://h:2"])) == ["h.1", "h.2"]
    assert names(Given(logdirs=["node7:/a/swanlog", "node7:/b/swanlog"])) == ["node7.a", "node7.b"]


def test_pattern_names_the_folders_that_match_it(file: Path) -> None:
    for path in ("runs/b/swanlog", "runs/a/swanlog"):
        Path(path).mkdir(parents=True)
    Path("runs/file").touch()
    assert [place.logdir for place in places(Given(logdirs=["runs/*/swanlog"]))] == ["runs/a/swanlog", "runs/b/swanlog"]
    with pytest.raises(NoLogdir, match="no folder matches"):
        places(Given(logdirs=["nothing/*"]))
    Path("odd[1]").mkdir()
    assert places(Given(logdirs=["odd[1]"])) == [Place(logdir="odd[1]")]


def test_the_same_place_twice_is_one(file: Path) -> None:
    assert len(places(Given(logdirs=["a", "a", "b"]))) == 2


CONFIG = """
[sources.node7]
logdir = "node7:/data/swanlog"
remote_command = "venv/bin/swancli"

[sources.lab]
url = "https://user:secret@lab.example"
token_file = "~/token"
timeout = 5
"""


def test_configuration_file_names_sources(file: Path) -> None:
    file.write_text(CONFIG)
    node7, lab = configured()
    assert (node7.name, node7.logdir, node7.remote_command) == ("node7", "node7:/data/swanlog", "venv/bin/swancli")
    assert (lab.timeout, lab.token_file) == (5, str(Path.home() / "token"))
    assert "secret" not in lab.where
    assert names(Given(sources=["all"])) == ["node7", "lab"]
    assert places(Given(sources=["lab"], timeout=1.0))[0].timeout == 1.0
    assert [place.name for place in named_places(Given())] == ["node7", "lab"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[sources", "config.toml"),
        ("sources = 3", "sources must be a table"),
        ("[source.x]\nurl='http://x'", "unknown table 'source'"),
        ("[sources.x]\nurll='http://x'", "unknown key of sources.x 'urll'"),
        ("[sources.x]\nurl='http://x'\nlogdir='y'", "either logdir or url"),
        ("[sources.x]\ntimeout=3", "either logdir or url"),
        ("[sources.x]\nurl=3", "sources.x.url must be a string"),
        ("[sources.x]\nurl='http://x'\ntimeout='3'", "sources.x.timeout must be a number"),
        ("[sources]\nx=3", "sources.x must be a table"),
        ("[sources.all]\nurl='http://x'", "must not be 'all'"),
        ("[sources.'a:b']\nurl='http://x'", "must not be 'all' or contain ':'"),
    ],
)
def test_mistake_in_the_configuration_file_is_named(file: Path, text: str, sentence: str) -> None:
    file.write_text(text)
    with pytest.raises(UsageError) as caught:
        configured()
    assert sentence in str(caught.value)
    assert str(file) in str(caught.value)


def test_missing_file_is_an_empty_one_and_an_unknown_source_is_named(file: Path) -> None:
    assert config.load() == {}
    with pytest.raises(UsageError, match="no sources in"):
        places(Given(sources=["all"]))
    file.write_text(CONFIG)
    with pytest.raises(UsageError, match="no source 'nope' in the configuration file; it has node7, lab"):
        places(Given(sources=["nope"]))


def test_file_that_cannot_be_read_is_an_error(file: Path) -> None:
    file.mkdir()
    with pytest.raises(UsageError, match="cannot read"):
        config.load()
