"""The commands that mirror the endpoints, and their options."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from swancli.cli.options import Experiment, Experiments
from swancli.cli.session import Session
from swancli.endpoints import CHARTS, EXPERIMENT, LOGS, PROJECT, STATUS, SUMMARY
from swancli.errors import UsageError
from swancli.names import is_glob

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swancli.model import Charts, Run, Status, Summary
    from swancli.output.table import Table
    from swancli.output.text.styled import Line


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
        bool,
        typer.Option("--pivot", help="With two columns in --group-by, show the values of the second one side by side."),
    ] = False,
    plot: Annotated[
        tuple[str, str] | None,
        typer.Option("--plot", metavar="X Y", help="Draw one column against another, with a point for each run."),
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
        if listing != Listing():
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
            help="Experiments (1, 1-3, 'resnet*', latest~1, @running, all), and metrics or globs ('train/*') to"
            " show. The default is every metric.",
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
        typer.Option(
            "--until-finished",
            help="With --follow, also end when the run is stale; exit code 5 unless it finished.",
        ),
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
        typer.Option("--tail", metavar="N", min=0, help="Show only the last N points, and with --follow each new one."),
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
            help="Draw all metrics in one plot, or each in its own. [default: one plot if their scales are similar]",
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
