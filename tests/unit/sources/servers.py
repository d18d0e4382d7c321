"""Servers on loopback that answer byte by byte what a test tells them to, however wrong that is as HTTP."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

from monitor.sources.http import Fetcher

Answer = Callable[[socket.socket, bytes], None]
"""Writes the answer to one request, whose head it gets; returning leaves the connection open for the next."""


class Hangup(Exception):
    """Raised by an answer to close the connection."""


@dataclass
class Server:
    """A raw server; `requests` are the heads that came, `connections` how many were opened."""

    host: str
    port: int
    scheme: str = "http"
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0

    @property
    def origin(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}"

    @property
    def host_and_port(self) -> str:
        return f"{self.host}:{self.port}"

    def url(self, path: str = "/") -> str:
        return f"{self.origin}{path}"


Serve = Callable[..., Server]
FetcherFor = Callable[..., Fetcher]


def start(listener: socket.socket, answer: Answer, tls: ssl.SSLContext | None = None) -> Server:
    """Answer whoever connects to a listening socket, until it is shut down."""
    server = Server("127.0.0.1", listener.getsockname()[1], "https" if tls else "http")
    accept(listener, server, partial(_talk, server=server, answer=answer, tls=tls))
    return server


def accept(listener: socket.socket, server: Server, talk: Callable[[socket.socket], None]) -> None:
    """Count whoever connects and talk to each in a thread, until the listening socket is shut down."""

    def run() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            server.connections += 1
            threading.Thread(target=talk, args=(connection,), daemon=True).start()

    threading.Thread(target=run, daemon=True).start()


def _talk(connection: socket.socket, server: Server, answer: Answer, tls: ssl.SSLContext | None) -> None:
    with suppress(OSError, Hangup), connection:
        # As some do, it answers both who speaks TLS and who does not, on one port.
        if tls is not None and connection.recv(1, socket.MSG_PEEK) == b"\x16":
            connection = tls.wrap_socket(connection, server_side=True)
        with connection:
            while head := _head(connection):
                server.requests.append(head)
                answer(connection, head)


def _head(connection: socket.socket) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head:
        data = connection.recv(65536)
        if not data:
            return b""
        head += data
    return head


def respond(
    status: str = "200 OK", body: bytes = b"", *headers: str, length: int | None = None, close: bool = False
) -> Answer:
    """A plain answer; `length` is the Content-Length to claim."""

    def answer(connection: socket.socket, head: bytes) -> None:
        claimed = len(body) if length is None else length
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {claimed}", *headers]
        connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        if close:
            raise Hangup

    return answer


def path_of(head: bytes) -> str:
    return head.split(b" ", 2)[1].decode("latin-1")
