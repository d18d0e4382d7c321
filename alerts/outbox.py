"""From what happened to what will be told, in one transaction, so that neither is ever without the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session

from alerts import payload
from alerts.event import Event
from alerts.ids import new_id
from alerts.rules import Condition, pick
from alerts.told import Baseline, Told, ToldArticle, ToldRule
from storage import deliveries, rules, versions
from storage.tables import Channel, Rule


def write(session: Session, event: Event, public_url: str) -> list[str]:
    """For every enabled Rule that picks something of the Event: one Alert, and its Delivery to the Rule's Channel.

    Call it inside the transaction that keeps the Changes; each of them carries its storage `id`. public_url: where
    readers reach our pages, for the links. Returns the ids of the Alerts, in the order of the Rules.
    """
    before = None if event.before is None else versions.get(session, event.article_id, event.before)
    alert_ids = []
    for rule in rules.enabled_rules(session):
        changes = pick(condition(rule), event)
        if not changes:
            continue
        alert_id = new_id("alrt")
        channel = session.get_one(Channel, rule.channel_id)
        deliveries.add_alert(
            session,
            alert_id=alert_id,
            rule=rule,
            article_id=event.article_id,
            version_id=event.version_id,
            created_at=event.seen_at,
            payload=payload.alert(
                told_of(event, changes, rule, before.last_seen_at if before else None),
                alert_id=alert_id,
                channel_id=rule.channel_id,
                channel=channel.name,
                public_url=public_url,
                now=event.seen_at,
            ),
            change_ids=[change["id"] for change in changes],
        )
        deliveries.add(session, new_id("msg"), alert_id, rule.channel_id, event.seen_at)
        alert_ids.append(alert_id)
    return alert_ids


def condition(rule: Rule) -> Condition:
    """What a stored Rule asks of a Change."""
    return Condition(frozenset(rule.types), frozenset(rule.kinds), rule.article_id)


def told_of(
    event: Event, changes: Sequence[Mapping[str, Any]], rule: Rule, before_seen_at: datetime | None
) -> list[Told]:
    """The Changes that a Rule picked of an Event, as they are told."""
    article = ToldArticle(event.article_id, event.url, event.headline, event.publisher)
    baseline = Baseline(rule.baseline, event.before, before_seen_at)
    acknowledged = any(change["acknowledged"] for change in event.changes)
    picked_by = (ToldRule(rule.id or 0, rule.name),)
    return [Told(change, article, event.after, event.seen_at, acknowledged, baseline, picked_by) for change in changes]
