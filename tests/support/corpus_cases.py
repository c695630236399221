"""The recorded cases of tests/corpus: real logdirs, and what the real swanboard answered for them.

A case is a folder: `logdir/` as SwanLab left it (some damaged by hand, see the note in `case.json`) and
`answers.txt`, two lines a request: status and path, then the exact body. A body "=PATH" is the same as that
of PATH, answered further up; where swanboard failed (500) the line is empty, for that failure is not matched.
How a case is recorded: scripts/record_case.py.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

CORPUS = Path(__file__).parent.parent / "corpus"
RECORDED_AT = b"/data/train/mount/swanlog"  # where the logdir lay when swanboard was asked
SWANBOARD = "0.1.10b2"

NO_CHARTS = b'{"code":0,"message":"success","data":{"charts":[],"namespaces":[]}}'
NOT_FOUND = {
    b'{"code":3404,"message":"%s"}' % message
    for message in (
        b"experiment not found",
        b"tag not found",
        b"project not found",
        b"Log Folder not Found",
        b"No Logs Found",
    )
}
ENDPOINTS = {
    "": "experiment",
    "/chart": "charts",
    "/recent_log": "logs",
    "/status": "status",
    "/summary": "summary",
}


class Answer(NamedTuple):
    """One recorded request: its path, and status and body of the answer (b"" where swanboard failed)."""

    case: str
    path: str
    status: int
    body: bytes

    @property
    def experiment(self) -> str | None:
        """The experiment's id as it stands in the path, decoded; None for the project."""
        found = re.match(r"/api/v1/experiment/([^/]*)", self.path)
        return unquote(found[1]) if found else None

    @property
    def route(self) -> tuple[str, dict[str, Any]] | None:
        """The endpoint's word and its parameters; None where the id is not written in plain digits."""
        if self.path == "/api/v1/project":
            return "project", {}
        found = re.fullmatch(r"/api/v1/experiment/([0-9]+)((?:/tag/)(.+)|/\w+|)", self.path)
        if not found:
            return None
        if found[3]:
            return "metric", {"experiment": int(found[1]), "metric": unquote(found[3])}
        return ENDPOINTS[found[2]], {"experiment": int(found[1])}

    def differs_on_purpose(self) -> str:
        """Why our answer may be another than swanboard's, or "": see docs on the JSON contract."""
        if self.status >= 500:
            return "swanboard failed"
        if details(self.case)["swanboard"] != SWANBOARD:
            return "swanboard's last version does not start on this logdir; an older one answered"
        known = re.fullmatch(r"0*[1-9]", self.experiment or "")
        if self.path.endswith("/chart") and self.body == NO_CHARTS and not known:
            return "an unknown experiment is not found on charts too"
        if self.path.endswith("/summary") and b",0,{" in self.body:
            return "a summary has no bare zeros where two metrics have the same rank"
        return ""


def cases() -> list[str]:
    """The names of all cases."""
    return sorted(path.name for path in CORPUS.iterdir() if (path / "case.json").exists())


def details(case: str) -> dict[str, Any]:
    """A case's note, the swanboard that answered, and the logdir's empty folders, which git does not keep."""
    found: dict[str, Any] = json.loads((CORPUS / case / "case.json").read_text(encoding="utf-8"))
    return found


def answers(case: str) -> list[Answer]:
    """Everything that was asked of a case."""
    lines = (CORPUS / case / "answers.txt").read_bytes().split(b"\n")
    found: dict[str, Answer] = {}
    for request, body in zip(lines[::2], lines[1::2], strict=False):
        status, path = request.decode().split(" ")
        if body.startswith(b"="):
            body = found[body[1:].decode()].body
        found[path] = Answer(case, path, int(status), body)
    return list(found.values())


def copy_logdir(case: str, target: Path) -> Path:
    """Copy a case's logdir to `target`, which must not exist; gives its real path."""
    shutil.copytree(CORPUS / case / "logdir", target, symlinks=True)
    for folder in details(case)["empty_dirs"]:
        (target / folder).mkdir(parents=True, exist_ok=True)
    return target.resolve()


def expected(answer: Answer, logdir: Path) -> bytes:
    """The recorded body as it reads for a logdir that lies elsewhere."""
    return answer.body.replace(RECORDED_AT, os.fsencode(logdir))


def fingerprint(root: Path) -> dict[str, tuple[str, int, int]]:
    """Content, modification time and mode of everything below `root`."""
    found = {}
    for path in [root, *root.rglob("*")]:
        stat = path.lstat()
        content = hashlib.sha1(path.read_bytes()).hexdigest() if path.is_file() else "-"
        found[str(path.relative_to(root))] = (content, stat.st_mtime_ns, stat.st_mode)
    return found
