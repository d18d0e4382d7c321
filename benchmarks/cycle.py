"""CPU per check: first sight, 304, same body, changed fact, beside the floor of a plain fetch and extraction.

The site runs in a process of its own, so that its CPU is not counted. The worker process of extraction is.
"""

from __future__ import annotations

import multiprocessing
import resource
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

import httpx2
import trafilatura
from rich.console import Console
from rich.table import Table

from monitor.config import Fetch, Log, Settings
from monitor.journal import configure_log
from monitor.settle import Checked
from monitor.tasks import Visits
from monitor.tracking import track
from storage.database import Database
from tests.local_site import LocalSite, Page, article_page

ARTICLES = 200
FILLER = (
    "The mission's head told the council that the security situation in the north had become worse, and that the "
    "population there depended on aid convoys which could no longer reach most of the towns without an escort. "
)


def pages(toll: int) -> dict[str, Page]:
    """Pages of some 900 words with furniture; the toll is their one fact that changes."""
    return {
        f"/{number}": article_page(
            f"Mission {number} to end",
            f"At least {toll} peacekeepers have been killed since 2013, according to the United Nations.",
            *[f"{FILLER}Report {number}-{part} says so. {FILLER}" for part in range(12)],
            furniture=" ".join(f"Related story {part} with its headline" for part in range(60)),
        )
        for number in range(ARTICLES)
    }


def run() -> None:
    """Measure and print."""
    configure_log(Log(level="warning"))
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    site = context.Process(target=_serve, args=(there,), daemon=True)
    site.start()
    host: str = here.recv()
    rows = [*_watch(here, host), *_floor(here, host)]
    site.terminate()
    table = Table(title=f"CPU per check, {ARTICLES} pages, one run, compare the rows of one run only")
    for name in ("what", "CPU ms", "of it extraction worker", "checks/s"):
        table.add_column(name, justify="left" if name == "what" else "right")
    for what, own, children, elapsed in rows:
        table.add_row(what, f"{own + children:.1f}", f"{children:.1f}", f"{1000 / elapsed:.0f}")
    Console().print(table)


def _serve(pipe: Connection) -> None:
    with LocalSite() as site:
        pipe.send(site.host)
        while True:
            toll, validators = pipe.recv()
            site.pages = pages(toll)
            site.validators = validators
            pipe.send("ready")


def _publish(pipe: Connection, toll: int, validators: bool) -> None:
    pipe.send((toll, validators))
    pipe.recv()


def _watch(pipe: Connection, host: str) -> list[tuple[str, float, float, float]]:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(database=f"sqlite:///{Path(folder)}/c.db", fetch=Fetch(allow_hosts=[host], gap=0))
        database = Database(settings.database)
        urls = [f"http://{host}/{number}" for number in range(ARTICLES)]
        ids = [one.article_id for one in track(database, settings, urls, now=datetime.now(UTC))]
        rows = []
        for what, toll, validators in (
            ("Corrigenda: first sight", 170, True),
            ("Corrigenda: not modified (304)", 170, True),
            ("Corrigenda: same body", 170, False),
            ("Corrigenda: one fact changed", 303, False),
        ):
            _publish(pipe, toll, validators)
            # A Visits for each row: the CPU of a worker process is counted when it has ended.
            rows.append(_measure(what, lambda: _check_all(database, settings, ids)))
        database.close()
    return rows


def _check_all(database: Database, settings: Settings, ids: list[int]) -> None:
    checked: list[Checked] = []
    with Visits(database, settings) as visits:
        visits.check_now(ids, checked.append)
    assert len(checked) == ARTICLES
    assert all(one.state == "ok" for one in checked), [one.reason for one in checked if one.state != "ok"][:3]


def _floor(pipe: Connection, host: str) -> list[tuple[str, float, float, float]]:
    def fetch_all(extract: bool) -> Callable[[], None]:
        def loop() -> None:
            with httpx2.Client(trust_env=False) as client:
                for number in range(ARTICLES):
                    body = client.get(f"http://{host}/{number}").content
                    if extract:
                        trafilatura.bare_extraction(body, with_metadata=True)

        return loop

    _publish(pipe, 170, False)
    return [
        _measure("floor: httpx2, body thrown away", fetch_all(False)),
        _measure("floor: httpx2 + trafilatura with metadata", fetch_all(True)),
    ]


def _measure(what: str, work: Callable[[], None]) -> tuple[str, float, float, float]:
    """(what, own CPU, children's CPU, elapsed), milliseconds per article."""
    own, children, began = time.process_time(), _children(), time.perf_counter()
    work()
    each = 1000 / ARTICLES
    return (
        what,
        (time.process_time() - own) * each,
        (_children() - children) * each,
        (time.perf_counter() - began) * each,
    )


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
