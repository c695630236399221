"""Which experiment is meant: an id, a name, a run id or the start of one, or `latest`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from swancli.errors import ExperimentNotFound, MetricNotFound, NotFound, UsageError
from swancli.globs import is_glob, matches
from swancli.model import age_key
from swancli.source import LATEST, Source

if TYPE_CHECKING:
    from swancli.model import Address, RowOfProject

MOST_DIGITS = 1000
RUNS_SEARCHED = 8  # for a metric like one that no run has
BAD_ID = "experiment_id should be a valid integer, unable to parse string as an integer"


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


def experiments(source: Source, words: str | None) -> list[Address]:
    """The addresses of a list with commas, in the order given; a name that holds a comma is one name."""
    if words is None or "," not in words:
        return [experiment(source, words)]
    if any(row["name"] == words for row in source.find(words)):
        return [experiment(source, words)]
    found = [experiment(source, word.strip()) for word in words.split(",") if word.strip()]
    if not found:
        raise UsageError(f"no experiment in {words!r}")
    return found


def address(row: RowOfProject) -> Address:
    """What stands for an experiment in a request."""
    id = row.get("id")
    word: Address = row["run_id"] if id is None else id
    return f"{row['source']}:{word}" if "source" in row else word


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
    return MetricNotFound(f"no run in {source.where} has a metric {name!r}{hint}", name)


def nearest(word: str, names: list[str]) -> list[str]:
    """At most three of `names` that look like `word`."""
    from difflib import get_close_matches

    folded = {name.casefold(): name for name in reversed(names)}
    inside = [name for name in names if word.casefold() in name.casefold()]
    close = [folded[name] for name in get_close_matches(word.casefold(), list(folded), 3, 0.5)]
    return list(dict.fromkeys(inside[:3] + close))[:3]


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
