"""Handing a mail over by SMTP (RFC 5321), over TLS unless the operator said otherwise."""

from __future__ import annotations

import asyncio
import socket
import ssl
from contextlib import suppress
from datetime import UTC, datetime

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)
from aiosmtplib.errors import SMTPConnectResponseError, SMTPHeloError

from alerts.channels.email.compose import compose
from alerts.channels.email.headers import sender_header
from alerts.channels.email.settings import MailSettings
from alerts.channels.sending import Message
from alerts.errors import DeliveryError
from alerts.wording import shorten

_ABOUT_LOGIN = frozenset({530, 534, 535, 538})
"""Refusals that ask for a login or for TLS (RFC 4954 6, RFC 3207 4): the operator's to mend, and no fault of the alert,
which waits for the right settings."""


class EmailSender:
    """Sends e-mail through one server, a connection for each mail."""

    def __init__(self, settings: MailSettings) -> None:
        self._settings = settings
        self._tls: ssl.SSLContext | None = None
        self._own_name: str | None = None

    async def send(self, message: Message) -> str:
        """Hand one mail over. A 5xx answer is permanent; a 4xx, a refused login, connection and TLS trouble are not."""
        settings = self._settings
        if not settings.host:
            raise DeliveryError("no mail server is configured: set mail.host")
        try:
            mail = compose(message, settings.sender, datetime.now(UTC))
            _, sender = sender_header(settings.sender)
        except ValueError as error:
            raise DeliveryError(f"setting mail.sender: {error}") from None
        client = SMTP(
            hostname=settings.host,
            port=settings.port,
            use_tls=settings.tls == "tls",
            # True, not None: with None aiosmtplib sends in clear when somebody strips STARTTLS from the greeting.
            start_tls=settings.tls == "starttls",
            username=settings.username or None,
            password=settings.password or None,
            timeout=settings.timeout_seconds,
            tls_context=None if settings.tls == "none" else self._context(),
            local_hostname=await self._name(),
        )
        try:
            async with asyncio.timeout(settings.timeout_seconds):
                await client.connect()
                _, answer = await client.sendmail(sender, [message.address], mail.as_bytes())
        except (SMTPException, OSError, TimeoutError) as error:
            raise self._judged(error) from error
        finally:
            await _leave(client)
        return shorten(answer)

    def _context(self) -> ssl.SSLContext:
        """The authorities that this machine trusts (or SSL_CERT_FILE names). Read once: it takes 40 ms."""
        self._tls = self._tls or ssl.create_default_context()
        return self._tls

    async def _name(self) -> str:
        """What we call ourselves in EHLO. Asked for once: where names are not served well, it takes seconds."""
        if self._own_name is None:
            self._own_name = await asyncio.to_thread(socket.getfqdn)
        return self._own_name

    def _judged(self, error: Exception) -> DeliveryError:
        server = f"mail server {self._settings.host}:{self._settings.port}"
        if isinstance(error, SMTPRecipientsRefused):
            error = error.recipients[0]
        if isinstance(error, SMTPResponseException):
            return _refusal(server, error)
        if isinstance(error, TimeoutError):
            return DeliveryError(f"{server} did not answer within {self._settings.timeout_seconds:.0f} s")
        if isinstance(error, SMTPException) and "STARTTLS" in str(error):
            return DeliveryError(f"{server} does not offer STARTTLS, and mail.tls requires it: nothing was sent")
        return DeliveryError(f"{server}: {shorten(str(error)) or type(error).__name__}")


def _refusal(server: str, error: SMTPResponseException) -> DeliveryError:
    """What an answer of the server means for the delivery."""
    answer = shorten(f"{error.code} {error.message}", 300)
    if isinstance(error, SMTPAuthenticationError) or error.code in _ABOUT_LOGIN:
        return DeliveryError(f"{server} refused the login: {answer}; check mail.username, mail.password and mail.tls")
    match error:
        case SMTPConnectResponseError() | SMTPHeloError():
            return DeliveryError(f"{server} does not want to talk: {answer}")
        case SMTPSenderRefused():
            what = "the sender"
        case SMTPRecipientRefused():
            what = "the recipient"
        case _:
            what = "the mail"
    return DeliveryError(f"{server} refused {what}: {answer}", permanent=error.code >= 500)


async def _leave(client: SMTP) -> None:
    """Say goodbye; whatever comes of it, the mail is delivered or it is not."""
    with suppress(SMTPException, OSError, TimeoutError):
        if client.is_connected:
            async with asyncio.timeout(2):
                await client.quit()
    client.close()
