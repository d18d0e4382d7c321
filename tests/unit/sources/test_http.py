from __future__ import annotations

import datetime
import gzip
import itertools
import socket
import ssl
import subprocess
import threading
import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
import zstandard

from monitor.sources.address import Address
from monitor.sources.http import Refusal
from tests.unit.sources.servers import Answer, FetcherFor, Hangup, Serve, path_of, respond

PAGE = b"<html><body><p>At least 170 peacekeepers have been killed.</p></body></html>"


def test_a_page(serve: Serve, fetcher_for: FetcherFor) -> None:
    server = serve(
        respond("200 OK", PAGE, 'ETag: "a1"', "Last-Modified: Fri, 30 Jun 2023 08:37:00 GMT", "X-A: 1", "X-A: 2")
    )
    capture = fetcher_for(server).fetch(server.url("/news/1#top"))
    assert (capture.outcome, capture.reason, capture.status, capture.body) == ("page", "200 OK", 200, PAGE)
    assert (capture.url, capture.final_url) == (server.url("/news/1#top"), server.url("/news/1"))
    assert (capture.etag, capture.last_modified) == ('"a1"', "Fri, 30 Jun 2023 08:37:00 GMT")
    assert capture.headers["x-a"] == "1, 2"
    assert capture.captured_at.tzinfo is datetime.UTC
    head = server.requests[0].lower()
    assert b"user-agent: corrigenda/1.0 (+mailto:desk@example.org)" in head
    assert b"if-none-match" not in head


def test_not_modified(serve: Serve, fetcher_for: FetcherFor) -> None:
    server = serve(respond("304 Not Modified", b"", 'ETag: "a1"'))
    fetcher = fetcher_for(server)
    capture = fetcher.fetch(server.url(), etag='"a1"', last_modified="Fri, 30 Jun 2023 08:37:00 GMT")
    assert (capture.outcome, capture.body) == ("not_modified", b"")
    assert b'if-none-match: "a1"' in server.requests[0].lower()
    assert b"if-modified-since: fri, 30 jun 2023 08:37:00 gmt" in server.requests[0].lower()
    assert fetcher.fetch(server.url()).outcome == "failed"  # nobody asked for it


def test_a_tag_beyond_ascii_is_not_sent_back(serve: Serve, fetcher_for: FetcherFor) -> None:
    server = serve(respond("200 OK", PAGE, 'ETag: "é1"'))
    fetcher = fetcher_for(server)
    tag = fetcher.fetch(server.url()).etag
    assert tag is not None
    assert not tag.isascii()
    assert fetcher.fetch(server.url(), etag=tag).outcome == "page"
    assert b"if-none-match" not in server.requests[1].lower()


def test_dots_in_a_path_do_not_go_out(serve: Serve, fetcher_for: FetcherFor) -> None:
    server = serve(respond("200 OK", PAGE))
    capture = fetcher_for(server).fetch(server.url("/a/../b/./c?d=../e"))
    assert server.requests[0].startswith(b"GET /b/c?d=../e HTTP/1.1\r\n")
    assert capture.final_url == server.url("/a/../b/./c?d=../e")


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("404 Not Found", "gone"),
        ("410 Gone", "gone"),
        ("401 Unauthorized", "walled"),
        ("402 Payment Required", "walled"),
        ("403 Forbidden", "walled"),
        ("451 Unavailable For Legal Reasons", "walled"),
        ("400 Bad Request", "failed"),
        ("429 Too Many Requests", "failed"),
        ("500 Internal Server Error", "failed"),
        ("503 Service Unavailable", "failed"),
        ("599 Odd", "failed"),
        ("204 No Content", "failed"),
        ("206 Partial Content", "failed"),
        ("301 Moved Permanently", "failed"),
    ],
)
def test_statuses(serve: Serve, fetcher_for: FetcherFor, status: str, outcome: str) -> None:
    server = serve(respond(status, b"" if status.startswith("204") else b"words"))
    capture = fetcher_for(server).fetch(server.url())
    assert (capture.outcome, capture.status) == (outcome, int(status[:3]))
    assert capture.reason.startswith(status if status != "599 Odd" else "status 599")


