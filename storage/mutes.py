"""Mutes: what a Channel does not want to hear of for a while."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import or_
from sqlmodel import Session, col, select

from storage.tables import Channel, Mute


def add(session: Session, mute: Mute) -> Mute:
    """Keep a new Mute."""
    session.add(mute)
    session.flush()
    return mute


def in_force(session: Session, channel_ids: Collection[int], now: datetime) -> Sequence[Mute]:
    """What these Channels do not want to hear of now."""
    return session.exec(
        select(Mute).where(col(Mute.channel_id).in_(channel_ids), _lasts(now)).order_by(col(Mute.id))
    ).all()


def listed(session: Session, now: datetime) -> Sequence[tuple[Mute, Channel]]:
    """All Mutes in force, the newest first, each with its Channel."""
    return session.exec(
        select(Mute, Channel)
        .join(Channel, col(Channel.id) == col(Mute.channel_id))
        .where(_lasts(now))
        .order_by(col(Mute.id).desc())
    ).all()


def get(session: Session, mute_id: int) -> Mute | None:
    """The Mute with this id, if there is one."""
    return session.get(Mute, mute_id)


def end(session: Session, mute: Mute) -> None:
    """It is heard of again."""
    session.delete(mute)
    session.flush()


def _lasts(now: datetime):  # type: ignore[no-untyped-def]  # an SQL expression
    return or_(col(Mute.until_at).is_(None), col(Mute.until_at) > now)
