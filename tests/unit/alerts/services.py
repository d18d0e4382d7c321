"""Messenger services on loopback: one TLS server that stands for all of them, and the proxy that leads there."""

from __future__ import annotations

import json
import socket
import socketserver
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

HOSTS = (
    "hooks.slack.com", "discord.com", "api.telegram.org", "chat.googleapis.com", "matrix.example.org",
    "chat.example.org", "org.zulipchat.com", "webhook.example.org", "api.ciscospark.com", "api.pushover.net",
)  # fmt: skip

ANSWER = {
    "ok": True, "access_token": "x", "user_id": "@u:b", "home_server": "b", "room_id": "!a:b", "result": "success",
    "id": "1", "status": 1, "event_id": "$e",
}  # fmt: skip
"""Whatever the service is, this is enough of an answer."""


@dataclass
class Asked:
    """One request as a service got it."""

    host: str
    method: str
    path: str
    headers: dict[str, str]
    body: str

    @property
    def texts(self) -> str:
        """All texts of the body, decoded, one a line."""
        if self.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            return "\n".join(value for values in parse_qs(self.body).values() for value in values)
        return "\n".join(_strings(json.loads(self.body))) if self.body else ""


def _status(asked: Asked) -> int:
    return 404 if asked.path.startswith("/.well-known/") else 200


def _taken(asked: Asked) -> bytes:
    return b"ok" if asked.host == "hooks.slack.com" else json.dumps(ANSWER).encode()


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)


@dataclass
class Services:
    """What was asked, and how it is answered: (status, headers, body)."""

    asked: list[Asked] = field(default_factory=list)
    answer: Callable[[Asked], tuple[int, dict[str, str], bytes]] = lambda asked: (_status(asked), {}, _taken(asked))
    port: int = 0
    address: str = ""
    username: str = "corrigenda"
    password: str = "secret"
    refused: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    @contextmanager
    def open(self, seconds: float) -> Iterator[Services]:
        """As `OpenProxy` asks for."""
        yield self


def make_certificate(folder: Path) -> Path:
    """A certificate for all of HOSTS, with its key, of a test's own authority."""
    names = ",".join(f"DNS:{name}" for name in (*HOSTS, "localhost")) + ",IP:127.0.0.1"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-days", "2", "-subj", "/CN=services", "-addext", f"subjectAltName={names}"]
    pem, key = folder / "services.pem", folder / "services.key"
    try:
        subprocess.run([*command, "-keyout", key, "-out", pem], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("openssl is not here to make a certificate")
    whole = folder / "services-with-key.pem"
    whole.write_bytes(key.read_bytes() + pem.read_bytes())
    return whole


@contextmanager
def services(certificate: Path | None) -> Iterator[Services]:
    """Serve them: over TLS behind a proxy that leads every name here, or in clear on a port of their own."""
    here = Services()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            asked = Asked(
                str(self.headers.get("host")),
                self.command,
                self.path,
                {name.lower(): value for name, value in self.headers.items()},
                self.rfile.read(length).decode(),
            )
            here.asked.append(asked)
            status, headers, body = here.answer(asked)
            self.send_response(status)
            for name, value in {
                "content-type": "application/json",
                "content-length": str(len(body)),
                **headers,
            }.items():
                self.send_header(name, value)
            self.end_headers()
            with suppress(OSError):
                self.wfile.write(body)

        do_GET = do_POST = do_PUT = handle_any

        def log_message(self, format: str, *args: object) -> None:
            """Standard error stays quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    here.port = server.server_port
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    proxy = _Proxy(here.port)
    here.address = f"http://127.0.0.1:{proxy.server_address[1]}"
    for each in (server, proxy):
        threading.Thread(target=each.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield here
    finally:
        for each in (server, proxy):
            each.shutdown()
            each.server_close()


class _Proxy(socketserver.ThreadingTCPServer):
    """Whatever host a CONNECT names, it leads to one port of this machine."""

    daemon_threads = True

    def __init__(self, port: int) -> None:
        class Connection(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                while self.rfile.readline().strip():
                    pass
                self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
                with socket.create_connection(("127.0.0.1", port)) as there, suppress(OSError):
                    threading.Thread(target=_carry, args=(there, self.connection), daemon=True).start()
                    _carry(self.connection, there)

        super().__init__(("127.0.0.1", 0), Connection)


def _carry(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while piece := one.recv(65536):
            other.sendall(piece)
