"""`/sites`: all sites with how they are, found by name and by what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from storage import sites
from storage.database import Database
from tests.web.conftest import browse
from tests.web.newsroom import Newsroom
from tests.web.reading import Page


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A browser at a newsroom of 230 sites: one fails, one is held back, of one robots.txt is overruled."""
    opened = Database(f"sqlite:///{tmp_path_factory.mktemp('sites') / 'corrigenda.db'}")
    newsroom = Newsroom(opened)
    newsroom.article("https://paper-000.example/a")
    newsroom.article("https://paper-000.example/b")
    newsroom.article("file:///srv/desk/story.txt")
    with opened.write() as session:
        for number in range(1, 229):
            sites.get_or_add(session, f"paper-{number:03}.example", newsroom.now)
        for _ in range(9):
            sites.record(session, 5, ok=False, reason="503 <Unavailable>", now=newsroom.now)
        sites.hold(session, 6, newsroom.now + timedelta(hours=1), "it answered 429")
        sites.ignore_robots(session, 7, True)
        sites.record(session, 8, ok=True, reason="200", now=newsroom.now)
    with browse(opened) as browser:
        yield browser
    opened.close()


def hosts(page: Page) -> list[str]:
    """The sites that a page leads to."""
    return [link["href"] or "" for link in page.links if (link["href"] or "").startswith("/sites/")]


def test_pages_hold_every_site_once(many: TestClient) -> None:
    address, seen = "/sites", []
    while address:
        page = Page(many.get(address).text)
        assert page.faults == []
        seen += hosts(page)
        address = next((link["href"] or "" for link in page.links if link.get("rel") == "next"), "")
    assert len(seen) == len(set(seen)) == 230


@pytest.mark.parametrize(
    ("query", "expected", "words"),
    [
        ("which=failing", ["/sites/5"], "failing 9 times in a row: 503 <Unavailable>"),
        ("which=held", ["/sites/6"], "it answered 429"),
        ("which=robots", ["/sites/7"], "robots.txt overruled"),
        ("q=PAPER-006", ["/sites/8"], "well"),
        ("q=paper-000", ["/sites/1"], "2"),
        ("q=%25", [], "No site fits “%”"),
        ("q=file", ["/sites/2"], "local files"),
        ("q=paper&which=held", ["/sites/6"], "left alone"),
    ],
)
def test_filters(many: TestClient, query: str, expected: list[str], words: str) -> None:
    page = Page(many.get(f"/sites?{query}").text)
    assert page.faults == []
    assert hosts(page) == expected
    assert words in page.text


def test_none_yet(client: TestClient) -> None:
    page = Page(client.get("/sites").text)
    assert "No site is visited yet." in page.text


def test_a_concern_leads_to_the_sites_that_fail(many: TestClient) -> None:
    page = Page(many.get("/").text)
    assert {"href": "/sites?which=failing"} in page.links
    assert {"href": "/sites/5"} in page.links
