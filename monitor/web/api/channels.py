"""Channels: where alerts go."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Request, Response
from fastapi.concurrency import run_in_threadpool
from sqlmodel import Session

from alerts import rulebook
from alerts.channels import registry
from alerts.errors import DeliveryError
from monitor.outgoing import senders_of
from monitor.web.api.conditional import require_match
from monitor.web.api.nouns.channels import (
    Channel,
    ChannelPatch,
    ChannelWithSecret,
    NewChannel,
    NewSecret,
    TestAnswer,
    channel,
    channel_with_secret,
)
from monitor.web.api.nouns.noun import LARGEST_ID, Text
from monitor.web.api.paging import Page, Paging
from monitor.web.api.problems import CONFLICT, Refusal, not_found
from monitor.web.api.route import IfMatch, created
from monitor.web.api.rules import merged
from monitor.web.rendering import Here, House
from storage import rules, tables

ChannelId = Annotated[int, Path(ge=1, le=LARGEST_ID, description="The id of a Channel.")]


def list_channels(here: Here, paging: Paging) -> Page[Channel]:
    """The Channels, by name. Secrets are not shown."""
    after = paging.after(tuple[Text])
    with here.database.read() as session:
        rows = [row for row in rules.channels(session) if after is None or row.name > after[0]]
    return paging.page(rows[: paging.rows], channel, lambda row: (row.name,))


def add_channel(here: Here, response: Response, wanted: NewChannel) -> ChannelWithSecret:
    """Make a Channel, of the kind that its address tells. The secret of a webhook is shown in this answer only.

    The first Channel of a database without Rules gets the default ones: casualties, personnel and dates at once, the
    rest in a daily digest.
    """
    with here.database.write() as session:
        _check_name(session, wanted.name)
        row = rulebook.add_channel(session, wanted.name, wanted.address, wanted.secret, operator=wanted.operator)
        if wanted.pace is not None:
            row = rulebook.change_channel(session, row.name, pace=wanted.pace)
        made = channel_with_secret(row)
    created(response, made.links["self"], new=True)
    return made


def get_channel(here: Here, channel_id: ChannelId) -> Channel:
    """One Channel. Its secret is not shown."""
    with here.database.read() as session:
        return channel(_known(session, channel_id))


def change_channel(
    here: Here, request: Request, channel_id: ChannelId, patch: ChannelPatch, if_match: IfMatch = None
) -> Channel:
    """Change a Channel, or switch it on or off."""
    asked = patch.model_fields_set
    with here.database.write() as session:
        row = _known(session, channel_id)
        require_match(request, channel(row))
        if patch.name is not None and patch.name.strip() != row.name:
            _check_name(session, patch.name)
        row = rulebook.change_channel(
            session,
            row.name,
            new_name=patch.name,
            pace=merged(row.pace, patch.pace) if "pace" in asked else None,
            operator=patch.operator,
        )
        if "enabled" in asked:
            row = rulebook.switch_channel(session, row.name, patch.enabled is not False)
        return channel(row)


def remove_channel(here: Here, request: Request, channel_id: ChannelId, if_match: IfMatch = None) -> None:
    """Send nothing more to a Channel, and list it no more. What it was told stays."""
    with here.database.write() as session:
        row = _known(session, channel_id)
        require_match(request, channel(row))
        rulebook.remove_channel(session, row.name)


def rotate_secret(here: Here, channel_id: ChannelId) -> NewSecret:
    """Give a webhook a new signing secret, shown in this answer only. The old one signs as well for a day."""
    with here.database.write() as session:
        row = _known(session, channel_id)
        if row.kind != "webhook":
            raise Refusal(CONFLICT, f"Channel {row.name!r} is no webhook: it has no signing secret.")
        return NewSecret(secret=registry.rotate_secret(session, row))


async def test_channel(here: Here, channel_id: ChannelId) -> TestAnswer:
    """Send a message that is clearly a test, at once and once, and say what the receiver answered."""
    row = await run_in_threadpool(_read, here, channel_id)
    try:
        answer = await registry.send_test(row, senders_of(here.settings))
    except DeliveryError as error:
        return TestAnswer(delivered=False, detail=str(error))
    return TestAnswer(delivered=True, detail=answer)


def _read(here: House, channel_id: int) -> tables.Channel:
    with here.database.read() as session:
        return _known(session, channel_id)


def _known(session: Session, channel_id: int) -> tables.Channel:
    row = session.get(tables.Channel, channel_id)
    if row is None or row.removed_at is not None:
        raise not_found(f"channel {channel_id}")
    return row


def _check_name(session: Session, name: str) -> None:
    if known := rules.channel_by_name(session, name.strip()):
        raise Refusal(CONFLICT, f"There is a channel {known.name!r} already: it has the id {known.id}.")
