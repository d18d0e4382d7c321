"""Visits: one Site, its due Articles, one after the other over one polite connection. Runs them in threads.

The only file that knows how work is queued: a claim in the database and a thread for each claimed Site; where many
machines share the database, those threads are fed by a queue in it (`engine.py`).
"""

from __future__ import annotations

import math
import queue
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Self

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from monitor import metrics, pacing, settle, story, visit
from monitor.clock import Clock, SharedClock
from monitor.config import Settings
from monitor.discovery import read as discovery
from monitor.discovery.read import FeedRead
from monitor.discovery.understand import FeedTools
from monitor.extraction.document import Document
from monitor.extraction.worker import Extractor
from monitor.fetchers import corrections_of, open_browser
from monitor.previewed import Previewed, may_be_feed
from monitor.processor import OneProcessor
from monitor.settle import Checked
from monitor.sources.feed_document import FeedDocument
from monitor.sources.http import Fetcher, Refusal
from monitor.sources.result import Capture
from monitor.sources.robots import Robots, RobotsCache
from monitor.turns import LONGEST_GAP, Note, NotYetError, OvertakenError, Sent, StoppingError, Turns
from monitor.visit import Tools
from storage import articles, feeds, sites, steps
from storage.database import Database, in_trouble
from storage.sites import Claim
from storage.tables import Article, Feed
from storage.together import Together

if TYPE_CHECKING:  # what it is made of comes with the extra `postgresql`
    from monitor.engine import Engine

log = structlog.get_logger()

SHARED_LEASE = timedelta(seconds=30)
RENEW_SECONDS = 8.0
"""A claim on a shared database: it ends so long after its process last renewed it."""
REAP_SECONDS = 5.0
QUEUED = 200
"""Sites that stand in the queue at most: enough for every worker until the next tick, and no more than it is quick
with."""


def clock_of(database: Database) -> Clock:
    """The time by which everything on this database is planned: this machine's, or one that all machines share."""
    return SharedClock(database.now) if database.shared else Clock()


def _silent(step: str, sentence: str) -> None:
    """Nobody wants to hear the story."""


def open_extractor(settings: Settings) -> Extractor:
    """The worker processes of extraction, as configured; they start when first needed."""
    limits = settings.extraction
    return Extractor(workers=limits.workers, cpu_seconds=math.ceil(limits.cpu), memory_bytes=limits.memory)


@dataclass(frozen=True, slots=True)
class Looked:
    """What an address brought that is not watched: an article, a feed, or neither."""

    capture: Capture
    document: Document | None = None
    feed: FeedDocument | None = None


