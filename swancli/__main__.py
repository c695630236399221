"""python -m swancli, and the console script."""

from __future__ import annotations

import sys
from typing import NoReturn

from swancli.cli.startup import collect_garbage, defer_imports, end_deferred_functions, exit_now, keep_interrupts
from swancli.output import waiting


def main() -> NoReturn:
    """Run the command line of this process, or complete one for a shell."""
    defer_imports()
    collect_garbage(False)
    waiting.install()
    keep_interrupts()
    if sys.argv[1:2] == ["__complete"]:
        from swancli.cli.complete import main as complete

        end_deferred_functions()
        complete(sys.argv[2:])
    from swancli.cli.commands import main as run

    end_deferred_functions()
    exit_now(run())


if __name__ == "__main__":
    main()
