"""What is sent, and what every kind of channel offers: one method that sends it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Message:
    """One payload on its way to one address."""

    id: str
    """Of the Delivery, the same on every try: receivers know a repetition by it."""
    payload: Mapping[str, Any]
    """As `alerts.payload` makes it."""
    address: str
    secret: str | None = None


class Sender(Protocol):
    """A kind of channel."""

    async def send(self, message: Message) -> str:
        """Send it within a bounded time and say in a few words what the receiver answered.

        Raises DeliveryError. When it returns, the receiver has taken the message; when it raises, it may have.
        """
        ...
