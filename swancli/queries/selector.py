"""Which experiments are meant: ids, names, run ids or the start of one, `latest`, and patterns for several of them.

    1,3  1-3            ids, and those from one to the other
    'resnet50*'         a glob of names
    latest  latest~2    the newest, the third newest
    @running            those in a state
    all                 all of them

A name, a run id or the start of one that is spelled like a pattern means itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from swancli.addresses import address, age_key
from swancli.errors import ExperimentNotFound, MetricNotFound, NotFound, UsageError
from swancli.names import is_glob, matches, nearest
from swancli.source import LATEST, Source
from swancli.values import as_finite

if TYPE_CHECKING:
    from swancli.model import Address, Column, RowOfProject
    from swancli.queries.filters import Condition

ALL = "all"  # as the name of an experiment: all of them
MOST_DIGITS = 1000
RUNS_SEARCHED = 8  # for metrics named like one that no run has
BAD_ID = "experiment_id should be a valid integer, unable to parse string as an integer"

BACK = rf"{LATEST}~(\d{{1,9}})"
RANGE = r"(\d{1,18})-(\d{1,18})"
Pattern = Callable[["Source", "list[RowOfProject]"], "list[RowOfProject]"]  # which of a source's rows are meant


class Best(NamedTuple):
    """The best runs: how many, by which column, and whether the lowest ("min") or the highest values are good."""

    number: int
    column: Column
    goal: str


def experiment(source: Source, word: str | None) -> Address:
    """The address of the experiment that `word` names: its id, or the run id of a run without one.

    Digits are always an id and are not looked up. Without a word it is the only experiment there is.
    """
    if word is not None and word.isdecimal():
        if not word.isascii():
            raise UsageError(f"{word} is not an experiment id: use the digits 0 to 9", BAD_ID)
        return int(word) if len(word) <= MOST_DIGITS else _unknown(source, word[:MOST_DIGITS] + "…")
    if word is None:
        found = source.experiments()
        if len(found) == 1:
            return address(found[0])
        if not found:
            raise ExperimentNotFound(f"no experiments in {source.where}", what=f"an experiment in {source.where}")
        raise UsageError(f"which experiment? {source.where} has {listing(found)}")
    meant = named(source.find(word), word)
    if not meant:
        return _unknown(source, word)
    if len(meant) > 1:
        raise UsageError(f"{word!r} matches {len(meant)} experiments: {listing(meant)}")
    return address(meant[0])


def named(rows: list[RowOfProject], word: str) -> list[RowOfProject]:
    """Those of `rows` that a word names: by name, or else run id, or else start of it, or else LATEST the newest.

    With the name of a source and a colon in front, it names rows of that source, by their ids too.
    """
    prefix, colon, rest = word.partition(":")
    inside = [row for row in rows if _is_in(row, prefix)] if colon else []
    if inside:
        rows, word = inside, rest
        if rest.isascii() and rest.isdecimal():
            return [row for row in rows if row.get("id") == int(rest[:MOST_DIGITS])]
    for match in (_by_name, _by_run_id, _by_prefix):
        if found := match(rows, word):
            return found
    return [max(rows, key=age_key)] if word == LATEST and rows else []


def experiments(
    source: Source, words: str | None, conditions: Sequence[Condition] = (), best: Best | None = None
) -> list[Address]:
    """The addresses of the experiments that a word means, each once, in the order given; a list has commas.

    Of these, only the ones that meet the conditions, and of those only the best.
    """
    if conditions or best is not None:
        rows = source.experiments() if words is None else _rows_of(source, words)
        return _narrowed(source, rows, conditions, best)
    if words is None or words.isdecimal():
        return [experiment(source, words)]
    found = _several(source, words)
    return [experiment(source, words)] if found is None else found


def one_of(source: Source, word: str | None, conditions: Sequence[Condition] = (), best: Best | None = None) -> Address:
    """The address of the experiment that a word means; UsageError if it means several."""
    found = experiments(source, word, conditions, best)
    if len(found) > 1:
        named = f"{word!r}" if word is not None else "that"
        rows = {address(row): row for row in source.experiments()}
        listed = listing([rows[one] for one in found if one in rows])
        raise UsageError(f"{named} matches {len(found)} experiments, but one is needed: {listed}")
    return found[0]


def _several(source: Source, words: str) -> list[Address] | None:
    """The experiments that a pattern means; None if a word is not a pattern, or names an experiment."""
    parts = [word.strip() for word in words.split(",") if word.strip()] if "," in words else None
    pattern, rows = (None, None) if parts is not None else _pattern_within(source, words)
    if (parts is None and pattern is None) or named(source.find(words), words):
        return None
    if parts is not None:
        if not parts:
            raise UsageError(f"no experiment in {words!r}")
        return list(dict.fromkeys(one for part in parts for one in experiments(source, part)))
    assert pattern is not None
    return [address(row) for row in pattern(source, source.experiments() if rows is None else rows)]


def _pattern_within(source: Source, word: str) -> tuple[Pattern | None, list[RowOfProject] | None]:
    """The pattern that a word is, perhaps with a source in front: then the rows of that source, too."""
    prefix, colon, rest = word.partition(":")
    if colon and (pattern := _pattern(rest)) is not None:
        rows = [row for row in source.experiments() if _is_in(row, prefix)]
        if rows:
            return pattern, rows
    return _pattern(word), None


def _pattern(word: str) -> Pattern | None:
    """The function that picks the rows that a pattern means out of a source's; None if a word is not a pattern."""
    if word == ALL:
        return lambda source, rows: rows or _unknown(source, word)
    if word.startswith("@"):
        return lambda source, rows: _in_state(source, rows, word[1:])
    if back := re.fullmatch(BACK, word, re.ASCII):
        count = int(back[1])
        return lambda source, rows: _back(source, rows, word, count)
    if ends := re.fullmatch(RANGE, word, re.ASCII):
        first, last = int(ends[1]), int(ends[2])
        return lambda source, rows: _between(source, rows, word, first, last)
    if is_glob(word):
        return lambda source, rows: _matching(source, rows, word)
    return None