@pytest.mark.parametrize("status", ["403 Forbidden", "429 Too Many Requests", "503 Service Unavailable"])
def test_a_challenge_is_a_wall_whatever_its_status(serve: Serve, fetcher_for: FetcherFor, status: str) -> None:
    body = b"<title>Just a moment...</title><script>window._cf_chl_opt={cvId:'3'}</script>"
    server = serve(respond(status, body))
    capture = fetcher_for(server).fetch(server.url())
    assert (capture.outcome, capture.body) == ("walled", body)
    assert "Cloudflare" in capture.reason


def test_retry_after(serve: Serve, fetcher_for: FetcherFor) -> None:
    server = serve(respond("429 Too Many Requests", b"", "Retry-After: 120"))
    assert fetcher_for(server).fetch(server.url()).retry_after_seconds == 120
    later = datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=1)
    server = serve(respond("503 Service Unavailable", b"", f"Retry-After: {later:%a, %d %b %Y %H:%M:%S GMT}"))
    assert fetcher_for(server).fetch(server.url()).retry_after_seconds == pytest.approx(3600, abs=5)
    server = serve(respond("503 Service Unavailable", b"", "Retry-After: soon"))
    assert fetcher_for(server).fetch(server.url()).retry_after_seconds is None


# Redirects


def test_redirects_are_followed_and_named(serve: Serve, fetcher_for: FetcherFor) -> None:
    def answer(connection: socket.socket, head: bytes) -> None:
        follow = {"/a": "/b", "/b": f"//127.0.0.1:{server.port}/c"}
        if location := follow.get(path_of(head)):
            respond("302 Found", b"", f"Location: {location}", f"Set-Cookie: seen={path_of(head)[1:]}")(
                connection, head
            )
        else:
            respond("200 OK", PAGE)(connection, head)

    server = serve(answer)
    fetcher = fetcher_for(server)
    capture = fetcher.fetch(server.url("/a"))
    assert (capture.outcome, capture.final_url) == ("page", server.url("/c"))
    assert capture.redirects == (server.url("/a"), server.url("/b"))
    # Cookies live as long as the fetch: some publishers need them along redirects.
    assert b"cookie: seen=b" in server.requests[2].lower()
    fetcher.fetch(server.url("/c"))
    assert b"cookie" not in server.requests[3].lower()
    assert "set-cookie" not in capture.headers


@pytest.mark.parametrize(
    ("location", "why"),
    [
        ("http://10.0.0.1/", "address 10.0.0.1 is not public"),
        ("http://169.254.169.254/latest/", "credentials"),
        ("http://localhost/", "is not public"),
        ("http://2130706433/", "number"),
        ("file:///etc/passwd", "file"),
        ("http://user@example.org/", "user name"),
        ("http://example.org:6379/", "port 6379"),
        ("\\\\127.0.0.1\\", "two ways"),
        ("/\\127.0.0.1/", "two ways"),
        ("///127.0.0.1/", "two ways"),
    ],
)
def test_a_redirect_to_where_we_must_not_go(serve: Serve, fetcher_for: FetcherFor, location: str, why: str) -> None:
    server = serve(respond("302 Found", b"", f"Location: {location}"))
    capture = fetcher_for(server).fetch(server.url())
    assert capture.outcome == "refused"
    assert capture.reason.startswith("redirect to ")
    assert why in capture.reason


def test_endless_redirects(serve: Serve, fetcher_for: FetcherFor) -> None:
    circle = serve(respond("302 Found", b"", "Location: /"))
    assert "circle" in fetcher_for(circle).fetch(circle.url()).reason
    numbers = itertools.count()
    chain = serve(lambda connection, head: respond("302 Found", b"", f"Location: /{next(numbers)}")(connection, head))
    capture = fetcher_for(chain).fetch(chain.url())
    assert (capture.outcome, capture.reason) == ("failed", "more than 5 redirects")
    assert len(chain.requests) == 6


