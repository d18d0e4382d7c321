"""Rules and the Channels that they feed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from storage.tables import Alert, Channel, Rule


def add_channel(
    session: Session,
    name: str,
    kind: str,
    address: str,
    secret: str | None,
    created_at: datetime,
    *,
    operator: bool = False,
) -> Channel:
    """Keep a new Channel. Raises sqlalchemy.exc.IntegrityError when there is one of that name."""
    channel = Channel(name=name, kind=kind, address=address, secret=secret, operator=operator, created_at=created_at)
    session.add(channel)
    session.flush()
    return channel


def channels(session: Session) -> Sequence[Channel]:
    """All Channels, by name."""
    return session.exec(select(Channel).order_by(Channel.name)).all()


def channel_by_name(session: Session, name: str) -> Channel | None:
    """The Channel of that name, if there is one."""
    return session.exec(select(Channel).where(Channel.name == name)).first()


def disable_channel(session: Session, channel_id: int, reason: str) -> None:
    """Nothing more goes there until it is enabled again; the reason is shown to people."""
    session.execute(update(Channel).where(col(Channel.id) == channel_id).values(enabled=False, disabled_reason=reason))


def enable_channel(session: Session, channel_id: int) -> None:
    """Alerts go there again from now on; what failed meanwhile is sent again only by hand."""
    session.execute(update(Channel).where(col(Channel.id) == channel_id).values(enabled=True, disabled_reason=None))


def add_rule(
    session: Session,
    name: str,
    channel_id: int,
    created_at: datetime,
    *,
    types: Sequence[str] = (),
    kinds: Sequence[str] = (),
    article_id: int | None = None,
) -> Rule:
    """Keep a new Rule. Raises sqlalchemy.exc.IntegrityError when there is one of that name."""
    rule = Rule(
        name=name,
        channel_id=channel_id,
        types=list(types),
        kinds=list(kinds),
        article_id=article_id,
        created_at=created_at,
    )
    session.add(rule)
    session.flush()
    return rule


def rules(session: Session) -> Sequence[tuple[Rule, Channel]]:
    """All Rules, by name, each with its Channel."""
    return session.exec(
        select(Rule, Channel).join(Channel, col(Channel.id) == col(Rule.channel_id)).order_by(Rule.name)
    ).all()


def enabled_rules(session: Session) -> Sequence[Rule]:
    """The Rules in force, oldest first; those of a disabled Channel too, so that what they pick is kept and seen."""
    return session.exec(select(Rule).where(col(Rule.enabled)).order_by(col(Rule.id))).all()


def rule_by_name(session: Session, name: str) -> Rule | None:
    """The Rule of that name, if there is one."""
    return session.exec(select(Rule).where(Rule.name == name)).first()


def remove_rule(session: Session, rule: Rule) -> None:
    """Forget a Rule; the Alerts that it brought stay, with its name in them."""
    session.execute(update(Alert).where(col(Alert.rule_id) == rule.id).values(rule_id=None))
    session.delete(rule)
    session.flush()
