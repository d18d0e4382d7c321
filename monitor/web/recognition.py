"""Who asks: a browser by its session, a program by its token, or, without accounts, whoever is at this machine."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import structlog
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request, cookie_parser
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from monitor.config import Settings
from monitor.web.access import SAFE, Asked, Role, Visitor, asked, is_feed
from monitor.web.credentials import digest
from monitor.web.security import (
    LOOPBACK_NAMES,
    MAKE_ACCOUNT,
    by_https,
    came_from,
    is_loopback,
    name_in,
)
from storage import accounts, logins, tokens
from storage import secrets as keys
from storage.database import Database
from storage.tables import Account, ApiToken

log = structlog.get_logger()

SESSION_COOKIE = "corrigenda"
STRANGER_COOKIE = "corrigenda_stranger"
"""Holds a random number that the forms of a browser without a session are bound to."""
BROWSER_COOKIE = "corrigenda_browser"
"""Says that this browser has logged in to an account before (`logging_in`)."""
_FORWARDED = ("x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "forwarded", "x-real-ip", "via")
_LONGEST_COOKIE = 500


def cookie_name(name: str, visitor: Visitor) -> str:
    """By https the browser itself vouches that no other site or path has set it (`__Host-`, RFC 6265bis 4.1.3.2)."""
    return f"__Host-{name}" if visitor.secure else name


def set_cookie(response: Response, visitor: Visitor, name: str, value: str, *, seconds: float | None = None) -> None:
    """A cookie that no script reads and no other site's request brings, but for links that are followed."""
    response.set_cookie(
        cookie_name(name, visitor), value, max_age=int(seconds) if seconds else None, path="/", secure=visitor.secure,
        httponly=True, samesite="lax",
    )  # fmt: skip


def drop_cookie(response: Response, visitor: Visitor, name: str) -> None:
    """Let the browser forget a cookie."""
    response.delete_cookie(cookie_name(name, visitor), path="/", secure=visitor.secure, httponly=True, samesite="lax")


