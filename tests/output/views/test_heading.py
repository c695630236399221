"""The first line of a live view."""

from __future__ import annotations

import pytest

from swancli.model import Project, Status
from swancli.output.text.styled import line_cells, plain
from swancli.output.views.heading import of_project, of_runs
from tests.support.details import NOW

RUN: Status = {"name": "Qwen2.5-7B/20250321-1130", "state": "running", "last_step": 1200, "last_write": NOW - 3}
WIDTHS = [1, 9, 20, 30, 45, 60, 80, 200]


def test_a_run_shows_name_state_step_last_write_and_clock() -> None:
    text = plain(of_runs([RUN], None, 80, now=NOW))
    assert text.startswith("Qwen2.5-7B/20250321-1130  running  step 1200  last write just now  ")
    assert text.endswith("  06:53:20")
    assert len(text) == 80


def test_what_is_not_known_is_a_dash() -> None:
    assert plain(of_runs([{"name": "3"}], None, 60, now=NOW)).split("  ")[:4] == ["3", "–", "step –", "last write –"]
    assert plain(of_runs([{"name": "3"}], 7, 60, unicode=False, now=NOW)).startswith("3  -  step 7  last write -")


def test_several_runs_are_counted_by_state_and_show_the_latest() -> None:
    other: Status = {"name": "b", "state": "finished", "last_step": 9, "last_write": NOW - 7200}
    text = plain(of_runs([RUN, other], 1300, 100, now=NOW))
    assert text.startswith("Qwen2.5-7B/20250321-1130, b  1 running, 1 finished  step 1300  last write just now  ")


def test_a_stale_run_shows_for_how_long() -> None:
    stale: Status = {"name": "a", "state": "stale", "stale_for": 1900.0, "last_write": NOW - 1900}
    assert "  stale 31 min  " in plain(of_runs([stale], None, 80, now=NOW))


def test_a_project_shows_its_runs_by_state() -> None:
    project: Project = {"name": "llm", "experiments": [{"state": "finished"}, {"state": "running"}, {}]}
    text = plain(of_project(project, 80, now=NOW))
    assert text.startswith("llm  3 runs: 1 running, 1 finished, 1 unknown  ")
    assert text.endswith("  06:53:20")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", ["a", "中文实验" * 9, "x" * 90])
def test_it_fits_any_width(width: int, name: str) -> None:
    many: Project = {"name": name, "experiments": [{"state": s} for s in ("running", "stale", "crashed", "finished")]}
    for line in (of_runs([{**RUN, "name": name}], None, width, now=NOW), of_project(many, width, now=NOW)):
        assert line_cells(line) <= width
        if width >= 45:
            assert plain(line).endswith("  06:53:20")
            assert "runn" in plain(line)
