"""Measure what the commands cost beside the real swanboard and how that grows; write benchmarks/RESULTS.md.

    python -m benchmarks [--runs N] [--only REGEX] [--quick] [--growth]

Needs the environments .venv and .venv-oracle (`make env oracle`, or SWANCLI_ORACLE), and wrk for `serve`.
"""

from __future__ import annotations

import argparse
import compileall
import os
import re
import sys
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
GROWTH = "\n## How the cost grows\n"
GROWTH_HEAD = f"""{GROWTH}
Processor time of all processes together, means, for a logdir and for one four times as large. The exponent is that of
what comes on top of a small logdir, or of the whole where it must not grow: 1 is linear, 0 is flat.
"""


def main() -> int:
    """Exit code 0; 1 if something could not be measured."""
    options = _options()
    _compile()
    scale = QUICK if options.quick else FULL
    failed: list[str] = []
    found, first = ([], "") if options.growth else _compared(scale, options, failed)
    second = "" if options.only and not options.growth else _growth(scale, options, failed)
    print(first + second)
    missed = sum(finding.met == NOT_MET for finding in found)
    print(f"\n{len(found)} figures, {missed} of them short of their target", file=sys.stderr)
    if options.quick or options.only:
        print(f"{RESULTS.name} is left as it is: it holds whole runs at full size", file=sys.stderr)
    else:
        first = first or RESULTS.read_text(encoding="utf-8").partition(GROWTH)[0]
        RESULTS.write_text(first + second, encoding="utf-8")
    return 1 if failed else 0


def _compared(scale: Scale, options: argparse.Namespace, failed: list[str]) -> tuple[list[Finding], str]:
    """The comparisons, and the section about them."""
    wanted = re.compile(options.only)
    loads = [os.getloadavg()[0]]
    found: list[Finding] = []
    lab = Lab()
    try:
        for row in rows(lab, scale):
            if not wanted.search(f"{row.what} | {row.against}"):
                continue
            loads.append(os.getloadavg()[0])
            try:
                for finding in findings(row, options.runs):
                    found.append(finding)
                    print(report.table([finding])[-1], file=sys.stderr, flush=True)
            except Failed as error:
                failed.append(_not_measured(row.what, error))
    finally:
        lab.close()
    details = [f"- {report.now()}; medians of {options.runs}, both sides measured in turn; {report.load(loads)}"]
    details += [*report.versions(), f"- peak memory is told from {own_peak():.0f} MiB upwards"]
    details += [f"- {text}" for text in failed]
    return found, "\n".join([HEAD, *report.table(found), "", *details, ""])


def _growth(scale: Scale, options: argparse.Namespace, failed: list[str]) -> str:
    """The section about how the cost grows."""
    wanted = re.compile(options.only)
    loads = [os.getloadavg()[0]]
    found = []
    before = len(failed)
    for row in filter(lambda row: wanted.search(row.what), growth.rows(scale)):
        try:
            found.append(growth.measured(row))
        except Failed as error:
            failed.append(_not_measured(row.what, error))
            continue
        loads.append(os.getloadavg()[0])
        print(growth.table(found)[-1], file=sys.stderr, flush=True)
    details = [f"- {report.now()}; {report.load(loads)}", *(f"- {text}" for text in failed[before:])]
    return "\n".join([GROWTH_HEAD, *growth.table(found), "", *details, ""])


def _not_measured(what: str, error: Failed) -> str:
    """Say that something could not be measured, and why."""
    text = f"not measured: {what}: {error}"
    print(text, file=sys.stderr, flush=True)
    return text


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m benchmarks", description="Measure swancli beside the real swanboard.")
    parser.add_argument("--runs", type=int, default=7, help="measurements of each side [7]")
    parser.add_argument(
        "--only", default="", metavar="REGEX", help="rows whose text matches; RESULTS.md is not written"
    )
    parser.add_argument("--growth", action="store_true", help="only how the cost grows, and that section of RESULTS.md")
    parser.add_argument("--quick", action="store_true", help="smaller logdirs; RESULTS.md is not written")
    return parser.parse_args()


def _compile() -> None:
    """Make the bytecode that an installed package has: an editable one gets it at its first run, or never where
    PYTHONDONTWRITEBYTECODE is set."""
    compileall.compile_dir(str(FOLDER.parent / "swancli"), quiet=2)


if __name__ == "__main__":
    sys.exit(main())
