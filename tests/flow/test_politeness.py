"""How a Visit treats publishers, on real servers: gaps, Crawl-delay, redirects, Retry-After, back-off, overrides."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from pydantic import SecretStr

from monitor.config import Checks, Fetch, Settings
from monitor.config_site import SiteSettings
from monitor.extraction.worker import Extractor
from monitor.tasks import Visits
from storage import articles, captures, sites
from storage.database import Database
from storage.tables import Site
from tests.flow.conftest import Watch
from tests.local_site import LocalSite, Page, article_page

GAP = 0.3
LATENCY = 0.1
"""Requests are sent a gap apart; where the first of two is noticed late, as on a busy machine, they arrive closer."""
PAGE = article_page(
    "Council votes to end mission", "The council voted on Friday to end the mission of 13,000 troops. " * 4
)


@pytest.fixture
def other() -> Iterator[LocalSite]:
    """Another host."""
    with LocalSite() as site:
        yield site


def watching(
    folder: Path, extractor: Extractor, site: LocalSite, *others: LocalSite, special: SiteSettings | None = None
) -> Watch:
    """A watch with a gap; `special`: settings of the site."""
    hosts = [each.host for each in (site, *others)]
    settings = Settings(
        database=f"sqlite:///{folder}/corrigenda.db",
        checks=Checks(retry=0.4, visit_time=20.0),
        fetch=Fetch(allow_hosts=hosts, gap=GAP, deadline=5.0),
        sites={site.host: special} if special else {},
    )
    database = Database(settings.database)
    return Watch(site, database, settings, Visits(database, settings, extractor=extractor))


@pytest.fixture
def polite(tmp_path: Path, site: LocalSite, other: LocalSite, extractor: Extractor) -> Iterator[Watch]:
    watch = watching(tmp_path, extractor, site, other)
    yield watch
    watch.visits.close()
    watch.database.close()


def gaps(*asked: LocalSite) -> list[float]:
    """The times between the requests to one host, in order."""
    return [later.at - earlier.at for site in asked for earlier, later in pairwise(site.asked)]


def site_of(watch: Watch, article_id: int) -> Site:
    with watch.database.read() as session:
        found = sites.by_id(session, watch.article(article_id).site_id)
    assert found is not None
    return found


def test_every_request_to_a_host_keeps_the_gap_robots_and_redirects_included(polite: Watch, other: LocalSite) -> None:
    polite.site.pages |= {f"/{number}": PAGE for number in range(3)}
    polite.site.pages["/moved"] = Page(status=302, headers={"Location": "/0"})
    polite.site.pages["/away"] = Page(status=302, headers={"Location": f"{other.url}/there"})
    other.pages |= {"/there": PAGE, "/own": PAGE}
    ids = polite.add("/0", "/1", "/2", "/moved", "/away", f"{other.url}/own")
    polite.check(*ids)
    assert [asked.path for asked in other.asked].count("/robots.txt") == 1
    assert {asked.path for asked in other.asked} == {"/robots.txt", "/there", "/own"}
    assert len(polite.site.asked) == 1 + 3 + 2 + 1
    assert min(gaps(polite.site, other)) >= GAP - LATENCY
    assert len({asked.headers.get("host") for asked in polite.site.asked}) == 1


def test_a_crawl_delay_is_kept_from_the_first_page_on(polite: Watch) -> None:
    polite.site.robots = b"User-agent: *\nCrawl-delay: 1\n"
    polite.site.pages |= {"/0": PAGE, "/1": PAGE}
    polite.check(*polite.add("/0", "/1"))
    assert [asked.path for asked in polite.site.asked] == ["/robots.txt", "/0", "/1"]
    assert min(gaps(polite.site)) >= 1 - LATENCY


def test_429_ends_the_visit_and_the_site_is_left_alone_until_it_said(polite: Watch) -> None:
    polite.site.pages |= {f"/{number}": PAGE for number in range(4)}
    ids = polite.add("/0", "/1", "/2", "/3")
    polite.site.pages["/1"] = Page(b"slow down", 429, {"Retry-After": "3"})
    begun = time.monotonic()
    polite.visits.run_due()
    while len(polite.site.asked) < 3 or site_of(polite, ids[0]).visit_until is not None:
        time.sleep(0.02)
        assert time.monotonic() - begun < 15
    assert [asked.path for asked in polite.site.asked] == ["/robots.txt", "/0", "/1"]
    site = site_of(polite, ids[0])
    assert site.held_until_at is not None
    assert site.held_until_at - datetime.now(UTC) > timedelta(seconds=1.5)
    assert "429 Too Many Requests and asked for it (Retry-After)" in site.held_reason
    for article_id in ids[2:]:
        article = polite.article(article_id)
        assert article.next_check_at == site.held_until_at
        assert "its site is not asked before" in article.next_check_why

    assert polite.visits.run_due() == 0, "nothing of it is due before"
    told: list[str] = []
    polite.visits.check_now([ids[2]], lambda checked: told.append(checked.reason))
    assert "held back until" in told[0]
    assert len(polite.site.asked) == 3, "not even when somebody asks"

    polite.site.pages["/1"] = PAGE
    [checked] = polite.check(ids[1])
    assert checked.state == "ok"
    assert polite.site.asked[-1].at - polite.site.asked[-2].at >= 3 - LATENCY
    assert (site_of(polite, ids[0]).held_until_at, site_of(polite, ids[0]).refusals) == (None, 0)


def test_trouble_that_comes_again_holds_the_site_ever_longer(polite: Watch) -> None:
    polite.site.pages |= {f"/{number}": Page(b"oops", 500) for number in range(3)}
    ids = polite.add("/0", "/1", "/2")
    [first] = polite.check(ids[0])
    assert first.site_held_until is None, "one page may be broken for itself"
    holds = []
    for article_id in (ids[1], ids[2], ids[0]):
        [checked] = polite.check(article_id)
        assert checked.site_held_until is not None
        holds.append((checked.site_held_until - datetime.now(UTC)).total_seconds())
    assert holds[0] < holds[2]
    polite.site.pages["/0"] = PAGE
    [healed] = polite.check(ids[0])
    assert (healed.state, healed.site_held_until) == ("ok", None)


def test_trouble_behind_a_redirect_is_that_of_the_other_site(polite: Watch, other: LocalSite) -> None:
    polite.site.pages |= {"/a": Page(status=302, headers={"Location": f"{other.url}/b"}), "/c": PAGE}
    other.pages["/b"] = Page(b"slow down", 429, {"Retry-After": "60"})
    first, second = polite.add("/a", "/c")
    [checked] = polite.check(first)
    assert (checked.state, checked.site_held_until) == ("failed", None)
    assert polite.check(second)[0].state == "ok"
    [again] = polite.check(first)
    assert f"{other.host} is held back until" in again.reason
    assert [asked.path for asked in other.asked].count("/b") == 1


def test_robots_may_be_overruled_for_one_site_and_that_is_recorded(
    tmp_path: Path, site: LocalSite, extractor: Extractor
) -> None:
    site.robots = b"User-agent: *\nDisallow: /\n"
    site.pages["/a"] = PAGE
    obeying = watching(tmp_path, extractor, site)
    [article_id] = obeying.add("/a")
    [refused] = obeying.check(article_id)
    assert (refused.state, "disallows" in refused.reason) == ("refused", True)
    obeying.visits.close()
    obeying.database.close()

    overruling = watching(tmp_path, extractor, site, special=SiteSettings(robots=False))
    [checked] = overruling.check(article_id)
    assert checked.state == "ok"
    assert [asked.path for asked in site.asked] == ["/robots.txt", "/a"]
    assert site_of(overruling, article_id).robots_ignored
    with overruling.database.read() as session:
        newest, oldest = captures.of_article(session, article_id)
    assert (newest.robots_ignored, oldest.robots_ignored) == (True, False)
    overruling.visits.close()
    overruling.database.close()


def test_a_site_has_its_own_gap_headers_and_bounds(
    tmp_path: Path, site: LocalSite, other: LocalSite, extractor: Extractor
) -> None:
    special = SiteSettings(gap=0.8, headers={"Cookie": SecretStr("subscriber=0123456789")}, fastest=1800.0)
    watch = watching(tmp_path, extractor, site, other, special=special)
    site.pages |= {"/a": PAGE, "/b": Page(status=302, headers={"Location": f"{other.url}/b"})}
    other.pages["/b"] = PAGE
    first, second = watch.add("/a", "/b")
    watch.check(first, second)
    assert min(gaps(site)) >= 0.8 - LATENCY
    assert {asked.headers.get("cookie") for asked in site.asked if asked.path != "/robots.txt"} == {
        "subscriber=0123456789"
    }
    assert all("cookie" not in asked.headers for asked in other.asked)
    article = watch.article(first)
    assert article.next_check_at is not None
    assert article.next_check_at - datetime.now(UTC) > timedelta(minutes=25)
    with watch.database.read() as session:
        kept = captures.of_article(session, first)
    assert "0123456789" not in repr([capture.headers for capture in kept])
    watch.visits.close()
    watch.database.close()


def test_the_record_of_changes_grows_with_what_is_seen(polite: Watch) -> None:
    polite.site.pages["/a"] = PAGE
    [article_id] = polite.add("/a")
    for at, page in enumerate(
        (PAGE, PAGE, article_page("Council votes to end mission", "Another text altogether. " * 9))
    ):
        polite.site.pages["/a"] = page
        with polite.database.write() as session:  # as if it had been an hour each time
            article = polite.article(article_id)
            if at:
                assert article.seen_at is not None
                hours = timedelta(hours=1)
                articles.save(session, article_id, seen_at=article.seen_at - hours, added_at=article.added_at - hours)
        polite.check(article_id)
        article = polite.article(article_id)
        assert article.changes_seen == (at == 2)
        assert (article.exposure > 0) == (at > 0)
    assert "1 change seen so far, the last 0 s ago" in article.next_check_why


def test_a_visit_does_not_wait_for_a_turn_that_is_far_away(polite: Watch) -> None:
    polite.site.robots = b"User-agent: *\nCrawl-delay: 600\n"
    polite.site.pages |= {"/0": PAGE, "/1": PAGE}
    ids = polite.add("/0", "/1")
    begun = time.monotonic()
    assert polite.visits.run_due() == 1
    while not polite.site.asked or site_of(polite, ids[0]).visit_until is not None:
        time.sleep(0.02)
        assert time.monotonic() - begun < 15
    assert [asked.path for asked in polite.site.asked] == ["/robots.txt"], "a thread would have waited ten minutes"
    site = site_of(polite, ids[0])
    assert timedelta(minutes=10) < site.next_slot_at - datetime.now(UTC) < timedelta(minutes=12)
    assert polite.visits.run_due() == 0
    assert {polite.article(article_id).checks for article_id in ids} == {0}


def test_a_host_to_which_many_redirect_is_reached_by_all(polite: Watch, other: LocalSite) -> None:
    """Its turns lie so far apart that a Visit would not wait for its own Site that long."""
    impatient = polite.settings.model_copy(
        update={"checks": Checks(visit_time=0.5), "sites": {other.host: SiteSettings(gap=1.0)}}
    )
    polite.site.pages |= {f"/{n}": Page(status=302, headers={"Location": f"{other.url}/{n}"}) for n in range(3)}
    other.pages |= {f"/{number}": PAGE for number in range(3)}
    ids = polite.add("/0", "/1", "/2")
    with Visits(polite.database, impatient) as visits:
        begun = time.monotonic()
        while not all(polite.article(article_id).version_number for article_id in ids):
            visits.run_due()
            time.sleep(0.05)
            assert time.monotonic() - begun < 30
    assert min(gaps(other)) >= 1 - LATENCY
    assert [asked.path for asked in other.asked].count("/robots.txt") == 1
