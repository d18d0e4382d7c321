"""The page with all that an alert told."""

from __future__ import annotations

import re

from fastapi.testclient import TestClient

from alerts.channels import registry
from alerts.told import Flapping, OtherSource, ToldArticle, ToldStory
from storage.database import Database
from storage.tables import Alert
from tests.unit.alerts.examples import SEEN_AT, fact, headline, payload_of, told_by, toll
from tests.web.reading import Page

HOSTILE = "<script>alert(1)</script> & \u202emoc.live"


def keep(database: Database, *told: dict, **fields: object) -> None:  # type: ignore[type-arg]
    with database.write() as session:
        channel = registry.add_channel(session, "desk", "desk@example.org")
        payload = payload_of(told_by(told, **fields))
        session.add(Alert(id="alrt_1", channel_id=channel.id, created_at=SEEN_AT, sealed_at=SEEN_AT, payload=payload))


def test_it_shows_both_sentences_the_others_and_where_to_compare(client: TestClient, database: Database) -> None:
    others = [OtherSource(2, "Reuters", None, "https://r.example", fact("Some 303 died.", "303"), SEEN_AT)]
    article = ToldArticle(1, "https://news.example.com/mali", HOSTILE, HOSTILE, ToldStory(7, HOSTILE, 1))
    keep(
        database, toll(), headline(HOSTILE, "New"), article=article, others=others, flapping=Flapping(3, SEEN_AT),
        rules=(HOSTILE,),
    )  # fmt: skip
    answer = client.get("/alerts/alrt_1")
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert "\u202e" not in answer.text
    text = Page(answer.text).text
    for said in ("At least 170 peacekeepers", "At least 303 peacekeepers", "Reuters", "flapping, 3 times"):
        assert said in text
    assert 'href="/articles/1/compare/1/2"' in answer.text


def test_a_thousand_changes_are_all_on_it(client: TestClient, database: Database) -> None:
    keep(database, *[toll(str(n), str(n + 1)) for n in range(1, 1001)])
    text = client.get("/alerts/alrt_1").text
    assert all(f"at least {n} → at least {n + 1} peacekeepers killed" in text for n in range(1, 1001))


def test_what_is_not_there(client: TestClient, database: Database) -> None:
    for alert_id in ("alrt_2", "x", "%00", "x" * 90):
        assert client.get(f"/alerts/{alert_id}").status_code == 404


def test_own_wording_is_shown_before_it_is_kept(client: TestClient, database: Database) -> None:
    keep(database, toll())
    form = Page(client.get("/channels/1/wording").text)
    assert "At least [303] peacekeepers" in form.text
    token = form_token(client.get("/channels/1/wording").text)
    tried = client.post("/channels/1/wording", data={"subject": "NEWS {{ title }}", "csrf": token})
    assert "NEWS at least 170 → at least 303 peacekeepers killed" in tried.text
    bad = client.post("/channels/1/wording", data={"text": "{{ nothing }}", "keep": "true", "csrf": token})
    assert bad.status_code == 400
    assert "text: 'nothing' is undefined" in Page(bad.text).text
    kept = client.post("/channels/1/wording", data={"subject": "NEWS {{ title }}", "keep": "true", "csrf": token})
    assert "The wording is saved" in kept.text
    with database.read() as session:
        assert registry.channel(session, "desk").templates == {"subject": "NEWS {{ title }}"}


def form_token(html: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', html)
    assert found
    return found[1]
