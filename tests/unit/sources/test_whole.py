"""Bodies that end with their connection: what can be known of whether they were cut."""

from __future__ import annotations

import gzip
import socket
import ssl

import pytest

from monitor.sources.whole import ends_well, stops_short
from tests.data import real_data
from tests.unit.sources.certificates import Authority
from tests.unit.sources.servers import FetcherFor, Hangup, Serve

PAGE = (
    b"<!doctype html><html><head><title>Mali</title><style>p {color: red}</style></head><body><!-- begin -->"
    b"<div class=page><article><h1>Toll rises</h1><p>At least 170 peacekeepers <b>have</b> been killed.</p></article>"
    b"<script>if (1 < 2) {}</script></div></body></html>\n"
)
UNCLOSED = b"<!doctype html><title>Mali</title><div><p>At least 170 peacekeepers have been killed.</div><p>The end.\n"


def test_a_page_is_whole_at_its_end_alone() -> None:
    assert stops_short(PAGE) is None
    end = PAGE.index(b"</body>")
    seen = {stops_short(PAGE[:cut]) for cut in range(PAGE.index(b"<style>") + 3, PAGE.index(b"</div>"))}
    assert None not in {stops_short(PAGE[:cut]) for cut in range(PAGE.index(b"<div") + 4, PAGE.index(b"</div>") + 5)}
    assert stops_short(PAGE[:end]) is None  # all is closed: nothing says that there was more
    assert {"inside of a tag", "inside of a comment", "inside of <style>", "inside of <article>"} <= seen


@pytest.mark.parametrize("body", [UNCLOSED, b"Plain words < more words", b'{"a": "<div>"}', b"", b"<rss><item>"])
def test_what_need_not_be_closed(body: bytes) -> None:
    assert stops_short(body) is None


def test_real_pages_are_whole_and_halves_of_them_are_not() -> None:
    pages = [gzip.decompress(path.read_bytes()) for path in real_data("pages").rglob("*.gz")]
    called_short = [stops_short(page) for page in pages if stops_short(page)]
    halves = [page[: len(page) // 2] for page in pages if ends_well(page) and len(page) > 20_000]
    missed = [half[-80:] for half in halves if not stops_short(half)]
    assert len(pages) > 200
    assert len(called_short) <= len(pages) * 0.02, called_short
    assert len(missed) <= len(halves) * 0.02, missed


def _until_the_end(body: bytes, tell: bool = True) -> object:
    def answer(connection: socket.socket, head: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body)
        if isinstance(connection, ssl.SSLSocket):
            if tell:
                connection.unwrap()
            connection.shutdown(socket.SHUT_RDWR)
        raise Hangup

    return answer


@pytest.mark.parametrize("body", [PAGE, UNCLOSED, b"words", b""])
def test_without_a_length_a_page_that_ends_is_a_page(serve: Serve, fetcher_for: FetcherFor, body: bytes) -> None:
    server = serve(_until_the_end(body))
    capture = fetcher_for(server).fetch(server.url())
    assert (capture.outcome, capture.body) == ("page", body)


def test_without_a_length_a_page_that_stops_is_a_failure(serve: Serve, fetcher_for: FetcherFor) -> None:
    server = serve(_until_the_end(PAGE[: PAGE.index(b"have")]))
    capture = fetcher_for(server).fetch(server.url())
    assert (capture.outcome, capture.body) == ("failed", b"")
    assert capture.reason == "body is cut short: its length was not announced, and it stops inside of <article>"


@pytest.mark.parametrize(
    ("body", "tell", "outcome"),
    [(PAGE, True, "page"), (PAGE, False, "page"), (UNCLOSED, True, "page"), (UNCLOSED, False, "failed")],
)
def test_tls_that_ends_without_saying_so(
    serve: Serve,
    fetcher_for: FetcherFor,
    tmp_path_factory: pytest.TempPathFactory,
    body: bytes,
    tell: bool,
    outcome: str,
) -> None:
    authority = Authority(tmp_path_factory.mktemp("tls"))
    server = serve(_until_the_end(body, tell), tls=authority.server("news.test"))
    server.host = "news.test"
    fetcher = fetcher_for(server, ssl_context=authority.client(), resolver=lambda host, port: ["127.0.0.1"])
    capture = fetcher.fetch(server.url())
    assert capture.outcome == outcome
    assert capture.body == (body if outcome == "page" else b"")
    assert outcome == "page" or capture.reason.endswith("and it stops without an end")
