"""Which folder is taken for the logdir."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from swancli.errors import NoLogdir
from swancli.logdir.locate import locate
from tests.support.logdirs import Logdir

RUN = "run-20250321_125800-abc0def"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with ./swanlog in it."""
    Logdir(tmp_path / "home/swanlog").run()
    monkeypatch.chdir(tmp_path / "home")
    return tmp_path / "home"


def located(named: str | None) -> tuple[str, list[str]]:
    notes: list[str] = []
    return os.path.realpath(locate(named, notes.append)), notes


def test_without_a_name_it_is_swanlog_in_the_working_folder(home: Path) -> None:
    assert located(None) == (str(home / "swanlog"), [])


@pytest.mark.parametrize(("folder", "notes"), [("swanlog", 0), (f"swanlog/{RUN}", 1)])
def test_without_a_name_the_working_folder_may_be_the_logdir_or_a_run_in_it(
    home: Path, monkeypatch: pytest.MonkeyPatch, folder: str, notes: int
) -> None:
    monkeypatch.chdir(home / folder)
    path, told = located(None)
    assert (path, len(told)) == (str(home / "swanlog"), notes)


@pytest.mark.parametrize("named", ["swanlog", "swanlog/", "./swanlog", "../home/swanlog"])
def test_named_logdir_is_taken_as_it_is(home: Path, named: str) -> None:
    assert located(named) == (str(home / "swanlog"), [])


@pytest.mark.parametrize("named", [".", "../home", f"swanlog/{RUN}", f"swanlog/{RUN}/", "swanlog/runs.swanlab"])
def test_path_one_level_off_is_put_right_with_a_note(home: Path, named: str) -> None:
    path, notes = located(named)
    assert path == str(home / "swanlog")
    assert len(notes) == 1
    assert named in notes[0]
    assert "not a logdir; reading" in notes[0]


@pytest.mark.parametrize(("named", "reason"), [("nowhere", "no such folder"), ("file", "it is a file")])
def test_path_that_is_no_folder_is_refused(home: Path, named: str, reason: str) -> None:
    (home / "file").write_text("")
    with pytest.raises(NoLogdir, match=f"no logdir at {named}: .*{reason}"):
        located(named)


def test_nothing_found_says_where_was_looked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NoLogdir) as error:
        located(None)
    assert str(tmp_path / "swanlog") in str(error.value)
    assert "--logdir" in str(error.value)


def test_folder_without_a_database_is_taken_for_what_it_was_named(home: Path) -> None:
    (home / "empty").mkdir()
    assert located("empty") == (str(home / "empty"), [])


def test_tilde_is_the_home_folder(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(home))
    assert located("~/swanlog") == (str(home / "swanlog"), [])


def test_symlink_to_a_logdir_is_followed_and_so_is_the_run_above_it(home: Path) -> None:
    (home / "link").symlink_to(home / "swanlog")
    assert located("link") == (str(home / "swanlog"), [])
    assert located(f"link/{RUN}")[0] == str(home / "swanlog")
