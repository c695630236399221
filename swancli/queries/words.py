"""Which words of a command line are experiments, and which are metrics: `[EXP] NAME...`, where EXP may be left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swancli.errors import ExperimentNotFound, NotFound, UsageError
from swancli.globs import is_glob
from swancli.queries import selector

if TYPE_CHECKING:
    from swancli.model import Address
    from swancli.source import Source


def series_of(source: Source, words: list[str]) -> list[tuple[Address, str]]:
    """The (experiment, metric) pairs that `[EXP] NAME...` names, in their order; UsageError without a metric."""
    if not words:
        raise UsageError("which metric? usage: swancli metric [EXP] NAME...")
    if len(words) > 1:
        try:
            ids = selector.experiments(source, words[0])
        except NotFound:
            if not _first_is_metric(source, words[0]):
                raise
        else:
            return [(id, name) for id in ids for name in selector.metrics(source, id, words[1:])]
    elif not _only_is_metric(source, words[0]):
        try:
            id = selector.experiment(source, words[0])
        except ExperimentNotFound as error:
            raise UsageError(f"which experiment? usage: swancli metric latest {words[0]}") from error
        names = source.metrics(id)
        raise UsageError(f"which metric of experiment {id}? it has {', '.join(names[:12]) or 'none'}")
    id = selector.experiment(source, None)
    return [(id, name) for name in selector.metrics(source, id, words)]


def metrics_of(source: Source, words: list[str]) -> tuple[Address, list[str] | None]:
    """The experiment that `[EXP] [NAME...]` names, and the metrics; None stands for all of them."""
    if not words:
        return selector.experiment(source, None), None
    if len(words) > 1:
        try:
            id = selector.experiment(source, words[0])
        except NotFound:
            if not _first_is_metric(source, words[0]):
                raise
        else:
            return id, selector.metrics(source, id, words[1:])
    elif not _only_is_metric(source, words[0]):
        return selector.experiment(source, words[0]), None
    id = selector.experiment(source, None)
    return id, selector.metrics(source, id, words)


def _first_is_metric(source: Source, word: str) -> bool:
    """Whether the first of several words names metrics of the only experiment there is."""
    found = source.experiments()
    return len(found) == 1 and (is_glob(word) or word in source.metrics(selector.address(found[0])))


def _only_is_metric(source: Source, word: str) -> bool:
    """Whether one word alone names metrics of the only experiment there is, not that experiment."""
    if word.isdecimal():  # digits are always an id
        return False
    found = source.experiments()
    if len(found) != 1:
        return False
    row = found[0]
    if is_glob(word) or word in source.metrics(selector.address(row)):
        return True
    return word not in (row["name"], row["run_id"], selector.LATEST)
