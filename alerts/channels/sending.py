"""What is sent, and what every kind of channel offers: a method that sends it, and one that lets go."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import structlog

from alerts import templates
from alerts.templates import Worded

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Message:
    """One payload on its way to one address."""

    id: str
    """Of the Delivery, the same on every try: receivers know a repetition by it."""
    payload: Mapping[str, Any]
    """As `alerts.payload` makes it."""
    address: str
    secret: str | None = None
    retired_secret: str | None = None
    """The secret before, while receivers may still know only that one."""
    templates: Mapping[str, str] = field(default_factory=dict)
    """The operator's own wording of this Channel: `subject`, `text`, `html`, where it is not ours."""


class Sender(Protocol):
    """A kind of channel."""

    async def send(self, message: Message) -> str:
        """Send it within a bounded time and say in a few words what the receiver answered.

        Raises DeliveryError. When it returns, the receiver has taken the message; when it raises, it may have.
        """
        ...

    async def close(self) -> None:
        """Let go of connections and processes that were kept for the next message."""
        ...


async def worded_of(kind: str, message: Message) -> Worded | None:
    """What the operator's own templates make of a message that tells changes; None where there are none."""
    if not message.templates or not message.payload["type"].startswith("changes."):
        return None
    worded = await asyncio.to_thread(templates.word, kind, message.templates, message.payload)
    if worded.failed:
        log.warning("template.failed", message=message.id, failed=dict(worded.failed))
    return worded