class Visits:
    """Visits Sites in threads of its own; the database keeps two from visiting the same one at once."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        *,
        extractor: Extractor | None = None,
        clock: Clock | None = None,
        open_fetcher: Callable[[Turns], Fetcher] | None = None,
        pool: Executor | None = None,
        engine: Engine | None = None,
    ) -> None:
        """extractor: one that is shared with others and stays open; by default one of its own, as configured.

        clock, open_fetcher, pool: another time, another web, other threads, for simulations. engine: a queue that many
        machines share, closed with the Visits; by default what is due is visited here.
        """
        self.database = database
        self.settings = settings
        self.clock = clock or clock_of(database)
        self._stopping = threading.Event()
        self._robots = RobotsCache()
        self._sent = Sent(self.clock)
        self._extractor = extractor or open_extractor(settings)
        self._extractor_is_shared = extractor is not None
        self._open_fetcher = open_fetcher or self._open_real_fetcher
        self._processor = OneProcessor()
        self._pool = pool or ThreadPoolExecutor(settings.checks.concurrent_visits, thread_name_prefix="visit")
        self._under_way: set[Future[None]] = set()
        self._engine = engine
        self._reaped = float("-inf")
        self._claims: set[Claim] = set()
        """Those of the Visits under way here."""
        self._unreleased: deque[Claim] = deque()
        """Those of Visits that are over, and that the database did not let go of then."""
        self._renewing = threading.Thread(target=self._renew_claims, name="claims", daemon=True)
        if database.shared:
            self._renewing.start()
        self._previewed = Previewed(self.clock)
        self._write = Together(database, steps.write)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop: a check under way is finished, no further one is begun, and what is claimed is let go."""
        self._stopping.set()
        if self._engine is not None:
            self._engine.close()
        self._pool.shutdown(wait=True)
        self._write.close()
        if not self._extractor_is_shared:
            self._extractor.close()

    def run_due(self) -> int:
        """Begin a Visit of every Site that is due, as far as threads are free; or let it stand in the queue.

        Returns of how many.
        """
        self._release_late()
        if self._engine is not None:
            return 0 if self._stopping.is_set() else self._enqueue_due(self._engine)
        self._under_way = {future for future in self._under_way if not future.done()}
        free = self.settings.checks.concurrent_visits - len(self._under_way)
        metrics.VISITS_UNDER_WAY.set(len(self._under_way))
        now = self.clock.now()
        if free <= 0 or self._stopping.is_set():
            return 0
        with self.database.read() as session:
            first = sites.next_due_at(session)
            due = sites.due(session, now, free) if first is not None and first <= now else ()
        if not due:
            return 0
        with self.database.write() as session:
            claims = sites.claim_each(session, due, now, self._lease())
        for claim in claims:
            future = self._pool.submit(self._visit_due, claim)
            future.add_done_callback(partial(_say_failure, claim.host))
            self._under_way.add(future)
        return len(claims)

    @contextmanager
    def _or_released_late(self, claim: Claim) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError:
            self._unreleased.append(claim)
            raise

    def _release_late(self) -> None:
        while self._unreleased:
            with self.database.write() as session:
                sites.release(session, self._unreleased[0])
            self._unreleased.popleft()

    def _enqueue_due(self, engine: Engine) -> int:
        metrics.VISITS_UNDER_WAY.set(len(self._claims))
        monotonic = self.clock.monotonic()
        if monotonic - self._reaped >= REAP_SECONDS:
            self._reaped = monotonic
            engine.reap()
        return engine.enqueue_sites(self._due_sites, max(QUEUED, 4 * self.settings.checks.concurrent_visits))

    def _due_sites(self, most: int) -> Sequence[tuple[int, str]]:
        now = self.clock.now()
        with self.database.read() as session:
            first = sites.next_due_at(session)
            due = sites.due(session, now, most) if first is not None and first <= now else ()
            hosts = sites.hosts(session, due) if due else {}
        return [(site_id, hosts[site_id]) for site_id in due if site_id in hosts]

    def take_from_queue(self) -> None:
        """Begin to visit what stands in the queue, if there is one, until `close`."""
        if self._engine is not None:
            self._engine.run(self._visit_site, self.settings.checks.concurrent_visits)

    def _visit_site(self, site_id: int) -> None:
        """Visit a Site of the queue, unless somebody else does or nothing of it is due any more."""
        try:
            if self._stopping.is_set():
                return
            with self.database.write() as session:
                claim = sites.claim(session, site_id, self.clock.now(), self._lease())
            if claim is not None:
                self._visit_due(claim)
        except Exception as error:  # noqa: BLE001  the job ends all the same; what is due stays due
            log.error("visit failed", site_id=site_id, error=f"{type(error).__name__}: {error}")

    def _renew_claims(self) -> None:
        """Where others would take over from a process that is dead or frozen, one that lives says so."""
        while not self._stopping.wait(RENEW_SECONDS):
            claims = list(self._claims)
            try:
                if claims:
                    with self.database.write() as session:
                        now = self.clock.now()
                        sites.renew(session, claims, now, now + SHARED_LEASE)
            except SQLAlchemyError as error:
                log.error("visits.database", error=str(error)[:300])

    def check_now(
        self, article_ids: Sequence[int], on_checked: Callable[[Checked], None], note: Note = _silent
    ) -> None:
        """Check these Articles, due or not, as politely as ever; `on_checked` is called here for each one checked.

        Those of a Site that is held back are not asked for: they come as they were, with that as the reason.
        """
        by_site: defaultdict[int, list[int]] = defaultdict(list)
        with self.database.read() as session:
            for article_id in article_ids:
                if article := articles.by_id(session, article_id):
                    by_site[article.site_id].append(article_id)
        results: queue.SimpleQueue[Checked] = queue.SimpleQueue()
        futures = {
            self._pool.submit(self._visit_these, site_id, ids, results.put, note) for site_id, ids in by_site.items()
        }
        while futures:
            done, futures = wait(futures, timeout=0.05)
            while not results.empty():
                on_checked(results.get())
            for future in done:
                future.result()

    def read_feed_now(self, feed_id: int, note: Note = _silent) -> FeedRead | None:
        """Read a Feed, due or not, as politely as ever. None when its Site is held back, or the service stops."""
        read: list[FeedRead] = []
        while not self._stopping.is_set() and not read:
            now = self.clock.now()
            with self.database.write() as session:
                feed = feeds.by_id(session, feed_id)
                if feed is None or sites.held(session, feed.site_id, now):
                    return None
                claim = sites.claim(session, feed.site_id, now, self._lease())
            if claim is None:  # the service is there just now
                self.clock.wait(self._stopping, 0.2)
                continue
            self._pool.submit(
                self._visit, claim, (), lambda checked: None, None, note, due_feeds=[feed], on_read=read.append
            ).result()
        return read[0] if read else None

    def look(self, url: str, note: Note = _silent) -> tuple[Capture, Document | None]:
        """Fetch and extract an address without keeping anything of it; no Document where there was no page."""
        capture = self._fetch_once(url, note)
        return capture, self._extract(capture) if capture.outcome == "page" else None

    def look_first(self, url: str) -> Looked:
        """Look at an address that somebody may want to have watched, as an article or as a feed.

        Nothing is kept of it but for a while the Capture, in memory: should it be watched, its first check takes that
        and the page is not asked for twice. Raises ExtractionError, StoppingError.
        """
        capture = self._fetch_once(url, _silent)
        if capture.outcome != "page":
            return Looked(capture)
        if may_be_feed(capture.body, capture.content_type):
            feed = self._extractor.feed(capture.body, url=capture.final_url, content_type=capture.content_type)
            if feed.kind:
                return Looked(capture, feed=feed)
        self._previewed.keep(url, capture)
        return Looked(capture, self._extract(capture))

    def _fetch_once(self, url: str, note: Note) -> Capture:
        turns = self._turns(None, note)
        with self._open_fetcher(turns) as fetcher:
            return self._polite(fetcher, turns, note)(url)

    def _extract(self, capture: Capture) -> Document:
        return self._extractor.extract(
            capture.body,
            url=capture.final_url,
            content_type=capture.content_type,
            headers=capture.headers,
            corrections=corrections_of(capture.final_url, self.settings),
        )

    def _lease(self) -> timedelta:
        """Longer than a Visit can last: its time, then one last check or feed that takes all it may.

        Where others wait to take over from who is dead, it is short and renewed.
        """
        if self.database.shared:
            return SHARED_LEASE
        checks, fetch, extraction = self.settings.checks, self.settings.fetch, self.settings.extraction
        return timedelta(seconds=checks.visit_time + 4 * fetch.deadline + 4 * extraction.cpu + 30)

    def _turns(self, claim: Claim | None, note: Note, patience: float = LONGEST_GAP) -> Turns:
        return Turns(
            self.database, self._write, self.settings, claim, self._sent, self._stopping, self.clock, note, patience
        )

    def _open_real_fetcher(self, turns: Turns) -> Fetcher:
        fetch = self.settings.fetch
        return Fetcher(
            user_agent=self.settings.user_agent,
            allow_hosts=fetch.allow_hosts,
            deadline_seconds=fetch.deadline,
            max_bytes=fetch.max_bytes,
            max_redirects=fetch.max_redirects,
            turn=turns,
            on_answer=turns.answered,
        )

    def _polite(self, fetcher: Fetcher, turns: Turns, note: Note) -> visit.Fetch:
        """`fetcher.fetch` with the robots.txt, the headers and the gap of whatever site an address is of."""
        robots = Robots(fetcher, self._robots)
        turns.crawl_delay = robots.crawl_delay_of

        def permit(url: str) -> Refusal | None:
            site = pacing.site_of(url)
            if not pacing.obeys_robots(url, self.settings):
                note("robots", f"robots.txt of {site} is not asked: the configuration overrules it")
                return None
            refusal = robots.check(url)
            if note is _silent:
                return refusal
            delay = robots.crawl_delay
            asks = f", and asks for {delay:g} s between requests" if delay else ""
            note("robots", refusal.reason if refusal else f"robots.txt of {site} allows it{asks}")
            return refusal

        def fetch(url: str, *, etag: str | None = None, last_modified: str | None = None) -> Capture:
            if note is _silent:
                return _fetch(url, etag, last_modified)
            conditions = [f"its ETag is no longer {etag}"] if etag else []
            conditions += [f"it was modified after {last_modified}"] if last_modified else []
            note("asked", f"for {url}, only if {' or '.join(conditions)}" if conditions else f"for {url}, whole")
            capture = _fetch(url, etag, last_modified)
            for sentence in story.of_capture(capture):
                note("answer", sentence)
            return capture

        def _fetch(url: str, etag: str | None, last_modified: str | None) -> Capture:
            site = self.settings.site(pacing.site_of(url))
            headers = {name: value.get_secret_value() for name, value in site.headers.items()}
            if headers:
                note("headers", f"sent to its own site only: {', '.join(headers)}")
            if site.browser:
                note("browser", "opened in a browser, as configured for the site")
                self._processor.scatter()
                return open_browser(self.settings, turns).fetch(url, headers=headers, permit=permit)
            return fetcher.fetch(url, etag=etag, last_modified=last_modified, headers=headers, permit=permit)

        return fetch

    def _visit_due(self, claim: Claim) -> None:
        checks = self.settings.checks
        with self._or_released_late(claim):
            with self.database.read() as session:
                due = articles.due_at(session, claim.site_id, self.clock.now(), checks.visit_articles)
                due_feeds = feeds.due_at(session, claim.site_id, self.clock.now(), checks.visit_articles)
            if not due and not due_feeds:  # another Visit was quicker
                with self.database.write() as session:
                    sites.release(session, claim)
                return
        self._visit(claim, due, lambda checked: None, self.clock.monotonic() + checks.visit_time, due_feeds=due_feeds)

    def _visit_these(
        self, site_id: int, article_ids: Sequence[int], on_checked: Callable[[Checked], None], note: Note
    ) -> None:
        """Visit a Site for these Articles, renewing the claim as often as one Visit is too short for them."""
        left = list(article_ids)
        while left and not self._stopping.is_set():
            with self.database.write() as session:
                claim = sites.claim(session, site_id, self.clock.now(), self._lease())
            if claim is None:  # the service is there just now
                self.clock.wait(self._stopping, 0.2)
                continue
            some, left = left[: self.settings.checks.visit_articles], left[self.settings.checks.visit_articles :]
            with self.database.read() as session:
                found = [article for article_id in some if (article := articles.by_id(session, article_id))]
            untouched = self._visit(claim, found, on_checked, deadline=None, note=note)
            left = [article.id for article in untouched if article.id] + left

    def _visit(
        self,
        claim: Claim,
        due: Sequence[Article],
        on_checked: Callable[[Checked], None],
        deadline: float | None,
        note: Note = _silent,
        due_feeds: Sequence[Feed] = (),
        on_read: Callable[[FeedRead], None] = lambda read: None,
    ) -> Sequence[Article]:
        """Visit a Site for its due Feeds and Articles. Returns the Articles that it did not get to."""
        turns = self._turns(claim, note, LONGEST_GAP if deadline is None else self.settings.checks.visit_time)
        left = list(due)
        self._claims.add(claim)
        try:
            self._record_robots(claim, [*left, *due_feeds])
            with self._open_fetcher(turns) as fetcher:
                fence = partial(_still_mine, claim, self.clock.now)
                tools = Tools(
                    self.database.fenced(fence) if self.database.shared else self.database,
                    self.settings,
                    self._previewed.before(self._polite(fetcher, turns, note), note),
                    self._processor.scattering(self._extractor.extract),
                    turns.saw,
                    self.clock.now,
                    note,
                )
                for feed in due_feeds:  # first: what they bring is new, and there are few of them
                    if self._stopping.is_set() or (deadline is not None and self.clock.monotonic() > deadline):
                        return left
                    read = self._read(feed, tools)
                    on_read(read)
                    if read.site_held_until and deadline is not None:
                        return left
                while left and not self._stopping.is_set():
                    if deadline is not None and self.clock.monotonic() > deadline:
                        return left
                    if deadline is None and (untouched := self._held(claim, left, note)):
                        for checked in untouched:
                            on_checked(checked)
                        return ()
                    checked = self._check(left[0], tools)
                    del left[0]
                    if deadline is None:
                        turns.settle()  # whoever waits for it is told of nothing that could be lost
                    on_checked(checked)
                    if checked.site_held_until and deadline is not None:
                        return left
        except NotYetError:
            log.debug("its turn comes later", site=claim.host)
        except OvertakenError:
            log.warning("visit was overtaken", site=claim.host)
        except StoppingError:
            pass
        finally:
            self._claims.discard(claim)
            with self._or_released_late(claim):
                turns.end()
            self._processor.scatter()
        return left

    def _record_robots(self, claim: Claim, due: Sequence[Article | Feed]) -> None:
        """Keep on the Site whether its robots.txt is overruled; a write only when that has changed."""
        asked = [each.url for each in due if not each.url.startswith("file:")]
        ignored = any(not pacing.obeys_robots(url, self.settings) for url in asked)
        if claim.robots_ignored != ignored:
            with self.database.write() as session:
                sites.ignore_robots(session, claim.site_id, ignored)

    def _held(self, claim: Claim, left: Sequence[Article], note: Note) -> list[Checked]:
        """The rest of what somebody wants checked now, as it was, when its Site is held back; else nothing."""
        with self.database.read() as session:
            site = sites.held(session, claim.site_id, self.clock.now())
        if site is None or site.held_until_at is None:
            return []
        reason = f"not asked for: {site.host} is held back until {site.held_until_at:%H:%M:%S} UTC, {site.held_reason}"
        note("held", reason)
        return [
            Checked(
                article_id=article.id or 0,
                url=article.url,
                state=article.state,
                reason=reason,
                next_check_at=max(site.held_until_at, article.next_check_at or site.held_until_at),
                next_check_why=article.next_check_why,
                headline=article.headline,
            )
            for article in left
        ]

    def _read(self, feed: Feed, tools: Tools) -> FeedRead:
        """Read one Feed; whatever goes wrong in it is logged, and its next reading comes all the same."""
        feed_tools = FeedTools(
            tools.database, self.settings, tools.fetch, self._extractor.feed, self.clock.now, tools.note
        )
        try:
            read = discovery.read(feed, feed_tools)
        except (NotYetError, OvertakenError, StoppingError):
            raise
        except Exception as error:  # the visit runner: one bad feed must not stop the others
            if in_trouble(error):
                raise
            log.exception("feed failed", feed_id=feed.id, url=feed.url)
            read = discovery.broken(feed, _in_a_line(error), feed_tools)
        metrics.FEED_READINGS.labels(read.state).inc()
        log.info("feed read", feed_id=feed.id, url=feed.url, state=read.state, reason=read.reason, **read.outcomes)
        return read

    def _check(self, article: Article, tools: Tools) -> Checked:
        """Check one Article; whatever goes wrong in it is logged, and its next check comes all the same."""
        begun = self.clock.monotonic()
        self._processor.gather()  # until something else than last time is shown
        try:
            checked = visit.check(article, tools)
        except (NotYetError, OvertakenError, StoppingError):
            raise
        except Exception as error:  # the visit runner: one bad article must not stop the others
            if in_trouble(error):
                raise
            log.exception("check failed", article_id=article.id, url=article.url)
            checked = settle.broken(article, _in_a_line(error), self.clock.now(), tools.settings, tools.database)
        metrics.CHECKS.labels(checked.state).inc()
        metrics.CHECK_SECONDS.observe(self.clock.monotonic() - begun)
        # Nearly all checks find nothing new: their lines would cost as much as the checks, and bury the others.
        tell = log.debug if checked.reason == settle.UNCHANGED and not checked.changes else log.info
        tell(
            "checked",
            article_id=checked.article_id,
            url=checked.url,
            state=checked.state,
            reason=checked.reason,
            version=checked.version_number,
            changes=[change["summary"] for change in checked.changes],
        )
        return checked


def _still_mine(claim: Claim, now: Callable[[], datetime], connection: Connection) -> None:
    """Raises OvertakenError when a later Visit has the Site: what this one found must not lie over what that did.

    Or may have it: who did not renew a claim stood still, and what it takes for a slow site is its own standing.
    """
    if not sites.still_claimed(connection, claim, now()):
        raise OvertakenError(claim.host)


def _say_failure(host: str, future: Future[None]) -> None:
    """A Visit that failed as a whole (a full disk, a locked database): its Site is due again once that has passed."""
    if error := future.exception():
        log.error("visit failed", site=host, error=f"{type(error).__name__}: {error}")


def _in_a_line(error: Exception) -> str:
    """What a person is told of a mistake of ours; the log has the whole of it."""
    first, *_ = str(error).splitlines() or [""]
    return f"{type(error).__name__}: {first[:200]}"
