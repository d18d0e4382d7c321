"""`make test-crash`: the whole plan on SQLite and on PostgreSQL, side by side, and what was found on each."""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from tests.crash import kills, points
from tests.crash.invariants import Invariant
from tests.crash.stores import PostgresStore, SqliteStore, Store

DATABASES = ("sqlite", "postgresql")
PLANS = ("points", "kills")


def main() -> int:
    """Returns the exit code: 1 when a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--kills", type=int, default=300, help="random SIGKILLs on each database (default: 300)")
    parser.add_argument("--database", choices=(*DATABASES, "both"), default="both")
    parser.add_argument(
        "--plan", choices=(*PLANS, "both"), default="both", help="points: at every boundary; kills: at random"
    )
    parser.add_argument("--points", type=int, default=0, help="so many fault points at most (default: all)")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="stop killing after so long")
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    wanted = parser.parse_args()
    if wanted.database != "both":
        return _one(wanted)
    lanes = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.crash", *sys.argv[1:], "--database", database, "--seed", str(wanted.seed)],
            stdout=subprocess.PIPE,
            text=True,
        )
        for database in DATABASES
    ]
    reports: list[list[str]] = [[] for _ in lanes]
    readers = [
        threading.Thread(target=_follow, args=(lane.stdout, report))
        for lane, report in zip(lanes, reports, strict=True)
    ]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    codes = [lane.wait() for lane in lanes]
    for report in reports:
        print("", *report, sep="\n")
    print("\nnothing was lost" if not any(codes) else "\nBROKEN", flush=True)
    return max(codes)


def _follow(lines: IO[str] | None, report: list[str]) -> None:
    """Show how a lane goes on at once, and keep its report for the end."""
    for line in lines or ():
        if line.startswith("  "):
            report.append(line.rstrip())
        else:
            print(line, end="", flush=True)


def _one(wanted: argparse.Namespace) -> int:
    """One database, one plan after the other."""
    broken = False
    print(f"{wanted.database}: seed {wanted.seed}", flush=True)
    plans = PLANS if wanted.plan == "both" else (wanted.plan,)
    for plan in plans:
        with (
            tempfile.TemporaryDirectory(prefix="corrigenda-crash-") as name,
            _store(wanted.database, Path(name)) as store,
        ):
            folder = Path(name) / "service"
            folder.mkdir()
            if plan == "kills":
                title = "SIGKILL at random moments"
                found = kills.run(folder, store, wanted.kills, wanted.seed, _say, minutes=wanted.minutes)
            else:
                title = "ends at every boundary"
                found = points.Plan(folder, store, wanted.points, wanted.seed, _say).run()
        _report(f"{wanted.database}: {title}", found)
        broken = broken or any(one.broken for one in found)
    return int(broken)


def _say(line: str) -> None:
    print(line, flush=True)


def _report(title: str, found: list[Invariant]) -> None:
    print(f"  {title}")
    for one in found:
        print(f"    {one}", flush=True)


@contextmanager
def _store(database: str, folder: Path) -> Iterator[Store]:
    """An empty database; the server of PostgreSQL is one of our own unless TEST_DATABASE_URL names one."""
    if database == "sqlite":
        yield SqliteStore(folder / "service" / "corrigenda.db")
        return
    from tests.postgres import PostgreSQL, start_server

    given = os.environ.get("TEST_DATABASE_URL")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            server = PostgreSQL(given) if given else start_server(folder / "postgres")
        except pytest.skip.Exception as reason:
            sys.exit(f"no PostgreSQL: {reason}")
    with server.database() as url:
        yield PostgresStore(url)


if __name__ == "__main__":
    sys.exit(main())
