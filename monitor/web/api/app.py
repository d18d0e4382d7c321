"""The API as an application of its own, mounted at `/api/v1`: its errors are problems, never pages."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from monitor.web.access import Role
from monitor.web.api import problems
from monitor.web.api.nouns.noun import ROOT
from monitor.web.api.openapi import complete
from monitor.web.api.problems import HANDLERS
from monitor.web.api.route import operation
from monitor.web.api.routes import DESCRIPTION, ROUTES, TAGS
from monitor.web.rendering import House

_ALSO = {200: "It was there already, and is as it was.", 202: "It is not done yet."}


def create_api(house: House) -> FastAPI:
    """The API, which works with the same House as the pages."""
    api = FastAPI(
        title="Corrigenda",
        version=version("corrigenda"),
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        exception_handlers=dict(HANDLERS),
    )
    api.state.house = house
    api.router.routes.extend(_operations())
    api.openapi = _description  # type: ignore[method-assign]
    return api


@cache
def _operations() -> Sequence[APIRoute]:
    """All routes. They know nothing of a House, and to make them takes longer than all else: once will do."""
    router = APIRouter()
    for tag, routes in ROUTES.items():
        for route in routes:
            kind = operation(route.role)
            router.add_api_route(
                route.path, route.answer, methods=[route.method], operation_id=route.answer.__name__, tags=[tag],
                status_code=route.status, response_class=route.media, route_class_override=kind,
                responses={route.also: {"description": _ALSO[route.also]}} if route.also else None,
            )  # fmt: skip
            if route.method == "GET":
                router.add_api_route(
                    route.path, route.answer, methods=["HEAD"], include_in_schema=False, route_class_override=kind
                )
    return [route for route in router.routes if isinstance(route, APIRoute)]


@cache
def _description() -> dict[str, Any]:
    """The description of the API (OpenAPI 3.1)."""
    routes = _operations()
    made = get_openapi(
        title="Corrigenda", version=version("corrigenda"), summary="Which fact of a news article changed, and when.",
        description=DESCRIPTION, routes=routes, tags=TAGS, servers=[{"url": ROOT}],
    )  # fmt: skip
    roles = {route.operation_id: getattr(route, "role", Role.ADMIN) for route in routes}
    return complete(made, roles, problems.KINDS)
