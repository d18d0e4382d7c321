"""Receivers as they are met in the wild, one channel each, served at once by the real loop: what becomes of the
Delivery after one try, by a table. Behaviours that go on for ever end at the limit of a call."""

from __future__ import annotations

import asyncio
import gzip
import re
import socket
import ssl
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import httpx2
import pytest

from alerts.channels.webhook import WebhookSender
from alerts.deliver import Deliverer
from monitor.sources.guard import GuardedBackend
from monitor.sources.transport import GuardedTransport
from storage import deliveries, rules
from storage.database import Database
from tests.unit.alerts.receivers import CERTIFICATE, Answer, Call, Hook, status, web_server
from tests.unit.alerts.running import QUICK, all_deliveries, database_with_channels, happen, run_until
from tests.unit.sources.certificates import Authority

LIMIT = 4.0
"""Seconds that a call may take: many for a busy machine, and all receivers take theirs at once."""
WAIT = 600.0
"""Seconds before the second try, where the receiver asks for nothing else."""
DAY = 86400.0


@dataclass(frozen=True)
class Row:
    """A behaviour and what must come of it."""

    answer: Answer
    state: str
    said: str
    """A pattern that the record of the try matches."""
    wait: float = WAIT
    """Least seconds to the next try, of a waiting one; chance adds up to a fifth."""
    off: bool = False
    """Whether the channel is switched off."""


