"""The commands on several runs that mirror no endpoint, and their options: compare, wait, check."""

from __future__ import annotations

from typing import Annotated

import typer

from swancli.cli.options import Experiments
from swancli.cli.session import Session


def compare(
    session: Session,
    words: Experiments = None,
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
            " no best. NAME may be a glob. Can be repeated. [default: told by the name]",
        ),
    ] = None,
) -> None:
    """Show what differs between runs: config, metrics, system; one column for each run.

    \b
    Examples:
      swancli compare 1,2
      swancli compare 1 2 3 --all
      swancli compare 1,2 --sections config,metrics -o md
      swancli compare 1,2 --diff-requirements --sections packages
      swancli compare 1,3 --goal 'train/*=min' --jsonl | jq -r 'select(.best) | "\\(.key) \\(.best)"'
    """
    from swancli.cli import compare as body

    body.compare(session, words or [], body.sections(sections, requirements), all, goal or [])
