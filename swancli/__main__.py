"""python -m swancli, and the console script."""

from __future__ import annotations

import sys
from typing import NoReturn

from swancli.startup import hurry, leave


def main() -> NoReturn:
    """Run the command line that the process was started with, or answer a shell at TAB."""
    hurry()
    if sys.argv[1:2] == ["__complete"]:
        from swancli.complete import main as complete

        complete(sys.argv[2:])
    from swancli.cli import main as run

    leave(run())


if __name__ == "__main__":
    main()
