"""A watch on a local site: the real database, the real Visits, the real extraction workers."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from alerts.channels import registry
from alerts.rulebook import add_rule
from monitor.config import Checks, Deliveries, Fetch, Files, Settings
from monitor.extraction.worker import Extractor
from monitor.settle import Checked
from monitor.tasks import Visits
from monitor.tracking import track
from storage import articles, sites
from storage.database import Database
from storage.tables import Article
from tests.local_site import LocalSite


@dataclass
class Watch:
    """Everything needed to watch pages of one local site."""

    site: LocalSite
    database: Database
    settings: Settings
    visits: Visits

    def add(self, *targets: str) -> list[int]:
        """Track paths of the site (`/a`) or other targets; returns the ids of the Articles."""
        urls = [self.site.url + target if target.startswith("/") else target for target in targets]
        return [one.article_id for one in track(self.database, self.settings, urls, now=datetime.now(UTC))]

    def check(self, *article_ids: int) -> list[Checked]:
        """Check these Articles as soon as their Sites may be asked."""
        for article_id in article_ids:
            self.wait_until_not_held(self.article(article_id).site_id)
        checked: list[Checked] = []
        self.visits.check_now(article_ids, checked.append)
        return checked

    def wait_until_not_held(self, site_id: int) -> None:
        """After a "not now" (503) a Site is left alone for a while."""
        while True:
            with self.database.read() as session:
                if sites.held(session, site_id, datetime.now(UTC)) is None:
                    return
            time.sleep(0.05)

    def article(self, article_id: int) -> Article:
        """The Article as it is stored."""
        with self.database.read() as session:
            article = articles.by_id(session, article_id)
        assert article is not None
        return article


@pytest.fixture
def site() -> Iterator[LocalSite]:
    with LocalSite() as site:
        yield site


@pytest.fixture(scope="session")
def extractor() -> Iterator[Extractor]:
    with Extractor() as extractor:
        yield extractor


@pytest.fixture
def watch(tmp_path: Path, database_url: str, site: LocalSite, extractor: Extractor) -> Iterator[Watch]:
    (tmp_path / "texts").mkdir()
    settings = Settings(
        database=database_url,
        checks=Checks(lasting=0.5, retry=1.0),
        deliveries=Deliveries(first_wait=0, interval=0),
        fetch=Fetch(allow_hosts=[site.host], gap=0.0, deadline=5.0),
        files=Files(folders=[tmp_path / "texts"]),
    )
    database = Database(settings.database)
    with Visits(database, settings, extractor=extractor) as visits:
        yield Watch(site, database, settings, visits)
    database.close()


@pytest.fixture
def told(watch: Watch) -> Watch:
    """A watch with a channel and a rule that tells everything."""
    with watch.database.write() as session:
        registry.add_channel(session, "desk", "desk@example.org")
        add_rule(session, "everything", "desk")
    return watch
