"""Alerts, their Deliveries, and every Attempt at one.

A Delivery is claimed by a conditional UPDATE that moves `next_attempt_at` to the end of a lease: who claims it first
has it, and when that process dies the lease runs out and the Delivery is simply due again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from storage.tables import Alert, Attempt, Channel, Delivery

INTERRUPTED = "interrupted: no answer was recorded before the process ended"


@dataclass(frozen=True, slots=True)
class Claim:
    """A Delivery that this process may try now, with all that the try needs."""

    delivery_id: str
    attempt: int
    """Number of this Attempt, from 1."""
    round_tries: int
    """Tries of this round with this one: since it was written, or since a person had it sent again."""
    created_at: datetime
    payload: Mapping[str, Any]
    channel_id: int
    channel: str
    kind: str
    address: str
    secret: str | None


def add_alert(session: Session, *, alert_id: str, created_at: datetime, payload: Mapping[str, Any]) -> None:
    """Keep an Alert that is whole already and gathers nothing, such as one for operators."""
    session.add(Alert(id=alert_id, created_at=created_at, sealed_at=created_at, payload=dict(payload)))
    session.flush()


def add(session: Session, delivery_id: str, alert_id: str, channel_id: int, now: datetime) -> None:
    """Keep a Delivery, due at once."""
    session.add(Delivery(id=delivery_id, alert_id=alert_id, channel_id=channel_id, created_at=now, next_attempt_at=now))
    session.flush()


def due_channels(session: Session, now: datetime, *, without: Collection[int], limit: int) -> Sequence[int]:
    """Ids of enabled Channels with a due Delivery, the longest due first, except those in `without`."""
    return session.exec(
        select(Delivery.channel_id)
        .join(Channel, col(Channel.id) == col(Delivery.channel_id))
        .where(Delivery.state == "waiting", col(Delivery.next_attempt_at) <= now, col(Channel.enabled))
        .where(col(Delivery.channel_id).not_in(without))
        .group_by(col(Delivery.channel_id))
        .order_by(func.min(Delivery.next_attempt_at))
        .limit(limit)
    ).all()


def claim_next(session: Session, channel_id: int, now: datetime, lease_until: datetime) -> Claim | None:
    """Claim the Delivery of a Channel that is due longest, if one is; its Attempt is kept before it is made."""
    delivery_id = session.exec(
        select(Delivery.id)
        .where(Delivery.channel_id == channel_id, Delivery.state == "waiting", col(Delivery.next_attempt_at) <= now)
        .order_by(col(Delivery.next_attempt_at), col(Delivery.id))
        .limit(1)
    ).first()
    return None if delivery_id is None else claim(session, delivery_id, now, lease_until)


def claim(session: Session, delivery_id: str, now: datetime, lease_until: datetime) -> Claim | None:
    """Claim this Delivery if it is due and its Channel is enabled; None when it is not, or another has claimed it."""
    claimed = session.execute(
        update(Delivery)
        .where(
            col(Delivery.id) == delivery_id,
            col(Delivery.state) == "waiting",
            col(Delivery.next_attempt_at) <= now,
            col(Delivery.channel_id).in_(select(Channel.id).where(col(Channel.enabled))),
        )
        .values(attempts=Delivery.attempts + 1, next_attempt_at=lease_until)
        .returning(col(Delivery.attempts))
        .execution_options(synchronize_session=False)
    ).first()
    if claimed is None:
        return None
    delivery, alert, channel = session.exec(
        select(Delivery, Alert, Channel)
        .join(Alert, col(Alert.id) == col(Delivery.alert_id))
        .join(Channel, col(Channel.id) == col(Delivery.channel_id))
        .where(Delivery.id == delivery_id)
        .execution_options(populate_existing=True)
    ).one()
    session.execute(
        update(Attempt)
        .where(col(Attempt.delivery_id) == delivery_id, col(Attempt.outcome) == "started")
        .values(outcome="retry", finished_at=now, detail=INTERRUPTED)
    )
    session.add(Attempt(delivery_id=delivery_id, number=delivery.attempts, started_at=now))
    session.flush()
    assert channel.id is not None
    return Claim(
        delivery_id=delivery_id,
        attempt=delivery.attempts,
        round_tries=delivery.attempts - delivery.attempts_before,
        created_at=delivery.created_at,
        payload=alert.payload or {},
        channel_id=channel.id,
        channel=channel.name,
        kind=channel.kind,
        address=channel.address,
        secret=channel.secret,
    )


def record(
    session: Session,
    claim: Claim,
    outcome: Literal["delivered", "retry", "failed"],
    detail: str,
    now: datetime,
    next_attempt_at: datetime | None = None,
) -> None:
    """Keep how an Attempt ended, and what becomes of its Delivery. `retry` needs `next_attempt_at`.

    Who was overtaken (its lease ran out and another tries) may still report a success, but no longer a failure.
    """
    open_outcomes = ("started", "retry") if outcome == "delivered" else ("started",)
    session.execute(
        update(Attempt)
        .where(col(Attempt.delivery_id) == claim.delivery_id, col(Attempt.number) == claim.attempt)
        .where(col(Attempt.outcome).in_(open_outcomes))
        .values(outcome=outcome, detail=detail, finished_at=now)
    )
    mine = update(Delivery).where(col(Delivery.id) == claim.delivery_id)
    if outcome == "delivered":
        session.execute(mine.values(state="delivered", finished_at=now, next_attempt_at=None, last_error=None))
        return
    mine = mine.where(col(Delivery.state) == "waiting", col(Delivery.attempts) == claim.attempt)
    if outcome == "retry":
        session.execute(mine.values(next_attempt_at=next_attempt_at, last_error=detail))
    else:
        session.execute(mine.values(state="failed", finished_at=now, next_attempt_at=None, last_error=detail))


def fail_disabled(session: Session, now: datetime) -> int:
    """What waits for a disabled Channel fails visibly, with the Channel's reason; returns how many.

    A Delivery that is being tried right now is among them: if that try succeeds, it is delivered after all.
    """
    failed = 0
    for channel in session.exec(select(Channel).where(col(Channel.enabled).is_(False))).all():
        reason = f"channel {channel.name!r} is disabled: {channel.disabled_reason or 'by hand'}"
        result = session.execute(
            update(Delivery)
            .where(col(Delivery.channel_id) == channel.id, col(Delivery.state) == "waiting")
            .values(state="failed", finished_at=now, next_attempt_at=None, last_error=reason)
        )
        failed += result.rowcount  # type: ignore[attr-defined]
    return failed


def waits_for_disabled(session: Session) -> bool:
    """Whether a Delivery waits for a disabled Channel."""
    waits = select(Delivery.id).where(Delivery.channel_id == Channel.id, Delivery.state == "waiting")
    return session.exec(select(Channel.id).where(col(Channel.enabled).is_(False), waits.exists())).first() is not None


def release_interrupted(session: Session, now: datetime) -> int:
    """Let go of what was being tried, without waiting for leases; returns how many.

    Only for a process that knows itself alone on the database: a try of another would be made twice.
    """
    interrupted = session.exec(
        select(Attempt.id, Attempt.delivery_id)
        .join(Delivery, col(Delivery.id) == col(Attempt.delivery_id))
        .where(Delivery.state == "waiting", Attempt.outcome == "started")
    ).all()
    for attempt_id, delivery_id in interrupted:
        session.execute(update(Delivery).where(col(Delivery.id) == delivery_id).values(next_attempt_at=now))
        session.execute(
            update(Attempt)
            .where(col(Attempt.id) == attempt_id)
            .values(outcome="retry", finished_at=now, detail=INTERRUPTED)
        )
    return len(interrupted)


def replay(session: Session, delivery_id: str, now: datetime) -> None:
    """Make a Delivery due at once, under its own id, with a whole new round of tries."""
    session.execute(
        update(Delivery)
        .where(col(Delivery.id) == delivery_id)
        .values(state="waiting", next_attempt_at=now, finished_at=None, attempts_before=Delivery.attempts)
    )


def get(session: Session, delivery_id: str) -> tuple[Delivery, Channel, Alert] | None:
    """A Delivery with its Channel and its Alert, if there is one of that id."""
    return session.exec(
        select(Delivery, Channel, Alert)
        .join(Channel, col(Channel.id) == col(Delivery.channel_id))
        .join(Alert, col(Alert.id) == col(Delivery.alert_id))
        .where(Delivery.id == delivery_id)
    ).first()


def listed(session: Session, state: str | None = None, limit: int = 100) -> Sequence[tuple[Delivery, Channel, Alert]]:
    """Deliveries, newest first, each with its Channel and its Alert; of one state when it is given."""
    query = (
        select(Delivery, Channel, Alert)
        .join(Channel, col(Channel.id) == col(Delivery.channel_id))
        .join(Alert, col(Alert.id) == col(Delivery.alert_id))
        .order_by(col(Delivery.id).desc())  # ids sort by the time they were made
        .limit(limit)
    )
    return session.exec(query if state is None else query.where(Delivery.state == state)).all()


def attempts(session: Session, delivery_id: str) -> Sequence[Attempt]:
    """The Attempts at a Delivery, first to last."""
    return session.exec(select(Attempt).where(Attempt.delivery_id == delivery_id).order_by(col(Attempt.number))).all()


def count_by_state(session: Session) -> dict[str, int]:
    """How many Deliveries are waiting, delivered and failed; a state without any is missing."""
    rows = session.exec(select(Delivery.state, func.count()).group_by(Delivery.state)).all()
    return dict(rows)
