"""What is done on the pages of a desk: many articles at once, stories, rules, channels, deliveries."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from alerts import outbox, rulebook
from alerts.deliver import Deliverer
from alerts.event import Event
from monitor import tracking
from monitor.config import Settings
from monitor.outgoing import delivery_settings, senders_of
from storage import articles, deliveries, mutes, rules, stories, tags
from storage.database import Database
from storage.tables import Change
from tests.web.newsroom import HOSTILE, Newsroom
from tests.web.reading import Page


def send(client: TestClient, path: str, *, seen_on: str = "/articles", **fields: Any) -> Response:
    """Send a form as a browser does that was shown one."""
    found = re.search(r'name="csrf" value="([^"]+)"', client.get(seen_on).text)
    assert found is not None, f"{seen_on} has no form"
    return client.post(path, data={"csrf": found[1], **fields})


@pytest.fixture
def desk(client: TestClient, newsroom: Newsroom) -> TestClient:
    """A browser at four Articles, of which the first was changed twice."""
    newsroom.ferry()
    for number in range(3):
        newsroom.article(f"https://wire.example/{number}", headline=f"Strike {number}")
    return client


def test_ticked_articles_are_tagged_and_it_is_said(desk: TestClient, database: Database) -> None:
    page = Page(send(desk, "/articles/bulk", action="tag", id=[2, 3], value="Lead, #mali").text)
    assert "2 articles are tagged." in page.text
    assert page.faults == []
    with database.read() as session:
        assert tags.counts(session) == [("lead", 2), ("mali", 2)]
    assert "of 2 articles" in Page(desk.get("/articles?tag=lead").text).text
    assert "A tag is taken off 1 article." in send(desk, "/articles/bulk", action="untag", id=[2], value="lead").text


def test_all_that_were_found_are_meant(desk: TestClient, database: Database) -> None:
    answer = send(desk, "/articles/bulk", action="pause", which="all", q="strike", id=[1])
    assert "3 articles are paused." in answer.text
    assert "q=strike" in str(answer.url)
    with database.read() as session:
        assert [row.next_check_at is None for row in articles.listing(session)] == [False, True, True, True]
    assert "2 articles are watched again." in send(desk, "/articles/bulk", action="resume", id=[2, 3]).text
    assert "of 1 article" in Page(desk.get("/articles?state=paused").text).text


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"action": "tag", "id": [1], "value": "!!"}, "is no tag"), ({"action": "tag", "id": [1]}, "write the tag"),
        ({"action": "interval", "id": [1], "value": "soon"}, "not a time"),
        ({"action": "story", "id": [1]}, "is empty"),
        ({"action": "pause"}, "no article is ticked"),
        ({"action": "pause", "which": "all", "q": "absent"}, "no article"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said_on_the_list(desk: TestClient, fields: dict[str, Any], fault: str) -> None:
    answer = send(desk, "/articles/bulk", **fields)
    page = Page(answer.text)
    assert answer.status_code == 400
    assert "Nothing was done" in page.text
    assert fault in page.text
    assert page.faults == []


def test_removing_asks_again_with_how_many_and_which(desk: TestClient, database: Database) -> None:
    asked = send(desk, "/articles/bulk", action="remove", id=[1, 2])
    page = Page(asked.text)
    assert "Remove 2 articles?" in page.text
    assert "Ferry capsizes off Port Harran, 31 dead" in page.text
    assert page.faults == []
    assert "Remove 2 articles?" in send(desk, "/articles/bulk", action="remove", id=[1, 2], sure=3).text
    answer = send(desk, "/articles/bulk", action="remove", id=[1, 2], sure=2)
    assert "2 articles are removed" in answer.text
    with database.read() as session:
        assert articles.count(session) == 2


def test_nothing_is_done_without_a_token(desk: TestClient) -> None:
    assert desk.post("/articles/bulk", data={"action": "remove", "id": 1, "sure": 1}).status_code == 403


def test_a_story_from_making_to_removing(desk: TestClient, database: Database) -> None:
    made = send(desk, "/stories", seen_on="/stories", name=f" Ferry {HOSTILE[:60]} ", note="What\nhappened")
    page = Page(made.text)
    assert page.faults == []
    assert "The story is made" in page.text
    assert "1 article is put into the story." in send(desk, "/stories/1/articles", named="capsizes").text
    page = Page(desk.get("/stories/1").text)
    assert "People killed: at least 17 → 31" in page.text
    assert "no article" in send(desk, "/stories/1/articles", named="nothing like that").text
    assert "another story" in _second(desk)
    assert "The story is changed." in send(desk, "/stories/1", name="Port Harran", note="").text
    assert "Port Harran" in desk.get("/stories").text
    assert "1 article is taken out" in send(desk, "/stories/1/articles/remove", id=[1]).text
    assert "tick the box" in send(desk, "/stories/1/remove").text
    assert "The story is removed." in send(desk, "/stories/1/remove", sure="yes").text
    with database.read() as session:
        assert [each.story.name for each in stories.listing(session)] == ["Other"]
        assert articles.count(session) == 4


def _second(desk: TestClient) -> str:
    send(desk, "/stories", seen_on="/stories", name="Other")
    return send(desk, "/stories/1", name="OTHER").text


def test_the_first_channel_brings_rules_that_say_what_they_send(desk: TestClient) -> None:
    assert "add a channel" in Page(desk.get("/rules").text).text.lower()
    answer = send(desk, "/channels", seen_on="/channels", name="desk", address="desk@example.org")
    assert "The channel is added." in answer.text
    page = Page(desk.get("/rules").text)
    assert page.faults == []
    assert "Sends changes of casualties, personnel and dates, in all articles, at once to desk." in page.text
    assert "daily at 08:00 (UTC) to desk" in page.text


@pytest.mark.parametrize(
    "address", ["", "nobody", "http://", "javascript:alert(1)", "desk@example.org\nBcc: x@y.example"]
)
def test_a_channel_that_cannot_be_is_refused(desk: TestClient, address: str) -> None:
    answer = send(desk, "/channels", seen_on="/channels", name="desk", address=address)
    assert answer.status_code == 400
    assert "Nothing was added" in answer.text
    assert Page(answer.text).faults == []


def test_a_secret_is_shown_once_and_changed(desk: TestClient) -> None:
    made = send(desk, "/channels", seen_on="/channels", name="bot", address="https://bot.example/hook").text
    [first] = set(re.findall(r"whsec_[A-Za-z0-9+/=]{20,}", made))
    assert first not in desk.get("/channels/1").text + desk.get("/channels").text
    changed = send(desk, "/channels/1/rotate", seen_on="/channels/1").text
    [second] = set(re.findall(r"whsec_[A-Za-z0-9+/=]{20,}", changed))
    assert second != first
    assert "The old one signs as well until" in Page(changed).text


def test_a_channel_is_tried_switched_changed_and_removed(desk: TestClient) -> None:
    send(desk, "/channels", seen_on="/channels", name="bot", address="http://127.0.0.1:9/hook")
    tried = Page(send(desk, "/channels/1/test", seen_on="/channels/1").text)
    assert "The test message was not taken" in tried.text
    assert "127.0.0.1" in tried.text, "the real answer: it is no public address"
    assert "nothing goes there" in send(desk, "/channels/1/switch", seen_on="/channels/1").text
    assert "switched off" in desk.get("/channels").text
    assert "switched on" in send(desk, "/channels/1/switch", seen_on="/channels/1", on="true").text
    quiet = {"quiet_from": "22:00", "quiet_until": "7:00", "zone": "Europe/Berlin", "interval": "15m", "name": "bot 2"}
    assert "The channel is changed." in send(desk, "/channels/1", seen_on="/channels/1", **quiet).text
    assert 'value="15m"' in desk.get("/channels/1").text
    bad = send(desk, "/channels/1", seen_on="/channels/1", **quiet | {"zone": "Berlin", "interval": "soon"})
    assert bad.status_code == 400
    assert "no time zone" in bad.text
    assert "no length of time" in bad.text
    assert "tick the box" in send(desk, "/channels/1/remove", seen_on="/channels/1").text
    assert "The channel is removed." in send(desk, "/channels/1/remove", seen_on="/channels/1", sure="yes").text
    assert desk.get("/channels/1").status_code == 404


@pytest.fixture
def telling(desk: TestClient, database: Database) -> TestClient:
    """With a channel and its two rules."""
    with database.write() as session:
        rulebook.add_channel(session, "desk", "desk@example.org")
        rulebook.add_channel(session, "bot", "https://bot.example/hook")
    return desk


RULE = {"name": "Tolls", "channels": ["desk", "bot"], "kinds": ["casualties"], "when": "at once"}


def test_a_rule_is_written_tried_saved_changed_and_removed(telling: TestClient, database: Database) -> None:
    said = Page(send(telling, "/rules/say", seen_on="/rules/new", **RULE, subjects="killed\nwounded").text)
    assert "changes of casualties about “killed” or “wounded”, in all articles, at once to bot and desk" in said.text
    tried = Page(send(telling, "/rules", seen_on="/rules/new", **RULE, do="try").text)
    assert tried.faults == []
    assert "It would have sent 1 alert with 1 change" in tried.text
    assert {"class": "sentence", "href": "/articles/1"} in tried.links
    with database.read() as session:
        assert rules.rule_by_name(session, "Tolls") is None
    made = send(telling, "/rules", seen_on="/rules/new", **RULE, do="save", confirmations="2", story_id="", baseline="")
    assert "The rule is made" in made.text
    with database.read() as session:
        rule = rules.rule_by_name(session, "Tolls")
        assert rule is not None
        assert rule.condition == {"kinds": ["casualties"], "confirmations": 2}
    path = f"/rules/{rule.id}"
    page = Page(telling.get(path).text)
    assert page.faults == []
    changed = {**RULE, "name": "Tolls again", "when": "daily", "at": "7:30", "zone": "Europe/Berlin", "percent": "10"}
    assert "The rule is changed." in send(telling, path, seen_on=path, **changed, do="save").text
    assert "daily at 07:30 (Europe/Berlin)" in telling.get("/rules").text
    assert "The rule is switched off." in send(telling, f"{path}/switch", seen_on=path).text
    assert "switched off" in telling.get("/rules").text
    assert "tick the box" in send(telling, f"{path}/remove", seen_on=path).text
    assert "The rule is removed." in send(telling, f"{path}/remove", seen_on=path, sure="yes").text


@pytest.mark.parametrize(
    ("wrong", "field", "fault"),
    [
        ({"percent": "much"}, "percent", "write a number"), ({"size": "-1"}, "size", "above 0"),
        ({"subjects": "/(/"}, "subjects", ""), ({"site": "a b"}, "site", "is no site"),
        ({"at": "25:00"}, "at", "no time of day"),
        ({"zone": "Mars/Olympus"}, "zone", "no time zone"), ({"languages": "english!"}, "languages", "no language"),
        ({"confirmations": "1.5"}, "confirmations", "whole number"),
        ({"article_id": "999"}, "article_id", "no article"),
        ({"kinds": ["feelings"]}, "kinds", "no kind"), ({"interval": "soon"}, "interval", "length of time"),
        ({"name": ""}, "name", ""), ({"name": "Tolls and dates at once"}, "name", "already"),
        ({"channels": []}, "channels", "tells nobody"), ({"quiet_from": "22:00"}, "", "both a beginning and an end"),
        ({"firmness": "weaker", "percent": "10"}, "", "neither direction nor size"),
        ({"story_id": "77"}, "story_id", "no story"),
    ],
)  # fmt: skip
def test_what_is_wrong_stands_beside_its_field(
    telling: TestClient, database: Database, wrong: dict[str, Any], field: str, fault: str
) -> None:
    answer = send(telling, "/rules", seen_on="/rules/new", **{**RULE, **wrong}, do="save")
    page = Page(answer.text)
    assert answer.status_code == 400
    assert page.faults == []
    assert fault in page.text
    assert not field or f'id="fault-{field}"' in answer.text
    with database.read() as session:
        assert rules.rule_by_name(session, "Tolls") is None


def test_a_rule_shows_hostile_words_as_words(telling: TestClient) -> None:
    answer = send(
        telling, "/rules", seen_on="/rules/new", **{**RULE, "subjects": HOSTILE, "tag": HOSTILE[:60]}, do="try"
    )
    assert Page(answer.text).faults == []


@pytest.fixture
def outgoing(telling: TestClient, database: Database) -> str:
    """The id of a delivery that failed, of the change of a toll."""
    with database.write() as session:
        change = session.get(Change, 1)
        assert change is not None
        event = Event(
            article_id=1, url="https://www.harran-post.example/ferry", headline="Ferry", publisher="The Harran Post",
            before=1, after=2, seen_at=datetime.now(UTC) - timedelta(hours=1),
            changes=[{**change.body, "id": 1}],
            version_id=change.to_version_id, language="en",
        )  # fmt: skip
        assert outbox.write(session, event)
    with database.write() as session:
        [(delivery, _, _)] = deliveries.listed(session, "waiting")
    _seal(database, delivery.id)
    return delivery.id


def _seal(database: Database, delivery_id: str) -> None:
    """Let it go once, to a mail server that there is not."""

    async def once() -> None:
        stopping = asyncio.Event()
        deliverer = Deliverer(database, senders_of(Settings()), delivery_settings(Settings()))
        running = asyncio.create_task(deliverer.run(stopping))
        for _ in range(100):
            await asyncio.sleep(0.05)
            with database.read() as session:
                if deliveries.attempts(session, delivery_id):
                    break
        stopping.set()
        await running

    asyncio.run(once())


def test_the_outbox_shows_every_try_and_the_message(telling: TestClient, outgoing: str, database: Database) -> None:
    page = Page(telling.get("/deliveries").text)
    assert page.faults == []
    assert {"href": f"/deliveries/{outgoing}"} in page.links
    one = Page(telling.get(f"/deliveries/{outgoing}").text)
    assert one.faults == []
    assert "no mail server is configured" in one.text
    assert "31" in one.text
    assert "at least 17" in one.text
    assert "No delivery fits" in Page(telling.get("/deliveries?state=delivered").text).text
    with database.write() as session:
        session.connection().exec_driver_sql("UPDATE delivery SET state = 'failed', next_attempt_at = NULL")
    assert "Send all 1 failed one again" in Page(telling.get("/deliveries").text).text
    assert "It is due now" in send(telling, f"/deliveries/{outgoing}/retry", seen_on=f"/deliveries/{outgoing}").text
    with database.write() as session:
        session.connection().exec_driver_sql("UPDATE delivery SET state = 'delivered', finished_at = created_at")
    again = send(telling, f"/deliveries/{outgoing}/retry", seen_on="/rules/new")
    assert again.status_code == 409
    assert "was delivered at" in again.text


def test_all_failed_ones_of_a_channel_are_sent_again(telling: TestClient, outgoing: str, database: Database) -> None:
    with database.write() as session:
        session.connection().exec_driver_sql("UPDATE delivery SET state = 'failed', next_attempt_at = NULL")
    assert "No deliveries are due now." in send(telling, "/deliveries/retry", seen_on="/deliveries", channel="bot").text
    assert "1 delivery is due now." in send(telling, "/deliveries/retry", seen_on="/deliveries", channel="desk").text
    assert send(telling, "/deliveries/retry", seen_on="/rules/new", channel="nobody").status_code == 400


def test_a_mute_is_listed_and_ended(telling: TestClient, database: Database) -> None:
    with database.write() as session:
        rulebook.add_mute(session, "desk", article_id=1, by="Jo", now=datetime.now(UTC) - timedelta(days=1))
    page = Page(telling.get("/rules").text)
    assert "article 1 (Ferry capsizes off Port Harran, 31 dead)" in page.text
    assert "heard of again" in send(telling, "/mutes/1/end", seen_on="/rules").text
    with database.read() as session:
        assert not mutes.listed(session, datetime.now(UTC))
    assert send(telling, "/mutes/1/end", seen_on="/rules/new").status_code == 404


def test_only_articles_that_are_there_are_counted(desk: TestClient, database: Database) -> None:
    assert tracking.pause(database, [1, 77]) == 1
    assert "1 article is due now." in send(desk, "/articles/bulk", action="check", id=[1, 77]).text
