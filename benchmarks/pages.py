"""How long the pages take where there is much: 100,000 articles and a million versions on SQLite.

Every route that is read is asked for, in its hardest addresses, inside of this process: what is measured is the time of
the server, without a network. The database is made once (some minutes, some gigabytes) in a temporary folder and kept
there for the next run: `python -m benchmarks.pages [--articles N] [--versions N] [--rounds N] [--database FILE]`.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import re
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from fastapi import FastAPI
from rich.console import Console
from rich.table import Table
from sqlalchemy import event

from benchmarks import archive_desk
from benchmarks.archive import build
from monitor.config import Settings
from monitor.web.access import GuardedRoute
from monitor.web.app import create_app
from storage.database import Database

GOAL = 50.0
"""Milliseconds of server time."""
PATIENCE = 5_000.0
"""Milliseconds after which an address is asked for no more, however many rounds are wanted."""
RARELY = re.compile(r"/(setup|login|logout|account|settings)|\{token\}")
"""Routes whose answers hold nothing that grows."""

HARDEST: dict[str, Sequence[str]] = {
    "/": (
        "/", "/?severity=low", "/?kind=age", "/?severity=high&notice=with", "/?site=www.paper7.example&kind=money",
        "/?story=1", "/?story=1&kind=age", "/?story=2", "/?before=1750000000000000-1", "/?after=1750000000000000-1",
    ),
    "/articles": (
        "/articles", "/articles?page=2000", "/articles?q=ferry", "/articles?q=nothing+like+that",
        "/articles?q=mine+velmora", "/articles?state=failed", "/articles?state=overdue&order=next",
        "/articles?tag=topic-2", "/articles?story=1&order=headline", "/articles?order=site&page=300",
        "/articles?q=people+said", "/articles?state=ok&order=next", "/articles?state=ok&order=site",
    ),
    "/articles/{article_id}": (
        "/articles/1", "/articles/1?versions=500", "/articles/2", "/articles/3", "/articles/4", "/articles/777",
    ),
    "/articles/{article_id}/facts": ("/articles/1/facts", "/articles/1/facts?ended=true"),
    "/articles/{article_id}/compare": ("/articles/1/compare?a=1&b=1000",),
    "/articles/{article_id}/compare/{before}/{after}": ("/articles/1/compare/1/1000", "/articles/777/compare/1/2"),
    "/articles/{article_id}/captures/{capture_id}": ("/articles/1/captures/{capture}",),
    "/articles/{article_id}/facts/{line_id}": ("/articles/1/facts/{line}",),
    "/articles/{article_id}/facts/{line_id}.svg": ("/articles/1/facts/{line}.svg",),
    "/articles/{article_id}/facts/{line_id}.json": ("/articles/1/facts/{line}.json",),
    "/articles/{article_id}/facts/{line_id}.csv": ("/articles/1/facts/{line}.csv",),
    # A whole history is as long as it is: what is asked for here is that of forty versions.
    "/articles/{article_id}/history.json": ("/articles/2/history.json",),
    "/articles/{article_id}/history.csv": ("/articles/2/history.csv",),
    "/changes/{change_id}/evidence": ("/changes/500/evidence",),
    "/changes/news": ("/changes/news?after=500",),
    "/articles/{article_id}/news": ("/articles/1/news?version=1000",),
    "/alerts/{alert_id}": ("/alerts/{alert}",),
    "/deliveries": ("/deliveries", "/deliveries?state=failed", "/deliveries?state=waiting", "/deliveries?channel=3"),
    "/deliveries/{delivery_id}": ("/deliveries/{delivery}",),
    "/stories/{story_id}": ("/stories/1", "/stories/2"),
    "/stories/{story_id}/lines/{line_id}": ("/stories/1/lines/{story_line}",),
    "/stories/{story_id}/lines/{line_id}/chart.svg": ("/stories/1/lines/{story_line}/chart.svg",),
    "/rules/{rule_id}": ("/rules/1", "/rules/5"),
    "/api/v1/alerts/{alert_id}": ("/api/v1/alerts/{alert}",),
    "/api/v1/articles": (
        "/api/v1/articles", "/api/v1/articles?q=people+said", "/api/v1/articles?state=ok&order=next",
        "/api/v1/articles?state=ok&order=site",
    ),
    "/api/v1/deliveries": ("/api/v1/deliveries", "/api/v1/deliveries?state=failed"),
    "/api/v1/deliveries/{delivery_id}": ("/api/v1/deliveries/{delivery}",),
    "/sites": ("/sites", "/sites?q=paper3", "/sites?which=failing"),
}  # fmt: skip
"""Addresses to ask for, where one with the first id would be too easy; `{...}` is looked up in the database."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One address: how long its answers took, in milliseconds, and how many statements they needed."""

    address: str
    status: int
    size: int
    times: Sequence[float]
    statements: int
    cpu: Sequence[float]
    """What of it was work: on a machine that others use the rest is waiting for them."""

    def at(self, share: float) -> float:
        """The time within which so many of the answers came."""
        return sorted(self.times)[min(len(self.times) - 1, round(share * (len(self.times) - 1)))]


