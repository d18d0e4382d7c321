"""Captures: the evidence of what a fetch or read brought."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from storage import blobs
from storage.tables import Capture


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
) -> Capture:
    """Keep a Capture with its bytes. One that repeats the last (outcome, reason, bytes) is counted there instead."""
    blob_hash = blobs.put(session, body) if body else None
    last = session.exec(
        select(Capture).where(Capture.article_id == article_id).order_by(col(Capture.id).desc()).limit(1)
    ).first()
    if last and (last.outcome, last.reason, last.blob_hash, last.final_url) == (outcome, reason, blob_hash, final_url):
        last.times += 1
        last.last_captured_at = captured_at
        session.add(last)
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
    )
    session.add(capture)
    session.flush()
    return capture


def of_article(session: Session, article_id: int, limit: int | None = None) -> Sequence[Capture]:
    """The Captures of an Article, newest first."""
    return session.exec(
        select(Capture).where(Capture.article_id == article_id).order_by(col(Capture.id).desc()).limit(limit)
    ).all()
