"""`/articles`: the list."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from tests.web.newsroom import Newsroom
from tests.web.reading import Page


@pytest.fixture
def many(newsroom: Newsroom) -> Newsroom:
    """120 Articles: each tenth cannot be read, two mention 100 %."""
    for number in range(120):
        newsroom.article(
            f"https://www.site{number % 5}.example/story-{number}", headline=f"Story {number}.",
            publisher="Northern Wire" if number % 2 else None, state="failed" if number % 10 == 0 else "ok",
            state_reason="503 Service Unavailable" if number % 10 == 0 else "", last_checked_at=newsroom.ago(minutes=3),
        )  # fmt: skip
    newsroom.article("https://b.example/x", headline="Turnout of 100 % in_Ansk")
    newsroom.article("https://c.example/x", headline="Turnout of 1000 in Ansk")
    return newsroom


def links(page: Page) -> list[str]:
    """The Articles that a page leads to, in its order."""
    found = [link["href"] or "" for link in page.links]
    return [href for href in found if href.startswith("/articles/")]


def test_list_shows_state_and_reason(client: TestClient, many: Newsroom) -> None:
    page = Page(client.get("/articles?state=failed").text)
    assert page.faults == []
    assert len(links(page)) == 12
    assert "failing 503 Service Unavailable" in page.text
    assert "site0.example Story 0." in page.text  # no publisher known: the host, without www
    assert "in 8 min" in page.text or "in 9 min" in page.text


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("story-119", 1),
        ("STORY 119", 1),
        ("northern wire", 60),
        ("100 %", 2),
        ("turnout 100", 1),
        ("turn*", 2),
        ("turnout -1000", 1),
        ('"in ansk"', 2),
        ("  ", 122),
    ],
)
def test_search(client: TestClient, many: Newsroom, search: str, expected: int) -> None:
    page = Page(client.get("/articles", params={"q": search}).text)
    assert f"of {expected} article" in page.text if expected else "No article fits" in page.text


def test_pages_hold_every_article_once(client: TestClient, many: Newsroom) -> None:
    for order in ("changed", "added", "next"):
        pages = [Page(client.get(f"/articles?order={order}&page={number}").text) for number in (1, 2, 3)]
        assert [len(links(page)) for page in pages] == [50, 50, 22]
        assert len({link for page in pages for link in links(page)}) == 122


def test_next_page_keeps_the_filters(client: TestClient, many: Newsroom) -> None:
    page = Page(client.get("/articles", params={"q": "Story & <b>", "order": "added"}).text)
    assert "No article fits “Story & <b>”" in page.text
    page = Page(client.get("/articles", params={"q": "story", "state": "ok", "order": "added"}).text)
    assert {"rel": "next", "href": "/articles?page=2&q=story&state=ok&order=added"} in page.links


def test_last_changed_come_first(client: TestClient, newsroom: Newsroom) -> None:
    newsroom.article("https://a.example/1", last_changed_at=newsroom.ago(hours=9))
    newsroom.article("https://a.example/2", last_changed_at=newsroom.ago(hours=1))
    newsroom.article("https://a.example/3")
    assert links(Page(client.get("/articles").text)) == ["/articles/2", "/articles/1", "/articles/3"]
