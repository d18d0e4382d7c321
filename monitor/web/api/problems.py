"""What went wrong, as problem+json (RFC 9457): every error of the API is one of these."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import structlog
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import ConfigDict
from starlette.exceptions import HTTPException
from starlette.routing import Match, Route

from alerts.errors import AlertsError
from monitor.errors import InputError
from monitor.web.api.nouns.noun import ROOT, Noun
from monitor.web.security import HEADERS
from storage.blobs import DamagedError

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: its name is the end of its `type`, and never changes."""

    name: str
    status: int
    title: str
    meaning: str
    """What it means and what to do, for the documentation."""

    @property
    def type(self) -> str:
        """Its URI, which answers with what it means."""
        return f"{ROOT}/problems/{self.name}"


INVALID_REQUEST = Kind(
    "invalid-request", 400, "The request cannot be read",
    "A parameter of the address, a header or the form of the body is wrong; `errors` says which. Do not repeat it.",
)  # fmt: skip
UNAUTHORIZED = Kind(
    "unauthorized", 401, "Who asks is not known",
    "No token or session, or one that is wrong, expired or revoked. Send `Authorization: Bearer cor_...`.",
)  # fmt: skip
FORBIDDEN = Kind(
    "forbidden", 403, "This is not allowed",
    "Whoever asks is known, but may not do this: the token has only the scope `read`, the account is a viewer's, or a "
    "session of a browser came without its CSRF token.",
)  # fmt: skip
NOT_FOUND = Kind("not-found", 404, "There is no such thing", "Nothing is at this address, or nothing any more.")
METHOD_NOT_ALLOWED = Kind(
    "method-not-allowed", 405, "This cannot be done here", "The address exists; `Allow` lists what it answers to."
)
TIMEOUT = Kind("timeout", 408, "The request did not come in time", "Send it again, all of it within half a minute.")
CONFLICT = Kind(
    "conflict", 409, "This contradicts what there is",
    "What was asked for contradicts the state of things, such as a name that is taken; `detail` says which.",
)  # fmt: skip
GONE = Kind(
    "gone", 410, "It was let go",
    "The retention settings let it go; its hash, and all that was found in it, are kept. It will not come back.",
)  # fmt: skip
PRECONDITION_FAILED = Kind(
    "precondition-failed", 412, "It has changed meanwhile",
    "`If-Match` names an older state. Get it again, look at what is different, and send the change once more.",
)  # fmt: skip
TOO_LARGE = Kind("too-large", 413, "The body is too large", "Send less at once.")
UNSUPPORTED_MEDIA_TYPE = Kind(
    "unsupported-media-type", 415, "The body is not JSON",
    "Send `Content-Type: application/json` (for PATCH also `application/merge-patch+json`).",
)  # fmt: skip
INVALID_CONTENT = Kind(
    "invalid-content", 422, "The content is not valid",
    "The body is JSON, but says something that cannot be; `errors` points at each place (RFC 6901).",
)  # fmt: skip
TOO_MANY_REQUESTS = Kind(
    "too-many-requests", 429, "Too many requests", "Wait for as many seconds as `Retry-After` says."
)
DAMAGED = Kind(
    "damaged", 500, "What was kept is damaged",
    "The bytes are no longer those that were captured; `corrigenda db check` names all that are so, and a backup from "
    "before has them.",
)  # fmt: skip
FAILED = Kind("failed", 500, "The fault is ours", "The log has it. Nothing that was kept is lost.")
UNAVAILABLE = Kind(
    "unavailable", 503, "Not now", "What is needed for an answer is busy or not running. Try again later."
)

KINDS = (
    INVALID_REQUEST, UNAUTHORIZED, FORBIDDEN, NOT_FOUND, METHOD_NOT_ALLOWED, TIMEOUT, CONFLICT, GONE,
    PRECONDITION_FAILED, TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, INVALID_CONTENT, TOO_MANY_REQUESTS, DAMAGED, FAILED,
    UNAVAILABLE,
)  # fmt: skip
BY_STATUS = {kind.status: kind for kind in KINDS}
BY_NAME = {kind.name: kind for kind in KINDS}


class Fault(Noun):
    """One place that is wrong."""

    where: Literal["body", "query", "path", "header", "cookie"]
    name: str
    """The parameter; of a body a JSON pointer (RFC 6901), such as `/condition/kinds/0`."""
    detail: str


