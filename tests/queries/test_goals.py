"""Which value of a metric is the best, by its name."""

from __future__ import annotations

import pytest

from swancli.errors import UsageError
from swancli.queries.columns import parse_column
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


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("train/loss", "min"), ("loss/total", "min"), ("val_rmse", "min"), ("max(val/loss)", "min"), ("ppl", "min"),
        ("val/acc", "max"), ("eval/f1", "max"), ("min(val/accuracy)", "max"), ("tokens_per_second", "max"),
        ("reward/mean", "max"), ("loss/accuracy", "max"),
        ("grad_norm", None), ("min(grad_norm)", "min"), ("max(x)", "max"), ("last(x)", None), ("epoch", None),
    ],
)  # fmt: skip
def test_a_name_tells_or_else_the_function(text: str, wanted: str | None) -> None:
    assert goal(parse_column(text)) == wanted


def test_the_last_goal_that_matches_counts() -> None:
    goals = parse_goals(["val/*=max", "val/loss=last", "a=b=min"])
    assert [goal_of(name, goals) for name in ("val/x", "val/loss", "a=b", "loss")] == ["max", None, "min", "min"]


@pytest.mark.parametrize("word", ["loss", "loss=", "=min", "loss=low", "loss=MIN"])
def test_a_wrong_goal_is_a_usage_error(word: str) -> None:
    with pytest.raises(UsageError, match="--goal must be NAME=min"):
        parse_goals([word])
