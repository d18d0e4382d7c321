"""Claims and slots: no Site visited twice at once, no request too early, nothing stuck after a death."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import insert
from sqlmodel import Session

from storage import articles, sites
from storage.database import Database
from storage.tables import Article, Site

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LEASE = timedelta(seconds=60)
GAP = timedelta(seconds=2)


def claim_due(session: Session, now: datetime, lease: timedelta) -> list[sites.Claim]:
    return sites.claim_each(session, sites.due(session, now, 10), now, lease)


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
        claims = claim_due(session, NOW, LEASE)
    assert [claim.host for claim in claims] == ["late.example", "busy.example"]
    with database.write() as session:
        assert claim_due(session, NOW, LEASE) == []


def test_a_visited_site_with_much_that_is_due_hides_no_other(database: Database) -> None:
    large = add(database, "large.example", 0, NOW - timedelta(days=1))
    small = [add(database, f"small{number}.example", 1, NOW - timedelta(minutes=number)) for number in (1, 2)]
    rows = [
        {"url": f"https://large.example/{number}", "kind": "url", "site_id": large, "added_at": NOW,
         "next_check_at": NOW - timedelta(hours=1), "state_since_at": NOW}
        for number in range(1, sites.FIRST_ROWS + 2)
    ]  # fmt: skip
    with database.write() as session:
        session.execute(insert(Article), rows)
        assert sites.due(session, NOW, 10) == [large, small[1], small[0]]
        assert sites.due(session, NOW, 1) == [large]
        assert sites.claim(session, large, NOW, LEASE)
        assert sites.due(session, NOW, 10) == [small[1], small[0]]


def test_a_claim_ends_with_its_lease_and_the_overtaken_visit_gets_no_slot(database: Database) -> None:
    add(database, "a.example", 1)
    with database.write() as session:
        [first] = claim_due(session, NOW, LEASE)
    later = NOW + LEASE + timedelta(seconds=1)
    with database.write() as session:
        [second] = claim_due(session, later, LEASE)
        assert sites.take_slot(session, first, later, GAP) is None
        assert sites.take_slot(session, second, later, GAP) == later
        sites.release(session, first)  # has no effect any more
        assert sites.claim(session, second.site_id, later, LEASE) is None


def test_slots_lie_a_gap_apart_whoever_takes_them(database: Database) -> None:
    site_id = add(database, "a.example", 1)
    slots = []
    for _ in range(3):
        with database.write() as session:
            claim = sites.claim(session, site_id, NOW, LEASE)
            assert claim is not None
            slots += [sites.take_slot(session, claim, NOW, GAP), sites.take_slot(session, claim, NOW, GAP)]
            sites.release(session, claim)
    assert slots == [NOW + index * GAP for index in range(6)]


def test_a_dead_service_leaves_nothing_claimed(database: Database) -> None:
    add(database, "a.example", 1)
    with database.write() as session:
        claim_due(session, NOW, timedelta(days=1))
    with database.write() as session:
        sites.release_all(session)
        assert len(claim_due(session, NOW, LEASE)) == 1


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
        assert len(claim_due(session, NOW, LEASE)) == 1


def test_a_site_whose_next_slot_is_far_away_is_not_visited_yet(database: Database) -> None:
    add(database, "slow.example", 1)
    with database.write() as session:
        [claim] = claim_due(session, NOW, LEASE)
        sites.take_slot(session, claim, NOW, timedelta(minutes=1))
        sites.release(session, claim)
        assert claim_due(session, NOW, LEASE) == []
        assert len(claim_due(session, NOW + timedelta(seconds=56), LEASE)) == 1


def test_a_gap_that_grew_counts_from_the_last_request(database: Database) -> None:
    add(database, "a.example", 1)
    with database.write() as session:
        [claim] = claim_due(session, NOW, LEASE)
        first = sites.take_slot(session, claim, NOW, GAP)
        longer = timedelta(seconds=30)
        assert first == NOW
        assert sites.take_slot(session, claim, NOW, longer, not_before=first + longer) == NOW + longer


def test_a_held_site_is_left_alone_and_its_articles_wait_with_it(database: Database) -> None:
    site_id = add(database, "a.example", 1)
    add(database, "a.example", 2, NOW + timedelta(hours=2))
    until = NOW + timedelta(minutes=30)
    with database.write() as session:
        sites.hold(session, site_id, until, "it answered 429 Too Many Requests")
        assert sites.due(session, NOW, 10) == []
        site = sites.take_slot_beside(session, "a.example", NOW, GAP)
        assert isinstance(site, Site)
        assert site.held_until_at == until
    with database.read() as session:
        first, second = articles.listing(session)
        assert (first.next_check_at, second.next_check_at) == (until, NOW + timedelta(hours=2))
        assert "429" in first.next_check_why
        assert articles.count_overdue(session, NOW + timedelta(minutes=1)) == 0
        assert sites.due(session, until, 10) == [site_id]


def test_a_redirect_takes_the_slot_of_the_site_that_it_leads_to(database: Database) -> None:
    with database.write() as session:
        assert sites.take_slot_beside(session, "b.example", NOW, GAP) == NOW
        assert sites.take_slot_beside(session, "b.example", NOW, GAP) == NOW + GAP
    add(database, "b.example", 1)
    with database.write() as session:
        [claim] = claim_due(session, NOW, LEASE)
        assert sites.take_slot(session, claim, NOW, GAP) == NOW + 2 * GAP


def test_a_pause_that_comes_during_a_check_stays_a_pause(database: Database) -> None:
    add(database, "a.example", 1)
    with database.write() as session:
        articles.save(session, 1, next_check_at=None)
        articles.schedule(session, 1, NOW, checks=1)
    with database.read() as session:
        article = articles.by_id(session, 1)
        assert article is not None
        assert (article.next_check_at, article.checks) == (None, 1)


def test_a_clock_that_was_set_back_silences_nobody(database: Database) -> None:
    site_id = add(database, "a.example", 1)
    tomorrow = NOW + timedelta(days=3)
    with database.write() as session:
        claim = sites.claim(session, site_id, tomorrow, LEASE)
        assert claim is not None
        sites.take_slot(session, claim, tomorrow, GAP)
        articles.schedule(session, 1, tomorrow + timedelta(minutes=5), last_checked_at=tomorrow)
        sites.release(session, claim)
        sites.hold(session, site_id, tomorrow, "503")
    with database.write() as session:
        assert articles.forget_future(session, NOW) == 1
        sites.forget_future(session, NOW)
    with database.read() as session:
        assert sites.due(session, NOW + timedelta(days=1), 10) == [site_id]