class Problem(Noun):
    """An error (RFC 9457)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": NOT_FOUND.type,
                    "title": NOT_FOUND.title,
                    "status": 404,
                    "detail": "There is no article 77.",
                    "errors": [],
                }
            ]
        }
    )

    type: str
    """Which kind of problem: a URI that never changes."""
    title: str
    status: int
    detail: str
    """What is wrong with this request."""
    errors: list[Fault]
    """Each place that is wrong, where there are such."""


class Elsewhere(Exception):
    """The Article was merged into another one: what was asked for is there."""

    def __init__(self, article_id: int, becomes: int) -> None:
        super().__init__(f"article {article_id} is now {becomes}")
        self.article_id = article_id
        self.becomes = becomes


class Refusal(Exception):
    """A request is refused with this problem."""

    def __init__(
        self, kind: Kind, detail: str, *, errors: Sequence[Fault] = (), headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.errors = errors
        self.headers = headers


def not_found(what: str) -> Refusal:
    """There is no such thing: `article 77`."""
    return Refusal(NOT_FOUND, f"There is no {what}.")


def answer(
    kind: Kind, detail: str, *, errors: Sequence[Fault] = (), headers: Mapping[str, str] | None = None
) -> Response:
    """A problem as a response."""
    problem = Problem(type=kind.type, title=kind.title, status=kind.status, detail=detail, errors=list(errors))
    body = problem.model_dump_json().encode()
    return Response(body, kind.status, headers, media_type=MEDIA_TYPE)


def _lead_on(request: Request, elsewhere: Elsewhere) -> Response:
    """The same question, asked of the Article that it is now (308: also with the same method and body)."""
    was, becomes = f"/articles/{elsewhere.article_id}", f"/articles/{elsewhere.becomes}"
    there, query = request.url.path.replace(was, becomes, 1), request.url.query
    return Response(status_code=308, headers={"Location": f"{there}?{query}" if query else there})


def _refused(request: Request, refusal: Refusal) -> Response:
    return answer(refusal.kind, refusal.detail, errors=refusal.errors, headers=refusal.headers)


def by_status(request: Request, error: HTTPException) -> Response:
    """What the framework, or a function that pages use as well, refuses with a status."""
    kind = BY_STATUS.get(error.status_code, INVALID_REQUEST if error.status_code < 500 else FAILED)
    headers = dict(error.headers or {})
    detail = str(error.detail)
    if kind is METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(_methods(request))
        detail = f"{request.method} is not possible here, but {headers['Allow']}."
    elif kind is NOT_FOUND and not detail.endswith("."):
        detail = f"Nothing is at this address: {ROOT}/openapi.json lists what there is."
    elif not detail.endswith("."):
        detail = f"{detail}."
    return answer(kind, detail, headers=headers)


def _methods(request: Request) -> list[str]:
    """What the address answers to, over all routes that share it."""
    allowed: set[str] = set()
    for route in request.app.routes:
        if isinstance(route, Route) and route.matches(request.scope)[0] is not Match.NONE:
            allowed |= set(route.methods or ())
    return sorted(allowed)


def _unusable(request: Request, error: InputError | AlertsError) -> Response:
    """What somebody named cannot be used: the functions that pages and commands call as well say so."""
    return answer(INVALID_CONTENT, f"{_writable(str(error)).removesuffix('.')}.")


def _misread(request: Request, error: RequestValidationError) -> Response:
    """A path that no id fits is not found; other parameters are 400, a body that is JSON but wrong 422."""
    faults = [_fault(one) for one in error.errors()]
    places = {fault.where for fault in faults}
    if "path" in places:
        return answer(NOT_FOUND, f"Nothing is at {request.url.path[:200]!r}.", errors=faults)
    if any(one["type"] == "json_invalid" for one in error.errors()):
        return answer(INVALID_REQUEST, "The body is not JSON.", errors=faults)
    kind = INVALID_CONTENT if places == {"body"} else INVALID_REQUEST
    first = faults[0]
    more = f", and {len(faults) - 1} more" if len(faults) > 1 else ""
    return answer(kind, f"{first.name or 'The body'}: {first.detail}{more}.", errors=faults)


def _fault(error: Mapping[str, Any]) -> Fault:
    where, *path = error["loc"]
    if where == "body":
        name = "" if error["type"] == "json_invalid" else "".join(f"/{_escaped(part)}" for part in path)
    else:
        name = str(path[0]) if path else ""
    return Fault(where=where, name=_writable(name), detail=_writable(str(error["msg"]).removeprefix("Value error, ")))


def _escaped(part: object) -> str:
    """A step of a JSON pointer."""
    return str(part).replace("~", "~0").replace("/", "~1")


def _writable(text: str) -> str:
    """What a stranger wrote, short and without what UTF-8 cannot say."""
    return text[:300].encode(errors="replace").decode()


def _damaged(request: Request, error: DamagedError) -> Response:
    log.error("api damaged", path=request.url.path, error=str(error))
    return answer(DAMAGED, f"{error}.")


def _failed(request: Request, error: Exception) -> Response:
    log.error("api failed", path=request.url.path, method=request.method, exc_info=error)
    response = answer(FAILED, FAILED.meaning)
    response.headers.update(HEADERS)  # this answer may be made outside of all our middleware
    return response


HANDLERS: Mapping[Any, Callable[[Request, Any], Any]] = {
    Elsewhere: _lead_on,
    Refusal: _refused,
    InputError: _unusable,
    AlertsError: _unusable,
    HTTPException: by_status,
    RequestValidationError: _misread,
    DamagedError: _damaged,
    Exception: _failed,
}
