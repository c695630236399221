"""swancli: SwanLab's offline dashboard as a command line and as a Python API, which starts with `open`."""

from __future__ import annotations

from swancli.version import __version__ as __version__

TYPE_CHECKING = False  # not typing.TYPE_CHECKING, which would have to be imported
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
    """The runs of logdirs and dashboards: paths, `host:path` over SSH, URLs; by default, what the command line reads.

    `source` names sources in the configuration file; "all" means all of them. `timeout` is that of a request, in
    seconds. Use the result as a context manager, or close it. NoLogdir if there is nothing to read.
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
    """`swancli.errors`, the exceptions, imported on first use."""
    if name == "errors":
        from importlib import import_module

        return import_module("swancli.errors")
    raise AttributeError(f"module 'swancli' has no attribute {name!r}")
