"""A subscriber's headers: where they go, and where nothing of them is ever found."""

from __future__ import annotations

import logging
import pickle
import socket

import pytest

from monitor.config import Log
from monitor.journal import configure_log
from monitor.sources.address import parse
from monitor.sources.private import PrivateHeaders
from monitor.sources.robots import Robots
from tests.unit.sources.certificates import Authority
from tests.unit.sources.servers import Answer, FetcherFor, Serve, Server, path_of, respond

PAGE = b"<html><body><p>For subscribers.</p></body></html>"
TOKEN = "s3cret-t0ken/of+the=reader"
SECRET = {"Cookie": f"session={TOKEN}; theme=dark", "X-Api-Key": "another-secret-value"}


def _has_secret(head: bytes) -> bool:
    return TOKEN.encode() in head or b"another-secret-value" in head


def _to(location: str, *headers: str) -> Answer:
    return respond("302 Found", b"", f"Location: {location}", *headers)


def _by_path(answers: dict[str, Answer]) -> Answer:
    def answer(connection: socket.socket, head: bytes) -> None:
        answers[path_of(head)](connection, head)

    return answer


def test_they_go_to_their_own_site_along_its_own_redirects(serve: Serve, fetcher_for: FetcherFor) -> None:
    answers = {"/a": _to("/b"), "/b": respond("200 OK", PAGE)}
    server = serve(_by_path(answers))
    assert fetcher_for(server).fetch(server.url("/a"), headers=SECRET).body == PAGE
    assert [_has_secret(head) for head in server.requests] == [True, True]
    assert f"cookie: session={TOKEN}; theme=dark\r\n".encode() in server.requests[0].lower().replace(
        TOKEN.lower().encode(), TOKEN.encode()
    )


def test_no_other_host_gets_them_and_nobody_after_it_even_back_home(serve: Serve, fetcher_for: FetcherFor) -> None:
    answers: dict[str, Answer] = {"/end": respond("200 OK", PAGE)}
    server = serve(_by_path(answers))
    other = serve(lambda connection, head: _to(server.url("/end"))(connection, head))
    answers["/a"] = _to(other.url("/b"))
    assert fetcher_for(server, other).fetch(server.url("/a"), headers=SECRET).body == PAGE
    assert [_has_secret(head) for head in server.requests] == [True, False]
    assert [_has_secret(head) for head in other.requests] == [False]


def test_a_loop_through_another_host_gives_nothing_away(serve: Serve, fetcher_for: FetcherFor) -> None:
    servers: list[Server] = []
    home = serve(lambda connection, head: _to(servers[1].url("/x"))(connection, head))
    other = serve(lambda connection, head: _to(servers[0].url("/y"))(connection, head))
    servers += [home, other]
    capture = fetcher_for(home, other).fetch(home.url("/"), headers=SECRET)
    assert capture.outcome == "failed"
    assert [_has_secret(head) for head in home.requests] == [True, False, False]
    assert not any(_has_secret(head) for head in other.requests)


def test_one_fetch_leaves_nothing_to_the_next(serve: Serve, fetcher_for: FetcherFor) -> None:
    server = serve(respond("200 OK", PAGE, "Set-Cookie: seen=1"))
    fetcher = fetcher_for(server)
    fetcher.fetch(server.url("/a"), headers=SECRET)
    fetcher.fetch(server.url("/b"))
    assert b"cookie" not in server.requests[1].lower()
    assert not _has_secret(server.requests[1])


def test_robots_txt_is_asked_for_without_them_and_in_between(serve: Serve, fetcher_for: FetcherFor) -> None:
    rules = respond("200 OK", b"User-agent: *\nAllow: /", "Set-Cookie: robot=1")
    answers = {"/robots.txt": rules, "/a": respond("200 OK", PAGE)}
    server = serve(_by_path(answers))
    fetcher = fetcher_for(server)
    fetcher.fetch(server.url("/a"), headers=SECRET, permit=Robots(fetcher).check)
    assert [(path_of(head), _has_secret(head)) for head in server.requests] == [("/robots.txt", False), ("/a", True)]
    assert b"robot=1" not in server.requests[1]


def test_cookies_that_the_site_sets_on_the_way_join_the_subscribers(serve: Serve, fetcher_for: FetcherFor) -> None:
    answers = {
        "/a": _to("/b", "Set-Cookie: theme=light; Path=/", "Set-Cookie: visit=7; Path=/"),
        "/b": respond("200 OK", PAGE),
    }
    server = serve(_by_path(answers))
    fetcher_for(server).fetch(server.url("/a"), headers=SECRET)
    cookie = next(line for line in server.requests[1].split(b"\r\n") if line.lower().startswith(b"cookie:"))
    assert sorted(cookie[7:].strip().split(b"; ")) == sorted([f"session={TOKEN}".encode(), b"theme=light", b"visit=7"])


# Over TLS


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tls"))


