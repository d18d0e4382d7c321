"""No byte to an address that is not public, and no fetch without an end.

A network backend for httpcore2 that resolves a name once, checks every answer against `networks`,
connects to the address that it checked, and cuts every read and write to what is left of one deadline.
"""

from __future__ import annotations

import ipaddress
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Collection, Generator, Iterable
from contextlib import contextmanager
from typing import Any

import httpcore2

from monitor.sources import networks
from monitor.sources.networks import IPAddress

Resolver = Callable[[str, int], list[str]]

RESOLVE_SECONDS = 10.0
CONNECT_SECONDS = 10.0
"""For the last or only address of a host."""
NEXT_ADDRESS_SECONDS = 3.0
"""For an address after which there are more: often one of two ways to a host, IPv4 or IPv6, leads nowhere."""

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class ForbiddenAddressError(Exception):
    """The address may not be asked; nothing was sent to it. The message says which address and why."""


def why_forbidden(address: IPAddress) -> str | None:
    """Why an address is not public, or None when it is. IPv4 inside IPv6 (mapped, NAT64) is judged as IPv4."""
    if isinstance(address, ipaddress.IPv6Address) and address.scope_id is not None:
        return "it names an interface of this machine, RFC 4007"
    network = networks.find(_carried_v4(address) or address)
    return network.why if network else None


def is_metadata(address: IPAddress) -> bool:
    """Whether machines read their own passwords there; also in its mapped and NAT64 forms."""
    return networks.holds_credentials(_carried_v4(address) or address)


def _carried_v4(address: IPAddress) -> ipaddress.IPv4Address | None:
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def system_resolver(host: str, port: int) -> list[str]:
    """All addresses of a name, in the order in which the system would try them. Raises OSError."""
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in answers))


class Deadline:
    """One end for everything that is done within it, on the monotonic clock."""

    def __init__(self, seconds: float, within: Deadline | None = None) -> None:
        self.seconds = seconds
        self._within = within
        self._ends_at = time.monotonic() + seconds

    def left(self, at_most: float | None = None) -> float:
        """Seconds left, never more than `at_most`; zero or less when it is over."""
        left = self._ends_at - time.monotonic()
        return left if at_most is None else min(left, at_most)

    def sooner(self, seconds: float) -> Deadline:
        """A deadline within this one."""
        return Deadline(min(self.left(), seconds), within=self)

    def later(self, seconds: float) -> None:
        """Move the end, and that of every deadline around this one."""
        self._ends_at += seconds
        if self._within:
            self._within.later(seconds)


class GuardedBackend(httpcore2.NetworkBackend):
    """Connects to public addresses (and to hosts that the operator allows) within the deadline in force.

    For one thread: a Visit has one. `allow_hosts` holds `host:port`; a metadata address stays forbidden even so.
    """

    def __init__(self, allow_hosts: Collection[str] = frozenset(), resolver: Resolver = system_resolver) -> None:
        self._allow_hosts = frozenset(host.lower() for host in allow_hosts)
        self._resolver = resolver
        self._plain = httpcore2.SyncBackend()
        self._deadline: Deadline | None = None
        self.connections = 0
        """How many were opened: tells a reused connection from a fresh one."""

    @contextmanager
    def within(self, seconds: float) -> Generator[Deadline]:
        """All that is sent and received inside ends after `seconds`; an outer deadline still holds."""
        outer = self._deadline
        self._deadline = outer.sooner(seconds) if outer else Deadline(seconds)
        try:
            yield self._deadline
        finally:
            self._deadline = outer

    @contextmanager
    def paused(self) -> Generator[None]:
        """The time spent inside is not counted: for waiting that we impose on ourselves."""
        begun = time.monotonic()
        try:
            yield
        finally:
            if self._deadline:
                self._deadline.later(time.monotonic() - begun)

    def left(self, timeout: float | None) -> float:
        """What a single step may take, in seconds. Raises httpcore2.TimeoutException when nothing is left."""
        if self._deadline is None:
            raise RuntimeError("a guarded connection is used outside of a deadline")
        left = self._deadline.left(timeout)
        if left <= 0:
            raise httpcore2.ReadTimeout(f"not done within {self._deadline.seconds:g} s")
        return left

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect to the first answering address of a host, all of them having been checked."""
        addresses = self._addresses(host, port)
        failure: Exception = httpcore2.ConnectError(f"{host} has no address")
        for number, address in enumerate(addresses, start=1):
            patience = CONNECT_SECONDS if number == len(addresses) else NEXT_ADDRESS_SECONDS
            try:
                left = self.left(patience if timeout is None else min(timeout, patience))
                stream = self._plain.connect_tcp(str(address), port, left, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
            else:
                self.connections += 1
                return _BoundedStream(stream, self)
        raise failure

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None
    ) -> httpcore2.NetworkStream:
        raise ForbiddenAddressError(f"{path} is a socket of this machine")

    def _addresses(self, host: str, port: int) -> list[IPAddress]:
        literal = _literal(host)
        addresses = [literal] if literal else [ipaddress.ip_address(text) for text in self._resolve(host, port)]
        allowed = f"{host}:{port}" in self._allow_hosts or f"[{host}]:{port}" in self._allow_hosts
        for address in addresses:
            if is_metadata(address):
                raise ForbiddenAddressError(f"{_named(host, address)} serves machine credentials and is never asked")
            why = None if allowed else why_forbidden(address)
            if why:
                raise ForbiddenAddressError(f"{_named(host, address)} is not public ({why})")
        return addresses

    def _resolve(self, host: str, port: int) -> list[str]:
        """Look a name up once. In a thread, because the system's lookup knows no time-out and can not be stopped."""
        answers: queue.SimpleQueue[list[str] | OSError | UnicodeError] = queue.SimpleQueue()

        def look_up() -> None:
            try:
                answers.put(self._resolver(host, port))
            except (OSError, UnicodeError) as error:
                answers.put(error)

        threading.Thread(target=look_up, name=f"resolve {host}", daemon=True).start()
        try:
            answer = answers.get(timeout=self.left(RESOLVE_SECONDS))
        except queue.Empty:
            raise httpcore2.ConnectTimeout(f"the name {host} could not be looked up in time") from None
        if not isinstance(answer, list):
            raise httpcore2.ConnectError(f"the name {host} was not found ({answer})")
        if not answer:
            raise httpcore2.ConnectError(f"the name {host} was not found (no address)")
        return answer


def _literal(host: str) -> IPAddress | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _named(host: str, address: IPAddress) -> str:
    return f"address {address}" if str(address) == host else f"address {address} of {host}"


class _BoundedStream(httpcore2.NetworkStream):
    """A connection whose every step gets at most what is left of the deadline in force."""

    def __init__(self, stream: httpcore2.NetworkStream, backend: GuardedBackend) -> None:
        self._stream = stream
        self._backend = backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._backend.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._backend.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, self._backend.left(timeout))
        # By default, Python hides that TLS ended without saying so.
        stream.get_extra_info("socket").suppress_ragged_eofs = False
        return _BoundedStream(stream, self._backend)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