def _in_state(source: Source, rows: list[RowOfProject], state: str) -> list[RowOfProject]:
    from swancli.queries.filters import state_is_one_of
    from swancli.queries.values import Runs

    runs = Runs(source, None if len(rows) == len(source.experiments()) else rows)
    runs.keep([state_is_one_of(state)])
    if not runs.rows:
        raise ExperimentNotFound(f"no experiment in {source.where} is {state}", what=f"an experiment that is {state}")
    return runs.rows


def _back(source: Source, rows: list[RowOfProject], word: str, count: int) -> list[RowOfProject]:
    rows = sorted(rows, key=age_key, reverse=True)
    if count >= len(rows):
        raise ExperimentNotFound(f"no experiment {word} in {source.where}: it has {len(rows)}")
    return [rows[count]]


def _between(source: Source, rows: list[RowOfProject], word: str, first: int, last: int) -> list[RowOfProject]:
    low, high = min(first, last), max(first, last)
    rows = [row for row in rows if (id := row.get("id")) is not None and low <= id <= high]
    return (rows if first <= last else rows[::-1]) or _unknown(source, word)


def _matching(source: Source, rows: list[RowOfProject], word: str) -> list[RowOfProject]:
    return [row for row in rows if matches(row["name"], word)] or _unknown(source, word)


def _rows_of(source: Source, words: str) -> list[RowOfProject]:
    """The rows of the experiments that a word means."""
    wanted = experiments(source, words)
    rows = {address(row): row for row in source.experiments()}
    if missing := [one for one in wanted if one not in rows]:
        raise unknown(source, missing[0])
    return [rows[one] for one in wanted]


def _narrowed(
    source: Source, rows: list[RowOfProject], conditions: Sequence[Condition], best: Best | None
) -> list[Address]:
    from swancli.queries.values import Runs

    runs = Runs(source, rows)
    runs.keep(conditions)
    if not runs.rows:
        texts = " and ".join(condition.text for condition in conditions)
        raise ExperimentNotFound(
            f"no experiment in {source.where} meets {texts}" if texts else f"no experiments in {source.where}",
            what=f"an experiment that meets {texts}",
        )
    if best is not None:
        number, column, goal = best
        runs.sort([(column, goal == "max")])
        runs.rows = [row for row in runs.rows if as_finite(runs.value(row, column)) is not None][:number]
        if not runs.rows:
            raise ExperimentNotFound(f"no experiment has a number for {column.text}")
    return runs.addresses


