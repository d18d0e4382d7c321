"""From what happened to what will be told, in one transaction, so that neither is ever without the other."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache

from sqlmodel import Session

from alerts import gather
from alerts.digest import closes_at
from alerts.event import Event, Place, Rejudge
from alerts.ledger import Feeding, StoredLedger
from alerts.rules import Condition, applies
from alerts.timing import InForce, Pace, Timing, Waits, in_force
from storage import picks, rules, stories, tags


def write(session: Session, event: Event, waits: Waits | None = None, rejudge: Rejudge | None = None) -> list[str]:
    """What the Rules pick of an Event joins the open Alerts of their Channels, or waits, or is kept as not told.

    Call it inside the transaction that keeps the Changes; each of them carries its storage `id`. waits: what holds
    where neither Rule nor Channel says otherwise. Returns the ids of the Alerts that now tell something of the Event.
    """
    feedings = in_use(session, waits or Waits())
    if not feedings:
        return []
    place = _place(session, event, feedings)
    feedings = [feeding for feeding in feedings if applies(feeding.condition, place)]
    rules.lock_channels(session, {feeding.channel_id for feeding in feedings})
    new = gather.take(StoredLedger(session), event, feedings, place, rejudge)
    session.flush()
    return list(dict.fromkeys(pick.alert_id for pick in new if pick.alert_id and pick.state == "gathered"))


def attend(session: Session, now: datetime, waits: Waits | None = None) -> None:
    """What the passing of time brings: Picks that are confirmed, pages that go back and forth, digests without news.

    Call it in a transaction of its own; `picks.anything_due` says cheaply whether it is worth it.
    """
    feedings = in_use(session, waits or Waits())
    rules.lock_channels(session, {feeding.channel_id for feeding in feedings})
    ledger = StoredLedger(session)
    by_key: dict[gather.Key, Feeding] = {(feeding.rule_id, feeding.channel_id): feeding for feeding in feedings}
    gather.release(ledger, picks.confirmed(session), picks.silent_due(session, now), by_key, now)
    for feeding in feedings:
        if feeding.timing.even_when_nothing:
            key = feeding.channel_id, feeding.timing.gathers
            if ledger.open_alert(*key) is None:
                ledger.open(*key, now, closes_at(feeding.timing, now))
    session.flush()


def in_use(session: Session, waits: Waits) -> Sequence[Feeding]:
    """Every Rule in force with every Channel that it feeds, the oldest Rule first; in one statement.

    Those of a disabled Channel too, so that what they pick is kept and seen.
    """
    return [
        Feeding(
            rule_id=row.rule_id,
            rule=row.rule,
            channel_id=row.channel_id,
            condition=_condition(json.dumps(row.condition)),
            timing=_timing(json.dumps(row.timing), json.dumps(row.pace), row.kind, waits),
            made_at=row.created_at,
        )
        for row in rules.feedings(session)
    ]


# Checking data takes ten times as long as reading it, and a thousand rules are in use for every article that changes.


@lru_cache(maxsize=8192)
def _condition(data: str) -> Condition:
    return Condition.model_validate_json(data)


@lru_cache(maxsize=8192)
def _timing(timing: str, pace: str, kind: str, waits: Waits) -> InForce:
    return in_force(Timing.model_validate_json(timing), Pace.model_validate_json(pace), kind, waits)


def _place(session: Session, event: Event, feedings: Iterable[Feeding]) -> Place:
    """Where it happened; stories and tags are looked up only when a Rule asks for them."""
    conditions = [feeding.condition for feeding in feedings]
    if event.story_id is not None:
        inside = frozenset({event.story_id})
    elif any(condition.story_id is not None for condition in conditions):
        known = stories.of_articles(session, [event.article_id]).get(event.article_id, ())
        inside = frozenset(story_id for story_id, _ in known)
    else:
        inside = frozenset()
    by_tag = any(condition.tag is not None for condition in conditions)
    return Place(
        article_id=event.article_id,
        url=event.url,
        language=event.language,
        stories=inside,
        tags=frozenset(tags.of_article(session, event.article_id)) if by_tag else frozenset(),
    )
