"""python -m swancli, and what the console script runs."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; what a shell asks at every TAB goes without it."""
    if sys.argv[1:2] == ["__complete"]:
        from swancli.complete import main as complete

        complete(sys.argv[2:])
    else:
        from swancli.cli import main as run

        run()


if __name__ == "__main__":
    main()
