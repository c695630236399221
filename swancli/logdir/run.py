"""The folder of a run: its config, metadata, console and metrics."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from swancli.logdir import disk
from swancli.logdir.paths import MAX_FILE_BYTES, is_below, is_name, read_below
from swancli.notes import Note

if TYPE_CHECKING:  # imported where they are needed: a command needs one or two of them
    from swancli.logdir.local.console import LocalConsole
    from swancli.logdir.local.series import LocalSeries
    from swancli.logdir.rows import TagRow
    from swancli.model import Data


class RememberedConfig(Protocol):
    """What is remembered about a run's config.yaml."""

    def get(self, folder: str) -> Data | None:
        """What `Run.config` returns for the run in this folder; None if it is not known."""

    def put(self, config: object) -> None:
        """Remember a config that was read after `get` was called."""


MAX_REQUIREMENTS_BYTES = 1 << 20
NOWHERE = os.path.join(os.devnull, "nowhere")  # a path at which nothing can exist


class Run:
    """The folder of one run below `root`; `name` comes from a database and may be anything."""

    def __init__(
        self, root: str, name: object, note: Note, refused: list[str] | None = None, is_link: bool | None = None
    ) -> None:
        """`refused` collects symlinks that point outside the logdir; `is_link` says if the folder is one, if known."""
        self.root, self.name, self._note = root, name, note
        self._has_logs: bool | None = None
        self._logs: str | None = None
        self._refused = [] if refused is None else refused
        self.remembered_config: Callable[[], RememberedConfig] | None = None  # asked before config.yaml is read
        self.looked_ahead: float | None = None  # the time of its last write, 0.0 if it has no files; see `state`
        self.folder = f"{root}/{name}" if is_name(name) else NOWHERE
        if is_link is not False and self._refuses(self.folder):
            note(f"{self.folder} points outside the logdir; skipped")
            self.folder = NOWHERE

    def path(self, *names: str) -> str:
        """A path in the run's folder; NOWHERE if a part of it is a symlink that points outside the logdir."""
        path = self.folder
        for name in names:
            if not is_name(name):
                return NOWHERE
            path = f"{path}/{name}"
            if self._refuses(path):
                return NOWHERE
        return path

    def _refuses(self, path: str) -> bool:
        """Whether a path is a symlink that points outside the logdir; if so, it is remembered."""
        if disk.islink(path) and not is_below(self.root, path):
            self._refused.append(path)
            return True
        return False

    def is_readable(self) -> bool:
        """Whether the folder, if it is there, may be read."""
        return disk.access(self.folder, os.R_OK | os.X_OK) or not disk.isdir(self.folder)

    def config(self) -> Data:
        """{"config": …}, None if config.yaml is empty or unreadable; {} if there is no file."""
        from swancli.logdir.files import Unreadable, parse_config

        memory = self.remembered_config() if self.remembered_config is not None else None
        if memory is not None and (known := memory.get(self.folder)) is not None:
            return known
        try:
            data = self._side_file("config.yaml")
            if data is None:
                return {}
            config = parse_config(data)
            if memory is not None:
                memory.put(config)
            return {"config": config}
        except OSError:
            return {"config": None}
        except Unreadable as error:
            self._note(f"{self.folder}/files/config.yaml is unreadable ({error})")
            return {"config": None}

    def metadata(self) -> object:
        """The system information; {} if the file is missing, empty or unreadable."""
        from swancli.logdir.files import Unreadable, parse_metadata

        try:
            return parse_metadata(self._side_file("swanlab-metadata.json") or b"")
        except OSError:
            return {}
        except Unreadable as error:
            self._note(f"{self.folder}/files/swanlab-metadata.json is unreadable ({error})")
            return {}

    def requirements(self) -> list[str] | None:
        """The lines of requirements.txt; None if the file is missing, unreadable or too large."""
        try:
            data = self._side_file("requirements.txt", MAX_REQUIREMENTS_BYTES)
        except OSError:
            return None
        return None if data is None else data.decode("utf-8", "replace").splitlines()

    def series(self, tag: TagRow) -> LocalSeries:
        """The points of a metric, given its row."""
        from swancli.logdir.local.series import LocalSeries

        folder = tag.get("folder")
        if not folder:
            from urllib.parse import quote

            folder = quote(tag["name"], safe="")
        return LocalSeries(self.root, self._below_logs(folder), self._note)

    def _below_logs(self, name: str) -> str:
        """`path("logs", name)`, with logs/ checked only once for all metrics."""
        if self._logs is None:
            self._logs = self.path("logs")
        path = f"{self._logs}/{name}"
        if not is_name(name) or self._refuses(path):
            return NOWHERE
        return path

    def has_logs(self) -> bool:
        """Whether there is a logs folder with anything in it."""
        if self._has_logs is None:
            path = self.path("logs")
            try:
                with disk.scandir(path) as entries:
                    self._has_logs = next(entries, None) is not None
            except (OSError, ValueError) as error:
                if isinstance(error, PermissionError) and self.is_readable():
                    self._note(f"permission denied: {path}")
                self._has_logs = False
        return self._has_logs

    def console(self) -> LocalConsole:
        """The console's files."""
        from swancli.logdir.local.console import LocalConsole

        return LocalConsole(self.root, self.path("console"))

    def _side_file(self, name: str, max_bytes: int = MAX_FILE_BYTES) -> bytes | None:
        """The bytes of a file in files/, None if it is missing; OSError, with a warning, if it can't be read."""
        path = os.path.join(self.path("files"), name)
        try:
            return read_below(self.root, path, max_bytes)
        except (FileNotFoundError, NotADirectoryError, ValueError):
            return None
        except OSError as error:
            if self.is_readable():
                self._note(f"{path} can't be read: {error.strerror or error}")
            raise
