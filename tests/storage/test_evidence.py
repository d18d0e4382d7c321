"""Blobs, Captures and Versions: what was captured stays as it was."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session

from storage import articles, blobs, captures, versions
from storage.database import Database
from storage.tables import Blob, Capture, Version

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
URL = "https://example.org/1"


def capture(session: Session, body: bytes, minutes: int = 0, outcome: str = "page", reason: str = "200 OK") -> Capture:
    return captures.record(
        session,
        1,
        outcome=outcome,
        reason=reason,
        captured_at=NOW + timedelta(minutes=minutes),
        final_url=URL,
        status=200,
        body=body,
        headers={"etag": '"1"'},
    )


def test_bytes_are_kept_once_and_come_back_whole(database: Database) -> None:
    page = b"<p>303 peacekeepers</p>" * 1000
    with database.write() as session:
        assert blobs.put(session, page) == blobs.put(session, page) == blobs.hash_of(page)
    with database.read() as session:
        blob = session.get(Blob, blobs.hash_of(page))
        assert blob is not None
        assert len(blob.data) < len(page) / 10
        assert blobs.get(session, blob.hash) == page


def test_damaged_bytes_are_noticed(database: Database) -> None:
    with database.write() as session:
        one, other = blobs.put(session, b"one"), blobs.put(session, b"two")
        first, second = session.get(Blob, one), session.get(Blob, other)
        assert first is not None
        assert second is not None
        first.data = second.data
        session.add(first)
    with database.read() as session, pytest.raises(ValueError, match="damaged"):
        blobs.get(session, one)
    with database.write() as session:
        second = session.get(Blob, other)
        assert second is not None
        second.data = b"\0"
        session.add(second)
    with database.read() as session, pytest.raises(ValueError, match="damaged"):
        blobs.get(session, other)
    with database.read() as session, pytest.raises(blobs.DamagedError, match="is lost"):
        blobs.get(session, "0" * 64)


def page_of(number: int, length: int = 2_000) -> bytes:
    """A page whose words hardly repeat, with one number in its middle."""
    words = [f"{each:x}" for each in random.Random(1).choices(range(2**40), k=length)]
    words[length // 2] = f"at least {number} people"
    return " ".join(words).encode()


def test_what_is_like_another_is_kept_by_what_differs(database: Database) -> None:
    first, second, third = page_of(170), page_of(303), page_of(304)
    with database.write() as session:
        like = None
        for page in (first, second, third):
            like = blobs.put(session, page, like)
        other = blobs.put(session, random.Random(2).randbytes(900), like)
        unknown = blobs.put(session, page_of(305), "0" * 64)
    with database.read() as session:
        kept = {page: session.get_one(Blob, blobs.hash_of(page)) for page in (first, second, third)}
        assert [row.base_hash for row in kept.values()] == [None, kept[first].hash, kept[first].hash]
        assert max(len(kept[page].data or b"") for page in (second, third)) < 200
        assert all(blobs.get(session, row.hash) == page for page, row in kept.items())
        assert blobs.get_those(session, [row.hash for row in kept.values()]).keys() == {
            row.hash for row in kept.values()
        }
        assert [session.get_one(Blob, key).base_hash for key in (other, unknown)] == [None, None]


def test_what_has_drifted_away_or_is_too_long_is_kept_whole(database: Database) -> None:
    with database.write() as session:
        base = blobs.put(session, page_of(1))
        drifted = page_of(1)[: 2 * len(page_of(1)) // 5] + random.Random(2).randbytes(12_000)
        half = blobs.put(session, drifted, base)
        again = blobs.put(session, drifted + b"!", half)
        long = blobs.put(session, page_of(2, 120_000), base)
        longer = blobs.put(session, page_of(3, 120_000), long)
    with database.read() as session:
        rests = [session.get_one(Blob, key).base_hash for key in (half, again, long, longer)]
        assert rests == [None, half, None, None]
        assert blobs.get(session, longer) == page_of(3, 120_000)


def test_what_rests_on_bytes_that_are_lost_is_damaged_and_nothing_new_rests_on_them(database: Database) -> None:
    with database.write() as session:
        base = blobs.put(session, page_of(1))
        alike = blobs.put(session, page_of(2), base)
        session.get_one(Blob, base).data = b"\0"
    with database.write() as session:
        new = blobs.put(session, page_of(3), alike)
        with pytest.raises(ValueError, match=f"blob {base} is damaged"):
            blobs.get(session, alike)
        assert blobs.get_those(session, [alike, new]).keys() == {new}
        blobs.let_go(session, [base])
    with database.read() as session:
        with pytest.raises(ValueError, match=f"blob {base}, on which it rests, is lost"):
            blobs.get(session, alike)
        assert blobs.get(session, new) == page_of(3)


@pytest.mark.parametrize("how", [blobs.let_go, blobs.forget])
def test_what_rests_on_bytes_that_go_rests_elsewhere(
    database: Database, how: Callable[[Session, Collection[str]], None]
) -> None:
    with database.write() as session:
        keys = [blobs.put(session, page_of(1))]
        keys += [blobs.put(session, page_of(number), keys[0]) for number in range(2, 7)]
        lone = [blobs.put(session, page_of(1, 300))]
        lone += [blobs.put(session, page_of(2, 300), lone[0])]
        stored = {key: len(session.get_one(Blob, key).data or b"") for key in (*keys, *lone)}
        going = {keys[0], keys[3], *lone}
        assert blobs.stored_bytes(session, going) == stored[keys[3]] + sum(stored[key] for key in lone)
        how(session, going)
    with database.read() as session:
        staying = [session.get_one(Blob, key) for key in keys if key not in going]
        assert [blobs.get(session, row.hash) for row in staying] == [page_of(number) for number in (2, 3, 5, 6)]
        (whole,) = (row.hash for row in staying if row.base_hash is None)
        assert {row.base_hash for row in staying} == {None, whole}
        left = [session.get(Blob, key) for key in going]
        assert {row and (row.data, row.base_hash) for row in left} == {(None, None) if how is blobs.let_go else None}


def test_captures_that_repeat_are_counted(database: Database) -> None:
    with database.write() as session:
        articles.add(session, URL, kind="url", host="example.org", now=NOW)
        capture(session, b"wall", 0, "walled", "consent")
        capture(session, b"wall", 1, "walled", "consent")
        capture(session, b"page", 2)
        capture(session, b"wall", 3, "walled", "consent")
    with database.read() as session:
        kept = captures.of_article(session, 1)
    assert [(row.times, row.last_captured_at - row.captured_at) for row in reversed(kept)] == [
        (2, timedelta(minutes=1)),
        (1, timedelta(0)),
        (1, timedelta(0)),
    ]


def test_a_version_keeps_its_text_and_its_number_is_its_own(database: Database) -> None:
    with database.write() as session:
        articles.add(session, URL, kind="url", host="example.org", now=NOW)
        for number in (1, 2):
            row = capture(session, b"page %d" % number, number)
            version = Version(
                article_id=1,
                number=number,
                capture_id=row.id or 0,
                text_hash="",
                extractor="test",
                first_seen_at=NOW,
                last_seen_at=NOW,
            )
            versions.add(session, version, f"text {number} “é”")
        versions.seen(session, 1, 2, NOW + timedelta(hours=1))
    with database.read() as session:
        first, second = versions.of_article(session, 1)
        assert versions.text(session, first) == "text 1 “é”"
        assert second.last_seen_at == NOW + timedelta(hours=1)
        assert first.last_seen_at == NOW
        found = articles.by_id(session, 1)
        assert found is not None
        assert found.version_number == 2
