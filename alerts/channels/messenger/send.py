"""Telling a messenger: a process of its own for each message, behind the guarded proxy, with one deadline."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

from alerts import apart, templates
from alerts.channels.messenger.wording import Said, said
from alerts.channels.sending import Message
from alerts.errors import ChannelError, DeliveryError
from alerts.wording import one_line

INSTALL = "messengers need Apprise: install corrigenda[messengers]"

AT_ONCE = 4
"""Processes at once; each takes half a second of a processor and 60 MB."""
START_SECONDS = 10.0
_CHECK_SECONDS = 20.0
PROCESS = "alerts.channels.messenger.held"

_FORBIDDEN_OPTIONS = frozenset({"attach", "attachment", "template", "verify", "redirect", "rto", "cto", "emojis"})
_LONGEST_ADDRESS = 2000

FINAL_STATUSES = frozenset({400, 404, 405, 413, 414, 415, 422, 431, 501, 505})
"""Answers that stay the same until somebody changes the address or the service. A refused login (401, 403) is the
owner's to mend, and the alert waits for it, as with webhooks."""
GONE = 410
_TOO_MANY = 429


class Proxy(Protocol):
    """What the process connects through: it refuses whatever address may not be asked."""

    address: str
    username: str
    password: str
    refused: dict[str, str]
    failed: dict[str, str]


OpenProxy = Callable[[float], AbstractContextManager[Proxy]]
"""Opens a proxy for so many seconds."""


class MessengerSender:
    """Tells messengers, a few at once."""

    def __init__(self, open_proxy: OpenProxy, timeout_seconds: float) -> None:
        self._open_proxy = open_proxy
        self._timeout_seconds = timeout_seconds
        self._permits: tuple[asyncio.AbstractEventLoop, asyncio.Semaphore] | None = None

    async def send(self, message: Message) -> str:
        """Tell one message; what the service answers decides whether it is tried again."""
        _need_apprise()
        async with self._permit():
            proxy, answer = await asyncio.to_thread(self._tell, message)
        return _judge(answer, proxy)

    async def close(self) -> None:
        """Every message has a process of its own."""

    def _permit(self) -> asyncio.Semaphore:
        loop = asyncio.get_running_loop()
        if self._permits is None or self._permits[0] is not loop:
            self._permits = (loop, asyncio.Semaphore(AT_ONCE))
        return self._permits[1]

    def _tell(self, message: Message) -> tuple[Proxy, Mapping[str, Any]]:
        words = {style: _said(message, style) for style in ("verbatim", "inert")}
        asked: dict[str, Any] = {"do": "send", "url": message.address, "authorities": os.environ.get("SSL_CERT_FILE")}
        asked |= {name: [one.title, list(one.blocks), one.link, one.whole] for name, one in words.items()}
        seconds = self._timeout_seconds + START_SECONDS
        with self._open_proxy(seconds) as proxy:
            parts = urlsplit(proxy.address)
            asked["proxy"] = {
                "host": parts.hostname, "port": parts.port, "username": proxy.username, "password": proxy.password,
            }  # fmt: skip
            try:
                return proxy, apart.ask(PROCESS, asked, seconds)
            except apart.ApartError as error:
                refused = _refusal(proxy)
                raise DeliveryError(refused or str(error), permanent=refused is not None) from None


def _said(message: Message, style: str) -> Said:
    """A message in our words, or in the operator's own where there are any that work."""
    ours = said(message.payload, verbatim=style == "verbatim")
    if not message.templates or not message.payload["type"].startswith("changes."):
        return ours
    own = templates.word("messenger", message.templates, message.payload, style=style)
    blocks = [own.parts["text"].strip()] if "text" in own.parts else list(ours.blocks)
    title = one_line(own.parts["subject"]) if "subject" in own.parts else ours.title
    return Said(title, [*blocks, own.note] if own.note else blocks, ours.link)


def check(address: str) -> str:
    """The name of the service that an Apprise URL is for. Raises ChannelError when it cannot be a channel.

    Takes half a second: it is asked of Apprise itself, in a process that can reach nothing.
    """
    scheme = urlsplit(address).scheme if "://" in address else ""
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9]{0,30}", scheme) or scheme.lower() in ("http", "https", "file"):
        raise ChannelError("that is not the address of a messenger: it looks like slack://... (Apprise lists them all)")
    if len(address) > _LONGEST_ADDRESS or not address.isprintable() or " " in address:
        raise ChannelError(f"the address of a messenger has no spaces and at most {_LONGEST_ADDRESS} characters")
    given = {name.lower().lstrip("+-:") for name, _ in parse_qsl(urlsplit(address).query, keep_blank_values=True)}
    if given & _FORBIDDEN_OPTIONS:
        raise ChannelError(f"the address of a messenger may not say {', '.join(sorted(given & _FORBIDDEN_OPTIONS))}")
    try:
        _need_apprise()
        known = apart.ask(PROCESS, {"do": "check", "url": address}, _CHECK_SECONDS)
    except DeliveryError as error:
        raise ChannelError(str(error)) from None
    except apart.ApartError as error:
        raise ChannelError(f"Apprise did not judge that {scheme}:// address ({error}): try again") from None
    if "error" in known:
        raise ChannelError(f"{scheme}:// address: {known['error']}")
    return str(known["service"])


def shown(address: str) -> str:
    """An Apprise URL as it may be shown and logged: any part of it may be a secret, so only the service is left."""
    return f"{address.partition('://')[0]}://***"


def _need_apprise() -> None:
    if importlib.util.find_spec("apprise") is None:
        raise DeliveryError(INSTALL, ours=True)


def _judge(answer: Mapping[str, Any], proxy: Proxy) -> str:
    """What the receiver said, in a few words; or DeliveryError."""
    refused = _refusal(proxy)
    if refused:
        raise DeliveryError(refused, permanent=True)
    if "error" in answer:
        raise DeliveryError(f"the messenger cannot be told: {answer['error']}", permanent=True)
    service, heard = answer["service"], answer["heard"]
    if answer["took"]:
        return f"{service} took it" + (f" (HTTP {heard[-1]['status']})" if heard else "")
    failed = [one for one in heard if not 200 <= one["status"] < 300]
    if not failed:
        why = "; ".join(f"{host}: {reason}" for host, reason in proxy.failed.items())
        raise DeliveryError(
            f"{service}: {'it answered, but did not take the message' if heard else why or 'it could not be reached'}"
        )
    status = failed[-1]["status"]
    raise DeliveryError(
        f"{service} answered HTTP {status}",
        permanent=status in FINAL_STATUSES,
        disable_channel=status == GONE,
        retry_after=_seconds(failed[-1]["retry_after"]) if status in (_TOO_MANY, 503) else None,
    )


def _refusal(proxy: Proxy) -> str | None:
    """Why the guard let nothing through, if that is what happened."""
    if not proxy.refused:
        return None
    return "; ".join(f"{reason}: the operator may allow it in fetch.allow_hosts" for reason in proxy.refused.values())


def _seconds(value: str | None) -> float | None:
    """Seconds that a Retry-After header asks for (RFC 9110 10.2.3), or a service's own fraction of them."""
    if value is None:
        return None
    if re.fullmatch(r"\s*[0-9]{1,9}(\.[0-9]{1,9})?\s*", value):
        return float(value)
    try:
        date = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp() - datetime.now(UTC).timestamp())
