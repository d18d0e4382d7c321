"""`/articles` and `/articles/{id}`."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from tests.web.newsroom import FIRST, THIRD, Newsroom
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
    [("story-119", 1), ("STORY 119", 1), ("northern wire", 60), ("100 %", 1), ("in_A", 1), ("  ", 122), ("\\", 0)],
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
    assert {"rel": "next", "href": "/articles?q=story&state=ok&order=added&page=2"} in page.links


def test_last_changed_come_first(client: TestClient, newsroom: Newsroom) -> None:
    newsroom.article("https://a.example/1", last_changed_at=newsroom.ago(hours=9))
    newsroom.article("https://a.example/2", last_changed_at=newsroom.ago(hours=1))
    newsroom.article("https://a.example/3")
    assert links(Page(client.get("/articles").text)) == ["/articles/2", "/articles/1", "/articles/3"]


def test_article_tells_its_history(filled: TestClient) -> None:
    page = Page(filled.get("/articles/1").text)
    newest, middle, oldest = (page.text.index(f"Version {number}") for number in (3, 2, 1))
    assert newest < middle < oldest
    assert "Version 3 current" in page.text
    assert "just added" in page.text, "why the next check comes when it does"
    assert page.text.count("no notice") == 2
    assert "at least 17 version 1 → 31 version 2" in page.text or "at least 17 version 131 version 2" in page.text
    assert "Never changed (1)" in page.text
    for words in ("a consent wall instead of the article", "503 Service Unavailable", "304 Not Modified"):
        assert words in page.text
    assert {"href": "/articles/1/captures/1", "download": None} in page.links
    outward = [link for link in page.links if (link["href"] or "").startswith("http")]
    assert outward == [{"href": "https://www.harran-post.example/ferry", "rel": "noopener noreferrer nofollow"}]


def test_article_before_its_first_check(filled: TestClient) -> None:
    page = Page(filled.get("/articles/2").text)
    assert "not checked yet" in page.text
    assert "No version yet" in page.text


def test_version_without_a_change_of_fact(client: TestClient, newsroom: Newsroom) -> None:
    article = newsroom.article("https://a.example/1")
    newsroom.version(article, FIRST, newsroom.ago(hours=3))
    newsroom.version(article, FIRST.replace("cleared", "cleared up"), newsroom.ago(hours=2))
    assert "Only the wording changed, no fact." in Page(client.get("/articles/1").text).text


@pytest.mark.parametrize("url", ["file:///srv/desk/story.txt", "javascript:alert(1)", "ftp://a.example/x"])
def test_only_web_addresses_are_links(client: TestClient, newsroom: Newsroom, url: str) -> None:
    newsroom.article(url)
    page = Page(client.get("/articles/1").text)
    assert url in page.text
    assert page.faults == []
    assert all((link["href"] or "").startswith(("/", "#")) for link in page.links)


def test_paused(client: TestClient, newsroom: Newsroom) -> None:
    newsroom.article("https://a.example/1", next_check_at=None)
    assert "Next checkpaused" in Page(client.get("/articles/1").text).text.replace(" ", "").replace(
        "Nextcheck", "Next check"
    )
    assert "paused" in Page(client.get("/articles").text).text


def test_raw_capture_is_only_a_download(filled: TestClient) -> None:
    answer = filled.get("/articles/1/captures/3")
    assert answer.content.decode() == f"<html><body>{THIRD}</body></html>"
    assert answer.headers["content-disposition"] == 'attachment; filename="article-1-capture-3.bin"'
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
