"""Servers and Fetchers that end with the test."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from monitor.sources.http import Fetcher
from tests.unit.sources.servers import Server, start


@pytest.fixture
def listen() -> Iterator[Callable[[], socket.socket]]:
    """Make listening sockets on loopback. All are closed when the test ends."""
    listeners: list[socket.socket] = []

    def make() -> socket.socket:
        listeners.append(socket.create_server(("127.0.0.1", 0)))
        return listeners[-1]

    yield make
    for listener in listeners:
        # Closing alone would leave the accepting thread waiting.
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()


@pytest.fixture
def serve(listen: Callable[[], socket.socket]) -> Callable[..., Server]:
    """Start servers: `serve(answer)`, or `serve(answer, tls=context)`. All are stopped when the test ends."""
    return lambda answer, tls=None: start(listen(), answer, tls)


@pytest.fixture
def fetcher_for() -> Iterator[Callable[..., Fetcher]]:
    """Make Fetchers that may ask the given servers."""
    made: list[Fetcher] = []

    def make(*servers: Server, **settings: object) -> Fetcher:
        allow = frozenset(server.host_and_port for server in servers)
        fetcher = Fetcher(user_agent="Corrigenda/1.0 (+mailto:desk@example.org)", allow_hosts=allow, **settings)  # type: ignore[arg-type]
        made.append(fetcher)
        return fetcher

    yield make
    for fetcher in made:
        fetcher.close()
