"""Mutes: what a Channel does not want to hear of for a while."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_
from sqlmodel import Session, col, select

from storage.tables import Article, Channel, Fact, Mute, Rule

_BATCH = 500


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


@dataclass(frozen=True, slots=True)
class About:
    """What Mutes are about, by id, as far as it is still there."""

    articles: Mapping[int | None, Article]
    rules: Mapping[int | None, Rule]
    facts: Mapping[int | None, Mapping[str, Any]]
    """How each line of facts began."""


def about(session: Session, found: Sequence[Mute]) -> About:
    """What these Mutes are about, in few statements."""
    articles: dict[int | None, Article] = {}
    rules: dict[int | None, Rule] = {}
    first: dict[int | None, Mapping[str, Any]] = {}
    for at in range(0, len(found), _BATCH):
        some = found[at : at + _BATCH]
        named = {mute.article_id for mute in some} - {None}
        articles |= {row.id: row for row in session.exec(select(Article).where(col(Article.id).in_(named)))}
        named = {mute.rule_id for mute in some} - {None}
        rules |= {row.id: row for row in session.exec(select(Rule).where(col(Rule.id).in_(named)))}
        # A line is named by the id of its first row.
        named = {mute.line_id for mute in some} - {None}
        first |= {row.id: row.body for row in session.exec(select(Fact).where(col(Fact.id).in_(named)))}
    return About(articles, rules, first)


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
