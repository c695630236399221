"""How fast a run is, and how long it may still take: an estimate, from the times of its points and its config."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from swancli.model import Point, Value
from swancli.times import seconds
from swancli.values import as_finite

TOTAL_STEPS = (
    "max_steps", "total_steps", "num_training_steps", "train_steps", "training_steps", "num_steps", "n_steps",
    "max_iters", "max_iterations", "total_iters", "num_iterations", "iterations", "total_timesteps", "max_train_steps",
)  # fmt: skip
TOTAL_EPOCHS = ("num_train_epochs", "num_epochs", "max_epochs", "total_epochs", "n_epochs", "epochs")
STEP_METRICS = ("global_step", "trainer_global_step")
EPOCH_METRICS = ("epoch",)
PROGRESS = frozenset((*STEP_METRICS, *EPOCH_METRICS))  # last parts of the names of metrics that count steps or epochs
RECENT_POINTS = 100  # that the pace is computed from


class Estimate(NamedTuple):
    """Steps per second; the share that is done, and the seconds that are left, if the config tells the total."""

    pace: float | None = None
    done: float | None = None
    left: float | None = None


def pace(points: Sequence[Point]) -> float | None:
    """Steps per second over the latest points; None if it cannot be computed."""
    recent = points[-RECENT_POINTS:]
    if len(recent) < 2:
        return None
    first, last = recent[0], recent[-1]
    begun, ended = seconds(first[2]), seconds(last[2])
    low, high = as_finite(first[0]), as_finite(last[0])
    if begun is None or ended is None or low is None or high is None or ended <= begun or high <= low:
        return None
    return (high - low) / (ended - begun)


def estimate(
    config: Sequence[tuple[str, Value]],
    latest: Mapping[str, Value],
    step: float | None,
    points: Sequence[Point],
    elapsed: float | None,
) -> Estimate:
    """The estimate of a run from its flat config, its latest values, and the points of one of its metrics."""
    speed = pace(points)
    steps, epochs = _total(config, TOTAL_STEPS), _total(config, TOTAL_EPOCHS)
    counted = _counted(latest, STEP_METRICS)
    at = step if counted is None else counted
    if steps is not None and at is not None and 0 < at <= steps:
        if counted is None and speed:
            return Estimate(speed, at / steps, (steps - at) / speed)
        return Estimate(speed, at / steps, _rest(at / steps, elapsed))
    passed = _counted(latest, EPOCH_METRICS)
    if epochs is not None and passed is not None and 0 < passed <= epochs:
        return Estimate(speed, passed / epochs, _rest(passed / epochs, elapsed))
    return Estimate(speed)


def _rest(done: float, elapsed: float | None) -> float | None:
    """The time that is left if the rest goes on as before."""
    return elapsed * (1 - done) / done if elapsed is not None and done > 0 else None


def _total(config: Sequence[tuple[str, Value]], keys: Sequence[str]) -> float | None:
    """The value of the first of the keys that the config has, at any depth; -1 stands for none."""
    for key in keys:
        for name, value in config:
            if name.rpartition(".")[2].lower() == key:
                number = as_finite(value) if not isinstance(value, bool) else None
                if number is not None and number > 0:
                    return number
    return None


def _counted(latest: Mapping[str, Value], names: Sequence[str]) -> float | None:
    for name, value in latest.items():
        if name.rpartition("/")[2] in names and (number := as_finite(value)) is not None:
            return number
    return None
