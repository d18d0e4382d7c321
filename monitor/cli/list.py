"""`corrigenda list`: the tracked articles and their state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import typer
from sqlmodel import Session

from monitor.cli.configured import open_settings
from monitor.cli.opening import open_database
from monitor.cli.options import AsJson, new_app
from monitor.cli.printing import print_json
from monitor.cli.screen import json_time, show_table, show_time
from monitor.errors import InputError
from storage import articles, selection, stories
from storage.selection import Selection
from storage.tables import STATES, Article

app = new_app()
State = Literal["new", "ok", "gone", "walled", "refused", "failed", "suspect", "redirected"]
_STATE_HELP = f"Only these: {', '.join(STATES)}."


@app.command("list")
def list_articles(
    context: typer.Context,
    state: Annotated[State | None, typer.Option(metavar="STATE", help=_STATE_HELP)] = None,
    search: Annotated[
        str | None,
        typer.Option(
            metavar="WORDS",
            help="Only those with these words in headline, text, publisher or address, the best first: "
            'words, "a phrase", begin*, -without.',
        ),
    ] = None,
    tag: Annotated[str | None, typer.Option(metavar="TAG", help="Only those with this tag.")] = None,
    story: Annotated[str | None, typer.Option(metavar="NAME", help="Only those in this story.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the tracked articles and their state."""
    with open_database(open_settings(context)) as database, database.read() as session:
        wanted = Selection(
            words=search or "", state=state or "", tag=(tag or "").lower(), story_id=_story(session, story)
        )
        found = _found(session, wanted)
    if as_json:
        print_json([article_json(article) for article in found])
        return
    show_table(
        ("id", "state", "version", "checked", "next check", "headline or address", "why"),
        (
            (
                article.id,
                article.state,
                article.version_number or "-",
                show_time(article.last_checked_at),
                show_time(article.next_check_at) if article.next_check_at else "paused",
                article.headline or article.url,
                "" if article.state == "ok" else article.state_reason,
            )
            for article in found
        ),
        empty="no articles: track one with `corrigenda add URL`" if not wanted.narrows else "no such articles",
    )


def _story(session: Session, name: str | None) -> int | None:
    """The id of the Story of that name, none where none is named. Raises InputError."""
    if name is None:
        return None
    story = stories.by_name(session, " ".join(name.split()))
    if story is None:
        known = ", ".join(each for _, each in stories.names(session)[:10]) or "none yet"
        raise InputError(f"there is no story {name[:80]!r} (stories: {known})")
    return story.id


def _found(session: Session, wanted: Selection) -> Sequence[Article]:
    """Those that are wanted, by id; with words the best answers first, as far as they are counted."""
    if wanted.words.strip():
        return selection.found(session, wanted, order="best", limit=selection.COUNTED).articles
    if not wanted.narrows:
        return articles.listing(session)
    return [
        row for article_id in sorted(selection.ids(session, wanted)) if (row := articles.by_id(session, article_id))
    ]


def article_json(article: Article) -> dict[str, Any]:
    """An Article as `--json` shows it: `reason` says why it is in its `state`."""
    return {
        "id": article.id,
        "url": article.url,
        "kind": article.kind,
        "publisher": article.publisher,
        "headline": article.headline,
        "state": article.state,
        "state_since_at": json_time(article.state_since_at),
        "reason": article.state_reason,
        "version_number": article.version_number,
        "added_at": json_time(article.added_at),
        "last_checked_at": json_time(article.last_checked_at),
        "last_changed_at": json_time(article.last_changed_at),
        "next_check_at": json_time(article.next_check_at),
        "next_check_why": article.next_check_why,
        "interval_seconds": article.interval_seconds,
        "fastest_seconds": article.fastest_seconds,
        "slowest_seconds": article.slowest_seconds,
        "changes_seen": article.changes_seen,
        "published": article.published,
        "published_source": article.published_source,
        "language": article.language,
        "checks": article.checks,
        "failures": article.failures,
    }
