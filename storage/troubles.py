"""What is wrong with the watch itself now, kept so that its begin and its end are told once each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from storage.tables import Trouble


def current(session: Session) -> Sequence[Trouble]:
    """All of them, the oldest first."""
    return session.exec(select(Trouble).order_by(col(Trouble.since_at), Trouble.key)).all()


def begin(session: Session, key: str, kind: str, detail: str, now: datetime) -> Trouble:
    """Keep that something is wrong; if it is known, only what is said of it changes."""
    trouble = session.get(Trouble, key)
    if trouble is None:
        trouble = Trouble(key=key, kind=kind, detail=detail, since_at=now)
    trouble.detail = detail
    session.add(trouble)
    return trouble


def told(session: Session, keys: Sequence[str]) -> None:
    """Operators were told of these."""
    session.execute(update(Trouble).where(col(Trouble.key).in_(keys)).values(told=True))


def end(session: Session, keys: Sequence[str]) -> None:
    """These are well again."""
    session.execute(delete(Trouble).where(col(Trouble.key).in_(keys)))
