from __future__ import annotations

import socket
import time
from collections.abc import Callable

import pytest

from monitor.sources.http import Refusal
from monitor.sources.robots import Robots, RobotsCache
from tests.unit.sources.servers import Answer, FetcherFor, Serve, Server, path_of, respond

RULES = b"""User-agent: *
Disallow: /private
Allow: /private/press
Crawl-delay: 7

User-agent: Corrigenda
Disallow: /not-for-corrigenda
Crawl-delay: 3

User-agent: bot
Disallow: /
"""


def _site(robots: Answer) -> Answer:
    def answer(connection: socket.socket, head: bytes) -> None:
        (robots if path_of(head) == "/robots.txt" else respond("200 OK", b"page"))(connection, head)

    return answer


@pytest.fixture
def robots_of(serve: Serve, fetcher_for: FetcherFor) -> Callable[..., tuple[Server, Robots]]:
    def make(answer: Answer) -> tuple[Server, Robots]:
        server = serve(_site(answer))
        return server, Robots(fetcher_for(server, deadline_seconds=2))

    return make


def test_the_group_that_names_us_counts(robots_of: Callable[..., tuple[Server, Robots]]) -> None:
    server, robots = robots_of(respond("200 OK", RULES))
    assert robots.crawl_delay is None
    assert robots.check(server.url("/private")) is None
    refusal = robots.check(server.url("/not-for-corrigenda/1"))
    assert refusal is not None
    assert refusal.outcome == "refused"
    assert "disallows /not-for-corrigenda/1" in refusal.reason
    assert robots.crawl_delay == 3
    assert len(server.requests) == 1


def test_the_address_of_our_contact_is_not_our_name(serve: Serve, fetcher_for: FetcherFor) -> None:
    """`User-agent: example` is somebody else, though our User-Agent holds `mailto:desk@example.org`."""
    server = serve(_site(respond("200 OK", b"User-agent: example\nDisallow: /\n\nUser-agent: *\nDisallow: /a")))
    robots = Robots(fetcher_for(server))
    assert robots.check(server.url("/b")) is None
    assert robots.check(server.url("/a")) is not None


@pytest.mark.parametrize(
    "status", ["404 Not Found", "410 Gone", "401 Unauthorized", "403 Forbidden", "400 Bad Request"]
)
def test_no_robots_txt_allows_all(robots_of: Callable[..., tuple[Server, Robots]], status: str) -> None:
    server, robots = robots_of(respond(status, b"x"))
    assert robots.check(server.url("/private")) is None


def test_an_empty_robots_txt_allows_all(robots_of: Callable[..., tuple[Server, Robots]]) -> None:
    server, robots = robots_of(respond("200 OK", b""))
    assert robots.check(server.url("/private")) is None


@pytest.mark.parametrize("status", ["500 Internal Server Error", "503 Service Unavailable", "429 Too Many Requests"])
def test_an_unreachable_robots_txt_forbids_for_now(
    robots_of: Callable[..., tuple[Server, Robots]], status: str
) -> None:
    server, robots = robots_of(respond(status, b"x"))
    assert robots.check(server.url("/a")) == Refusal("failed", f"robots.txt unreachable: {status}")
    assert robots.crawl_delay is None


def test_rules_that_were_read_hold_while_the_file_is_unreachable(serve: Serve, fetcher_for: FetcherFor) -> None:
    answers = [respond("200 OK", RULES), respond("503 Service Unavailable")]
    server = serve(lambda connection, head: answers[len(server.requests) - 1](connection, head))
    robots = Robots(fetcher_for(server), RobotsCache(fresh_seconds=0.1))
    assert robots.check(server.url("/a")) is None
    time.sleep(0.15)
    refusal = robots.check(server.url("/not-for-corrigenda"))
    assert len(server.requests) == 2
    assert refusal is not None
    assert "disallows /not-for-corrigenda" in refusal.reason
    assert robots.check(server.url("/a")) is None
    assert robots.crawl_delay == 3


def test_a_page_in_place_of_robots_txt_forbids_nothing(robots_of: Callable[..., tuple[Server, Robots]]) -> None:
    server, robots = robots_of(respond("200 OK", b"<html><body><h1>Welcome</h1>Disallow: everything</body></html>"))
    assert robots.check(server.url("/a")) is None


def test_rules_are_kept_for_other_visits(serve: Serve, fetcher_for: FetcherFor) -> None:
    server = serve(_site(respond("200 OK", RULES)))
    cache = RobotsCache()
    for _ in range(3):
        assert Robots(fetcher_for(server), cache).check(server.url("/not-for-corrigenda")) is not None
    assert len(server.requests) == 1


def test_robots_txt_guards_a_fetch_and_its_redirects(serve: Serve, fetcher_for: FetcherFor) -> None:
    def page(connection: socket.socket, head: bytes) -> None:
        if path_of(head) == "/robots.txt":
            return respond("200 OK", RULES)(connection, head)
        respond("302 Found", b"", "Location: /not-for-corrigenda")(connection, head)

    server = serve(page)
    fetcher = fetcher_for(server)
    capture = fetcher.fetch(server.url("/a"), permit=Robots(fetcher).check)
    assert capture.outcome == "refused"
    assert [path_of(head) for head in server.requests] == ["/robots.txt", "/a"]


def test_one_deadline_holds_for_robots_txt_and_the_page_together(serve: Serve, fetcher_for: FetcherFor) -> None:
    def answer(connection: socket.socket, head: bytes) -> None:
        if path_of(head) == "/robots.txt":
            time.sleep(0.5)
            return respond("200 OK", RULES)(connection, head)
        time.sleep(5)

    server = serve(answer)
    fetcher = fetcher_for(server, deadline_seconds=0.8)
    begun = time.monotonic()
    capture = fetcher.fetch(server.url("/a"), permit=Robots(fetcher).check)
    assert (capture.outcome, capture.reason) == ("failed", "not done within 0.8 s")
    assert time.monotonic() - begun < 1.5


def test_an_address_that_cannot_be_fetched_is_left_to_the_fetch(fetcher_for: FetcherFor) -> None:
    assert Robots(fetcher_for()).check("nonsense") is None
