"""Many sites on one machine: every one at a loopback address of its own, with a log of who asked for what, and when."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256

import pytest

from tests.local_site import article_page

ANSWER_SECONDS = 0.05
"""How long an answer takes, so that two requests at once are seen."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, from its arrival to the end of its answer, on the monotonic clock."""

    host: str
    path: str
    worker: str
    """Who asked, by the contact in its User-Agent."""
    begun: float
    ended: float
    fresh: bool
    """Whether the answer was a page, rather than "not modified"."""


@dataclass(frozen=True, slots=True)
class Told:
    """One call of the webhook."""

    id: str
    payload: dict[str, object]


def words_of(address: str) -> tuple[str, str, str]:
    """Names that only the article at this address has: lines that many pages of a site share are no news of one."""
    letters = "".join(chr(ord("a") + int(digit, 16)) for digit in sha256(address.encode()).hexdigest())
    return letters[:7].title(), letters[7:15].title(), letters[15:22].title()


class Hosts:
    """So many hosts with so many articles each, `http://127.0.x.y:port/number`, and a webhook at `/hook` of any."""

    def __init__(self, hosts: int, articles: int, network: str = "127.0") -> None:
        """network: the first half of their addresses."""
        first = socket.create_server((f"{network}.1.1", 0))
        self.port: int = first.getsockname()[1]
        self._sockets = [first]
        try:
            for number in range(1, hosts):
                self._sockets.append(
                    socket.create_server((f"{network}.{1 + number // 250}.{1 + number % 250}", self.port))
                )
        except OSError as error:
            pytest.skip(f"only one loopback address can be had here: {error}")
        self.hosts = [f"{one.getsockname()[0]}:{self.port}" for one in self._sockets]
        self.urls = [f"http://{host}/{number}" for number in range(articles) for host in self.hosts]
        self.asked: list[Asked] = []
        self.told: list[Told] = []
        self.editions: dict[str, int] = {}
        """By URL: how many were killed, as the page says now; 17 at first."""
        self._loop = asyncio.new_event_loop()

    @contextmanager
    def served(self) -> Iterator[None]:
        """Answer, in a thread, as long as the block runs."""
        thread = threading.Thread(target=self._serve, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            thread.join()
            for one in self._sockets:
                one.close()

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        for one in self._sockets:
            self._loop.run_until_complete(asyncio.start_server(self._answer, sock=one))
        self._loop.run_forever()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                begun = time.monotonic()
                line, *lines = head.decode("latin-1").split("\r\n")
                headers = {name.lower(): value.strip() for name, _, value in (each.partition(":") for each in lines)}
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                path = line.split()[1]
                if path == "/hook":
                    self.told.append(Told(headers["webhook-id"], json.loads(body)))
                    writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
                else:
                    await self._page(writer, headers, path, begun)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _page(self, writer: asyncio.StreamWriter, headers: dict[str, str], path: str, begun: float) -> None:
        host = headers["host"]
        await asyncio.sleep(ANSWER_SECONDS)
        fresh = False
        if path == "/robots.txt":
            body, more = b"User-agent: *\nAllow: /\n", "Content-Type: text/plain\r\n"
        else:
            killed = self.editions.get(f"http://{host}{path}", 17)
            etag = f'"{killed}"'
            fresh = headers.get("if-none-match") != etag
            ship, place, who = words_of(host + path)
            told = f"At least {killed} people were killed when the ferry {ship} capsized off {place}, {who} said."
            rest = f"Divers of {place} searched the wreck of the {ship} for {who}."
            body = article_page(f"The {ship} capsizes off {place}", told, rest).body
            more = f"Content-Type: text/html; charset=utf-8\r\nETag: {etag}\r\n"
        if path != "/robots.txt" and not fresh:
            writer.write(f"HTTP/1.1 304 Not Modified\r\nETag: {etag}\r\n\r\n".encode())
        else:
            writer.write(f"HTTP/1.1 200 OK\r\n{more}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        found = re.search(r"\(\+(.*?)\)", headers.get("user-agent", ""))
        self.asked.append(Asked(host, path, found[1] if found else "", begun, time.monotonic(), fresh))
