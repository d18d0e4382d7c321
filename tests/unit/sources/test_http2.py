from __future__ import annotations

import gzip
import socket
import time
from collections.abc import Callable

import pytest

from monitor.sources.address import Address
from monitor.sources.http import Fetcher
from tests.unit.sources.certificates import Authority
from tests.unit.sources.servers import FetcherFor, Serve, Server, respond

pytest.importorskip("h2")
from tests.unit.sources.h2_servers import Exchange, Stream, serve_h2

PAGE = b"<html><body><p>At least 170 peacekeepers have been killed.</p></body></html>"
NAME = "news.test"
DATA, HEADERS, RST, SETTINGS, PING, GOAWAY, WINDOW, CONTINUATION = 0, 1, 3, 4, 6, 7, 8, 9

ServeH2 = Callable[[Exchange], Server]
Fetchers = Callable[..., Fetcher]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def serve_two(authority: Authority, listen: Callable[[], socket.socket]) -> ServeH2:
    return lambda exchange: serve_h2(listen(), authority.server(NAME, "h2", "http/1.1"), exchange, NAME)


@pytest.fixture
def fetchers(fetcher_for: FetcherFor, authority: Authority) -> Fetchers:
    def make(*servers: Server, **settings: object) -> Fetcher:
        return fetcher_for(
            *servers, ssl_context=authority.client(), resolver=lambda host, port: ["127.0.0.1"], **settings
        )

    return make


def test_a_visit_over_one_connection(serve_two: ServeH2, fetchers: Fetchers) -> None:
    def exchange(stream: Stream) -> None:
        if "if-none-match" in stream.head:
            return stream.respond(304, etag='"a1"')
        stream.respond(200, gzip.compress(PAGE * 9000), content_encoding="gzip", etag='"a1"', set_cookie="a=1")

    server = serve_two(exchange)
    fetcher = fetchers(server)
    pages = [fetcher.fetch(server.url(f"/{number}")) for number in range(5)]
    assert {(page.outcome, page.body == PAGE * 9000, page.http_version) for page in pages} == {("page", True, "HTTP/2")}
    assert pages[0].packed_bytes < 10_000
    assert fetcher.fetch(server.url("/1"), etag='"a1"').outcome == "not_modified"
    assert server.connections == 1
    head = server.requests[0]
    assert b"user-agent: Corrigenda/1.0 (+mailto:desk@example.org)" in head
    assert b"accept-encoding" in head
    assert not any(b"cookie" in head for head in server.requests)


def test_where_it_is_not_offered_the_older_one_is_spoken(
    serve: Serve, fetchers: Fetchers, authority: Authority
) -> None:
    server = serve(respond("200 OK", PAGE), tls=authority.server(NAME, "http/1.1"))
    server.host = NAME
    capture = fetchers(server).fetch(server.url())
    assert (capture.body, capture.http_version) == (PAGE, "HTTP/1.1")


def test_who_does_not_want_it_does_not_speak_it(serve: Serve, fetchers: Fetchers, authority: Authority) -> None:
    server = serve(respond("200 OK", PAGE), tls=authority.server(NAME, "h2", "http/1.1"))
    server.host = NAME
    assert fetchers(server, http2=False).fetch(server.url()).http_version == "HTTP/1.1"


def test_the_certificate_counts_here_too(serve_two: ServeH2, fetcher_for: FetcherFor) -> None:
    server = serve_two(lambda stream: stream.respond(200, PAGE))
    capture = fetcher_for(server, resolver=lambda host, port: ["127.0.0.1"]).fetch(server.url())
    assert capture.reason == "TLS certificate is not valid: self-signed certificate"
    assert server.requests == []


def test_redirects_and_a_subscribers_headers(serve_two: ServeH2, fetchers: Fetchers) -> None:
    def home(stream: Stream) -> None:
        if stream.path == "/end":
            return stream.respond(200, PAGE)
        stream.respond(302, location=other.url("/b") if stream.path == "/b" else "/b")

    other = serve_two(lambda stream: stream.respond(302, location=server.url("/end")))
    server = serve_two(home)
    turns: list[str] = []

    def turn(address: Address) -> None:
        turns.append(address.target)

    capture = fetchers(server, other, turn=turn).fetch(server.url("/a"), headers={"Cookie": "s=secret-value"})
    assert capture.body == PAGE
    assert [b"secret-value" in head for head in server.requests] == [True, True, False]
    assert b"secret-value" not in other.requests[0]
    assert turns == ["/a", "/b", "/b", "/end"]


def test_an_endless_body_that_nobody_reads_does_not_reach_the_next_page(serve_two: ServeH2, fetchers: Fetchers) -> None:
    def exchange(stream: Stream) -> None:
        if stream.path == "/end":
            return stream.respond(200, PAGE)
        if stream.path == "/redirect":
            stream.begin(302, location="/end")
        else:
            stream.begin(200)
        while True:
            stream.raw(DATA, 0, b"x" * 16384)

    server = serve_two(exchange)
    fetcher = fetchers(server, deadline_seconds=5)
    assert fetcher.fetch(server.url("/redirect")).body == PAGE
    assert "larger than" in fetcher.fetch(server.url("/endless")).reason
    assert fetcher.fetch(server.url("/end")).body == PAGE


def test_a_kept_connection_that_the_server_gave_up_meanwhile(serve_two: ServeH2, fetchers: Fetchers) -> None:
    def exchange(stream: Stream) -> None:
        stream.respond(200, PAGE)
        stream.connection.close_connection()
        stream.flush()

    server = serve_two(exchange)
    fetcher = fetchers(server)
    assert [fetcher.fetch(server.url()).outcome for _ in range(3)] == ["page"] * 3
    assert server.connections == 3


