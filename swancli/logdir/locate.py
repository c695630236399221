"""Finding the logdir: the folder that was named, or the one meant by it."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable

from swancli.errors import DataError, NoLogdir
from swancli.logdir import disk

DEFAULT_LOGDIR = "swanlog"
RUN_FOLDER = re.compile(r"run-\d{8}_\d{6}-.+")
DATABASE = "runs.swanlab"


def is_logdir(path: str) -> bool:
    """Whether the folder contains a database or runs."""
    try:
        with disk.scandir(path) as entries:
            return any(entry.name == DATABASE or RUN_FOLDER.fullmatch(entry.name) for entry in entries)
    except OSError:
        return False


def is_run(path: str) -> bool:
    """Whether the folder is a run's."""
    return RUN_FOLDER.fullmatch(os.path.basename(os.path.abspath(path))) is not None


def enclosing(path: str) -> str | None:
    """The logdir, or the folder of a run, that a path on this machine is or lies in; None if there is none."""
    path = disk.realpath(path)
    while not (is_logdir(path) or is_run(path)):
        above = os.path.dirname(path)
        if above == path:
            return None
        path = above
    return path


def locate(named: str | None, note: Callable[[str], None]) -> str:
    """The logdir to read, given what -l or SWANLAB_LOG_DIR named; NoLogdir if there is none.

    Without a name it is ./swanlog or the working directory. A path one level too high or too low is corrected, which is
    reported to `note`.
    """
    if named is None:
        for path in (DEFAULT_LOGDIR, "."):
            if is_logdir(path):
                return path
        if is_run("."):
            return _moved(".", "..", note)
        looked = ", ".join(os.path.join(os.getcwd(), name).rstrip("/.") for name in (DEFAULT_LOGDIR, "."))
        raise NoLogdir(f"no logdir found: tried {looked}; specify one with --logdir DIR, or a dashboard with --url URL")
    path = os.path.expanduser(named)
    try:
        folder = stat.S_ISDIR(disk.stat(path).st_mode)
    except PermissionError as error:
        raise DataError(f"no permission to read {named}") from error
    except OSError as error:
        raise NoLogdir(f"no logdir at {named}: there is no such folder") from error
    if not folder:
        if os.path.basename(path).startswith(DATABASE):
            return _moved(path, os.path.dirname(path) or ".", note)
        raise NoLogdir(f"no logdir at {named}: it is a file")
    if not disk.access(path, os.R_OK | os.X_OK) or is_logdir(path):
        return path
    if is_run(path) and disk.isdir(os.path.join(path, "files")):
        return _moved(path, os.path.join(path, os.pardir), note)
    below = os.path.join(path, DEFAULT_LOGDIR)
    return _moved(path, below, note) if is_logdir(below) else path


def _moved(named: str, path: str, note: Callable[[str], None]) -> str:
    path = disk.normpath(os.path.join(os.getcwd(), path)) if path == ".." else disk.normpath(path)
    note(f"{named} is not a logdir; reading {path}")
    return path
