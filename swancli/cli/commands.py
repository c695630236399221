"""All commands. The body of each, in another module here, checks its options, asks the source and shows the answer.

The options that commands share (which data, which format, live view) are added by `command.build`. `main` has the
only catch-all: it turns an error into one line on stderr and an exit code.

Annotations are evaluated here, not kept as text: Typer reads those of `root` at every start.
"""

import contextlib
import errno
import os
import sys
from typing import Annotated

import typer
import typer.main

from swancli.cli.command import SETTINGS, Group, Spec
from swancli.cli.for_programs import export, mcp, sql
from swancli.cli.helping import completion, demo, help
from swancli.cli.many_runs import check, compare, report, wait
from swancli.cli.options import (
    FORMAT,
    ROWS,
    SCREEN,
    SELECT,
    SERVED,
    WAITED,
    WATCH,
    WHERE,
    CaFile,
    Debug,
    Logdir,
    NoColor,
    Options,
    RemoteCommand,
    SourceName,
    Timeout,
    TokenFile,
    Url,
)
from swancli.cli.reading import charts, experiment, logs, metric, project, status, summary
from swancli.cli.serving import serve, sources
from swancli.cli.session import Session, print_message
from swancli.cli.startup import INTERRUPTED
from swancli.cli.top import top
from swancli.errors import NoLogdir, SwancliError


def root(
    context: typer.Context,
    logdir: Logdir = None,
    url: Url = None,
    source: SourceName = None,
    timeout: Timeout = None,
    token_file: TokenFile = None,
    ca_file: CaFile = None,
    remote_command: RemoteCommand = None,
    no_color: NoColor = False,
    debug: Debug = False,
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    """Read SwanLab experiments from a logdir or a running dashboard: tables for people, the API's JSON for programs.

    Without a command, swancli lists the experiments, like `swancli project`.

    \b
    Examples:
      swancli                               the experiments in ./swanlog
      swancli summary latest                the latest value of every metric
      swancli metric 1 train/loss           the curve of one metric
      swancli metric 1 train/loss --json | jq '.data.list[-1]'
      swancli -u http://node7:5092 status 1
    """
    if version:
        from swancli.version import __version__

        print(f"swancli {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        try:
            options = Options(
                logdir=logdir,
                url=url,
                source=source,
                timeout=timeout,
                token_file=token_file,
                ca_file=ca_file,
                remote_command=remote_command,
                no_color=no_color,
            )
            with Session(options) as session:
                project(session)
        except NoLogdir as error:
            print_message("error", str(error))
            print(START, file=sys.stderr)
            raise typer.Exit(error.exit_code) from None


START = """
Start with one of these:
  swancli demo                  write a sample logdir to ./swanlog
  swancli -l DIR                read the logdir DIR
  swancli -u http://HOST:5092   read a running dashboard
  swancli --help                all commands"""


READS = (*FORMAT, *WHERE, *SCREEN)
WATCHES = (*FORMAT, *WATCH, *WHERE, *SCREEN)
CHOOSES = (*SELECT, *WATCHES)
COMMANDS = {
    "project": Spec(project, ("filter", *WATCHES)),
    "experiment": Spec(experiment, CHOOSES),
    "charts": Spec(charts, CHOOSES),
    "metric": Spec(metric, CHOOSES),
    "logs": Spec(logs, (*SELECT, *READS)),
    "status": Spec(status, CHOOSES),
    "summary": Spec(summary, CHOOSES),
    "compare": Spec(compare, (*SELECT, *ROWS, *WHERE, *SCREEN)),
    "wait": Spec(wait, (*SELECT, *ROWS, *WAITED, *SCREEN), waits=True),
    "check": Spec(check, (*SELECT, *ROWS, *WHERE, *SCREEN)),
    "report": Spec(report, (*SELECT, *WHERE, *SCREEN)),
    "top": Spec(top, (*WHERE, "no_color", "debug"), waits=True),
    "sources": Spec(sources, READS),
    "export": Spec(export, (*SELECT, *WHERE, *SCREEN)),
    "sql": Spec(sql, (*FORMAT, *WHERE, *SCREEN)),
    "mcp": Spec(mcp, (*WHERE, *SCREEN)),
    "serve": Spec(serve, (*SERVED, *SCREEN)),
    "demo": Spec(demo),
    "completion": Spec(completion),
    "help": Spec(help),
}


def tree() -> Group:
    """Build the command tree."""
    app = typer.Typer(add_completion=False, rich_markup_mode=None)
    app.callback(cls=Group, invoke_without_command=True, context_settings=SETTINGS)(root)
    group = typer.main.get_command(app)
    assert isinstance(group, Group)
    group.specs = COMMANDS
    return group


def main(arguments: list[str] | None = None) -> int:
    """Run a command line and return its exit code."""
    try:
        return _run(sys.argv[1:] if arguments is None else arguments)
    except KeyboardInterrupt:  # while an error was printed
        return INTERRUPTED
    except MemoryError:
        pass
    # here the frames that held the memory are gone; nothing is imported or built, for that may fail as well
    with contextlib.suppress(OSError):
        os.write(2, OUT_OF_MEMORY)
    return 1


def _run(arguments: list[str]) -> int:
    if not _check_stdout():
        return 1
    try:
        code = tree().main(arguments, prog_name="swancli", standalone_mode=False)
        if code != INTERRUPTED:
            sys.stdout.flush()
    except KeyboardInterrupt:
        code = INTERRUPTED
    except BrokenPipeError:
        code = 0
    except MemoryError:
        raise
    except Exception as error:
        if "--debug" in arguments:
            import traceback

            traceback.print_exc()
        code = _report(error)
    return code if isinstance(code, int) else 0


OUT_OF_MEMORY = b"swancli: error: out of memory\n"


def _check_stdout() -> bool:
    """Whether stdout is open; if not, a file of the logdir could get its file descriptor."""
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    if sys.stdout is not None:
        return True
    print("swancli: error: standard output is closed", file=sys.stderr)
    return False


def _report(error: Exception) -> int:
    """Print the error in one line and return the exit code."""
    if isinstance(error, SwancliError):
        print_message("error", str(error))
        for line in error.more:
            print(f"  {line}", file=sys.stderr)
        return error.exit_code
    if hasattr(error, "format_message"):  # Click's errors: the command line is wrong
        print_message("error", error.format_message())
        return 2
    if isinstance(error, OSError):
        full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        print_message("error", f"{error.filename or ('writing' if full else 'reading')}: {error.strerror or error}")
        return 1
    print_message("error", f"unexpected {type(error).__name__}: {error} (use --debug for the traceback)")
    return 1
