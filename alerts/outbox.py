"""From what happened to what will be told, in one transaction, so that neither is ever without the other."""

from __future__ import annotations

from sqlmodel import Session

from alerts import payload
from alerts.event import Event
from alerts.ids import new_id
from alerts.rules import Condition, pick
from storage import deliveries, rules, versions
from storage.tables import Rule


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
        deliveries.add_alert(
            session,
            alert_id=alert_id,
            rule=rule,
            article_id=event.article_id,
            version_id=event.version_id,
            created_at=event.seen_at,
            payload=payload.alert(
                event,
                changes,
                alert_id=alert_id,
                rule=rule.name,
                baseline=rule.baseline,
                public_url=public_url,
                before_seen_at=before.last_seen_at if before else None,
            ),
            change_ids=[change["id"] for change in changes],
        )
        deliveries.add(session, new_id("msg"), alert_id, rule.channel_id, event.seen_at)
        alert_ids.append(alert_id)
    return alert_ids


def condition(rule: Rule) -> Condition:
    """What a stored Rule asks of a Change."""
    return Condition(frozenset(rule.types), frozenset(rule.kinds), rule.article_id)
