"""The pages of feeds, and what the page of an article says of where it came from."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi.testclient import TestClient

from storage import addresses, articles
from storage.database import Database
from tests.web.newsroom import Newsroom
from tests.web.reading import Page

NOW = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)


def test_no_feeds_says_how_to_add_one(client: TestClient) -> None:
    assert "corrigenda feed add" in Page(client.get("/feeds").text).text


def test_a_feed_shows_its_rule_and_what_became_of_its_entries(client: TestClient, newsroom: Newsroom) -> None:
    newsroom.article("https://wire.example/1", headline="The strike ends", story="Strike")
    newsroom.feed("https://wire.example/feed", title="strike")
    listed, shown = Page(client.get("/feeds").text), Page(client.get("/feeds/1").text)
    assert (listed.faults, shown.faults) == ([], [])
    for words in ("strike", "well", "1"):
        assert words in listed.text
    for words in (
        "entries with any of “strike” and on its own site, for the story “strike”", "100 new articles in 24 hours",
        "1 left out by its rule", "1 tracked", "it has none of “strike”", "its rule fits",
    ):  # fmt: skip
        assert words in shown.text, words
    assert 'href="/articles/1"' in client.get("/feeds/1").text
    article = client.get("/articles/1").text
    assert 'href="/feeds/1"' in article
    assert "Strike" in Page(article).text


def test_a_broken_feed_is_told_on_the_first_page(client: TestClient, newsroom: Newsroom) -> None:
    newsroom.article("https://wire.example/1")
    newsroom.feed(
        "https://wire.example/feed", title="The Wire", state="broken", state_reason="it is a web page, no feed"
    )
    newsroom.feed("https://paused.example/feed", title="Paused", state="gone", next_check_at=None)
    newsroom.beat()
    home = Page(client.get("/").text).text
    assert "1 feed brings nothing" in home
    assert "broken: it is a web page, no feed" in home
    assert "its articles go on being watched" in Page(client.get("/feeds/1").text).text.lower()


def test_a_merged_article_leads_to_the_one_that_it_is(
    client: TestClient, newsroom: Newsroom, database: Database
) -> None:
    kept, other = newsroom.article("https://wire.example/1"), newsroom.article("https://m.wire.example/print?7")
    with database.write() as session:
        one, two = articles.by_id(session, kept), articles.by_id(session, other)
        assert one is not None
        assert two is not None
        addresses.merge(session, two, one, "the same article as 1: merged into it")
    answer = client.get(f"/articles/{other}", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (308, f"/articles/{kept}")
    page = Page(client.get(f"/articles/{kept}").text)
    assert page.faults == []
    assert "https://m.wire.example/print?7" in page.text
    assert "merged into it" in page.text
