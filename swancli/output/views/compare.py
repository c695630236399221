"""`swancli compare`: a row for each key, a column for each run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from swancli.model import Compared, Known, Run
from swancli.output.table import As, Best, Cell, Changed, Column, Table
from swancli.output.text.escape import printable
from swancli.output.text.numbers import exact
from swancli.output.views.differences import differing

OWN_KEYS = ("section", "key", "best")  # columns that do not belong to a run
KINDS = {"config": "exact", "metrics": "number"}  # of values by section; others are "long"
NEVER_LEFT_OUT = 2  # runs, however narrow the terminal is


def compare(runs: Sequence[Run], rows: Sequence[Compared], same: int = 0) -> list[Table]:
    """Tables of the rows; `same` is how many were left out because they are the same in all runs."""
    names = headings(runs)
    # of many runs the last ones are left out first; two can always be seen
    columns = [Column(name, name, "long", max(0, n + 1 - NEVER_LEFT_OUT)) for n, name in enumerate(names)]
    notes = [BEST_NOTE] if any(row.best for row in rows) else []
    if same:
        notes.append(f"{same} {'row is' if same == 1 else 'rows are'} the same in all runs: --all shows them, too")
    shown = [(row.section, _name(row), *_cells(row)) for row in rows]
    plain = [
        (row.section, _name(row), *(_cell(row.section, cell) for cell in row.cells), _best(row, names)) for row in rows
    ]
    head = [Column("section", "section"), Column("key", "key", "name")]
    return [
        Table([*head, *columns], shown, notes=notes, group="section", only="terminal"),
        Table([*head, *columns, Column("best", "best")], plain, only="pipe"),
    ]


BEST_NOTE = "marked: the best of its row, the lowest loss or the highest accuracy"


def headings(runs: Sequence[Run]) -> list[str]:
    """A name for each run; runs that share a name have their id after it, with its source if there are several."""
    names = [str(run.get("name")) for run in runs]
    count = Counter([*names, *OWN_KEYS])
    return [name if count[name] == 1 else f"{name} ({_address(run)})" for name, run in zip(names, runs, strict=True)]


def _address(run: Run) -> str:
    id = str(run.get("id") or run.get("run_id"))
    return f"{run['source']}:{id}" if "source" in run else id


def _name(row: Compared) -> str:
    """The key of a row; a fact of the system has its name without spaces."""
    return row.key.replace(" ", "_") if row.section == "system" else row.key


def _cell(section: str, cell: Known | None) -> Cell:
    return None if cell is None else As(KINDS.get(section, "long"), cell.value)


def _cells(row: Compared) -> list[Cell]:
    """The cells of a row for people: the best is marked, and words that differ between two texts are coloured."""
    cells = [_cell(row.section, cell) for cell in row.cells]
    for n in row.best:
        cells[n] = Best(row.cells[n].value)  # type: ignore[union-attr]
    if len(row.cells) != 2 or row.section == "metrics" or None in row.cells:
        return cells
    values = [cell.value for cell in row.cells if cell is not None]
    if not any(isinstance(value, (str, list)) for value in values):
        return cells
    one, other = (printable(exact(value)) for value in values)
    pieces = differing(one, other) if one != other else None
    return cells if pieces is None else [Changed(one, pieces[0]), Changed(other, pieces[1])]


def _best(row: Compared, names: Sequence[str]) -> str | None:
    return ", ".join(names[n] for n in row.best) or None
