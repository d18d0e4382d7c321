"""Telling operators that the watch itself is in trouble, or well again: through the same outbox as every alert."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from alerts.ids import new_id
from alerts.payload import operator_message
from storage import deliveries, rules


def tell(session: Session, wrong: Sequence[str], well: Sequence[str], *, public_url: str, now: datetime) -> int:
    """One Alert with these sentences, and a Delivery to each enabled Channel that is marked for operators.

    wrong: what began; well: what ended. Returns how many Channels there are; without one nothing is kept.
    """
    channels = [channel for channel in rules.channels(session) if channel.operator and channel.enabled]
    if not channels:
        return 0
    alert_id = new_id("alrt")
    payload = operator_message(wrong, well, alert_id=alert_id, public_url=public_url, now=now)
    deliveries.add_alert(session, alert_id=alert_id, created_at=now, payload=payload)
    for channel in channels:
        assert channel.id is not None
        deliveries.add(session, new_id("msg"), alert_id, channel.id, now)
    return len(channels)
