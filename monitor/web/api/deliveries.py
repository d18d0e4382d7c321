"""Alerts, Deliveries and Mutes: what was told, what became of each try, and what nobody wants to hear of."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import Path, Query, Response
from sqlmodel import Session

from alerts import rulebook
from alerts.errors import ReplayError
from alerts.replay import replay, replay_failed
from monitor.web.access import Who
from monitor.web.api.nouns.deliveries import (
    Alert,
    Delivery,
    DeliveryRecord,
    DeliveryState,
    Mute,
    NewMute,
    Replayed,
    ReplayFailed,
    alert,
    delivery,
    delivery_record,
    mute,
)
from monitor.web.api.nouns.noun import LARGEST_ID, Text
from monitor.web.api.paging import Key, Page, Paging
from monitor.web.api.problems import CONFLICT, INVALID_CONTENT, Refusal, not_found
from monitor.web.api.route import created
from monitor.web.rendering import Here
from storage import alerts, deliveries, mutes, tables

AlertId = Annotated[Text, Path(max_length=100, description="The id of an Alert.")]
DeliveryId = Annotated[Text, Path(max_length=100, description="The id of a Delivery.")]
MuteId = Annotated[int, Path(ge=1, le=LARGEST_ID, description="The id of a Mute.")]
_Channel = Annotated[int | None, Query(ge=1, le=LARGEST_ID, description="Only of the Channel with this id.")]


def list_alerts(
    here: Here,
    paging: Paging,
    channel: _Channel = None,
    state: Annotated[
        Literal["open", "sealed", "withdrawn"] | None, Query(description="Only those in this state.")
    ] = None,
) -> Page[Alert]:
    """The Alerts, the newest first, without all that they say."""
    after = paging.after(tuple[Text])
    with here.database.read() as session:
        rows = alerts.page(
            session, limit=paging.rows, before=after[0] if after else None, channel_id=channel, state=state
        )
    return paging.page(rows, alert, lambda row: (row.id,))


def get_alert(here: Here, alert_id: AlertId) -> Alert:
    """One Alert with all that it says, as webhooks receive it."""
    with here.database.read() as session:
        row = alerts.get(session, alert_id)
    if row is None:
        raise not_found(f"alert {alert_id!r}")
    return alert(row, whole=True)


def list_deliveries(
    here: Here,
    paging: Paging,
    state: Annotated[DeliveryState | None, Query(description="Only those in this state.")] = None,
    channel: _Channel = None,
) -> Page[Delivery]:
    """The Deliveries, the newest first."""
    after = paging.after(tuple[Text])
    with here.database.read() as session:
        rows = deliveries.page(
            session, limit=paging.rows, before=after[0] if after else None, state=state, channel_id=channel
        )
    return paging.page(rows, lambda row: delivery(*row), lambda row: (row[0].id,))


def get_delivery(here: Here, delivery_id: DeliveryId) -> DeliveryRecord:
    """A Delivery with every Attempt at it."""
    with here.database.read() as session:
        return _record(session, delivery_id)


def replay_delivery(here: Here, delivery_id: DeliveryId) -> DeliveryRecord:
    """Send a failed or waiting Delivery again, at once and under the same id, with a whole new round of tries."""
    with here.database.write() as session:
        _record(session, delivery_id)
        try:
            replay(session, delivery_id)
        except ReplayError as error:
            raise Refusal(CONFLICT, f"{error}.") from error
        session.expire_all()
        return _record(session, delivery_id)


def replay_deliveries(here: Here, asked: ReplayFailed) -> Replayed:
    """Send all failed Deliveries again, or those to one Channel, or those that failed since a time; oldest first."""
    with here.database.write() as session:
        named = None
        if asked.channel_id is not None:
            to = session.get(tables.Channel, asked.channel_id)
            if to is None or to.removed_at is not None:
                raise Refusal(INVALID_CONTENT, f"There is no channel {asked.channel_id}.")
            named = to.name
        try:
            ids = replay_failed(session, channel=named, since=asked.since)
        except ReplayError as error:
            raise Refusal(CONFLICT, f"{error}.") from error
    return Replayed(deliveries=list(ids))


def list_mutes(here: Here, paging: Paging) -> Page[Mute]:
    """The Mutes that hold now, the newest first."""
    after = paging.after(tuple[Key])
    with here.database.read() as session:
        rows = [row for row in mutes.listed(session, datetime.now(UTC)) if after is None or (row[0].id or 0) < after[0]]
        shown = rows[: paging.limit]
        says = rulebook.describe_mutes(session, [row for row, _ in shown])
        items = [mute(row, on, said) for (row, on), said in zip(shown, says, strict=True)]
    return paging.page_until(items, (items[-1].id,) if len(rows) > paging.limit else None)


def add_mute(here: Here, who: Who, response: Response, wanted: NewMute) -> Mute:
    """Let a Channel not hear of a fact, an Article, or what a Rule picks, for a while or until somebody ends it."""
    with here.database.write() as session:
        row = rulebook.add_mute(
            session, wanted.channel_id, line_id=wanted.line_id, article_id=wanted.article_id, rule=wanted.rule_id,
            days=wanted.days, by=who.name,
        )  # fmt: skip
        made = _shown_mute(session, row)
    created(response, made.links["self"], new=True)
    return made


def get_mute(here: Here, mute_id: MuteId) -> Mute:
    """One Mute."""
    with here.database.read() as session:
        return _shown_mute(session, _known_mute(session, mute_id))


def end_mute(here: Here, mute_id: MuteId) -> None:
    """Let a Channel hear of it again."""
    with here.database.write() as session:
        _known_mute(session, mute_id)
        rulebook.end_mute(session, mute_id)


def _record(session: Session, delivery_id: str) -> DeliveryRecord:
    found = deliveries.get(session, delivery_id)
    if found is None:
        raise not_found(f"delivery {delivery_id!r}")
    return delivery_record(*found, deliveries.attempts(session, delivery_id))


def _known_mute(session: Session, mute_id: int) -> tables.Mute:
    row = mutes.get(session, mute_id)
    if row is None:
        raise not_found(f"mute {mute_id}")
    return row


def _shown_mute(session: Session, row: tables.Mute) -> Mute:
    return mute(row, session.get_one(tables.Channel, row.channel_id), rulebook.describe_mute(session, row))
