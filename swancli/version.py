"""The version of swancli, which the package is built from."""

__version__ = "0.1.0"
