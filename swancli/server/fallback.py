"""What is not an answer of an endpoint: redirects of trailing slashes, unknown paths, wrong methods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swancli.endpoints import ROUTES
from swancli.server.requests import HEALTH_PATH, INDEX_PATH

if TYPE_CHECKING:
    from starlette.types import ASGIApp


def fallback() -> ASGIApp:
    """The ASGI app for what no endpoint answers: Starlette's router over the same ROUTES."""
    from starlette.applications import Starlette
    from starlette.exceptions import HTTPException
    from starlette.requests import Request
    from starlette.responses import JSONResponse, Response
    from starlette.routing import Route

    async def not_found(request: Request) -> Response:
        raise HTTPException(404)

    async def json_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        headers = {
            name: ", ".join(sorted(value.split(", "))) if name.lower() == "allow" else value
            for name, value in (error.headers or {}).items()
        }
        return JSONResponse({"detail": error.detail}, error.status_code, headers)

    paths = [route.path.replace("{metric}", "{metric:path}") for route in ROUTES.values()]
    return Starlette(
        routes=[Route(path, not_found, methods=["GET"]) for path in (*paths, HEALTH_PATH, INDEX_PATH)],
        exception_handlers={HTTPException: json_error},
    )
