"""The demo's news site answers as real ones do. Everything here is fetched from it over HTTP."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from selectolax.lexbor import LexborHTMLParser

from demo.editions import Edition, Script, Seed, load_script, load_seeds
from demo.publishers import PUBLISHERS, Publisher
from demo.site import NewsSite

SEEDS = load_seeds()
SCRIPT = load_script(SEEDS)


@pytest.fixture
def site() -> Iterator[NewsSite]:
    with NewsSite(SCRIPT, SEEDS) as site:
        yield site


def get(address: str, **headers: str) -> tuple[int, dict[str, str], str]:
    """Status, headers and body; the names of headers with `_` for `-`."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.netloc, timeout=5)
    try:
        connection.request(
            "GET", parts.path, headers={name.replace("_", "-"): value for name, value in headers.items()}
        )
        response = connection.getresponse()
        return response.status, dict(response.headers), response.read().decode()
    finally:
        connection.close()


def words(text: str) -> str:
    return " ".join(text.split())


def edition_that_answers(answer: str) -> Edition:
    return next(edition for edition in SCRIPT.later if edition.answer == answer)


@pytest.mark.parametrize("publisher", PUBLISHERS, ids=lambda publisher: publisher.key)
def test_page_holds_the_whole_text_and_its_furniture(site: NewsSite, publisher: Publisher) -> None:
    status, _, body = get(site.address(publisher.article))
    page = LexborHTMLParser(body)
    shown = words(page.body.text(separator=" ")) if page.body else ""
    seed: Seed = SEEDS[publisher.article]
    assert status == 200
    assert publisher.headline(seed) in shown
    assert "min read" in shown or "Viewed" in shown or "Print Friendly" in shown
    assert "dead as ferry capsizes" in shown
    [canonical] = page.css('link[rel="canonical"]')
    assert canonical.attributes["href"] == site.address(publisher.article)
    assert seed.published.isoformat() in body
    for line in seed.text.splitlines():
        if words(line) and not words(line).startswith(publisher.furniture or ("\0",)):
            assert words(line) in shown


@pytest.mark.parametrize("publisher", PUBLISHERS, ids=lambda publisher: publisher.key)
def test_conditional_requests(site: NewsSite, publisher: Publisher) -> None:
    address = site.address(publisher.article)
    _, headers, body = get(address)
    again = {
        "etag": {"If_None_Match": headers.get("ETag", "")},
        "last-modified": {"If_Modified_Since": headers.get("Last-Modified", "")},
        None: {"If_None_Match": '"x"', "If_Modified_Since": "Mon, 01 Jan 2024 00:00:00 GMT"},
    }[publisher.validator]
    status, _, second = get(address, **again)
    if publisher.validator:
        assert (status, second) == (304, "")
    else:
        assert status == 200
        assert second != body, "the numbers on the page change on every request"
    later = next(edition for edition in SCRIPT.later if edition.article == publisher.article)
    site.publish(later)
    assert get(address, **again)[0] == 200, "a new edition is never 'not modified'"


def test_two_editions_within_a_second_have_two_dates(site: NewsSite) -> None:
    article = "004_a5c00eea1b286e3b"
    first, second = (
        edition for edition in SCRIPT.later[:20] if edition.article == article and edition.answer == "page"
    )
    site.publish(first)
    dates = [get(site.address(article))[1]["Last-Modified"]]
    site.publish(second)
    dates.append(get(site.address(article))[1]["Last-Modified"])
    assert dates[0] != dates[1]


@pytest.mark.parametrize(("answer", "status"), [("gone", 404), ("wall", 200), ("unavailable", 503)])
def test_pages_in_place_of_the_article(site: NewsSite, answer: str, status: int) -> None:
    edition = edition_that_answers(answer)
    site.publish(edition)
    got, _, body = get(site.address(edition.article))
    assert got == status
    assert "MINUSMA" not in body


def test_cut_body_is_shorter_than_announced(site: NewsSite) -> None:
    edition = edition_that_answers("cut")
    site.publish(edition)
    with pytest.raises(http.client.IncompleteRead) as caught:
        get(site.address(edition.article))
    assert "MINUSMA" in caught.value.partial.decode(errors="ignore")


def test_furniture_changes_and_the_article_does_not(site: NewsSite) -> None:
    edition = next(edition for edition in SCRIPT.later if edition.furniture == 2)
    assert edition.article == "000_26e4bcd0783a672f"
    address = site.address(edition.article)
    before = LexborHTMLParser(get(address)[2])
    site.publish(_with_first_text(edition, SCRIPT))
    after = LexborHTMLParser(get(address)[2])
    assert part(before, ".entry-content") == part(after, ".entry-content")
    assert part(before, "aside") != part(after, "aside")
    assert part(before, ".comment-list") != part(after, ".comment-list")


def part(page: LexborHTMLParser, selector: str) -> str:
    [node] = page.css(selector)
    return node.text()


def _with_first_text(edition: Edition, script: Script) -> Edition:
    first = next(first for first in script.first if first.article == edition.article)
    return Edition(
        edition.article, 2, 1, "", first.text, "page", edition.furniture, (), "only the furniture changed", "ok"
    )


def test_requests_are_recorded(site: NewsSite) -> None:
    article = "001_31aaaafa1ee06e16"
    address = site.address(article)
    robots = f"{address.removesuffix(urlsplit(address).path)}/robots.txt"
    assert get(robots)[0] == 200
    assert get(f"{address}/elsewhere")[0] == 404
    assert get(address)[0] == 200
    site.publish(next(edition for edition in SCRIPT.later if edition.article == article))
    assert get(address)[0] == 200
    time.sleep(0.01)
    assert [request.status for request in site.requests] == [200, 404, 200, 200]
    assert [request.is_article for request in site.requests] == [False, False, True, True]
    assert len(site.looks(article, 1)) == 1
    assert len(site.looks(article, 2)) == 1
