"""What the cluster is made of, piece by piece: the queue, claims that are renewed, fences, one of several, a clock."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from procrastinate.exceptions import ConnectorException
from sqlalchemy import text

from monitor.clock import SharedClock
from monitor.config import Settings
from monitor.engine import Engine, QueueAwayError
from monitor.sources.address import Address
from monitor.tasks import _still_mine
from monitor.turns import OvertakenError, Sent, Turns
from storage import articles, loops, sites, steps
from storage.database import Database
from storage.steps import Step, Stepped
from storage.together import Together
from tests.flow.test_watchdog import FakeClock

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LEASE = timedelta(seconds=40)


@pytest.fixture
def shared(postgresql_url: str) -> Iterator[Database]:
    """A database that others may work on as well."""
    with closing(Database(postgresql_url)) as database:
        yield database


def test_a_site_stands_in_the_queue_once_and_is_visited_by_one_at_a_time(shared: Database) -> None:
    due = [(number, f"h{number}.example") for number in range(1, 6)]
    visited: list[int] = []
    under_way: set[int] = set()
    at_once: list[int] = []
    gate = threading.Event()

    def visit(site_id: int) -> None:
        assert site_id not in under_way
        under_way.add(site_id)
        at_once.append(len(under_way))
        gate.wait(10)
        under_way.discard(site_id)
        visited.append(site_id)

    with closing(Engine(shared)) as first, closing(Engine(shared)) as second:
        assert first.enqueue_sites(lambda most: due[:most], 3) == 3
        assert second.enqueue_sites(lambda most: due[:most], 3) == 0, "no more than so many wait"
        assert second.enqueue_sites(lambda most: due[:most], 9) == 2, "what waits already is not enqueued again"
        for engine in (first, second):
            engine.run(visit, at_once=2)
        until(lambda: len(under_way) == 4)
        assert first.enqueue_sites(lambda most: [(1, "h1.example")], 9) == 1, "one may wait while one is under way"
        gate.set()
        until(lambda: len(visited) == 6)
    assert sorted(visited) == [1, 1, 2, 3, 4, 5]
    assert max(at_once) == 4


def test_the_job_of_a_silent_worker_is_thrown_away_and_its_site_enqueued_anew(shared: Database) -> None:
    with closing(Engine(shared)) as engine:
        engine.enqueue_sites(lambda most: [(1, "h1.example")], 9)
        with shared.write() as session:  # as a worker leaves it that was killed a minute ago
            session.connection().execute(text("SET LOCAL search_path TO procrastinate"))
            session.connection().execute(
                text("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 minute')")
            )
            fetched = "SELECT id FROM procrastinate_fetch_job_v2(NULL, (SELECT max(id) FROM procrastinate_workers))"
            assert session.connection().execute(text(fetched)).scalar()
        engine.enqueue_sites(lambda most: [(1, "h1.example")], 9)
        assert engine.reap() == 1
        assert engine.reap() == 0
        visited: list[int] = []
        engine.run(visited.append, at_once=1)
        until(lambda: visited == [1])


def test_a_worker_whose_connections_are_cut_goes_on_and_says_so_in_a_line(
    shared: Database, caplog: pytest.LogCaptureFixture
) -> None:
    cut = (
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
        "WHERE datname = current_database() AND query LIKE '%procrastinate%' AND pid <> pg_backend_pid()"
    )
    visited: list[int] = []
    with closing(Engine(shared)) as engine:
        engine.run(visited.append, at_once=1)
        engine.enqueue_sites(lambda most: [(1, "h1.example")], 9)
        until(lambda: visited == [1])
        with shared.read() as session:
            assert session.connection().execute(text(cut)).scalar_one() > 0

        def enqueued() -> bool:
            with suppress(QueueAwayError):
                engine.enqueue_sites(lambda most: [(2, "h2.example")], 9)
            return 2 in visited

        until(enqueued)
    logging.getLogger("procrastinate.worker").error("mended by the next try", exc_info=ConnectorException("away"))
    assert not [record for record in caplog.records if record.exc_info], "a database that was away is no riddle"


def test_a_claim_lasts_while_it_is_renewed_and_who_was_overtaken_writes_nothing(shared: Database) -> None:
    with shared.write() as session:
        article, _ = articles.add(session, "https://a.example/1", kind="url", host="a.example", now=NOW)
        claim = sites.claim(session, article.site_id, NOW, LEASE)
    assert claim is not None
    moment = NOW
    held = shared.fenced(partial(_still_mine, claim, lambda: moment))
    with held.write() as session:
        sites.renew(session, [claim], NOW, NOW + 2 * LEASE)
    moment = NOW + 3 * LEASE
    with pytest.raises(OvertakenError), held.write() as session:
        articles.save(session, article.id or 0, headline="found after it stood still")
    with shared.write() as session:
        sites.renew(session, [claim], moment, moment + LEASE)  # too late
    with shared.write() as session:
        assert sites.claim(session, claim.site_id, NOW + 1.5 * LEASE, LEASE) is None
        later = sites.claim(session, claim.site_id, NOW + 3 * LEASE, LEASE)
    assert later is not None
    with pytest.raises(OvertakenError), held.write() as session:
        articles.save(session, article.id or 0, headline="found long ago")
    with shared.write() as session:
        sites.renew(session, [claim], NOW + 3 * LEASE, NOW + 9 * LEASE)
    with shared.read() as session:
        site, kept = sites.by_id(session, claim.site_id), articles.by_id(session, article.id or 0)
    assert site is not None
    assert site.visit_until == NOW + 4 * LEASE, "the old claim is renewed no more"
    assert kept is not None
    assert kept.headline is None


def test_who_was_frozen_while_a_slot_was_given_to_it_does_not_use_it(shared: Database) -> None:
    clock = FakeClock()
    frozen_at = clock.seconds
    with shared.write() as session:
        article, _ = articles.add(session, "https://a.example/1", kind="url", host="a.example", now=clock.now())
        claim = sites.claim(session, article.site_id, clock.now(), LEASE)
    assert claim is not None
    with closing(Together(shared, steps.write)) as write:

        def frozen_before_it_returns(step: Step) -> Stepped | None:
            given = write(step)
            if clock.seconds == frozen_at:
                clock.pass_(50)
                with shared.write() as session:
                    assert sites.claim(session, claim.site_id, clock.now(), LEASE), "another asks by now"
            return given

        turns = Turns(
            shared, frozen_before_it_returns, Settings(), claim, Sent(clock), threading.Event(), clock,
            lambda step, sentence: None,
        )  # fmt: skip
        with pytest.raises(OvertakenError):
            turns(Address("https", "a.example", 443, "/robots.txt"))


def test_one_of_several_goes_round_until_it_is_silent(shared: Database) -> None:
    def hold(who: str, at: datetime) -> bool:
        with shared.write() as session:
            return loops.hold(session, "watchdog", who, at)

    assert hold("anna", NOW)
    assert not hold("berta", NOW + timedelta(seconds=80))
    assert hold("anna", NOW + timedelta(seconds=80))
    assert hold("berta", NOW + timedelta(seconds=171))
    assert not hold("anna", NOW + timedelta(seconds=172))
    with shared.write() as session:
        loops.let_go(session, "watchdog", "berta")
    assert hold("anna", NOW + timedelta(seconds=173))


def test_the_time_is_that_of_the_database_and_goes_on_without_it() -> None:
    asked: list[datetime] = []

    def ask() -> datetime:
        asked.append(NOW)
        return NOW

    clock = SharedClock(ask)
    first = clock.now()
    assert NOW <= first < NOW + timedelta(seconds=5)
    assert first <= clock.now()
    assert len(asked) == 1, "it is carried on by the monotonic clock"


def test_an_answer_that_took_long_does_not_set_the_time() -> None:
    waits = [0.3]

    def ask() -> datetime:  # the first time a connection is made before it is answered
        time.sleep(waits.pop() if waits else 0)
        return datetime.now(UTC)

    assert abs((SharedClock(ask).now() - datetime.now(UTC)).total_seconds()) < 0.1


def until(condition: object) -> None:
    deadline = time.monotonic() + 30
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.02)
