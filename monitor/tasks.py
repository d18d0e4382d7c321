"""Visits: one Site, its due Articles, one after the other over one polite connection. Runs them in threads.

The only file that knows how work is queued: here a claim in the database and a thread for each claimed Site.
"""

from __future__ import annotations

import math
import queue
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from functools import partial
from types import TracebackType
from typing import Self

import structlog

from monitor import settle, visit
from monitor.config import Settings
from monitor.extraction.document import Document
from monitor.extraction.worker import Extractor
from monitor.settle import Checked
from monitor.sources.address import UnusableAddressError, parse
from monitor.sources.http import Fetcher
from monitor.sources.result import Capture
from monitor.sources.robots import Robots, RobotsCache
from monitor.visit import Tools, utc_now
from storage import articles, sites
from storage.database import Database
from storage.sites import Claim
from storage.tables import Article

GAP_MARGIN = 1.1
"""Slots lie a little further apart than the gap, so that the jitter of threads never brings requests too close."""

log = structlog.get_logger()


def open_extractor(settings: Settings) -> Extractor:
    """The worker processes of extraction, as configured; they start when first needed."""
    limits = settings.extraction
    return Extractor(workers=limits.workers, cpu_seconds=math.ceil(limits.cpu), memory_bytes=limits.memory)


