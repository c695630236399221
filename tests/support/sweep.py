"""A logdir with the runs of a sweep, whose names, configs and metrics are easy to tell apart."""

from __future__ import annotations

from pathlib import Path

from tests.support.logdirs import Logdir, point

# name, model, learning rate, losses of the steps 1, 2, 3 …
RUNS: tuple[tuple[str, str | None, float | None, list[float | str]], ...] = (
    ("resnet18-a", "resnet18", 0.1, [3.0, 2.0, 2.5]),
    ("resnet18-b", "resnet18", 0.001, [3.0, 1.0, 0.5]),
    ("resnet50-a", "resnet50", 0.1, [4.0, "NaN"]),
    ("resnet50-b", "resnet50", 0.001, [4.0, 2.0, 0.25, 0.75]),
    ("plain", None, None, []),
)
CONFIG = """
model:
  value: {model}
  desc: ''
  sort: 0
opt:
  value:
    lr: {lr}
  desc: ''
"""


def sweep(path: Path) -> Path:
    """Write RUNS, as the experiments 1 to 5, a day apart; the last one runs, and has neither config nor metrics."""
    logdir = Logdir(path)
    for n, (name, model, lr, losses) in enumerate(RUNS, 1):
        times = {"create_time": f"2025-03-2{n}T10:00:00+00:00", "finish_time": f"2025-03-2{n}T11:30:00+00:00"}
        status = {"status": -1} if name == "resnet50-a" else {"status": 0} if name == "plain" else {}
        run = logdir.run(name, **{**times, **status})
        if model is not None:
            run.file(
                "config.yaml",
                f"model:\n  value: {model}\n  desc: ''\n  sort: 0\nopt:\n  value:\n    lr: {lr}\n  desc: ''\n",
            )
        if losses:
            run.metric("val/loss", [point(step, value) for step, value in enumerate(losses, 1)])
            run.metric("acc", [point(step, 1 / (1 + step)) for step in range(1, 3)])
    return logdir.close()
