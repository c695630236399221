"""swancli: SwanLab's offline dashboard as a command line. This file holds the version and nothing else."""

__version__ = "0.1.0"
