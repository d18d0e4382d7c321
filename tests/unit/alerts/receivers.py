"""Real receivers on loopback for the tests of deliveries: a web server that misbehaves as told, and mail servers."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

CERTIFICATE = Path(__file__).parent / "loopback.pem"
"""Self-signed, for 127.0.0.1 and localhost, with its key; of no use but in these tests."""


@dataclass
class Call:
    """One HTTP request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


Answer = Callable[[Call, asyncio.StreamWriter], Awaitable[None]]


def status(line: str, *headers: str) -> Answer:
    """Answers with this status line and these headers, and no body."""

    async def answer(call: Call, writer: asyncio.StreamWriter) -> None:
        head = "\r\n".join([f"HTTP/1.1 {line}", "Content-Length: 0", "Connection: close", *headers])
        writer.write(f"{head}\r\n\r\n".encode())

    return answer


@dataclass
class Hook:
    """A web server that keeps every call; `answer` may be changed while it is served."""

    answer: Answer
    port: int = 0
    calls: list[Call] = field(default_factory=list)

    @property
    def url(self) -> str:
        """An address of it."""
        return f"http://127.0.0.1:{self.port}/corrigenda"

    def ids(self) -> list[str]:
        """The webhook-id of each call."""
        return [call.headers["webhook-id"] for call in self.calls]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, one call."""
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            request, *lines = head.strip().split("\r\n")
            method, path, _ = request.split(" ")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            call = Call(method, path, headers, body)
            self.calls.append(call)
            await self.answer(call, writer)
            await writer.drain()
        writer.close()


@asynccontextmanager
async def web_server(answer: Answer, tls: ssl.SSLContext | None = None) -> AsyncIterator[Hook]:
    """A Hook on a free port."""
    hook = Hook(answer)
    server = await asyncio.start_server(hook.serve, "127.0.0.1", 0, ssl=tls)
    hook.port = server.sockets[0].getsockname()[1]
    try:
        yield hook
    finally:
        server.close()


@dataclass
class Mailbox:
    """What handles the mails of a server: keeps them, or answers what it is told to."""

    mails: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    secured: list[bool] = field(default_factory=list)
    """Whether each mail came over TLS."""
    rcpt: str = "250 OK"
    data: str = "250 kept"
    die_after_data: bool = False
    port: int = 0

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        """aiosmtpd's hook for RCPT TO."""
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """aiosmtpd's hook for a whole mail."""
        content = envelope.original_content or b""
        if self.data.startswith("250"):
            self.raw.append(content)
            self.mails.append(message_from_bytes(content, policy=policy.default))  # type: ignore[arg-type]
            self.secured.append(session.ssl is not None or server.transport.get_extra_info("ssl_object") is not None)
        if self.die_after_data:
            server.transport.abort()
        return self.data


@asynccontextmanager
async def mail_server(
    mailbox: Mailbox, *, starttls: bool = False, tls: bool = False, login: tuple[str, str] | None = None
) -> AsyncIterator[Mailbox]:
    """A mail server on a free port: in clear, with STARTTLS, or with TLS from the start."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)

    def authenticate(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        good = isinstance(data, LoginPassword) and (data.login.decode(), data.password.decode()) == login
        return AuthResult(success=good, handled=False)

    def protocol() -> SMTP:
        return SMTP(
            mailbox,
            hostname="mail.example.org",
            tls_context=context if starttls else None,
            require_starttls=starttls,
            auth_required=login is not None,
            auth_require_tls=starttls,
            authenticator=authenticate if login else None,
        )

    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0, ssl=context if tls else None)
    mailbox.port = server.sockets[0].getsockname()[1]
    try:
        yield mailbox
    finally:
        server.close()
