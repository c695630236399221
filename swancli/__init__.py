"""swancli: SwanLab's offline dashboard as a command line, and as a Python API whose door is `open`."""

from __future__ import annotations

from swancli.version import __version__ as __version__

TYPE_CHECKING = False  # typing's own would have to be imported
if TYPE_CHECKING:
    from collections.abc import Sequence
    from os import PathLike

    from swancli import errors as errors
    from swancli.api.runs import Runs


def open(
    *paths: str | PathLike[str],
    source: str | Sequence[str] = (),
    timeout: float | None = None,
    token_file: str | None = None,
    ca_file: str | None = None,
    remote_command: str | None = None,
) -> Runs:
    """The runs of logdirs and dashboards: paths, `host:path` over SSH, URLs; without any, what the command line reads.

    `source` names sources of the configuration file, "all" all of them. `timeout`, in seconds, is that of requests. Use
    it as a context manager, or close it. NoLogdir if nothing is there.
    """
    from swancli.api.opening import open_runs

    return open_runs(
        paths,
        source=source,
        timeout=timeout,
        token_file=token_file,
        ca_file=ca_file,
        remote_command=remote_command,
    )


def __getattr__(name: str) -> object:
    """The exceptions, `swancli.errors`, imported when they are first named."""
    if name == "errors":
        from importlib import import_module

        return import_module("swancli.errors")
    raise AttributeError(f"module 'swancli' has no attribute {name!r}")
