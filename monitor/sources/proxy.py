"""A forward proxy on loopback that a browser is told to use for everything: each connection goes through the guard.

It speaks CONNECT (RFC 9110 9.3.6) and plain requests in absolute form (RFC 9112 3.2.2), one request a connection. It
answers only who knows its password, counts what comes in, and ends with the fetch that it was opened for.
"""

from __future__ import annotations

import base64
import hmac
import re
import secrets
import selectors
import socket
import socketserver
import threading
from collections.abc import Collection
from contextlib import suppress
from types import TracebackType
from typing import Self

import httpcore2

from monitor.sources.address import WEB_PORTS, Address, UnusableAddressError, parse
from monitor.sources.guard import Deadline, ForbiddenAddressError, GuardedBackend, Resolver, system_resolver

_HEAD_BYTES = 64 * 1024
_PIECE = 64 * 1024
_HEAD_SECONDS = 10.0
_OURS = re.compile(rb"(?im)^(?:proxy-[a-z-]+|connection|keep-alive|te|upgrade):.*\r\n")
_LENGTH = re.compile(rb"(?im)^content-length:[ \t]*(\d{1,12})[ \t]*\r$")
_CREDENTIALS = re.compile(rb"(?im)^proxy-authorization:[ \t]*basic[ \t]+([A-Za-z0-9+/=]+)[ \t]*\r$")


