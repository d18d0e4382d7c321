"""The API about itself: its description, and what each kind of problem means."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path, Request
from fastapi.responses import JSONResponse

from monitor.web.api.nouns.noun import ROOT, Links, Noun
from monitor.web.api.problems import BY_NAME, not_found


class Entry(Noun):
    """Where everything is."""

    version: str
    """Of Corrigenda."""
    links: Links


class ProblemKind(Noun):
    """A kind of problem, and what to do about it."""

    type: str
    status: int
    title: str
    meaning: str


def get_entry(request: Request) -> Entry:
    """Where everything is: the lists of each noun, and the description of the API."""
    nouns = sorted({path for path in (_plain(route) for route in request.app.routes) if path})
    links = {path.strip("/").replace("-", "_"): f"{ROOT}{path}" for path in nouns}
    return Entry(version=request.app.version, links={"self": f"{ROOT}/", **links, "openapi": f"{ROOT}/openapi.json"})


def _plain(route: Any) -> str | None:
    """The path of a route that lists a noun: one step, without a parameter."""
    listed = "GET" in route.methods and route.path.count("/") == 1 and "{" not in route.path
    return route.path if listed and route.path not in ("/", "/openapi.json") else None


def get_openapi(request: Request) -> JSONResponse:
    """The description of this API (OpenAPI 3.1)."""
    return JSONResponse(request.app.openapi())


def get_problem(name: Annotated[str, Path(max_length=100)]) -> ProblemKind:
    """What a kind of problem means: the `type` of a problem leads here."""
    kind = BY_NAME.get(name)
    if kind is None:
        raise not_found(f"problem {name[:40]!r}")
    return ProblemKind(type=kind.type, status=kind.status, title=kind.title, meaning=kind.meaning)
