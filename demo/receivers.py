"""Who is told: a real mail server and a real webhook receiver, both on loopback."""

from __future__ import annotations

import json
import socket
import threading
from contextlib import ExitStack
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

_PATIENCE = 5.0
"""Seconds."""
HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")


class MailServer:
    """Takes every mail (SMTP, no TLS: it is on loopback) and keeps it."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self._controller = Controller(self, hostname="127.0.0.1", port=_free_port())

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        # Since Python 3.12 the end of a server waits for each of its connections, and now and then one is never done.
        stopping = threading.Thread(target=self._controller.stop, daemon=True)
        stopping.start()
        stopping.join(_PATIENCE)

    @property
    def port(self) -> int:
        """Where it listens, on 127.0.0.1."""
        return self._controller.port

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """aiosmtpd calls this with a whole mail; the answer goes to the sender."""
        content = cast(bytes, envelope.original_content)
        self.mails.append(message_from_bytes(content, policy=policy.default))
        return "250 kept"


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the webhook. `payload` is null where the signature was not right."""

    id: str
    answered: int
    payload: dict[str, Any] | None


@dataclass(slots=True)
class WebhookReceiver:
    """Takes calls as a careful receiver does: verifies the signature over the raw body first (Standard Webhooks), and
    knows a call that comes twice by its id.

    The first call of all is answered 503 on purpose, so that it must be tried again, under the same id.
    """

    secret: str = ""
    """`whsec_...`; set it once the channel has one."""
    calls: list[Call] = field(default_factory=list)
    """Every call, in order, refused ones included."""
    duplicates: list[str] = field(default_factory=list)
    """Ids that came again although they had been taken."""
    _server: ThreadingHTTPServer = field(init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _stack: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._stack.callback(self._server.server_close)
        self._stack.callback(self._server.shutdown)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stack.close()

    @property
    def host(self) -> str:
        """`host:port`."""
        return f"127.0.0.1:{self._server.server_port}"

    @property
    def address(self) -> str:
        """The URL to call."""
        return f"http://{self.host}/corrigenda"

    def taken(self) -> list[Call]:
        """The calls that were verified and accepted, without those that came again."""
        with self._lock:
            first = {call.id: call for call in reversed(self.calls) if call.answered == HTTPStatus.NO_CONTENT}
            return [call for call in self.calls if first.get(call.id) is call]

    def forged(self) -> list[Call]:
        """The calls whose signature was not right."""
        with self._lock:
            return [call for call in self.calls if call.payload is None]

    def take(self, headers: dict[str, str], body: bytes) -> HTTPStatus:
        """Judge one call and keep it. Returns the status to answer with."""
        call_id = headers["webhook-id"]
        try:
            Webhook(self.secret).verify(body, headers)
        except (WebhookVerificationError, ValueError):
            return self._keep(call_id, HTTPStatus.UNAUTHORIZED, None)
        payload: dict[str, Any] = json.loads(body)
        if not self.calls:
            return self._keep(call_id, HTTPStatus.SERVICE_UNAVAILABLE, payload)
        if any(call.id == call_id for call in self.taken()):
            self.duplicates.append(call_id)
        return self._keep(call_id, HTTPStatus.NO_CONTENT, payload)

    def _keep(self, call_id: str, status: HTTPStatus, payload: dict[str, Any] | None) -> HTTPStatus:
        with self._lock:
            self.calls.append(Call(call_id, status.value, payload))
        return status

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status = receiver.take({name: self.headers.get(name, "") for name in HEADERS}, body)
                self.send_response(status)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Calls are kept for the report; standard error stays quiet."""

        return Handler


def _free_port() -> int:
    """A port that is free now; aiosmtpd cannot be given port 0, for it connects to its own port to see it live."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
