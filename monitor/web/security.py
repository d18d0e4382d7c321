"""What lies around every answer: under which names we answer, to whom without accounts, and what a browser may do."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from monitor.config import Settings
from monitor.errors import ConfigurationError
from monitor.web.access import SAFE, Role, Visitor

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}
"""On every answer. Page text is data: should an escape ever fail, there is still nothing that a browser would run."""

HSTS = "max-age=31536000"
"""Where readers come by https (RFC 6797); not for subdomains, which may be somebody else's."""

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")

BODY = 8 * 2**20
BODY_OF_STRANGERS = 64 * 2**10
BODY_SECONDS = 30.0
"""Largest body in bytes, by whether somebody is logged in, and the time in which it must have come."""

MAKE_ACCOUNT = "make an account first: `corrigenda account add NAME --role admin`"


def check_binding(settings: Settings, *, accounts: bool) -> None:
    """Refuse to listen where others could reach pages that ask for no password.

    Raises ConfigurationError unless there are accounts or `web.host` is a loopback address or `localhost`.
    """
    host = settings.web.host
    if not accounts and not is_loopback(host):
        raise ConfigurationError(
            f"web.host = {host!r}: there is no account, so the pages ask for no password and listen on a loopback "
            f"address only; {MAKE_ACCOUNT}, or set web.host to 127.0.0.1"
        )


def is_loopback(host: str) -> bool:
    """Whether only this machine can connect to an address."""
    host = host.strip("[]")
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def allowed_hosts(settings: Settings) -> frozenset[str]:
    """The names under which the pages answer: those of this machine, and those that readers use."""
    public = urlsplit(settings.web.public_url).hostname
    names = (*LOOPBACK_NAMES, settings.web.host, public, *settings.web.hosts)
    return frozenset(name.strip("[]").lower() for name in names if name)


class HostCheck:
    """Answer only to our own names: under any other, a page of an attacker could read ours (DNS rebinding)."""

    def __init__(self, app: ASGIApp, hosts: frozenset[str]) -> None:
        self.app = app
        self.hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).getlist("host")
        if len(given) == 1 and name_in(given[0]) in self.hosts:
            await self.app(scope, receive, send)
            return
        refusal = (
            "This name is not one of Corrigenda's. Set web.public_url to the address that readers use, "
            "or add the name to web.hosts.\n"
        )
        await PlainTextResponse(refusal, status_code=400)(scope, receive, send)


def name_in(host: str) -> str | None:
    """The name in a Host header, without port and brackets; None when it is malformed."""
    try:
        parts = urlsplit(f"//{host}")
        valid = parts.netloc == host and not parts.username and (parts.port is None or parts.port >= 0)
    except ValueError:
        return None
    return parts.hostname if valid else None


def came_from(peer: str, headers: Headers, trusted: Sequence[str]) -> str:
    """The address that asks: the peer, or where that is a trusted proxy, whom the proxies say they ask for.

    Read from the right: what stands left of the first address that is not a trusted proxy was written by a stranger.
    """
    asking = peer
    for hop in reversed(",".join(headers.getlist("x-forwarded-for")).split(",")):
        if not _trusted(asking, trusted):
            return asking
        try:
            asking = str(ip_address(hop.strip()))
        except ValueError:
            return asking
    return asking


def by_https(peer: str, headers: Headers, trusted: Sequence[str]) -> bool:
    """Whether a trusted proxy says that readers come by https."""
    said = ",".join(headers.getlist("x-forwarded-proto")).rpartition(",")[2].strip().lower()
    return said == "https" and _trusted(peer, trusted)


def _trusted(address: str, trusted: Sequence[str]) -> bool:
    try:
        known = ip_address(address)
    except ValueError:
        return False
    if isinstance(known, IPv6Address) and known.ipv4_mapped:
        known = known.ipv4_mapped
    return any(known in ip_network(network) for network in trusted)


def neighbourhood(address: str) -> str:
    """Whose attempts are counted together: an IPv4 address, or the /64 that one customer gets of IPv6."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if isinstance(known, IPv4Address):
        return str(known)
    return str(known.ipv4_mapped or ip_network((int(known) >> 64 << 64, 64)))


class BodyLimit:
    """Take the whole body of what changes something before anything answers it, bounded in size and time.

    A reader who is not logged in sends passwords at most. Refused by 413 or 408.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in SAFE:
            await self.app(scope, receive, send)
            return
        visitor = scope.get("corrigenda.visitor")
        known = isinstance(visitor, Visitor) and visitor.role > Role.ANYONE
        body = await self._read(Headers(scope=scope), receive, BODY if known else BODY_OF_STRANGERS)
        sent = False

        async def receive_again() -> Message:
            nonlocal sent
            if sent:
                return await receive()
            sent = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self.app(scope, receive_again, send)

    async def _read(self, headers: Headers, receive: Receive, limit: int) -> bytes:
        declared = headers.get("content-length", "")
        if declared.isdecimal() and int(declared[:20]) > limit:
            raise _too_large(limit)
        body = bytearray()
        try:
            async with asyncio.timeout(BODY_SECONDS):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise HTTPException(400, "The request was not sent to its end.")
                    body += message.get("body", b"")
                    if len(body) > limit:
                        raise _too_large(limit)
                    if not message.get("more_body", False):
                        return bytes(body)
        except TimeoutError:
            raise HTTPException(408, "The request did not come in time.", {"connection": "close"}) from None


def _too_large(limit: int) -> HTTPException:
    return HTTPException(413, f"This is too large: at most {limit:,} bytes are taken here.", {"connection": "close"})


class SecurityHeaders:
    """Put `HEADERS` on every answer, and let no cache keep a page past its change."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in {**HEADERS, "cache-control": "private, no-cache"}.items():
                    headers.setdefault(name, value)
                visitor = scope.get("corrigenda.visitor")
                if isinstance(visitor, Visitor) and visitor.secure:
                    headers.setdefault("strict-transport-security", HSTS)
            await send(message)

        await self.app(scope, receive, send_with_headers)
