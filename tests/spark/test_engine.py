"""`swancli export --engine spark` writes the data set that `swancli export` writes; what can't be done is explained."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.spark.core import OFFLINE
from tests.support import arrow, spark
from tests.support.command import environment
from tests.support.corpus_cases import copy_logdir
from tests.support.logdirs import Logdir, point, points

pytestmark = [pytest.mark.spark, pytest.mark.slow]

NOBODY = "spark://127.0.0.1:1"  # a port on which nothing listens

# Both data sets as JSON: the columns and the rows of each file, in their order; dictionaries are a matter of storage.
READ = """
import json, sys
from pathlib import Path
import pyarrow as pa
from pyarrow import parquet

def plain(kind):
    return str(kind.value_type if pa.types.is_dictionary(kind) else kind)

found = []
for folder in map(Path, sys.argv[1:]):
    files = {}
    for path in sorted(folder.rglob("*.parquet")):
        table = parquet.ParquetFile(path).read()
        rows = [repr(row) for row in table.to_pylist()]
        files[str(path.relative_to(folder))] = [[f.name, plain(f.type)] for f in table.schema], rows
    found.append(files)
print(json.dumps(found))
"""


def by_spark(*words: str | Path, python: Path | str = spark.PYTHON) -> subprocess.CompletedProcess[str]:
    """Run an export with --engine spark."""
    return subprocess.run(
        [python, "-m", "swancli", *map(str, words), "--engine", "spark"],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd=spark.ROOT, env=environment(), timeout=300,
    )  # fmt: skip


def test_both_engines_write_the_same_data_set(tmp_path: Path) -> None:
    spark.check_installed()
    logdir = Logdir(tmp_path / "a" / "swanlog")
    run = logdir.run("odd", run_id="run-20250321_125800-é =%25名")
    run.metric("loss", points(2500))
    run.metric("backwards", [point(step, step) for step in range(1500, 0, -1)], folder="two")
    run.metric("odd", [point(1, "NaN"), point(2, "INF"), point(3, 0.1, create_time=None)], folder="three")
    run.metric("text", [point(1, "a\tb"), point(2, "名 "), point(3, 1.5)], type="text", folder="four")
    nothing = logdir.run("nothing")
    for one in (run, nothing):
        one.age(100)
    logdir.close()
    case = copy_logdir("plain-0.5.2", tmp_path / "b" / "swanlog")
    sources = ("-l", logdir.path, "-l", case, "-l", OFFLINE / "0.10.3-offline" / "mixed", "export")
    local, other = tmp_path / "local", tmp_path / "other"
    assert arrow.run("-m", "swancli", *sources, "-o", local).returncode == 0
    done = by_spark(*sources, "-o", other, "--master", "local[2]")
    assert done.returncode == 0, done.stderr
    one, two = json.loads(arrow.script(READ, local, other))
    assert list(one) == list(two)
    assert len(one) > 10
    for name, (columns, rows) in one.items():
        assert two[name] == [columns, rows], name
    manifests = [json.loads((folder / "_manifest.json").read_text()) for folder in (local, other)]
    assert manifests[0] == manifests[1]
    assert set(map(str, other.iterdir())) == {str(other / path.name) for path in local.iterdir()}

    # what is there as it is needs no Spark, whoever wrote it
    known = {entry["fingerprint"] for entry in manifests[0]["runs"].values()}
    assert None not in known
    for folder in (local, other):
        again = by_spark(*sources, "-o", folder, "--master", NOBODY)
        assert again.returncode == 0, again.stderr
        assert "0 runs" in again.stderr
        assert "0 runs" in arrow.run("-m", "swancli", *sources, "-o", folder).stderr


SAMPLE = ("-l", spark.ROOT / "swancli" / "sample", "export")


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("-o", "x.csv"), 2, "--engine spark writes a Parquet data set, a directory, not csv"),
        (("-o", "x", "--format", "duckdb"), 2, "--engine spark writes a Parquet data set, a directory, not duckdb"),
        (("-o", "x", "--master", NOBODY), 4, f"no Spark master responds at {NOBODY}: Connection refused"),
        (
            ("-o", "x", "--master", "spark://:7077"),
            2,
            "spark://:7077 is not the address of a Spark master: use spark://HOST:7077",
        ),
        (
            ("-o", "x", "--master", "node1:7077"),
            2,
            "'node1:7077' is not a Spark master: use local[4], spark://HOST:7077, yarn or k8s://HOST",
        ),
    ],
)
def test_what_spark_cannot_do_is_one_sentence(words: tuple[str, ...], code: int, sentence: str, tmp_path: Path) -> None:
    spark.check_installed()
    target = tmp_path / words[1]
    done = by_spark(*SAMPLE, "-o", target, *words[2:])
    assert done.returncode == code
    assert done.stderr == f"swancli: error: {sentence}\n"
    assert not list(target.glob("points")) if target.exists() else True


def test_without_pyspark_the_extra_is_named(tmp_path: Path) -> None:
    done = by_spark(*SAMPLE, "-o", tmp_path / "x", python=sys.executable)
    assert done.returncode == 2
    assert done.stderr == "swancli: error: --engine spark needs PySpark: pip install 'swancli[spark]'\n"


def test_a_master_needs_the_engine(tmp_path: Path) -> None:
    words = [*SAMPLE, "-o", tmp_path / "x", "--master", NOBODY]
    done = subprocess.run(
        [sys.executable, "-m", "swancli", *map(str, words)], capture_output=True, text=True, env=environment()
    )
    assert (done.returncode, done.stderr) == (2, "swancli: error: --master is for --engine spark\n")
