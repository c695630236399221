"""Every test of the view has folders of its own for its state and its configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from swancli.demo import write_demo


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of what is kept of views."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path / "state"


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """The sample logdir."""
    write_demo(str(tmp_path / "swanlog"))
    return tmp_path / "swanlog"
