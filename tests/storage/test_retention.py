"""Retention: what is let go, what stays, and that it says so everywhere."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from monitor import retaining
from monitor.config import Settings
from monitor.config_retention import Retention
from monitor.config_site import StorySettings
from monitor.retaining import Sum, keeps_of, rehearse, walk
from storage import articles, blobs, captures, changes, removal, retention, sites, stories, versions
from storage.database import Database
from storage.tables import Alert, Article, Blob, Capture, Channel, Pick, Version
from tests.flow.test_watchdog import FakeClock

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = timedelta(days=1)
ALIKE = random.Random(1).randbytes(500).hex()
"""What the Versions of a chain have in common: they are kept by what differs."""


def article(session: Session, url: str = "https://example.org/1") -> int:
    """An Article that was looked at."""
    site = sites.get_or_add(session, "example.org", NOW)
    row = Article(
        url=url, kind="url", site_id=site.id or 0, added_at=NOW, state_since_at=NOW, last_checked_at=NOW, state="ok"
    )
    session.add(row)
    session.flush()
    return row.id or 0


def fetch(session: Session, article_id: int, body: str, age: timedelta, outcome: str = "page") -> Capture:
    last = captures.of_article(session, article_id, 1)
    return captures.record(
        session, article_id, outcome=outcome, reason="200 OK", captured_at=NOW - age, final_url="https://example.org/1",
        status=200, body=body.encode(), like=last[0].blob_hash if last else None,
    )  # fmt: skip


def version(session: Session, article_id: int, number: int, text: str, age: timedelta, page: str = "") -> Version:
    """Version `number`, last seen `age` ago."""
    capture = fetch(session, article_id, page or f"<p>{text}</p>", age)
    row = Version(
        article_id=article_id, number=number, capture_id=capture.id or 0, text_hash="", extractor="none",
        first_seen_at=NOW - age, last_seen_at=NOW - age,
    )  # fmt: skip
    return versions.add(session, row, text, before=versions.get(session, article_id, number - 1))


def chain(session: Session, ages: Sequence[int], url: str = "https://example.org/1") -> list[Version]:
    """An Article with a Version for each of these ages in days, oldest first."""
    article_id = article(session, url)
    return [
        version(session, article_id, number, f"{url}: version {number}. {ALIKE}", age * DAY)
        for number, age in enumerate(ages, start=1)
    ]


def settings(**said: object) -> Settings:
    return Settings(retention=Retention.model_validate(said))


def done(database: Database, chosen: Settings) -> Sum:
    """A whole walk, which does what was foretold."""
    foretold = rehearse(database, chosen, NOW)
    *_, last = walk(database, chosen, NOW)
    assert foretold == last
    return last


def held(database: Database, article_id: int) -> tuple[list[int], list[int]]:
    """The numbers of the Versions whose raw bytes, and whose texts, are there; each that is not has its hash."""
    raw, texts = [], []
    with database.read() as session:
        for row, capture in versions.with_captures(session, article_id):
            for there, key, gone_at in (
                (raw, capture.blob_hash, capture.let_go_at),
                (texts, row.text_hash, row.text_let_go_at),
            ):
                if gone_at is None:
                    assert blobs.hash_of(blobs.get(session, key or "")) == key
                    there.append(row.number)
                else:
                    with pytest.raises(blobs.LetGoError, match=key or "?"):
                        blobs.get(session, key or "")
    return raw, texts


@pytest.fixture
def six(database: Database) -> int:
    """An Article with six Versions: its id."""
    with database.write() as session:
        return chain(session, (400, 300, 200, 100, 50, 1))[0].article_id


def test_nothing_is_let_go_unless_it_is_said(database: Database, six: int) -> None:
    assert done(database, Settings()) == Sum()
    assert held(database, six) == ([1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6])


def test_raw_bytes_go_before_texts_by_age_and_count(database: Database, six: int) -> None:
    chosen = settings(keep_raw="90d", keep_raw_versions=1, keep_texts="250d", keep_text_versions=5)
    first = done(database, chosen)
    assert held(database, six) == ([5, 6], [2, 3, 4, 5, 6])
    assert (first.raw, first.texts) == (4, 1)
    assert first.freed_bytes > 0
    assert done(database, chosen) == Sum()
    # What is still there of a Version is told as before; what came of it stays as well.
    with database.read() as session:
        assert versions.texts(session, versions.of_article(session, six)).keys() == {2, 3, 4, 5, 6}


def test_the_newest_stay_whatever_their_age_and_the_current_text_in_any_case(database: Database) -> None:
    with database.write() as session:
        old = chain(session, (900, 800, 700))[0].article_id
    done(database, settings(keep_raw="1d", keep_raw_versions=0, keep_texts="1d", keep_text_versions=0))
    assert held(database, old) == ([], [3])


def test_what_an_alert_a_notice_or_a_note_points_to_stays(database: Database) -> None:
    with database.write() as session:
        rows = chain(session, (900, 890, 880, 870, 860, 850, 840, 830, 820, 810, 800, 1))
        article_id = rows[0].article_id
        told = _change(session, rows, 4)
        _change(session, rows, 6, acknowledged=True)
        channel = Channel(name="desk", kind="email", address="a@example.org", created_at=NOW)
        alert = Alert(id="a", state="sealed", created_at=NOW)
        session.add_all([channel, alert])
        session.flush()
        session.add(
            Pick(
                change_id=told, article_id=article_id, rule="all", channel_id=channel.id or 0, alert_id="a",
                state="gathered", picked_at=NOW, baseline="first version", baseline_number=1,
            )
        )  # fmt: skip
        muted = _change(session, rows, 10)
        session.add(
            Pick(
                change_id=muted, article_id=article_id, rule="all", channel_id=channel.id or 0, state="muted",
                picked_at=NOW,
            )
        )  # fmt: skip
        page = f"http://h/articles/{article_id}/captures/{rows[1].capture_id}"
        stories.get_or_make(session, "Flood", NOW, f"See http://h/articles/{article_id}/compare/7/8, and {page}: odd.")
    done(database, settings(keep_raw="30d", keep_raw_versions=1, keep_texts="60d", keep_text_versions=1))
    assert held(database, article_id) == ([1, 2, 3, 4, 5, 6, 7, 8, 12], [1, 3, 4, 5, 6, 7, 8, 12])


def _change(session: Session, rows: Sequence[Version], number: int, *, acknowledged: bool = False) -> int:
    before, after = rows[number - 2], rows[number - 1]
    body = {
        "type": "headline", "kind": None, "subject": None, "key": None, "before": None, "after": None,
        "before_text": "a", "after_text": "b", "acknowledged": acknowledged, "severity": "low", "summary": "a to b",
    }  # fmt: skip
    row = changes.add(
        session, after.article_id, body, changed_at=NOW, from_version_id=before.id, to_version_id=after.id
    )
    return row.id or 0


def test_of_several_stories_the_one_that_keeps_longer_holds(database: Database) -> None:
    with database.write() as session:
        plain, kept, both = (chain(session, (300, 200, 100), f"https://example.org/{n}")[0].article_id for n in "abc")
        flood, _ = stories.get_or_make(session, "Flood", NOW)
        other, _ = stories.get_or_make(session, "Other", NOW)
        stories.put(session, flood, [kept, both], NOW)
        stories.put(session, other, [both], NOW)
    usual = Retention.model_validate({"keep_raw": "250d", "keep_raw_versions": 1})
    done(database, Settings(retention=usual, stories={"Flood": StorySettings.model_validate({"keep_raw": "30d"})}))
    assert [held(database, one)[0] for one in (plain, kept, both)] == [[2, 3], [3], [2, 3]]


def test_bytes_that_somebody_else_needs_stay(database: Database) -> None:
    with database.write() as session:
        back = article(session, "https://example.org/back")
        for number, (text, age) in enumerate((("A", 300), ("B", 200), ("A", 1)), start=1):
            version(session, back, number, text, age * DAY)
        old, fresh = article(session, "https://example.org/old"), article(session, "https://example.org/fresh")
        for number in (1, 2):
            version(session, old, number, f"shared {number}", 200 * DAY, page="the same page")
        version(session, fresh, 1, "other", DAY, page="the same page")
        plain = article(session, "file:///plain.txt")  # its bytes are its text
        version(session, plain, 1, "one", 300 * DAY, page="one")
        version(session, plain, 2, "two", 1 * DAY, page="two")
    done(database, settings(keep_raw="30d", keep_raw_versions=0, keep_texts="90d", keep_text_versions=1))
    assert held(database, back) == ([1, 3], [1, 3])
    assert held(database, old) == ([1, 2], [2])
    assert held(database, fresh) == ([1], [1])
    assert held(database, plain) == ([2], [2])


def test_checks_that_brought_nothing_are_forgotten_but_the_last_and_those_that_told(database: Database) -> None:
    with database.write() as session:
        article_id = version(session, article(session), 1, "text", 300 * DAY).article_id
        gone = fetch(session, article_id, "404", 200 * DAY, "gone")
        _availability(session, article_id, gone)
        for day in (190, 180, 170, 2, 1):
            fetch(session, article_id, f"other advertisement {day}", day * DAY)
    result = done(database, settings(keep_captures="30d"))
    with database.read() as session:
        left = captures.of_article(session, article_id)
        assert [row.last_captured_at for row in left] == [NOW - days * DAY for days in (1, 2, 200, 300)]
        assert retention.unneeded(session) == (0, 0)
    assert result.captures == 3
    assert result.freed_bytes > 0


def _availability(session: Session, article_id: int, capture: Capture) -> None:
    body = {
        "type": "availability", "kind": None, "subject": None, "key": None, "before": None, "after": None,
        "before_text": "page", "after_text": "gone", "acknowledged": False, "severity": "high", "summary": "gone",
    }  # fmt: skip
    changes.add(
        session, article_id, body, changed_at=NOW, from_version_id=None, to_version_id=None, capture_id=capture.id
    )


def test_what_comes_again_is_there_again(database: Database, six: int) -> None:
    done(database, settings(keep_raw="30d", keep_raw_versions=0, keep_texts="30d", keep_text_versions=0))
    assert held(database, six) == ([6], [6])
    with database.write() as session:
        version(session, six, 7, f"https://example.org/1: version 2. {ALIKE}", timedelta())
    assert held(database, six) == ([2, 6, 7], [2, 6, 7])


def test_the_bytes_of_removed_articles_go(database: Database, six: int) -> None:
    with database.write() as session:
        other = chain(session, (10, 5), "https://example.org/2")[0].article_id
        removal.remove(session, [six])
        count, size = retention.unneeded(session)
    assert count == 12
    result = done(database, Settings())
    assert (result.unneeded, result.freed_bytes) == (12, size)
    assert held(database, other) == ([1, 2], [1, 2])


def test_a_walk_that_is_interrupted_goes_on(database: Database) -> None:
    with database.write() as session:
        ids = [chain(session, (300, 200, 100), f"https://example.org/{n}")[0].article_id for n in range(3)]
        many = article(session, "https://example.org/many")
        for day in range(640, 0, -1):
            fetch(session, many, f"other advertisement {day}", day * DAY)
    chosen = settings(keep_raw="30d", keep_raw_versions=1)
    steps = walk(database, chosen, NOW)
    first = next(steps)
    steps.close()
    assert first.raw == retention.AT_ONCE
    *_, last = walk(database, chosen, NOW)
    assert first.raw + last.raw == 2 * len(ids) + 610
    assert {tuple(held(database, one)[0]) for one in ids} == {(3,)}
    with database.read() as session:
        there = [row for row in captures.of_article(session, many) if row.let_go_at is None]
        assert [row.last_captured_at for row in there] == [NOW - day * DAY for day in range(1, 31)]
        assert len(session.exec(select(Blob.hash).where(col(Blob.data).is_(None))).all()) == 610 + 2 * len(ids)


def test_a_clock_in_the_future_lets_nothing_go(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'clock.db'}")
    clock = FakeClock()
    clock.day = NOW
    with database.write() as session:
        fresh = chain(session, (3, 2, 1))[0].article_id
        old = chain(session, (300, 200, 100), "https://example.org/old")[0].article_id
    chosen = settings(keep_raw="30d", keep_raw_versions=1)

    def rounds(loop: retaining.Retention, hours: float) -> None:
        for _ in range(round(hours)):
            clock.pass_(3600)
            loop.go_round()

    first = retaining.Retention(database, chosen, clock)
    first.go_round()
    rounds(first, 4)
    assert (held(database, old)[0], held(database, fresh)[0]) == ([3], [1, 2, 3])
    clock.jump(400 * 86400)
    rounds(first, 12)
    assert held(database, fresh)[0] == [1, 2, 3]
    rounds(again := retaining.Retention(database, chosen, clock), 12)  # restarted: the doubt is remembered
    assert held(database, fresh)[0] == [1, 2, 3]
    clock.jump(-400 * 86400)  # somebody noticed
    rounds(again, 26)
    assert held(database, fresh)[0] == [1, 2, 3]
    clock.jump(400 * 86400)  # nobody did
    rounds(again, 26)
    assert held(database, fresh)[0] == [3]
    clock.pass_(40 * 86400)  # the machine was off
    rounds(retaining.Retention(database, settings(keep_raw="1h", keep_raw_versions=0), clock), 12)
    assert held(database, fresh)[0] == [3]
    database.close()


def test_an_article_never_looked_at_is_no_hindrance(database: Database) -> None:
    with database.write() as session:
        article_id = article(session)
        articles.save(session, article_id, last_checked_at=None)
    assert done(database, settings(keep_raw="1d")) == Sum()


def test_what_somebody_is_about_to_refer_to_stays(postgresql_url: str) -> None:
    """On PostgreSQL many write at once: a page comes again in the moment in which its bytes are let go."""
    database = Database(postgresql_url)
    with database.write() as session:
        old = chain(session, (300, 200, 100))[0].article_id
        fresh = article(session, "https://example.org/fresh")
    page = f"<p>https://example.org/1: version 1. {ALIKE}</p>"
    keeps = keeps_of(settings(keep_raw="30d", keep_raw_versions=1))
    with database.write() as one:
        fetch(one, fresh, page, timedelta())
        with Session(database.engine) as other:
            going = retention.let_go(other, [old], keeps, NOW)
            other.commit()
        assert len(going.raw) == 1
    assert held(database, old)[0] == [1, 3]
    with database.read() as session:
        [capture] = captures.of_article(session, fresh)
        assert blobs.get(session, capture.blob_hash or "") == page.encode()
    database.close()
