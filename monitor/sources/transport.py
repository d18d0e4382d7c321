"""The guarded backend as a transport for an httpx2 client."""

from __future__ import annotations

import functools
import ssl
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager

import httpcore2
import httpx2

from monitor.sources.guard import GuardedBackend

MAX_CONNECTIONS = 4
"""A Visit asks one host; redirects add a few. The pool is scanned on every request, so it stays small."""
KEEPALIVE_SECONDS = 30.0

# From the particular to the general: the first that fits names the error.
_ERRORS: tuple[tuple[type[Exception], type[httpx2.TransportError]], ...] = (
    (httpcore2.ConnectTimeout, httpx2.ConnectTimeout),
    (httpcore2.ReadTimeout, httpx2.ReadTimeout),
    (httpcore2.WriteTimeout, httpx2.WriteTimeout),
    (httpcore2.PoolTimeout, httpx2.PoolTimeout),
    (httpcore2.TimeoutException, httpx2.ReadTimeout),
    (httpcore2.ConnectError, httpx2.ConnectError),
    (httpcore2.ReadError, httpx2.ReadError),
    (httpcore2.WriteError, httpx2.WriteError),
    (httpcore2.NetworkError, httpx2.ReadError),
    (httpcore2.LocalProtocolError, httpx2.LocalProtocolError),
    (httpcore2.RemoteProtocolError, httpx2.RemoteProtocolError),
    (httpcore2.ProtocolError, httpx2.RemoteProtocolError),
    (httpcore2.UnsupportedProtocol, httpx2.UnsupportedProtocol),
)


@functools.cache
def shared_ssl_context() -> ssl.SSLContext:
    """The one TLS context of the process: verification on, the system's authorities. Making one costs 31-45 ms."""
    return ssl.create_default_context()


class GuardedTransport(httpx2.BaseTransport):
    """httpx2's own transport takes no network backend, so this joins the two by their public interfaces."""

    def __init__(self, backend: GuardedBackend, ssl_context: ssl.SSLContext, *, http2: bool) -> None:
        self._pool = httpcore2.ConnectionPool(
            ssl_context=ssl_context,
            max_connections=MAX_CONNECTIONS,
            max_keepalive_connections=MAX_CONNECTIONS,
            keepalive_expiry=KEEPALIVE_SECONDS,
            http2=http2,
            network_backend=backend,
        )

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        with _errors_of_httpx2():
            response = self._pool.handle_request(
                httpcore2.Request(
                    method=request.method,
                    url=httpcore2.URL(
                        scheme=request.url.raw_scheme,
                        host=request.url.raw_host,
                        port=request.url.port,
                        target=request.url.raw_path,
                    ),
                    headers=request.headers.raw,
                    content=request.stream,
                    extensions=request.extensions,
                )
            )
        return httpx2.Response(
            status_code=response.status,
            headers=response.headers,
            stream=_Body(response),
            extensions=response.extensions,
        )

    def close(self) -> None:
        self._pool.close()


class _Body(httpx2.SyncByteStream):
    def __init__(self, response: httpcore2.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        stream = self._response.stream
        assert isinstance(stream, Iterable)
        with _errors_of_httpx2():
            yield from stream

    def close(self) -> None:
        with _errors_of_httpx2():
            self._response.close()


@contextmanager
def _errors_of_httpx2() -> Generator[None]:
    try:
        yield
    except Exception as error:
        kind = next((theirs for ours, theirs in _ERRORS if isinstance(error, ours)), None)
        if kind is None:
            raise
        raise kind(str(error)) from error
