"""A day of the service in a minute: `python -m benchmarks.day`.

The real schedule, Visits, checks and storage run on 5,000 articles of 200 hosts through 24 hours. Only the clock, the
web and extraction are replaced: time passes when every thread waits; the web is a table of pages that change as real
ones do, with hosts that are slow, refuse, break down, or ask for a Crawl-delay. After eight hours the service is away
for two, as by a restart that went wrong. What the web was asked, and when, is the evidence.
"""

from __future__ import annotations

import heapq
import random
import sys
import tempfile
import threading
import time
from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any, cast

import structlog

from monitor.clock import Clock
from monitor.config import Settings
from monitor.extraction.document import Corrections, Dated, Document
from monitor.extraction.worker import Extractor
from monitor.schedule import TICK_SECONDS, Schedule
from monitor.sources.address import Address, parse
from monitor.sources.http import Fetcher, Permit
from monitor.sources.result import Capture
from monitor.sources.status import judge
from monitor.tasks import Visits
from monitor.turns import Turns
from monitor.wellbeing import OVERDUE
from storage import articles, sites
from storage.database import Database

BEGIN = datetime(2026, 11, 22, tzinfo=UTC)
HOUR = 3600.0


class VirtualClock(Clock):
    """Time that passes only while every thread that takes part waits; then it is the earliest waker's moment."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seconds = 0.0
        self._running = 0
        self._sleepers: list[tuple[float, int, threading.Event]] = []
        self._order = 0

    def now(self) -> datetime:
        return BEGIN + timedelta(seconds=self._seconds)

    def monotonic(self) -> float:
        return self._seconds

    def wait(self, event: threading.Event, seconds: float) -> bool:
        if seconds > 0 and not event.is_set():
            woken = threading.Event()
            with self._lock:
                self._order += 1
                heapq.heappush(self._sleepers, (self._seconds + seconds, self._order, woken))
                self._stop_running()
            woken.wait()
        return event.is_set()

    def begin(self) -> None:
        """One more thread takes part."""
        with self._lock:
            self._running += 1

    def end(self) -> None:
        """A thread takes part no longer."""
        with self._lock:
            self._stop_running()

    def _stop_running(self) -> None:
        self._running -= 1
        if self._running == 0 and self._sleepers:
            self._seconds, _, woken = heapq.heappop(self._sleepers)
            self._running += 1
            woken.set()


class Threads(ThreadPoolExecutor):
    """Threads that take part in the virtual time from the moment at which they get work."""

    def __init__(self, count: int, clock: VirtualClock) -> None:
        super().__init__(count)
        self._clock = clock

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self._clock.begin()

        def work() -> Any:
            try:
                return fn(*args, **kwargs)
            finally:
                self._clock.end()

        return super().submit(work)


@dataclass
class Page:
    """An article of the web: when it was published and when it changed, in seconds of the day."""

    url: str
    published: float
    changes: Sequence[float]
    served: int = -1
    """The edition that was last sent whole."""
    editions: int = 0
    """How many different editions in a row were sent."""
    delays: list[float] = field(default_factory=list)

    def edition(self, at: float) -> int:
        """How often it has changed so far."""
        return bisect(self.changes, at)


@dataclass(frozen=True)
class Trouble:
    """What a host answers in a span of the day instead of its pages."""

    begin: float
    end: float
    status: int | None
    """None: no answer."""
    retry_after: int | None = None


@dataclass
class Web:
    """All hosts. Remembers when each was asked for what."""

    clock: VirtualClock
    pages: dict[str, Page]
    troubles: Mapping[str, Trouble]
    crawl_delays: Mapping[str, float]
    seed: int = 0
    asked: defaultdict[str, list[tuple[float, float, str, int | None]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    """By host: when asked, when answered, for what, with which status."""

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)
        self._never = threading.Event()

    def answer(self, address: Address, etag: str | None) -> tuple[int | None, Mapping[str, str], bytes]:
        """Status, headers and body; it takes some time."""
        asked_at = self.clock.monotonic()
        self.clock.wait(self._never, self._dice.uniform(0.05, 0.6))
        at = self.clock.monotonic()
        status, headers, body = self._respond(address, etag, at)
        self.asked[address.site].append((asked_at, at, address.target, status))
        return status, headers, body

    def _respond(self, address: Address, etag: str | None, at: float) -> tuple[int | None, Mapping[str, str], bytes]:
        trouble = self.troubles.get(address.site)
        if trouble and trouble.begin <= at < trouble.end:
            return trouble.status, {"retry-after": str(trouble.retry_after)} if trouble.retry_after else {}, b""
        if address.target == "/robots.txt":
            delay = self.crawl_delays.get(address.site)
            return (
                200,
                {"content-type": "text/plain"},
                f"User-agent: *\nCrawl-delay: {delay}\n".encode() if delay else b"",
            )
        page = self.pages[str(address)]
        edition = page.edition(at)
        tag = f'"{edition}"'
        if edition != page.served:
            page.delays += [at - change for change in page.changes[max(page.served, 0) : edition] if page.served >= 0]
            page.served, page.editions = edition, page.editions + 1
        if etag == tag:
            return 304, {"etag": tag}, b""
        toll = 10 + 3 * edition
        text = f"<p>{toll} people were killed in the flood at place {address.target[1:]}, officials said on Monday.</p>"
        head = {"etag": tag, "content-type": "text/html; charset=utf-8", "cache-control": "max-age=60"}
        return 200, head, f"<html><title>Flood {address.target}</title>{text * 3}</html>".encode()


class WebFetcher:
    """Fetches from that web as Fetcher does from the real one: permit, turn, request, outcome."""

    user_agent = "Corrigenda/0 (+simulation)"

    def __init__(self, web: Web, turns: Turns) -> None:
        self._web = web
        self._turns = turns

    def __enter__(self) -> WebFetcher:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def fetch(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        headers: Mapping[str, str] | None = None,
        permit: Permit | None = None,
    ) -> Capture:
        """As Fetcher.fetch; this web has no redirects."""
        address = parse(url)
        begun = self._web.clock.now()
        if (why := permit(url) if permit else None) or (why := self._turns(address)):
            return Capture(url, why.outcome, why.reason, begun, url)
        status, head, body = self._web.answer(address, etag)
        if status is None:
            return Capture(url, "failed", "connection refused", begun, url)
        outcome, reason = judge(status, head, body, conditional=etag is not None)
        asked = head.get("retry-after")
        return Capture(
            url,
            outcome,
            reason,
            begun,
            url,
            status=status,
            headers=head,
            body=body,
            etag=head.get("etag"),
            retry_after_seconds=float(asked) if asked else None,
        )


class PlainExtractor:
    """Takes the paragraphs out of the pages of that web."""

    def __init__(self, web: Web) -> None:
        self._web = web

    def extract(
        self,
        body: bytes,
        *,
        url: str,
        content_type: str,
        headers: Mapping[str, str],
        corrections: Corrections | None = None,
    ) -> Document:
        """As Extractor.extract."""
        title, _, rest = body.decode().partition("<title>")[2].partition("</title>")
        paragraphs = [part.partition("</p>")[0] for part in rest.split("<p>")[1:]]
        moment = BEGIN + timedelta(seconds=self._web.pages[url].published)
        return Document(
            "article",
            "",
            headline=title,
            published=Dated(moment.isoformat(), "json-ld"),
            language="en",
            paragraphs=tuple(paragraphs),
            extractor="simulation",
        )

    def close(self) -> None:
        """Nothing to close."""


@dataclass(frozen=True)
class Day:
    """What happened, in figures."""

    articles: int
    hosts: int
    requests: int
    checks: int
    statuses: Mapping[int | None, int]
    least_gap: float
    """Between the sending of two requests to one host, beside what it may be: 1 is just kept."""
    overlaps: int
    """Requests to a host that was still answering another."""
    asked_while_held: int
    """Requests to a host within the time for which it asked not to be asked."""
    never_checked: int
    forgotten: int
    """Articles whose next check was overdue in the end."""
    lost_versions: int
    """Articles whose stored Versions are not as many as the editions that were sent."""
    busiest: int
    """The most requests within ten seconds in the hour after the restart."""
    busiest_usual: int
    """The same in the hours before."""
    latest: float
    """Seconds by which a check was late at most, but for the first hour after each start."""
    median_delay: float
    """Of changes that were seen, seconds."""
    cpu: float
    """Seconds of this process."""


def simulate(
    count: int = 5_000,
    hosts: int = 200,
    *,
    hours: float = 24.0,
    away: tuple[float, float] = (8.0, 10.0),
    tick: float = TICK_SECONDS,
    seed: int = 7,
) -> Day:
    """Live through a day. away: the hours between which the service does not run; tick: seconds between two ticks."""
    dice = random.Random(seed)
    clock = VirtualClock()
    web = _web(count, hosts, hours, clock, dice)
    began = time.process_time()
    with tempfile.TemporaryDirectory() as folder, _quiet():
        settings = Settings(database=f"sqlite:///{Path(folder)}/day.db")
        database = Database(settings.database)
        clock.begin()
        newcomers = sorted((page for page in web.pages.values() if page.published > 0), key=lambda page: page.published)
        _add(database, clock, [page for page in web.pages.values() if page.published <= 0])
        latest = 0.0
        for begin, end in ((0.0, away[0] * HOUR), (away[1] * HOUR, hours * HOUR)):
            if begin:
                clock.wait(threading.Event(), begin - clock.monotonic())
            latest = max(latest, _run(database, settings, clock, web, newcomers, end, tick))
        clock.end()
        day = _judge(database, settings, clock, web, away, latest, time.process_time() - began)
        database.close()
    return day


def _web(count: int, hosts: int, hours: float, clock: VirtualClock, dice: random.Random) -> Web:
    names = [f"news{number}.example" for number in range(hosts)]
    # A few large sites and many small ones, as it is.
    sizes = [1 / (rank + 10) for rank in range(hosts)]
    pages: dict[str, Page] = {}
    for number in range(count):
        host = names[number] if number < hosts else dice.choices(names, sizes)[0]
        url = f"https://{host}/{number}"
        fresh = number % 33 == 0  # some 150 of 5,000 are published during the day
        published = dice.uniform(0, hours * HOUR * 0.95) if fresh else -(10 ** dice.uniform(4.5, 7.2))
        ages = (2 * HOUR * part / (1 - part) for part in (dice.random() for _ in range(dice.choice((0, 1, 1, 2, 4)))))
        changes = [published + age for age in ages]
        if number % 20 == 0:  # some old ones are rewritten today
            changes.append(dice.uniform(0, hours * HOUR))
        pages[url] = Page(url, published, sorted(changes))
    troubles = {
        names[1]: Trouble(3 * HOUR, 4 * HOUR, 429, 900),
        names[2]: Trouble(5 * HOUR, 7 * HOUR, None),
        names[3]: Trouble(9 * HOUR, 12 * HOUR, 503),
        names[4]: Trouble(0, 1 * HOUR, 500),
        names[5]: Trouble(6 * HOUR, 24 * HOUR, 404),
    }
    return Web(clock, pages, troubles, {names[6]: 5.0, names[7]: 20.0}, dice.randrange(2**32))


def _add(database: Database, clock: VirtualClock, pages: Sequence[Page]) -> None:
    with database.write() as session:
        for page in pages:
            articles.add(session, page.url, kind="url", host=parse(page.url).site, now=clock.now())


def _run(
    database: Database,
    settings: Settings,
    clock: VirtualClock,
    web: Web,
    newcomers: list[Page],
    until: float,
    tick: float,
) -> float:
    """The service from a start to a stop; what is published meanwhile is added as a feed would.

    Returns by how many seconds a check was late at most.
    """
    with database.write() as session:
        sites.release_all(session)
    visits = Visits(
        database,
        settings,
        extractor=cast(Extractor, PlainExtractor(web)),
        clock=clock,
        open_fetcher=lambda turns: cast(Fetcher, WebFetcher(web, turns)),
        pool=Threads(settings.checks.concurrent_visits, clock),
    )
    schedule = Schedule(visits)
    schedule.catch_up()
    never = threading.Event()
    latest, ticks, began = 0.0, 0, clock.monotonic()
    while clock.monotonic() < until:
        ticks += 1
        if ticks % 60 == 0 and clock.monotonic() > began + HOUR:
            with database.read() as session:
                due = sites.next_due_at(session)
            latest = max(latest, (clock.now() - due).total_seconds() if due else 0.0)
        while newcomers and newcomers[0].published <= clock.monotonic():
            _add(database, clock, [newcomers.pop(0)])
        schedule.tick()
        clock.wait(never, tick)
    clock.end()  # the threads under way come to their end without us
    visits.close()
    clock.begin()
    return latest


def _judge(
    database: Database,
    settings: Settings,
    clock: VirtualClock,
    web: Web,
    away: tuple[float, float],
    latest: float,
    cpu: float,
) -> Day:
    sent = sorted(at for asked in web.asked.values() for at, *_ in asked)
    with database.read() as session:
        kept = {article.url: article for article in articles.listing(session)}
        forgotten = articles.count_overdue(session, clock.now() - OVERDUE)
    back = away[1] * HOUR
    delays = [delay for page in web.pages.values() for delay in page.delays]
    return Day(
        articles=len(kept),
        hosts=len(web.asked),
        requests=len(sent),
        checks=sum(article.checks for article in kept.values()),
        statuses=Counter(status for asked in web.asked.values() for *_, status in asked),
        least_gap=min(_gaps(web, settings.fetch.gap)),
        overlaps=sum(
            later[0] < earlier[1] for asked in web.asked.values() for earlier, later in pairwise(sorted(asked))
        ),
        asked_while_held=sum(_asked_while_held(web)),
        never_checked=sum(article.checks == 0 for article in kept.values()),
        forgotten=forgotten,
        lost_versions=sum(
            kept[page.url].version_number != page.editions for page in web.pages.values() if page.url in kept
        ),
        busiest=_busiest([at for at in sent if back <= at < back + HOUR]),
        busiest_usual=_busiest([at for at in sent if HOUR <= at < away[0] * HOUR]),
        latest=latest,
        median_delay=median(delays) if delays else 0.0,
        cpu=cpu,
    )


def _gaps(web: Web, gap: float) -> Iterator[float]:
    """Every gap between two requests to one host, beside the one that it may expect."""
    for host, asked in web.asked.items():
        delay = web.crawl_delays.get(host, 0.0)
        for earlier, later in pairwise(sorted(asked)):
            yield (later[0] - earlier[0]) / max(gap, delay)


def _asked_while_held(web: Web) -> Iterator[int]:
    for host, asked in web.asked.items():
        trouble = web.troubles.get(host)
        if trouble and trouble.retry_after:
            for earlier, later in pairwise(sorted(asked)):
                yield earlier[3] == trouble.status and later[0] - earlier[1] < trouble.retry_after


def _busiest(moments: Sequence[float]) -> int:
    """The most moments within ten seconds."""
    return max((bisect(moments, moment + 10.0) - index for index, moment in enumerate(moments)), default=0)


@contextmanager
def _quiet() -> Iterator[None]:
    """Without a line for every check."""
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    try:
        yield
    finally:
        structlog.reset_defaults()


def run(count: int = 5_000, hosts: int = 200) -> None:
    """Simulate and print."""
    began = time.perf_counter()
    day = simulate(count, hosts)
    for name in Day.__dataclass_fields__:
        print(f"{name.replace('_', ' '):22} {getattr(day, name)}")
    print(f"{'CPU ms a check':22} {day.cpu / day.checks * 1000:.2f}")
    print(f"{'elapsed':22} {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    run(*map(int, sys.argv[1:3]))
