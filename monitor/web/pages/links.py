"""`/mute/{token}` and `/unsubscribe/{token}`: what the links in our messages lead to.

Looking changes nothing, because programs that read mails follow links; sending the form does it. A mail program that
offers to unsubscribe sends the form itself (one click, RFC 8058). Who has the message needs no account: the signed
address is the permission, for no more than making that one channel quieter, and back.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Form, HTTPException, Path
from fastapi.responses import Response
from sqlmodel import Session

from alerts import rulebook
from alerts.errors import AlertsError, LinkError
from alerts.links import Mute
from monitor.outgoing import links_of
from monitor.web.rendering import Here, House, page
from storage import mutes, tables

Token = Annotated[str, Path(max_length=300)]

UNSUBSCRIBED = "unsubscribed by the link in a message"
DAYS = {"1": 1.0, "7": 7.0, "30": 30.0, "365": 365.0}
"""For how long something is muted, as the form offers it."""


def ask_mute(here: Here, token: Token) -> Response:
    """What would be muted, and for how long."""
    asked = _mute(here, token)
    with here.database.read() as session:
        return _mute_page(session, asked)


def mute(
    here: Here, token: Token, days: Annotated[str, Form()] = "30", undo: Annotated[bool, Form()] = False
) -> Response:
    """Mute it for this channel, or hear of it again."""
    asked = _mute(here, token)
    if days not in DAYS:
        raise HTTPException(400, f"Choose one of {', '.join(DAYS)} days.")
    with here.database.write() as session:
        for standing in _in_force(session, asked):
            mutes.end(session, standing)
        if not undo:
            _add(session, asked, DAYS[days])
        return _mute_page(session, asked, undone=undo)


def ask_unsubscribe(here: Here, token: Token) -> Response:
    """Which channel would get nothing more."""
    channel_id = _unsubscribe(here, token)
    with here.database.read() as session:
        return page("unsubscribe.html", channel=_channel(session, channel_id), ours=UNSUBSCRIBED)


def unsubscribe(here: Here, token: Token, undo: Annotated[bool, Form()] = False) -> Response:
    """Send nothing more there, or again what was ended by such a link. An admin can always undo it."""
    channel_id = _unsubscribe(here, token)
    with here.database.write() as session:
        channel = _channel(session, channel_id)
        if undo and not channel.enabled and (channel.disabled_reason or "").startswith(UNSUBSCRIBED):
            rulebook.switch_channel(session, channel.name, True)
        elif not undo and channel.enabled:
            rulebook.switch_channel(session, channel.name, False, f"{UNSUBSCRIBED}, {datetime.now(UTC):%Y-%m-%d}")
        return page("unsubscribe.html", channel=_channel(session, channel_id), ours=UNSUBSCRIBED)


def _mute(here: House, token: str) -> Mute:
    try:
        return links_of(here.database, here.settings).read_mute(token)
    except LinkError as error:
        raise HTTPException(404, f"{str(error)[:1].upper()}{str(error)[1:]}.") from None


def _unsubscribe(here: House, token: str) -> int:
    try:
        return links_of(here.database, here.settings).read_unsubscribe(token)
    except LinkError as error:
        raise HTTPException(404, f"{str(error)[:1].upper()}{str(error)[1:]}.") from None


def _channel(session: Session, channel_id: int) -> tables.Channel:
    channel = session.get(tables.Channel, channel_id)
    if channel is None or channel.removed_at is not None:
        raise HTTPException(404, "That channel is no more: nothing is sent there.")
    return channel


def _in_force(session: Session, asked: Mute) -> list[tables.Mute]:
    thing = {"fact": "line_id", "article": "article_id", "rule": "rule_id"}[asked.what]
    return [
        standing
        for standing in mutes.in_force(session, [asked.channel_id], datetime.now(UTC))
        if standing.what == asked.what and getattr(standing, thing) == asked.id
    ]


def _add(session: Session, asked: Mute, days: float) -> None:
    thing = {"fact": "line_id", "article": "article_id", "rule": "rule"}[asked.what]
    by = f"the link in a message to {_channel(session, asked.channel_id).name}"
    try:
        rulebook.add_mute(session, asked.channel_id, days=days, by=by, **{thing: asked.id})  # type: ignore[arg-type]
    except AlertsError as error:
        raise HTTPException(404, f"It cannot be muted: {error}.") from None


def _mute_page(session: Session, asked: Mute, *, undone: bool = False) -> Response:
    channel = _channel(session, asked.channel_id)
    standing = _in_force(session, asked)
    would = tables.Mute(
        channel_id=asked.channel_id,
        what=asked.what,
        line_id=asked.id if asked.what == "fact" else None,
        article_id=asked.article_id if asked.what == "fact" else asked.id if asked.what == "article" else None,
        rule_id=asked.id if asked.what == "rule" else None,
        created_at=datetime.now(UTC),
    )
    return page(
        "mute.html",
        channel=channel,
        thing=rulebook.describe_mute(session, standing[0] if standing else would),
        standing=standing[0] if standing else None,
        undone=undone,
        days=DAYS,
    )
