"""Who may ask, and what a browser may do with the answer: Host check, security headers, loopback only."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from monitor.config import Settings
from monitor.errors import ConfigurationError

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}
"""On every answer. Page text is data: should an escape ever fail, there is still nothing that a browser would run."""

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")


def check_binding(settings: Settings) -> None:
    """Refuse to listen where others could reach pages that ask for no password.

    Raises ConfigurationError unless `web.host` is a loopback address or `localhost`.
    """
    host = settings.web.host
    if not _is_loopback(host.strip("[]")):
        raise ConfigurationError(
            f"web.host = {host!r}: the pages have no accounts, so they listen on a loopback address only; "
            "set web.host to 127.0.0.1 and, for other readers, put a reverse proxy with a password in front"
        )


def _is_loopback(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def allowed_hosts(settings: Settings) -> frozenset[str]:
    """The names under which the pages answer: those of this machine, and the one that readers use."""
    public = urlsplit(settings.web.public_url).hostname
    return frozenset(name.strip("[]").lower() for name in (*LOOPBACK_NAMES, settings.web.host, public) if name)


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
        if len(given) == 1 and _name_in(given[0]) in self.hosts:
            await self.app(scope, receive, send)
            return
        refusal = "This name is not one of Corrigenda's. Set web.public_url to the address that readers use.\n"
        await PlainTextResponse(refusal, status_code=400)(scope, receive, send)


def _name_in(host: str) -> str | None:
    """The name in a Host header, without port and brackets; None when it is malformed."""
    try:
        parts = urlsplit(f"//{host}")
        valid = parts.netloc == host and not parts.username and (parts.port is None or parts.port >= 0)
    except ValueError:
        return None
    return parts.hostname if valid else None


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
            await send(message)

        await self.app(scope, receive, send_with_headers)
