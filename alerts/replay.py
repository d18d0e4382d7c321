"""Sending Deliveries again by hand, under the same ids, so that a receiver who has one already knows it."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlmodel import Session

from alerts.channels import registry
from alerts.errors import ReplayError
from storage import deliveries
from storage.tables import Channel


def replay(session: Session, delivery_id: str, now: datetime | None = None) -> None:
    """Make a failed or waiting Delivery due at once, with a whole new round of tries. Raises ReplayError."""
    at = now or datetime.now(UTC)
    found = deliveries.get(session, delivery_id)
    if found is None:
        raise ReplayError(f"there is no delivery {delivery_id!r}: `corrigenda deliveries` shows them")
    delivery, channel, alert = found
    if delivery.state == "delivered":
        raise ReplayError(f"{delivery_id} was delivered at {delivery.finished_at:%Y-%m-%d %H:%M} UTC already")
    if delivery.state == "withdrawn":
        raise ReplayError(f"{delivery_id} was withdrawn ({delivery.last_error}): there is nothing to send")
    if alert.state == "open":
        raise ReplayError(f"{delivery_id} still gathers changes: it goes at {delivery.due_at:%Y-%m-%d %H:%M} UTC")
    _require_enabled(channel)
    if delivery.next_attempt_at is not None and delivery.next_attempt_at > at:
        last = deliveries.attempts(session, delivery_id)[-1:]
        if last and last[0].outcome == "started":
            raise ReplayError(f"{delivery_id} is being tried right now")
    deliveries.replay(session, [delivery_id], at)


def replay_failed(
    session: Session, *, channel: str | None = None, since: datetime | None = None, now: datetime | None = None
) -> Sequence[str]:
    """Make failed Deliveries due at once, oldest first: all, or those to one Channel, or those that failed since then.

    Those to disabled Channels stay as they are. Returns the ids. Raises ChannelError, and ReplayError when the Channel
    that was named is disabled.
    """
    named = None if channel is None else registry.channel(session, channel)
    if named is not None:
        _require_enabled(named)
    ids = deliveries.failed_ids(session, named.id if named else None, since)
    deliveries.replay(session, ids, now or datetime.now(UTC))
    return ids


def left_behind(session: Session, channel: Channel) -> str | None:
    """One sentence for who switches a Channel on again: what of its past was not delivered; None when all was."""
    count = deliveries.count_failed(session, channel.id or 0)
    if not count:
        return None
    failed = "1 delivery to it failed and is" if count == 1 else f"{count:,} deliveries to it failed and are"
    return f"{failed} not sent by itself: corrigenda deliveries --retry-failed --channel {shlex.quote(channel.name)}"


def _require_enabled(channel: Channel) -> None:
    if not channel.enabled:
        raise ReplayError(
            f"channel {channel.name!r} is disabled ({channel.disabled_reason or 'by hand'}): enable it first"
        )
