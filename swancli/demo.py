"""The sample logdir that the package ships: three small runs that SwanLab wrote (scripts/make_sample.py)."""

from __future__ import annotations

import os
import shutil

from swancli.errors import UsageError

SAMPLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "sample")


def write_demo(target: str) -> None:
    """Write the sample logdir to `target`, which must not exist yet or be an empty folder.

    Raises UsageError if something is there already, or if the folder cannot be written.
    """
    if os.path.lexists(target) and not (os.path.isdir(target) and not os.listdir(target)):
        raise UsageError(f"{target} already exists and was not changed; specify another directory: swancli demo DIR")
    try:
        # Copy contents only: the files of an installed package may be read-only.
        shutil.copytree(SAMPLE, target, copy_function=shutil.copyfile, dirs_exist_ok=True)
        for folder, _, _ in os.walk(target):
            os.chmod(folder, 0o755)
    except OSError as error:
        raise UsageError(f"cannot write the sample to {target}: {error.strerror or error}") from error
