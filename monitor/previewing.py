"""Previews: what an address would bring as an Article or a Feed, looked at in threads of their own before saving."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from time import monotonic

import structlog

from monitor.errors import ExtractionError, InputError
from monitor.extraction.document import Document
from monitor.facts import find
from monitor.facts.model import Fact
from monitor.given import read_published
from monitor.sources.feed_document import FeedDocument
from monitor.tasks import Looked
from monitor.turns import StoppingError

WORKERS = 4
KEPT = 500
KEPT_SECONDS = 600.0
WAITING = 200
"""Previews that wait for a thread; more are refused until those are done."""
FACTS = 40
ENTRIES = 8
PARAGRAPHS = 3
SEARCHED = 60_000
"""Characters of a text in which facts are found for a preview."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Preview:
    """What an address brought, or that it is still being looked at."""

    url: str
    state: str = "looking"
    """`looking`; `article`, `feed`; `wall`, `error`, `gone`, `empty`, `not_text`: a page that is no article; `refused`,
    `failed`, ...: there was no page."""
    reason: str = ""
    final_url: str = ""
    headline: str = ""
    byline: str = ""
    publisher: str = ""
    published: str = ""
    published_source: str = ""
    modified: str = ""
    language: str = ""
    paragraphs: Sequence[str] = ()
    length: int = 0
    """Characters of the whole text."""
    facts: Sequence[Fact] = ()
    facts_found: int = 0
    feed_kind: str = ""
    feed_title: str = ""
    entries: Sequence[str] = ()
    entries_found: int = 0

    @property
    def done(self) -> bool:
        """Whether there is nothing more to wait for."""
        return self.state != "looking"

    @property
    def good(self) -> bool:
        """Whether there is something that can be watched."""
        return self.state in ("article", "feed")


class Previews:
    """Looks at addresses, each once, a few at a time; never keeps whoever asks waiting. Safe between threads."""

    def __init__(self, look: Callable[[str], Looked], *, workers: int = WORKERS) -> None:
        """look: `Visits.look_first`."""
        self._look = look
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="preview")
        self._lock = threading.Lock()
        self._known: OrderedDict[str, tuple[float, Preview]] = OrderedDict()
        self._waiting = 0

    def close(self) -> None:
        """Begin no more; what is under way ends with the Visits."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def __call__(self, url: str) -> Preview:
        """What is known of an address by now; it is begun to be looked at when nothing is."""
        with self._lock:
            at, known = self._known.get(url, (0.0, None))
            if known is not None and (not known.done or monotonic() - at < KEPT_SECONDS):
                return known
            if self._waiting >= WAITING:
                return Preview(url, "failed", "too much is being looked at just now: try again in a minute")
            self._waiting += 1
            self._known[url] = (monotonic(), Preview(url))
            while len(self._known) > KEPT:
                self._known.popitem(last=False)
        with suppress(RuntimeError):  # the service stops
            self._pool.submit(self._fill, url)
        return Preview(url)

    def known(self, url: str) -> Preview | None:
        """What is known of an address; nothing is begun."""
        with self._lock:
            return self._known.get(url, (0.0, None))[1]

    def _fill(self, url: str) -> None:
        try:
            preview = _preview(url, self._look(url))
        except (ExtractionError, StoppingError) as error:
            preview = Preview(url, "failed", str(error) or "the service stops")
        except Exception as error:  # whatever an address brings, whoever looks is told, and the others go on
            log.exception("preview failed", url=url)
            preview = Preview(url, "failed", f"internal error: {type(error).__name__}")
        with self._lock:
            self._waiting -= 1
            self._known[url] = (monotonic(), preview)


def _preview(url: str, looked: Looked) -> Preview:
    capture = looked.capture
    seen = Preview(url, capture.outcome, capture.reason, capture.final_url)
    if looked.feed is not None:
        return _of_feed(seen, looked.feed)
    return _of_page(seen, looked.document) if looked.document is not None else seen


def _of_feed(seen: Preview, feed: FeedDocument) -> Preview:
    titles = [entry.title or entry.url for entry in feed.entries[:ENTRIES]]
    return replace(seen, state="feed", feed_kind=feed.kind, feed_title=feed.title, entries=titles,
                   entries_found=feed.total or len(feed.parts))  # fmt: skip


def _of_page(seen: Preview, document: Document) -> Preview:
    text = document.text
    found = find(text[:SEARCHED], published=_published(document), lang=document.language or "en")
    body = document.paragraphs[1:] if document.paragraphs[:1] == (document.headline,) else document.paragraphs
    return replace(
        seen,
        state=document.page,
        reason=document.reason or seen.reason,
        headline=document.headline or "",
        byline=document.byline or "",
        publisher=document.publisher or "",
        published=document.published.value if document.published else "",
        published_source=document.published.source if document.published else "",
        modified=document.modified.value if document.modified else "",
        language=document.language or "",
        paragraphs=[each if len(each) <= 600 else f"{each[:600]} …" for each in body[:PARAGRAPHS]],
        length=len(text),
        facts=found[:FACTS],
        facts_found=len(found),
    )


def _published(document: Document) -> date | datetime | None:
    with suppress(InputError):
        return read_published(document.published.value) if document.published else None
    return None
