"""Every command and its options. The body of a command checks its options, asks the source and shows the answer.

The options that commands share (which data, which format, live view) are added by `command.build`. `main` has the
only catch-all: it turns an error into one line on stderr and an exit code.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer
import typer.main

from swancli.cli.command import SETTINGS, Group, Spec
from swancli.cli.for_programs import export, mcp, sql
from swancli.cli.many_runs import check, compare, wait
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
    Experiment,
    Experiments,
    Logdir,
    NoColor,
    Options,
    RemoteCommand,
    SourceName,
    Timeout,
    TokenFile,
    Url,
)
from swancli.cli.session import Session, print_message
from swancli.cli.startup import INTERRUPTED
from swancli.endpoints import CHARTS, EXPERIMENT, LOGS, PROJECT, STATUS, SUMMARY
from swancli.errors import NoLogdir, RemoteError, SwancliError, UsageError
from swancli.globs import is_glob

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swancli.model import Charts, Run, Status, Summary
    from swancli.output.table import Table
    from swancli.output.text.styled import Line


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
        from swancli import __version__

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


def project(
    session: Session,
    metric: Annotated[
        str | None,
        typer.Option("-m", "--metric", metavar="NAME", help="Metric to show for each experiment."),
    ] = None,
    best: Annotated[
        str | None, typer.Option("--best", metavar="min|max", help="Sort by the lowest or highest value of --metric.")
    ] = None,
    all: Annotated[
        bool, typer.Option("--all", help="With --json, include runs that are not in the database; their id is null.")
    ] = False,
    columns: Annotated[
        str | None,
        typer.Option(
            "--columns",
            metavar="COLUMNS",
            help="Columns to show instead of the usual ones, separated by commas: facts, config.KEY, metrics,"
            " min(METRIC) and so on. See swancli help columns.",
        ),
    ] = None,
    sort: Annotated[
        str | None,
        typer.Option("--sort", metavar="COLUMN", help="Column to sort by; -COLUMN sorts from the highest value down."),
    ] = None,
    state: Annotated[
        str | None,
        typer.Option("--state", metavar="STATE", help="Only runs in this state, or in one of several: running,stale."),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option("-n", "--limit", metavar="N", min=0, help="Only the first N runs; without --sort, the newest N."),
    ] = None,
    group_by: Annotated[
        str | None,
        typer.Option(
            "--group-by",
            metavar="COLUMNS",
            help="Show a row for each group of runs with the same values; --columns are then count and aggregates such"
            " as mean(min(val/loss)).",
        ),
    ] = None,
    pivot: Annotated[
        bool, typer.Option("--pivot", help="With --group-by and two columns, show the second's values side by side.")
    ] = False,
    plot: Annotated[
        tuple[str, str] | None,
        typer.Option("--plot", metavar="X Y", help="Draw one column against another, a point for each run."),
    ] = None,
) -> None:
    """List the experiments of the project: state, metrics, last step, last write.

    \b
    Examples:
      swancli project
      swancli project --metric train/loss --best min
      swancli project -F 'config.lr < 1e-3' --sort 'min(train/loss)' -n 10
      swancli project --columns 'id,name,config.lr,min(train/loss)'
      swancli project --group-by config.lr --columns 'count,best(min(train/loss))'
      swancli project --json | jq -r '.data.experiments[] | [.id, .name] | @tsv'
    """
    if best not in (None, "min", "max"):
        raise UsageError(f"--best must be min or max, not {best!r}")
    if best and not metric:
        raise UsageError("--best requires --metric NAME")
    if best and metric and is_glob(metric):
        raise UsageError(f"--best requires the name of one metric, not {metric!r}")
    from swancli.cli.project import Lister, Listing

    filters = session.options.filter or ()
    listing = Listing(metric, best, columns, sort, filters, state, limit, group_by, pivot, plot)
    if session.json:
        if not listing.is_usual:
            raise UsageError("--json prints the API's whole response: use --jsonl to choose runs and columns")
        return session.print_json(PROJECT, **({"all": True} if all else {}))
    lister = Lister(session, listing)

    def heading(_: Sequence[Status], width: int) -> Line:
        from swancli.output.views.heading import of_project

        return of_project(lister.details, width, session.terminal.unicode)

    session.show(lister.tables, heading=heading, above=lister.above if plot else None)


def experiment(session: Session, exps: Experiments = None) -> None:
    """Show one experiment: identity, times, config, and the system it ran on.

    \b
    Examples:
      swancli experiment 1
      swancli experiment 1,2
      swancli experiment latest --json | jq .data.config.learning_rate.value
    """
    ids = session.experiments(exps)
    if session.json:
        return session.print_json_of(EXPERIMENT, ids)

    def view(details: Run) -> list[Table]:
        from swancli.output.views.experiment import experiment as view

        return view(details)

    session.show_each(EXPERIMENT, [{"experiment": id} for id in ids], view)


def charts(
    session: Session,
    exps: Experiments = None,
    system: Annotated[
        bool, typer.Option("--system", help="Include the charts of hardware metrics, if recorded.")
    ] = False,
) -> None:
    """List the charts of an experiment by namespace: metric, type, points, pinned or hidden, error.

    \b
    Examples:
      swancli charts 1
      swancli charts 1 --json | jq -r '.data.charts[].name'
    """
    ids = session.experiments(exps)
    if session.json:
        return session.print_json_of(CHARTS, ids, **({"system": True} if system else {}))

    def view(details: Charts) -> list[Table]:
        from swancli.output.views.charts import charts as view

        return view(details)

    session.show_each(CHARTS, [{"experiment": id, "shapes": session.to_screen, "system": system} for id in ids], view)


def status(session: Session, exps: Experiments = None) -> None:
    """Show the state of an experiment, its times, and how many charts it has.

    \b
    Examples:
      swancli status 1
      swancli status @running
      swancli status latest -w --until-finished && notify-send done
    """
    ids = session.experiments(exps)
    if session.json:
        return session.print_json_of(STATUS, ids)

    def view(details: Status) -> list[Table]:
        from swancli.output.views.status import status as view

        return view(details)

    session.show_each(STATUS, [{"experiment": id} for id in ids], view)


def summary(
    session: Session,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[EXPS] [NAME...]",
            show_default=False,
            help="Experiments (1, 1-3, 'resnet*', latest~1, @running, all), and metrics or globs ('train/*') to show;"
            " every metric without them.",
        ),
    ] = None,
    sort: Annotated[str | None, typer.Option("--sort", metavar="name|value|min|max", help="Column to sort by.")] = None,
    reverse: Annotated[bool, typer.Option("--reverse", help="Reverse the sort order.")] = False,
) -> None:
    """Show the latest, lowest and highest value of every metric, with their steps.

    \b
    Examples:
      swancli summary 1
      swancli summary 1-3 train/loss
      swancli summary --best 2 'min(train/loss)'
      swancli summary latest -w
      swancli summary 1 'layer1/*'
      swancli summary 1 --json | jq -r '.data.summaries[] | "\\(.key) \\(.value)"'
    """
    sort = sort.lower() if sort else None
    if sort not in (None, "name", "value", "min", "max"):
        raise UsageError(f"--sort must be name, value, min or max, not {sort!r}")
    asked = session.metrics_of(words or [])
    if session.json:
        if any(names is not None for _, names in asked):
            raise UsageError("--json prints the API's whole response: use --jsonl with names of metrics")
        return session.print_json_of(SUMMARY, [id for id, _ in asked])

    def view(details: Summary) -> list[Table]:
        from swancli.output.views.summary import summary as view

        return view(details, sort, reverse)

    shapes = session.to_screen
    session.show_each(SUMMARY, [{"experiment": id, "shapes": shapes, "names": names} for id, names in asked], view)


def logs(
    session: Session,
    exp: Experiment = None,
    tail: Annotated[
        int | None,
        typer.Option(
            "-n",
            "--tail",
            metavar="N",
            min=0,
            help="Print only the last N lines. [default: 200 on a terminal, otherwise all]",
        ),
    ] = None,
    follow: Annotated[
        bool, typer.Option("-f", "--follow", help="Print new lines as they are written, until the run ends.")
    ] = False,
    interval: Annotated[
        float, typer.Option("-i", "--interval", metavar="SECONDS", help="Time between updates of --follow.")
    ] = 0.5,
    until_finished: Annotated[
        bool,
        typer.Option("--until-finished", help="With --follow, exit with code 5 if the run failed."),
    ] = False,
) -> None:
    """Print the console log of an experiment; the error message of a crash comes last.

    \b
    Examples:
      swancli logs 1
      swancli logs latest -f
      swancli logs 1 | grep -i warning
    """
    id = session.experiment(exp)
    if session.json:
        return session.print_json(LOGS, experiment=id)
    if tail is None and session.terminal.tty:
        tail = 200
    if follow:
        from swancli.cli import follow as following

        return following.logs(session, id, tail)
    session.print_lines(session.details(LOGS, experiment=id, tail=tail))


def metric(
    session: Session,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[EXPS] NAME...",
            show_default=False,
            help="Experiments (1,2,3, 1-3, 'resnet*', latest~1, @running, all); metric names or patterns ('train/*').",
        ),
    ] = None,
    all: Annotated[
        bool, typer.Option("--all", help="Show every point, not the sample of 1499 that the dashboard shows.")
    ] = False,
    head: Annotated[
        int | None,
        typer.Option("--head", metavar="N", min=0, help="Show only the first N points; --follow ends after them."),
    ] = None,
    tail: Annotated[
        int | None,
        typer.Option("--tail", metavar="N", min=0, help="Show only the last N points, and with --follow new ones."),
    ] = None,
    steps: Annotated[
        str | None,
        typer.Option("--steps", metavar="A:B", help="Show only steps A to B, both included. Either may be omitted."),
    ] = None,
    follow: Annotated[
        bool, typer.Option("-f", "--follow", help="With --jsonl, print new points as they are written.")
    ] = False,
    plot: Annotated[
        bool | None,
        typer.Option("--plot/--no-plot", help="Draw the curve, or not. [default: on a terminal]", show_default=False),
    ] = None,
    x: Annotated[
        str, typer.Option("--x", metavar="step|time|relative", help="Quantity on the x axis of the plot.")
    ] = "step",
    log_y: Annotated[bool, typer.Option("--log-y", help="Use a logarithmic y axis.")] = False,
    smooth: Annotated[
        float | None,
        typer.Option(
            "--smooth",
            metavar="W",
            min=0,
            max=1,
            help="Smoothing weight, 0 to 1: TensorBoard's exponential moving average.",
        ),
    ] = None,
    overlay: Annotated[
        bool | None,
        typer.Option(
            "--overlay/--no-overlay",
            help="Draw all metrics in one plot, or each in its own. [default: one plot if their scales are alike]",
            show_default=False,
        ),
    ] = None,
    width: Annotated[
        int | None, typer.Option("--width", metavar="N", min=20, help="Width of the plot in columns.")
    ] = None,
    height: Annotated[
        int | None,
        typer.Option(
            "--height",
            metavar="N",
            min=5,
            help="Height of the plot in lines. [default: what the terminal has room for]",
        ),
    ] = None,
) -> None:
    """Show the points of a metric: curve, statistics, values.

    \b
    Examples:
      swancli metric 1 train/loss
      swancli metric 1,2,3 train/loss --smooth 0.9
      swancli metric latest 'train/*' -o csv > train.csv
      swancli metric 1 train/loss --json | jq '.data.list[-1].data'
    """
    from swancli.cli import metric as curves

    if x not in curves.AXES:
        raise UsageError(f"--x must be step, time or relative, not {x!r}")
    excerpt = curves.excerpt(head, tail, steps)
    if session.json and excerpt:
        raise UsageError("--json prints the API's whole response: use --jsonl with --head, --tail or --steps")
    if follow and session.format not in (None, "json", "jsonl"):
        raise UsageError("metric --follow prints JSON lines only: use --jsonl")
    asked = curves.asked(session, words or [])
    if session.json:
        return curves.print_json(session, asked, all)
    if follow:
        from swancli.cli import follow as following

        return following.points(session, asked, excerpt)
    look = curves.Look(plot, x, log_y, smooth, overlay, width, height)
    drawn = curves.Curves(session, asked, all, excerpt, look)
    experiments = dict.fromkeys(id for id, _ in asked)
    session.show(drawn.tables, *experiments, above=drawn.plot, heading=drawn.heading)


def serve(
    session: Session,
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("-p", "--port", metavar="N", min=0, max=65535, help="Port to listen on; 0 picks a free one.")
    ] = 5092,
    server_token_file: Annotated[
        str | None,
        typer.Option("--token-file", metavar="FILE", help="File with the bearer token that clients must send."),
    ] = None,
    generate_token: Annotated[
        bool, typer.Option("--generate-token", help="Generate a token, and print a link that contains it.")
    ] = False,
    no_auth: Annotated[bool, typer.Option("--no-auth", help="Disable authentication.")] = False,
    cors: Annotated[
        list[str] | None,
        typer.Option("--cors", metavar="ORIGIN", help="Allow cross-origin requests from this origin. Can be repeated."),
    ] = None,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Do not log requests.")] = False,
    stdio: Annotated[
        bool, typer.Option("--stdio", help="Answer on stdin and stdout: what a client starts over SSH.")
    ] = False,
) -> None:
    """Serve the API of SwanLab's dashboard over HTTP, from a logdir or as a relay for another dashboard.

    An address that other machines can reach needs a token: --token-file, $SWANCLI_TOKEN or --generate-token.

    \b
    Examples:
      swancli serve
      swancli serve --host 0.0.0.0 --generate-token
      swancli serve --url http://node7:5092 --port 8080
    """
    from swancli.cli.startup import collect_garbage

    if stdio:
        from swancli.server.stdio import serve as serve_stdio

        return serve_stdio(lambda: session.source.snapshot())
    from swancli.server.run import serve as run

    collect_garbage(True)
    run(
        session.source,
        host=host,
        port=port,
        quiet=quiet,
        token_file=server_token_file,
        generate_token=generate_token,
        no_auth=no_auth,
        cors=cors or (),
    )


def sources(session: Session) -> None:
    """List the sources of the configuration file: whether each answers, its version, its runs, how long it took.

    \b
    Examples:
      swancli sources
      swancli sources -l node7:/data/swanlog -u http://node8:5092
    """
    from swancli.places import named_places
    from swancli.queries.sources import states

    if session.json:
        raise UsageError("--json prints the API's response, which knows no sources: use --jsonl")
    found = states(named_places(session.given), session.options.timeout)

    def tables() -> list[Table]:
        from swancli.output.views.sources import sources as view

        return view(found)

    session.show(tables)
    if not any(one["answers"] for one in found):
        raise typer.Exit(RemoteError.exit_code)


def demo(
    folder: Annotated[str, typer.Argument(metavar="[DIR]", help="Directory to write to.")] = "./swanlog",
) -> None:
    """Write a small sample logdir, and print commands to try on it."""
    from swancli.demo import write_demo

    write_demo(folder)
    where = "" if os.path.normpath(folder) == "swanlog" else f" -l {folder}"
    print(f"wrote a sample logdir of three runs to {folder}; try:")
    for words in ("project", "summary 1", "metric 1 train/loss"):
        print(f"  swancli {words}{where}")


def completion(
    context: typer.Context, shell: Annotated[str, typer.Argument(metavar="SHELL", help="Shell: bash, zsh or fish.")]
) -> None:
    """Print the completion script for a shell: commands, options, experiments, metrics.

    \b
    Examples:
      eval "$(swancli completion bash)"     in ~/.bashrc
      eval "$(swancli completion zsh)"      in ~/.zshrc, below compinit
      swancli completion fish > ~/.config/fish/completions/swancli.fish
    """
    from swancli.manual.scripts import HINTS
    from swancli.manual.scripts import completion as script

    if shell not in HINTS:
        raise UsageError(f"no completion script for {shell!r}; supported shells: {', '.join(HINTS)}")
    print(script(shell, context.parent.command), end="")  # type: ignore[union-attr]
    if sys.stdout.isatty():
        print_message("note", HINTS[shell])


def help(
    context: typer.Context,
    topic: Annotated[
        str | None, typer.Argument(metavar="[TOPIC]", help="Command, cache, columns, exit-codes or formats.")
    ] = None,
) -> None:
    """Show the manual page of a command or a topic, as `man swancli-metric` does.

    \b
    Examples:
      swancli help metric
      swancli help exit-codes
    """
    parent: Any = context.parent
    if topic is None:
        return print(parent.get_help())
    from swancli.manual.page import page

    found = page(topic, parent.command)
    if found is None:
        raise UsageError(f"no help for {topic!r}; topics: {', '.join(COMMANDS)}, cache, columns, exit-codes, formats")
    from swancli.manual.text import text
    from swancli.output.show import show_lines
    from swancli.output.stdout import detect

    terminal = detect()
    show_lines(text(found, terminal.width), terminal)


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
    """Run a command line; its exit code."""
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
