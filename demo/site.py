"""The news site: five publishers on five ports of 127.0.0.1, each serving one article as a real page."""

from __future__ import annotations

import hashlib
import json
import random
import threading
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from demo.editions import Edition, Script, Seed
from demo.publishers import FURNITURE, PUBLISHERS, Publisher

ROBOTS = "User-agent: *\nDisallow: /cmp/\nDisallow: /comment\n"
PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined
)


@dataclass(frozen=True, slots=True)
class Request:
    """One request as the site saw it."""

    at: datetime
    article: str
    """The publisher's article, whatever was asked for."""
    path: str
    status: int
    edition: int
    """Number of the edition that was online."""
    is_article: bool
    """The article's own path, not robots.txt or anything else."""


@dataclass(slots=True)
class _Online:
    """What a publisher serves at the moment."""

    edition: Edition
    since: datetime
    views: int = 1204

    @property
    def last_modified(self) -> str:
        return format_datetime(self.since, usegmt=True)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, publisher: Publisher, seed: Seed, first: Edition, record: list[Request]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.publisher, self.seed = publisher, seed
        self.online = _Online(first, _whole_second(datetime.now(UTC) - timedelta(days=1)))
        self.record = record

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}{self.publisher.path}"

    def publish(self, edition: Edition) -> None:
        # Last-Modified counts in seconds (RFC 9110 8.8.2): two editions of one second would be the same to it.
        now = _whole_second(datetime.now(UTC))
        self.online = _Online(edition, max(now, self.online.since + timedelta(seconds=1)), self.online.views)

    def render(self, template: str, online: _Online) -> bytes:
        """A page, with the numbers on it that change on every request."""
        publisher, seed = self.publisher, self.seed
        online.views += random.randint(1, 9)
        page = PAGES.get_template(f"{template}.html").render(
            address=self.address,
            path=publisher.path,
            publisher=seed.publisher,
            headline=publisher.headline(seed),
            byline=seed.byline,
            published=seed.published,
            blocks=list(publisher.blocks(seed, online.edition.text)),
            furniture=FURNITURE[online.edition.furniture],
            ld_json=self._ld_json(online),
            today=datetime.now(UTC),
            views=online.views,
            shares=random.randint(100, 9999),
            minutes_ago=random.randint(2, 59),
        )
        return page.encode()

    def _ld_json(self, online: _Online) -> Markup:
        """Structured data as search engines ask for it (schema.org NewsArticle)."""
        data: dict[str, Any] = {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "mainEntityOfPage": self.address,
            "headline": self.publisher.headline(self.seed),
            "datePublished": self.seed.published.isoformat(),
            "dateModified": online.since.isoformat(),
            "publisher": {"@type": "NewsMediaOrganization", "name": self.seed.publisher},
        }
        if self.seed.byline:
            data["author"] = {"@type": "Person", "name": self.seed.byline}
        return Markup(json.dumps(data).replace("<", "\\u003c"))


class _Handler(BaseHTTPRequestHandler):
    """Answers for one publisher. Connections stay open, as they do in the wild."""

    protocol_version = "HTTP/1.1"
    server: _Server
    online: _Online
    """What was online when the request came; an edition that is published meanwhile is for the next one."""

    def do_GET(self) -> None:
        self.online = self.server.online
        if self.path == "/robots.txt":
            self._answer(HTTPStatus.OK, ROBOTS.encode(), {"Content-Type": "text/plain"})
        elif self.path == self.server.publisher.path:
            self._article()
        else:
            self._answer(HTTPStatus.NOT_FOUND, self._render("gone"))

    def _article(self) -> None:
        match self.online.edition.answer:
            case "page":
                self._page()
            case "gone":
                self._answer(HTTPStatus.NOT_FOUND, self._render("gone"))
            case "wall":
                self._answer(HTTPStatus.OK, self._render("wall"))
            case "unavailable":
                self._answer(HTTPStatus.SERVICE_UNAVAILABLE, self._render("unavailable"), {"Retry-After": "1"})
            case "cut":
                body = self._render(self.server.publisher.key)
                self._answer(HTTPStatus.OK, body, sent=len(body) // 2)

    def _page(self) -> None:
        headers: dict[str, str] = {}
        body = self._render(self.server.publisher.key)
        unchanged = False
        if self.server.publisher.validator == "etag":
            headers["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            unchanged = self.headers.get("If-None-Match") == headers["ETag"]
        elif self.server.publisher.validator == "last-modified":
            headers["Last-Modified"] = self.online.last_modified
            unchanged = self.headers.get("If-Modified-Since") == headers["Last-Modified"]
        if unchanged:
            self._answer(HTTPStatus.NOT_MODIFIED, b"", headers)
        else:
            self._answer(HTTPStatus.OK, body, headers)

    def _render(self, template: str) -> bytes:
        return self.server.render(template, self.online)

    def _answer(
        self, status: HTTPStatus, body: bytes, headers: dict[str, str] | None = None, sent: int | None = None
    ) -> None:
        """Send it; `sent`: only so many bytes of the body, and then hang up."""
        self.server.record.append(
            Request(
                at=datetime.now(UTC),
                article=self.server.publisher.article,
                path=self.path,
                status=status.value,
                edition=self.online.edition.number,
                is_article=self.path == self.server.publisher.path,
            )
        )
        self.send_response(status)
        for name, value in {"Content-Type": "text/html; charset=utf-8", **(headers or {})}.items():
            self.send_header(name, value)
        if status is not HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:sent])
        self.close_connection = self.close_connection or sent is not None

    def log_message(self, format: str, *args: object) -> None:
        """The record of requests is kept for the report; standard error stays quiet."""


@dataclass(slots=True)
class NewsSite:
    """All five publishers. Use as a context manager; `requests` grows while it runs."""

    script: Script
    seeds: dict[str, Seed]
    requests: list[Request] = field(default_factory=list)
    _servers: dict[str, _Server] = field(default_factory=dict)
    _stack: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        first = {edition.article: edition for edition in self.script.first}
        for publisher in PUBLISHERS:
            name = publisher.article
            server = _Server(publisher, self.seeds[name], first[name], self.requests)
            self._servers[name] = server
            self._stack.callback(server.server_close)
            self._stack.callback(server.shutdown)
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stack.close()

    def address(self, article: str) -> str:
        """Where the page of an article is."""
        return self._servers[article].address

    def hosts(self) -> list[str]:
        """`host:port` of every publisher."""
        return [f"127.0.0.1:{server.server_port}" for server in self._servers.values()]

    def publish(self, edition: Edition) -> None:
        """Put an edition online in place of what was there."""
        self._servers[edition.article].publish(edition)

    def looks(self, article: str, edition: int) -> list[Request]:
        """The requests for an article's own page while this edition was online."""
        return [
            request
            for request in list(self.requests)
            if request.article == article and request.edition == edition and request.is_article
        ]


def _whole_second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)
