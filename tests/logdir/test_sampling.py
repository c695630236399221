"""Buckets and the point that stands for each; whole series are held to the reference in test_points.py."""

from __future__ import annotations

import itertools
import random

import pytest

from swancli.logdir import sampling
from tests.support import reference


@pytest.mark.parametrize("count", [1501, 1502, 2998, 2999, 3000, 10_000, 123_457])
def test_buckets_differ_by_one_and_the_last_is_left_out(count: int) -> None:
    edges = sampling.edges(count)
    sizes = [b - a for a, b in itertools.pairwise(edges)]
    size, longer = divmod(count - 2, 1498)
    assert sizes == [size + 1] * longer + [size] * (1497 - longer)
    assert edges[0] == 1
    assert edges[-1] == count - 1 - size


@pytest.mark.parametrize("seed", range(30))
def test_point_of_a_bucket_is_the_references(seed: int) -> None:
    rng = random.Random(seed)
    for length in (1, 2, 3, 4, 7, 40, 300):
        steps = sorted(rng.sample(range(10**6), length))
        kind = rng.choice(["walk", "flat", "line", "integers", "odd"])
        values = {
            "walk": [rng.gauss(0, 1) for _ in steps],
            "flat": [1.5 for _ in steps],
            "line": [0.1 * step for step in steps],
            "integers": [rng.randrange(3) for _ in steps],
            "odd": [rng.choice([1.0, 1e308, -1e308, float("nan"), "NaN", [1], None, 10**400]) for _ in steps],
        }[kind]
        entries = [{"index": step, "data": value} for step, value in zip(steps, values, strict=True)]
        chosen = entries[sampling.pick(steps, values)]
        assert chosen is reference._of_bucket(entries)