def parse_best(count: int, text: str) -> Best:
    """The N best by a column; UsageError if neither its name nor its function tells which values are good."""
    from swancli.queries.columns import parse_column
    from swancli.queries.goals import goal

    column = parse_column(text)
    if count < 1:
        raise UsageError(f"--best needs a number of at least 1, not {count}")
    if (found := goal(column)) is None:
        raise UsageError(f"which values of {column.text} are best? use min({column.text}) or max({column.text})")
    return Best(count, column, found)


def listing(rows: list[RowOfProject], most: int = 12) -> str:
    """Experiments for an error's sentence: "1 (base), 2 (lr 0.1)"."""
    words = [f"{address(row)} ({_short(row.get('name'))})" for row in rows[:most]]
    return ", ".join(words) + (f" and {len(rows) - most} more" if len(rows) > most else "")


def unknown(source: Source, word: Address) -> NotFound:
    """The error for an experiment that isn't there: it says which are, and which is near."""
    what = f"{'an experiment' if word == LATEST else f'experiment {word}'} in {source.where}"
    try:
        found = source.experiments()
    except NotFound as error:
        return error
    if not found:
        return ExperimentNotFound(f"no experiment {word} in {source.where}: it has none", what=what)
    near = nearest(str(word), [str(row["name"]) for row in found])
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return ExperimentNotFound(f"no experiment {word} in {source.where}; it has {listing(found)}{hint}", what=what)


def unknown_metric(source: Source, experiment: Address, name: str) -> MetricNotFound:
    """The error for a metric that isn't there: it says which are near."""
    names = source.metrics(experiment)
    near = nearest(name, names) or names[:8]
    hint = f"; nearest: {', '.join(near)}" if near else "; it has none"
    error = MetricNotFound(f"no metric {name!r} in experiment {experiment}{hint}", name)
    error.what, error.experiment = f"metric {name!r} of experiment {experiment}", experiment
    return error


def unknown_metric_of_all(source: Source, name: str) -> MetricNotFound:
    """The error for a metric that no run has: it says which are near among those of the newest runs."""
    newest = sorted(source.experiments(), key=age_key, reverse=True)[:RUNS_SEARCHED]
    names = list(dict.fromkeys(name for row in newest for name in source.metrics(address(row))))
    near = nearest(name, names) or names[:8]
    hint = f"; nearest: {', '.join(near)}" if near else ""
    error = MetricNotFound(f"no run in {source.where} has a metric {name!r}{hint}", name)
    error.what = f"a metric {name!r} in {source.where}"
    return error


def metrics(source: Source, experiment: Address, words: list[str]) -> list[str]:
    """The metrics that names and globs stand for, in the order asked, each once; NotFound for a glob without any."""
    found: list[str] = []
    names: list[str] | None = None
    for word in words:
        if not is_glob(word):
            found.append(word)
            continue
        if names is None:
            try:
                names = source.metrics(experiment)
            except NotFound as error:
                raise (unknown(source, experiment) if isinstance(error, ExperimentNotFound) else error) from error
        matching = [word] if word in names else [name for name in names if matches(name, word)]
        if not matching:
            raise unknown_metric(source, experiment, word)
        found += matching
    return list(dict.fromkeys(found))


def _unknown(source: Source, word: str) -> NoReturn:
    raise unknown(source, word)


def _is_in(row: RowOfProject, source: str) -> bool:
    """Whether a row is of a source, or of one behind it."""
    name = row.get("source", "")
    return source in (name, name.partition("/")[0]) and bool(name)


def _by_name(rows: list[RowOfProject], word: str) -> list[RowOfProject]:
    return [row for row in rows if row["name"] == word]


def _by_run_id(rows: list[RowOfProject], word: str) -> list[RowOfProject]:
    return [row for row in rows if word in (row["run_id"], _id(row["run_id"]))]


def _by_prefix(rows: list[RowOfProject], word: str) -> list[RowOfProject]:
    return [row for row in rows if row["run_id"].startswith(word) or _id(row["run_id"]).startswith(word)]


def _id(run_id: str) -> str:
    """The part of a folder's name that SwanLab calls the run's id."""
    return run_id.split("-", 2)[-1]


def _short(name: object, most: int = 40) -> str:
    text = str(name)
    return text if len(text) <= most else text[: most - 1] + "…"
