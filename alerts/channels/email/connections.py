"""Connections to the mail server: a few at once, each used for several mails, and none before it is safe."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from aiosmtplib import SMTP, SMTPException

from alerts.channels.email.settings import MailSettings
from alerts.errors import DeliveryError

AT_ONCE = 4
"""Mail servers count connections from one address; most begin to refuse somewhere above ten."""
MAILS_EACH = 50
"""Then a new one: many servers say goodbye after so many, and some balance their load by connection."""
IDLE_SECONDS = 10.0
"""Shorter than the patience of any server (RFC 5321 4.5.3.2.7 asks for five minutes, few give one)."""
GOODBYE_SECONDS = 2.0


@dataclass(slots=True)
class _Connection:
    client: SMTP
    mails: int = 0
    idle_since: float = 0.0


class Connections:
    """Those to one server. They belong to the event loop in which they were opened; another gets its own."""

    def __init__(self, settings: MailSettings) -> None:
        self._settings = settings
        self._tls: ssl.SSLContext | None = None
        self._own_name: str | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._permits = asyncio.Semaphore(AT_ONCE)
        self._idle: list[_Connection] = []
        self._sweeper: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def one(self) -> AsyncGenerator[SMTP]:
        """A connection over which mails may be sent now. One in which anything went wrong is not used again.

        Raises DeliveryError, SMTPException, OSError, TimeoutError.
        """
        self._belong_to_this_loop()
        async with self._permits:
            connection = await self._used_before() or await self._opened()
            try:
                yield connection.client
            except BaseException:
                connection.client.close()
                raise
            connection.mails += 1
            if connection.mails < MAILS_EACH:
                connection.idle_since = time.monotonic()
                self._idle.append(connection)
                if self._sweeper is None or self._sweeper.done():
                    self._sweeper = asyncio.create_task(self._sweep(), name="mail connections")
            else:
                await _leave(connection.client)

    async def close(self) -> None:
        """Say goodbye on all that wait."""
        self._belong_to_this_loop()
        if self._sweeper:
            self._sweeper.cancel()
        while self._idle:
            await _leave(self._idle.pop().client)

    def _belong_to_this_loop(self) -> None:
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._loop, self._permits, self._idle, self._sweeper = loop, asyncio.Semaphore(AT_ONCE), [], None

    async def _used_before(self) -> _Connection | None:
        """One that waits and still answers. RSET also takes back what a mail before may have left half said."""
        while self._idle:
            connection = self._idle.pop()
            try:
                async with asyncio.timeout(GOODBYE_SECONDS):
                    await connection.client.rset()
            except (SMTPException, OSError, TimeoutError):
                connection.client.close()
            else:
                return connection
        return None

    async def _opened(self) -> _Connection:
        settings = self._settings
        async with asyncio.timeout(settings.timeout_seconds):
            client = SMTP(
                hostname=settings.host if settings.tls != "none" else await self._near_address(),
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
                await client.connect()
            except BaseException:
                client.close()
                raise
        return _Connection(client)

    async def _near_address(self) -> str:
        """Where mail goes in clear: to this machine or an internal network, and to no other. Raises DeliveryError."""
        settings = self._settings
        found = await asyncio.get_running_loop().getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)
        addresses = [ipaddress.ip_address(str(sockaddr[0]).partition("%")[0]) for *_, sockaddr in found]
        far = [address for address in addresses if not (address.is_private or address.is_loopback)]
        if far or not addresses:
            raise DeliveryError(
                f"mail.tls is `none`, and mail server {settings.host} ({far[0] if far else 'no address'}) is not on "
                "this machine or an internal network: nothing was sent; set mail.tls to `starttls` or `tls`",
                ours=True,
            )
        return str(addresses[0])

    def _context(self) -> ssl.SSLContext:
        """The authorities that this machine trusts (or SSL_CERT_FILE names). Read once: it takes 40 ms."""
        self._tls = self._tls or ssl.create_default_context()
        return self._tls

    async def _name(self) -> str:
        """What we call ourselves in EHLO. Asked for once: where names are not served well, it takes seconds."""
        if self._own_name is None:
            self._own_name = await asyncio.to_thread(socket.getfqdn)
        return self._own_name

    async def _sweep(self) -> None:
        while self._idle:
            await asyncio.sleep(IDLE_SECONDS / 2)
            oldest = time.monotonic() - IDLE_SECONDS
            for connection in [one for one in self._idle if one.idle_since <= oldest]:
                self._idle.remove(connection)
                await _leave(connection.client)


async def _leave(client: SMTP) -> None:
    """Say goodbye; whatever comes of it, the mails are delivered or they are not."""
    with suppress(SMTPException, OSError, TimeoutError):
        if client.is_connected:
            async with asyncio.timeout(GOODBYE_SECONDS):
                await client.quit()
    client.close()
