"""Fetching one address politely and safely: a Capture comes back, whatever the publisher does."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from io import BytesIO
from types import TracebackType
from typing import Self

import httpx2

from monitor.sources.address import WEB_PORTS, Address, UnusableAddressError, join, parse
from monitor.sources.coding import ACCEPT_ENCODING, CodingError, unpack, unpackers
from monitor.sources.guard import Deadline, ForbiddenAddressError, GuardedBackend, Resolver, system_resolver
from monitor.sources.private import PrivateHeaders
from monitor.sources.result import Capture, Outcome
from monitor.sources.status import ended_raggedly, judge, network_reason, retry_after_seconds
from monitor.sources.transport import Answer, Connections
from monitor.sources.whole import ends_well, stops_short

SILENCE_SECONDS = 15.0
"""The longest wait for a server's next byte; the deadline bounds the whole."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request must not be sent, and whether that is a rule (`refused`) or trouble (`failed`)."""

    outcome: Outcome
    reason: str


Permit = Callable[[str], Refusal | None]
"""Asked before every request, those after redirects included; None when it may be sent (robots.txt)."""
Turn = Callable[[Address], Refusal | None]
"""Waits until the address's Site may be asked again, right before a request to it is sent: the first one, one after a
redirect to whatever Site, one for robots.txt, one sent again over a new connection. None when it may be sent now. What
it raises ends the fetch and reaches the caller."""

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,text/plain;q=0.8,*/*;q=0.5"


class _StoppedError(Exception):
    """Ends a fetch and becomes its Capture's outcome and reason."""

    def __init__(self, outcome: Outcome, reason: str) -> None:
        super().__init__(reason)
        self.outcome: Outcome = outcome


class Fetcher:
    """Fetches addresses one after the other over a few kept connections: a Visit has one, in its own thread.

    `allow_hosts` holds `host:port` of internal hosts (and unusual ports) that the operator allows. The deadline and
    the size bound each fetch as a whole: look-up, TLS, every redirect, head, and the body as unpacked. Time spent
    waiting for a `turn` is not counted: it is our politeness, not the publisher's slowness.
    """

    def __init__(
        self,
        *,
        user_agent: str,
        allow_hosts: Collection[str] = frozenset(),
        deadline_seconds: float = 30.0,
        max_bytes: int = 5 * 2**20,
        max_redirects: int = 5,
        http2: bool = True,
        turn: Turn | None = None,
        on_answer: Callable[[Address, float], None] = lambda address, at: None,
        ssl_context: ssl.SSLContext | None = None,
        resolver: Resolver = system_resolver,
    ) -> None:
        self.user_agent = user_agent
        self._turn = turn
        self._on_answer = on_answer
        self._allow_hosts = frozenset(host.lower() for host in allow_hosts)
        self._deadline_seconds = deadline_seconds
        self._max_bytes = max_bytes
        self._max_redirects = max_redirects
        self._backend = GuardedBackend(self._allow_hosts, resolver)
        self._connections = Connections(self._backend, http2=http2, ssl_context=ssl_context)
        self._ours = {"connection": "keep-alive", "user-agent": user_agent, "accept": _ACCEPT}
        self._ours["accept-encoding"] = ACCEPT_ENCODING

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the kept connections."""
        self._connections.close()

    def fetch(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        headers: Mapping[str, str] | None = None,
        permit: Permit | None = None,
    ) -> Capture:
        """Fetch an address. Never raises for what a publisher, the network or the address does.

        `etag` and `last_modified` are those of the last good Capture and make the request conditional. They go along
        with redirects, so compare `final_url` before taking `not_modified` for the same page. `headers` (those of a
        subscriber, say) go to the address's own site only, as PrivateHeaders says, and no secret in them comes back in
        the Capture.
        """
        progress = _Progress(url)
        private = PrivateHeaders(headers or {}, _site_of(url), self._allow_hosts)
        conditions = {"if-none-match": etag, "if-modified-since": last_modified}
        # A tag beyond ASCII could be read back in two ways: such a page is asked for whole.
        sent = {name: value for name, value in conditions.items() if value and value.isascii()}
        with self._backend.within(self._deadline_seconds) as deadline:
            try:
                self._follow(progress, sent, private, permit)
                outcome, reason = judge(progress.status, progress.headers, progress.body, conditional=bool(sent))
            except _StoppedError as error:
                outcome, reason = error.outcome, str(error)
            except ForbiddenAddressError as error:
                outcome, reason = "refused", progress.named(str(error))
            except CodingError as error:
                outcome, reason = "failed", str(error)
            except (httpx2.HTTPError, httpx2.StreamError) as error:
                outcome, reason = "failed", progress.named(_failure_reason(error, deadline))
            except httpx2.InvalidURL as error:
                outcome, reason = "refused", progress.named(f"address is not usable: {error}")
        return private.hide(progress.capture(outcome, reason))

    def _follow(
        self, progress: _Progress, conditions: Mapping[str, str], private: PrivateHeaders, permit: Permit | None
    ) -> None:
        """Ask, and ask where it sends us, until an answer is no redirect."""
        try:
            address = parse(progress.url)
        except UnusableAddressError as error:
            raise _StoppedError("refused", f"address is not usable: {error}") from error
        if name := private.unsendable():
            raise _StoppedError("refused", f"the header {name} of its site cannot be sent: mend it in the settings")
        # Cookies are kept along redirects, which some publishers need, but never from one fetch to the next.
        cookies = _Cookies()
        while True:
            progress.final_url = str(address)
            self._check(address, progress, permit)
            asked = cookies.along(progress.final_url, {**conditions, **private.along(address)})
            answer = self._send(address, asked, progress)
            try:
                progress.take_head(answer)
                location = progress.headers.get("location")
                if answer.status not in _REDIRECTS or not location:
                    progress.body = self._read_body_unless_error(answer, progress)
                    return
                cookies.take(answer, progress.final_url)
            finally:
                answer.close()  # a redirect's own body is never read: it may be endless
            address = self._next_address(address, location, progress)

    def _check(self, address: Address, progress: _Progress, permit: Permit | None) -> None:
        if address.port not in WEB_PORTS and address.host_and_port not in self._allow_hosts:
            allow = f"allow_hosts can allow {address.host_and_port}"
            raise _StoppedError("refused", progress.named(f"port {address.port} is not a port of the web; {allow}"))
        if permit and (why := permit(progress.final_url)):
            raise _StoppedError(why.outcome, progress.named(why.reason))

    def _next_address(self, address: Address, location: str, progress: _Progress) -> Address:
        progress.redirects.append(progress.final_url)
        try:
            target = join(address, location)
        except UnusableAddressError as error:
            raise _StoppedError("refused", f"redirect to an address that is not usable: {error}") from error
        if len(progress.redirects) > self._max_redirects:
            circle = str(target) in progress.redirects
            more = f"more than {self._max_redirects} redirects"
            raise _StoppedError("failed", f"redirects go in a circle at {target}" if circle else more)
        return target

    def _send(self, address: Address, headers: Mapping[str, str], progress: _Progress) -> Answer:
        lines = _lines({"Host": address.site, **_without(self._ours, headers), **headers})
        target = _target(address)
        self._wait_for_turn(address, progress)
        opened = self._backend.connections
        try:
            return self._get(address, target, lines)
        except (httpx2.RemoteProtocolError, httpx2.ReadError, httpx2.WriteError):
            # The server may have closed a kept connection at that very moment: once more, over a new one.
            if self._backend.connections != opened:
                raise
            self._wait_for_turn(address, progress)
            return self._get(address, target, lines)

    def _get(self, address: Address, target: bytes, lines: list[tuple[bytes, bytes]]) -> Answer:
        try:
            return self._connections.get(address, target, lines, SILENCE_SECONDS)
        finally:
            self._on_answer(address, time.monotonic())

    def _wait_for_turn(self, address: Address, progress: _Progress) -> None:
        if self._turn is None:
            return
        with self._backend.paused():
            why = self._turn(address)
        if why:
            raise _StoppedError(why.outcome, progress.named(why.reason))

    def _read_body_unless_error(self, answer: Answer, progress: _Progress) -> bytes:
        """The body; of an error page, whatever is wrong with its body, the status says enough."""
        try:
            return self._read_body(answer, progress)
        except (_StoppedError, CodingError, httpx2.HTTPError):
            if answer.status < 400:
                raise
            return b""

    def _read_body(self, answer: Answer, progress: _Progress) -> bytes:
        if answer.status == HTTPStatus.NOT_MODIFIED:
            # It has no body; but only an answer read to its end leaves the connection fit for the next.
            return b"".join(answer)
        too_large = _StoppedError("failed", f"body is larger than {self._max_bytes} bytes")
        announced = progress.headers.get("content-length", "")
        if announced.isdecimal() and int(announced[:20]) > self._max_bytes:
            raise too_large
        chain = unpackers(progress.headers.get("content-encoding", ""))
        kept = BytesIO()  # pieces may be of one byte each, and what it holds is given out without a copy
        ragged = False
        try:
            for data in answer:
                progress.packed_bytes += len(data)
                for piece in unpack(chain, data):
                    kept.write(piece)
                    if kept.tell() > self._max_bytes:
                        raise too_large
                if progress.packed_bytes > self._max_bytes:
                    raise too_large
        except (httpx2.RemoteProtocolError, httpx2.ReadError) as error:
            # TLS that ends without saying so may have been cut by anybody on the way; but many a server ends it so.
            ragged = ended_raggedly(error) and _ends_with_connection(answer, progress)
            if not ragged:
                raise CodingError(f"body is cut short: {network_reason(error)}") from error
        if progress.packed_bytes and not all(unpacker.whole for unpacker in chain):
            raise CodingError("body is cut short: its packed stream has no end")
        body = kept.getvalue()
        if not chain and _ends_with_connection(answer, progress):
            where = stops_short(body) or ("without an end" if ragged and not ends_well(body) else None)
            if where:
                raise CodingError(f"body is cut short: its length was not announced, and it stops {where}")
        return body


def _ends_with_connection(answer: Answer, progress: _Progress) -> bool:
    """Whether nothing but the connection's end says where the body ends (RFC 9112 6.3)."""
    framed = "content-length" in progress.headers or "transfer-encoding" in progress.headers
    return answer.http_version.startswith("HTTP/1") and not framed


def _lines(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode("ascii"), value.encode("ascii")) for name, value in headers.items()]


def _without(ours: Mapping[str, str], theirs: Mapping[str, str]) -> Mapping[str, str]:
    """Our own headers, but those that are set for the site."""
    names = {name.lower() for name in theirs}
    return {name: value for name, value in ours.items() if name not in names}


def _target(address: Address) -> bytes:
    """The path and query as they go out: without `.` and `..`, which an Address keeps as they were written."""
    if "/." in address.target:
        return httpx2.URL(str(address)).raw_path
    return address.target.encode("ascii")


def _site_of(url: str) -> str:
    try:
        return parse(url).site
    except UnusableAddressError:
        return ""  # nothing will be sent anywhere


class _Cookies:
    """What servers set in the course of one fetch."""

    def __init__(self) -> None:
        self._kept: httpx2.Cookies | None = None

    def take(self, answer: Answer, url: str) -> None:
        """Keep what an answer sets."""
        if any(name.lower() == b"set-cookie" for name, _ in answer.pairs):
            self._kept = self._kept or httpx2.Cookies()
            request = httpx2.Request("GET", url)
            self._kept.extract_cookies(httpx2.Response(answer.status, headers=list(answer.pairs), request=request))

    def along(self, url: str, headers: Mapping[str, str]) -> Mapping[str, str]:
        """The headers with the cookies for an address; a subscriber's own stay, unless a server has set them anew."""
        if self._kept is None:
            return headers
        others = {name: value for name, value in headers.items() if name.lower() != "cookie"}
        own = "; ".join(value for name, value in headers.items() if name.lower() == "cookie")
        request = httpx2.Request("GET", url)
        self._kept.set_cookie_header(request)
        anew = request.headers.get("cookie", "")
        names = {cookie.partition("=")[0].strip() for cookie in anew.split(";")}
        kept = [cookie for cookie in own.split(";") if cookie.partition("=")[0].strip() not in names]
        merged = "; ".join(part.strip() for part in (*kept, anew) if part.strip())
        return {**others, "cookie": merged} if merged else others


@dataclass(slots=True)
class _Progress:
    """What is known so far of a fetch under way."""

    url: str
    captured_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    begun: float = field(default_factory=time.monotonic)
    final_url: str = ""
    status: int = 0
    redirects: list[str] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    http_version: str = ""
    packed_bytes: int = 0
    body: bytes = b""

    def take_head(self, answer: Answer) -> None:
        self.status = answer.status
        self.http_version = answer.http_version
        self.headers = {
            name: value
            for name, value in answer.headers().items()
            # Cookies are secrets, and of no use later. A file's Capture carries its sidecar under `sidecar-` names,
            # which no server may forge.
            if name != "set-cookie" and not name.startswith("sidecar-")
        }

    def named(self, reason: str) -> str:
        """The reason, with the address that it is about when a redirect led elsewhere."""
        return f"redirect to {self.final_url}: {reason}" if self.redirects else reason

    def capture(self, outcome: Outcome, reason: str) -> Capture:
        return Capture(
            url=self.url,
            outcome=outcome,
            reason=reason,
            captured_at=self.captured_at,
            final_url=self.final_url or self.url,
            status=self.status or None,
            redirects=tuple(self.redirects),
            headers=self.headers,
            http_version=self.http_version,
            packed_bytes=self.packed_bytes,
            body=self.body,
            elapsed_ms=round((time.monotonic() - self.begun) * 1000),
            etag=self.headers.get("etag"),
            last_modified=self.headers.get("last-modified"),
            retry_after_seconds=retry_after_seconds(self.headers.get("retry-after"), self.captured_at),
        )


def _failure_reason(error: Exception, deadline: Deadline) -> str:
    if not isinstance(error, httpx2.TimeoutException):
        return network_reason(error)
    if deadline.left() <= 0:
        return f"not done within {deadline.seconds:g} s"
    return str(error) if "looked up" in str(error) else f"no answer within {SILENCE_SECONDS:g} s"
