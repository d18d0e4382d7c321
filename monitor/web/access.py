"""Who may do what on the pages and in the API: the one place that enforces it.

How to use it:

- A route names its role: `Route("POST", "/articles/{id}/pause", article.pause, Role.ADMIN)` in `web/app.py`; a route of
  the API is made with `route_class_override=guarded(Role.VIEWER, Kind.API)` (or a router's `route_class`). A route that
  is not guarded keeps the application from starting.
- An answer that wants to know who asks takes `who: Who`: `.role`, `.name`, `.account_id`, `.csrf`. Templates get it as
  `visitor` without being handed it.
- Every form that posts holds a CSRF token: `{% import "forms.html" as forms %}` and `{{ forms.csrf() }}` inside of
  it. Scripts send it in the header `X-CSRF-Token`; they find it in any such form. The answer is
  `done("/articles/1", "paused")`: a 303 to a page that shows the words of `notices.DONE["paused"]`.
- `Kind.LINK` is for addresses that are permissions themselves (a signed link in a mail): nothing else is asked for.

While there is no account (open mode) the pages are reached from this machine only, and whoever asks is an admin. With
accounts a browser logs in and a program sends `Authorization: Bearer cor_...`. A token that is not right is 401 always.
A token's scope bounds it: `read` makes a viewer of an admin.

What changes something (POST, PUT, PATCH, DELETE) is taken from our own pages only: a token bound to the browser's
session, and no header that says it comes from another site. Programs with a token need neither, as no browser sends
one by itself.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Coroutine
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from functools import cache
from typing import Annotated, Any, Literal
from urllib.parse import quote, urlsplit

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import RedirectResponse, Response
from fastapi.routing import APIRoute
from starlette.routing import Mount

from monitor.web.api.nouns.noun import ROOT

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
"""RFC 9110 9.2.1: methods that change nothing."""
CSRF_FIELD = "csrf"
CSRF_HEADER = "x-csrf-token"
FIELDS = 20_000
FILES = 20
FIELD_BYTES = 4 * 2**20
"""Bounds of one form; the body as a whole is bounded before (`security.BodyLimit`)."""
LONGEST_TARGET = 1000
"""Characters of an address that a login leads back to."""


class Role(IntEnum):
    """What somebody may do: each role may do all that the ones before it may."""

    ANYONE = 0
    VIEWER = 1
    ADMIN = 2

    @classmethod
    def named(cls, name: str) -> Role:
        """The role of an account: `viewer` or `admin`."""
        return cls[name.upper()]


class Kind(Enum):
    """What a route is for."""

    PAGE = "page"
    API = "api"
    LINK = "link"
    """Its address is the permission, e.g. a signed link in a mail."""


@dataclass(slots=True)
class Visitor:
    """Who asks, as far as it is known."""

    role: Role = Role.ANYONE
    by: Literal["nobody", "open", "session", "token"] = "nobody"
    """How they are known; `open`: there are no accounts, and they are at this machine."""
    name: str = ""
    account_id: int | None = None
    session_id: int | None = None
    address: str = ""
    """Whence they ask, for the login limit and the list of sessions."""
    secure: bool = False
    """Whether they read by https."""
    public_origin: str = ""
    """Of `web.public_url`: how our own pages name themselves behind a proxy that asks us under another name."""
    csrf_token: str = ""
    csrf_shown: bool = field(default=False, compare=False)
    """Whether a form was made for them, so that a browser without a session needs a cookie to bind it to."""

    @property
    def csrf(self) -> str:
        """The token that their forms must bring."""
        self.csrf_shown = True
        return self.csrf_token

    @property
    def open(self) -> bool:
        """Whether there are no accounts, so that everybody at this machine is an admin."""
        return self.by == "open"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is being asked for, for the frame around every page."""

    visitor: Visitor
    path: str = "/"
    done: str = ""


asked: ContextVar[Asked] = ContextVar("asked", default=Asked(Visitor()))  # noqa: B039  nobody, and never changed
"""Set for each request before anything answers it (`recognition.Recognise`)."""


def may_change() -> bool:
    """Whether who asks may change things, and so may see what only those should who do."""
    return asked.get().visitor.role >= Role.ADMIN


def is_feed(request: Request) -> bool:
    """Whether an Atom feed is asked for: what a token for feeds opens, and nothing else."""
    return request.url.path.endswith(".atom")


def visitor_of(request: Request) -> Visitor:
    """Who sent this request."""
    visitor = request.scope.get("corrigenda.visitor")
    return visitor if isinstance(visitor, Visitor) else Visitor()


async def _who(request: Request) -> Visitor:
    return visitor_of(request)


Who = Annotated[Visitor, Depends(_who)]


