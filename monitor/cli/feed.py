"""`corrigenda feed`: feeds whose new entries are tracked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer
from sqlmodel import Session

from monitor.cli.check import keep_log_quiet
from monitor.cli.configured import open_settings
from monitor.cli.opening import open_database
from monitor.cli.options import AsJson, new_app
from monitor.cli.printing import print_json
from monitor.cli.screen import json_time, say, show_table, show_time
from monitor.discovery.subscribing import Wishes, pause, resume, subscribe
from monitor.discovery.wording import OUTCOMES, left_out, rule_words
from monitor.errors import InputError
from monitor.given import read_interval
from monitor.sources.address import normalise
from monitor.tasks import Visits
from storage import feeds
from storage.tables import Feed, FeedEntry

app = new_app("Add feeds, whose new entries are tracked by rule; list, show, read, pause and remove them.")

NamedFeed = Annotated[
    str, typer.Argument(metavar="FEED", help="Its id, as `corrigenda feed list` shows it, or address.")
]

_DAY = timedelta(days=1)
SHOWN = 20


@app.command("add")
def add_feed(
    context: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL", help="RSS, Atom, JSON Feed, news sitemap or sitemap index.")],
    any_words: Annotated[
        list[str] | None,
        typer.Option(
            "--any",
            metavar="WORDS",
            help="Only entries that have one of these in title or summary: a word, "
            "a phrase, or `peace*`. May be repeated.",
        ),
    ] = None,
    all_words: Annotated[
        list[str] | None, typer.Option("--all", metavar="WORDS", help="Only entries that have all of these.")
    ] = None,
    none_words: Annotated[
        list[str] | None, typer.Option("--none", metavar="WORDS", help="No entries that have one of these.")
    ] = None,
    sections: Annotated[
        list[str] | None,
        typer.Option("--section", metavar="NAME|/PATH", help="Only entries of this category, or below this path."),
    ] = None,
    languages: Annotated[
        list[str] | None,
        typer.Option("--language", metavar="TAG", help="Only entries in this language, where the feed names one."),
    ] = None,
    any_site: Annotated[
        bool, typer.Option("--any-site", help="Entries that lead to other sites, too; else only the feed's own.")
    ] = False,
    daily: Annotated[
        int | None, typer.Option(min=0, metavar="N", help="At most so many new articles in 24 hours.")
    ] = None,
    first: Annotated[
        int | None, typer.Option(min=0, metavar="N", help="Of what is there now, track only the newest so many.")
    ] = None,
    story: Annotated[str | None, typer.Option(metavar="NAME", help="A label for its articles: their story.")] = None,
    publisher: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who publishes its articles, for alerts and pages.")
    ] = None,
    every: Annotated[
        str | None, typer.Option(metavar="TIME", help="Time between two readings, such as 15m; else as configured.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Track what a feed brings: its new entries become articles.

    The service reads it at once, and then again and again. Its articles go on being watched when they have left it.
    """
    wishes = Wishes(
        any_words=any_words or (),
        all_words=all_words or (),
        none_words=none_words or (),
        sections=sections or (),
        languages=languages or (),
        any_site=any_site,
        daily=daily,
        first=first,
        story=story,
        publisher=publisher,
        interval_seconds=read_interval(every) if every is not None else None,
    )
    with open_database(open_settings(context)) as database, database.write() as session:
        feed, new = subscribe(session, url, wishes, datetime.now(UTC))
        shown = {**_feed_json(session, feed), "new": new}
    if as_json:
        print_json(shown)
    else:
        say(f"{feed.id}  {feed.url}", "" if new else ("  (there already, left as it was)", "yellow"))


@app.command("list")
def list_feeds(context: typer.Context, as_json: AsJson = False) -> None:
    """List the feeds, their state, and what they brought within 24 hours."""
    with open_database(open_settings(context)) as database, database.read() as session:
        found = [_feed_json(session, feed) for feed in feeds.listing(session)]
    if as_json:
        print_json(found)
        return
    show_table(
        ("id", "state", "entries", "tracked in 24 h", "left out in 24 h", "next reading", "feed", "why"),
        (
            (
                feed["id"],
                feed["state"],
                feed["entries"],
                feed["last_24_hours"].get("added", 0),
                left_out(feed["last_24_hours"]),
                _when(feed["next_check_at"]) if feed["next_check_at"] else "paused",
                feed["title"] or feed["url"],
                "" if feed["state"] == "ok" else feed["reason"],
            )
            for feed in found
        ),
        empty="no feeds: add one with `corrigenda feed add URL`",
    )


@app.command("show")
def show_feed(
    context: typer.Context,
    feed: NamedFeed,
    limit: Annotated[int, typer.Option(min=0, metavar="N", help="How many of its entries to show.")] = SHOWN,
    as_json: AsJson = False,
) -> None:
    """Show a feed: its rule, its state, and what became of its entries."""
    with open_database(open_settings(context)) as database, database.read() as session:
        found = _find(session, feed)
        shown = _feed_json(session, found)
        rows = feeds.entries(session, found.id or 0, limit=limit)
    if as_json:
        print_json({**shown, "recent": [_entry_json(row) for row in rows]})
        return
    say((shown["title"] or shown["url"], "bold"))
    say(f"feed {shown['id']} · {shown['url']}", f" · {shown['kind']}" if shown["kind"] else "")
    why = f" ({shown['reason']})" if shown["reason"] else ""
    following = (
        f"next {_when(shown['next_check_at'])}, {shown['next_check_why']}" if shown["next_check_at"] else "paused"
    )
    say(f"{shown['state']}{why} since {_when(shown['state_since_at'])}; {shown['entries']} entries; {following}")
    say(f"takes {rule_words(found)}")
    for outcome, count in shown["outcomes"].items():
        say(f"    {count}  {OUTCOMES[outcome]}")
    for row in rows:
        became = f"article {row.article_id}" if row.article_id else row.reason
        say(f"{show_time(row.judged_at)}  ", (row.outcome, "green" if row.article_id else "yellow"),
            f"  {row.title or row.url}: {became}")  # fmt: skip


