"""The body of `swancli report`: which runs, and where the file goes."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from swancli.cli.session import Session, print_message
from swancli.endpoints import PROJECT
from swancli.errors import UsageError

STDOUT = "-"
MAX_NAMED = 3  # runs in a title


def report(session: Session, words: Sequence[str], output: str, title: str | None, all: bool) -> None:
    """Write the report on the runs that `words` name."""
    from swancli.export.formats import check_outside
    from swancli.export.report import report as make

    if output != STDOUT:
        check_outside(output)
    ids = session.experiments_of(words)
    html, notes = make(session.source, ids, title or _title(session, ids), all)
    for note in notes:
        session.warn(note)
    if output == STDOUT:
        sys.stdout.write(html)
        return
    _write(output, html)
    print_message("note", f"wrote {output}: {len(ids)} run{'s' if len(ids) > 1 else ''}, {len(html) // 1000} KB")


def _title(session: Session, ids: Sequence[int | str]) -> str:
    """The project's name, or those of the runs if they are few."""
    project = session.source.details(PROJECT, ids=list(ids), values=[])
    names = [str(row.get("name")) for row in project.get("experiments") or ()]
    return ", ".join(names) if 0 < len(names) <= MAX_NAMED else str(project.get("name") or "swancli")


def _write(path: str, text: str) -> None:
    """Write a file that is either whole or not there; UsageError if that is not possible.

    A device or a pipe, such as /dev/null, is written to; it must not be replaced by a file.
    """
    is_replaced = os.path.isfile(path) or not os.path.exists(path)
    target = os.path.realpath(path) if is_replaced else path  # a symlink stays
    part = f"{target}.{os.getpid()}.part" if is_replaced else path
    try:
        with open(part, "w", encoding="utf-8") as stream:
            stream.write(text)
        if is_replaced:
            os.replace(part, target)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        if is_replaced and os.path.exists(part):
            os.unlink(part)
