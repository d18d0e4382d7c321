"""`corrigenda sites`: how the pages of each site are read, what of them is ignored, and how to undo that."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from sqlmodel import Session

from monitor.cli.configured import open_settings
from monitor.cli.opening import open_database
from monitor.cli.options import AsJson, new_app
from monitor.cli.printing import print_json
from monitor.cli.screen import json_time, say, show_table, show_time
from monitor.errors import InputError
from storage import furniture, page_records, sites
from storage.tables import Furniture, Site

app = new_app()

_WORDS = {
    "line": "this line",
    "pattern": "lines like this, whatever the numbers",
    "place": "the labels after this one",
}


@app.command("sites")
def show_sites(
    context: typer.Context,
    host: Annotated[str | None, typer.Argument(metavar="HOST", help="One site, as the list names it.")] = None,
    keep: Annotated[
        int | None, typer.Option(metavar="ID", help="Undo: this line is part of the articles, never ignore it again.")
    ] = None,
    ignore: Annotated[int | None, typer.Option(metavar="ID", help="Ignore this line after all.")] = None,
    accept: Annotated[
        bool, typer.Option("--accept", help="The site's new template is right: take on its texts without alerts.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show how the pages of each site are read, and what of them is ignored.

    Lines that change by themselves, or that came to many articles of a site at once, are learnt and ignored. When the
    texts of many articles of a site break at once they are held back until the pages are as before, or until you
    accept the site as it is now.
    """
    if host is None and (keep is not None or ignore is not None or accept):
        raise InputError("name the site: `corrigenda sites HOST --keep ID`; `corrigenda sites` lists them")
    with open_database(open_settings(context)) as database:
        if host is not None:
            with database.write() as session:
                site = _site(session, host)
                for furniture_id, state in ((keep, "kept"), (ignore, "ignored")):
                    if furniture_id is not None:
                        furniture.decide(session, _row(session, site, furniture_id).id or 0, state)
                if accept and not page_records.close_notices(session, site.id or 0, datetime.now(UTC), accepted=True):
                    raise InputError(f"there is no open notice about {host}: nothing is held back")
        with database.read() as session:
            found = [
                _site_json(session, site) for site in ([_site(session, host)] if host else sites.all_sites(session))
            ]
    if as_json:
        print_json(found[0] if host else found)
    elif host:
        _show(found[0])
    else:
        _show_all(found)


def _site(session: Session, host: str) -> Site:
    site = sites.by_host(session, host)
    if site is None:
        raise InputError(f"no article of {host!r} is tracked; `corrigenda sites` lists the sites that are")
    return site


def _row(session: Session, site: Site, furniture_id: int) -> Furniture:
    row = furniture.by_id(session, furniture_id)
    if row is None or row.site_id != site.id:
        raise InputError(f"{site.host} has no line {furniture_id}; `corrigenda sites {site.host}` lists them")
    return row


def _site_json(session: Session, site: Site) -> dict[str, Any]:
    health = page_records.health(session, site.id or 0)
    return {
        "host": site.host,
        "articles_read": health.articles,
        "usual_characters": round(health.characters),
        "with_headline": round(health.headline, 3),
        "with_byline": round(health.byline, 3),
        "with_date": round(health.published, 3),
        "broken": health.upset,
        "failures": site.failures,
        "last_ok_at": json_time(site.last_ok_at),
        "last_reason": site.last_reason,
        "held_until_at": json_time(site.held_until_at),
        "held_reason": site.held_reason,
        "robots_ignored": site.robots_ignored,
        "furniture": [
            {"id": row.id, "state": row.state, "kind": row.kind, "text": row.text, "lines": row.length,
             "example": row.example, "articles": row.article_ids, "times": row.times, "last_at": json_time(row.last_at)}
            for row in furniture.of_site(session, site.id or 0)
        ],
        "notices": [
            {"kind": notice.kind, "sentence": notice.sentence, "opened_at": json_time(notice.opened_at),
             "closed_at": json_time(notice.closed_at), "accepted": notice.accepted}
            for notice in page_records.notices(session, site.id)
        ],
    }  # fmt: skip


def _show_all(found: list[dict[str, Any]]) -> None:
    show_table(
        ("site", "read", "characters", "headline", "byline", "date", "broken", "ignored", "last answer"),
        (
            (
                each["host"],
                each["articles_read"],
                each["usual_characters"],
                *(f"{each[name]:.0%}" for name in ("with_headline", "with_byline", "with_date")),
                each["broken"] or "",
                sum(row["state"] == "ignored" for row in each["furniture"]) or "",
                each["last_reason"] or "",
            )
            for each in found
        ),
        empty="no sites: track an article with `corrigenda add URL`",
    )


def _show(site: dict[str, Any]) -> None:
    shares = ", ".join(f"{site[f'with_{name}']:.0%} with {name}" for name in ("headline", "byline", "date"))
    say(
        (site["host"], "bold"),
        f": {site['articles_read']} articles read, about {site['usual_characters']} characters, {shares}",
    )
    if site["robots_ignored"]:
        say("robots.txt is overruled by the configuration")
    if site["held_reason"]:
        say(f"held back until {_when(site['held_until_at'])}: {site['held_reason']}")
    for notice in site["notices"]:
        ended = (
            "accepted"
            if notice["accepted"]
            else f"ended {_when(notice['closed_at'])}"
            if notice["closed_at"]
            else "open"
        )
        say(
            f"{_when(notice['opened_at'])}  ",
            (ended, "" if notice["closed_at"] else "yellow"),
            f"  {notice['sentence']}",
        )
    if not site["furniture"]:
        say("nothing of its pages is ignored")
    for row in site["furniture"]:
        what = _WORDS[row["kind"]] + (f" ({row['lines']})" if row["kind"] == "place" else "")
        say(
            f"{row['id']}  ",
            (row["state"], "green" if row["state"] == "kept" else "yellow"),
            f"  {what}: “{row['text']}”",
        )
        if row["example"]:
            say(f"      seen: {row['example']}")


def _when(moment: str | None) -> str:
    return show_time(datetime.fromisoformat(moment)) if moment else "-"
