"""What a reader sees when there is no such page, or when we failed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import structlog
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException

from monitor.errors import InputError
from monitor.web.rendering import page
from monitor.web.security import HEADERS
from storage.blobs import DamagedError

log = structlog.get_logger()

_TITLES = {
    400: "This address is not complete",
    401: "Log in to read this",
    403: "This is refused",
    404: "There is no such page",
    405: "This page is not asked for that way",
    408: "This took too long",
    410: "This was let go",
    413: "This is too large",
    429: "Too many attempts",
    503: "This cannot be done just now",
}


def refused(request: Request, error: HTTPException) -> HTMLResponse:
    """The page of what is refused with a status."""
    title = _TITLES.get(error.status_code, "This did not work")
    # What the framework says by itself is the name of the status, which a reader does not need.
    detail = error.detail if error.detail.endswith(".") else ""
    response = page("error.html", status=error.status_code, title=title, detail=detail)
    response.headers.update(error.headers or {})
    return response


def _misread(request: Request, error: RequestValidationError) -> HTMLResponse:
    wrong = error.errors()[0]
    if wrong["loc"][0] == "path":
        return page("error.html", status=404, title=_TITLES[404], detail="")
    sent = wrong["loc"][0] == "body"
    detail = (
        f"The {'field' if sent else 'part'} {wrong['loc'][-1]!r}{'' if sent else ' of the address'}: {wrong['msg']}."
    )
    title = "This form cannot be used" if sent else _TITLES[400]
    return page("error.html", status=400, title=title, detail=detail)


def _unusable(request: Request, error: InputError) -> HTMLResponse:
    text = str(error)
    detail = f"{text[:1].upper()}{text[1:]}."
    return page("error.html", status=400, title="This cannot be used", detail=detail)


def _failed(request: Request, error: Exception) -> HTMLResponse:
    path = _without_secret(request.url.path)
    log.error("page failed", path=path, article=request.path_params.get("article_id"), exc_info=error)
    detail = "The fault is ours, and the log has it. Nothing that was kept is lost."
    response = page("error.html", status=500, title="This page could not be made", detail=detail)
    response.headers.update(HEADERS)  # this answer is made outside of all our middleware
    return response


def _damaged(request: Request, error: DamagedError) -> HTMLResponse:
    log.error("page damaged", path=_without_secret(request.url.path), error=str(error))
    detail = (
        f"What was captured cannot be read any more: {error}. `corrigenda db check` names all that is so; "
        "a backup from before has it."
    )
    return page("error.html", status=500, title="What was kept is damaged", detail=detail)


def _without_secret(path: str) -> str:
    """One-time links are permissions: they do not get into the log a second time."""
    return "/setup/…" if path.startswith("/setup/") else path


HANDLERS: Mapping[Any, Callable[[Request, Any], Any]] = {
    HTTPException: refused,
    RequestValidationError: _misread,
    InputError: _unusable,
    DamagedError: _damaged,
    Exception: _failed,
}