def test_the_body_of_a_redirect_is_never_read(serve: Serve, fetcher_for: FetcherFor) -> None:
    def answer(connection: socket.socket, head: bytes) -> None:
        if path_of(head) == "/end":
            return respond("200 OK", PAGE)(connection, head)
        connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /end\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            connection.sendall(b"1000\r\n" + b"x" * 4096 + b"\r\n")

    server = serve(answer)
    capture = fetcher_for(server, deadline_seconds=5).fetch(server.url())
    assert (capture.outcome, capture.body) == ("page", PAGE)


def test_permission_is_asked_before_every_request(serve: Serve, fetcher_for: FetcherFor) -> None:
    server = serve(respond("302 Found", b"", "Location: /private"))
    asked: list[str] = []

    def permit(url: str) -> Refusal | None:
        asked.append(url)
        return Refusal("refused", "robots.txt disallows /private") if url.endswith("/private") else None

    capture = fetcher_for(server).fetch(server.url("/a"), permit=permit)
    assert asked == [server.url("/a"), server.url("/private")]
    assert capture.outcome == "refused"
    assert "robots.txt disallows /private" in capture.reason
    assert len(server.requests) == 1


def test_every_request_waits_for_its_turn_at_its_own_site(serve: Serve, fetcher_for: FetcherFor) -> None:
    """The first address, robots.txt, and every hop of a redirect; waiting does not count against the deadline."""
    other = serve(respond("200 OK", PAGE))
    server = serve(respond("302 Found", b"", f"Location: {other.url('/b')}"))
    turns: list[str] = []

    def turn(address: Address) -> None:
        asked = len(server.requests) + len(other.requests)
        assert asked == len(turns), "the request was sent before its turn"
        turns.append(str(address))
        time.sleep(0.3)

    fetcher = fetcher_for(server, other, turn=turn, deadline_seconds=0.8)

    def robots(url: str) -> Refusal | None:
        if url == other.url("/b"):
            fetcher.fetch(other.url("/robots.txt"))
        return None

    capture = fetcher.fetch(server.url("/a"), permit=robots)
    assert capture.outcome == "page"
    assert capture.elapsed_ms > 900
    assert turns == [server.url("/a"), other.url("/robots.txt"), other.url("/b")]


def test_a_turn_that_does_not_come(serve: Serve, fetcher_for: FetcherFor) -> None:
    server = serve(respond("200 OK", PAGE))
    refusing = fetcher_for(server, turn=lambda address: Refusal("failed", f"{address.site} has no slot"))
    assert refusing.fetch(server.url()).reason == f"{server.host_and_port} has no slot"

    def stopping(address: Address) -> Refusal | None:
        raise KeyError("stopping")

    with pytest.raises(KeyError, match="stopping"):
        fetcher_for(server, turn=stopping).fetch(server.url())
    assert server.requests == []


# Refused before any connection


@pytest.mark.parametrize(
    "url",
    ["ftp://example.org/", "file:///etc/passwd", "http://127.0.0.1/", "http://localhost/", "http://[::1]/", "nonsense",
     "", "http://user:password@example.org/", "http://10.0.0.1/", "https://example.org:25/", "http://\ud800.example/"],
)  # fmt: skip
def test_refused(fetcher_for: FetcherFor, url: str) -> None:
    capture = fetcher_for().fetch(url)
    assert (capture.outcome, capture.status, capture.url) == ("refused", None, url)


def test_an_allowed_port_is_no_other_port(serve: Serve, fetcher_for: FetcherFor) -> None:
    server, other = serve(respond()), serve(respond())
    assert fetcher_for(server).fetch(other.url()).outcome == "refused"
    assert other.connections == 0


def test_the_proxy_of_the_environment_is_not_used(
    serve: Serve, fetcher_for: FetcherFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy, server = serve(respond("200 OK", b"proxy")), serve(respond("200 OK", PAGE))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, proxy.origin)
    assert fetcher_for(server, proxy).fetch(server.url()).body == PAGE
    assert proxy.connections == 0


# Bodies


def _zstd(data: bytes) -> bytes:
    return zstandard.ZstdCompressor().compress(data)


def _bare_deflate(data: bytes) -> bytes:
    deflater = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return deflater.compress(data) + deflater.flush()


