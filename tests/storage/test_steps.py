"""The steps of Visits: what a check saw and the next slot, in one transaction with the steps of others."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, insert, select

from storage import articles, captures, sites, steps, versions
from storage.database import Database
from storage.sites import Claim
from storage.steps import Seen, Slot, Step, Stepped
from storage.tables import Article, Site, Version
from storage.together import Together

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
GAP = timedelta(seconds=2)
HOUR = timedelta(hours=1)


@pytest.fixture
def claim(database: Database) -> Claim:
    """Of a Site whose one Article has a first Version."""
    with database.write() as session:
        article, _ = articles.add(session, "https://a.example/1", kind="url", host="a.example", now=NOW)
        assert article.id is not None
        capture = captures.record(
            session, article.id, outcome="page", reason="200 OK", captured_at=NOW, final_url=article.url, body=b"<p>1"
        )
        version = Version(
            article_id=article.id, number=1, capture_id=capture.id or 0, text_hash="", extractor="test",
            first_seen_at=NOW, last_seen_at=NOW,
        )  # fmt: skip
        versions.add(session, version, "One")
        claim = sites.claim(session, article.site_id, NOW, HOUR)
    assert claim is not None
    return claim


def seen(at: datetime, **columns: object) -> Seen:
    counted = {"checks": 7, "sightings": 5, "changes_seen": 0, "exposure": 0.5, "seen_at": at, "next_check_why": "soon"}
    return Seen(1, 1, at, at, "unchanged", at + HOUR, {**counted, **columns})


def slot(at: datetime, known: datetime | None, latest: timedelta = HOUR) -> Slot:
    return Slot(at, GAP, None, at + latest, known)


def rows(database: Database) -> tuple[Article, Version, Site]:
    with database.read() as session:
        version = versions.get(session, 1, 1)
        site = sites.by_host(session, "a.example")
        assert version is not None
        assert site is not None
        return session.get_one(Article, 1), version, site


def test_what_was_seen_and_the_next_slot_are_written_together(database: Database, claim: Claim) -> None:
    later = NOW + timedelta(minutes=5)
    whole = {"etag": '"2"', "last_modified": None, "final_url": "https://a.example/1", "whole_at": later}
    step = Step(claim, [seen(later, **whole, body_hash="ff")], slot(later, claim.next_slot_at))
    write = Together(database, steps.write)
    assert write(step) == Stepped(later, later + GAP)
    assert write(Step(claim, slot=slot(later, later + GAP))) == Stepped(later + GAP, later + 2 * GAP)
    article, version, site = rows(database)
    assert (article.next_check_at, article.checks, article.sightings) == (later + HOUR, 7, 5)
    assert (article.etag, article.whole_at, article.body_hash) == ('"2"', later, "ff")
    assert version.last_seen_at == later
    assert (site.last_ok_at, site.last_reason, site.failures) == (later, "unchanged", 0)
    assert site.next_slot_at == later + 2 * GAP
    assert write(Step(claim, ends=True)) == Stepped()
    assert rows(database)[2].visit_until is None
    write.close()


def test_a_slot_that_somebody_else_took_is_seen_and_one_that_is_late_is_left(database: Database, claim: Claim) -> None:
    write = Together(database, steps.write)
    with database.write() as session:  # a redirect of another Visit led here
        sites.take_slot_beside(session, "a.example", NOW, 10 * GAP)
    assert write(Step(claim, slot=slot(NOW, claim.next_slot_at))) == Stepped(NOW + 10 * GAP, NOW + 11 * GAP)
    late = write(Step(claim, slot=slot(NOW, NOW + 11 * GAP, latest=GAP)))
    assert late == Stepped(NOW + 11 * GAP, NOW + 11 * GAP)
    assert rows(database)[2].next_slot_at == NOW + 11 * GAP
    write.close()


def test_of_a_visit_that_was_overtaken_nothing_is_written(database: Database, claim: Claim) -> None:
    write = Together(database, steps.write)
    later = NOW + 2 * HOUR
    with database.write() as session:
        assert sites.claim(session, claim.site_id, later, HOUR) is not None
    for step in (
        Step(claim, [seen(later)], slot(later, claim.next_slot_at)), Step(claim, [seen(later)]), Step(claim, ends=True),
    ):  # fmt: skip
        assert write(step) is None
    article, version, site = rows(database)
    assert article.checks == 0
    assert version.last_seen_at == NOW
    assert site.visit_until == later + HOUR
    write.close()


def test_a_visit_whose_claim_has_lapsed_gets_no_slot_and_may_let_go(database: Database, claim: Claim) -> None:
    write = Together(database, steps.write)
    later = NOW + HOUR
    for known in (claim.next_slot_at, None):
        assert write(Step(claim, [seen(later)], slot(later, known))) is None
    article, _, site = rows(database)
    assert (article.checks, site.next_slot_at) == (0, claim.next_slot_at)
    assert write(Step(claim, ends=True)) == Stepped()
    write.close()


def test_a_pause_that_came_in_the_meantime_stays_a_pause(database: Database, claim: Claim) -> None:
    with database.write() as session:
        articles.pause(session, [1])
    write = Together(database, steps.write)
    write(Step(claim, [seen(NOW)]))
    article, _, _ = rows(database)
    assert (article.next_check_at, article.checks) == (None, 7)
    write.close()


def test_what_waits_is_committed_together_and_one_that_fails_spoils_no_other(database: Database) -> None:
    table = Site.metadata.tables["site"]
    busy, go = threading.Event(), threading.Event()
    groups: list[Sequence[str]] = []

    def keep(connection: Connection, names: Sequence[str]) -> Sequence[str]:
        groups.append(names)
        if names == ["first"]:
            busy.set()
            assert go.wait(20)
        for name in names:
            connection.execute(insert(table).values(host=name, next_slot_at=NOW))
        return [name.upper() for name in names]

    together: Together[str, str] = Together(database, keep)
    said: dict[str, str | Exception] = {}

    def hand_in(key: str, name: str) -> None:
        try:
            said[key] = together(name)
        except Exception as error:  # noqa: BLE001  which, is asked below
            said[key] = error

    threads = [threading.Thread(target=hand_in, args=("first", "first"))]
    threads[0].start()
    assert busy.wait(20)
    threads += [threading.Thread(target=hand_in, args=(f"{n}", "first" if n == 3 else f"site {n}")) for n in range(6)]
    for thread in threads[1:]:
        thread.start()
    while len(together._queue) < 6:
        threading.Event().wait(0.01)
    go.set()
    for thread in threads:
        thread.join()
    together.close()
    assert len(groups[1]) == 6  # in one transaction, which failed; then each by itself
    assert isinstance(said.pop("3"), Exception)
    assert said == {"first": "FIRST"} | {f"{n}": f"SITE {n}" for n in (0, 1, 2, 4, 5)}
    with database.read() as session:
        kept = set(session.execute(select(table.c.host)).scalars())
    assert kept == {"first"} | {f"site {n}" for n in (0, 1, 2, 4, 5)}


def test_a_connection_that_broke_is_replaced(database: Database, claim: Claim) -> None:
    write = Together(database, steps.write)
    assert write(Step(claim, slot=slot(NOW, None))) == Stepped(NOW, NOW + GAP)
    assert write._connection is not None
    driver = write._connection.connection.dbapi_connection
    assert driver is not None
    driver.close()
    assert write(Step(replace(claim), slot=slot(NOW, None))) == Stepped(NOW + GAP, NOW + 2 * GAP)
    write.close()
