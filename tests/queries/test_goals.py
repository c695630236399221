"""Whether the lowest or the highest values are good."""

from __future__ import annotations

import pytest

from swancli.queries.columns import parse_column
from swancli.queries.goals import goal


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
