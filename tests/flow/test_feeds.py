"""Feeds from end to end: a real site on loopback, the real Visits, real workers, the real database."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from monitor import wellbeing
from monitor.discovery.read import FeedRead
from storage import addresses, articles, feeds, sites
from storage.tables import Article, Feed
from tests.flow.conftest import Watch
from tests.local_site import Page, article_page

LONG = "The mission has 13,000 soldiers, and it is the deadliest of all the missions of the United Nations so far."


def item(number: int, *, title: str = "", published: str = "", more: str = "") -> str:
    date = f"<pubDate>{published}</pubDate>" if published else ""
    name = title or f"Report {number}"
    return f"<item><title>{name}</title><link>/news/{number}?utm_source=rss</link>{date}{more}</item>"


def rss(*items: str, more: str = "") -> Page:
    body = f'<?xml version="1.0"?><rss version="2.0"><channel><title>The Local</title>{more}{"".join(items)}'
    return Page(f"{body}</channel></rss>".encode(), headers={"Content-Type": "application/rss+xml"})


def add_feed(watch: Watch, path: str = "/feed.xml", **columns: Any) -> int:
    with watch.database.write() as session:
        feed, _ = feeds.add(session, watch.site.url + path, host=watch.site.host, now=datetime.now(UTC), **columns)
        return feed.id or 0


def read(watch: Watch, feed_id: int) -> FeedRead:
    with watch.database.read() as session:
        feed = feeds.by_id(session, feed_id)
    assert feed is not None
    watch.wait_until_not_held(feed.site_id)
    result = watch.visits.read_feed_now(feed_id)
    assert result is not None
    return result


def feed_of(watch: Watch, feed_id: int) -> Feed:
    with watch.database.read() as session:
        feed = feeds.by_id(session, feed_id)
    assert feed is not None
    return feed


def tracked(watch: Watch) -> list[Article]:
    with watch.database.read() as session:
        return list(articles.listing(session))


def paths(watch: Watch) -> list[str]:
    return [article.url.removeprefix(watch.site.url) for article in tracked(watch)]


def test_new_entries_become_articles_and_are_watched_after_they_left_the_feed(watch: Watch) -> None:
    page = article_page("Report 1", "At least 170 peacekeepers have been killed in Mali since 2013.", LONG)
    watch.site.pages |= {"/feed.xml": rss(item(1)), "/news/1": page}
    feed_id = add_feed(watch)
    first = read(watch, feed_id)
    assert (first.state, dict(first.outcomes), len(first.article_ids)) == ("ok", {"added": 1}, 1)
    assert paths(watch) == ["/news/1"]
    [checked] = watch.check(*first.article_ids)
    assert (checked.state, checked.version_number) == ("ok", 1)

    watch.site.pages["/feed.xml"] = rss(item(2))
    watch.site.pages["/news/2"] = article_page("Report 2", "Nobody was hurt in the second incident of the day.", LONG)
    assert dict(read(watch, feed_id).outcomes) == {"added": 1}
    assert paths(watch) == ["/news/1", "/news/2"]
    watch.site.pages["/news/1"] = article_page(
        "Report 1", "At least 303 peacekeepers have been killed in Mali since 2013.", LONG
    )
    [changed] = watch.check(*first.article_ids)
    assert [change["type"] for change in changed.changes] == ["value"]


def test_the_scheduler_reads_due_feeds_within_the_visit_of_their_site(watch: Watch) -> None:
    watch.site.pages |= {"/feed.xml": rss(item(1)), "/news/1": article_page("Report 1", LONG, LONG)}
    feed_id = add_feed(watch)
    for _ in range(100):
        watch.visits.run_due()
        if (found := tracked(watch)) and found[0].version_number:
            break
        watch.visits.clock.wait(watch.visits._stopping, 0.1)
    [article] = tracked(watch)
    assert (article.version_number, article.state) == (1, "ok")
    feed = feed_of(watch, feed_id)
    assert feed.next_check_at is not None
    assert timedelta(minutes=13) < feed.next_check_at - datetime.now(UTC) < timedelta(minutes=17)
    assert [asked.path for asked in watch.site.asked][:2] == ["/robots.txt", "/feed.xml"]


def test_adding_a_feed_is_no_flood(watch: Watch) -> None:
    now = datetime.now(UTC)
    items = [item(n, published=format_datetime(now - timedelta(hours=n))) for n in range(50, 0, -1)]
    watch.site.pages["/feed.xml"] = rss(*items)
    feed_id = add_feed(watch, first=3)
    assert dict(read(watch, feed_id).outcomes) == {"added": 3, "early": 47}
    assert sorted(paths(watch)) == ["/news/1", "/news/2", "/news/3"], "the newest, wherever they stand"
    watch.site.pages["/feed.xml"] = rss(*items, item(51), item(52))
    assert dict(read(watch, feed_id).outcomes) == {"added": 2}, "what comes later is taken"


def test_a_daily_limit_leaves_out_and_counts(watch: Watch) -> None:
    watch.site.pages["/feed.xml"] = rss(item(0))
    feed_id = add_feed(watch, daily=3)
    read(watch, feed_id)
    watch.site.pages["/feed.xml"] = rss(*(item(n) for n in range(8)))
    assert dict(read(watch, feed_id).outcomes) == {"added": 2, "limit": 5}
    watch.site.pages["/feed.xml"] = rss(*(item(n) for n in range(9)))
    assert dict(read(watch, feed_id).outcomes) == {"limit": 1}
    with watch.database.read() as session:
        assert feeds.count_entries(session, feed_id) == {"added": 3, "limit": 6}


def test_entries_are_chosen_by_words_and_section(watch: Watch) -> None:
    watch.site.pages["/feed.xml"] = rss(
        item(1, title="Peacekeepers killed in MALI"),
        item(2, title="Mali wins the cup", more="<category>Sport</category>"),
        item(3, title="Somalia, not the other one"),
        item(4, title="A visit", more="<description>&lt;p&gt;To &lt;b&gt;Mali&lt;/b&gt;&lt;/p&gt;</description>"),
    )
    feed_id = add_feed(watch, any_words=["mali"], none_words=["wins the cup"])
    assert dict(read(watch, feed_id).outcomes) == {"added": 2, "rule": 2}
    assert sorted(paths(watch)) == ["/news/1", "/news/4"]
    with watch.database.read() as session:
        reasons = {entry.title: entry.reason for entry in feeds.entries(session, feed_id, outcome="rule", limit=9)}
    assert reasons == {
        "Mali wins the cup": "it has “wins the cup”",
        "Somalia, not the other one": "it has none of “mali”",
    }
    watch.site.pages["/feed.xml"] = rss(item(3, title="Mali, not the other one"), item(2, title="Mali wins the cup"))
    assert dict(read(watch, feed_id).outcomes) == {"added": 1}, "a new title is judged anew"


def test_a_feed_is_asked_conditionally(watch: Watch) -> None:
    watch.site.pages["/feed.xml"] = rss(item(1))
    feed_id = add_feed(watch)
    assert read(watch, feed_id).state == "ok"
    again = read(watch, feed_id)
    assert (again.state, again.reason) == ("ok", "not modified")
    assert [asked.status for asked in watch.site.asked if asked.path == "/feed.xml"] == [200, 304]
    assert paths(watch) == ["/news/1"]


@pytest.mark.parametrize(
    ("page", "state"),
    [
        (Page(b"<!doctype html><html><body>Welcome</body></html>", headers={"Content-Type": "text/html"}), "broken"),
        (Page(status=404), "gone"),
        (Page(status=410), "gone"),
        (Page(status=403), "walled"),
        (Page(status=500), "failed"),
        (Page(b""), "broken"),
        (Page(b"\x89PNG\r\n\x1a\n" + bytes(200)), "broken"),
        (Page(b"<rss version='2.0'><channel></channel></rss>"), "empty"),
    ],
)
def test_a_feed_that_breaks_is_a_state_of_the_feed_and_comes_back(watch: Watch, page: Page, state: str) -> None:
    watch.site.pages["/feed.xml"] = rss(item(1))
    feed_id = add_feed(watch)
    read(watch, feed_id)
    watch.site.pages["/feed.xml"] = page
    for _ in range(2):
        broken = read(watch, feed_id)
    feed = feed_of(watch, feed_id)
    assert (broken.state, feed.state) == (state, state)
    assert feed.failures == (0 if state == "empty" else 2)
    assert paths(watch) == ["/news/1"], "no article is lost with its feed"
    now = datetime.now(UTC)
    settings = watch.settings.model_copy(
        update={"operator": watch.settings.operator.model_copy(update={"failures": 2})}
    )
    with watch.database.read() as session:
        told = [ailment.detail for ailment in wellbeing.ailments(session, settings, now) if ailment.kind == "feed"]
    assert len(told) == 1
    assert "The Local" in told[0]

    watch.site.pages["/feed.xml"] = rss(item(2), item(1))
    back = read(watch, feed_id)
    assert (back.state, dict(back.outcomes)) == ("ok", {"added": 1})
    assert feed_of(watch, feed_id).failures == 0


def test_a_web_page_says_where_its_feed_is(watch: Watch) -> None:
    page = (
        b'<html><head><link rel="alternate" type="application/rss+xml" href="/feed.xml"></head><body>Hi</body></html>'
    )
    watch.site.pages["/"] = Page(page, headers={"Content-Type": "text/html"})
    assert f"the page names as its feed: {watch.site.url}/feed.xml" in read(watch, add_feed(watch, "/")).reason


def test_the_date_of_an_entry_counts_where_the_page_gives_none(watch: Watch) -> None:
    undated = b"<!doctype html><html lang=en><title>Report 1</title><article><h1>Report 1</h1>" + b"".join(
        f"<p>{text}</p>".encode() for text in ("On Friday 14 soldiers were killed by a mine near Kidal.", LONG, LONG)
    )
    watch.site.pages |= {
        "/feed.xml": rss(
            item(1, published="Fri, 30 Jun 2023 08:00:00 GMT"),
            item(2, published="Sat, 01 Jul 2023 08:00:00 GMT"),
            item(3, published="Sat, 01 Jul 2173 08:00:00 GMT"),
        ),
        "/news/1": Page(undated, headers={"Content-Type": "text/html"}),
        "/news/2": article_page("Report 2", LONG, LONG, published="2023-06-29"),
    }
    watch.check(*read(watch, add_feed(watch)).article_ids)
    found = {article.url.rpartition("/")[2]: article for article in tracked(watch)}
    assert (found["1"].published, found["1"].published_source) == ("2023-06-30T08:00:00+00:00", "feed")
    assert (found["2"].published or "")[:10] == "2023-06-29"
    assert found["2"].published_source == "json-ld"
    assert found["3"].published is None, "a date that lies ahead is no date"


def test_a_hostile_feed_brings_nothing_but_what_it_may(watch: Watch) -> None:
    links = [
        "http://169.254.169.254/latest/meta-data", "file:///etc/passwd", "javascript:alert(1)", "https://other.example/1",
        "http://localhost:1/x", "//other.example/2", "/news/1", "/news/1?utm_medium=feed", "/news/1/", " ",
        "http://user:secret@127.0.0.1/x",
    ]  # fmt: skip
    items = [f"<item><title>T</title><guid>same</guid><link>{link}</link></item>" for link in links]
    doctype = '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;">]>'
    body = f'<?xml version="1.0"?>{doctype}<rss version="2.0"><channel><title>&x;&b;</title>{"".join(items)}'
    watch.site.pages["/feed.xml"] = Page(f"{body}</channel></rss>".encode())
    feed_id = add_feed(watch)
    found = read(watch, feed_id)
    assert dict(found.outcomes) == {"added": 1, "elsewhere": 4}
    assert paths(watch) == ["/news/1"]
    assert "root:" not in (feed_of(watch, feed_id).title or "")
    assert watch.site.asked[-1].path == "/feed.xml"


def test_ten_thousand_entries_are_read_and_bounded(watch: Watch) -> None:
    watch.site.pages["/feed.xml"] = rss(*(item(n) for n in range(10_000)))
    feed_id = add_feed(watch)
    found = read(watch, feed_id)
    assert found.entries == 10_000
    assert dict(found.outcomes) == {"added": 20, "early": 4980}
    with watch.database.read() as session:
        assert sites.next_due_at(session) is not None
    assert len(tracked(watch)) == 20


def test_a_body_larger_than_allowed_is_a_failure(watch: Watch) -> None:
    watch.site.pages["/feed.xml"] = Page(rss(item(1)).body + b" " * 6_000_000)
    found = read(watch, add_feed(watch))
    assert (found.state, "larger than" in found.reason) == ("failed", True)


def test_news_sitemaps_and_the_index_that_names_them(watch: Watch) -> None:
    def sitemap(*numbers: int) -> bytes:
        urls = "".join(
            f"<url><loc>{watch.site.url}/news/{n}</loc><news:news><news:title>R {n}</news:title>"
            f"<news:publication_date>2023-06-{n:02}T08:00:00Z</news:publication_date></news:news></url>"
            for n in numbers
        )
        return (
            '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
            f'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">{urls}</urlset>'
        ).encode()

    def index(modified: str) -> Page:
        parts = [("archive-1.xml", "2019-01-01"), ("archive-2.xml", "2020-01-01"), ("archive-3.xml", "2021-01-01")]
        parts.append(("news.xml.gz", modified))
        body = "".join(f"<sitemap><loc>/{name}</loc><lastmod>{day}</lastmod></sitemap>" for name, day in parts)
        return Page(f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{body}</sitemapindex>'.encode())

    watch.site.pages |= {
        "/index.xml": index("2023-06-03"),
        "/news.xml.gz": Page(gzip.compress(sitemap(1, 2)), headers={"Content-Type": "application/gzip"}),
        **{f"/archive-{n}.xml": Page(sitemap()) for n in (1, 2, 3)},
    }
    feed_id = add_feed(watch, "/index.xml", first=1)
    assert dict(read(watch, feed_id).outcomes) == {"added": 1, "early": 1}
    assert paths(watch) == ["/news/2"]
    asked = [each.path for each in watch.site.asked if each.path.endswith((".xml", ".gz"))]
    assert asked == ["/index.xml", "/news.xml.gz", "/archive-3.xml", "/archive-2.xml"], "the latest, not the archive"

    watch.site.pages |= {"/index.xml": index("2023-06-04"), "/news.xml.gz": Page(gzip.compress(sitemap(2, 3)))}
    assert dict(read(watch, feed_id).outcomes) == {"added": 1}
    assert [each.path for each in watch.site.asked][-2:] == ["/index.xml", "/news.xml.gz"], "only what is new in it"
    assert feed_of(watch, feed_id).kind == "sitemap index"
    assert read(watch, feed_id).state == "ok"
    assert [each.path for each in watch.site.asked][-1] == "/index.xml"


def test_json_feeds_and_atom(watch: Watch) -> None:
    document = {"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "url": "/news/1", "title": "A"}]}
    watch.site.pages["/feed.json"] = Page(json.dumps(document).encode(), headers={"Content-Type": "application/json"})
    watch.site.pages["/atom"] = Page(
        b'<feed xmlns="http://www.w3.org/2005/Atom" xml:base="/news/"><entry><title>B</title>'
        b'<link href="2"/><link rel="self" href="/x"/></entry></feed>'
    )
    assert dict(read(watch, add_feed(watch, "/feed.json")).outcomes) == {"added": 1}
    assert dict(read(watch, add_feed(watch, "/atom")).outcomes) == {"added": 1}
    assert paths(watch) == ["/news/1", "/news/2"]


def test_what_is_tracked_already_is_known_and_two_feeds_share_it(watch: Watch) -> None:
    watch.add("/news/1?fbclid=abc")
    watch.site.pages |= {"/feed.xml": rss(item(1), item(2)), "/world.xml": rss(item(2), item(3))}
    assert dict(read(watch, add_feed(watch)).outcomes) == {"known": 1, "added": 1}
    assert dict(read(watch, add_feed(watch, "/world.xml", story="Mali")).outcomes) == {"known": 1, "added": 1}
    assert {article.url.rpartition("/")[2]: article.story for article in tracked(watch)} == {
        "1": None, "2": None, "3": "Mali",
    }  # fmt: skip
    with watch.database.read() as session:
        assert [each.url for each in addresses.of_article(session, 1)] == [f"{watch.site.url}/news/1?fbclid=abc"]


def test_a_robots_txt_that_forbids_the_feed_is_obeyed(watch: Watch) -> None:
    watch.site.robots = b"User-agent: *\nDisallow: /feed.xml\n"
    watch.site.pages["/feed.xml"] = rss(item(1))
    found = read(watch, add_feed(watch))
    assert (found.state, found.reason) == ("refused", f"robots.txt of {watch.site.host} disallows /feed.xml")
    assert "/feed.xml" not in [asked.path for asked in watch.site.asked]


def test_a_site_that_says_not_now_is_left_alone_by_its_feeds_too(watch: Watch) -> None:
    watch.site.pages["/feed.xml"] = Page(status=429, headers={"Retry-After": "3600"})
    feed_id = add_feed(watch)
    read(watch, feed_id)
    assert watch.visits.read_feed_now(feed_id) is None, "held back"
    assert watch.visits.run_due() == 0
    feed = feed_of(watch, feed_id)
    assert feed.next_check_at is not None
    assert feed.next_check_at > datetime.now(UTC) + timedelta(minutes=50)


def test_a_removed_feed_leaves_its_articles(watch: Watch) -> None:
    watch.site.pages["/feed.xml"] = rss(item(1))
    feed_id = add_feed(watch)
    read(watch, feed_id)
    with watch.database.write() as session:
        feeds.remove(session, feed_id)
    assert paths(watch) == ["/news/1"]
    assert watch.visits.read_feed_now(feed_id) is None
