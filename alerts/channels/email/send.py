"""Handing a mail over by SMTP (RFC 5321), over TLS unless the operator said otherwise."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPException,
    SMTPNotSupported,
    SMTPRecipientRefused,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)
from aiosmtplib.errors import SMTPConnectResponseError, SMTPHeloError

from alerts.channels.email.compose import compose
from alerts.channels.email.connections import Connections
from alerts.channels.email.headers import sender_header
from alerts.channels.email.settings import MailSettings
from alerts.channels.sending import Message, worded_of
from alerts.errors import DeliveryError
from alerts.links import Links
from alerts.wording import shorten

_ABOUT_LOGIN = frozenset({530, 534, 535, 538})
"""Refusals that ask for a login or for TLS (RFC 4954 6, RFC 3207 4): the operator's to mend, and no fault of the alert,
which waits for the right settings."""

_CLOSING = 421
"""The server shuts down or limits us (RFC 5321 3.8), at whatever point it says so."""


class EmailSender:
    """Sends e-mail through one server, over a few connections that are used again."""

    def __init__(self, settings: MailSettings, links: Links | None = None) -> None:
        """links: for what mails offer to mute; without them, they offer nothing."""
        self._settings = settings
        self._links = links
        self._connections = Connections(settings)

    async def send(self, message: Message) -> str:
        """Hand one mail over. A 5xx answer is permanent; a 4xx, a refused login, connection and TLS trouble are not."""
        settings = self._settings
        if not settings.host:
            raise DeliveryError("no mail server is configured: set mail.host", ours=True)
        try:
            _, sender = sender_header(settings.sender)
            worded = await worded_of("email", message)
            mail = compose(message, settings.sender, datetime.now(UTC), self._links, worded).as_bytes()
        except ValueError as error:
            raise DeliveryError(f"setting mail.sender: {error}", ours=True) from None
        try:
            async with self._connections.one() as client, asyncio.timeout(settings.timeout_seconds):
                return shorten(await self._hand_over(client, sender, message.address, mail))
        except (SMTPException, OSError, TimeoutError) as error:
            raise self._judged(error) from error

    async def close(self) -> None:
        """Say goodbye to the server."""
        await self._connections.close()

    async def _hand_over(self, client: SMTP, sender: str, recipient: str, mail: bytes) -> str:
        options = []
        if not recipient.isascii():
            if not client.supports_extension("smtputf8"):
                raise DeliveryError(
                    f"{self._server} takes no address like {recipient} (it does not offer SMTPUTF8)", permanent=True
                )
            options = ["SMTPUTF8", "BODY=8BITMIME"]
        _, answer = await client.sendmail(sender, [recipient], mail, mail_options=options)
        return answer

    @property
    def _server(self) -> str:
        return f"mail server {self._settings.host}:{self._settings.port}"

    def _judged(self, error: Exception) -> DeliveryError:
        server = self._server
        if isinstance(error, SMTPRecipientsRefused):
            error = error.recipients[0]
        if isinstance(error, SMTPResponseException):
            return _refusal(server, error)
        if isinstance(error, TimeoutError):
            return DeliveryError(f"{server} did not answer within {self._settings.timeout_seconds:.0f} s", ours=True)
        if isinstance(error, SMTPNotSupported) and "AUTH" in str(error).upper():
            return DeliveryError(
                f"{server} offers no login: leave mail.username empty, or check mail.tls and mail.port", ours=True
            )
        if isinstance(error, SMTPException) and "STARTTLS" in str(error):
            return DeliveryError(
                f"{server} does not offer STARTTLS, and mail.tls requires it: nothing was sent", ours=True
            )
        return DeliveryError(f"{server}: {shorten(str(error)) or type(error).__name__}", ours=True)


def _refusal(server: str, error: SMTPResponseException) -> DeliveryError:
    """What an answer of the server means for the delivery."""
    answer = shorten(f"{error.code} {error.message}", 300)
    if isinstance(error, SMTPAuthenticationError) or error.code in _ABOUT_LOGIN:
        return DeliveryError(
            f"{server} refused the login: {answer}; check mail.username, mail.password and mail.tls", ours=True
        )
    if error.code < 0 or error.code == _CLOSING:  # below zero: aiosmtplib's for what is no answer by the book
        return DeliveryError(f"{server}: {answer}", ours=True)
    match error:
        case SMTPConnectResponseError() | SMTPHeloError():
            return DeliveryError(f"{server} does not want to talk: {answer}", ours=True)
        case SMTPSenderRefused():
            what = "the sender"
        case SMTPRecipientRefused():
            what = "the recipient"
        case _:
            what = "the mail"
    return DeliveryError(f"{server} refused {what}: {answer}", permanent=error.code >= 500)
