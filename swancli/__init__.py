"""swancli: SwanLab's offline dashboard as a command line, and as a Python API whose door is `open`."""

from __future__ import annotations

__version__ = "0.1.0"

TYPE_CHECKING = False  # typing's own would have to be imported
if TYPE_CHECKING:
    from os import PathLike

    from swancli import errors as errors
    from swancli.api.runs import Runs


def open(
    *sources: str | PathLike[str],
    timeout: float | None = None,
    token_file: str | None = None,
    ca_file: str | None = None,
) -> Runs:
    """The runs of a logdir or a dashboard: a path or a URL; without one what the command line reads.

    `timeout`, in seconds, is that of requests. Use it as a context manager, or close it. NoLogdir if nothing is there.
    """
    from swancli.api.opening import open_runs

    return open_runs(sources, timeout=timeout, token_file=token_file, ca_file=ca_file)


def __getattr__(name: str) -> object:
    """The exceptions, `swancli.errors`, imported when they are first named."""
    if name == "errors":
        from importlib import import_module

        return import_module("swancli.errors")
    raise AttributeError(f"module 'swancli' has no attribute {name!r}")
