"""Alerts, Deliveries and Mutes: what was told, what became of each try, and what nobody wants to hear of."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import Path, Query, Response
from sqlmodel import Session

from alerts.errors import ReplayError
from alerts.replay import replay
from monitor.web.access import Who
from monitor.web.api.nouns.noun import LARGEST_ID, Text
from monitor.web.api.nouns.telling import (
    Alert,
    Delivery,
    DeliveryRecord,
    DeliveryState,
    Mute,
    NewMute,
    alert,
    delivery,
    delivery_record,
    mute,
)
from monitor.web.api.paging import Key, Page, Paging
from monitor.web.api.problems import CONFLICT, INVALID_CONTENT, Refusal, not_found
from monitor.web.api.route import created
from monitor.web.rendering import Here
from storage import alerts, deliveries, mutes, tables

AlertId = Annotated[str, Path(max_length=100, description="The id of an Alert.")]
DeliveryId = Annotated[str, Path(max_length=100, description="The id of a Delivery.")]
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


def list_mutes(here: Here, paging: Paging) -> Page[Mute]:
    """The Mutes that hold now, the newest first."""
    after = paging.after(tuple[Key])
    with here.database.read() as session:
        rows = [row for row in mutes.listed(session, datetime.now(UTC)) if after is None or (row[0].id or 0) < after[0]]
    return paging.page(rows[: paging.rows], lambda row: mute(*row), lambda row: (row[0].id,))


def add_mute(here: Here, who: Who, response: Response, wanted: NewMute) -> Mute:
    """Let a Channel not hear of a fact, an Article, or what a Rule picks, for a while or until somebody ends it."""
    now = datetime.now(UTC)
    if wanted.until_at is not None and wanted.until_at <= now:
        raise Refusal(INVALID_CONTENT, "until_at is over already.")
    with here.database.write() as session:
        on = session.get(tables.Channel, wanted.channel_id)
        if on is None or on.removed_at is not None:
            raise Refusal(INVALID_CONTENT, f"There is no channel {wanted.channel_id}.")
        what, article_id = _muted(session, wanted)
        row = mutes.add(
            session,
            tables.Mute(
                channel_id=wanted.channel_id, what=what, line_id=wanted.line_id, article_id=article_id,
                rule_id=wanted.rule_id, until_at=wanted.until_at, created_at=now, created_by=who.name,
            ),
        )  # fmt: skip
        made = mute(row, on)
    created(response, made.links["self"], new=True)
    return made


def get_mute(here: Here, mute_id: MuteId) -> Mute:
    """One Mute."""
    with here.database.read() as session:
        row = _known_mute(session, mute_id)
        on = session.get(tables.Channel, row.channel_id)
        assert on is not None
        return mute(row, on)


def end_mute(here: Here, mute_id: MuteId) -> None:
    """Let a Channel hear of it again."""
    with here.database.write() as session:
        mutes.end(session, _known_mute(session, mute_id))


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


def _muted(session: Session, wanted: NewMute) -> tuple[str, int | None]:
    """What is muted, and in which Article. Raises Refusal where there is no such thing."""
    if wanted.article_id is not None:
        if session.get(tables.Article, wanted.article_id) is None:
            raise Refusal(INVALID_CONTENT, f"There is no article {wanted.article_id}.")
        return "article", wanted.article_id
    if wanted.rule_id is not None:
        if session.get(tables.Rule, wanted.rule_id) is None:
            raise Refusal(INVALID_CONTENT, f"There is no rule {wanted.rule_id}.")
        return "rule", None
    # A line is named by the id of its first row.
    first = session.get(tables.Fact, wanted.line_id)
    if first is None or first.line_id != wanted.line_id:
        raise Refusal(INVALID_CONTENT, f"There is no statement {wanted.line_id}.")
    return "fact", first.article_id