def main() -> None:
    """Make the database if there is none, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0] if __doc__ else "")
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--versions", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--database", type=Path)
    parser.add_argument("--only", default="", help="only addresses with this in them")
    given = parser.parse_args()
    folder = Path(tempfile.gettempdir())
    file = given.database or folder / f"corrigenda-pages-{given.articles}-{given.versions}.db"
    if not file.exists():
        print(f"Making {file} ...")
        began = time.perf_counter()
        build(file, given.articles, given.versions)
        archive_desk.fill(file)
        print(f"{time.perf_counter() - began:.0f} s, {file.stat().st_size / 1e9:.1f} GB")
    database = Database(f"sqlite:///{file}")
    rows = asyncio.run(measure(database, rounds=given.rounds, only=given.only))
    database.close()
    table = Table(title=f"Server time, {given.rounds} rounds after one to warm up; the goal is under {GOAL:.0f} ms")
    for name in ("address", "status", "kB", "statements", "p50 ms", "p95 ms", "CPU ms"):
        table.add_column(name, justify="left" if name == "address" else "right", overflow="fold")
    for row in sorted(rows, key=lambda row: -row.at(0.5)):
        mark = "red" if row.at(0.5) > GOAL or row.status >= 400 else ""
        figures = (f"{row.size / 1000:.0f}", str(row.statements), f"{row.at(0.5):.1f}", f"{row.at(0.95):.1f}",
                   f"{median(row.cpu):.1f}")  # fmt: skip
        table.add_row(row.address, str(row.status), *figures, style=mark)
    Console(width=130).print(table)


async def measure(database: Database, *, rounds: int, only: str = "") -> list[Measured]:
    """Ask for every address so often."""
    app = create_app(database, Settings())
    gc.freeze()  # as the service does
    statements: list[str] = []
    event.listen(
        database.engine, "before_cursor_execute", lambda _c, _cursor, statement, *_: statements.append(statement)
    )
    rows = []
    for address in addresses(app, database):
        if only not in address:
            continue
        await ask(app, address)
        times, worked = [], []
        status = size = 0
        for _ in range(rounds):
            statements.clear()
            began, work = time.perf_counter(), time.process_time()
            status, size = await ask(app, address)
            times.append((time.perf_counter() - began) * 1000)
            worked.append((time.process_time() - work) * 1000)
            if sum(times) > PATIENCE:
                break
        rows.append(Measured(address, status, size, times, len(statements), worked))
        print(f"\r{len(rows)} measured, last {address[:60]:60}", end="", file=sys.stderr, flush=True)
    return rows


def addresses(app: FastAPI, database: Database) -> Iterator[str]:
    """What to ask for: every route that is read, with ids that there are."""
    with database.engine.connect() as connection:
        known = {
            "capture": connection.exec_driver_sql("SELECT max(id) FROM capture WHERE article_id = 1").scalar(),
            "line": connection.exec_driver_sql(
                "SELECT line_id FROM fact WHERE article_id = 1 GROUP BY line_id ORDER BY count(*) DESC LIMIT 1"
            ).scalar(),
            "alert": connection.exec_driver_sql(
                "SELECT max(alert_id) FROM delivery WHERE state = 'delivered'"
            ).scalar(),
            "delivery": connection.exec_driver_sql("SELECT max(id) FROM delivery WHERE state = 'failed'").scalar(),
            "story_line": connection.exec_driver_sql(
                "SELECT id FROM story_line WHERE story_id = 1 ORDER BY sources DESC LIMIT 1"
            ).scalar(),
        }
    for path in dict.fromkeys(_paths(app.routes)):
        if RARELY.search(path):
            continue
        for address in HARDEST.get(path, (path,)):
            for name, value in known.items():
                address = address.replace(f"{{{name}}}", str(value))
            yield re.sub(r"\{\w+\}", "1", address)


def _paths(routes: Sequence[Any], before: str = "") -> Iterator[str]:
    for route in routes:
        if isinstance(route, GuardedRoute) and "GET" in route.methods:
            yield before + route.path
        elif mounted := getattr(getattr(route, "app", None), "routes", None):
            yield from _paths(mounted, before + route.path)


async def ask(app: FastAPI, address: str) -> tuple[int, int]:
    """Status and bytes of an answer to a browser at this machine."""
    path, _, query = address.partition("?")
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": path, "raw_path": path.encode(), "query_string": query.encode(), "root_path": "",
        "headers": [(b"host", b"127.0.0.1"), (b"accept", b"text/html,*/*")], "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 8000), "state": {},
    }  # fmt: skip
    status, size = 0, 0

    asked = False

    async def receive() -> dict[str, Any]:
        nonlocal asked
        if asked:  # who streams an answer waits here for the browser to go away
            await asyncio.Event().wait()
        asked = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        nonlocal status, size
        if message["type"] == "http.response.start":
            status = message["status"]
        else:
            size += len(message.get("body", b""))

    await app(scope, receive, send)
    return status, size


if __name__ == "__main__":
    main()
