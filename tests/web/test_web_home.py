"""`/`: newest changes first, one sentence each; above them what needs a person, only when something does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from monitor.changes import availability_change
from storage import changes, deliveries, loops, rules, stories
from storage.database import Database
from tests.web.conftest import browse
from tests.web.newsroom import FIRST, SECOND, Newsroom, change, told
from tests.web.reading import Page


def test_an_empty_house_says_how_to_begin(client: TestClient, newsroom: Newsroom) -> None:
    newsroom.beat()
    page = Page(client.get("/").text)
    assert "corrigenda add" in page.text
    assert "Needs a person" not in page.text


def test_tracked_but_unchanged(client: TestClient, newsroom: Newsroom) -> None:
    newsroom.version(newsroom.article("https://a.example/1"), FIRST, newsroom.ago(hours=2))
    assert "Nothing has changed yet." in Page(client.get("/").text).text


def test_newest_change_first_with_its_link(client: TestClient, newsroom: Newsroom) -> None:
    newsroom.ferry()
    newsroom.beat()
    page = Page(client.get("/").text)
    assert page.faults == []
    told = [
        "high severity: The Harran Post added a notice: “Correction: An earlier version",
        "high severity: The Harran Post raised people killed from at least 17 to 31, without a notice",
        "The Harran Post raised fine from $1.5 million to $15 million, without a notice",
    ]
    places = [page.text.index(words) for words in told]
    assert places == sorted(places)
    assert "Needs a person" not in page.text
    assert {"class": "sentence", "href": "/articles/1/compare/1/2"} in page.links
    assert {"class": "sentence", "href": "/articles/1/compare/2/3"} in page.links


def test_time_since_publication_only_where_it_is_known(
    client: TestClient, newsroom: Newsroom, database: Database
) -> None:
    article = newsroom.article("https://a.example/1", publisher="AP")
    old, new = told(FIRST, "17", "17 people", "people killed", 17), told(SECOND, "31", "31 people", "people killed", 31)
    newsroom.version(article, FIRST, newsroom.ago(hours=20))
    newsroom.version(article, SECOND, newsroom.ago(hours=6), changed=[change(old, new, "")])
    first = "UPDATE version SET last_seen_at = :seen, published = :published WHERE number = 1"
    for published, words in (
        (newsroom.ago(hours=20, minutes=30).isoformat(), ", without a notice, 14 h after publication"),
        (newsroom.ago(hours=19).isoformat(), ", without a notice"),  # later than the first sight
        (None, ", without a notice"),
    ):
        with database.write() as session:
            values = {"seen": newsroom.ago(hours=6, minutes=5).replace(tzinfo=None), "published": published}
            session.connection().execute(text(first), values)
        told_ = Page(client.get("/").text).text
        assert f"AP raised people killed from 17 to 31{words} " in f"{told_} "


def test_an_edit_with_many_changes_is_one_entry(client: TestClient, newsroom: Newsroom) -> None:
    article = newsroom.article("https://a.example/1")
    newsroom.version(article, FIRST, newsroom.ago(days=3))
    gone = [change(None, None, f"Change {n}", type="headline", before_text="x", after_text=f"({n})") for n in range(20)]
    newsroom.version(article, SECOND, newsroom.ago(days=1), changed=gone)
    page = Page(client.get("/").text)
    assert "12 more changes in this edit" in page.text
    assert page.text.index("“(0)”") < page.text.index("“(19)”")


FILTERED = [
    ("severity=high", ["correction notice", "people killed", "gone"]),
    ("severity=medium&kind=money", ["fine"]),
    ("type=notice", ["correction notice"]),
    ("notice=with", ["correction notice"]),
    ("notice=without", ["people killed", "fine", "gone"]),
    ("type=availability", ["gone"]),
    ("site=a.example", ["gone"]),
    ("site=harran-post.example", ["correction notice", "people killed", "fine"]),  # without its www
    ("story=1", ["gone"]),
    ("story=1&kind=money", []),
    ("kind=age", []),
    ("severity=&kind=&type=&notice=&story=&site=", ["correction notice", "people killed", "fine", "gone"]),
]


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A browser at a newsroom with the ferry and, in a story, an article that is gone."""
    opened = Database(f"sqlite:///{tmp_path_factory.mktemp('busy') / 'corrigenda.db'}")
    newsroom = Newsroom(opened)
    newsroom.beat()
    newsroom.ferry()
    article = newsroom.article("https://a.example/bridge", headline="A bridge")
    lost = availability_change("page", "gone", detail="404 Not Found")
    assert lost
    with opened.write() as session:
        story, _ = stories.get_or_make(session, "Bridges & <dams>", newsroom.now)
        stories.put(session, story, [article], newsroom.now)
        changes.add(
            session, article, lost.to_json(), changed_at=newsroom.ago(minutes=9), from_version_id=None,
            to_version_id=None,
        )  # fmt: skip
    with browse(opened) as browser:
        yield browser
    opened.close()


@pytest.mark.parametrize(("query", "expected"), FILTERED)
def test_filters(busy: TestClient, query: str, expected: list[str]) -> None:
    page = Page(busy.get(f"/?{query}").text)
    assert page.faults == []
    words = {"correction notice": "added a notice: “Correction", "people killed": "raised people killed",
             "fine": "raised fine", "gone": "a.example’s article is gone (404 Not Found)"}  # fmt: skip
    assert {name for name, sentence in words.items() if sentence in page.text} == set(expected)
    if not expected:
        assert "Nothing that changed fits." in page.text


