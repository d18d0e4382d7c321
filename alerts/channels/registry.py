"""Channels as people handle them: added, tried out, enabled again. The command line and the web form share these."""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlmodel import Session

from alerts import templates
from alerts.channels import messenger
from alerts.channels.email import EmailSender, MailSettings
from alerts.channels.email.headers import address_of
from alerts.channels.messenger import MessengerSender, OpenProxy
from alerts.channels.sending import Message, Sender
from alerts.channels.webhook import OpenClient, WebhookSender
from alerts.errors import ChannelError
from alerts.ids import new_id
from alerts.links import Links
from alerts.payload import trial_message
from storage import rules
from storage.tables import Channel

SECRET_PREFIX = "whsec_"
_NAME = re.compile(r"\w[\w .@+-]{0,63}\Z")
NAMES = "up to 64 letters, digits, spaces and any of . _ @ + -"
_LONGEST_ADDRESS = 2000

KEEP_SECRET = timedelta(days=1)
"""How long a secret that was replaced goes on signing."""


def senders(
    mail: MailSettings,
    open_client: OpenClient,
    timeout_seconds: float,
    user_agent: str,
    *,
    open_proxy: OpenProxy,
    links: Links | None = None,
) -> Mapping[str, Sender]:
    """What sends to each kind of channel.

    open_client, open_proxy: through which nothing reaches an address that may not be asked. links: for what mails
    offer to mute.
    """
    return {
        "email": EmailSender(mail, links),
        "webhook": WebhookSender(open_client, timeout_seconds, user_agent),
        "messenger": MessengerSender(open_proxy, timeout_seconds),
    }


def kind_of(address: str) -> str:
    """What an address is one of: the URL of a webhook, an Apprise URL (`slack://...`), or an e-mail address."""
    scheme, found, _ = address.partition("://")
    if not found:
        return "email"
    return "webhook" if scheme.lower() in ("http", "https") else "messenger"


def shown_address(channel: Channel, *, whole: bool = True) -> str:
    """An address as it may be shown, logged and exported: that of a messenger is a secret as a whole.

    whole: to somebody who may change it. To others a webhook is its host: what follows is a secret at many receivers.
    """
    if channel.kind == "messenger":
        return messenger.shown(channel.address)
    if whole or channel.kind == "email":
        return channel.address
    parts = urlsplit(channel.address)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/…"


def add_channel(
    session: Session, name: str, address: str, secret: str | None = None, *, operator: bool = False
) -> Channel:
    """Keep a new Channel, of the kind that its address tells.

    secret: the signing secret of a webhook (`whsec_` and 24 to 64 bytes in base64); by default a new one is made,
    which the caller shows to the user. operator: it is told when the watch itself is in trouble. Raises ChannelError.
    """
    name, address = name.strip(), address.strip()
    if not is_name(name):
        raise ChannelError(f"{name!r} is no name for a channel: {NAMES}")
    if rules.channel_by_name(session, name) is not None:
        raise ChannelError(f"there is a channel {name!r} already: choose another name")
    kind = kind_of(address)
    if kind != "webhook" and secret is not None:
        raise ChannelError("only a webhook has a signing secret: leave it away")
    if kind == "email":
        address = _mail_address(address)
    elif kind == "messenger":
        messenger.check(address)
    else:
        _check_webhook_address(address)
        secret = _check_secret(secret) if secret else new_secret()
    return rules.add_channel(session, name, kind, address, secret, datetime.now(UTC), operator=operator)


def channel(session: Session, name: str) -> Channel:
    """The Channel of that name. Raises ChannelError that names those there are."""
    found = rules.channel_by_name(session, name)
    if found is None:
        names = ", ".join(known.name for known in rules.channels(session)) or "none yet"
        raise ChannelError(f"there is no channel {name!r} (channels: {names})")
    return found


def new_secret() -> str:
    """A signing secret as Standard Webhooks writes them: 32 random bytes."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def rotate_secret(
    session: Session, channel: Channel, secret: str | None = None, *, keep: timedelta = KEEP_SECRET
) -> str:
    """Give a webhook a new signing secret; returns it. The old one signs as well for so long, so that the receiver can
    change over without missing a call. Raises ChannelError.
    """
    if channel.kind != "webhook":
        raise ChannelError(f"channel {channel.name!r} is no webhook: it has no signing secret")
    if keep < timedelta():
        raise ChannelError("the old secret cannot have ended before now")
    fresh = _check_secret(secret) if secret else new_secret()
    channel.retired_secret = channel.secret if keep else None
    channel.retired_secret_until_at = datetime.now(UTC) + keep if keep else None
    channel.secret = fresh
    session.add(channel)
    session.flush()
    return fresh


def set_templates(session: Session, channel: Channel, own: Mapping[str, str], example: Mapping[str, Any]) -> None:
    """Keep the operator's own wording of a Channel; empty parts are ours again. Raises TemplateError.

    example: a payload by which the templates are judged, such as `preview.example` finds.
    """
    channel.templates = templates.check(channel.kind, own, example)
    session.add(channel)
    session.flush()


async def send_test(channel: Channel, senders: Mapping[str, Sender]) -> str:
    """Send a message that is clearly a test, at once and once, and say what the receiver answered.

    Raises DeliveryError. A disabled Channel can be tested: that is how one finds out whether to enable it.
    """
    message_id = new_id("msg")
    payload = trial_message(channel.name, message_id, datetime.now(UTC))
    sender = senders[channel.kind]
    try:
        return await sender.send(Message(message_id, payload, channel.address, channel.secret))
    finally:
        await sender.close()


def is_name(name: str) -> bool:
    """Whether a channel or a rule can have this name: short, and printable in one line. `NAMES` says it in words."""
    return _NAME.match(name) is not None


def _mail_address(address: str) -> str:
    found = address_of(address)
    if found is None:
        raise ChannelError(
            f"{address!r} is neither one e-mail address (desk@example.org) nor the URL of a webhook (https://...) "
            "or messenger (slack://...)"
        )
    return found


def _check_webhook_address(address: str) -> None:
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise ChannelError(f"{address!r} is not a URL: {error}") from None
    if parts.scheme.lower() not in ("http", "https") or not host:
        raise ChannelError(f"{address!r} is not the URL of a webhook: it starts with https:// and a host")
    if parts.username is not None or parts.password is not None:
        raise ChannelError("the URL of a webhook holds no user and password: calls are signed with a secret instead")
    if len(address) > _LONGEST_ADDRESS or not address.isprintable() or " " in address or parts.fragment:
        raise ChannelError(
            f"{address[:80]!r} is not the URL of a webhook: no spaces, no #, at most {_LONGEST_ADDRESS} characters"
        )


def _check_secret(secret: str) -> str:
    try:
        key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.startswith(SECRET_PREFIX) or not 24 <= len(key) <= 64:
        raise ChannelError(f"the secret of a webhook is {SECRET_PREFIX} and 24 to 64 bytes in base64")
    return secret
