"""What was looked at before somebody decided to watch it: kept in memory for a while, and used once."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict

from monitor.clock import Clock
from monitor.sources.pace import lasted
from monitor.sources.result import Capture
from monitor.turns import Note
from monitor.visit import Fetch

KEPT = 40
KEPT_SECONDS = 600.0
"""So many Captures for so long, each up to the largest page that is fetched."""

_FEED_TYPE = re.compile(r"(?i)rss|atom|feed\+json|\bxml\b(?<!xhtml\+xml)|application/json")
_FEED_BODY = re.compile(rb"(?i)<(?:rss|feed|rdf:rdf|urlset|sitemapindex)\b|jsonfeed\.org/version")


def may_be_feed(body: bytes, content_type: str) -> bool:
    """Whether it is worth reading as a feed: by its type, or by what stands at its beginning."""
    return bool(_FEED_TYPE.search(content_type) or _FEED_BODY.search(body[:2048]))


class Previewed:
    """Captures by the address that was asked for. Safe between threads."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[float, Capture]] = OrderedDict()

    def keep(self, url: str, capture: Capture) -> None:
        """Keep what an address brought; the oldest makes room."""
        with self._lock:
            self._kept[url] = (self._clock.monotonic(), capture)
            self._kept.move_to_end(url)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)

    def take(self, url: str) -> tuple[float, Capture] | None:
        """What an address brought, and how many seconds ago; nothing when that was long ago, or taken already."""
        with self._lock:
            at, capture = self._kept.pop(url, (0.0, None))
            age = self._clock.monotonic() - at
            for old in [
                each for each, (then, _) in self._kept.items() if self._clock.monotonic() - then > KEPT_SECONDS
            ]:
                del self._kept[old]
        return (age, capture) if capture is not None and age <= KEPT_SECONDS else None

    def before(self, fetch: Fetch, note: Note) -> Fetch:
        """`fetch`, but where a page that was never asked for was looked at just now, that."""

        def fetched(url: str, *, etag: str | None = None, last_modified: str | None = None) -> Capture:
            known = self.take(url) if etag is None and last_modified is None else None
            if known is None:
                return fetch(url, etag=etag, last_modified=last_modified)
            age, capture = known
            note("asked", f"not again: {url} was looked at {lasted(age)} ago, before it was added")
            return capture

        return fetched