class GuardedProxy:
    """Open for one fetch. `address` and the credentials are for the browser."""

    def __init__(
        self,
        *,
        deadline_seconds: float,
        max_bytes: int,
        allow_hosts: Collection[str] = frozenset(),
        resolver: Resolver = system_resolver,
    ) -> None:
        """max_bytes: of all answers together, as they are on the wire."""
        self.username = "corrigenda"
        self.password = secrets.token_urlsafe(24)
        self.refused: dict[str, str] = {}
        """Hosts (`host:port`) that were asked for and are forbidden, and why."""
        self.failed: dict[str, str] = {}
        """Hosts that could not be reached, and why."""
        self.exhausted = False
        """Whether more came than max_bytes, after which nothing more is let through."""
        self.allow_hosts = frozenset(host.lower() for host in allow_hosts)
        self.deadline = Deadline(deadline_seconds)
        self.resolver = resolver
        self._left = max_bytes
        self._lock = threading.Lock()
        self._token = base64.b64encode(f"{self.username}:{self.password}".encode())
        proxy = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with suppress(OSError, httpcore2.NetworkError, httpcore2.TimeoutException):
                    _Connection(proxy, self.request).serve()

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            block_on_close = False

            def handle_error(self, request: object, client_address: object) -> None:
                """A browser that is killed leaves its connections half done."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="proxy", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.exhausted = True  # connections under way end with their next piece
        self._server.shutdown()
        self._server.server_close()

    def knows(self, given: bytes) -> bool:
        """Whether these are the credentials."""
        return hmac.compare_digest(given, self._token)

    def take(self, size: int) -> bool:
        """Count bytes that came; False when they are too many."""
        with self._lock:
            self._left -= size
            self.exhausted = self.exhausted or self._left < 0
            return not self.exhausted


class _Connection:
    """One connection of the browser, in its own thread."""

    def __init__(self, proxy: GuardedProxy, browser: socket.socket) -> None:
        self._proxy = proxy
        self._browser = browser

    def serve(self) -> None:
        self._browser.settimeout(_HEAD_SECONDS)
        head, rest = self._read_head()
        if not head:
            return
        credentials = _CREDENTIALS.search(head)
        if not credentials or not self._proxy.knows(credentials[1]):
            self._answer("407 Proxy Authentication Required", 'Proxy-Authenticate: Basic realm="guard"\r\n')
            return
        method, _, target = head.split(b"\r\n", 1)[0].rpartition(b" ")[0].partition(b" ")
        connects = method == b"CONNECT"
        try:
            address = parse(("https://" if connects else "") + target.decode("latin-1"))
        except UnusableAddressError as error:
            self._answer("400 Bad Request", body=str(error))
            return
        stream = None if self._proxy.exhausted else self._connect(address)
        if stream is None:
            return
        upstream: socket.socket = stream.get_extra_info("socket")
        try:
            if connects:
                self._browser.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                upstream.sendall(rest)
                self._relay(upstream, None)
            else:
                upstream.sendall(_for_origin(method, address, head))
                found = _LENGTH.search(head)
                length = int(found[1]) if found else 0
                upstream.sendall(rest[:length])
                self._relay(upstream, max(0, length - len(rest)))
        finally:
            stream.close()

    def _connect(self, address: Address) -> httpcore2.NetworkStream | None:
        """A connection to a host that may be asked; else the browser is told, and nothing is."""
        name = address.host_and_port
        backend = GuardedBackend(self._proxy.allow_hosts, self._proxy.resolver)
        try:
            if address.port not in WEB_PORTS and name not in self._proxy.allow_hosts:
                raise ForbiddenAddressError(
                    f"port {address.port} is not a port of the web; allow_hosts can allow {name}"
                )
            with backend.within(max(0.0, self._proxy.deadline.left())):
                return backend.connect_tcp(address.host, address.port)
        except ForbiddenAddressError as error:
            self._proxy.refused[name] = str(error)
            self._answer("403 Forbidden", body=str(error))
        except (httpcore2.NetworkError, httpcore2.TimeoutException) as error:
            self._proxy.failed[name] = str(error)
            self._answer("502 Bad Gateway", body=str(error))
        return None

    def _relay(self, upstream: socket.socket, body_left: int | None) -> None:
        """Carry bytes both ways until one side ends. body_left: how much of a request's body is still to come; None
        for a tunnel, in which everything goes through."""
        with selectors.DefaultSelector() as ready:
            for each in (self._browser, upstream):
                each.settimeout(_HEAD_SECONDS)
                ready.register(each, selectors.EVENT_READ)
            while (left := self._proxy.deadline.left(1.0)) > 0 and not self._proxy.exhausted:
                for key, _ in ready.select(left):
                    source = key.fileobj
                    assert isinstance(source, socket.socket)
                    piece = source.recv(_PIECE)
                    if not piece:
                        return
                    if source is upstream:
                        if not self._proxy.take(len(piece)):
                            return
                        self._browser.sendall(piece)
                    elif body_left is None:
                        upstream.sendall(piece)
                    else:
                        # A second request on this connection might be for another host: it finds the connection closed.
                        upstream.sendall(piece[: max(0, body_left)])
                        body_left -= len(piece)
                        if body_left < 0:
                            ready.unregister(self._browser)

    def _read_head(self) -> tuple[bytes, bytes]:
        data = b""
        while b"\r\n\r\n" not in data:
            piece = self._browser.recv(_PIECE)
            if not piece or len(data) > _HEAD_BYTES:
                return b"", b""
            data += piece
        head, _, rest = data.partition(b"\r\n\r\n")
        return head + b"\r\n", rest

    def _answer(self, status: str, headers: str = "", *, body: str = "") -> None:
        text = body.encode("utf-8", "replace")
        head = f"HTTP/1.1 {status}\r\n{headers}Content-Type: text/plain; charset=utf-8\r\n"
        self._browser.sendall(f"{head}Content-Length: {len(text)}\r\nConnection: close\r\n\r\n".encode() + text)


def _for_origin(method: bytes, address: Address, head: bytes) -> bytes:
    """A request for a proxy as the server itself expects it."""
    fields = _OURS.sub(b"", head.split(b"\r\n", 1)[1])
    return b"%s %s HTTP/1.1\r\n%sConnection: close\r\n\r\n" % (method, address.target.encode("latin-1"), fields)
