"""The body of `swancli compare`: what is read from the runs for the sections that are shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from swancli.cli.session import Session
from swancli.endpoints import EXPERIMENT, SUMMARY
from swancli.errors import SwancliError, UsageError
from swancli.names import matches
from swancli.queries import compare as queries
from swancli.queries.goals import Goals, parse_goals

if TYPE_CHECKING:
    from swancli.model import Address, Compared, Run, Summary
    from swancli.output.table import Table

SHOWN = (queries.CONFIG, queries.METRICS, queries.SYSTEM)  # without --sections


def sections(words: str | None, requirements: bool) -> list[str]:
    """The sections of --sections, in their fixed order, or those that are shown without it."""
    wanted = list(SHOWN) if words is None else [word.strip() for word in words.split(",") if word.strip()]
    for word in wanted:
        if word not in queries.SECTIONS:
            raise UsageError(f"no section {word!r}; sections: {', '.join(queries.SECTIONS)}")
    if requirements:
        wanted.append(queries.PACKAGES)
    if not wanted:
        raise UsageError(f"--sections names no section; sections: {', '.join(queries.SECTIONS)}")
    return [section for section in queries.SECTIONS if section in wanted]


def compare(session: Session, words: Sequence[str], wanted: Sequence[str], all: bool, goals: Sequence[str]) -> None:
    """Print what differs between the runs that `words` name; with `all`, everything."""
    if session.json:
        raise UsageError("compare is not an endpoint of the API: use --jsonl")
    given = parse_goals(goals)
    ids = session.experiments_of(words)
    if len(ids) < 2:
        raise UsageError("compare requires two experiments or more, such as: swancli compare 1,2")

    def tables() -> list[Table]:
        from swancli.output.views.compare import compare as view

        parameters = {"requirements": True} if queries.PACKAGES in wanted else {}
        runs = session.details_of_many(EXPERIMENT, [{"experiment": id, **parameters} for id in ids])
        summaries: list[Summary] = []
        if queries.METRICS in wanted:
            summaries = _summaries(session, ids)
            _warn_of_unused(session, given, summaries)
        rows = _rows(session, wanted, runs, summaries, given)
        shown = [row for row in rows if all or queries.differs(row)]
        return view(runs, shown, len(rows) - len(shown))

    session.show(tables)


def _summaries(session: Session, ids: Sequence[Address]) -> list[Summary]:
    """The metrics of each run; none, with a warning, for a run whose metrics the source fails to give."""
    asked = [{"experiment": id} for id in ids]
    found = list(session.source.details_of_many(SUMMARY, asked))
    errors = [one for one in found if isinstance(one, SwancliError)]
    if len(errors) == len(found):
        raise errors[0]
    for id, one in zip(ids, found, strict=True):
        if isinstance(one, SwancliError):
            session.warn(f"no metrics of experiment {id}: {one}")
    return [{"summaries": []} if isinstance(one, SwancliError) else one for one in found]


def _rows(
    session: Session, wanted: Sequence[str], runs: Sequence[Run], summaries: Sequence[Summary], goals: Goals
) -> list[Compared]:
    rows: list[Compared] = []
    for section in wanted:
        if section == queries.CONFIG:
            rows += queries.configs(runs)
        elif section == queries.METRICS:
            rows += queries.metrics(summaries, goals)
        elif section == queries.SYSTEM:
            rows += queries.systems(runs)
        else:
            if not any("requirements" in run for run in runs):
                session.warn(f"{session.source.where} does not provide the packages of a run")
            rows += queries.packages(runs)
    return rows


def _warn_of_unused(session: Session, goals: Goals, summaries: Sequence[Summary]) -> None:
    """A warning for each goal whose metric none of the runs has."""
    from swancli.names import nearest

    names = list(dict.fromkeys(one["key"] for summary in summaries for one in summary["summaries"]))
    for name, _ in goals:
        if not any(matches(one, name) for one in names):
            near = nearest(name, names)
            session.warn(f"--goal: no run has a metric {name!r}" + (f"; nearest: {', '.join(near)}" if near else ""))
