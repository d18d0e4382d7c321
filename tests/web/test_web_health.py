"""`/health`: 200 while everything runs, else 503 with the reasons."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from monitor.wellbeing import LOOPS, SILENT
from storage import deliveries, loops, rules
from storage.database import Database
from tests.web.conftest import browse
from tests.web.newsroom import Newsroom


def test_all_is_well(filled: TestClient) -> None:
    answer = filled.get("/health")
    body = answer.json()
    assert (answer.status_code, body["status"], body["reasons"]) == (200, "ok", [])
    assert set(body["loops"]) == set(LOOPS)
    assert body["articles"] == {"ok": 1, "new": 1}


def test_never_started(client: TestClient) -> None:
    answer = client.get("/health")
    assert answer.status_code == 503
    assert answer.json()["reasons"] == [f"The {name} loop has never run." for name in LOOPS]


@pytest.mark.parametrize("name", LOOPS)
@pytest.mark.parametrize(("late", "status"), [(timedelta(seconds=-20), 200), (timedelta(seconds=5), 503)])
def test_a_loop_that_stopped(
    client: TestClient, newsroom: Newsroom, database: Database, name: str, late: timedelta, status: int
) -> None:
    newsroom.beat()
    with database.write() as session:
        loops.beat(session, name, newsroom.now - SILENT - late)
    answer = client.get("/health")
    assert answer.status_code == status
    assert [name in reason for reason in answer.json()["reasons"]] == ([True] if status == 503 else [])


def test_a_database_that_does_not_answer(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'corrigenda.db'}")
    with browse(database) as browser:
        database.close()
        (tmp_path / "corrigenda.db").write_bytes(b"this is no database" * 99)
        answer = browser.get("/health")
        page = browser.get("/")
    assert (answer.status_code, answer.json()["reasons"]) == (503, ["The database does not answer; the log says why."])
    assert page.status_code == 500


def test_for_a_person(filled: TestClient) -> None:
    answer = filled.get("/health", headers={"accept": "text/html,*/*"})
    assert answer.status_code == 200
    assert "Everything runs" in answer.text


def test_what_was_given_up_is_said(client: TestClient, newsroom: Newsroom, database: Database) -> None:
    newsroom.beat()
    article_id = newsroom.article("https://a.example/storm")
    with database.write() as session:
        desk = rules.add_channel(session, "desk", "email", "desk@a.example", None, newsroom.now)
        rule = rules.add_rule(session, "all", desk.id or 0, newsroom.now)
        deliveries.add_alert(
            session, alert_id="al1", rule=rule, article_id=article_id, version_id=None, created_at=newsroom.now,
            payload={"title": "17 → 31 people killed"}, change_ids=[],
        )  # fmt: skip
        deliveries.add(session, "d1", "al1", desk.id or 0, newsroom.now)
        rules.disable_channel(session, desk.id or 0, "550 no such user")
        deliveries.fail_disabled(session, newsroom.now)
    answer = client.get("/health", headers={"accept": "text/html,*/*"})
    assert answer.status_code == 200
    assert "Everything runs" not in answer.text
    assert "1 given up" in answer.text
