"""The inputs of the fuzzers, each of them, and small changes of them: a check fails where a fuzzer once found something."""

from __future__ import annotations

import random
from importlib import import_module
from pathlib import Path

import pytest

CORPUS = Path(__file__).parents[2] / "fuzz/corpus"
SEEDS = sorted(path for path in CORPUS.rglob("*") if path.is_file())


@pytest.mark.parametrize("seed", SEEDS, ids=[f"{path.parent.name}/{path.name}" for path in SEEDS])
def test_input_of_a_fuzzer(seed: Path) -> None:
    check = import_module(f"fuzz.fuzz_{seed.parent.name}").check
    data = seed.read_bytes()
    check(data)
    rng = random.Random(seed.name)
    for _ in range(25):
        changed = bytearray(data)
        for _ in range(rng.randrange(1, 4)):
            at = rng.randrange(len(changed) + 1)
            end = at + rng.choice((0, 0, 1, 1, 8))
            changed[at:end] = rng.choice(
                (b"", rng.randbytes(1), rng.randbytes(3), data[:20], b"\xff\xfe", b'"', b"\n", b"\r")
            )
        check(bytes(changed))


def test_every_target_has_inputs() -> None:
    targets = {path.stem[5:] for path in CORPUS.parent.glob("fuzz_*.py")}
    assert targets == {path.parent.name for path in SEEDS}
    assert all(sum(path.parent.name == target for path in SEEDS) >= 1 for target in targets)
