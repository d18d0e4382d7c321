"""Claims and slots: no Site visited twice at once, no request too early, nothing stuck after a death."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from storage import articles, sites
from storage.database import Database

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LEASE = timedelta(seconds=60)
GAP = timedelta(seconds=2)


def add(database: Database, host: str, number: int, due: datetime = NOW) -> int:
    with database.write() as session:
        article, _ = articles.add(session, f"https://{host}/{number}", kind="url", host=host, now=due)
        return article.site_id


def test_each_due_site_is_claimed_once_the_most_overdue_first(database: Database) -> None:
    for number in range(30):
        add(database, "busy.example", number, NOW - timedelta(minutes=1))
    add(database, "late.example", 1, NOW - timedelta(hours=1))
    add(database, "later.example", 1, NOW + timedelta(hours=1))
    with database.write() as session:
        claims = sites.claim_due(session, NOW, LEASE, 10)
    assert [claim.host for claim in claims] == ["late.example", "busy.example"]
    with database.write() as session:
        assert sites.claim_due(session, NOW, LEASE, 10) == []


def test_a_claim_ends_with_its_lease_and_the_overtaken_visit_gets_no_slot(database: Database) -> None:
    add(database, "a.example", 1)
    with database.write() as session:
        [first] = sites.claim_due(session, NOW, LEASE, 10)
    later = NOW + LEASE + timedelta(seconds=1)
    with database.write() as session:
        [second] = sites.claim_due(session, later, LEASE, 10)
        assert sites.take_slot(session, first, later, GAP) is None
        assert sites.take_slot(session, second, later, GAP) == later
        sites.release(session, first)  # has no effect any more
        assert sites.claim(session, second.site_id, later, LEASE) is None


def test_slots_lie_a_gap_apart_whoever_takes_them(database: Database) -> None:
    add(database, "a.example", 1)
    slots = []
    for _ in range(3):
        with database.write() as session:
            [claim] = sites.claim_due(session, NOW, LEASE, 10)
            slots += [sites.take_slot(session, claim, NOW, GAP), sites.take_slot(session, claim, NOW, GAP)]
            sites.release(session, claim)
    assert slots == [NOW + index * GAP for index in range(6)]


def test_a_dead_service_leaves_nothing_claimed(database: Database) -> None:
    add(database, "a.example", 1)
    with database.write() as session:
        sites.claim_due(session, NOW, timedelta(days=1), 10)
    with database.write() as session:
        sites.release_all(session)
        assert len(sites.claim_due(session, NOW, LEASE, 10)) == 1


def test_overdue_articles_are_spread_after_a_stop(database: Database) -> None:
    for number in range(200):
        add(database, f"{number % 7}.example", number, NOW - timedelta(hours=3))
    with database.write() as session:
        assert articles.spread_overdue(session, NOW, rate=10.0) == 200
    with database.read() as session:
        moments = sorted(article.next_check_at for article in articles.listing(session) if article.next_check_at)
    assert moments[0] >= NOW
    assert timedelta(seconds=15) < moments[-1] - moments[0] <= timedelta(seconds=20)
    assert len([moment for moment in moments if moment < NOW + timedelta(seconds=1)]) <= 15


def test_a_few_overdue_articles_do_not_wait(database: Database) -> None:
    add(database, "a.example", 1, NOW - timedelta(hours=3))
    with database.write() as session:
        articles.spread_overdue(session, NOW, rate=10.0)
        assert len(sites.claim_due(session, NOW, LEASE, 10)) == 1
