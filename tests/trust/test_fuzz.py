"""The inputs of the fuzzers, each of them, and small changes of them: a check fails where a fuzzer once found something.
Then each fuzzer itself for some seconds; `make fuzz` lets them run for longer."""

from __future__ import annotations

import random
import re
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

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


@pytest.mark.skipif(find_spec("atheris") is None, reason="atheris is built for Linux on x86-64 only")
@pytest.mark.parametrize("target", sorted({path.parent.name for path in SEEDS}))
def test_fuzzer_finds_nothing_in_some_seconds(target: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "fuzz", target, "4", str(tmp_path)],
        capture_output=True,
        timeout=120,
        cwd=CORPUS.parents[1],
    )
    said = done.stderr.decode("utf-8", "replace")
    # what took long is reported as a slow unit, which tells of the machine
    found = [path.name for path in tmp_path.iterdir() if not path.name.startswith("slow-unit-")]
    assert (done.returncode, found) == (0, []), said[-3000:]
    ran = re.search(r"Done (\d+) runs", said)
    assert ran is not None, said[-3000:]
    assert int(ran[1]) > 0


def test_every_target_has_inputs() -> None:
    targets = {path.stem[5:] for path in CORPUS.parent.glob("fuzz_*.py")}
    assert targets == {path.parent.name for path in SEEDS}
    assert all(sum(path.parent.name == target for path in SEEDS) >= 1 for target in targets)
