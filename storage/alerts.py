"""Alerts: open ones gather, sealed ones stay as they are. Their Deliveries are in `deliveries.py`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from storage.tables import Alert, Delivery, Pick


def open_new(session: Session, alert_id: str, channel_id: int, gathers: str, now: datetime) -> None:
    """Keep an Alert that gathers. Raises sqlalchemy.exc.IntegrityError when another does that already."""
    session.add(Alert(id=alert_id, channel_id=channel_id, gathers=gathers, state="open", created_at=now))
    session.flush()


def open_alert(session: Session, channel_id: int, gathers: str) -> tuple[str, datetime] | None:
    """The id of the Alert that gathers this for a Channel, and when it goes; null when none does.

    One whose Delivery does not wait any more (somebody has given it up) gathers nothing more.
    """
    return session.exec(
        select(Alert.id, Delivery.next_attempt_at)
        .join(Delivery, col(Delivery.alert_id) == col(Alert.id))
        .where(Alert.channel_id == channel_id, Alert.gathers == gathers, Alert.state == "open")
    ).first()  # type: ignore[return-value]  # an open one always has a time


def close_at(session: Session, alert_id: str, closes_at: datetime) -> None:
    """An open Alert goes at this time."""
    session.execute(
        update(Delivery)
        .where(col(Delivery.alert_id) == alert_id, col(Delivery.state) == "waiting")
        .values(next_attempt_at=closes_at, due_at=closes_at)
    )


def last_sealed_at(session: Session, channel_id: int) -> datetime | None:
    """When the last Alert of a Channel went that was no digest."""
    return session.exec(
        select(Alert.sealed_at)
        .where(Alert.channel_id == channel_id, Alert.gathers == "at once", col(Alert.sealed_at).is_not(None))
        .order_by(col(Alert.sealed_at).desc())
        .limit(1)
    ).first()


def telling(session: Session, change_id: int, channel_id: int) -> tuple[str, datetime, bool] | None:
    """The Alert that tells a Change to a Channel: its id, when it goes or went, and whether it went."""
    found = session.exec(
        select(Alert, Delivery.next_attempt_at)
        .join(Pick, col(Pick.alert_id) == col(Alert.id))
        .join(Delivery, col(Delivery.alert_id) == col(Alert.id))
        .where(Pick.change_id == change_id, Pick.channel_id == channel_id, Pick.state == "gathered")
        .limit(1)
    ).first()
    if found is None:
        return None
    alert, next_attempt_at = found
    return alert.id, alert.sealed_at or next_attempt_at or alert.created_at, alert.state != "open"


def get(session: Session, alert_id: str) -> Alert | None:
    """The Alert with this id, if there is one."""
    return session.get(Alert, alert_id)


def page(
    session: Session, *, limit: int, before: str | None = None, channel_id: int | None = None, state: str | None = None
) -> Sequence[Alert]:
    """Alerts, the newest first (their ids sort by the time they were made), from the one before the id `before` on."""
    query = select(Alert).order_by(col(Alert.id).desc()).limit(limit)
    if before is not None:
        query = query.where(Alert.id < before)
    if channel_id is not None:
        query = query.where(Alert.channel_id == channel_id)
    if state is not None:
        query = query.where(Alert.state == state)
    return session.exec(query).all()


def seal(session: Session, alert_id: str, payload: Mapping[str, Any], now: datetime) -> None:
    """From now on an Alert stays as it is."""
    session.execute(
        update(Alert)
        .where(col(Alert.id) == alert_id, col(Alert.state) == "open")
        .values(state="sealed", sealed_at=now, payload=dict(payload))
    )


def withdraw(session: Session, alert_id: str, now: datetime, reason: str) -> None:
    """There is nothing left to tell: neither the Alert nor its Delivery go anywhere."""
    session.execute(update(Alert).where(col(Alert.id) == alert_id).values(state="withdrawn"))
    session.execute(
        update(Delivery)
        .where(col(Delivery.alert_id) == alert_id, col(Delivery.state) == "waiting")
        .values(state="withdrawn", finished_at=now, next_attempt_at=None, last_error=reason)
    )


def last_gathered(session: Session, channel_id: int, gathers: str, before: datetime) -> datetime | None:
    """When the digest of a Channel before this time went, whether it told something or not."""
    return session.exec(
        select(func.max(Alert.sealed_at)).where(
            Alert.channel_id == channel_id, Alert.gathers == gathers, col(Alert.sealed_at) < before
        )
    ).one()


def open_and_due(session: Session, channel_ids: Sequence[int], now: datetime) -> Sequence[str]:
    """Ids of open Alerts of these Channels whose time has come."""
    return session.exec(
        select(Alert.id)
        .join(Delivery, col(Delivery.alert_id) == col(Alert.id))
        .where(Alert.state == "open", col(Alert.channel_id).in_(channel_ids))
        .where(Delivery.state == "waiting", col(Delivery.next_attempt_at) <= now)
    ).all()


def last_told(session: Session, channel_id: int | None) -> Mapping[str, Any] | None:
    """The payload of the last Alert that told changes, to a Channel or to any."""
    query = (
        select(Alert.payload)
        .where(Alert.state == "sealed", col(Alert.channel_id).is_not(None))
        .order_by(col(Alert.sealed_at).desc(), col(Alert.id).desc())
    )
    if channel_id is not None:
        query = query.where(Alert.channel_id == channel_id)
    told = session.exec(query.limit(20)).all()
    return next((payload for payload in told if payload and payload.get("changes")), None)
