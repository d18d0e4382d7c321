"""Sending a Delivery again by hand, under the same id, so that a receiver who has it already knows it."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlmodel import Session

from alerts.errors import ReplayError
from storage import deliveries


def replay(session: Session, delivery_id: str) -> None:
    """Make a failed or waiting Delivery due at once, with a whole new round of tries. Raises ReplayError."""
    found = deliveries.get(session, delivery_id)
    if found is None:
        raise ReplayError(f"there is no delivery {delivery_id!r}: `corrigenda deliveries` shows them")
    delivery, channel, _ = found
    now = datetime.now(UTC)
    if delivery.state == "delivered":
        raise ReplayError(f"{delivery_id} was delivered at {delivery.finished_at:%Y-%m-%d %H:%M} UTC already")
    if not channel.enabled:
        raise ReplayError(
            f"channel {channel.name!r} is disabled ({channel.disabled_reason or 'by hand'}): enable it first"
        )
    if delivery.next_attempt_at is not None and delivery.next_attempt_at > now:
        last = deliveries.attempts(session, delivery_id)[-1:]
        if last and last[0].outcome == "started":
            raise ReplayError(f"{delivery_id} is being tried right now")
    deliveries.replay(session, delivery_id, now)
