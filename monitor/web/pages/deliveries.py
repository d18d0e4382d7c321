"""`/deliveries`: the outbox: what was told to whom, every try and its answer, the message as it was, send again."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Form, HTTPException, Path, Query
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from alerts.channels import registry
from alerts.channels.email.compose import compose
from alerts.channels.sending import Message
from alerts.errors import AlertsError
from alerts.replay import replay, replay_failed
from monitor.web.access import done, may_change
from monitor.web.rendering import Here, House, page
from storage import deliveries, picks, rules
from storage.tables import DELIVERY_STATES, Alert, Channel, Delivery

PAGE = 50
LONGEST_SHOWN = 200_000
"""Characters of a message that are shown."""
_SENDER = "Corrigenda <corrigenda@localhost>"

DeliveryId = Annotated[str, Path(max_length=100)]
ChannelId = Annotated[str, Query(pattern=r"^\d{0,15}$")]


def list_deliveries(
    here: Here,
    state: Annotated[str, Query(max_length=20)] = "",
    channel: ChannelId = "",
    before: Annotated[str, Query(max_length=100)] = "",
) -> HTMLResponse:
    """Deliveries, the newest first, of one state and to one Channel where that is asked for."""
    return _list(here, state, int(channel) if channel else None, before.replace("\x00", ""))


def show_delivery(here: Here, delivery_id: DeliveryId) -> HTMLResponse:
    """One Delivery: every try, and what was sent."""
    return _show(here, delivery_id)


def send_again(here: Here, delivery_id: DeliveryId) -> Response:
    """Make it due at once, under the same id."""
    try:
        with here.database.write() as session:
            _get(session, delivery_id)
            replay(session, delivery_id)
    except AlertsError as error:
        return _show(here, delivery_id, fault=str(error))
    return done(f"/deliveries/{delivery_id}", "delivery-again")


def send_failed_again(here: Here, channel: Annotated[str, Form(max_length=100)] = "") -> Response:
    """Make all that failed due at once, oldest first; or those to one Channel."""
    try:
        with here.database.write() as session:
            ids = replay_failed(session, channel=channel or None)
    except AlertsError as error:
        return _list(here, "failed", None, "", fault=str(error))
    return done("/deliveries", f"deliveries-again.{len(ids)}")


def _list(house: House, state: str, channel_id: int | None, before: str, fault: str = "") -> HTMLResponse:
    wanted = state if state in DELIVERY_STATES else ""
    with house.database.read() as session:
        rows = deliveries.page(
            session, limit=PAGE + 1, before=before or None, state=wanted or None, channel_id=channel_id
        )
        holds = picks.gathered(session, [alert.id for _, _, alert in rows])
        counts = deliveries.count_by_state(session)
        known = rules.every_channel(session)
    listed = [(delivery, channel, picks.about(alert, holds.get(alert.id))) for delivery, channel, alert in rows[:PAGE]]
    return page(
        "deliveries.html",
        status=400 if fault else 200,
        rows=listed,
        older=listed[-1][0].id if len(rows) > PAGE else None,
        counts=counts,
        states=DELIVERY_STATES,
        state=wanted,
        channel_id=channel_id,
        channels=known,
        before=before,
        fault=fault,
    )


def _show(house: House, delivery_id: str, fault: str = "") -> HTMLResponse:
    with house.database.read() as session:
        delivery, channel, alert = _get(session, delivery_id)
        tries = deliveries.attempts(session, delivery_id)
        about = picks.about(alert, picks.gathered(session, [alert.id]).get(alert.id))
    subject, text = _as_mail(delivery, channel, alert) if channel.kind == "email" else ("", "")
    whole = json.dumps(alert.payload, ensure_ascii=False, indent=2) if alert.payload else ""
    return page(
        "delivery.html",
        status=409 if fault else 200,
        delivery=delivery,
        channel=channel,
        address=registry.shown_address(channel, whole=may_change()),
        alert=alert,
        about=about,
        tries=tries,
        subject=subject,
        text=text[:LONGEST_SHOWN],
        whole=whole[:LONGEST_SHOWN],
        cut=len(whole) > LONGEST_SHOWN,
        changes=_changes(alert.payload),
        fault=fault,
    )


def _as_mail(delivery: Delivery, channel: Channel, alert: Alert) -> tuple[str, str]:
    """Subject and text of the mail; nothing while it is still being gathered."""
    if not alert.payload:
        return "", ""
    message = Message(delivery.id, alert.payload, channel.address, None)
    mail = compose(message, _SENDER, datetime.now(UTC))
    plain = mail.get_body(("plain",))
    return str(mail["Subject"]), str(plain.get_content()) if plain else ""


def _changes(payload: dict[str, Any] | None) -> list[dict[str, Any]]:
    changes = (payload or {}).get("changes", [])
    return [change for change in changes if isinstance(change, dict)]


def _get(session: Session, delivery_id: str) -> tuple[Delivery, Channel, Alert]:
    found = deliveries.get(session, delivery_id.replace("\x00", ""))
    if found is None:
        raise HTTPException(404, "There is no such delivery.")
    return found
