"""What the core reads of logdirs, in the form in which tests.spark.queries gives rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import swancli
from swancli.api.batches import numbers, only_texts
from swancli.api.chunks import NO_TIME
from swancli.export.contents import TABLES, Contents
from tests.support import spark
from tests.support.corpus_cases import cases, copy_logdir

OFFLINE = spark.ROOT / "tests" / "corpus_offline"
UNREADABLE = "dmg-db-truncated"  # a case in which the core can read nothing


def copy_corpus(folder: Path) -> tuple[list[Path], list[str]]:
    """All recorded logdirs that can be read, copied below a folder, and the patterns that name them for Spark."""
    found = [copy_logdir(case, folder / case / "swanlog") for case in cases() if case != UNREADABLE]
    found = [path for path in found if (path / "runs.swanlab").exists() or list(path.glob("run-*"))]
    offline = sorted(path for path in OFFLINE.glob("*/*") if path.is_dir())
    return [*found, *offline], [str(folder / "*" / "swanlog"), str(OFFLINE / "*" / "*")]


def expected(*paths: Path) -> dict[str, list[list[str]]]:
    """The rows of all tables of logdirs, sorted."""
    found: dict[str, list[list[Any]]] = {table: [] for table in TABLES}
    for path in paths:
        with swancli.open(path) as runs:
            for run in runs:
                contents = Contents(run, runs.project)
                for name, parts in contents.series():
                    for part in parts:
                        for table, chunk in (("points", numbers(part)), ("text", only_texts(part))):
                            cells = chunk.values if table == "points" else chunk.texts or []
                            times = [None if time == NO_TIME else time for time in chunk.times]
                            rows = zip(chunk.steps, cells, times)
                            found[table] += [[*contents.owner, name, *row] for row in rows]
                found["config"] += contents.config()
                found["console"] += [[*contents.owner, n, line] for n, line in enumerate(run.lines(), 1)]
                found["runs"].append(contents.row())
    return {table: sorted([repr(_clean(cell)) for cell in row] for row in rows) for table, rows in found.items()}


def _clean(cell: Any) -> Any:
    return cell.encode("utf-8", "replace").decode() if isinstance(cell, str) else cell
