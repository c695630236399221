"""What each endpoint answers: one file an endpoint, one pure function in it, (logdir, parameters) -> `data`.

ROUTES is the one table of endpoints. Command, file and function bear a route's name.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, NamedTuple


class Route(NamedTuple):
    """An endpoint: its name, its URL path, the parameters that stand in the path."""

    name: str
    path: str
    parameters: tuple[str, ...]

    @property
    def function(self) -> Callable[..., dict[str, Any]]:
        """What computes the answer's `data`."""
        function: Callable[..., dict[str, Any]] = getattr(import_module(f"swancli.endpoints.{self.name}"), self.name)
        return function


_EXPERIMENT = "/api/v1/experiment/{experiment}"
ROUTES = {
    route.name: route
    for route in (
        Route("project", "/api/v1/project", ()),
        Route("experiment", _EXPERIMENT, ("experiment",)),
        Route("charts", _EXPERIMENT + "/chart", ("experiment",)),
        Route("metric", _EXPERIMENT + "/tag/{metric}", ("experiment", "metric")),
        Route("logs", _EXPERIMENT + "/recent_log", ("experiment",)),
        Route("status", _EXPERIMENT + "/status", ("experiment",)),
        Route("summary", _EXPERIMENT + "/summary", ("experiment",)),
    )
}
