"""Calling a webhook as Standard Webhooks 1.0 says: signed, with the same id on every try."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx2
from standardwebhooks import Webhook

from alerts.channels.sending import Message
from alerts.cutting import cut
from alerts.errors import DeliveryError
from alerts.payload import encode
from alerts.wording import shorten

OpenClient = Callable[[float], AbstractContextManager[httpx2.Client]]
"""Makes a client for one call that is over after so many seconds, whatever the receiver does. It refuses addresses
that may not be asked by raising DeliveryError, follows no redirects by itself and uses no proxy of the environment."""

GONE = 410

FINAL_STATUSES = frozenset({405, 413, 414, 415, 431, 501, 505})
"""Answers about the form of what we send, which will be the same the next time. All else that is not 2xx may pass:
a 401, 403 or 404 is mended by the receiver's owner, a 400 or 422 by a new release of his program."""


class WebhookSender:
    """Calls webhooks, each in a thread of its own, because the guarded client is a synchronous one."""

    def __init__(self, open_client: OpenClient, timeout_seconds: float, user_agent: str) -> None:
        self._open_client = open_client
        self._timeout_seconds = timeout_seconds
        self._user_agent = user_agent

    async def send(self, message: Message) -> str:
        """Call the webhook once. Only a 2xx answer is a success; 410 asks to disable the channel."""
        return await _in_thread(lambda: self._call(message))

    async def close(self) -> None:
        """Every call has a connection of its own."""

    def _call(self, message: Message) -> str:
        if message.secret is None:
            raise DeliveryError("the webhook has no signing secret: remove and add the channel", permanent=True)
        body = encode(cut(message.payload))
        now = datetime.now(UTC)
        headers = {
            "content-type": "application/json",
            "user-agent": self._user_agent,
            "webhook-id": message.id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": _signatures(message, now, body),
        }
        try:
            with (
                self._open_client(self._timeout_seconds) as client,
                client.stream(
                    "POST", message.address, content=body.encode(), headers=headers, follow_redirects=False
                ) as response,
            ):
                # The status says it all. The body is never read: it may have no end.
                return _judge(response)
        except httpx2.TimeoutException:
            raise DeliveryError(f"no answer within {self._timeout_seconds:.0f} s") from None
        except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError) as error:
            raise DeliveryError(shorten(str(error)) or type(error).__name__) from None


def _signatures(message: Message, now: datetime, body: str) -> str:
    """Over id, time and body, with the secret, and with the one before while receivers are changing over: separated by
    spaces, of which one that fits is enough (Standard Webhooks, "Multiple signatures")."""
    secrets = [secret for secret in (message.secret, message.retired_secret) if secret]
    return " ".join(Webhook(secret).sign(message.id, now, body) for secret in secrets)


def _judge(response: httpx2.Response) -> str:
    status = f"HTTP {response.status_code} {shorten(response.reason_phrase, 60)}".rstrip()
    if response.is_success:
        return status
    if response.status_code == GONE:
        raise DeliveryError(f"{status}: the receiver wants no more calls", disable_channel=True)
    if response.is_redirect:
        raise DeliveryError(f"{status}: redirects are not followed; give the channel the final address")
    raise DeliveryError(
        status,
        permanent=response.status_code in FINAL_STATUSES,
        retry_after=retry_after(response.headers.get("retry-after"), datetime.now(UTC)),
    )


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for (RFC 9110 10.2.3: seconds or a date), None when it says nothing."""
    if value is None:
        return None
    if value.strip().isascii() and value.strip().isdigit():
        return float(value.strip()[:9])
    try:
        date = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp() - now.timestamp())


async def _in_thread(call: Callable[[], str]) -> str:
    """Run a call in a daemon thread: a pool's threads would hold up the others' calls, and the end of the process."""
    future: Future[str] = Future()
    future.set_running_or_notify_cancel()

    def run() -> None:
        try:
            future.set_result(call())
        except BaseException as error:  # noqa: BLE001  it is not swallowed: who awaits the future gets it
            future.set_exception(error)

    threading.Thread(target=run, name="webhook", daemon=True).start()
    return await asyncio.wrap_future(future)
