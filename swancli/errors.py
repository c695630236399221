"""The exceptions, with their exit codes, API codes and HTTP statuses.

SwancliError            exit code on the command line     code and status of the API
  DataError             1  unreadable or damaged data     3500, 500
    DatabaseDamaged     1  not a valid database           3500, 500
    AccessDenied        1  a folder that may not be read  3500, 500
  UsageError            2  the command line is wrong      3422, 422
    NoLogdir            2  nothing to read was found      3404, 404
    MissingExtra        2  a package isn't installed      3422, 422
  NotFound              3  no such thing in the data      3404, 404
    ProjectNotFound     3
    ExperimentNotFound  3
    MetricNotFound      3
      MetricHasNoData   3  its folder is gone
    ConsoleNotFound     3
      ConsoleEmpty      3
  RemoteError           4  dashboard or store failed      3555, 502
  WaitedTooLong       124  timed out waiting              3404, 404
"""

from __future__ import annotations


class SwancliError(Exception):
    """An error whose message is one sentence for people; `api` is the API's own wording where it differs."""

    exit_code = 1
    code = 3500
    status = 500
    api_message = ""

    def __init__(self, message: str, api: str | None = None) -> None:
        super().__init__(message)
        self.api = api or self.api_message or message
        self.answered = False  # whether the API's envelope for it was printed already
        self.more: tuple[str, ...] = ()  # lines that explain it, for a terminal


class DataError(SwancliError):
    """Data that is there and can't be read."""


class DatabaseDamaged(DataError):
    """A file that is not a valid database, or not a complete one."""


class AccessDenied(DataError):
    """A folder or file that this user may not read."""


class UsageError(SwancliError):
    """A command line or a request that is wrong, or asks for something impossible."""

    exit_code = 2
    code = 3422
    status = 422


class NoLogdir(UsageError):
    """No logdir where one was looked for."""

    code = 3404
    status = 404


class MissingExtra(UsageError):
    """A package that is not installed: one that swancli's extra `extra` would install, or `package`."""

    def __init__(self, needed: str, extra: str = "", package: str = "") -> None:
        wanted = package or f"'swancli[{extra}]'"
        super().__init__(f"{needed}: pip install {wanted}")


class NotFound(SwancliError):
    """Something that isn't in the data; `what`, if known, names it in the message that swancli is waiting for it."""

    exit_code = 3
    code = 3404
    status = 404

    def __init__(self, message: str, api: str | None = None, what: str = "") -> None:
        super().__init__(message, api)
        self.what = what


class ProjectNotFound(NotFound):
    """No project, or no runs at all."""

    api_message = "project not found"


class ExperimentNotFound(NotFound):
    """No such experiment."""

    api_message = "experiment not found"


class MetricNotFound(NotFound):
    """No such metric: `metric` is the name that was looked for, `experiment` the address of the run, if known."""

    api_message = "tag not found"
    experiment: int | str | None = None

    def __init__(self, message: str, metric: str) -> None:
        super().__init__(message)
        self.metric = metric


class MetricHasNoData(MetricNotFound):
    """A metric whose folder is gone."""


class ConsoleNotFound(NotFound):
    """A run without a console log."""

    api_message = "Log Folder not Found"


class ConsoleEmpty(ConsoleNotFound):
    """A run whose console log holds nothing."""

    api_message = "No Logs Found"


class RemoteError(SwancliError):
    """A dashboard or an object store that can't be reached, or doesn't answer like one."""

    exit_code = 4
    code = 3555
    status = 502
    retry_after = 0.0  # seconds after which trying again makes sense


class WaitedTooLong(SwancliError):
    """What was waited for did not appear in time."""

    exit_code = 124
    code = 3404
    status = 404


EXIT_CODES = (
    (0, "success; also when the reader of a pipe exits early"),
    (1, "the data is unreadable or damaged"),
    (2, "the command line is wrong, or no logdir was found"),
    (3, "no such project, experiment, metric or log"),
    (4, "the remote dashboard or object store failed"),
    (5, "the awaited run crashed, was stopped or killed, or is stale"),
    (6, "a condition of check does not hold, one of wait --fail-if holds, or one of wait --for never did"),
    (124, "the time limit of wait --timeout was reached"),
    (129, "the terminal of a live view was closed"),
    (130, "interrupted (Ctrl-C)"),
)