PACKED: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "Deflate": _bare_deflate,
    "zstd": _zstd,
    "gzip, zstd": lambda data: _zstd(gzip.compress(data)),
    "identity": lambda data: data,
}


@pytest.mark.parametrize("coding", PACKED)
def test_packed_bodies(serve: Serve, fetcher_for: FetcherFor, coding: str) -> None:
    body = PAGE * 5000
    server = serve(respond("200 OK", PACKED[coding](body), f"Content-Encoding: {coding}"))
    capture = fetcher_for(server).fetch(server.url())
    assert (capture.outcome, capture.body == body) == ("page", True)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "Deflate", "zstd", "gzip, zstd"])
@pytest.mark.parametrize("share", [0.02, 0.5, 0.99])
def test_a_packed_body_that_is_cut_short_is_no_page(
    serve: Serve, fetcher_for: FetcherFor, coding: str, share: float
) -> None:
    packed = PACKED[coding](bytes(range(256)) * 2000 + PAGE)
    server = serve(respond("200 OK", packed[: int(len(packed) * share)], f"Content-Encoding: {coding}"))
    capture = fetcher_for(server).fetch(server.url())
    assert (capture.outcome, capture.body) == ("failed", b"")
    assert "cut short" in capture.reason


def test_bodies_that_are_cut_short(serve: Serve, fetcher_for: FetcherFor) -> None:
    short = serve(respond("200 OK", PAGE, length=len(PAGE) + 1, close=True))
    lying = serve(respond("200 OK", b"abc", length=4_000_000, close=True))

    def unfinished(connection: socket.socket, head: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n")
        raise Hangup

    for server in (short, lying, serve(unfinished)):
        capture = fetcher_for(server).fetch(server.url())
        assert (capture.outcome, capture.body) == ("failed", b"")
        assert capture.reason.startswith("body is cut short")


def test_an_error_page_with_a_broken_body_is_what_its_status_says(serve: Serve, fetcher_for: FetcherFor) -> None:
    server = serve(respond("404 Not Found", b"not gzip", "Content-Encoding: gzip"))
    assert fetcher_for(server).fetch(server.url()).outcome == "gone"


@pytest.mark.parametrize(
    ("coding", "body", "why"),
    [
        ("br", b"\x0b\x02\x80hello\x03", "'br', which was not asked for"),
        ("gzip", b"this is not gzip", "not valid gzip"),
        ("zstd", b"this is not zstd", "not valid zstd"),
        ("gzip, gzip, gzip", gzip.compress(b"x", mtime=0), "packed 3 times"),
        (", ".join(["deflate"] * 1000), b"x", "packed 1000 times"),
    ],
)
def test_codings_that_are_not_undone(serve: Serve, fetcher_for: FetcherFor, coding: str, body: bytes, why: str) -> None:
    server = serve(respond("200 OK", body, f"Content-Encoding: {coding}"))
    capture = fetcher_for(server).fetch(server.url())
    assert capture.outcome == "failed"
    assert why in capture.reason


BOMBS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": partial(gzip.compress, compresslevel=6),
    "gzip, gzip": lambda data: gzip.compress(gzip.compress(data, 6)),
    "zstd": _zstd,
}


@pytest.mark.parametrize("coding", BOMBS)
def test_a_small_body_that_unpacks_to_a_huge_one(serve: Serve, fetcher_for: FetcherFor, coding: str) -> None:
    server = serve(respond("200 OK", BOMBS[coding](bytes(200 * 2**20)), f"Content-Encoding: {coding}"))
    capture = fetcher_for(server).fetch(server.url())
    assert (capture.outcome, capture.reason) == ("failed", f"body is larger than {5 * 2**20} bytes")