def test_a_site_that_is_not_watched(busy: TestClient) -> None:
    page = Page(busy.get("/?site=<nowhere>").text)
    assert "No site “<nowhere>” is watched." in page.text
    assert page.faults == []


@pytest.mark.parametrize(
    "query", ["severity=grave", "kind=x", "type=x", "notice=maybe", "story=x", "before=1", "before=x-1", "after=1-x",
              "before=99999999999999999999999-1", "story=1234567890123456"],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused(busy: TestClient, query: str) -> None:
    answer = busy.get(f"/?{query}")
    assert answer.status_code == 400
    assert Page(answer.text).faults == []


def test_availability_leads_to_the_article(client: TestClient, newsroom: Newsroom, database: Database) -> None:
    article = newsroom.article("https://a.example/1", headline="A bridge", state="gone", state_reason="404 Not Found")
    gone = change(None, None, "The article is gone", type="availability").to_json()
    with database.write() as session:
        changes.add(session, article, gone, changed_at=newsroom.now, from_version_id=None, to_version_id=None)
    page = Page(client.get("/").text)
    assert {"class": "sentence", "href": f"/articles/{article}"} in page.links


@pytest.mark.parametrize("query", ["", "type=headline&site=a.example&notice=without"])
def test_pages_in_both_directions_lose_none_and_repeat_none(client: TestClient, newsroom: Newsroom, query: str) -> None:
    article = newsroom.article("https://a.example/1")
    newsroom.version(article, FIRST, newsroom.ago(days=3))
    for number in range(25):
        many = [
            change(None, None, "", type="headline", before_text="x", after_text=f"({number}/{part})")
            for part in range(5)
        ]
        newsroom.version(article, f"{SECOND} {number}", newsroom.ago(minutes=900 - number), changed=many)
    there = _pages(client, f"/?{query}", "next")
    seen = [place for page in there for place in page]
    assert [len(page) for page in there] == [60, 60, 5]
    assert seen == [f"({number}/{part})" for number in range(24, -1, -1) for part in range(5)]
    back = _pages(client, _address(client, f"/?{query}", "next", 2), "prev")
    assert back == there[::-1]


def _pages(client: TestClient, address: str, direction: str) -> list[list[str]]:
    """What is told on this page and all that follow it."""
    pages = []
    while address:
        page = Page(client.get(address).text)
        pages.append(re.findall(r"to “(\(\d+/\d+\))”", page.text))
        address = next((link["href"] or "" for link in page.links if link.get("rel") == direction), "")
    return pages


def _address(client: TestClient, address: str, direction: str, times: int) -> str:
    for _ in range(times):
        page = Page(client.get(address).text)
        address = next(link["href"] or "" for link in page.links if link.get("rel") == direction)
        assert "type=headline" in address or "type" not in page.links[0]
    return address


def test_every_trouble_is_named(client: TestClient, newsroom: Newsroom, database: Database) -> None:
    now = newsroom.now
    newsroom.article("https://a.example/late", headline="Forgotten", next_check_at=now - timedelta(hours=3))
    for state, reason in (
        ("failed", "503 Service Unavailable"), ("walled", "a consent wall"), ("gone", "404 Not Found"),
        ("suspect", "the text collapsed"), ("refused", "robots.txt forbids it"),
    ):  # fmt: skip
        newsroom.article(f"https://a.example/{state}", headline=f"The {state} one", state=state, state_reason=reason)
    with database.write() as session:
        loops.beat(session, "scheduler", now - timedelta(minutes=7))
        desk = rules.add_channel(session, "desk", "email", "desk@a.example", None, now)
        deliveries.add_alert(session, alert_id="al1", created_at=now, payload={"title": "17 → 31 people killed"})
        deliveries.add(session, "d1", "al1", desk.id or 0, now)
        rules.disable_channel(session, desk.id or 0, "550 no such user")
        deliveries.fail_disabled(session, now)
    page = Page(client.get("/").text)
    assert page.faults == []
    for words in (
        "The service does not run.",
        "The scheduler loop stopped: its last sign of life was 7 min ago.", "The deliveries loop has never run.",
        "1 article is overdue", "Forgotten due 3 h ago", "1 article cannot be read", ": 503 Service Unavailable",
        "1 article is behind a wall", "1 article is gone", "1 article is in doubt", "1 article was not fetched",
        "1 channel is disabled", "550 no such user", "1 alert was not delivered", "17 → 31 people killed to desk",
    ):  # fmt: skip
        assert words in page.text
    for address in (
        "/articles?state=failed", "/articles?state=overdue&order=next", "/deliveries?state=failed", "/health",
    ):  # fmt: skip
        assert {"href": address} in page.links


def test_many_of_a_kind_are_counted_not_listed(client: TestClient, newsroom: Newsroom) -> None:
    for number in range(9):
        newsroom.article(f"https://a.example/{number}", headline=f"Story-{number}", state="failed", state_reason="503")
    page = Page(client.get("/").text)
    assert "9 articles cannot be read" in page.text
    assert page.text.count("Story-") == 3


def test_a_check_that_is_barely_late_is_no_trouble(client: TestClient, newsroom: Newsroom) -> None:
    newsroom.beat()
    newsroom.article("https://a.example/soon", next_check_at=newsroom.ago(minutes=4))
    assert "Needs a person" not in Page(client.get("/").text).text
