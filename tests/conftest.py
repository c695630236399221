"""What all tests share: a neutral environment, and copies of the recorded logdirs."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.support.corpus_cases import copy_logdir

# Tests say themselves what they want of these; a developer's own settings must not change an outcome.
for name in (
    "SWANCLI_URL",
    "SWANLAB_LOG_DIR",
    "SWANCLI_CONFIG",
    "NO_COLOR",
    "FORCE_COLOR",
    "CLICOLOR_FORCE",
    "COLUMNS",
    "LINES",
    "PAGER",
    "LC_ALL",
):
    os.environ.pop(name, None)
os.environ.update(TZ="UTC", LANG="C.UTF-8", TERM="xterm-256color", SWANCLI_CACHE="off")
time.tzset()
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as in the background of a script; what is started inherits it
    signal.signal(signal.SIGINT, signal.default_int_handler)
if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:  # as under nohup
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


# No example is wrong for having been slow: how fast the machine is, is not what is tested.
settings.register_profile("swancli", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("swancli")


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Give the copy of a case's logdir by the case's name: one copy a session, to be read only."""
    folder = tmp_path_factory.mktemp("corpus")
    copies: dict[str, Path] = {}

    def copy(case: str) -> Path:
        if case not in copies:
            copies[case] = copy_logdir(case, folder / case / "swanlog")
        return copies[case]

    return copy
