"""Feeds out, read by a reader of feeds."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import feedparser
from fastapi.testclient import TestClient
from lxml import etree

from storage import changes, rules, stories
from storage.database import Database
from storage.tables import Pick
from tests.web.newsroom import FIRST, SECOND, Newsroom, change, told
from tests.web.people import application, browser, somebody, token

ATOM = "application/atom+xml"


def read(client: TestClient, address: str) -> Any:
    """A feed as feedparser understands it."""
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == ATOM
    feed = feedparser.parse(answer.content, response_headers={"content-type": ATOM}, sanitize_html=False)
    assert not feed.bozo, feed.bozo_exception
    assert feed.version == "atom10"
    return feed


def test_an_edit_is_an_entry(filled: TestClient) -> None:
    feed = read(filled, "/changes.atom")
    notice, edit = feed.entries
    assert feed.feed.title == "What changed"
    assert {(link.rel, link.href) for link in feed.feed.links} == {
        ("self", "http://127.0.0.1:8000/changes.atom"),
        ("alternate", "http://127.0.0.1:8000/"),
    }
    assert edit.id == "tag:127.0.0.1,2026:articles/1/versions/2"
    assert edit.link == "http://127.0.0.1:8000/articles/1/compare/1/2"
    assert edit.author == "The Harran Post"
    assert "The Harran Post raised people killed from at least 17 to 31, without a notice" in edit.title
    assert edit.title.endswith("(and 1 more)")
    assert {tag.term for tag in edit.tags} == {"casualties", "money"}
    assert notice.updated > edit.updated
    assert feed.feed.updated == notice.updated
    (content,) = edit.content
    assert content.type == "text/html"
    assert "<del>At least 17</del>" in content.value
    assert "<ins>31</ins>" in content.value
    assert "$1.5 million" in content.value
    assert "http://127.0.0.1:8000/changes/1/evidence" in content.value


def test_ids_and_bytes_stay(filled: TestClient) -> None:
    first, again = filled.get("/changes.atom"), filled.get("/changes.atom")
    assert first.content == again.content
    ids = [entry.id for entry in read(filled, "/articles/1/changes.atom").entries]
    assert ids == [entry.id for entry in read(filled, "/changes.atom").entries]


def test_asking_again_costs_nothing(filled: TestClient) -> None:
    first = filled.get("/changes.atom")
    etag, at = first.headers["etag"], first.headers["last-modified"]
    assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", at)
    earlier = (datetime.strptime(at, "%a, %d %b %Y %H:%M:%S GMT") - timedelta(seconds=1)).strftime(
        "%a, %d %b %Y %H:%M:%S GMT"
    )
    for sent, status in (
        ({"if-none-match": etag}, 304), ({"if-none-match": f'"x", W/{etag}'}, 304), ({"if-none-match": "*"}, 304),
        ({"if-none-match": '"x"'}, 200), ({"if-modified-since": at}, 304), ({"if-modified-since": earlier}, 200),
        ({"if-modified-since": "nonsense"}, 200), ({"if-none-match": '"x"', "if-modified-since": at}, 200),
    ):  # fmt: skip
        answer = filled.get("/changes.atom", headers=sent)
        assert (answer.status_code, answer.headers["etag"]) == (status, etag), sent
        assert bool(answer.content) is (status == 200)


def test_a_filter(filled: TestClient) -> None:
    feed = read(filled, "/changes.atom?kind=money&notice=without")
    (only,) = feed.entries
    assert "Fine" not in only.title or "$15 million" in only.title
    assert [tag.term for tag in only.tags] == ["money"]
    assert feed.feed.links[0].href.endswith("/changes.atom?kind=money&notice=without")
    assert filled.get("/changes.atom?kind=x").status_code == 400
    assert filled.get("/changes.atom?before=x").status_code == 400


def test_an_empty_feed_is_a_feed(client: TestClient, newsroom: Newsroom) -> None:
    newsroom.article("https://a.example/1", headline="Nothing yet")
    for address in ("/changes.atom", "/articles/1/changes.atom"):
        feed = read(client, address)
        assert feed.entries == []
        assert feed.feed.updated
    assert read(client, "/articles/1/changes.atom").feed.title == "Nothing yet"
    assert client.get("/articles/77/changes.atom").status_code == 404


def test_a_story_and_a_rule(client: TestClient, newsroom: Newsroom, database: Database) -> None:
    article = newsroom.ferry()
    newsroom.article("https://a.example/1")
    with database.write() as session:
        story, _ = stories.get_or_make(session, "The ferry", newsroom.now)
        stories.put(session, story, [article], newsroom.now)
        desk = rules.add_channel(session, "desk", "email", "desk@a.example", None, newsroom.now)
        rule = rules.add_rule(session, "tolls & fines", [desk.id or 0], newsroom.now)
        for change_id, state in ((1, "gathered"), (2, "held")):
            session.add(
                Pick(change_id=change_id, article_id=article, rule_id=rule.id, rule=rule.name, channel_id=desk.id or 0,
                     state=state, picked_at=newsroom.now)
            )  # fmt: skip
    feed = read(client, f"/stories/{story.id}/changes.atom")
    assert (feed.feed.title, len(feed.entries)) == ("The ferry", 2)
    feed = read(client, f"/rules/{rule.id}/changes.atom")
    assert feed.feed.title == "Rule tolls & fines"
    (only,) = feed.entries
    assert "raised people killed" in only.title
    assert "$15 million" not in only.content[0].value  # held: not confirmed yet
    assert client.get("/stories/77/changes.atom").status_code == 404
    assert client.get("/rules/77/changes.atom").status_code == 404


def test_what_is_gone_is_an_entry_of_its_own(client: TestClient, newsroom: Newsroom, database: Database) -> None:
    article = newsroom.ferry()
    with database.write() as session:
        for number in (1, 2):
            body = change(None, None, f"Gone {number}", type="availability", before_text="page", after_text="gone")
            changes.add(
                session, article, body.to_json(), changed_at=newsroom.now, from_version_id=None, to_version_id=None
            )
    ids = [entry.id for entry in read(client, "/changes.atom").entries]
    assert {"tag:127.0.0.1,2026:changes/4", "tag:127.0.0.1,2026:changes/5"} < set(ids)
    assert len(ids) == len(set(ids)) == 4


def test_pages_of_a_feed_hold_every_edit_once(client: TestClient, newsroom: Newsroom, database: Database) -> None:
    article = newsroom.article("https://a.example/1", headline="Many")
    sizes = [3, 230, 1, 150, 90]
    for number, size in enumerate([0, *sizes]):
        toll, higher = told(FIRST, "17", "At least 17 people", "x", 17), told(SECOND, "31", "31 people", "x", 31)
        newsroom.version(
            article, f"Text {number}", newsroom.ago(hours=50 - number),
            changed=[change(toll, higher, f"Change {each}") for each in range(size)],
        )  # fmt: skip
    seen: list[str] = []
    address: str | None = "/articles/1/changes.atom"
    while address:
        feed = read(client, address)
        seen += [entry.id for entry in feed.entries]
        following = [link.href for link in feed.feed.links if link.rel == "next"]
        address = following[0].removeprefix("http://127.0.0.1:8000") if following else None
    assert seen == [f"tag:127.0.0.1,2026:articles/1/versions/{number}" for number in range(6, 1, -1)]


HOSTILE = [
    "]]><script>alert(1)</script>", "<![CDATA[x]]>", "</content></entry>", "&lt;b&gt; & &amp; &#0;",
    "a\x01\x0b\x1bb\ufffe", "photo\u202egnp.exe", "😀 \U0010ffff", "<img src=x onerror=alert(1)>", "   ", "x" * 5000,
]  # fmt: skip


def test_hostile_text_is_text(client: TestClient, newsroom: Newsroom) -> None:
    for payload in HOSTILE:
        article = newsroom.article(f"https://a.example/{len(payload)}{payload[:9]}", publisher=payload)
        first, second = f"17 dead {payload}.", f"31 dead {payload}."
        old, new = told(first, "17", "17 dead", payload, 17), told(second, "31", "31 dead", payload, 31)
        newsroom.version(article, first, newsroom.ago(hours=3), headline=payload)
        newsroom.version(article, second, newsroom.ago(hours=2), headline=payload, changed=[change(old, new, payload)])
        address = f"/articles/{article}/changes.atom"
        (entry,) = read(client, address).entries
        assert "\u202e" not in client.get(address).text
        html = entry.content[0].value
        assert "<script" not in html
        assert "<img" not in html
        assert "<ins>31</ins>" in html
        etree.fromstring(client.get(address).content)


def test_pages_name_their_feed(filled: TestClient) -> None:
    for page, feed in (("/", "/changes.atom"), ("/articles/1", "/articles/1/changes.atom")):
        assert f'<link rel="alternate" type="{ATOM}"' in filled.get(page).text
        assert f'href="{feed}"' in filled.get(page).text


def test_a_key_in_the_address_opens_feeds_and_nothing_else(newsroom: Newsroom, database: Database) -> None:
    newsroom.ferry()
    somebody(database, "Ada")
    vic = somebody(database, "Vic", "viewer")
    key, reading = token(database, vic, "feed"), token(database, vic, "read")
    client = browser(application(database))
    assert client.get("/changes.atom").headers["location"] == "/login?next=/changes.atom"
    refused = client.get("/changes.atom", headers={"accept": "application/atom+xml"})
    assert refused.status_code == 401
    assert "Basic" in refused.headers["www-authenticate"]
    assert len(read(client, f"/changes.atom?key={key}").entries) == 2
    assert key not in client.get(f"/changes.atom?key={key}").text
    assert len(read(client, f"/articles/1/changes.atom?key={key}").entries) == 2
    # A token that may do more does not belong into an address; one that is wrong is refused.
    assert client.get(f"/changes.atom?key={reading}").status_code == 401
    assert client.get("/changes.atom?key=cor_nonsense").status_code == 401
    assert client.get("/changes.atom?key=").status_code == 401
    # As a password, too; and nowhere else.
    assert client.get("/changes.atom", auth=("vic", key)).status_code == 200
    assert client.get("/changes.atom", auth=("vic", reading)).status_code == 200
    for address in ("/", "/articles/1", "/api/v1/changes", f"/articles/1?key={key}", "/changes/1/evidence"):
        answer = client.get(address, headers={"authorization": f"Bearer {key}"})
        assert answer.status_code == 403, address
    assert client.get(f"/articles/1?key={key}", headers={"accept": "application/json"}).status_code == 401
    assert client.post("/api/v1/feeds", json={}, headers={"authorization": f"Bearer {key}"}).status_code == 403
    with database.write() as session:
        from_now_on = datetime.now(UTC)
        session.connection().exec_driver_sql(f"UPDATE api_token SET revoked_at = '{from_now_on:%Y-%m-%d %H:%M:%S}'")
    assert client.get(f"/changes.atom?key={key}").status_code == 401
