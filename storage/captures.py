"""Captures: the evidence of what a fetch or read brought."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import bindparam, update
from sqlmodel import Session, col, select

from storage import blobs, prepared
from storage.prepared import Prepared, Rows
from storage.tables import Capture, Version

_BATCH = 500
_CAPTURE = Capture.metadata.tables["capture"]
_LAST = Rows(
    Capture,
    lambda rows: rows.where(_CAPTURE.c.article_id == bindparam("article")).order_by(_CAPTURE.c.id.desc()).limit(1),
)
_AGAIN = Prepared(
    update(_CAPTURE)
    .where(_CAPTURE.c.id == bindparam("capture"))
    .values(times=_CAPTURE.c.times + 1, last_captured_at=bindparam("at"))
)


def record(
    session: Session,
    article_id: int,
    *,
    outcome: str,
    reason: str,
    captured_at: datetime,
    final_url: str,
    status: int | None = None,
    redirects: Sequence[str] = (),
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    elapsed_ms: int = 0,
    robots_ignored: bool = False,
    like: str | None = None,
) -> Capture:
    """Keep a Capture with its bytes. One that repeats the last (same bytes, same place) is counted there instead.

    like: the hash of a page that it may hardly differ from.
    """
    blob_hash = blobs.put(session, body, like) if body else None
    last = _LAST.first(session, {"article": article_id})
    same = last and (last.status, last.final_url, last.blob_hash) == (status, final_url, blob_hash)
    if last and same and (blob_hash or (last.outcome, last.reason) == (outcome, reason)):
        last.times, last.last_captured_at = last.times + 1, captured_at
        _AGAIN.run(session.connection(), {"capture": last.id, "at": captured_at})
        return last
    capture = Capture(
        article_id=article_id,
        captured_at=captured_at,
        last_captured_at=captured_at,
        outcome=outcome,
        reason=reason,
        status=status,
        final_url=final_url,
        redirects=list(redirects),
        headers=dict(headers or {}),
        blob_hash=blob_hash,
        size=len(body),
        elapsed_ms=elapsed_ms,
        robots_ignored=robots_ignored,
    )
    prepared.add(session, capture)
    return capture


def of_article(session: Session, article_id: int, limit: int | None = None) -> Sequence[Capture]:
    """The Captures of an Article, newest first."""
    return session.exec(
        select(Capture).where(Capture.article_id == article_id).order_by(col(Capture.id).desc()).limit(limit)
    ).all()


def page(
    session: Session, article_id: int, *, limit: int, before: int | None = None, without_version: bool = False
) -> Sequence[Capture]:
    """The Captures of an Article, newest first, from the one before the id `before` on."""
    query = select(Capture).where(Capture.article_id == article_id).order_by(col(Capture.id).desc()).limit(limit)
    if before is not None:
        query = query.where(col(Capture.id) < before)
    if without_version:
        brought = select(Version.capture_id).where(Version.article_id == article_id)
        query = query.where(col(Capture.id).not_in(brought))
    return session.exec(query).all()


def judge(session: Session, capture_id: int, outcome: str, reason: str) -> None:
    """Say what a Capture really was, once that is known."""
    session.execute(update(Capture).where(col(Capture.id) == capture_id).values(outcome=outcome, reason=reason))


def by_id(session: Session, article_id: int, capture_id: int) -> Capture | None:
    """This Capture of this Article, if there is one."""
    return session.exec(select(Capture).where(Capture.id == capture_id, Capture.article_id == article_id)).first()


def by_ids(session: Session, capture_ids: Collection[int]) -> Mapping[int, Capture]:
    """The Captures with these ids, by them, as far as there are such."""
    found: dict[int, Capture] = {}
    ordered = sorted(set(capture_ids))
    for at in range(0, len(ordered), _BATCH):
        for row in session.exec(select(Capture).where(col(Capture.id).in_(ordered[at : at + _BATCH]))):
            found[row.id or 0] = row
    return found


def without_version(session: Session, article_id: int, limit: int) -> Sequence[Capture]:
    """The Captures of an Article that brought no Version, newest first."""
    return session.exec(
        select(Capture)
        .where(
            Capture.article_id == article_id,
            col(Capture.id).not_in(select(Version.capture_id).where(Version.article_id == article_id)),
        )
        .order_by(col(Capture.id).desc())
        .limit(limit)
    ).all()
