"""Channels: where alerts go. No secret is in them but where it was just made."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, JsonValue

from alerts.channels import registry
from alerts.timing import Pace
from monitor.web.access import may_change
from monitor.web.api.nouns.noun import ROOT, Given, Links, Moment, Noun, Text
from storage import tables

ChannelKind = Literal["email", "webhook", "messenger"]


_CHANNEL: dict[str, Any] = {
    "id": 1,
    "name": "desk",
    "kind": "webhook",
    "address": "https://desk.example/hooks/corrigenda",
    "enabled": True,
    "disabled_reason": None,
    "operator": False,
    "pace": {"zone": "Europe/Berlin", "quiet_from": "22:00", "quiet_until": "06:00"},
    "created_at": "2026-11-20T08:00:00Z",
    "links": {"self": f"{ROOT}/channels/1", "deliveries": f"{ROOT}/deliveries?channel=1", "page": "/channels/1"},
}


CHANNEL_NAME = Annotated[Text, Field(min_length=1, max_length=64)]


class ChannelName(Noun):
    """A Channel, by its name."""

    id: int
    name: str


class Channel(Noun):
    """Where alerts go."""

    model_config = ConfigDict(json_schema_extra={"examples": [_CHANNEL]})

    id: int
    name: str
    kind: ChannelKind
    address: str
    """An e-mail address or the URL of a webhook; of a messenger only what is no secret."""
    enabled: bool
    disabled_reason: str | None
    operator: bool
    """Whether it is told when the watch itself is in trouble."""
    pace: dict[str, JsonValue]
    """Quiet hours and waits, as far as they are its own: see `Pace`."""
    created_at: Moment
    links: Links


class ChannelWithSecret(Channel):
    """A Channel that was just made. Its signing secret is shown this once."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**_CHANNEL, "secret": "whsec_" + "A" * 43 + "="}]})

    secret: str | None
    """Of a webhook, as Standard Webhooks writes it: keep it where the receiver checks signatures."""


class NewChannel(Given):
    """A Channel to make."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "desk", "address": "https://desk.example/hooks/corrigenda"}]}
    )

    name: CHANNEL_NAME
    address: Annotated[Text, Field(min_length=1, max_length=2000)]
    """An e-mail address, the URL of a webhook, or an Apprise URL of a messenger (`slack://...`)."""
    secret: Annotated[Text, Field(max_length=200)] | None = None
    """Of a webhook: `whsec_` and 24 to 64 bytes in base64; by default a new one is made."""
    operator: bool = False
    pace: Pace | None = None


class ChannelPatch(Given):
    """What is to be different about a Channel (RFC 7396). Its address stays, because what was told went there."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"enabled": True}, {"pace": {"interval": 600}}]})

    name: CHANNEL_NAME | None = None
    enabled: bool | None = None
    """Enabled again, alerts go there from now on; what failed meanwhile is sent again only by hand."""
    operator: bool | None = None
    pace: dict[str, JsonValue] | None = None
    """The fields of `Pace` that change; one that is null is as configured again."""


class NewSecret(Noun):
    """A new signing secret. It is shown this once; the old one goes on signing for a day."""

    secret: str


class TestAnswer(Noun):
    """What a receiver said to a test message."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"delivered": True, "detail": "200 OK"}]})

    delivered: bool
    detail: str


def channel(row: tables.Channel) -> Channel:
    """A Channel, without what is secret of it."""
    return Channel.model_validate(_channel(row))


def channel_with_secret(row: tables.Channel) -> ChannelWithSecret:
    """A Channel that was just made."""
    return ChannelWithSecret.model_validate({**_channel(row), "secret": row.secret})


def _channel(row: tables.Channel) -> dict[str, Any]:
    same = ("id", "name", "kind", "enabled", "disabled_reason", "operator", "pace", "created_at")
    here = f"{ROOT}/channels/{row.id}"
    links = {"self": here, "deliveries": f"{ROOT}/deliveries?channel={row.id}", "page": f"/channels/{row.id}"}
    fields = {name: getattr(row, name) for name in same}
    return {**fields, "address": registry.shown_address(row, whole=may_change()), "links": links}
