"""`/channels/{id}/wording`: own words for the messages of a channel, seen on a change that really happened."""

from __future__ import annotations

from typing import Annotated

from fastapi import Form, HTTPException
from fastapi.responses import HTMLResponse, Response

from alerts import preview
from alerts.channels import registry
from alerts.errors import TemplateError
from alerts.templates import LONGEST, PARTS
from monitor.web.access import done
from monitor.web.pages.article import Id
from monitor.web.rendering import Here, House, page
from storage.tables import Channel

Template = Annotated[str, Form(max_length=LONGEST + 1000)]
LONGEST_SHOWN = 20_000


def show_wording(here: Here, channel_id: Id) -> HTMLResponse:
    """The templates as they are, and how messages look with them."""
    channel, _ = _known(here, channel_id)
    return _show(here, channel_id, dict(channel.templates))


def word(
    here: Here, channel_id: Id, subject: Template = "", text: Template = "", html: Template = "",
    keep: Annotated[bool, Form()] = False,
) -> Response:  # fmt: skip
    """Show how a message would look, or keep the templates when they work."""
    given = {"subject": subject, "text": text, "html": html}
    own = {part: source.replace("\r\n", "\n").replace("\x00", "") for part, source in given.items() if source.strip()}
    if not keep:
        return _show(here, channel_id, own)
    _, told = _known(here, channel_id)
    if told is None:
        return _show(here, channel_id, own, "nothing has changed yet, so there is nothing to try a template on")
    try:
        with here.database.write() as session:
            registry.set_templates(session, session.get_one(Channel, channel_id), own, told)
    except TemplateError as error:
        return _show(here, channel_id, own, str(error))
    return done(f"/channels/{channel_id}/wording", "channel-worded")


def _known(here: House, channel_id: int) -> tuple[Channel, dict[str, object] | None]:
    with here.database.read() as session:
        channel = session.get(Channel, channel_id)
        if channel is None or channel.removed_at is not None:
            raise HTTPException(404, "There is no such channel.")
        if not PARTS[channel.kind]:
            raise HTTPException(404, "A webhook has nothing to word: its form is its schema.")
        return channel, preview.example(session, channel, here.settings.public_url)


def _show(here: House, channel_id: int, own: dict[str, str], fault: str = "") -> HTMLResponse:
    channel, told = _known(here, channel_id)
    try:
        shown = preview.preview(told, channel.kind, own) if told else None
    except TemplateError as error:
        shown, fault = None, fault or str(error)
    return page(
        "channel_wording.html",
        status=400 if fault else 200,
        channel=channel,
        parts=[part for part in ("subject", "text", "html") if part in PARTS[channel.kind]],
        own=own,
        shown=shown,
        text=shown.parts["text"][:LONGEST_SHOWN] if shown else "",
        fault=fault,
    )