class Recognise:
    """Put a Visitor on every request, and refuse who cannot be one.

    `refuse` makes the answer of an HTTPException; also for those that `security.BodyLimit`, inside of us, raises.
    """

    def __init__(
        self, app: ASGIApp, database: Database, settings: Settings,
        refuse: Callable[[Request, HTTPException], Response | Awaitable[Response]],
    ) -> None:  # fmt: skip
        self.app = app
        self._database = database
        self._settings = settings
        self._refuse = refuse
        self._idle = timedelta(seconds=settings.web.session_idle)
        self._public = urlsplit(settings.web.public_url)
        with database.write() as session:
            self._key = keys.of_name(session, "csrf")
        self._accounts = False
        """Whether there were accounts when we last looked; once there are, there always are."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        visitor, stranger = self._stranger(request)
        self._remember(scope, visitor)
        try:
            public = scope["path"].startswith("/static/")  # the same for everybody: nobody needs to be known
            known = None if public else await run_in_threadpool(self._known, request, visitor)
            if known is not None:
                visitor = known
                self._remember(scope, visitor)
            await self.app(scope, receive, self._with_cookie(visitor, stranger, send))
        except HTTPException as error:
            answer = self._refuse(request, error)
            response = answer if isinstance(answer, Response) else await answer
            await response(scope, receive, send)

    def _remember(self, scope: Scope, visitor: Visitor) -> None:
        notice = parse_qs(scope["query_string"][-200:].decode("latin-1")).get("done", [""])[-1]
        scope["corrigenda.visitor"] = visitor
        asked.set(Asked(visitor, scope["path"], notice))

    def _stranger(self, request: Request) -> tuple[Visitor, str]:
        """Somebody of whom nothing is known, and the cookie to give them should a form be made for them."""
        headers = request.headers
        peer = request.client.host if request.client else ""
        proxies = self._settings.web.trusted_proxies
        name = name_in(headers.get("host", "")) or ""
        secure = self._public.scheme == "https" and not is_loopback(name)
        visitor = Visitor(
            address=came_from(peer, headers, proxies),
            secure=secure or by_https(peer, headers, proxies),
            public_origin=f"{self._public.scheme}://{self._public.netloc}".lower() if self._public.netloc else "",
        )
        given = cookie(headers, STRANGER_COOKIE, visitor)
        number = given or secrets.token_urlsafe(32)
        visitor.csrf_token = self._csrf("stranger", number)
        return visitor, "" if given else number

    def _known(self, request: Request, stranger: Visitor) -> Visitor | None:
        """Who it is, when that is known. Raises HTTPException for a wrong token, or for strangers in open mode."""
        now = datetime.now(UTC)
        try:
            given = request.headers.get("authorization")
            if given is not None:
                return self._by_token(_token_in(given, safe=request.method in SAFE), request, stranger, now)
            key = request.query_params.get("key") if is_feed(request) else None
            if key is not None:
                return self._by_token(key, request, stranger, now, in_address=True)
            if not self._have_accounts():
                return self._at_this_machine(request, stranger)
            return self._by_session(request, stranger, now)
        except SQLAlchemyError as error:
            if request.url.path == "/health":
                return None  # it says so itself
            log.error("database does not answer", path="(before any page)", error=str(error))
            raise HTTPException(503, "The database does not answer; the log says why.") from None

    def _have_accounts(self) -> bool:
        if not self._accounts:
            with self._database.read() as session:
                self._accounts = accounts.exist(session)
        return self._accounts

    def _at_this_machine(self, request: Request, stranger: Visitor) -> Visitor:
        """Without accounts everybody who asks by a loopback name, of a loopback socket, through no proxy, is an admin.

        A proxy would let the whole world in as us: what passes through one, or under a public name, is refused.
        """
        local = is_loopback(self._settings.web.host) and name_in(request.headers.get("host", "")) in {
            *LOOPBACK_NAMES,
            self._settings.web.host.strip("[]").lower(),
        }
        if not local or any(name in request.headers for name in _FORWARDED):
            raise HTTPException(403, f"There is no account, so only this machine itself is answered; {MAKE_ACCOUNT}.")
        return Visitor(
            role=Role.ADMIN, by="open", name="this machine", address=stranger.address, secure=stranger.secure,
            public_origin=stranger.public_origin, csrf_token=stranger.csrf_token,
        )  # fmt: skip

    def _by_token(
        self, token: str, request: Request, stranger: Visitor, now: datetime, *, in_address: bool = False
    ) -> Visitor:
        with self._database.read() as session:
            found = tokens.of_hash(session, digest(token), now) if token else None
        if found is None:
            raise HTTPException(
                401, "This token is not known, was revoked or is over.",
                {"www-authenticate": 'Bearer error="invalid_token"'},
            )  # fmt: skip
        row, account = found
        if in_address and row.scope != "feed":
            raise HTTPException(
                401, "Addresses are kept in histories and logs: only a token for feeds may stand in one.",
                {"www-authenticate": 'Bearer error="invalid_token"'},
            )  # fmt: skip
        if row.last_used_at is None or now - row.last_used_at > tokens.USE_NOTED:
            with self._database.write() as session:
                tokens.note_use(session, row.id or 0, now)
        return Visitor(
            role=_role_of(row, account, request), by="token", name=account.name,
            account_id=account.id, address=stranger.address, secure=stranger.secure,
        )  # fmt: skip

    def _by_session(self, request: Request, stranger: Visitor, now: datetime) -> Visitor | None:
        token = cookie(request.headers, SESSION_COOKIE, stranger)
        if not token:
            return None
        with self._database.read() as session:
            found = logins.of_token(session, digest(token), now=now, idle=self._idle)
        if found is None:
            return None
        row, account = found
        if now - row.last_used_at > min(logins.USE_NOTED, self._idle / 4):
            with self._database.write() as session:
                logins.note_use(session, row.id or 0, now)
        return Visitor(
            role=Role.named(account.role), by="session", name=account.name, account_id=account.id, session_id=row.id,
            address=stranger.address, secure=stranger.secure, public_origin=stranger.public_origin,
            csrf_token=self._csrf("session", token),
        )  # fmt: skip

    def _csrf(self, kind: str, number: str) -> str:
        """Bound to one browser's cookie by a key that only we have."""
        return hmac.new(self._key, f"{kind}:{number}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()

    def _with_cookie(self, visitor: Visitor, stranger: str, send: Send) -> Send:
        async def send_with_cookie(message: Message) -> None:
            unbound = visitor.by in ("nobody", "open") and visitor.csrf_shown
            if message["type"] == "http.response.start" and stranger and unbound:
                made = Response()
                set_cookie(made, visitor, STRANGER_COOKIE, stranger)
                MutableHeaders(scope=message).append("set-cookie", made.headers["set-cookie"])
            await send(message)

        return send_with_cookie


def cookie(headers: Headers, name: str, visitor: Visitor) -> str:
    """The value of a cookie of ours; empty when it is not there, or longer than we ever made one."""
    value = cookie_parser("; ".join(headers.getlist("cookie"))).get(cookie_name(name, visitor), "")
    return value if len(value) <= _LONGEST_COOKIE else ""


def _role_of(token: ApiToken, account: Account, request: Request) -> Role:
    """What its Account may do, within the scope of the token."""
    role = Role.named(account.role)
    if token.scope == "feed":
        return min(role, Role.VIEWER) if is_feed(request) and request.method in SAFE else Role.ANYONE
    return min(role, Role.VIEWER) if token.scope == "read" else role


def _token_in(given: str, *, safe: bool) -> str:
    """The token in an Authorization header; empty when there is none.

    Readers of feeds know Basic only (RFC 7617), with the token as password. A browser sends that by itself once it has
    been typed, so it is taken for reading only.
    """
    scheme, _, value = given.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() == "basic" and safe:
        try:
            return base64.b64decode(value.strip(), validate=True).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            return ""
    return ""
