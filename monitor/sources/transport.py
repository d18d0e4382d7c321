"""What goes out over the guarded backend: the requests of a Visit, and a transport for an httpx2 client.

A Visit asks httpcore2, the engine of httpx2, itself: what httpx2's Client does beyond (redirects, decoding, cookies,
addresses) is done in `http.py` anyway, and it takes more time than all the rest of a request.
"""

from __future__ import annotations

import functools
import ssl
from collections.abc import Callable, Iterable, Iterator, Sequence
from types import TracebackType

import httpcore2
import httpx2

from monitor.sources.address import Address
from monitor.sources.guard import GuardedBackend

MAX_CONNECTIONS = 4
"""A Visit asks one host; redirects add a few."""
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
    (httpcore2.ConnectionNotAvailable, httpx2.RemoteProtocolError),  # an HTTP/2 server that takes no more requests
    (ValueError, httpx2.RemoteProtocolError),  # httpcore2 at an HTTP/2 status that is no number
)


@functools.cache
def shared_ssl_context(*, http2: bool) -> ssl.SSLContext:
    """The TLS contexts of the process: verification on, the system's authorities. Making one costs 31-45 ms.

    Two, because httpcore2 writes into it whether HTTP/2 is offered, and connections are opened in many threads.
    """
    return ssl.create_default_context()


class Answer:
    """An answer whose body is still to come; to be closed."""

    __slots__ = ("_response", "_stream", "http_version", "pairs", "status")

    def __init__(self, response: httpcore2.Response, on_unread: Callable[[], None] | None) -> None:
        self._response = response
        self._stream = _Body(response, on_unread)
        self.status: int = response.status
        self.http_version: str = response.extensions["http_version"].decode("ascii", "ignore")
        self.pairs: Sequence[tuple[bytes, bytes]] = response.headers
        """Its header lines as they came."""

    def headers(self) -> dict[str, str]:
        """Names in lower case, repeated ones joined by `, `. Read as ASCII, else UTF-8, else ISO 8859-1."""
        headers: dict[str, str] = {}
        for encoding in ("ascii", "utf-8", "iso-8859-1"):
            headers.clear()
            try:
                for raw, value in self.pairs:
                    name = raw.decode(encoding).lower()
                    said = value.decode(encoding)
                    headers[name] = f"{headers[name]}, {said}" if name in headers else said
            except UnicodeDecodeError:
                continue
            break
        return headers

    def __iter__(self) -> Iterator[bytes]:
        """The body as it comes, still packed."""
        return iter(self._stream)

    def close(self) -> None:
        """Make the connection free for the next request, or give it up where the body was not read to its end."""
        self._stream.close()


class Connections:
    """Asks over a few kept connections, for one thread. Errors are those of httpx2.

    The connections are kept here: a pool that many threads may share locks and probes more than a request takes.
    """

    def __init__(self, backend: GuardedBackend, *, http2: bool, ssl_context: ssl.SSLContext | None = None) -> None:
        self._backend = backend
        self._http2 = http2
        self._ssl_context = ssl_context or shared_ssl_context(http2=http2)
        self._kept: dict[tuple[str, str, int], httpcore2.HTTPConnection] = {}
        """By scheme, host and port; the one that was used last stands last."""

    def get(self, address: Address, target: bytes, headers: list[tuple[bytes, bytes]], silence: float) -> Answer:
        """Send a request. target: the path and query as they go out. silence: seconds until the next byte must come."""
        url = httpcore2.URL(
            scheme=address.scheme.encode("ascii"), host=address.host.encode("ascii"), port=address.port, target=target
        )
        timeouts = {"connect": silence, "read": silence, "write": silence}
        request = httpcore2.Request("GET", url, headers=headers, extensions={"timeout": timeouts})
        key = (address.scheme, address.host, address.port)
        with _errors_of_httpx2:
            connection = self._usable(key) or self._opened(key, url.origin)
            try:
                response = connection.handle_request(request)
            except BaseException:
                del self._kept[key]
                connection.close()
                raise
        shared = response.extensions["http_version"] == b"HTTP/2"
        return Answer(response, connection.close if shared else None)

    def close(self) -> None:
        """Close the kept connections."""
        while self._kept:
            self._kept.popitem()[1].close()

    def _usable(self, key: tuple[str, str, int]) -> httpcore2.HTTPConnection | None:
        """The kept connection, unless the server has closed it, or an answer was not read to its end."""
        connection = self._kept.pop(key, None)
        if connection is None:
            return None
        if not connection.is_available() or connection.has_expired():
            connection.close()
            return None
        self._kept[key] = connection
        return connection

    def _opened(self, key: tuple[str, str, int], origin: httpcore2.Origin) -> httpcore2.HTTPConnection:
        """One that connects with its first request."""
        while len(self._kept) >= MAX_CONNECTIONS:
            self._kept.pop(next(iter(self._kept))).close()
        self._kept[key] = httpcore2.HTTPConnection(
            origin,
            ssl_context=self._ssl_context,
            keepalive_expiry=KEEPALIVE_SECONDS,
            http2=self._http2,
            network_backend=self._backend,
        )
        return self._kept[key]


class GuardedTransport(httpx2.BaseTransport):
    """httpx2's own transport takes no network backend, so this joins the two by their public interfaces. HTTP/1.1."""

    def __init__(self, backend: GuardedBackend, *, ssl_context: ssl.SSLContext | None = None) -> None:
        self._pool = httpcore2.ConnectionPool(
            ssl_context=ssl_context or shared_ssl_context(http2=False),
            max_connections=MAX_CONNECTIONS,
            max_keepalive_connections=MAX_CONNECTIONS,
            keepalive_expiry=KEEPALIVE_SECONDS,
            network_backend=backend,
        )

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        inner = httpcore2.Request(
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
        with _errors_of_httpx2:
            response = self._pool.handle_request(inner)
        return httpx2.Response(
            status_code=response.status,
            headers=response.headers,
            stream=_Body(response),
            extensions=response.extensions,
        )

    def close(self) -> None:
        self._pool.close()


class _Body(httpx2.SyncByteStream):
    """`on_unread` is called when it is closed before its end. Over HTTP/2 the rest of it would go on coming in, unasked
    for, until the window of the whole connection is full and nothing else can."""

    def __init__(self, response: httpcore2.Response, on_unread: Callable[[], None] | None = None) -> None:
        self._response = response
        self._on_unread = on_unread

    def __iter__(self) -> Iterator[bytes]:
        stream = self._response.stream
        assert isinstance(stream, Iterable)
        with _errors_of_httpx2:
            yield from stream
        self._on_unread = None

    def close(self) -> None:
        with _errors_of_httpx2:
            self._response.close()
            if self._on_unread:
                self._on_unread()


class _ErrorsOfHttpx2:
    """What is raised inside comes out as httpx2's. Of a class, as a generator costs ten times as much to enter."""

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if not isinstance(error, Exception):
            return
        theirs = next((theirs for ours, theirs in _ERRORS if isinstance(error, ours)), None)
        # httpcore2 lets some errors of its HTTP/2 library through, which is not even imported before it is needed.
        if theirs is None and type(error).__module__.startswith("h2."):
            theirs = httpx2.RemoteProtocolError
        if theirs is not None:
            raise theirs(str(error)) from error


_errors_of_httpx2 = _ErrorsOfHttpx2()
