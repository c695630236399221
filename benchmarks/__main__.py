"""Measure what the commands cost beside the real swanboard, print the table, write benchmarks/RESULTS.md.

    python -m benchmarks [--runs N] [--only REGEX] [--quick] [--growth]

Needs the environments .venv and .venv-oracle (`make env oracle`, or SWANCLI_ORACLE), and wrk for `serve`.
"""

from __future__ import annotations

import argparse
import compileall
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks import growth, report
from benchmarks.measure import NOT_MET, Finding, findings
from benchmarks.probes import Failed, own_peak
from benchmarks.rows import FULL, QUICK, Lab, Scale, rows

FOLDER = Path(__file__).parent
RESULTS = FOLDER / "RESULTS.md"
HEAD = """\
# What the commands cost

Written by `make bench`; `docs/performance.md` says what is measured and how. Of a command it is the whole process,
from its start to its end. "met" is judged by the figure as it is shown.
"""
GROWTH = """
## How the cost grows

Processor time of all processes together, medians, for a logdir and for one four times as large. The exponent is that of
what comes on top of a small logdir, or of the whole where it must not grow: 1 is linear, 0 is flat.
"""


def main() -> int:
    """Exit code 0; 1 if something could not be measured."""
    options = _options()
    wanted = re.compile(options.only)
    _compile()
    loads = [os.getloadavg()[0]]
    found: list[Finding] = []
    failed: list[str] = []
    lab = Lab()
    try:
        for row in () if options.growth else rows(lab, QUICK if options.quick else FULL):
            if not wanted.search(f"{row.what} | {row.against}"):
                continue
            loads.append(os.getloadavg()[0])
            try:
                for finding in findings(row, options.runs):
                    found.append(finding)
                    print(report.table([finding])[-1], file=sys.stderr, flush=True)
            except Failed as error:
                failed.append(f"{row.what}: {error}")
                print(f"not measured: {failed[-1]}", file=sys.stderr, flush=True)
    finally:
        lab.close()
    details = report.surroundings(options.runs, loads)
    details.append(f"- peak memory is told from {own_peak():.0f} MiB upwards")
    lines = [HEAD, *report.table(found), "", *details, *(f"- not measured: {text}" for text in failed)]
    if options.growth or not options.only:
        lines += [GROWTH, *growth.table(_grown(QUICK if options.quick else FULL, failed))]
    print("\n".join(lines))
    missed = sum(finding.met == NOT_MET for finding in found)
    print(f"\n{len(found)} figures, {missed} of them short of their target", file=sys.stderr)
    if options.quick or options.only or options.growth:
        print(f"{RESULTS.name} is left as it is: it holds whole runs at full size", file=sys.stderr)
    else:
        RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 1 if failed else 0


def _grown(scale: Scale, failed: list[str]) -> Iterator[growth.Grown]:
    for row in growth.rows(scale):
        try:
            found = growth.measured(row)
        except Failed as error:
            failed.append(f"{row.what}: {error}")
            continue
        print(growth.table([found])[-1], file=sys.stderr, flush=True)
        yield found


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m benchmarks", description="Measure swancli beside the real swanboard.")
    parser.add_argument("--runs", type=int, default=7, help="measurements of each side [7]")
    parser.add_argument(
        "--only", default="", metavar="REGEX", help="rows whose text matches; RESULTS.md is not written"
    )
    parser.add_argument("--growth", action="store_true", help="only how the cost grows; RESULTS.md is not written")
    parser.add_argument("--quick", action="store_true", help="smaller logdirs; RESULTS.md is not written")
    return parser.parse_args()


def _compile() -> None:
    """Make the bytecode that an installed package has: an editable one gets it at its first run, or never where
    PYTHONDONTWRITEBYTECODE is set."""
    compileall.compile_dir(str(FOLDER.parent / "swancli"), quiet=2)


if __name__ == "__main__":
    sys.exit(main())
