"""The news site that all programs watch: a server in a process of its own, so that nobody is charged with its work.

It answers at many loopback addresses, each a host of its own. With validators it gives ETag and Last-Modified and
answers 304 to whoever sends one of them back; without, everybody gets the page.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import socket
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Self

import uvicorn

from benchmarks.corpus import Corpus

HOSTS = 10
_FIRST_EDITION = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Published:
    """What the site shows from now on."""

    edition: int = 0
    validators: bool = False


@dataclass
class Asked:
    """What the site was asked since something was published last."""

    statuses: Counter[int] = field(default_factory=Counter)
    articles: set[int] = field(default_factory=set)


class Site:
    """The site, as the benchmark holds it."""

    def __init__(self, corpus: Corpus, hosts: int = HOSTS) -> None:
        self._corpus = corpus
        self._hosts = hosts

    def __enter__(self) -> Self:
        context = multiprocessing.get_context("spawn")
        self._pipe, there = context.Pipe()
        self._process = context.Process(target=_serve, args=(there, self._corpus), daemon=True)
        self._process.start()
        self.port: int = self._pipe.recv()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.join()

    @property
    def hosts(self) -> list[str]:
        """`address:port` of all of them. Not 127.0.0.1: the pages of the demo say that they are published there."""
        return [f"127.0.0.{number + 2}:{self.port}" for number in range(self._hosts)]

    def urls(self, count: int) -> list[str]:
        """The addresses of so many articles, host by host."""
        ordered = sorted(range(count), key=lambda number: number % self._hosts)
        return [f"http://{self.hosts[number % self._hosts]}/news/{number}" for number in ordered]

    def publish(self, published: Published) -> None:
        """Show this from now on, and begin to count anew."""
        self._pipe.send(published)
        self._pipe.recv()

    def asked(self) -> Asked:
        """What was asked since then."""
        self._pipe.send(None)
        asked: Asked = self._pipe.recv()
        return asked


def _serve(pipe: Connection, corpus: Corpus) -> None:
    listening = socket.create_server(("0.0.0.0", 0), backlog=1024)
    newsroom = _Newsroom(pipe, corpus)
    quiet: dict[str, Any] = {"log_config": None, "access_log": False, "lifespan": "off", "proxy_headers": False}
    server = uvicorn.Server(uvicorn.Config(newsroom.answer, interface="asgi3", timeout_keep_alive=60, **quiet))

    async def run() -> None:
        asyncio.get_running_loop().add_reader(pipe.fileno(), newsroom.listen)
        pipe.send(listening.getsockname()[1])
        await server.serve(sockets=[listening])

    asyncio.run(run())


class _Newsroom:
    """What the site's process does."""

    def __init__(self, pipe: Connection, corpus: Corpus) -> None:
        self._pipe = pipe
        self._corpus = corpus
        self._published = Published()
        self._asked = Asked()

    def listen(self) -> None:
        """Something is published, or what was asked is asked for."""
        try:
            wanted: Published | None = self._pipe.recv()
        except EOFError:  # the benchmark was killed
            raise SystemExit from None
        if wanted is None:
            self._pipe.send(self._asked)
        else:
            self._published, self._asked = wanted, Asked()
            self._pipe.send(None)

    async def answer(
        self,
        scope: Mapping[str, Any],
        receive: Callable[[], Awaitable[Mapping[str, Any]]],
        send: Callable[[Mapping[str, Any]], Awaitable[None]],
    ) -> None:
        """An ASGI application."""
        status, headers, body = self._find(scope["path"], dict(scope["headers"]))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _find(self, path: str, asked: Mapping[bytes, bytes]) -> tuple[int, Sequence[tuple[bytes, bytes]], bytes]:
        _, kind, number = f"{path}//".split("/")[:3]
        if kind != "news" or not number.isdecimal():
            return 404, [(b"content-type", b"text/plain")], b"there is nothing here"
        shown = self._published
        headers = [(b"content-type", b"text/html; charset=utf-8")]
        status, body = 200, b""
        if shown.validators:
            etag, modified = _validators(shown.edition)
            headers += [(b"etag", etag), (b"last-modified", modified)]
            status = 304 if _has(asked, etag, shown.edition) else 200
        if status == 200:
            body = self._corpus.page(int(number), shown.edition)
            headers.append((b"content-length", str(len(body)).encode()))
        self._asked.statuses[status] += 1
        self._asked.articles.add(int(number))
        return status, headers, body


def _validators(edition: int) -> tuple[bytes, bytes]:
    return f'"edition-{edition}"'.encode(), format_datetime(_moment(edition), usegmt=True).encode()


def _moment(edition: int) -> datetime:
    return _FIRST_EDITION + timedelta(hours=edition)


def _has(asked: Mapping[bytes, bytes], etag: bytes, edition: int) -> bool:
    """Whether who asks has this edition (RFC 9110, 13.1: the tag counts before the time)."""
    if tags := asked.get(b"if-none-match"):
        return etag in tags
    if since := asked.get(b"if-modified-since"):
        with suppress(ValueError):
            moment = parsedate_to_datetime(since.decode())
            # Some write "-0000" for GMT, which Python reads as a time without a zone.
            return moment.replace(tzinfo=moment.tzinfo or UTC) >= _moment(edition)
    return False
