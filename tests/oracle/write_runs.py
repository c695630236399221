"""Runs for the live comparison, written by the newest SwanLab in local mode: `python train.py WORD`.

Copied beside the logdir and run by the oracle's Python, one process a run.
"""

from __future__ import annotations

import math
import sys

import swanlab


def start(name: str, **config: object) -> None:
    """Open a run."""
    swanlab.init(project="oracle", experiment_name=name, config=config, mode="local", logdir="swanlog")


def run_plain() -> None:
    """Numbers of every size, names with slashes, quotes and Chinese, more points than are sent unsampled."""
    start("plain", lr=1e-4, layers=[1, 2, 3], nested={"a": None, "b": "yes", "日": 1.5}, big=2**60)
    for step in range(1600):
        swanlab.log({"train/loss": 2 / (step + 1) + 0.05 * math.sin(step * 1.7)})
    for step, value in enumerate([0.0, -0.0, 1e-7, 1e22, 5e-324, 123456789, 0.1 + 0.2, True]):
        swanlab.log({"odd/values": value, "a b%20c": value, "损失": value}, step=2000 + step * 3)
    print("step done \t\x0b tab and 中文 🙂")


def run_text() -> None:
    """Text beside numbers, steps out of order and twice."""
    start("text")
    for step in (5, 3, 9, 3):
        swanlab.log({"loss": step * 1.5, "answer": swanlab.Text(f"answer {step}\nmore", caption="c")}, step=step)


def run_crashed() -> None:
    """A run that raises."""
    start("crashed", stage="sft")
    swanlab.log({"loss": 1.0})
    raise RuntimeError("CUDA out of memory")


if __name__ == "__main__":
    globals()[f"run_{sys.argv[1]}"]()
