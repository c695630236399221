"""The main metric of a run, which a project's table shows if none is named."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from swancli.logdir.rows import TagRow

USUAL_LOSSES = ("train/loss", "loss")


def rank(name: object) -> int:
    """The rank of a metric as the main one: 0 for the usual losses, 1 for any other loss, 2 for the rest."""
    if name in USUAL_LOSSES:
        return 0
    return 1 if isinstance(name, str) and "loss" in name else 2


def main_metric(tags: Iterable[TagRow], name: str | None) -> TagRow | None:
    """The metric `name`, or else the one of the lowest rank, the first of equals; None if there is none."""
    if name is not None:
        return next((tag for tag in tags if tag["name"] == name), None)
    return min(tags, key=lambda tag: rank(tag["name"]), default=None)
