"""From what happened to what will be told, in one transaction, so that neither is ever without the other."""

from __future__ import annotations

from sqlmodel import Session

from alerts import payload
from alerts.event import Event
from alerts.ids import new_id
from alerts.rulebook import condition_of
from alerts.rules import pick
from alerts.told import Baseline, Told, ToldArticle, ToldRule
from storage import deliveries, rules, versions
from storage.tables import Alert, Pick


def write(session: Session, event: Event, public_url: str) -> list[str]:
    """For every enabled Rule that picks something of the Event: one Alert, and its Delivery to each of its Channels.

    Call it inside the transaction that keeps the Changes; each of them carries its storage `id`. public_url: where
    readers reach our pages, for the links. Returns the ids of the Alerts, in the order of the Rules.
    """
    before = None if event.before is None else versions.get(session, event.article_id, event.before)
    article = ToldArticle(event.article_id, event.url, event.headline, event.publisher)
    acknowledged = any(change["acknowledged"] for change in event.changes)
    alert_ids = []
    for rule in rules.enabled_rules(session):
        condition = condition_of(rule)
        changes = pick(condition, event)
        baseline = Baseline(condition.baseline, event.before, before.last_seen_at if before else None)
        picked_by = (ToldRule(rule.id or 0, rule.name),)
        told = [
            Told(change, article, event.after, event.seen_at, acknowledged, baseline, picked_by) for change in changes
        ]
        for channel in rules.channels_of(session, rule.id or 0) if told else ():
            alert_id = new_id("alrt")
            body = payload.alert(
                told,
                alert_id=alert_id,
                channel_id=channel.id or 0,
                channel=channel.name,
                public_url=public_url,
                now=event.seen_at,
            )
            session.add(
                Alert(
                    id=alert_id,
                    channel_id=channel.id,
                    created_at=event.seen_at,
                    sealed_at=event.seen_at,
                    payload=body,
                )
            )
            session.flush()
            for change in changes:
                session.add(
                    Pick(
                        change_id=change["id"],
                        article_id=event.article_id,
                        rule_id=rule.id,
                        rule=rule.name,
                        channel_id=channel.id or 0,
                        alert_id=alert_id,
                        state="gathered",
                        picked_at=event.seen_at,
                    )
                )
            deliveries.add(session, new_id("msg"), alert_id, channel.id or 0, event.seen_at)
            alert_ids.append(alert_id)
    return alert_ids
