"""Which value of a metric is the best, by its name."""

from __future__ import annotations

import pytest

from swancli.errors import UsageError
from swancli.model import Column
from swancli.queries.goals import goal, goal_of, parse_goals


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("loss", "min"), ("train/loss", "min"), ("val_loss_total", "min"), ("valLoss", "min"), ("perplexity", "min"),
        ("test/WER", "min"), ("eval/mse", "min"), ("top1_error", "min"), ("fid_score", "min"), ("acc", "max"),
        ("val/accuracy", "max"), ("valAcc", "max"), ("top5", "max"), ("Top-1", "max"), ("mAP@50", "max"),
        ("mIoU", "max"), ("F1-score", "max"), ("bleu4", "max"), ("r2", "max"), ("score", "max"), ("episode_reward", "max"),
        ("samples_per_second", "max"), ("loss_scale", None), ("grad_norm", None), ("lr", None), ("epoch", None),
        ("", None), ("损失", None),
    ],
)  # fmt: skip
def test_a_name_tells_what_is_best(name: str, wanted: str | None) -> None:
    assert goal_of(name) == wanted


def test_a_function_tells_where_a_name_does_not() -> None:
    assert goal(Column("max", "x")) == "max"
    assert goal(Column("max", "loss")) == "min"
    assert goal(Column("mean", "x")) is None


def test_the_last_goal_that_matches_counts() -> None:
    goals = parse_goals(["val/*=max", "val/loss=last", "a=b=min"])
    assert [goal_of(name, goals) for name in ("val/x", "val/loss", "a=b", "loss")] == ["max", None, "min", "min"]


@pytest.mark.parametrize("word", ["loss", "loss=", "=min", "loss=low", "loss=MIN"])
def test_a_wrong_goal_is_a_usage_error(word: str) -> None:
    with pytest.raises(UsageError, match="--goal must be NAME=min"):
        parse_goals([word])
