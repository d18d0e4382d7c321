"""Every real page served by a local server, fetched, extracted, stored, and fetched again unchanged."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.config import Checks, Fetch, Settings
from monitor.settle import Checked
from monitor.tasks import Visits
from monitor.tracking import track
from storage import captures, changes, deliveries
from storage.database import Database
from tests.data import real_data
from tests.local_site import LocalSite, Page


@pytest.mark.timeout(400)
@pytest.mark.parametrize("validators", [True, False], ids=["304", "same body"])
def test_no_crash_and_no_change_on_the_second_pass(tmp_path: Path, validators: bool) -> None:
    pages = real_data("pages")
    rows = [json.loads(line) for line in (pages / "manifest.jsonl").read_text().splitlines()]
    if not validators:
        rows = rows[::4]  # the second pass differs only in how it learns that nothing changed
    with LocalSite(validators=validators) as site:
        for number, row in enumerate(rows):
            file = pages / row["file"]
            body = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
            site.pages[f"/{number}"] = Page(body, headers={"Content-Type": "text/html"})
        settings = Settings(
            database=f"sqlite:///{tmp_path}/corrigenda.db",
            checks=Checks(lasting=3600),
            fetch=Fetch(allow_hosts=[site.host], gap=0.0, max_bytes=8 * 2**20),
        )
        database = Database(settings.database)
        urls = [f"{site.url}/{number}" for number in range(len(rows))]
        ids = [one.article_id for one in track(database, settings, urls, now=datetime.now(UTC))]
        with Visits(database, settings) as visits:
            passes: list[list[Checked]] = [[], []]
            for checked in passes:
                visits.check_now(ids, checked.append)
        with database.read() as session:
            told = [change.summary for number in ids for change in changes.of_article(session, number)]
            kept = [captures.of_article(session, number) for number in ids]
            assert deliveries.listed(session) == []
        database.close()

    first, second = passes
    assert len(first) == len(second) == len(rows)
    assert [one for one in first + second if "internal error" in one.reason] == []
    assert told == []
    states = Counter(one.state for one in first)
    print(dict(states), [(one.url, one.state, one.reason) for one in first if one.state != "ok"])
    assert states["ok"] >= 0.97 * len(rows)
    assert all(kept), "whatever a page was, its bytes are kept"
    news = [one for one in second if one.version_number is not None or one.changes]
    assert news == []
