"""`/`: newest changes first, one sentence each; above them what needs a person, only when something does."""

from __future__ import annotations

from datetime import timedelta

from fastapi.testclient import TestClient

from storage import deliveries, loops, rules
from storage.database import Database
from tests.web.newsroom import FIRST, SECOND, Newsroom, change, told
from tests.web.reading import Page


def test_an_empty_house_says_how_to_begin(client: TestClient, newsroom: Newsroom) -> None:
    newsroom.beat()
    page = Page(client.get("/").text)
    assert "corrigenda add" in page.text
    assert "Needs a person" not in page.text


def test_tracked_but_unchanged(client: TestClient, newsroom: Newsroom) -> None:
    newsroom.version(newsroom.article("https://a.example/1"), FIRST, newsroom.ago(hours=2))
    assert "Nothing changed yet in 1 article" in Page(client.get("/").text).text


def test_newest_change_first_with_its_link(client: TestClient, newsroom: Newsroom) -> None:
    newsroom.ferry()
    newsroom.beat()
    page = Page(client.get("/").text)
    note, toll, fine = (page.text.index(words) for words in ("Correction notice", "People killed:", "Fine: $1.5"))
    assert note < toll < fine
    assert "Needs a person" not in page.text
    assert {"class": "sentence", "href": "/articles/1/compare/1/2"} in page.links
    assert {"class": "sentence", "href": "/articles/1/compare/2/3"} in page.links
    assert "no notice" in page.text
    assert "high severity: People killed: at least 17 → 31 (+82 %)" in page.text


def test_availability_leads_to_the_article(client: TestClient, newsroom: Newsroom, database: Database) -> None:
    from storage import changes

    article = newsroom.article("https://a.example/1", headline="A bridge", state="gone", state_reason="404 Not Found")
    gone = change(None, None, "The article is gone", type="availability").to_json()
    with database.write() as session:
        changes.add(session, article, gone, changed_at=newsroom.now, from_version_id=None, to_version_id=None)
    page = Page(client.get("/").text)
    assert {"class": "sentence", "href": f"/articles/{article}"} in page.links


def test_pages_of_changes_lose_none_and_repeat_none(client: TestClient, newsroom: Newsroom) -> None:
    article = newsroom.article("https://a.example/1")
    newsroom.version(article, FIRST, newsroom.ago(days=3))
    old, new = told(FIRST, "17", "17 people", "people killed", 17), told(SECOND, "31", "31 people", "people killed", 31)
    for number in range(75):
        many = [change(old, new, f"Change {number}/{part}") for part in (1, 2)]
        newsroom.version(article, f"{SECOND} {number}", newsroom.ago(minutes=900 - number), changed=many)
    address, seen = "/", []
    for _ in range(9):
        page = Page(client.get(address).text)
        seen += [word for word in page.text.split() if "/" in word and word[0].isdigit()]
        following = [link["href"] for link in page.links if link.get("rel") == "next"]
        if not following:
            break
        address = following[0] or ""
    assert len(seen) == 150
    assert len(set(seen)) == 150
    assert seen[0] == "74/1"


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
        "The scheduler loop stopped: its last sign of life was 7 min ago.", "The deliveries loop has never run.",
        "1 article is overdue", "Forgotten due 3 h ago", "1 article cannot be read", "503 Service Unavailable, since",
        "1 article is behind a wall", "1 article is gone", "1 article is in doubt", "1 article was not fetched",
        "1 channel is disabled", "550 no such user", "1 alert was not delivered", "17 → 31 people killed to desk",
    ):  # fmt: skip
        assert words in page.text
    assert {"href": "/articles?state=failed"} in page.links


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
