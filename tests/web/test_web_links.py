"""Links in messages: looking changes nothing, sending does, and a token is good for one purpose only."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient

from alerts.channels import registry
from alerts.links import Links, Mute
from alerts.rulebook import add_rule
from monitor.config import Settings
from monitor.outgoing import links_of
from storage import mutes, rules
from storage.database import Database
from tests.web.newsroom import Newsroom

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def links(database: Database, newsroom: Newsroom) -> Links:
    """Those of a database with article 1, a channel `desk` and a rule `tolls`."""
    newsroom.ferry()
    with database.write() as session:
        registry.add_channel(session, "desk", "desk@example.org")
        add_rule(session, "tolls", "desk")
    return links_of(database, Settings())


def path(address: str) -> str:
    return "/" + address.split("/", 3)[3]


def muted(database: Database) -> list[tuple[str, int | None, int | None, int | None]]:
    with database.read() as session:
        return [
            (one.what, one.line_id, one.article_id, one.rule_id)
            for one in mutes.in_force(session, [1], datetime.now(UTC))
        ]


def line_of(database: Database) -> int:
    with database.read() as session:
        from storage import facts

        return next(fact.line_id for fact in facts.of_article(session, 1) if fact.line_id)


def test_an_article_is_muted_by_sending_the_form_and_heard_of_again(
    client: TestClient, database: Database, links: Links
) -> None:
    address = path(links.mute(Mute(1, "article", 1)))
    asked = client.get(address)
    assert asked.status_code == 200
    assert "Mute it" in asked.text
    assert muted(database) == []
    done = client.post(address, data={"days": "7"})
    assert done.status_code == 200
    assert "hears nothing of" in done.text
    assert muted(database) == [("article", None, 1, None)]
    client.post(address, data={"days": "30"})
    assert len(muted(database)) == 1
    assert "Hear of it again" in client.get(address).text
    assert "hears of it again" in client.post(address, data={"undo": "1"}).text
    assert muted(database) == []


def test_a_fact_and_a_rule_are_muted(client: TestClient, database: Database, links: Links) -> None:
    line = line_of(database)
    assert client.post(path(links.mute(Mute(1, "fact", line, 1)))).status_code == 200
    assert client.post(path(links.mute(Mute(1, "rule", 1)))).status_code == 200
    assert muted(database) == [("fact", line, 1, None), ("rule", None, None, 1)]


def test_unsubscribing_in_one_click_and_coming_back(client: TestClient, database: Database, links: Links) -> None:
    address = path(links.unsubscribe(1))
    assert "Send nothing more" in client.get(address).text
    with database.read() as session:
        assert rules.channels(session)[0].enabled
    assert client.post(address, data=ONE_CLICK).status_code == 200
    with database.read() as session:
        (channel,) = rules.channels(session)
        assert (channel.enabled, channel.disabled_reason) == (
            False,
            f"unsubscribed by the link in a message, {datetime.now(UTC):%Y-%m-%d}",
        )
    assert "Send to it again" in client.get(address).text
    client.post(address, data={"undo": "1"})
    with database.read() as session:
        assert rules.channels(session)[0].enabled


def test_what_an_admin_switched_off_stays_off(client: TestClient, database: Database, links: Links) -> None:
    with database.write() as session:
        rules.disable_channel(session, 1, "by hand")
    address = path(links.unsubscribe(1))
    assert "Send to it again" not in client.get(address).text
    client.post(address, data={"undo": "1"})
    client.post(address, data=ONE_CLICK)
    with database.read() as session:
        assert rules.channels(session)[0].disabled_reason == "by hand"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_tokens_that_are_not_ours_not_whole_or_for_something_else(
    client: TestClient, database: Database, links: Links, method: str
) -> None:
    mute, unsubscribe = (
        path(each).rsplit("/", 1)[1] for each in (links.mute(Mute(1, "rule", 1)), links.unsubscribe(1))
    )
    forged = Links(b"other key" * 4, "http://127.0.0.1:8000").unsubscribe(1).rsplit("/", 1)[1]
    for where in (
        f"/mute/{unsubscribe}", f"/unsubscribe/{mute}", f"/unsubscribe/{forged}", f"/mute/{mute[:-1]}", "/mute/x",
        f"/unsubscribe/{'x' * 250}", "/mute/%00", "/unsubscribe/W10.x.y",
    ):  # fmt: skip
        answer = client.request(method, where)
        assert answer.status_code in (404, 405, 422), where
    assert muted(database) == []
    with database.read() as session:
        assert rules.channels(session)[0].enabled


def test_what_is_gone_is_said_to_be(client: TestClient, links: Links) -> None:
    assert client.get(path(links.unsubscribe(99))).status_code == 404
    assert client.post(path(links.mute(Mute(1, "article", 99)))).status_code == 404
    assert client.post(path(links.mute(Mute(1, "article", 1))), data={"days": "100000"}).status_code == 400


def test_links_grow_old(links: Links, monkeypatch: pytest.MonkeyPatch) -> None:
    import itsdangerous.timed

    long_ago = Links(b"k" * 32, "http://127.0.0.1:8000")
    monkeypatch.setattr(itsdangerous.timed.time, "time", lambda: 1_600_000_000)
    token = long_ago.mute(Mute(1, "rule", 1)).rsplit("/", 1)[1]
    monkeypatch.undo()
    with pytest.raises(Exception, match="older than 90 days"):
        long_ago.read_mute(token)
