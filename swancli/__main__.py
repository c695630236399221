"""python -m swancli."""

from __future__ import annotations

from swancli.cli import main

if __name__ == "__main__":
    main()
