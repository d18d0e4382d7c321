"""`/health`: 200 while everything runs, else 503 with the reasons."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from monitor.wellbeing import LOOPS, SILENT
from storage import deliveries, loops, rules, sites
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
    assert page.status_code == 503


def test_for_a_person(filled: TestClient) -> None:
    answer = filled.get("/health", headers={"accept": "text/html,*/*"})
    assert answer.status_code == 200
    assert "Everything runs" in answer.text


def test_what_was_given_up_is_said(client: TestClient, newsroom: Newsroom, database: Database) -> None:
    newsroom.beat()
    newsroom.article("https://a.example/storm")
    with database.write() as session:
        desk = rules.add_channel(session, "desk", "email", "desk@a.example", None, newsroom.now)
        deliveries.add_alert(
            session, alert_id="al1", created_at=newsroom.now, payload={"title": "17 → 31 people killed"}
        )
        deliveries.add(session, "d1", "al1", desk.id or 0, newsroom.now)
        rules.disable_channel(session, desk.id or 0, "550 no such user")
        deliveries.fail_disabled(session, newsroom.now)
    answer = client.get("/health", headers={"accept": "text/html,*/*"})
    assert answer.status_code == 200
    assert "Everything runs" not in answer.text
    assert "1 given up" in answer.text


def test_what_is_wrong_beside_the_service_is_a_warning(
    client: TestClient, newsroom: Newsroom, database: Database
) -> None:
    newsroom.beat()
    newsroom.article("https://a.example/late", next_check_at=newsroom.ago(minutes=15))
    with database.write() as session:
        site = sites.get_or_add(session, "a.example", newsroom.now)
        for _ in range(5):
            sites.record(session, site.id or 0, ok=False, reason="503 <Unavailable>", now=newsroom.now)
    answer = client.get("/health")
    body = answer.json()
    assert (answer.status_code, body["status"], body["overdue"]) == (200, "ok", 1)
    assert body["sites"] == {"total": 1, "failing": 1, "held": 0}
    assert any("1 article is overdue" in warning for warning in body["warnings"])
    assert any("a.example failed 5 times in a row" in warning for warning in body["warnings"])
    shown = client.get("/health", headers={"accept": "text/html,*/*"}).text
    assert "503 &lt;Unavailable&gt;" in shown
    assert "Everything runs" not in shown


def test_nothing_is_checked_any_more(client: TestClient, newsroom: Newsroom) -> None:
    newsroom.beat()
    newsroom.article("https://a.example/late", next_check_at=newsroom.ago(hours=2))
    answer = client.get("/health")
    assert answer.status_code == 503
    assert "No article was checked ever" in answer.json()["reasons"][0]


def test_a_metric_for_each(client: TestClient, newsroom: Newsroom, database: Database) -> None:
    newsroom.beat()
    newsroom.article("https://a.example/late", next_check_at=newsroom.ago(minutes=15))
    with database.write() as session:
        loops.beat(session, "scheduler", newsroom.ago(minutes=5))
        site = sites.get_or_add(session, "a.example", newsroom.now)
        for _ in range(5):
            sites.record(session, site.id or 0, ok=False, reason="503", now=newsroom.now)
        sites.hold(session, site.id or 0, newsroom.now + timedelta(hours=1), "503")
        sites.get_or_add(session, "b.example", newsroom.now)
    text = client.get("/metrics").text
    for line in (
        'corrigenda_articles{state="ok"} 1.0',
        "corrigenda_sites 2.0",
        "corrigenda_sites_failing 1.0",
        "corrigenda_sites_held 1.0",
        'corrigenda_loop_running{loop="scheduler"} 0.0',
        'corrigenda_loop_running{loop="deliveries"} 1.0',
        "corrigenda_articles_overdue 0.0",  # it waits with its site
        "# TYPE corrigenda_clock_jumps_total counter",
        "# TYPE corrigenda_checks_total counter",
    ):
        assert line in text.splitlines(), line
