"""How the benchmarks judge what grows."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from benchmarks import growth
from benchmarks.probes import Probe, Sample

START = 0.05


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only as many rounds as a row has at least."""
    monkeypatch.setattr(growth, "MAX_SECONDS", 0.0)


def cells(monkeypatch: pytest.MonkeyPatch, power: float, limit: float = growth.LINEAR, noise: float = 0.0) -> list[str]:
    """The row of a command whose time grows with its size to a power."""
    disturbance = random.Random(0).random

    def probe(row: growth.Growth, size: int) -> Probe:
        seconds = START + 0.0001 * (size if size > 1 else 0) ** power
        return lambda: Sample(0.0, processor=seconds + noise * disturbance())

    monkeypatch.setattr(growth, "_probe", probe)
    row = growth.Growth("a command", "runs", 4000, lambda size: Path(), lambda size: [], limit)
    return growth.table([growth.measured(row)])[-1].strip("| ").split(" | ")


def test_what_grows_in_proportion_is_met(monkeypatch: pytest.MonkeyPatch) -> None:
    found = cells(monkeypatch, 1)
    assert found[1:] == ["1,000 → 4,000 runs", "150 ms", "450 ms", "1.00 ± 0.00", "1.05", "yes"]


def test_what_grows_faster_is_not_met(monkeypatch: pytest.MonkeyPatch) -> None:
    assert cells(monkeypatch, 1.1)[4:] == ["1.10 ± 0.00", "1.05", "no"]


def test_what_must_not_grow_is_judged_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    assert cells(monkeypatch, 0, growth.FLAT)[4:] == ["none", "0.1", "yes"]
    assert cells(monkeypatch, 0.8, growth.FLAT)[4:] == ["0.37 ± 0.00", "0.1", "no"]


def test_noise_shows_in_the_error(monkeypatch: pytest.MonkeyPatch) -> None:
    exponent, _, error = cells(monkeypatch, 1, noise=0.1)[4].split(" ")
    assert float(error) > 0.02
    assert float(exponent) == pytest.approx(1, abs=4 * float(error))
