"""The version of swancli, which is read when the package is built."""

__version__ = "0.1.0"
