"""The commands on runs that mirror no endpoint, and their options: compare, wait, check, report."""

from __future__ import annotations

from typing import Annotated

import typer

from swancli.cli.options import SeveralExperiments
from swancli.cli.session import Session


def compare(
    session: Session,
    words: SeveralExperiments = None,
    all: Annotated[bool, typer.Option("--all", help="Include the rows that are the same in all runs.")] = False,
    sections: Annotated[
        str | None,
        typer.Option(
            "--sections",
            metavar="SECTIONS",
            help="Sections to show, separated by commas: config, metrics, system, packages."
            " [default: config,metrics,system]",
        ),
    ] = None,
    requirements: Annotated[
        bool, typer.Option("--diff-requirements", help="Include the packages of requirements.txt.")
    ] = False,
    goal: Annotated[
        list[str] | None,
        typer.Option(
            "--goal",
            metavar="NAME=GOAL",
            help="Which value of a metric to show, and which is the best: min, max, or last for the latest value and"
            " no best. NAME may be a glob. Can be repeated. [default: depends on the name]",
        ),
    ] = None,
) -> None:
    """Show what differs between runs: config, metrics, system; one column for each run.

    \b
    Examples:
      swancli compare 1,2
      swancli compare 1 2 3 --all
      swancli compare --best 2 'min(train/loss)'
      swancli compare 1,2 --sections config,metrics -o md
      swancli compare 1,2 --diff-requirements --sections packages
      swancli compare 1,2 --goal 'train/*=min' --jsonl | jq -r 'select(.best) | "\\(.key) \\(.best)"'
    """
    from swancli.cli import compare as body

    body.compare(session, words or [], body.sections(sections, requirements), all, goal or [])


def wait(
    session: Session,
    words: SeveralExperiments = None,
    until: Annotated[
        list[str] | None,
        typer.Option(
            "--for",
            metavar="CONDITION",
            help="End with exit code 0 when this holds, such as 'train/loss < 0.5'. Can be repeated: all must hold.",
        ),
    ] = None,
    fail_if: Annotated[
        list[str] | None,
        typer.Option(
            "--fail-if",
            metavar="CONDITION",
            help="End with exit code 6 when this holds, such as 'train/loss is nan'. Can be repeated: one is enough.",
        ),
    ] = None,
    limit: Annotated[
        str | None,
        typer.Option(
            "--timeout",
            metavar="DURATION",
            help="End with exit code 124 after this time, such as 90s, 30m, 2h or 1h30m. Before the word wait,"
            " --timeout is the maximum time of a request to a dashboard, in seconds.",
        ),
    ] = None,
    any: Annotated[
        bool, typer.Option("--any", help="With several experiments, end when the first one is done.")
    ] = False,
    all: Annotated[
        bool, typer.Option("--all", help="With several experiments, end when all are done. This is the default.")
    ] = False,
    exec: Annotated[
        str | None,
        typer.Option(
            "--exec",
            metavar="COMMAND",
            help="At the end, run COMMAND with /bin/sh. SWANCLI_RUN_ID, SWANCLI_RUN_NAME, SWANCLI_RUN_STATE and"
            " SWANCLI_RUN_REASON in its environment describe what happened.",
        ),
    ] = None,
    interval: Annotated[
        float, typer.Option("-i", "--interval", metavar="SECONDS", help="Time between checks of the files.")
    ] = 2.0,
) -> None:
    """Wait until a run ends, or until a condition holds; the exit code tells how it ended.

    \b
    Examples:
      swancli wait latest && sbatch evaluate.sh
      swancli wait 1 --for 'train/loss < 1.5' --timeout 2h
      swancli wait 1,2 --any --fail-if 'train/loss is nan'
      swancli wait latest --exec 'mail -s "run $SWANCLI_RUN_ID: $SWANCLI_RUN_REASON" me@example.org </dev/null'
    """
    from swancli.cli import wait as body

    body.wait(session, words or [], body.asked(until or [], fail_if or [], any, all, limit), exec)


def check(
    session: Session,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[EXPS] CONDITION...",
            show_default=False,
            help="Experiments, such as 1,2 or latest; conditions such as 'max(val/acc) >= 0.9'.",
        ),
    ] = None,
) -> None:
    """Check conditions on runs, for CI: exit code 0 if all of them hold, otherwise 6.

    \b
    Examples:
      swancli check 1 'min(train/loss) <= 0.9' 'train/loss is not nan'
      swancli check 1,2 'points(train/loss) > 10' 'state = finished'
      swancli check 1 'config.learning_rate < 1e-3' --jsonl
    """
    from swancli.cli import check as body

    body.check(session, words or [])


def report(
    session: Session,
    words: SeveralExperiments = None,
    output_file: Annotated[
        str, typer.Option("-o", "--output", metavar="FILE", help="File to write; - is stdout.")
    ] = "report.html",
    title: Annotated[
        str | None, typer.Option("--title", metavar="TEXT", help="Title of the page. [default: the names of the runs]")
    ] = None,
    all: Annotated[bool, typer.Option("--all", help="Include every point of a curve, instead of a sample.")] = False,
) -> None:
    """Write a page with the data of some runs to one HTML file, which opens in a browser without a server.

    The file contains the curves, configs, the last lines of the consoles, and small media. It loads nothing from
    elsewhere.

    \b
    Examples:
      swancli report 1,2 -o report.html
      swancli report @finished --title 'Learning rates' --all
    """
    from swancli.cli import report as body

    body.report(session, words or [], output_file, title, all)
