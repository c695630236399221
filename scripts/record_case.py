#!/usr/bin/env python3
"""Record what the real swanboard answers for a logdir, as a case of tests/corpus.

    .venv/bin/python -m scripts.record_case LOGDIR NAME --note "what is special about it"

Run in the repository's folder after `make oracle`. LOGDIR itself is only read: a copy is kept as the case's
logdir, and swanboard is started on another copy. Asked are the seven endpoints of every experiment, every
metric, and what does not exist. Keep cases small, and change a file by hand before recording, never after.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

from tests.oracle.swanboard import Swanboard, everything, path_of
from tests.support.corpus_cases import CORPUS, RECORDED_AT, SWANBOARD


def record(logdir: Path, case: Path, note: str) -> None:
    """Write the case's folder, which must not exist: logdir, answers.txt, case.json."""
    leave_out = shutil.ignore_patterns(".gitignore", "debug")
    shutil.copytree(logdir, case / "logdir", symlinks=True, ignore=leave_out)
    empty = [
        str(Path(folder).relative_to(case / "logdir"))
        for folder, folders, files in os.walk(case / "logdir")
        if not folders and not files
    ]
    lines = []
    first: dict[bytes, str] = {}
    with tempfile.TemporaryDirectory() as scratch:
        copy = (Path(scratch) / "swanlog").resolve()
        shutil.copytree(logdir, copy, symlinks=True)
        with Swanboard(copy) as board:
            for path in (path_of(word, named) for word, named in everything(copy)):
                status, body = board.get(path)
                body = body.replace(os.fsencode(copy), RECORDED_AT) if status < 500 else b""
                if len(body) > 200 and first.setdefault(body, path) != path:
                    body = f"={first[body]}".encode()
                lines.append(b"%d %s\n%s\n" % (status, path.encode(), body))
    (case / "answers.txt").write_bytes(b"".join(lines))
    details = {"note": note, "swanboard": SWANBOARD, "empty_dirs": sorted(empty)}
    (case / "case.json").write_text(json.dumps(details, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Record one case."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("logdir", type=Path)
    parser.add_argument("name")
    parser.add_argument("--note", required=True)
    arguments = parser.parse_args()
    case = CORPUS / arguments.name
    if case.exists():
        sys.exit(f"{case} exists; a recorded case is never changed, record it under another name")
    record(arguments.logdir, case, arguments.note)
    print(f"{case}: {len((case / 'answers.txt').read_bytes().splitlines()) // 2} answers")


if __name__ == "__main__":
    main()
