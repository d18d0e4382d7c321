"""`corrigenda history`: what became of an article, version by version, with its evidence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from monitor.cli.changed import show_changes
from monitor.cli.configured import open_settings
from monitor.cli.list import article_json
from monitor.cli.opening import open_database
from monitor.cli.options import AsJson, new_app
from monitor.cli.printing import print_json
from monitor.cli.screen import json_time, say, show_time
from monitor.tracking import find_article
from storage import addresses, captures, changes, versions
from storage.tables import Address, Article, Capture, Change, Version

app = new_app()

NamedArticle = Annotated[
    str, typer.Argument(metavar="ARTICLE", help="Its id, its address or file, or words of its address or headline.")
]


@app.command()
def history(context: typer.Context, article: NamedArticle, as_json: AsJson = False) -> None:
    """Show the versions and changes of an article.

    Also the captures that made no version, such as errors and walls, and why.
    """
    with open_database(open_settings(context)) as database, database.read() as session:
        found = find_article(session, article)
        article_id = found.id or 0
        held = versions.with_captures(session, article_id)
        changed = changes.with_numbers(session, article_id)
        kept = {version.capture_id for version, _ in held}
        known_as = addresses.of_article(session, article_id)
        others = [capture for capture in captures.of_article(session, article_id) if capture.id not in kept]
    if as_json:
        print_json(
            {
                "article": article_json(found),
                "addresses": [_address_json(address) for address in known_as],
                "versions": [version_json(version, capture) for version, capture in held],
                "changes": [_change_json(change, number) for change, number in changed],
                "captures": [_capture_json(capture) for capture in reversed(others)],
            }
        )
        return
    _show_article(found)
    _show_addresses(found, known_as)
    for version, capture in held:
        _show_version(version, capture)
        show_changes([change.body for change, number in changed if number == version.number], indent="    ")
    _show_availability([change for change, number in changed if number is None])
    _show_others(others)


def version_json(version: Version, capture: Capture | None = None) -> dict[str, Any]:
    """A Version as `--json` shows it, with the Capture that brought it when given."""
    return {
        "number": version.number,
        "first_seen_at": json_time(version.first_seen_at),
        "last_seen_at": json_time(version.last_seen_at),
        "headline": version.headline,
        "byline": version.byline,
        "published": version.published,
        "published_source": version.published_source,
        "modified": version.modified,
        "modified_source": version.modified_source,
        "language": version.language,
        "notices": version.notices,
        "text_sha256": version.text_hash,
        "text_let_go_at": json_time(version.text_let_go_at),
        "extractor": version.extractor,
        **({"capture": _capture_json(capture)} if capture else {}),
    }


def _change_json(change: Change, number: int | None) -> dict[str, Any]:
    return {"version_number": number, "changed_at": json_time(change.changed_at), **change.body}


def _capture_json(capture: Capture) -> dict[str, Any]:
    return {
        "captured_at": json_time(capture.captured_at),
        "last_captured_at": json_time(capture.last_captured_at),
        "times": capture.times,
        "outcome": capture.outcome,
        "robots_ignored": capture.robots_ignored,
        "reason": capture.reason,
        "status": capture.status,
        "final_url": capture.final_url,
        "redirects": capture.redirects,
        "bytes": capture.size,
        "sha256": capture.blob_hash,
        "let_go_at": json_time(capture.let_go_at),
    }


def _address_json(address: Address) -> dict[str, Any]:
    return {
        "url": address.url,
        "source": address.source,
        "merged_article": address.was_article_id,
        "reason": address.reason,
    }


def _show_addresses(article: Article, known_as: Sequence[Address]) -> None:
    """Other addresses that lead to it, as they were written."""
    sources = {"given": "as it was given", "feed": "as a feed gave it", "redirect": "to which it redirects"}
    for address in known_as:
        if address.url != article.url:
            say(f"also {address.url} ({address.reason or sources.get(address.source, address.source)})")


def _show_article(article: Article) -> None:
    say((article.headline or article.url, "bold"))
    say(f"article {article.id} · {article.url}", f" · {article.publisher}" if article.publisher else "")
    why = f" ({article.state_reason})" if article.state_reason else ""
    say(f"{article.state}{why} since {show_time(article.state_since_at)}; ", _show_checks(article))


def _show_checks(article: Article) -> str:
    following = f"next {show_time(article.next_check_at)}" if article.next_check_at else "paused"
    return f"checked {article.checks} times, last {show_time(article.last_checked_at)}, {following}"


def _show_version(version: Version, capture: Capture) -> None:
    dated = f", published {version.published} ({version.published_source})" if version.published else ""
    say("")
    say(
        (f"version {version.number}", "bold"),
        f"  seen {show_time(version.first_seen_at)} to {show_time(version.last_seen_at)}{dated}",
    )
    let_go = f", let go {show_time(capture.let_go_at)}" if capture.let_go_at else ""
    say(f"    {capture.reason}, {capture.size} bytes, SHA-256 {capture.blob_hash}{let_go}")
    if version.text_let_go_at:
        say(f"    its text was let go {show_time(version.text_let_go_at)}, SHA-256 {version.text_hash}")


def _show_availability(changed: Sequence[Change]) -> None:
    for change in changed:
        say("")
        say(("availability", "bold"), f"  {show_time(change.changed_at)}")
        show_changes([change.body], indent="    ")


def _show_others(others: Sequence[Capture]) -> None:
    if others:
        say("")
        say(("captures that made no version", "bold"))
    for capture in reversed(others):
        until = f" to {show_time(capture.last_captured_at)}, {capture.times} times" if capture.times > 1 else ""
        say(f"    {show_time(capture.captured_at)}{until}: {capture.outcome}, {capture.reason}")
