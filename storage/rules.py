"""Rules and the Channels that they feed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from storage.prepared import Prepared
from storage.tables import Article, Channel, Mute, Pick, Rule, RuleChannel, Story


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


def lock_channels(session: Session, channel_ids: Collection[int]) -> None:
    """Until this transaction (`write(telling=True)`) ends nobody else lets anything gather for these Channels, or
    claims what is for them."""
    if session.get_bind().dialect.name != "sqlite":  # has one writer in any case
        mine = select(Channel.id).where(col(Channel.id).in_(channel_ids)).order_by(col(Channel.id))
        session.exec(mine.with_for_update(key_share=True)).all()


def channels(session: Session) -> Sequence[Channel]:
    """All Channels, by name."""
    return session.exec(select(Channel).where(col(Channel.removed_at).is_(None)).order_by(Channel.name)).all()


def every_channel(session: Session) -> Sequence[Channel]:
    """All Channels, those that were removed, too."""
    return session.exec(select(Channel).order_by(col(Channel.id))).all()


def channel_by_name(session: Session, name: str) -> Channel | None:
    """The Channel of that name, if there is one."""
    return session.exec(select(Channel).where(Channel.name == name)).first()


def disable_channel(session: Session, channel_id: int, reason: str) -> None:
    """Nothing more goes there until it is enabled again; the reason is shown to people."""
    session.execute(update(Channel).where(col(Channel.id) == channel_id).values(enabled=False, disabled_reason=reason))


def enable_channel(session: Session, channel_id: int) -> None:
    """Alerts go there again from now on; what failed meanwhile is sent again only by hand."""
    session.execute(
        update(Channel)
        .where(col(Channel.id) == channel_id)
        .values(enabled=True, disabled_reason=None, failing_since_at=None, failing_reason=None)
    )


def remove_channel(session: Session, channel: Channel, now: datetime) -> None:
    """Nothing goes there any more, nor is it listed; what it was told stays, and its name is free again."""
    session.execute(delete(RuleChannel).where(col(RuleChannel.channel_id) == channel.id))
    session.execute(delete(Mute).where(col(Mute.channel_id) == channel.id))
    channel.enabled, channel.disabled_reason = False, "removed"
    channel.name, channel.secret, channel.retired_secret = f"{channel.name} (removed, {channel.id})", None, None
    channel.removed_at = now
    session.add(channel)
    session.flush()


def add_rule(
    session: Session,
    name: str,
    channel_ids: Sequence[int],
    created_at: datetime,
    *,
    condition: Mapping[str, Any] | None = None,
    timing: Mapping[str, Any] | None = None,
    enabled: bool = True,
) -> Rule:
    """Keep a new Rule. Raises sqlalchemy.exc.IntegrityError when there is one of that name."""
    rule = Rule(
        name=name,
        condition=dict(condition or {}),
        timing=dict(timing or {}),
        enabled=enabled,
        created_at=created_at,
    )
    session.add(rule)
    session.flush()
    feed(session, rule, channel_ids)
    return rule


def feed(session: Session, rule: Rule, channel_ids: Sequence[int]) -> None:
    """From now on a Rule feeds these Channels and no others."""
    assert rule.id is not None
    session.execute(delete(RuleChannel).where(col(RuleChannel.rule_id) == rule.id))
    session.add_all(RuleChannel(rule_id=rule.id, channel_id=one) for one in dict.fromkeys(channel_ids))
    session.flush()


def by_id(session: Session, rule_id: int) -> Rule | None:
    """The Rule with this id, if there is one."""
    return session.get(Rule, rule_id)


def rules(session: Session) -> Sequence[tuple[Rule, Sequence[Channel]]]:
    """All Rules, by name, each with the Channels that it feeds, by name."""
    fed: dict[int, list[Channel]] = {}
    for rule_id, channel in session.exec(
        select(RuleChannel.rule_id, Channel)
        .join(Channel, col(Channel.id) == col(RuleChannel.channel_id))
        .order_by(Channel.name)
    ):
        fed.setdefault(rule_id, []).append(channel)
    return [(rule, fed.get(rule.id or 0, [])) for rule in session.exec(select(Rule).order_by(Rule.name))]


def named(
    session: Session, article_ids: Sequence[int | None], story_ids: Sequence[int | None]
) -> Sequence[Article | Story]:
    """The Articles and Stories that Rules are about, in two statements."""
    articles = session.exec(select(Article).where(col(Article.id).in_(set(article_ids) - {None}))).all()
    return [*articles, *session.exec(select(Story).where(col(Story.id).in_(set(story_ids) - {None})))]


def channels_of(session: Session, rule_id: int) -> Sequence[Channel]:
    """The Channels that a Rule feeds, by name."""
    return session.exec(
        select(Channel)
        .join(RuleChannel, col(RuleChannel.channel_id) == col(Channel.id))
        .where(RuleChannel.rule_id == rule_id)
        .order_by(Channel.name)
    ).all()


def enabled_rules(session: Session) -> Sequence[Rule]:
    """The Rules in force, oldest first; those of a disabled Channel too, so that what they pick is kept and seen."""
    return session.exec(select(Rule).where(col(Rule.enabled)).order_by(col(Rule.id))).all()


def rule_by_name(session: Session, name: str) -> Rule | None:
    """The Rule of that name, if there is one."""
    return session.exec(select(Rule).where(Rule.name == name)).first()


def remove_rule(session: Session, rule: Rule) -> None:
    """Forget a Rule; what it picked stays, with its name in it."""
    session.execute(update(Pick).where(col(Pick.rule_id) == rule.id).values(rule_id=None))
    session.execute(delete(Mute).where(col(Mute.rule_id) == rule.id))
    session.execute(delete(RuleChannel).where(col(RuleChannel.rule_id) == rule.id))
    session.delete(rule)
    session.flush()


def article_became(session: Session, was: int, becomes: int) -> None:
    """An Article was merged into another: Rules and mutes that are about it are about that one."""
    for rule in session.exec(select(Rule)):
        if rule.condition.get("article_id") == was:
            rule.condition = rule.condition | {"article_id": becomes}
            session.add(rule)
    session.execute(update(Mute).where(col(Mute.article_id) == was).values(article_id=becomes))
    session.flush()


@dataclass(frozen=True, slots=True)
class Feeding:
    """A Rule in force and a Channel that it feeds, as stored."""

    rule_id: int
    rule: str
    condition: dict[str, Any]
    timing: dict[str, Any]
    created_at: datetime
    channel_id: int
    kind: str
    pace: dict[str, Any]


_FEEDINGS = Prepared(
    select(Rule.id, Rule.name, Rule.condition, Rule.timing, Rule.created_at, Channel.id, Channel.kind, Channel.pace)  # type: ignore[call-overload]
    .join(RuleChannel, col(RuleChannel.rule_id) == col(Rule.id))
    .join(Channel, col(Channel.id) == col(RuleChannel.channel_id))
    .where(col(Rule.enabled), col(Channel.removed_at).is_(None))
    .order_by(col(Rule.id), col(Channel.id))
)


def feedings(session: Session) -> Sequence[Feeding]:
    """Every Rule in force with every Channel that it feeds, oldest first."""
    session.flush()
    return [Feeding(*row) for row in _FEEDINGS.all(session.connection(), {})]
