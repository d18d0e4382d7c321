"""`/add`, from what is pasted to what is watched: a real site on loopback, real Visits, real extraction."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from monitor.config import Checks, Fetch, Settings
from monitor.previewing import Previews
from monitor.settle import Checked
from monitor.tasks import Visits
from monitor.web.app import create_app
from storage import articles, feeds, stories, tags
from storage.database import Database
from tests.local_site import LocalSite, Page, article_page
from tests.web.newsroom import HOSTILE
from tests.web.reading import Page as Read

TEXT = (
    "At least 170 peacekeepers were killed in Mali, officials said on Friday.",
    "The mission costs $1.2 billion a year.",
    "It has 13,000 troops and police, and leaves by December 31, 2023, the resolution says, after ten long years.",
)
RSS = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>The Local</title><link>%s</link>
<item><title>Peace talks</title><link>%s/talks</link></item><item><title>Sport</title><link>%s/sport</link></item>
</channel></rss>"""


@dataclass
class Desk:
    """A browser at a service that watches a local site."""

    client: TestClient
    site: LocalSite
    database: Database
    visits: Visits

    def send(self, path: str, files: Any = None, **fields: Any) -> Response:
        """Send a form as a browser does."""
        found = re.search(r'name="csrf" value="([^"]+)"', self.client.get("/add").text)
        assert found is not None
        return self.client.post(path, data={"csrf": found[1], **fields}, files=files)

    def look(self, pasted: str, **fields: Any) -> tuple[str, str]:
        """Paste something and wait until all of it was looked at. Returns the path of the list and its page."""
        answer = self.send("/add", pasted=pasted, **fields)
        assert answer.status_code == 200, Read(answer.text).text
        path = answer.url.path
        for _ in range(200):
            text = self.client.get(path).text
            if "Being looked at" not in text:
                return path, text
            time.sleep(0.05)
        raise AssertionError("a preview never came")


@pytest.fixture
def desk(database: Database) -> Iterator[Desk]:
    with LocalSite() as site:
        site.pages["/mali"] = article_page("U.N. ends Mali mission", *TEXT)
        site.pages["/feed"] = Page(RSS % ((site.url.encode(),) * 3), headers={"Content-Type": "application/rss+xml"})
        site.pages["/hostile"] = article_page(HOSTILE.replace("{", "").replace("<", "&lt;"), *TEXT)
        site.pages["/wall"] = Page(
            b"<html><title>Access denied</title><body><h1>Please verify you are a human</h1></body></html>",
            403, {"Content-Type": "text/html"},
        )  # fmt: skip
        settings = Settings(fetch=Fetch(allow_hosts=[site.host], gap=0), checks=Checks(concurrent_visits=2))
        with Visits(database, settings) as visits:
            previews = Previews(visits.look_first)
            app = create_app(database, settings, previews)
            with TestClient(app, base_url="http://127.0.0.1:8000", raise_server_exceptions=False) as client:
                yield Desk(client, site, database, visits)
            previews.close()


def test_an_article_is_seen_before_it_is_watched_and_fetched_once(desk: Desk) -> None:
    path, text = desk.look(
        f"* {desk.site.url}/mali?utm_source=x\n", tagged="UN, Mali", story="Mali", publisher="AP", interval="15m"
    )
    page = Read(text)
    assert page.faults == []
    assert "Feeds among them" not in page.text, "all was looked at, and none is a feed"
    for words in ("1 address to add", "U.N. ends Mali mission", "30 June 2023", "at least 170", "peacekeepers killed"):
        assert words in page.text
    with desk.database.read() as session:
        assert articles.count(session) == 0, "nothing is kept before it is saved"
    said = desk.send(path, take=0)
    assert "1 new article is watched." in said.text
    checked: list[Checked] = []
    desk.visits.check_now([1], checked.append)
    assert (checked[0].state, checked[0].version_number) == ("ok", 1)
    assert sum(asked.path == "/mali" for asked in desk.site.asked) == 1, "the page was not asked for twice"
    with desk.database.read() as session:
        article = articles.by_id(session, 1)
        assert article is not None
        assert (article.publisher, article.interval_seconds, article.story) == ("AP", 900, "Mali")
        assert tags.of_article(session, 1) == ["mali", "un"]
        assert [story.name for story in stories.of_article(session, 1)] == ["Mali"]
    assert desk.send(path, take=0).status_code == 404, "it is saved, and cannot be saved again"


def test_a_feed_is_recognised_and_added_with_its_rule(desk: Desk) -> None:
    path, text = desk.look(f"{desk.site.url}/feed", story="Mali")
    assert "The Local" in text
    assert "Peace talks" in text
    assert "Feeds among them" in text
    said = desk.send(path, take=0, any_words="peace*, port harran", none_words="sport", first="5")
    assert "1 new feed is read from now on." in said.text
    with desk.database.read() as session:
        [feed] = feeds.listing(session)
        assert (feed.any_words, feed.none_words, feed.first, feed.story) == (
            ["peace*", "port harran"],
            ["sport"],
            5,
            "Mali",
        )
        assert articles.count(session) == 0


def test_what_is_watched_already_is_said_however_it_is_spelt(desk: Desk) -> None:
    path, _ = desk.look(f"{desk.site.url}/mali")
    desk.send(path, take=0)
    _, text = desk.look(f"{desk.site.url}/mali/?utm_medium=mail#top\n{desk.site.url}/other")
    page = Read(text)
    assert "already watched as" in page.text
    assert {"href": "/articles/1"} in page.links
    assert "1 address to add" in page.text


