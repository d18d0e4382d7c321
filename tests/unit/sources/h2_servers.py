"""HTTP/2 servers over TLS on loopback, honest and otherwise: what a test writes goes out as frames, whatever it is."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import RequestReceived
from h2.exceptions import ProtocolError

from tests.unit.sources.servers import Hangup, Server, accept

Exchange = Callable[["Stream"], None]
"""Answers one request."""


class Stream:
    """One request and the means to answer it, through the h2 library or past it."""

    def __init__(self, wire: ssl.SSLSocket, connection: H2Connection, number: int, head: Mapping[str, str]) -> None:
        self.wire = wire
        self.connection = connection
        self.number = number
        self.head = head

    @property
    def path(self) -> str:
        return self.head[":path"]

    def respond(self, status: int = 200, body: bytes = b"", **headers: str) -> None:
        """A whole answer; header names with `_` for `-`."""
        self.begin(status, **headers)
        self.send(body, end=True)

    def begin(self, status: int = 200, **headers: str) -> None:
        named = [(name.replace("_", "-"), value) for name, value in headers.items()]
        self.connection.send_headers(self.number, [(":status", str(status)), *named])
        self.flush()

    def send(self, body: bytes, *, end: bool = False) -> None:
        """As much of a body as fits, which is all that a test needs: the client opens a window of 16 MB."""
        for start in range(0, len(body), 16384):
            self.connection.send_data(self.number, body[start : start + 16384])
        if end:
            self.connection.end_stream(self.number)
        self.flush()

    def raw(self, frame_type: int, flags: int, payload: bytes, stream: int | None = None) -> None:
        """A frame past the library's own checks (RFC 9113 4.1)."""
        number = self.number if stream is None else stream
        head = len(payload).to_bytes(3, "big") + bytes([frame_type, flags]) + number.to_bytes(4, "big")
        self.wire.sendall(head + payload)

    def flush(self) -> None:
        self.wire.sendall(self.connection.data_to_send())


def serve_h2(listener: socket.socket, tls: ssl.SSLContext, exchange: Exchange, name: str) -> Server:
    """Answer whoever connects to a listening socket; `requests` holds the heads as lines of `name: value`."""
    server = Server(name, listener.getsockname()[1], "https")
    accept(listener, server, partial(_talk, tls=tls, exchange=exchange, server=server))
    return server


def _talk(plain: socket.socket, tls: ssl.SSLContext, exchange: Exchange, server: Server) -> None:
    with suppress(OSError, Hangup, ProtocolError), plain, tls.wrap_socket(plain, server_side=True) as wire:
        assert wire.selected_alpn_protocol() == "h2"
        connection = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
        connection.initiate_connection()
        wire.sendall(connection.data_to_send())
        while data := wire.recv(65536):
            for event in connection.receive_data(data):
                if isinstance(event, RequestReceived):
                    head = dict(event.headers or ())
                    server.requests.append("\r\n".join(f"{name}: {value}" for name, value in head.items()).encode())
                    exchange(Stream(wire, connection, event.stream_id, head))
            wire.sendall(connection.data_to_send())