class Visits:
    """Visits Sites in threads of its own; the database keeps two from visiting the same one at once."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        *,
        extractor: Extractor | None = None,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        """extractor: one that is shared with others and stays open; by default one of its own, as configured."""
        self.database = database
        self.settings = settings
        self._now = now
        self._stopping = threading.Event()
        self._robots = RobotsCache()
        self._extractor = extractor or open_extractor(settings)
        self._extractor_is_shared = extractor is not None
        self._pool = ThreadPoolExecutor(settings.checks.concurrent_visits, thread_name_prefix="visit")
        self._under_way: set[Future[None]] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop: a check under way is finished, no further one is begun, and what is claimed is let go."""
        self._stopping.set()
        self._pool.shutdown(wait=True)
        if not self._extractor_is_shared:
            self._extractor.close()

    def run_due(self) -> int:
        """Begin a Visit of every Site that is due, as far as threads are free. Returns how many were begun."""
        self._under_way = {future for future in self._under_way if not future.done()}
        free = self.settings.checks.concurrent_visits - len(self._under_way)
        now = self._now()
        if free <= 0 or self._stopping.is_set():
            return 0
        with self.database.read() as session:
            first = sites.next_due_at(session)
        if first is None or first > now:
            return 0
        with self.database.write() as session:
            claims = sites.claim_due(session, now, self._lease(), free)
        for claim in claims:
            future = self._pool.submit(self._visit_due, claim)
            future.add_done_callback(partial(_say_failure, claim.host))
            self._under_way.add(future)
        return len(claims)

    def check_now(self, article_ids: Sequence[int], on_checked: Callable[[Checked], None]) -> None:
        """Check these Articles, due or not, as politely as ever; `on_checked` is called here for each one checked."""
        by_site: defaultdict[int, list[int]] = defaultdict(list)
        with self.database.read() as session:
            for article_id in article_ids:
                if article := articles.by_id(session, article_id):
                    by_site[article.site_id].append(article_id)
        results: queue.SimpleQueue[Checked] = queue.SimpleQueue()
        futures = {self._pool.submit(self._visit_these, site_id, ids, results.put) for site_id, ids in by_site.items()}
        while futures:
            done, futures = wait(futures, timeout=0.05)
            while not results.empty():
                on_checked(results.get())
            for future in done:
                future.result()

    def look(self, url: str) -> tuple[Capture, Document | None]:
        """Fetch and extract an address without keeping anything; no Document where there was no page."""
        with self._open_fetcher() as fetcher:
            robots = Robots(fetcher, self._robots)
            capture = fetcher.fetch(url, permit=robots.check if self.settings.fetch.robots else None)
        if capture.outcome != "page":
            return capture, None
        document = self._extractor.extract(
            capture.body,
            url=capture.final_url,
            content_type=capture.content_type,
            headers=capture.headers,
        )
        return capture, document

    def _lease(self) -> timedelta:
        """Longer than a Visit can last: its time, then one last check that takes all it may."""
        checks, fetch, extraction = self.settings.checks, self.settings.fetch, self.settings.extraction
        return timedelta(seconds=checks.visit_time + 2 * fetch.deadline + 3 * extraction.cpu + 30)

    def _open_fetcher(self) -> Fetcher:
        fetch = self.settings.fetch
        return Fetcher(
            user_agent=self.settings.user_agent,
            allow_hosts=fetch.allow_hosts,
            deadline_seconds=fetch.deadline,
            max_bytes=fetch.max_bytes,
            max_redirects=fetch.max_redirects,
        )

    def _visit_due(self, claim: Claim) -> None:
        checks = self.settings.checks
        with self.database.read() as session:
            due = articles.due_at(session, claim.site_id, self._now(), checks.visit_articles)
        self._visit(claim, due, lambda checked: None, time.monotonic() + checks.visit_time)

    def _visit_these(self, site_id: int, article_ids: Sequence[int], on_checked: Callable[[Checked], None]) -> None:
        """Visit a Site for these Articles, renewing the claim as often as one Visit is too short for them."""
        left = list(article_ids)
        while left and not self._stopping.is_set():
            with self.database.write() as session:
                claim = sites.claim(session, site_id, self._now(), self._lease())
            if claim is None:  # the service is there just now
                self._stopping.wait(0.2)
                continue
            some, left = left[: self.settings.checks.visit_articles], left[self.settings.checks.visit_articles :]
            with self.database.read() as session:
                found = [article for article_id in some if (article := articles.by_id(session, article_id))]
            self._visit(claim, found, on_checked, deadline=None)

    def _visit(
        self,
        claim: Claim,
        due: Sequence[Article],
        on_checked: Callable[[Checked], None],
        deadline: float | None,
    ) -> None:
        try:
            with self._open_fetcher() as fetcher:
                robots = Robots(fetcher, self._robots)
                permit = robots.check if self.settings.fetch.robots else None
                fetch = partial(fetcher.fetch, permit=permit)
                tools = Tools(self.database, self.settings, fetch, self._extractor.extract, self._now)
                for article in due:
                    if deadline is not None and time.monotonic() > deadline:
                        break
                    if not self._wait_for_turn(claim, article, robots):
                        break
                    on_checked(self._check(article, claim, tools))
        finally:
            with self.database.write() as session:
                sites.release(session, claim)

    def _check(self, article: Article, claim: Claim, tools: Tools) -> Checked:
        """Check one Article; whatever goes wrong in it is logged, and its next check comes all the same."""
        try:
            checked = visit.check(article, tools)
        except Exception as error:  # the visit runner: one bad article must not stop the others
            log.exception("check failed", article_id=article.id, url=article.url)
            checked = settle.broken(
                article, f"{type(error).__name__}: {error}", self._now(), tools.settings, self.database
            )
        with self.database.write() as session:
            ok = checked.state != "failed"
            sites.record(session, claim, ok=ok, reason=checked.reason, now=self._now())
        log.info(
            "checked",
            article_id=checked.article_id,
            url=checked.url,
            state=checked.state,
            reason=checked.reason,
            version=checked.version_number,
            changes=[change["summary"] for change in checked.changes],
        )
        return checked

    def _wait_for_turn(self, claim: Claim, article: Article, robots: Robots) -> bool:
        """Wait until the Site's next slot; False when stopping, or when a later Visit has taken over."""
        if article.kind == "file":
            return not self._stopping.is_set()
        if self.settings.fetch.robots and self._robots_unread(article.url):
            # robots.txt is a request like any other: it takes a slot of its own.
            if not self._take_slot(claim, robots):
                return False
            robots.check(article.url)
        return self._take_slot(claim, robots)

    def _robots_unread(self, url: str) -> bool:
        try:
            return self._robots.get(parse(url).origin) is None
        except UnusableAddressError:
            return False

    def _take_slot(self, claim: Claim, robots: Robots) -> bool:
        gap = max(self.settings.fetch.gap, robots.crawl_delay or 0.0) * GAP_MARGIN
        now = self._now()
        with self.database.write() as session:
            slot = sites.take_slot(session, claim, now, timedelta(seconds=gap))
        if slot is None:
            return False
        return not self._stopping.wait(max(0.0, (slot - now).total_seconds()))


def _say_failure(host: str, future: Future[None]) -> None:
    """A Visit that failed as a whole (a full disk, a locked database): its Site is due again when the claim ends."""
    if error := future.exception():
        log.error("visit failed", site=host, error=f"{type(error).__name__}: {error}")