def test_what_is_no_article_is_not_ticked_but_may_be_watched(desk: Desk) -> None:
    path, text = desk.look(f"{desk.site.url}/wall\n{desk.site.url}/missing\nhttp://10.0.0.1/x\n{desk.site.url}/mali")
    page = Read(text)
    assert page.faults == []
    assert re.findall(r'name="take" value="(\d)"( checked)?', text) == [
        ("0", ""),
        ("1", ""),
        ("2", ""),
        ("3", " checked"),
    ]
    assert "404 Not Found" in page.text
    assert "is not public" in page.text
    assert "tick at least one" in desk.send(path).text
    assert "1 new article is watched." in desk.send(path, take=1).text


def test_lines_that_cannot_be_used_say_why_and_the_others_are_added(desk: Desk) -> None:
    csv = f"url,tags,interval\n{desk.site.url}/mali,a,\nfile:///etc/passwd,,\n{desk.site.url}/2,!!,\n{desk.site.url}/3,,soon\n"
    answer = desk.send("/add", files={"upload": ("list.csv", csv.encode(), "text/csv")}, pasted="")
    page = Read(answer.text)
    assert page.faults == []
    for words in ("Read as a table", "1 address to add", "a local file is not added here", "is no tag", "not a time"):
        assert words in page.text
    assert "1 new article is watched." in desk.send(answer.url.path, take=[0, 1, 2, 3]).text


def test_an_opml_brings_feeds_with_choice(desk: Desk) -> None:
    opml = (
        f'<opml version="2.0"><body><outline type="rss" text="One" xmlUrl="{desk.site.url}/feed"/>'
        f'<outline type="rss" text="&lt;b&gt;" xmlUrl="{desk.site.url}/feed2"/></body></opml>'
    )
    answer = desk.send("/add", files={"upload": ("feeds.opml", opml.encode(), "text/xml")})
    assert Read(answer.text).faults == []
    assert "list of feeds (OPML)" in answer.text
    desk.send(answer.url.path, take=1)
    with desk.database.read() as session:
        assert [feed.url for feed in feeds.listing(session)] == [f"{desk.site.url}/feed2"]


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"pasted": ""}, "no web address"), ({"pasted": "nothing"}, "no web address"),
        ({"pasted": "https://a.example/1", "tagged": "!!"}, "is no tag"),
        ({"pasted": "https://a.example/1", "interval": "often"}, "not a time"),
        ({"pasted": "https://a.example/1", "story": "x" * 201}, "longer than"),
        ({"pasted": "url,colour\nhttps://a.example/1,red"}, "not known"),
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_given_back(desk: Desk, fields: dict[str, str], fault: str) -> None:
    answer = desk.send("/add", **fields)
    page = Read(answer.text)
    assert answer.status_code == 400
    assert fault in page.text
    assert page.faults == []
    assert " ".join(fields["pasted"].split()) in page.text


def test_too_much_is_counted_or_refused(desk: Desk) -> None:
    many = "\n".join(f"https://a{number}.example/" for number in range(1_200))
    page = Read(desk.send("/add", pasted=many).text)
    assert "200 more addresses came after the first 1,000" in page.text
    assert desk.send("/add", files={"upload": ("x.txt", b"x" * 9_000_000, "text/plain")}).status_code == 413
    assert "larger than 4 MB" in desk.send("/add", files={"upload": ("x.txt", b"x" * 4_300_000, "text/plain")}).text


def test_hostile_words_of_pages_lists_and_names_are_words(desk: Desk) -> None:
    _, text = desk.look(f'{desk.site.url}/hostile\n{desk.site.url}/"><script>alert(1)</script>\njavascript:alert(1)')
    assert Read(text).faults == []
    answer = desk.send("/add", pasted=HOSTILE, publisher=HOSTILE[:100], tagged=HOSTILE)
    assert Read(answer.text).faults == []


def test_a_slow_page_keeps_no_page_waiting(desk: Desk) -> None:
    begun = time.monotonic()
    answer = desk.send("/add", pasted="\n".join(f"http://192.0.2.{number}/x" for number in range(1, 21)))
    assert answer.status_code == 200
    assert desk.client.get("/articles").status_code == 200
    assert time.monotonic() - begun < 5
    row = desk.client.get(f"{answer.url.path}/3?row=true")
    assert row.status_code == 200
    assert "<html" not in row.text
    assert desk.client.get(f"{answer.url.path}/999").status_code == 404


def test_the_bookmarklet_only_fills_the_form_in(desk: Desk) -> None:
    page = desk.client.get("/add", params={"url": f"{desk.site.url}/mali", "story": "Mali"})
    assert f">{desk.site.url}/mali</textarea>" in page.text
    assert 'value="Mali"' in page.text
    assert not desk.site.asked, "nothing is fetched because somebody followed a link"


def test_without_a_service_pages_are_added_unseen(client: TestClient, database: Database) -> None:
    found = re.search(r'name="csrf" value="([^"]+)"', client.get("/add").text)
    assert found is not None
    draft = client.post("/add", data={"csrf": found[1], "pasted": "https://a.example/1"})
    assert Read(draft.text).faults == []
    said = client.post(draft.url.path, data={"csrf": found[1], "take": 0})
    assert "1 new article is watched." in said.text
