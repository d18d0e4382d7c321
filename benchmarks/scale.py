"""A large installation on one machine: `python -m benchmarks.scale [ARTICLES]`, a million by default.

Claiming what is due and starting the service with so many articles, the memory of a service that tracks a tenth of
them, the history of an article with a thousand versions, and what one more version takes on the disk.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import httpx2
import zstandard
from rich.console import Console
from rich.table import Table

from benchmarks import archive, corpus, pages
from benchmarks.checks import WIDTH
from benchmarks.programs.corrigenda import Corrigenda
from benchmarks.results import Results
from benchmarks.site import Published, Site
from monitor.config import Settings
from monitor.web.app import create_app
from storage import articles, blobs, sites, sizes, space
from storage.database import Database

ARTICLES = 1_000_000
ARTICLES_OF_A_SITE = 50
BEGIN = timedelta(hours=2)
"""Nothing falls due before, so that a service that is measured has nothing to ask of hosts that do not exist."""
SPREAD = timedelta(days=1)
"""Over which the next checks are spread."""
CLAIMS = 50
VISITS = 16
LEASE = timedelta(seconds=90)
LIVE = 300
"""Articles that are really checked while many are tracked."""
VERSIONS = 1_000
EDITED = 40
"""Articles that change, each so often:"""
EDITIONS = 40
"""The index of the search is merged now and then and shrinks again: a few editions would show where that stands."""
_MIB = 2**20


@dataclass(frozen=True)
class Taken:
    """Milliseconds, by the clock and of a processor: on a machine that others use the rest is waiting for them."""

    ms: float
    cpu_ms: float

    def cells(self) -> tuple[str, str]:
        """As they stand in the table."""
        return f"{self.ms:,.1f} ms", f"{self.cpu_ms:,.1f} ms"


class Watch:
    """A stop-watch for this process; it runs."""

    def __init__(self) -> None:
        self._began = time.perf_counter(), time.process_time()

    def taken(self) -> Taken:
        """Since it was made."""
        clock, cpu = self._began
        return Taken((time.perf_counter() - clock) * 1000, (time.process_time() - cpu) * 1000)


def middle(taken: Sequence[Taken]) -> Taken:
    """The medians."""
    return Taken(median(one.ms for one in taken), median(one.cpu_ms for one in taken))


def run(results: Results, count: int = ARTICLES) -> None:
    """Measure and print."""
    table = Table(title=f"A large installation on SQLite: {count:,} articles")
    for name in ("what", "figure", "of it CPU", "aim"):
        table.add_column(name, justify="left" if name == "what" else "right")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        file = folder / "corrigenda.db"
        fill(file, count)
        usual, all_due = claiming(file)
        table.add_row(f"claiming {VISITS} sites, as many articles due as a minute brings", *usual.cells(), "10 ms")
        table.add_row(f"claiming {VISITS} sites, every article overdue", *all_due.cells(), "")
        started, start_mib = starting(folder)
        table.add_row("start of the service until it answers", *started.cells(), "3,000 ms")
        table.add_row("its peak memory then", f"{start_mib:.0f} MiB", "", "")
    results.add(
        articles_of_scale=count,
        claim_ms=usual.ms,
        claim_cpu_ms=usual.cpu_ms,
        claim_ms_all_overdue=all_due.ms,
        start_seconds=started.ms / 1000,
        start_cpu_seconds=started.cpu_ms / 1000,
    )
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        tracked = tracking(Path(name), count // 10)
    table.add_row(f"peak memory of the service, {count // 10:,} articles tracked", f"{tracked:.0f} MiB", "", "200 MiB")
    results.add(service_peak_mib=tracked, service_peak_mib_articles=count // 10)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        history = opening(Path(name))
    for address, taken in history.items():
        table.add_row(f"server time of {address}, {VERSIONS:,} versions", *taken.cells(), "50 ms")
    results.add(
        history_ms=history["/articles/1"].ms,
        history_cpu_ms=history["/articles/1"].cpu_ms,
        history_ms_by_address={address: taken.ms for address, taken in history.items()},
    )
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        grown, kept, alone = adding(Path(name))
    table.add_row("what a version in which one fact changed adds to the database", f"{grown:,.0f} B", "", "")
    table.add_row("of it the page, which alone would take", f"{kept:,.0f} of {alone:,.0f} B", "", "")
    table.add_row("added, less what the page would take alone", f"{grown - alone:,.0f} B", "", "3,000 B")
    table.add_row("added, less what the page takes", f"{grown - kept:,.0f} B", "", "3,000 B")
    results.add(
        bytes_per_changed_version=grown,
        raw_bytes_per_changed_version=kept,
        raw_bytes_per_changed_version_alone=alone,
        bytes_per_changed_version_beside_raw=grown - kept,
    )
    Console(width=WIDTH).print(table)


def fill(file: Path, count: int) -> None:
    """A database in which so many articles are tracked, each checked before and due again within a day."""
    _note(f"making a database of {count:,} articles ...")
    Database(f"sqlite:///{file}").close()
    connection = sqlite3.connect(file, isolation_level=None)
    for pragma in ("journal_mode=MEMORY", "synchronous=OFF", "foreign_keys=OFF", "cache_size=-400000"):
        connection.execute(f"PRAGMA {pragma}")
    asked = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    indexes = connection.execute(asked).fetchall()
    connection.execute("BEGIN")
    for index, _ in indexes:
        connection.execute(f"DROP INDEX {index}")
    now = datetime.now(UTC)
    stamp = archive.stamp(now)
    of_sites = range(1, count // ARTICLES_OF_A_SITE + 1)
    archive.insert(
        connection,
        "site",
        "id host next_slot_at fence held_reason last_ok_at last_checked_at",
        [(number, f"paper{number}.example", stamp, 1, "", stamp, stamp) for number in of_sites],
    )
    archive.insert(
        connection,
        "article",
        "id url kind site_id publisher headline added_at next_check_at next_check_why state state_since_at state_reason"
        " availability checks last_checked_at last_changed_at language version_number exposure",
        (
            (number + 1, f"https://paper{number % len(of_sites) + 1}.example/news/2026/story-{number}", "url",
             number % len(of_sites) + 1, f"Paper {number % len(of_sites)}", f"Story {number} of a paper", stamp,
             archive.stamp(now + BEGIN + SPREAD * ((number * 7919) % count / count)), "it is 3 days old", "ok", stamp,
             "", "page", 9, stamp, stamp, "en", 1, 1.0)
            for number in range(count)
        ),
    )  # fmt: skip
    for _, sql in indexes:
        connection.execute(sql)
    connection.execute("COMMIT")
    connection.execute("PRAGMA optimize")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.close()


def claiming(file: Path, times: int = CLAIMS) -> tuple[Taken, Taken]:
    """What it takes to find and claim as many Sites as are visited at once: in a usual minute, and all overdue."""
    database = Database(f"sqlite:///{file}")
    begin = datetime.now(UTC) + BEGIN
    usual, all_due = (_claim(database, now, times) for now in (begin + timedelta(minutes=1), begin + SPREAD))
    database.close()
    return usual, all_due


def _claim(database: Database, now: datetime, times: int) -> Taken:
    taken = []
    for _ in range(times):
        watch = Watch()
        with database.read() as session:
            first = sites.next_due_at(session)
            due = sites.due(session, now, VISITS)
        with database.write() as session:
            claims = sites.claim_each(session, due, now, LEASE)
        taken.append(watch.taken())
        assert first is not None
        assert first <= now
        assert claims
        with database.write() as session:
            assert articles.due_at(session, claims[0].site_id, now, 20)
            for claim in claims:
                sites.release(session, claim)
    return middle(taken)


def starting(folder: Path) -> tuple[Taken, float]:
    """What it takes until the service answers, and its peak memory then, in MiB."""
    service = Corrigenda()
    began = time.perf_counter()
    try:
        service.start(folder, [])
        taken = (time.perf_counter() - began) * 1000
        used = service.peak()
        return Taken(taken, used.cpu_seconds * 1000), used.peak_alone_bytes / _MIB
    finally:
        service.end()


def tracking(folder: Path, count: int) -> float:
    """Peak memory of the service while some of so many articles are read, checked again and looked at."""
    fill(folder / "corrigenda.db", count)
    with Site(corpus.small()) as site:
        site.publish(Published(validators=True))
        service = Corrigenda()
        try:
            service.begin(folder, site, site.urls(LIVE))
            service.round()
            for page in ("/", "/articles", "/health", "/sites"):
                httpx2.get(service.address + page, trust_env=False, timeout=60).raise_for_status()
            return service.peak().peak_alone_bytes / _MIB
        finally:
            service.end()


def opening(folder: Path) -> dict[str, Taken]:
    """What the server needs for a history of a thousand versions, by address."""
    _note(f"making a history of {VERSIONS:,} versions ...")
    file = folder / "history.db"
    archive.build(file, 4, sum(archive.LONG))
    database = Database(f"sqlite:///{file}")
    addresses = ("/articles/1", f"/articles/1/compare/1/{VERSIONS}", "/api/v1/articles/1/versions")
    taken = {address: asyncio.run(_open(database, address)) for address in addresses}
    database.close()
    return taken


async def _open(database: Database, address: str) -> Taken:
    app = create_app(database, Settings())
    times = []
    for _ in range(11):
        watch = Watch()
        status, _ = await pages.ask(app, address)
        times.append(watch.taken())
        assert status == 200, f"{address}: {status}"
    return middle(times[1:])


def adding(folder: Path) -> tuple[float, float, float]:
    """For one version in which one fact changed: bytes of the database that are used for it, those of its page as it is
    kept, and those that the page would take if it were compressed alone."""
    with Site(corpus.read()) as site:
        site.publish(Published())
        service = Corrigenda()
        try:
            service.begin(folder, site, site.urls(EDITED))
            before = _kept(service)
            for edition in range(1, EDITIONS + 1):
                site.publish(Published(edition))
                service.round()
            after = _kept(service)
        finally:
            service.end()
    versions, *grown = (new - old for old, new in zip(before, after, strict=True))
    total, kept, alone = (each / versions for each in grown)
    return total, kept, alone


def _kept(service: Corrigenda) -> Sequence[int]:
    """Versions, used bytes of the database, those of them that are pages, and what these would take one by one."""
    database = service.database
    with database.read() as session:
        raw = "SELECT hash, length(data) FROM blob WHERE hash IN (SELECT blob_hash FROM capture)"
        kept = dict(session.connection().exec_driver_sql(raw).all())
        alone = sum(len(zstandard.compress(page, blobs.LEVEL)) for page in blobs.get_those(session, kept).values())
        versions = session.connection().exec_driver_sql("SELECT count(*) FROM version").scalar_one()
    used = sizes.measure(database).database_bytes - space.free_bytes(database)
    return versions, used, sum(kept.values()), alone


def _note(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


if __name__ == "__main__":
    run(Results(Path(tempfile.gettempdir()) / "corrigenda-scale.json"), *map(int, sys.argv[1:2]))
