"""A web site and a webhook receiver on loopback, real servers in threads, that remember all that they were asked."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic
from types import TracebackType
from typing import Any, Self


@dataclass(frozen=True)
class Page:
    """What the site answers at a path."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    claimed_length: int | None = None
    """Content-Length to claim when it is not that of the body: the connection then ends too early."""


@dataclass(frozen=True)
class Asked:
    """One request as it came, with what was answered."""

    at: float
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    status: int


def article_page(headline: str, *paragraphs: str, published: str = "2023-06-30", furniture: str = "") -> Page:
    """A page as publishers make them: metadata, navigation, the article, and things that nobody wants to read."""
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    html = f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{headline} - The Local</title>
<script type="application/ld+json">{{"@context": "https://schema.org", "@type": "NewsArticle",
"headline": "{headline}", "datePublished": "{published}T08:00:00+00:00"}}</script></head>
<body><nav><a href="/">Home</a> <a href="/world">World</a></nav>
<article><h1>{headline}</h1>{body}</article>
<aside><h2>Most read</h2><p>{furniture}</p></aside><footer>About us. Contact. Terms.</footer></body></html>"""
    return Page(html.encode(), headers={"Content-Type": "text/html; charset=utf-8"})


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that are killed reset their connections; that is no trouble of the server's."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class LocalServer:
    """A server on a free loopback port; `answer` is asked for every request but that for robots.txt."""

    robots = b"User-agent: *\nAllow: /\n"

    def __init__(self, answer: Callable[[str, str, Mapping[str, str], bytes], Page]) -> None:
        self.asked: list[Asked] = []
        self._answer = answer
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._respond(b"")

            def do_POST(self) -> None:
                self._respond(self.rfile.read(int(self.headers.get("Content-Length", 0))))

            def _respond(self, body: bytes) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                page = server._page(self.command, self.path, headers, body)
                try:
                    self.send_response(page.status)
                    for name, value in page.headers.items():
                        self.send_header(name, value)
                    length = len(page.body) if page.claimed_length is None else page.claimed_length
                    self.send_header("Content-Length", str(length))
                    self.end_headers()
                    self.wfile.write(page.body)
                except (BrokenPipeError, ConnectionResetError):  # a client that was killed
                    self.close_connection = True
                if page.claimed_length is not None:
                    self.close_connection = True

            def log_message(self, *arguments: Any) -> None:
                pass

        self._server = _Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    @property
    def host(self) -> str:
        """`127.0.0.1:port`, as `fetch.allow_hosts` names it."""
        return f"127.0.0.1:{self._server.server_port}"

    @property
    def url(self) -> str:
        """Without a slash at the end."""
        return f"http://{self.host}"

    def _page(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Page:
        if path == "/robots.txt":
            page = Page(self.robots, headers={"Content-Type": "text/plain"})
        else:
            page = self._answer(method, path, headers, body)
        self.asked.append(Asked(monotonic(), method, path, headers, body, page.status))
        return page

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


class LocalSite(LocalServer):
    """A site whose `pages` can be changed while it is served; with validators they have an ETag and 304 is answered."""

    def __init__(self, *, validators: bool = True) -> None:
        self.pages: dict[str, Page] = {}
        self.validators = validators
        super().__init__(self._find)

    def _find(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Page:
        page = self.pages.get(path, Page(b"<h1>Not Found</h1>", 404, {"Content-Type": "text/html"}))
        if page.status != 200 or not self.validators or page.claimed_length is not None:
            return page
        etag = f'"{sha256(page.body).hexdigest()[:16]}"'
        if headers.get("if-none-match") == etag:
            return Page(status=304, headers={"ETag": etag})
        return Page(page.body, 200, {**page.headers, "ETag": etag})
