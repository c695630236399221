"""The main metric of a run, which a project's table shows if none is named."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from swancli.names import matches

if TYPE_CHECKING:
    from swancli.logdir.rows import TagRow

USUAL_LOSSES = ("train/loss", "loss")


def rank(name: object) -> int:
    """The rank of a metric as the main one: 0 for the usual losses, 1 for any other loss, 2 for the rest."""
    if name in USUAL_LOSSES:
        return 0
    return 1 if isinstance(name, str) and "loss" in name else 2


def chosen(tags: Iterable[TagRow], name: str | None) -> list[TagRow]:
    """The metrics that `name`, a name or a glob, matches; without one, the first metric of the lowest rank."""
    if name is not None:
        return [tag for tag in tags if matches(tag["name"], name)]
    found = min(tags, key=lambda tag: rank(tag["name"]), default=None)
    return [] if found is None else [found]