def test_from_tls_to_none_they_stay_behind(serve: Serve, fetcher_for: FetcherFor, authority: Authority) -> None:
    answers: dict[str, Answer] = {"/end": respond("200 OK", PAGE)}
    server = serve(_by_path(answers), tls=authority.server("news.test"))
    server.host = "news.test"
    plain, end = server.url("/b").replace("https:", "http:"), server.url("/end")
    answers.update({"/a": _to(plain), "/b": _to(end)})
    fetcher = fetcher_for(server, ssl_context=authority.client(), resolver=lambda host, port: ["127.0.0.1"])
    capture = fetcher.fetch(server.url("/a"), headers=SECRET)
    assert (capture.outcome, capture.redirects, capture.final_url) == ("page", (server.url("/a"), plain), end)
    assert [_has_secret(head) for head in server.requests] == [True, False, False]


def test_without_tls_they_go_to_nobody_whom_the_operator_did_not_allow() -> None:
    def along(*urls: str, allow: str = "") -> list[bool]:
        private = PrivateHeaders(SECRET, parse(urls[0]).site, {allow})
        return [bool(private.along(parse(url))) for url in urls]

    assert along("http://example.org/a", "https://example.org/a", "http://example.org/b") == [False, True, False]
    assert along("http://intranet/a", allow="intranet:80") == [True]
    assert along("https://intranet/a", "http://intranet/a", "https://intranet/a", allow="intranet:80") == [
        True,
        False,
        False,
    ]
    assert along("https://example.org/a", "https://www.example.org/a") == [True, False]
    assert along("https://example.org/a", "https://example.org:8443/a") == [True, False]


# Where nothing of them may be found


def test_what_a_site_sends_back_is_hidden(serve: Serve, fetcher_for: FetcherFor) -> None:
    body = f"<script>window.token = '{TOKEN}'</script><p>Your key is another-secret-value.</p>".encode()
    answers = {
        "/a": _to(f"/b?key=another-secret-value&s={TOKEN}"),
        f"/b?key=another-secret-value&s={TOKEN}": respond(
            "200 OK", body, f"X-Echo: session={TOKEN}", f'ETag: "{TOKEN}"'
        ),
    }
    server = serve(_by_path(answers))
    capture = fetcher_for(server).fetch(server.url("/a"), headers=SECRET)
    assert capture.outcome == "page"
    assert not _has_secret(pickle.dumps(capture))
    assert len(capture.body) == len(body)
    assert b"<p>Your key is ********************.</p>" in capture.body


def test_words_that_anybody_may_write_are_no_secrets(serve: Serve, fetcher_for: FetcherFor) -> None:
    body = (
        b"<p>Germany accepted 1000000 doses on 2023-06-30, the United States dark ones. Mozilla/5.0 en-US,en;q=0.9</p>"
    )
    server = serve(respond("200 OK", body))
    own = {
        "Cookie": "consent=accepted; country=Germany; since=2023-06-30; n=1000000; where=United States; theme=dark",
        "User-Agent": "Mozilla/5.0",
        "Accept-Language": "en-US,en;q=0.9",
    }
    assert fetcher_for(server).fetch(server.url(), headers=own).body == body
    assert server.requests[0].lower().count(b"user-agent:") == 1, "the site's own takes the place of ours"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Cookie", f"session={TOKEN}\r\nX-Injected: 1"),
        ("Cookie", f"ü{TOKEN}"),
        ("Authorization", f"{TOKEN}\x00"),
        ("A", ""),
    ],
)
def test_a_header_that_cannot_be_sent_is_named_but_not_told(
    serve: Serve, fetcher_for: FetcherFor, name: str, value: str
) -> None:
    server = serve(respond("200 OK", PAGE))
    capture = fetcher_for(server).fetch(server.url("/a"), headers={name: value})
    assert capture.outcome == "refused"
    assert f"the header {name} " in capture.reason
    assert TOKEN not in repr(capture)
    assert server.requests == []


def test_they_are_in_no_line_of_the_log(
    serve: Serve, fetcher_for: FetcherFor, capfd: pytest.CaptureFixture[str], authority: Authority
) -> None:
    """At the most talkative level, with the log as the service configures it, over HTTP/1.1 and HTTP/2."""
    root = logging.getLogger()
    before = root.handlers, root.level
    try:
        configure_log(Log(level="debug", format="json"))
        server = serve(respond("200 OK", PAGE))
        fetcher_for(server).fetch(server.url("/a"), headers=SECRET)
        broken = serve(respond("200 OK", PAGE, length=99999, close=True))
        capture = fetcher_for(broken).fetch(broken.url("/a"), headers=SECRET)
        assert capture.outcome == "failed"
        for noisy in ("httpx2", "httpcore2", "hpack", "h2"):
            assert not logging.getLogger(noisy).isEnabledFor(logging.DEBUG)
    finally:
        root.handlers, root.level = before
    captured = capfd.readouterr()
    assert not _has_secret((captured.out + captured.err).encode())
    assert _has_secret(server.requests[0])