# Cut short


def _reset(stream: Stream) -> None:
    stream.begin(200)
    stream.send(PAGE)
    stream.raw(RST, 0, b"\x00\x00\x00\x02")


def _hang_up(stream: Stream) -> None:
    stream.begin(200)
    stream.send(PAGE)
    stream.wire.unwrap()


def _less_than_announced(stream: Stream) -> None:
    stream.begin(200, content_length=str(len(PAGE) + 1))
    stream.raw(DATA, 1, PAGE)


def _half_a_gzip(stream: Stream) -> None:
    packed = gzip.compress(bytes(range(256)) * 999)
    stream.respond(200, packed[: len(packed) // 2], content_encoding="gzip")


def _go_away_in_between(stream: Stream) -> None:
    stream.begin(200)
    stream.send(PAGE)
    stream.raw(GOAWAY, 0, bytes(8), stream=0)
    stream.wire.unwrap()


@pytest.mark.parametrize("exchange", [_reset, _hang_up, _less_than_announced, _half_a_gzip, _go_away_in_between])
def test_a_body_that_is_cut_short_is_no_page(serve_two: ServeH2, fetchers: Fetchers, exchange: Exchange) -> None:
    server = serve_two(exchange)
    capture = fetchers(server, deadline_seconds=3).fetch(server.url())
    assert (capture.outcome, capture.body) == ("failed", b"")
    assert capture.elapsed_ms < 2500
    assert capture.reason.startswith("body is cut short")
    assert "<" not in capture.reason


# Nonsense and floods


def _status_that_is_no_number(stream: Stream) -> None:
    stream.raw(HEADERS, 5, b"\x08\x03abc")  # :status, literal


def _headers_that_are_no_hpack(stream: Stream) -> None:
    stream.raw(HEADERS, 4, b"\xff" * 50)


def _data_before_headers(stream: Stream) -> None:
    stream.raw(DATA, 1, PAGE)


def _odd_content_length(stream: Stream) -> None:
    stream.raw(HEADERS, 4, b"\x88\x0f\x0d\x04five")
    stream.raw(DATA, 1, PAGE)


def _frame_too_large(stream: Stream) -> None:
    stream.begin(200)
    stream.raw(DATA, 1, b"x" * 100_000)


def _push(stream: Stream) -> None:
    stream.raw(5, 4, b"\x00\x00\x00\x02" + b"\x82\x87\x84\x41\x01a")


def _header_bomb(stream: Stream) -> None:
    """One header of 4 kB in the table, named 100,000 times by one byte each."""
    stream.raw(HEADERS, 0, b"\x88\x40\x01a\x7f\x81\x1e" + b"v" * 4000)
    for _ in range(20):
        stream.raw(CONTINUATION, 0, b"\xbe" * 16000)
    stream.raw(CONTINUATION, 4, b"\xbe")


def _not_http2(stream: Stream) -> None:
    stream.wire.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npage" * 100)


NONSENSE = [
    _status_that_is_no_number,
    _headers_that_are_no_hpack,
    _data_before_headers,
    _odd_content_length,
    _frame_too_large,
    _push,
    _header_bomb,
    _not_http2,
]


@pytest.mark.parametrize("exchange", NONSENSE)
def test_nonsense_is_a_failure(serve_two: ServeH2, fetchers: Fetchers, exchange: Exchange) -> None:
    server = serve_two(exchange)
    capture = fetchers(server, deadline_seconds=2).fetch(server.url())
    assert (capture.outcome, capture.body) == ("failed", b"")
    assert len(capture.reason) < 300
    assert "\n" not in capture.reason
    assert " at 0x" not in capture.reason
    assert "LocalProtocolError" not in capture.reason


def _forever(frame_type: int, flags: int, payload: bytes, stream: int | None = 0) -> Exchange:
    def exchange(exchange: Stream) -> None:
        while True:
            exchange.raw(frame_type, flags, payload, stream)

    return exchange


def _empty_frames(stream: Stream) -> None:
    stream.begin(200)
    while True:
        stream.raw(DATA, 0, b"")


def _early_hints(stream: Stream) -> None:
    while True:
        stream.begin(103, link="</a.css>")


def _continuations(stream: Stream) -> None:
    stream.raw(HEADERS, 0, b"\x88")
    while True:
        stream.raw(CONTINUATION, 0, b"\x00\x01a\x01b" * 100)


def _slow_data(stream: Stream) -> None:
    stream.begin(200)
    while True:
        stream.raw(DATA, 0, b"x")
        time.sleep(0.1)


FLOODS = {
    "pings": _forever(PING, 0, bytes(8)),
    "settings": _forever(SETTINGS, 0, b""),
    "windows": _forever(WINDOW, 0, b"\x00\x00\x00\x01"),
    "unknown frames": _forever(200, 0, bytes(1000)),
    "empty frames": _empty_frames,
    "early hints": _early_hints,
    "continuations": _continuations,
    "slow data": _slow_data,
    "silence": lambda stream: time.sleep(5),
}


@pytest.mark.parametrize("name", FLOODS)
def test_a_flood_ends_with_the_deadline(serve_two: ServeH2, fetchers: Fetchers, name: str) -> None:
    server = serve_two(FLOODS[name])
    begun = time.monotonic()
    capture = fetchers(server, deadline_seconds=1).fetch(server.url())
    assert time.monotonic() - begun < 2
    assert (capture.outcome, capture.body) == ("failed", b"")
