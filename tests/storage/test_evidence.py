"""Blobs, Captures and Versions: what was captured stays as it was."""

from __future__ import annotations

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
    with database.read() as session, pytest.raises(KeyError):
        blobs.get(session, "0" * 64)


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
