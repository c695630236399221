"""The same source over HTTP: a dashboard's URL, be it swanboard's or that of `swancli serve`."""

from swancli.remote.source import RemoteSource

__all__ = ["RemoteSource"]
