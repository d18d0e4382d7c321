"""What happens around every function of the API: who may ask, what may be asked, and ETags."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from email.message import Message
from typing import Annotated, Any, NamedTuple

from fastapi import Header, Request, Response
from fastapi.dependencies.utils import get_flat_params
from fastapi.params import Query
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute

from monitor.web.access import Kind, Role, guarded
from monitor.web.api.conditional import with_tag
from monitor.web.api.problems import INVALID_REQUEST, TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, Fault, Refusal

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
LARGEST_BODY = 1_000_000
"""Bytes of a request."""


class Route(NamedTuple):
    """An operation of the API: how it is asked for, what answers, and who may.

    A token with the scope `read` may what a viewer may; one with `write` what its account may.
    """

    method: str
    path: str
    answer: Callable[..., Any]
    role: Role
    status: int = 200
    also: int | None = None
    """Another status that comes with the same content: 200 of what was there already, 202 of what is not done yet."""
    media: type[Response] = JSONResponse
    """What it answers with, for the description."""


class Operation(APIRoute):
    """What comes between admission and the framework's own handler: parameters and form of the body, and ETags."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The framework's handler, with what comes before and after it."""
        handle = super().get_route_handler()
        fields = get_flat_params(self.dependant)
        known = {field.alias for field in fields if isinstance(field.field_info, Query)}

        async def handle_between(request: Request) -> Response:
            _refuse_unknown(request, known)
            if request.method in ("POST", "PATCH", "PUT"):
                _require_json(request, await request.body())
            response = await handle(request)
            if request.method in ("GET", "HEAD") and response.status_code == 200:
                response = with_tag(request, response)
            return response

        return handle_between


def operation(role: Role) -> type[APIRoute]:
    """The class of the API's routes for that role: admission comes first, before anything of the body is read."""
    return type(f"{role.name.title()}Operation", (guarded(role, Kind.API), Operation), {})


def _refuse_unknown(request: Request, known: set[str]) -> None:
    """A filter with a typing mistake must not silently be no filter."""
    unknown = [name for name in request.query_params if name not in known]
    if unknown:
        detail = "there is no such parameter here" + (f", but {', '.join(sorted(known))}" if known else "")
        faults = [Fault(where="query", name=name[:100], detail=detail) for name in unknown[:20]]
        raise Refusal(INVALID_REQUEST, f"{faults[0].name!r}: {detail}.", errors=faults)


def _require_json(request: Request, body: bytes) -> None:
    """Refuse a body that is large, or does not say that it is JSON."""
    if not body:
        return
    if len(body) > LARGEST_BODY:
        raise Refusal(TOO_LARGE, f"The body has {len(body):,} bytes; {LARGEST_BODY:,} are taken at most.")
    headers, said = request.headers, Message()
    said["content-type"] = headers.get("content-type", "")
    allowed = (JSON, MERGE_PATCH) if request.method == "PATCH" else (JSON,)
    charset = said.get_content_charset("utf-8")
    if not headers.get("content-type") or said.get_content_type() not in allowed or charset not in ("utf-8", "utf8"):
        given = headers.get("content-type", "no content type")[:100]
        raise Refusal(UNSUPPORTED_MEDIA_TYPE, f"The body is {given!r}, not {' or '.join(allowed)} in UTF-8.")


IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", description="An ETag: it is done only when that still holds, else refused (412)."),
]
"""Read by `conditional.require_match`; here so that OpenAPI shows it."""


def created(response: Response, where: str, *, new: bool) -> None:
    """Say where something is, and with 201 that it was made; 200 when it was there already."""
    response.headers["Location"] = where
    response.status_code = 201 if new else 200


class Download(Response):
    """Bytes to be saved."""

    media_type = "application/octet-stream"
