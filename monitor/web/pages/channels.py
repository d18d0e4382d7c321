"""`/channels`: where alerts go; tried out, paused, given another secret, switched off with the reason."""

from __future__ import annotations

from typing import Annotated

from fastapi import Form, HTTPException
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from alerts import rulebook
from alerts.channels import registry
from alerts.errors import AlertsError, DeliveryError
from alerts.replay import left_behind
from alerts.timing import Pace
from monitor.outgoing import senders_of
from monitor.web.access import done, may_change
from monitor.web.pages.article import Id
from monitor.web.pages.rules import Sent
from monitor.web.rendering import Here, House, page
from monitor.web.rule_form import read_pace, span
from storage import deliveries, rules
from storage.tables import Channel

Text = Annotated[str, Form(max_length=2100)]


def list_channels(here: Here) -> HTMLResponse:
    """All Channels, and the form of a new one."""
    return _list(here)


def add_channel(
    here: Here, name: Text = "", address: Text = "", secret: Text = "", operator: Annotated[bool, Form()] = False
) -> Response:
    """Add a Channel of the kind that its address tells; the secret of a webhook is shown this once."""
    try:
        with here.database.write() as session:
            channel = rulebook.add_channel(
                session, name.replace("\x00", ""), address.replace("\x00", ""), secret.strip() or None,
                operator=operator,
            )  # fmt: skip
            fresh = channel.secret
    except AlertsError as error:
        return _list(here, fault=str(error), given={"name": name, "address": address, "operator": operator})
    if fresh and not secret.strip():
        return _show(here, channel.id or 0, fresh=fresh)
    return done(f"/channels/{channel.id}", "channel-made")


def show_channel(here: Here, channel_id: Id) -> HTMLResponse:
    """One Channel: whether it works, what feeds it, its quiet hours."""
    return _show(here, channel_id)


async def try_channel(here: Here, channel_id: Id) -> HTMLResponse:
    """Send a message that is clearly a test, and show what the receiver answered."""

    def found() -> Channel:
        with here.database.read() as session:
            return _get(session, channel_id)

    channel = await run_in_threadpool(found)
    try:
        answer, taken = await registry.send_test(channel, senders_of(here.settings)), True
    except DeliveryError as error:
        answer, taken = str(error), False
    return await run_in_threadpool(_show, here, channel_id, answer=answer, taken=taken)


def rotate_secret(here: Here, channel_id: Id) -> HTMLResponse:
    """Give a webhook a new signing secret, shown this once; the old one signs as well for a day."""
    with here.database.write() as session:
        channel = _get(session, channel_id)
        try:
            fresh = registry.rotate_secret(session, channel)
        except AlertsError as error:
            raise HTTPException(400, f"{error}.") from error
    return _show(here, channel_id, fresh=fresh)


def switch_channel(here: Here, channel_id: Id, on: Annotated[bool, Form()] = False) -> Response:
    """Let alerts go there, or not."""
    with here.database.write() as session:
        rulebook.switch_channel(session, _get(session, channel_id).name, on)
    return done(f"/channels/{channel_id}", "channel-on" if on else "channel-off")


def change_channel(here: Here, channel_id: Id, form: Sent) -> Response:
    """Its name, whether it is told of trouble with the watch, and how fast it may be told something."""
    pace, faults = read_pace(form)
    if not faults:
        try:
            with here.database.write() as session:
                rulebook.change_channel(
                    session, _get(session, channel_id).name, new_name=str(form.get("name", "")), pace=pace,
                    operator=form.get("operator") == "true",
                )  # fmt: skip
            return done(f"/channels/{channel_id}", "channel-changed")
        except AlertsError as error:
            faults = {"": str(error)}
    return _show(here, channel_id, faults=faults, written={name: str(value) for name, value in form.items()})


def remove_channel(here: Here, channel_id: Id, sure: Annotated[str, Form()] = "") -> Response:
    """Send nothing there any more, once that was confirmed; what it was told stays."""
    if sure != "yes":
        return _show(here, channel_id, faults={"": "tick the box to remove the channel"})
    with here.database.write() as session:
        rulebook.remove_channel(session, _get(session, channel_id).name)
    return done("/channels", "channel-removed")


def _list(house: House, fault: str = "", given: dict[str, object] | None = None) -> HTMLResponse:
    with house.database.read() as session:
        found = [(channel, registry.shown_address(channel, whole=may_change())) for channel in rules.channels(session)]
    return page("channels.html", status=400 if fault else 200, channels=found, fault=fault,
                given=given or {"name": "", "address": "", "operator": False},
                mail=bool(house.settings.mail.host))  # fmt: skip


def _show(
    house: House,
    channel_id: int,
    *,
    fresh: str = "",
    answer: str = "",
    taken: bool = False,
    faults: dict[str, str] | None = None,
    written: dict[str, str] | None = None,
) -> HTMLResponse:
    """The page of a Channel. fresh: a secret that is shown this once; answer: to a test, and whether it was taken."""
    with house.database.read() as session:
        channel = _get(session, channel_id)
        fed_by = [rule for rule, fed in rules.rules(session) if any(each.id == channel.id for each in fed)]
        behind = left_behind(session, channel)
        last = deliveries.listed(session, limit=1, channel_id=channel_id)
    pace = Pace.model_validate(channel.pace).given()
    waits = ("first_wait", "interval", "repeat")
    kept = {name: span(value) if name in waits else value for name, value in pace.items()}
    return page(
        "channel.html",
        status=400 if faults else 200,
        channel=channel,
        address=registry.shown_address(channel, whole=may_change()),
        rules=fed_by,
        behind=behind,
        last=last[0][0] if last else None,
        fresh=fresh,
        answer=answer,
        taken=taken,
        faults=faults or {},
        written=written or {"name": channel.name, "operator": "true" if channel.operator else "", **kept},
    )


def _get(session: Session, channel_id: int) -> Channel:
    channel = session.get(Channel, channel_id)
    if channel is None or channel.removed_at is not None:
        raise HTTPException(404, f"There is no channel {channel_id}.")
    return channel
