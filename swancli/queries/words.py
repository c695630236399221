"""Which words of a command line are experiments, and which are metrics: `[EXP] NAME...`, where EXP may be left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from swancli.addresses import address
from swancli.errors import ExperimentNotFound, MetricNotFound, NotFound, UsageError
from swancli.names import is_glob
from swancli.queries import selector
from swancli.source import LATEST

if TYPE_CHECKING:
    from swancli.model import Address
    from swancli.queries.filters import Condition
    from swancli.queries.selector import Best
    from swancli.source import Source


def series_of(
    source: Source, words: list[str], conditions: Sequence[Condition] = (), best: Best | None = None
) -> list[tuple[Address, str]]:
    """The (experiment, metric) pairs that `[EXP] NAME...` names, in their order; UsageError without a metric.

    With conditions, or if the best are asked for, EXP may be left out if there are several experiments.
    """
    if not words:
        raise UsageError("which metric? usage: swancli metric [EXP] NAME...")
    is_narrowed = bool(conditions) or best is not None
    if len(words) > 1:
        try:
            ids = selector.experiments(source, words[0], conditions, best)
        except NotFound:
            if not (_means_nothing(source, words[0]) if is_narrowed else _first_is_metric(source, words[0])):
                raise
        else:
            return _pairs(source, ids, words[1:])
    elif not is_narrowed and not _only_is_metric(source, words[0]):
        try:
            ids = selector.experiments(source, words[0])
        except ExperimentNotFound as error:
            raise UsageError(f"which experiment? usage: swancli metric latest {words[0]}") from error
        names = source.metrics(ids[0])
        raise UsageError(f"which metric of experiment {ids[0]}? it has {', '.join(names[:12]) or 'none'}")
    return _pairs(source, selector.experiments(source, None, conditions, best), words)


def metrics_of(
    source: Source, words: list[str], conditions: Sequence[Condition] = (), best: Best | None = None
) -> list[tuple[Address, list[str] | None]]:
    """The experiments that `[EXP] [NAME...]` names, each with the metrics; None stands for all of them."""
    is_narrowed = bool(conditions) or best is not None
    if words and (len(words) > 1 or is_narrowed or not _only_is_metric(source, words[0])):
        try:
            ids = selector.experiments(source, words[0], conditions, best)
        except NotFound:
            if is_narrowed:
                is_metric = _means_nothing(source, words[0])
            else:
                is_metric = len(words) > 1 and _first_is_metric(source, words[0])
            if not is_metric:
                raise
        else:
            return _named_metrics(source, ids, words[1:])
    return _named_metrics(source, selector.experiments(source, None, conditions, best), words)


def _pairs(source: Source, ids: list[Address], words: list[str]) -> list[tuple[Address, str]]:
    """Each experiment with its metrics; of several, those in which a glob matches none are left out."""
    return [(id, name) for id, names in _named_metrics(source, ids, words) for name in names or ()]


def _named_metrics(source: Source, ids: list[Address], words: list[str]) -> list[tuple[Address, list[str] | None]]:
    if not words:
        return [(id, None) for id in ids]
    found: list[tuple[Address, list[str] | None]] = []
    missing: MetricNotFound | None = None
    for id in ids:
        try:
            found.append((id, selector.metrics(source, id, words)))
        except MetricNotFound as error:
            missing = error
    if missing is not None and (len(ids) == 1 or not found):
        raise missing
    return found


def _means_nothing(source: Source, word: str) -> bool:
    """Whether a word names no experiment, whatever the conditions are."""
    try:
        selector.experiments(source, word)
    except NotFound:
        return True
    return False


def _first_is_metric(source: Source, word: str) -> bool:
    """Whether the first of several words names metrics of the only experiment there is."""
    found = source.experiments()
    return len(found) == 1 and (is_glob(word) or word in source.metrics(address(found[0])))


def _only_is_metric(source: Source, word: str) -> bool:
    """Whether one word alone names metrics of the only experiment there is, not that experiment."""
    if word.isdecimal():  # digits are always an id
        return False
    found = source.experiments()
    if len(found) != 1:
        return False
    row = found[0]
    if is_glob(word) or word in source.metrics(address(row)):
        return True
    return word not in (row["name"], row["run_id"], LATEST)
