"""`swancli serve`: the seven endpoints over HTTP, from a logdir or relayed from another dashboard."""

from swancli.server.run import serve

__all__ = ["serve"]
