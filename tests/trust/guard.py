"""The command with an audit hook: `python -m tests.trust.guard REPORT OUTSIDE WORDS...`, or with `@FILE` in place of
the words: each line of FILE is a command line as a JSON array, and they run one after the other in this process.

Whatever Python is about to do that reading never needs is written to the file REPORT, one line each: a socket, a
process, an extension, a write anywhere but in $TMPDIR, and an open of anything in the folder OUTSIDE.
"""

from __future__ import annotations

import _sqlite3
import os
import sys
from pathlib import Path

NEVER = (
    "socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.fork", "pty.", "ctypes.", "webbrowser.",
    "sqlite3.enable_load_extension", "sqlite3.load_extension", "http.", "urllib.", "ftplib.", "pickle.", "shutil.",
)  # fmt: skip
# By which SQLite is given functions that read a database and its WAL: no other library, no other function.
OF_SQLITE = {"sqlite3_vfs_find", "sqlite3_vfs_register", "Py_IncRef"}
CHANGES = {
    "os.remove",
    "os.rename",
    "os.mkdir",
    "os.rmdir",
    "os.link",
    "os.symlink",
    "os.truncate",
    "os.chmod",
    "os.utime",
}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def main() -> None:
    """Install the hook and run the command line."""
    report, outside = sys.argv[1], os.path.realpath(sys.argv[2])
    scratch = os.path.realpath(os.environ.get("TMPDIR", "/tmp"))
    out = os.open(report, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    sys.argv[1:] = sys.argv[3:]

    def below(path: object, folder: str, follows: bool = True) -> bool:
        if not isinstance(path, (str, bytes)):
            return False
        text = os.fsdecode(path)
        if "\0" in text:
            return False
        text = (
            os.path.realpath(text)
            if follows
            else os.path.join(os.path.realpath(os.path.dirname(text)), os.path.basename(text))
        )
        return text == folder or text.startswith(folder + "/")

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        wrong = event.startswith(NEVER)
        path = arguments[0] if arguments else None
        if event == "open":
            mode, flags = (*arguments[1:], 0, 0)[:2]
            writes = bool(flags & WRITING if isinstance(flags, int) else 0) or (
                isinstance(mode, str) and any(sign in mode for sign in "wax+")
            )
            allowed = path in (1, 2, os.devnull) or below(path, scratch)
            wrong = (writes and not allowed) or below(
                path, outside, not (isinstance(flags, int) and flags & os.O_NOFOLLOW)
            )
        elif event == "ctypes.addressof":
            wrong = False
        elif event == "ctypes.dlopen":
            wrong = path not in (None, _sqlite3.__file__)
        elif event == "ctypes.dlsym":
            wrong = arguments[1] not in OF_SQLITE
        elif event in ("os.scandir", "os.listdir", "sqlite3.connect"):
            wrong = below(path, outside)
        elif event in CHANGES:
            wrong = not below(path, scratch)
        if wrong:
            os.write(out, f"{event} {arguments!r}"[:500].encode("utf-8", "replace") + b"\n")

    sys.addaudithook(hook)
    from swancli.cli.commands import main as run

    if not sys.argv[1].startswith("@"):
        from swancli.__main__ import main as run_alone

        run_alone()
    import json

    for line in Path(sys.argv[1][1:]).read_text(encoding="utf-8").splitlines():
        code = run(json.loads(line))
        os.write(out, b"" if code in (0, 1, 3) else f"{line} exits {code!r}\n".encode())


if __name__ == "__main__":
    main()
