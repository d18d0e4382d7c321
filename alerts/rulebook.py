"""Rules, Channels and mutes as people handle them: added, changed, removed, checked for sense.

The command line, the pages and the API call these, and nothing else; `alerts.channels.registry` knows addresses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from sqlmodel import Session

from alerts.channels import registry
from alerts.describe import describe
from alerts.errors import ChannelError, RuleError
from alerts.rules import Condition
from alerts.timing import Pace, Timing, Waits, in_force
from storage import deliveries, facts, mutes, rules
from storage.tables import Article, Channel, Mute, Rule, Story

Data = TypeVar("Data", bound=BaseModel)

DEFAULT_MUTE_DAYS = 30
LONGEST_MUTE_DAYS = 3650

DEFAULT_RULES: Sequence[tuple[str, Mapping[str, Any], Mapping[str, Any]]] = (
    ("Tolls and dates at once", {"kinds": ["casualties", "personnel", "date"]}, {}),
    ("The rest once a day", {}, {"when": "daily", "at": "08:00"}),
)
"""Name, condition, timing. What the first told at once, the digest does not repeat."""


def add_rule(
    session: Session,
    name: str,
    channels: str | Sequence[str],
    condition: Condition | Mapping[str, Any] | None = None,
    timing: Timing | Mapping[str, Any] | None = None,
    *,
    enabled: bool = True,
    now: datetime | None = None,
) -> Rule:
    """Keep a new Rule that feeds the Channels of these names.

    condition, timing: what is left out asks nothing, and is as the Channel has it. Raises RuleError that names the
    field, or ChannelError when there is no such Channel.
    """
    name = _new_name(session, name)
    picks, tells = read(Condition, condition), read(Timing, timing)
    _check_scope(session, picks)
    fed = _channel_ids(session, channels)
    return rules.add_rule(
        session, name, fed, now or datetime.now(UTC), condition=picks.given(), timing=tells.given(), enabled=enabled
    )


def change_rule(
    session: Session,
    name: str | int,
    *,
    new_name: str | None = None,
    channels: str | Sequence[str] | None = None,
    condition: Condition | Mapping[str, Any] | None = None,
    timing: Timing | Mapping[str, Any] | None = None,
) -> Rule:
    """Change what is given of a Rule, each of it as a whole. Raises RuleError, ChannelError.

    What it picked before stays picked, also in an Alert that has not gone yet, unless it no longer feeds that Channel.
    """
    rule = find_rule(session, name)
    if new_name is not None and new_name.strip() != rule.name:
        rule.name = _new_name(session, new_name)
    if condition is not None:
        picks = read(Condition, condition)
        _check_scope(session, picks)
        rule.condition = picks.given()
    if timing is not None:
        rule.timing = read(Timing, timing).given()
    session.add(rule)
    session.flush()
    if channels is not None:
        rules.feed(session, rule, _channel_ids(session, channels))
    return rule


def switch_rule(session: Session, name: str | int, on: bool) -> Rule:
    """Let a Rule pick, or not. What it picked and was not told yet is not told either. Raises RuleError."""
    rule = find_rule(session, name)
    rule.enabled = on
    session.add(rule)
    session.flush()
    return rule


def remove_rule(session: Session, name: str | int) -> None:
    """Forget a Rule; what it told stays, what it has not told yet is not told. Raises RuleError."""
    rules.remove_rule(session, find_rule(session, name))


def find_rule(session: Session, name: str | int) -> Rule:
    """The Rule of that name or id. Raises RuleError that names the Rules there are."""
    rule = session.get(Rule, name) if isinstance(name, int) else rules.rule_by_name(session, name.strip())
    if rule is None:
        names = ", ".join(known.name for known, _ in rules.rules(session)) or "none yet"
        raise RuleError(f"there is no rule {name!r} (rules: {names})")
    return rule


def condition_of(rule: Rule) -> Condition:
    """What a stored Rule asks of a Change."""
    return Condition.model_validate(rule.condition)


def timing_of(rule: Rule) -> Timing:
    """When a stored Rule tells what it picked."""
    return Timing.model_validate(rule.timing)


def describe_rule(session: Session, rule: Rule, waits: Waits | None = None) -> str:
    """What a stored Rule will send, in plain words."""
    return describe_draft(session, condition_of(rule), timing_of(rule), rules.channels_of(session, rule.id or 0), waits)


def describe_rules(
    session: Session, found: Sequence[tuple[Rule, Sequence[Channel]]], waits: Waits | None = None
) -> list[str]:
    """What these Rules with their Channels will send, in plain words; in few statements, however many they are."""
    picks = [condition_of(rule) for rule, _ in found]
    # As long as these are held, the session has them and asks for none of them again.
    held = rules.named(session, [pick.article_id for pick in picks], [pick.story_id for pick in picks])
    said = [
        describe_draft(session, pick, timing_of(rule), fed, waits)
        for pick, (rule, fed) in zip(picks, found, strict=True)
    ]
    del held
    return said


def describe_draft(
    session: Session, condition: Condition, timing: Timing, channels: Sequence[Channel], waits: Waits | None = None
) -> str:
    """What a Rule that is still being written would send, in plain words."""
    first = channels[0] if channels else None
    pace, kind = (Pace.model_validate(first.pace), first.kind) if first else (Pace(), "email")
    article = session.get(Article, condition.article_id) if condition.article_id else None
    story = session.get(Story, condition.story_id) if condition.story_id else None
    return describe(
        condition,
        in_force(timing, pace, kind, waits or Waits()),
        [f"{channel.name}{'' if channel.enabled else ' (switched off)'}" for channel in channels],
        article=(article.headline or article.url) if article else None,
        story=story.name if story else None,
    )


def add_channel(session: Session, name: str, address: str, secret: str | None = None, **options: Any) -> Channel:
    """Keep a new Channel; the first one of a database that has no Rules gets the default ones.

    options: as `registry.add_channel` takes them. Raises ChannelError.
    """
    first = not rules.channels(session) and not rules.rules(session)
    channel = registry.add_channel(session, name, address, secret, **options)
    if first:
        add_default_rules(session, channel.name)
    return channel


def find_channel(session: Session, name: str | int) -> Channel:
    """The Channel of that name or id. Raises ChannelError that names those there are."""
    if not isinstance(name, int):
        return registry.channel(session, name)
    found = session.get(Channel, name)
    if found is None or found.removed_at is not None:
        raise ChannelError(f"there is no channel {name}")
    return found


def add_default_rules(session: Session, channel: str) -> list[Rule]:
    """Casualties, personnel and dates at once, the rest in a daily digest: those of them that are new to the Channel.

    One that there is already feeds this Channel as well. Raises ChannelError when there is no such Channel.
    """
    fed = registry.channel(session, channel).id or 0
    added = []
    for name, condition, timing in DEFAULT_RULES:
        rule = rules.rule_by_name(session, name)
        feeds = [one.id or 0 for one in rules.channels_of(session, rule.id or 0)] if rule else []
        if rule is None:
            added.append(add_rule(session, name, channel, condition, timing))
        elif fed not in feeds:
            rules.feed(session, rule, [*feeds, fed])
            added.append(rule)
    return added


def change_channel(
    session: Session,
    name: str | int,
    *,
    new_name: str | None = None,
    pace: Pace | Mapping[str, Any] | None = None,
    operator: bool | None = None,
) -> Channel:
    """Change what is given of a Channel; its address stays, because what was told went there. Raises ChannelError."""
    channel = find_channel(session, name)
    if new_name is not None and new_name.strip() != channel.name:
        if not registry.is_name(new_name.strip()):
            raise ChannelError(f"{new_name!r} is no name for a channel: {registry.NAMES}")
        if rules.channel_by_name(session, new_name.strip()) is not None:
            raise ChannelError(f"there is a channel {new_name.strip()!r} already: choose another name")
        channel.name = new_name.strip()
    if pace is not None:
        try:
            channel.pace = read(Pace, pace).given()
        except RuleError as error:
            raise ChannelError(str(error)) from None
    if operator is not None:
        channel.operator = operator
    session.add(channel)
    session.flush()
    return channel


def switch_channel(session: Session, name: str | int, on: bool, reason: str = "by hand") -> Channel:
    """Let alerts go to a Channel, or not: its Rules go on picking, and what they pick is kept as failed."""
    channel = find_channel(session, name)
    if on:
        rules.enable_channel(session, channel.id or 0)
    else:
        rules.disable_channel(session, channel.id or 0, reason)
    session.refresh(channel)
    return channel


def remove_channel(session: Session, name: str | int, now: datetime | None = None) -> None:
    """Nothing goes there any more; what it was told stays. Raises ChannelError."""
    at = now or datetime.now(UTC)
    rules.remove_channel(session, find_channel(session, name), at)
    deliveries.fail_disabled(session, at)


def add_mute(
    session: Session,
    channel: str | int,
    *,
    line_id: int | None = None,
    article_id: int | None = None,
    rule: str | int | None = None,
    days: float | None = DEFAULT_MUTE_DAYS,
    by: str = "",
    now: datetime | None = None,
) -> Mute:
    """A Channel hears nothing of one fact (by its line), of one Article, or of what one Rule picks: name one of them.

    days: for so long; null: until somebody ends it. by: who wants that, for people. Also what an Alert holds that has
    not gone yet is muted. Raises RuleError, ChannelError.
    """
    at = now or datetime.now(UTC)
    if sum(one is not None for one in (line_id, article_id, rule)) != 1:
        raise RuleError("a mute is about one fact, one article or one rule: name one of them")
    if days is not None and not 0 < days <= LONGEST_MUTE_DAYS:
        raise RuleError(f"a mute lasts up to {LONGEST_MUTE_DAYS} days, or until somebody ends it")
    muted = Mute(
        channel_id=find_channel(session, channel).id or 0,
        what="fact" if line_id is not None else "article" if article_id is not None else "rule",
        line_id=line_id,
        article_id=article_id,
        rule_id=find_rule(session, rule).id if rule is not None else None,
        until_at=at + timedelta(days=days) if days is not None else None,
        created_at=at,
        created_by=" ".join(by.split())[:200],
    )
    if line_id is not None:
        found = facts.first_of_line(session, line_id)
        if found is None:
            raise RuleError(f"there is no fact {line_id}: the number is in the alert that told it (line_id)")
        muted.article_id = facts.article_of_line(session, line_id)
    elif article_id is not None and session.get(Article, article_id) is None:
        raise RuleError(f"there is no article {article_id}: `corrigenda list` shows them")
    return mutes.add(session, muted)


def end_mute(session: Session, mute_id: int) -> None:
    """The Channel hears of it again, from now on. Raises RuleError."""
    mute = mutes.get(session, mute_id)
    if mute is None:
        raise RuleError(f"there is no mute {mute_id}: `corrigenda mutes list` shows them")
    mutes.end(session, mute)


def describe_mute(session: Session, mute: Mute) -> str:
    """What is muted, in plain words."""
    return describe_mutes(session, [mute])[0]


def describe_mutes(session: Session, found: Sequence[Mute]) -> list[str]:
    """What each of these mutes, in plain words; in few statements, however many they are."""
    about = mutes.about(session, found)
    return [_muted(mute, about) for mute in found]


def _muted(mute: Mute, about: mutes.About) -> str:
    if mute.what == "rule":
        rule = about.rules.get(mute.rule_id)
        return f"what the rule {rule.name if rule else '(removed)'} picks"
    article = about.articles.get(mute.article_id)
    named = f"article {mute.article_id}" + (f" ({article.headline or article.url})" if article else "")
    if mute.what == "article":
        return named
    first = about.facts.get(mute.line_id)
    said = (first["subject"] or first["phrase"]["text"]) if first else "(no longer known)"
    return f"the fact “{said}” in {named}"


def read(kind: type[Data], given: Data | Mapping[str, Any] | None) -> Data:
    """Data as a model, checked. Raises RuleError that says which field, and what is wrong with it."""
    if isinstance(given, kind):
        return given
    try:
        return kind.model_validate(dict(given or {}))
    except ValidationError as error:
        raise RuleError("; ".join(_complaint(kind, one["loc"], one["msg"]) for one in error.errors()[:5])) from None


def _complaint(kind: type[BaseModel], where: tuple[int | str, ...], message: str) -> str:
    said = message.removeprefix("Value error, ")
    if not where:
        return said
    field = str(where[0])[:60]
    if field not in kind.model_fields:
        return f"there is no {field!r}: write {', '.join(kind.model_fields)}"
    return f"{field}: {said}"


def _new_name(session: Session, name: str) -> str:
    name = name.strip()
    if not registry.is_name(name):
        raise RuleError(f"{name[:80]!r} is no name for a rule: {registry.NAMES}")
    if rules.rule_by_name(session, name) is not None:
        raise RuleError(f"there is a rule {name!r} already: choose another name")
    return name


def _check_scope(session: Session, condition: Condition) -> None:
    if condition.article_id is not None and session.get(Article, condition.article_id) is None:
        raise RuleError(f"article_id: there is no article {condition.article_id}: `corrigenda list` shows them")
    if condition.story_id is not None and session.get(Story, condition.story_id) is None:
        raise RuleError(f"story_id: there is no story {condition.story_id}")


def _channel_ids(session: Session, names: str | Sequence[str]) -> list[int]:
    named = [names] if isinstance(names, str) else list(names)
    if not named:
        raise RuleError("channels: a rule that feeds no channel tells nobody: name one")
    return [registry.channel(session, name).id or 0 for name in named]