def test_huge_bodies(serve: Serve, fetcher_for: FetcherFor) -> None:
    announced = serve(respond("200 OK", b"x", length=2**40, close=True))
    assert "larger than" in fetcher_for(announced).fetch(announced.url()).reason

    def endless(connection: socket.socket, head: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            connection.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")

    server = serve(endless)
    assert "larger than" in fetcher_for(server).fetch(server.url()).reason


def test_as_large_as_allowed_is_a_page(serve: Serve, fetcher_for: FetcherFor) -> None:
    server = serve(respond("200 OK", gzip.compress(b"x" * 1000), "Content-Encoding: gzip"))
    assert fetcher_for(server, max_bytes=1000).fetch(server.url()).outcome == "page"
    assert fetcher_for(server, max_bytes=999).fetch(server.url()).outcome == "failed"


# Time


def _slow_body(connection: socket.socket, head: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(1000):
        connection.sendall(b"x")
        time.sleep(0.1)


def _slow_head(connection: socket.socket, head: bytes) -> None:
    for byte in b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 1000:
        connection.sendall(bytes([byte]))
        time.sleep(0.1)


def _endless_103(connection: socket.socket, head: bytes) -> None:
    while True:
        connection.sendall(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" * 100)


def _slow_103(connection: socket.socket, head: bytes) -> None:
    while True:
        connection.sendall(b"HTTP/1.1 103 Early Hints\r\n\r\n")
        time.sleep(0.1)


def _silent(connection: socket.socket, head: bytes) -> None:
    time.sleep(10)


@pytest.mark.parametrize("answer", [_slow_body, _slow_head, _endless_103, _slow_103, _silent])
def test_a_fetch_ends_in_time(serve: Serve, fetcher_for: FetcherFor, answer: Answer) -> None:
    server = serve(answer)
    begun = time.monotonic()
    capture = fetcher_for(server, deadline_seconds=0.6).fetch(server.url())
    assert time.monotonic() - begun < 1.5
    assert (capture.outcome, capture.reason) == ("failed", "not done within 0.6 s")


def test_redirects_share_one_deadline(serve: Serve, fetcher_for: FetcherFor) -> None:
    def answer(connection: socket.socket, head: bytes) -> None:
        time.sleep(0.3)
        respond("302 Found", b"", f"Location: {path_of(head)}x")(connection, head)

    server = serve(answer)
    begun = time.monotonic()
    capture = fetcher_for(server, deadline_seconds=0.7).fetch(server.url())
    assert time.monotonic() - begun < 1.5
    assert capture.outcome == "failed"
    assert "not done within 0.7 s" in capture.reason


def test_heads_that_never_end(serve: Serve, fetcher_for: FetcherFor) -> None:
    def many(connection: socket.socket, head: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        while True:
            connection.sendall(b"X-Header: value\r\n" * 1000)

    server = serve(many)
    capture = fetcher_for(server, deadline_seconds=5).fetch(server.url())
    assert capture.outcome == "failed"
    assert capture.elapsed_ms < 4000


# Connections


def test_one_connection_serves_a_visit(serve: Serve, fetcher_for: FetcherFor) -> None:
    server = serve(respond("200 OK", PAGE))
    fetcher = fetcher_for(server)
    assert [fetcher.fetch(server.url(f"/{number}")).outcome for number in range(5)] == ["page"] * 5
    assert server.connections == 1


def test_not_modified_keeps_the_connection(serve: Serve, fetcher_for: FetcherFor) -> None:
    def answer(connection: socket.socket, head: bytes) -> None:
        connection.sendall(b'HTTP/1.1 304 Not Modified\r\nETag: "a1"\r\n\r\n')

    server = serve(answer)
    fetcher = fetcher_for(server)
    assert [fetcher.fetch(server.url(), etag='"a1"').outcome for _ in range(5)] == ["not_modified"] * 5
    assert server.connections == 1


def test_a_kept_connection_that_the_server_closed_meanwhile(serve: Serve, fetcher_for: FetcherFor) -> None:
    def answer(connection: socket.socket, head: bytes) -> None:
        if path_of(head) == "/first" or server.connections > 1:
            return respond("200 OK", PAGE)(connection, head)
        raise Hangup  # as if it had been closed just when the request was on its way

    server = serve(answer)
    fetcher = fetcher_for(server)
    assert fetcher.fetch(server.url("/first")).outcome == "page"
    assert fetcher.fetch(server.url("/second")).outcome == "page"
    assert server.connections == 2


def test_a_fetch_after_a_broken_one(serve: Serve, fetcher_for: FetcherFor) -> None:
    def answer(connection: socket.socket, head: bytes) -> None:
        slow = path_of(head) == "/slow"
        (_slow_body if slow else respond("200 OK", PAGE))(connection, head)

    server = serve(answer)
    fetcher = fetcher_for(server, deadline_seconds=0.4)
    assert fetcher.fetch(server.url("/slow")).outcome == "failed"
    assert fetcher.fetch(server.url("/quick")).body == PAGE


def test_nobody_there(fetcher_for: FetcherFor, serve: Serve) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    listener.close()
    server = serve(respond())
    server.port = port
    capture = fetcher_for(server).fetch(server.url())
    assert (capture.outcome, capture.reason, capture.status) == ("failed", "connection refused", None)


def test_a_name_that_does_not_exist(fetcher_for: FetcherFor) -> None:
    capture = fetcher_for().fetch("http://does-not-exist.invalid/")
    assert capture.outcome == "failed"
    assert "does-not-exist.invalid was not found" in capture.reason


@pytest.mark.parametrize(
    "answer",
    [b"", b"not HTTP at all\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", b"HTTP/9.9 999\r\n\r\n"],
)
def test_answers_that_are_not_http(serve: Serve, fetcher_for: FetcherFor, answer: bytes) -> None:
    def send(connection: socket.socket, head: bytes) -> None:
        connection.sendall(answer)
        raise Hangup

    server = serve(send)
    capture = fetcher_for(server).fetch(server.url())
    assert (capture.outcome, capture.body) == ("failed", b"")


# TLS


@pytest.fixture(scope="session")
def own_certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A self-signed certificate for localhost, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(certificate)]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("openssl is not here to make a certificate")
    return certificate, key


@pytest.fixture
def tls(own_certificate: tuple[Path, Path]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*own_certificate)
    return context


def test_a_certificate_that_nobody_vouches_for(serve: Serve, fetcher_for: FetcherFor, tls: ssl.SSLContext) -> None:
    server = serve(respond("200 OK", PAGE), tls=tls)
    capture = fetcher_for(server).fetch(server.url())
    assert capture.outcome == "failed"
    assert capture.reason == "TLS certificate is not valid: self-signed certificate"
    assert server.requests == []


def test_a_certificate_for_another_name(
    serve: Serve, fetcher_for: FetcherFor, tls: ssl.SSLContext, own_certificate: tuple[Path, Path]
) -> None:
    trusting = ssl.create_default_context(cafile=own_certificate[0])
    server = serve(respond("200 OK", PAGE), tls=tls)
    capture = fetcher_for(server, ssl_context=trusting).fetch(server.url())
    assert "TLS certificate is not valid: IP address mismatch" in capture.reason
    server.host = "localhost"
    assert fetcher_for(server, ssl_context=trusting).fetch(server.url()).body == PAGE


def test_no_tls_where_tls_is_expected(serve: Serve, fetcher_for: FetcherFor) -> None:
    def answer(connection: socket.socket, head: bytes) -> None:
        raise Hangup

    server = serve(answer)
    server.scheme = "https"
    listener_talks_plainly = fetcher_for(server, deadline_seconds=1).fetch(server.url())
    assert listener_talks_plainly.outcome == "failed"


def test_a_handshake_that_drips(fetcher_for: FetcherFor, serve: Serve) -> None:
    """One byte of a TLS record every tenth of a second: no single read is ever late."""
    listener = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        with suppress(OSError):
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                for byte in b"\x16\x03\x03\x40\x00" + bytes(200):
                    connection.sendall(bytes([byte]))
                    time.sleep(0.1)

    threading.Thread(target=drip, daemon=True).start()
    server = serve(respond())
    server.scheme, server.port = "https", listener.getsockname()[1]
    begun = time.monotonic()
    capture = fetcher_for(server, deadline_seconds=0.6).fetch(server.url())
    listener.close()
    assert capture.outcome == "failed"
    assert time.monotonic() - begun < 1.5
