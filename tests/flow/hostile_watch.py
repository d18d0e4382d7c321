"""A watch in a process of its own, so that what hostile pages take of its memory can be seen. Run as a program with a
database and a site, it tracks the paths that it is told and checks them, a command a line, each answered in JSON."""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime

from monitor.config import Checks, Extraction, Fetch, Log, Settings
from monitor.journal import configure_log
from monitor.settle import Checked
from monitor.tasks import Visits
from monitor.tracking import track
from storage.database import Database
from tests.unit.sources.hostile_client import forget_peak, peak

CPU_SECONDS = 1


def main(path: str, origin: str) -> None:
    """`track PATH...`, then `check PATH...` as often as wanted."""
    configure_log(Log(level="error"))  # standard output is for answers
    settings = Settings(
        database=f"sqlite:///{path}",
        checks=Checks(lasting=3600.0),
        fetch=Fetch(allow_hosts=[origin.removeprefix("http://")], gap=0.0),
        extraction=Extraction(cpu=CPU_SECONDS),
    )
    database = Database(settings.database)
    ids: dict[str, int] = {}
    with Visits(database, settings) as visits:
        for line in sys.stdin:
            command, *paths = line.split()
            if command == "track":
                tracked = track(database, settings, [origin + path for path in paths], now=datetime.now(UTC))
                ids.update(zip(paths, (one.article_id for one in tracked), strict=True))
                print("{}", flush=True)
                continue
            found = {path: _check(visits, ids[path]) for path in paths}
            print(json.dumps(found), flush=True)
    database.close()


def _check(visits: Visits, article_id: int) -> dict[str, object]:
    checked: list[Checked] = []
    forget_peak()
    before, begun = peak(), time.monotonic()
    visits.check_now([article_id], checked.append)
    return {
        "state": checked[0].state,
        "reason": checked[0].reason,
        "version": checked[0].version_number,
        "changes": [dict(change) for change in checked[0].changes],
        "seconds": time.monotonic() - begun,
        "megabytes": peak() - before,
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