class GuardedRoute(APIRoute):
    """A route with a role. Made by `guarded`."""

    role: Role
    kind: Kind

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The answer, given only to those who may ask. The body is not looked at before."""
        answer = super().get_route_handler()

        async def admitted(request: Request) -> Response:
            return await _admit(request, self.role, self.kind) or await answer(request)

        return admitted


@cache
def guarded(role: Role, kind: Kind = Kind.PAGE) -> type[GuardedRoute]:
    """The class of routes for that role."""
    return type(f"{role.name.title()}{kind.name.title()}Route", (GuardedRoute,), {"role": role, "kind": kind})


def check_guarded(app: FastAPI) -> None:
    """Raises RuntimeError when something answers that has no role. The API is checked when it is made."""
    for route in app.routes:
        mounted = isinstance(route, Mount) and route.path in ("/static", ROOT)
        if not isinstance(route, GuardedRoute) and not mounted:
            raise RuntimeError(f"route {getattr(route, 'path', route)!r} has no role: make it with access.guarded")


async def _admit(request: Request, role: Role, kind: Kind) -> Response | None:
    """None when the answer may be given; where a browser should log in, that. Raises HTTPException."""
    visitor = visitor_of(request)
    if kind is Kind.LINK:
        return None
    if visitor.role < role:
        if visitor.by != "nobody":
            raise HTTPException(403, _why_not(visitor, role))
        if kind is Kind.PAGE and request.method == "GET" and "text/html" in request.headers.get("accept", ""):
            return RedirectResponse(login_address(request), 303)
        # Readers of feeds ask their person for a password when they are told that one would help (RFC 7617).
        basic = ', Basic realm="Feeds: a token as password", charset="UTF-8"' if is_feed(request) else ""
        raise HTTPException(401, "Log in, or send a token.", headers={"www-authenticate": f"Bearer{basic}"})
    if request.method not in SAFE:
        await _check_intended(request, visitor, kind)
    return None


def _why_not(visitor: Visitor, role: Role) -> str:
    if visitor.by == "token" and visitor.role is Role.ANYONE:
        return "This token opens the feeds (addresses that end in .atom) and nothing else."
    if visitor.by == "token":
        return "This token may only read; a token of an admin with the scope write may do this."
    return f"This is for {role.name.lower()}s; {visitor.name} is a {visitor.role.name.lower()}."


def login_address(request: Request) -> str:
    """The login page that leads back to what was asked for."""
    target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return "/login" if target == "/" or len(target) > LONGEST_TARGET else f"/login?next={quote(target, safe='/')}"


def own_path(target: str) -> str:
    """`target` when it is a path of these pages, else `/`: no login leads to another site."""
    try:
        parts = urlsplit(target)
    except ValueError:
        return "/"
    plain = target.isascii() and target.isprintable() and "\\" not in target and " " not in target
    ours = plain and target.startswith("/") and not target.startswith("//") and not parts.scheme and not parts.netloc
    return target if ours else "/"


def done(path: str, notice: str) -> RedirectResponse:
    """What a form is answered with: the page to look at next, with a notice from `notices.DONE`."""
    path, mark, fragment = path.partition("#")
    return RedirectResponse(f"{path}{'&' if '?' in path else '?'}done={quote(notice)}{mark}{fragment}", 303)


async def _check_intended(request: Request, visitor: Visitor, kind: Kind) -> None:
    """Raises HTTPException unless a request that changes something was meant by who is known to send it."""
    if visitor.by == "token":
        if kind is Kind.PAGE:
            raise HTTPException(403, "A token is for the API under /api/v1; forms are for browsers.")
        return
    origin = request.headers.get("origin")
    site = request.headers.get("sec-fetch-site")
    if site not in (None, "same-origin", "none") or (origin not in (None, "null") and not _ours(origin, request)):
        raise HTTPException(403, "This was sent by a page of another site, so it was not done.")
    if kind is Kind.API and visitor.by == "open":
        _check_program(request, origin, site)
        return
    given = request.headers.get(CSRF_HEADER) or (await _field(request) if kind is Kind.PAGE else "")
    expected = visitor.csrf_token
    if not expected or not hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode()):
        visitor.csrf_shown = True
        raise HTTPException(
            403, "This form was not made for you, or is too old. Go back, load the page anew, try again."
        )


def _check_program(request: Request, origin: str | None, site: str | None) -> None:
    """In open mode programs need no token. What a browser's form could send without being asked is refused."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    simple = kind in ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain")
    if simple or (origin == "null" and site != "same-origin"):
        raise HTTPException(403, "Forms of pages do not reach the API: send JSON, with its Content-Type.")


def _ours(origin: str, request: Request) -> bool:
    """Whether an Origin is that of the page that was asked for (the Host header was checked before)."""
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    visitor = visitor_of(request)
    known = parts.scheme == "https" or (parts.scheme == "http" and not visitor.secure)
    asked_as = known and parts.netloc.lower() == request.headers.get("host", "").lower()
    return asked_as or origin.lower() == visitor.public_origin != ""


async def _field(request: Request) -> str:
    """The CSRF token in a form."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in ("application/x-www-form-urlencoded", "multipart/form-data"):
        return ""
    form = await request.form(max_files=FILES, max_fields=FIELDS, max_part_size=FIELD_BYTES)
    given = form.get(CSRF_FIELD)
    return given if isinstance(given, str) else ""