@app.command("read")
def read_feed(context: typer.Context, feed: NamedFeed, as_json: AsJson = False) -> None:
    """Read a feed now, as politely as the service does. The exit code is 1 when it brought no feed."""
    settings = open_settings(context)
    keep_log_quiet(context.obj.debug)
    with open_database(settings) as database:
        with database.read() as session:
            found = _find(session, feed)
        with Visits(database, settings) as visits:
            read = visits.read_feed_now(found.id or 0)
    if read is None:
        raise InputError(f"{found.url} is not asked now: its site is held back, `corrigenda doctor` says until when")
    if as_json:
        print_json(
            {"id": read.feed_id, "url": read.url, "state": read.state, "reason": read.reason, "entries": read.entries,
             "outcomes": dict(read.outcomes), "articles": list(read.article_ids),
             "next_check_at": json_time(read.next_check_at)}
        )  # fmt: skip
    else:
        brought = ", ".join(f"{count} {OUTCOMES[name]}" for name, count in read.outcomes.items()) or "nothing new"
        say(
            f"{read.feed_id}  ",
            (read.state, "green" if read.state == "ok" else "yellow"),
            f"  {read.reason}: {brought}",
        )
    if read.state not in ("ok", "empty"):
        raise typer.Exit(1)


@app.command("pause")
def pause_feed(context: typer.Context, feed: NamedFeed, as_json: AsJson = False) -> None:
    """Read a feed no more until it is resumed. Its articles go on being watched."""
    with open_database(open_settings(context)) as database, database.write() as session:
        found = _find(session, feed)
        _tell(session, pause(session, found), "paused", as_json)


@app.command("resume")
def resume_feed(context: typer.Context, feed: NamedFeed, as_json: AsJson = False) -> None:
    """Read a paused feed again."""
    with open_database(open_settings(context)) as database, database.write() as session:
        found = _find(session, feed)
        _tell(session, resume(session, found, datetime.now(UTC)), "resumed", as_json)


@app.command("remove")
def remove_feed(context: typer.Context, feed: NamedFeed, as_json: AsJson = False) -> None:
    """Forget a feed. Its articles stay, and go on being watched."""
    with open_database(open_settings(context)) as database, database.write() as session:
        found = _find(session, feed)
        _tell(session, found, "removed", as_json)
        feeds.remove(session, found.id or 0)


def _tell(session: Session, feed: Feed, what: str, as_json: bool) -> None:
    if as_json:
        print_json(_feed_json(session, feed))
    else:
        say(f"{feed.id}  {what}  {feed.url}")


def _find(session: Session, name: str) -> Feed:
    """The Feed that a person means. Raises InputError."""
    found = feeds.by_id(session, int(name)) if name.isdecimal() and len(name) < 19 else None
    if found is None and "://" in name:
        found = feeds.by_url(session, str(normalise(name)))
    if found is None:
        raise InputError(f"no feed {name!r}: `corrigenda feed list` shows all")
    return found


def _feed_json(session: Session, feed: Feed) -> dict[str, Any]:
    """A Feed as `--json` shows it: `reason` says why it is in its `state`."""
    feed_id = feed.id or 0
    return {
        "id": feed_id,
        "url": feed.url,
        "title": feed.title,
        "kind": feed.kind,
        "state": feed.state,
        "state_since_at": json_time(feed.state_since_at),
        "reason": feed.state_reason,
        "rule": {
            "any": feed.any_words, "all": feed.all_words, "none": feed.none_words, "sections": feed.sections,
            "languages": feed.languages, "any_site": feed.any_site, "daily": feed.daily, "first": feed.first,
        },
        "story": feed.story,
        "publisher": feed.publisher,
        "interval_seconds": feed.interval_seconds,
        "added_at": json_time(feed.added_at),
        "last_checked_at": json_time(feed.last_checked_at),
        "last_ok_at": json_time(feed.last_ok_at),
        "last_new_at": json_time(feed.last_new_at),
        "next_check_at": json_time(feed.next_check_at),
        "next_check_why": feed.next_check_why,
        "checks": feed.checks,
        "failures": feed.failures,
        "entries": feed.entries,
        "last_24_hours": feeds.count_entries(session, feed_id, datetime.now(UTC) - _DAY),
        "outcomes": feeds.count_entries(session, feed_id),
    }  # fmt: skip


def _entry_json(row: FeedEntry) -> dict[str, Any]:
    return {
        "url": row.url,
        "title": row.title,
        "published": row.published,
        "outcome": row.outcome,
        "reason": row.reason,
        "article_id": row.article_id,
        "judged_at": json_time(row.judged_at),
    }


def _when(moment: str | None) -> str:
    return show_time(datetime.fromisoformat(moment)) if moment else "-"