def raw(data: bytes, *, close: bool = True) -> Answer:
    """Writes these bytes; without an end of the connection unless it is to be closed."""

    async def answer(call: Call, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()
        if not close:
            await asyncio.sleep(60)

    return answer


def forever(head: bytes, piece: bytes, seconds: float = 0.0) -> Answer:
    """Writes pieces without an end."""

    async def answer(call: Call, writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        while True:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(seconds)

    return answer


def late(line: str) -> Answer:
    async def answer(call: Call, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(LIMIT + 1)
        await status(line)(call, writer)

    return answer


async def silence(call: Call, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


async def reset(call: Call, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def reset_in_the_middle(call: Call, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-")
    await writer.drain()
    writer.transport.abort()


async def half_close(call: Call, writer: asyncio.StreamWriter) -> None:
    writer.write_eof()
    await asyncio.sleep(60)


def slow_until(**ahead: float) -> Answer:
    """Names a date, counted from when it is asked."""

    async def answer(call: Call, writer: asyncio.StreamWriter) -> None:
        until = format_datetime(datetime.now(UTC) + timedelta(**ahead), usegmt=True)
        await status("429 Slow", f"Retry-After: {until}")(call, writer)

    return answer


OK = b"HTTP/1.1 200 OK\r\n"
OK_SAID = r"^HTTP 200 OK$"
EMPTY = b"Content-Length: 0\r\n\r\n"
NEVER = "Fri, 31 Dec 9999 23:59:59 GMT"
NO_ANSWER = r"^no answer within"
BOMB = gzip.compress(bytes(2**20), mtime=0) * 50
REDIRECT = r"^HTTP 30\d .*: redirects are not followed"

TABLE: Mapping[str, Row] = {
    # It has taken it, whatever it says besides.
    "204": Row(status("204 No Content"), "delivered", r"^HTTP 204 No Content$"),
    "201 and a body": Row(raw(b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok"), "delivered", r"^HTTP 201"),
    "HTTP/9.7": Row(raw(b"HTTP/9.7 200 OK\r\n" + EMPTY), "delivered", OK_SAID),
    "HTTP/1.0": Row(raw(b"HTTP/1.0 200 OK\r\n\r\nok"), "delivered", OK_SAID),
    "garbage as body": Row(raw(OK + b"Content-Length: 6\r\n\r\n\xff\xfe\x00\x01\x80\x81"), "delivered", OK_SAID),
    "garbage said to be JSON": Row(
        raw(OK + b"Content-Type: application/json\r\nContent-Length: 3\r\n\r\n{[}"), "delivered", OK_SAID
    ),
    "a body without an end": Row(
        forever(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"2000\r\n" + b"x" * 8192 + b"\r\n"),
        "delivered",
        OK_SAID,
    ),
    "a huge body": Row(raw(OK + b"Content-Length: 30000000\r\n\r\n" + bytes(30_000_000)), "delivered", OK_SAID),
    "a dripping body": Row(forever(OK + b"Content-Length: 1000\r\n\r\n", b"x", 0.2), "delivered", OK_SAID),
    "a gzip bomb": Row(
        raw(OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(BOMB) + BOMB), "delivered", OK_SAID
    ),
    "a body cut short": Row(raw(OK + b"Content-Length: 100\r\n\r\nx"), "delivered", OK_SAID),
    "headers twice": Row(
        raw(OK + b"X-A: 1\r\nX-A: 2\r\nServer: a\r\nServer: b\r\n" + EMPTY), "delivered", OK_SAID
    ),
    "hints before it": Row(
        raw(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 5 + OK + EMPTY),
        "delivered",
        OK_SAID,
    ),
    "a reason without an end": Row(
        raw(b"HTTP/1.1 200 " + b"fine " * 2000 + b"\r\nContent-Length: 0\r\n\r\n"), "delivered", r"^HTTP 200 .{0,62}$"
    ),
    # It has not answered, as far as we know.
    "silence": Row(silence, "waiting", NO_ANSWER),
    "2xx, but late": Row(late("200 OK"), "waiting", NO_ANSWER),
    "dripping headers": Row(forever(OK, b"X-A: b\r\n", 0.3), "waiting", NO_ANSWER),
    "a flood of 1xx": Row(forever(b"", b"HTTP/1.1 102 Processing\r\n\r\n", 0.001), "waiting", NO_ANSWER),
    "headers without an end": Row(forever(OK, b"X-A: " + b"b" * 4000 + b"\r\n"), "waiting", r"."),
    "reset at once": Row(reset, "waiting", r"."),
    "reset in the middle": Row(reset_in_the_middle, "waiting", r"."),
    "half closed": Row(half_close, "waiting", r"disconnected|closed"),
    "closed without a word": Row(raw(b""), "waiting", r"disconnected|closed"),
    "no HTTP": Row(raw(b"220 mail.example.org ESMTP\r\n"), "waiting", r"."),
    "ICY": Row(raw(b"ICY 200 OK\r\n\r\n"), "waiting", r"."),
    "a status of letters": Row(raw(b"HTTP/1.1 OK 200\r\n\r\n"), "waiting", r"."),
    "two lengths": Row(raw(OK + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef"), "waiting", r"."),
    "101": Row(raw(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"), "waiting", r"."),
    # It answered, and may answer otherwise another time.
    "301": Row(status("301 Moved Permanently", "Location: /behind"), "waiting", REDIRECT),
    "302": Row(status("302 Found", "Location: /behind"), "waiting", REDIRECT),
    "303": Row(status("303 See Other", "Location: /behind"), "waiting", REDIRECT),
    "307": Row(status("307 Temporary Redirect", "Location: /behind"), "waiting", REDIRECT),
    "308": Row(status("308 Permanent Redirect", "Location: //behind.test/"), "waiting", REDIRECT),
    "304": Row(status("304 Not Modified"), "waiting", r"^HTTP 304"),
    "400": Row(status("400 Bad Request"), "waiting", r"^HTTP 400 Bad Request$"),
    "401": Row(status("401 Unauthorized"), "waiting", r"^HTTP 401"),
    "404": Row(status("404 Not Found"), "waiting", r"^HTTP 404"),
    "500": Row(status("500 Internal Server Error"), "waiting", r"^HTTP 500"),
    "502": Row(status("502 Bad Gateway"), "waiting", r"^HTTP 502"),
    "999": Row(status("999 Go Away"), "waiting", r"^HTTP 999"),
    "429, seconds": Row(status("429 Too Many Requests", "Retry-After: 7200"), "waiting", r"^HTTP 429", 7200),
    "429, a date": Row(slow_until(hours=3), "waiting", r"^HTTP 429", 10800),
    "429, a date gone by": Row(slow_until(days=-3), "waiting", r"^HTTP 429"),
    "429, years": Row(status("429 Slow", "Retry-After: 99999999999999999999"), "waiting", r"^HTTP 429", DAY),
    "429, a far date": Row(status("429 Slow", f"Retry-After: {NEVER}"), "waiting", r"^HTTP 429", DAY),
    "429, negative": Row(status("429 Slow", "Retry-After: -5"), "waiting", r"^HTTP 429"),
    "429, words": Row(status("429 Slow", "Retry-After: soon, \xe9"), "waiting", r"^HTTP 429"),
    "503, seconds": Row(status("503 Service Unavailable", "Retry-After: 1200"), "waiting", r"^HTTP 503", 1200),
    "503, a shorter wait": Row(status("503 Service Unavailable", "Retry-After: 1"), "waiting", r"^HTTP 503"),
    # It will never take it.
    "405": Row(status("405 Method Not Allowed"), "failed", r"^HTTP 405"),
    "413": Row(status("413 Content Too Large"), "failed", r"^HTTP 413"),
    "410": Row(status("410 Gone"), "failed", r"^HTTP 410 Gone: the receiver wants no more calls$", off=True),
}  # fmt: skip

TLS: Mapping[str, Row] = {
    "TLS": Row(status("200 OK"), "delivered", OK_SAID),
    "expired": Row(status("200 OK"), "waiting", r"certificate has expired"),
    "another name": Row(status("200 OK"), "waiting", r"not valid for|mismatch"),
    "signed by itself": Row(status("200 OK"), "waiting", r"self-signed|self signed"),
    "an old version": Row(status("200 OK"), "waiting", r"."),
    "clear where TLS is spoken": Row(status("200 OK"), "waiting", r"."),
    "TLS where clear is spoken": Row(status("200 OK"), "waiting", r"(?i)ssl|record|version|no answer"),
}
NOBODY = Row(status("200 OK"), "waiting", r"(?i)refused")
ALL = {**TABLE, **TLS, "nobody listens": NOBODY}


@dataclass(frozen=True)
class Told:
    """What became of one channel's Delivery."""

    state: str
    said: str
    wait: float | None
    enabled: bool
    hook: Hook | None


@asynccontextmanager
async def tls_receivers(authority: Authority, folder: Path) -> AsyncIterator[Mapping[str, tuple[Hook, str]]]:
    """A receiver for each row of TLS, and its URL."""
    old = authority.server("old.test")
    old.maximum_version = ssl.TLSVersion.TLSv1_1
    own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    own.load_cert_chain(CERTIFICATE)
    contexts: dict[str, tuple[ssl.SSLContext | None, str]] = {
        "TLS": (authority.server("good.test"), "https://good.test"),
        "expired": (authority.expired("late.test"), "https://late.test"),
        "another name": (authority.server("other.test"), "https://wrong.test"),
        "signed by itself": (own, "https://localhost.test"),
        "an old version": (old, "https://old.test"),
        "clear where TLS is spoken": (authority.server("clear.test"), "http://clear.test"),
        "TLS where clear is spoken": (None, "https://plain.test"),
    }
    async with AsyncExitStack() as stack:
        made = {}
        for name, (context, origin) in contexts.items():
            hook = await stack.enter_async_context(web_server(TLS[name].answer, context))
            made[name] = (hook, f"{origin}:{hook.port}/in")
        yield made


async def tell_all(folder: Path) -> tuple[Database, Mapping[str, Hook]]:
    """One alert to all receivers at once, and one try at each."""
    authority = Authority(folder)
    async with AsyncExitStack() as stack:
        hooks = {name: await stack.enter_async_context(web_server(row.answer)) for name, row in TABLE.items()}
        addresses = {name: hook.url for name, hook in hooks.items()}
        for name, (hook, url) in (await stack.enter_async_context(tls_receivers(authority, folder))).items():
            hooks[name], addresses[name] = hook, url
        with socket.create_server(("127.0.0.1", 0)) as closed:
            addresses["nobody listens"] = f"http://127.0.0.1:{closed.getsockname()[1]}/in"
        allowed = frozenset(httpx2.URL(url).netloc.decode() for url in addresses.values())
        trusting = authority.client()

        @contextmanager
        def open_client(seconds: float) -> Iterator[httpx2.Client]:
            """As `outgoing.guarded_client`, with the authority of this test and names of its own."""
            backend = GuardedBackend(allowed, lambda host, port: ["127.0.0.1"])
            transport = GuardedTransport(backend, ssl_context=trusting)
            with (
                httpx2.Client(transport=transport, timeout=seconds, trust_env=False) as client,
                backend.within(seconds),
            ):
                yield client

        numbers = {name: f"receiver {number}" for number, name in enumerate(addresses)}
        database = database_with_channels(folder, **{numbers[name]: url for name, url in addresses.items()})
        happen(database)
        settings = replace(QUICK, retries=(WAIT,) * 9, lease_seconds=120)
        loop = Deliverer(database, {"webhook": WebhookSender(open_client, LIMIT, "Corrigenda/test")}, settings)
        await run_until(loop, lambda: all(one.attempts for one in all_deliveries(database)) and done(database), 90)
        return database, {numbers[name]: hook for name, hook in hooks.items()}


def done(database: Database) -> bool:
    """Whether the end of every try is recorded."""
    with database.read() as session:
        tries = [deliveries.attempts(session, one.id)[-1] for one in all_deliveries(database)]
    return all(one.finished_at for one in tries)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Told]:
    database, hooks = asyncio.run(tell_all(tmp_path_factory.mktemp("receivers")))
    found = {}
    with database.read() as session:
        channels = {channel.name: channel for channel in rules.channels(session)}
        for delivery, channel, _ in deliveries.listed(session, limit=1000):
            [attempt] = deliveries.attempts(session, delivery.id)
            wait = None
            if delivery.next_attempt_at and attempt.finished_at:
                wait = (delivery.next_attempt_at - attempt.finished_at).total_seconds()
            number = int(channel.name.removeprefix("receiver "))
            found[list(ALL)[number]] = Told(
                delivery.state, attempt.detail, wait, channels[channel.name].enabled, hooks.get(channel.name)
            )
    database.close()
    return found


@pytest.mark.parametrize("name", ALL)
def test_what_becomes_of_a_delivery(told: Mapping[str, Told], name: str) -> None:
    row, got = ALL[name], told[name]
    assert (got.state, got.enabled) == (row.state, not row.off), got
    assert re.search(row.said, got.said), got
    assert len(got.said) <= 500
    assert got.said.isprintable()
    if row.state == "waiting":
        assert got.wait is not None
        assert row.wait - 1 - LIMIT <= got.wait <= row.wait * 1.2 + 1
    else:
        assert got.wait is None


def test_nobody_was_called_twice_nor_behind_a_redirect(told: Mapping[str, Told]) -> None:
    calls = {name: [call.path for call in got.hook.calls] for name, got in told.items() if got.hook}
    assert {name: paths for name, paths in calls.items() if len(paths) > 1 or "/behind" in paths} == {}
    assert len(ALL) >= 50
