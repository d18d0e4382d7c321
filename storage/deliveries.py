"""Deliveries, and every Attempt at one.

A Delivery is claimed by a conditional UPDATE that moves `next_attempt_at` to the end of a lease: who claims it first
has it, and when that process dies the lease runs out and the Delivery is simply due again.

The Deliveries of a Channel stand in a line, by when they first fell due. The first in line is tried; while it waits for
its next try, those behind it wait, too. One that failed where a later one was delivered has stepped aside: it is tried
again by its own schedule, and nobody waits for it any more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import and_, bindparam, func, or_, update
from sqlmodel import Session, col, select

from storage.prepared import Prepared
from storage.tables import Alert, Attempt, Channel, Delivery
from storage.tables.columns import UtcDateTime

INTERRUPTED = "interrupted: no answer was recorded before the process ended"

_NOW = bindparam("now", type_=UtcDateTime())


@dataclass(frozen=True, slots=True)
class Claim:
    """A Delivery that this process may try now, with all that the try needs."""

    delivery_id: str
    attempt: int
    """Number of this Attempt, from 1."""
    round_tries: int
    """Tries of this round with this one: since it was written, or since a person had it sent again."""
    aside: bool
    created_at: datetime
    payload: Mapping[str, Any]
    channel_id: int
    channel: str
    kind: str
    address: str
    secret: str | None
    retired_secret: str | None
    """The secret before, as long as it still signs."""
    templates: Mapping[str, str]


def add_alert(session: Session, *, alert_id: str, created_at: datetime, payload: Mapping[str, Any]) -> None:
    """Keep an Alert that is whole already and gathers nothing, such as one for operators."""
    session.add(Alert(id=alert_id, created_at=created_at, sealed_at=created_at, payload=dict(payload)))
    session.flush()


def add(
    session: Session,
    delivery_id: str,
    alert_id: str,
    channel_id: int,
    now: datetime,
    *,
    next_attempt_at: datetime | None = None,
) -> None:
    """Keep a Delivery, due at once unless its Alert still gathers."""
    session.add(
        Delivery(
            id=delivery_id,
            alert_id=alert_id,
            channel_id=channel_id,
            created_at=now,
            next_attempt_at=next_attempt_at or now,
            due_at=next_attempt_at or now,
        )
    )
    session.flush()


@dataclass(frozen=True, slots=True)
class DueChannel:
    """An enabled Channel with a Delivery that may be tried now."""

    id: int
    kind: str
    address: str
    failing: bool
    """Whether its last try failed."""


def _head(channel_id: Any, now: Any) -> Any:
    """The first in line of a Channel."""
    return (
        select(Delivery)
        .where(Delivery.channel_id == channel_id, Delivery.state == "waiting", col(Delivery.aside).is_(False))
        .where(col(Delivery.due_at) <= now)
        .order_by(col(Delivery.due_at), col(Delivery.id))
        .limit(1)
    )


def _due_channels() -> Any:
    head = _head(Channel.id, _NOW).with_only_columns(col(Delivery.next_attempt_at)).correlate(Channel).scalar_subquery()
    aside = (
        select(func.min(Delivery.next_attempt_at))
        .where(Delivery.channel_id == Channel.id, Delivery.state == "waiting", col(Delivery.aside))
        .correlate(Channel)
        .scalar_subquery()
    )
    failing = col(Channel.failing_since_at).is_not(None)
    return (
        select(Channel.id, Channel.kind, Channel.address, failing)
        .where(col(Channel.enabled), or_(head <= _NOW, aside <= _NOW))
        .order_by(failing, func.coalesce(head, aside), col(Channel.id))
    )


_DUE_CHANNELS = Prepared(_due_channels())


def due_channels(session: Session, now: datetime) -> Sequence[DueChannel]:
    """Channels with something to try now: those that are well first, then those that wait longest."""
    session.flush()
    return [DueChannel(*row) for row in _DUE_CHANNELS.all(session.connection(), {"now": now})]


def next_due(session: Session, channel_id: int, now: datetime) -> tuple[str, Alert] | None:
    """What a Channel is to be sent now, with its Alert, which may still be open: the first in line or the first aside,
    whichever has been due for longer."""
    aside = (
        select(Delivery)
        .where(Delivery.channel_id == channel_id, Delivery.state == "waiting", col(Delivery.aside))
        .order_by(col(Delivery.next_attempt_at), col(Delivery.id))
        .limit(1)
    )
    found = [one for query in (_head(channel_id, now), aside) if (one := session.exec(query).first())]
    due = [(one.next_attempt_at, one.id) for one in found if one.next_attempt_at and one.next_attempt_at <= now]
    return _with_alert(session, min(due)[1]) if due else None


def next_untried(session: Session, channel_id: int, now: datetime) -> tuple[str, Alert] | None:
    """The first in line that has not been tried yet, with its Alert: what comes of it shows who is to blame, the
    Channel or the Delivery before it."""
    found = session.exec(
        _head(channel_id, now).with_only_columns(col(Delivery.id)).where(Delivery.attempts == Delivery.attempts_before)
    ).first()
    return None if found is None else _with_alert(session, found)


def _with_alert(session: Session, delivery_id: str) -> tuple[str, Alert] | None:
    return session.exec(
        select(Delivery.id, Alert)
        .join(Alert, col(Alert.id) == col(Delivery.alert_id))
        .join(Channel, col(Channel.id) == col(Delivery.channel_id))
        .where(Delivery.id == delivery_id, col(Channel.enabled))
        .execution_options(populate_existing=True)
    ).first()


def claim_next(session: Session, channel_id: int, now: datetime, lease_until: datetime) -> Claim | None:
    """Claim what a Channel is to be sent now; its Alert is sealed already."""
    due = next_due(session, channel_id, now)
    return None if due is None else claim(session, due[0], now, lease_until)


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
        aside=delivery.aside,
        created_at=delivery.created_at,
        payload=alert.payload or {},
        channel_id=channel.id,
        channel=channel.name,
        kind=channel.kind,
        address=channel.address,
        secret=channel.secret,
        retired_secret=channel.retired_secret if (channel.retired_secret_until_at or now) > now else None,
        templates=channel.templates,
    )


def put_off(session: Session, delivery_id: str, until: datetime, reason: str) -> None:
    """Let a Delivery that was not tried yet wait at the end of the line; the reason is shown to people."""
    session.execute(
        update(Delivery)
        .where(col(Delivery.id) == delivery_id, col(Delivery.state) == "waiting")
        .values(next_attempt_at=until, due_at=until, last_error=reason)
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


def let_pass(session: Session, claim: Claim, failures: int, now: datetime) -> None:
    """This one was delivered, so its Channel is well: those before it in line that have failed are due now, and those
    that have failed so often step aside."""
    mine = session.get_one(Delivery, claim.delivery_id)
    before = or_(
        col(Delivery.due_at) < mine.due_at, and_(col(Delivery.due_at) == mine.due_at, col(Delivery.id) < mine.id)
    )
    tries = col(Delivery.attempts) - col(Delivery.attempts_before)
    under_way = select(Attempt.id).where(Attempt.delivery_id == Delivery.id, Attempt.outcome == "started").exists()
    session.execute(
        update(Delivery)
        .where(col(Delivery.channel_id) == claim.channel_id, col(Delivery.state) == "waiting")
        .where(col(Delivery.aside).is_(False), before, tries > 0, ~under_way)
        .values(aside=tries >= failures, next_attempt_at=now)
        .execution_options(synchronize_session=False)
    )


def fail_disabled(session: Session, now: datetime) -> int:
    """What waits for a disabled Channel fails visibly, with the Channel's reason; returns how many.

    A Delivery that is being tried right now is among them: if that try succeeds, it is delivered after all. What still
    gathers is not: the Channel may be enabled again before it goes.
    """
    failed = 0
    for channel in session.exec(select(Channel).where(col(Channel.enabled).is_(False))).all():
        reason = f"channel {channel.name!r} is disabled: {channel.disabled_reason or 'by hand'}"
        result = session.execute(
            update(Delivery)
            .where(col(Delivery.channel_id) == channel.id, col(Delivery.state) == "waiting")
            .where(col(Delivery.alert_id).in_(select(Alert.id).where(Alert.state == "sealed")))
            .values(state="failed", finished_at=now, next_attempt_at=None, last_error=reason)
        )
        failed += result.rowcount  # type: ignore[attr-defined]
    return failed


_WAITS_FOR_DISABLED = Prepared(
    select(Channel.id)
    .where(col(Channel.enabled).is_(False))
    .where(
        select(Delivery.id)
        .join(Alert, col(Alert.id) == col(Delivery.alert_id))
        .where(Delivery.channel_id == Channel.id, Delivery.state == "waiting")
        .where(or_(col(Alert.state) == "sealed", col(Delivery.next_attempt_at) <= _NOW))
        .exists()
    )
    .limit(1)
)


def waits_for_disabled(session: Session, now: datetime) -> bool:
    """Whether a Delivery waits for a disabled Channel that is to be kept as failed: sealed, or due."""
    session.flush()
    return _WAITS_FOR_DISABLED.first(session.connection(), {"now": now}) is not None


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


def clock_was_set_back(session: Session, by: timedelta, now: datetime) -> None:
    """What stood in line by the old clock stands in line, in its order, and waits no longer than it had to.

    What still gathers to be told at once goes when it was to go, too, unless it waits for an hour that is further away
    than the clock was set, such as the end of quiet hours. A digest comes at the hour that was set.
    """
    soon = and_(
        col(Delivery.due_at) <= now + 2 * by,
        col(Delivery.alert_id).in_(
            select(Alert.id).where(
                Alert.state == "open", or_(col(Alert.gathers) == "at once", col(Alert.gathers).startswith("each "))
            )
        ),
    )
    waiting = select(Delivery).where(Delivery.state == "waiting", or_(col(Delivery.due_at) <= now + by, soon))
    for delivery in session.exec(waiting).all():
        delivery.due_at -= by
        if delivery.next_attempt_at is not None:
            delivery.next_attempt_at -= by
        session.add(delivery)
    session.flush()


def replay(session: Session, delivery_ids: Sequence[str], now: datetime) -> None:
    """Make Deliveries due at once, under their own ids, with a whole new round of tries and their places in line."""
    for start in range(0, len(delivery_ids), 500):
        session.execute(
            update(Delivery)
            .where(col(Delivery.id).in_(delivery_ids[start : start + 500]))
            .values(
                state="waiting",
                next_attempt_at=now,
                finished_at=None,
                aside=False,
                attempts_before=Delivery.attempts,
            )
            .execution_options(synchronize_session=False)
        )


def failed_ids(session: Session, channel_id: int | None = None, since: datetime | None = None) -> Sequence[str]:
    """Ids of failed Deliveries to Channels that are in use, oldest first: of one Channel, and of those that have
    failed since then, where that is given."""
    query = (
        select(Delivery.id)
        .join(Channel, col(Channel.id) == col(Delivery.channel_id))
        .where(Delivery.state == "failed", col(Channel.enabled))
        .order_by(col(Delivery.due_at), col(Delivery.id))
    )
    if channel_id is not None:
        query = query.where(Delivery.channel_id == channel_id)
    if since is not None:
        query = query.where(col(Delivery.finished_at) >= since)
    return session.exec(query).all()


def count_failed(session: Session, channel_id: int | None = None, since: datetime | None = None) -> int:
    """How many Deliveries, to all Channels or to this one, have failed, ever or since then, and were not sent again."""
    query = select(func.count()).where(Delivery.state == "failed")
    if channel_id is not None:
        query = query.where(Delivery.channel_id == channel_id)
    if since is not None:
        query = query.where(col(Delivery.finished_at) >= since)
    return session.exec(query).one()


def get(session: Session, delivery_id: str) -> tuple[Delivery, Channel, Alert] | None:
    """A Delivery with its Channel and its Alert, if there is one of that id."""
    return session.exec(
        select(Delivery, Channel, Alert)
        .join(Channel, col(Channel.id) == col(Delivery.channel_id))
        .join(Alert, col(Alert.id) == col(Delivery.alert_id))
        .where(Delivery.id == delivery_id)
    ).first()


def listed(
    session: Session, state: str | None = None, limit: int = 100, *, channel_id: int | None = None
) -> Sequence[tuple[Delivery, Channel, Alert]]:
    """Deliveries, newest first, each with its Channel and its Alert; of one state, to one Channel, where given."""
    query = (
        select(Delivery, Channel, Alert)
        .join(Channel, col(Channel.id) == col(Delivery.channel_id))
        .join(Alert, col(Alert.id) == col(Delivery.alert_id))
        .order_by(col(Delivery.id).desc())  # ids sort by the time they were made
        .limit(limit)
    )
    if state is not None:
        query = query.where(Delivery.state == state)
    if channel_id is not None:
        query = query.where(Delivery.channel_id == channel_id)
    return session.exec(query).all()


def page(
    session: Session, *, limit: int, before: str | None = None, state: str | None = None, channel_id: int | None = None
) -> Sequence[tuple[Delivery, Channel, Alert]]:
    """Deliveries, the newest first, from the one before the id `before` on, each with its Channel and its Alert."""
    query = (
        select(Delivery, Channel, Alert)
        .join(Channel, col(Channel.id) == col(Delivery.channel_id))
        .join(Alert, col(Alert.id) == col(Delivery.alert_id))
        .order_by(col(Delivery.id).desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(Delivery.id < before)
    if state is not None:
        query = query.where(Delivery.state == state)
    if channel_id is not None:
        query = query.where(Delivery.channel_id == channel_id)
    return session.exec(query).all()


def attempts(session: Session, delivery_id: str) -> Sequence[Attempt]:
    """The Attempts at a Delivery, first to last."""
    return session.exec(select(Attempt).where(Attempt.delivery_id == delivery_id).order_by(col(Attempt.number))).all()


def count_by_state(session: Session) -> dict[str, int]:
    """How many Deliveries are waiting, delivered and failed; a state without any is missing."""
    rows = session.exec(select(Delivery.state, func.count()).group_by(Delivery.state)).all()
    return dict(rows)
