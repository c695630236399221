"""python -m swancli, and the console script."""

from __future__ import annotations

from typing import NoReturn

from swancli.startup import hurry


def main() -> NoReturn:
    """Run the command line that the process was started with."""
    hurry()
    from swancli.cli import main as run

    run()


if __name__ == "__main__":
    main()
