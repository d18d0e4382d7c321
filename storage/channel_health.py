"""Whether what is sent to a Channel arrives: since when nothing does, and what became of the Channel."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from storage.tables import Channel


def fails(session: Session, channel_id: int, reason: str, now: datetime) -> datetime:
    """A try failed. Returns since when all have: the first failure after the last success."""
    since: datetime = session.execute(
        update(Channel)
        .where(col(Channel.id) == channel_id)
        .values(failing_since_at=func.coalesce(Channel.failing_since_at, now), failing_reason=reason)
        .returning(col(Channel.failing_since_at))
        .execution_options(synchronize_session=False)
    ).scalar_one()
    return since


def well(session: Session, channel_id: int) -> None:
    """Something arrived, or a person says that it will: what failed before counts no longer."""
    session.execute(
        update(Channel)
        .where(col(Channel.id) == channel_id, col(Channel.failing_since_at).is_not(None))
        .values(failing_since_at=None, failing_reason=None)
    )


def failing(session: Session, since: datetime) -> Sequence[Channel]:
    """Channels in use to which nothing has come through since then or for longer, by name."""
    return session.exec(
        select(Channel).where(col(Channel.enabled), col(Channel.failing_since_at) <= since).order_by(Channel.name)
    ).all()


def switched_off(session: Session) -> Sequence[Channel]:
    """Channels that were switched off because nothing came through or the receiver asked for it, by name.

    Those that a person switched off or removed are not among them.
    """
    return session.exec(
        select(Channel)
        .where(col(Channel.enabled).is_(False), col(Channel.failing_since_at).is_not(None))
        .where(col(Channel.removed_at).is_(None))
        .order_by(Channel.name)
    ).all()
