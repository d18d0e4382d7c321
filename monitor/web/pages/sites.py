"""`/sites`: all sites with how they are; `/sites/ID`: how the pages of one are read: its record, what is ignored."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import HTTPException, Query
from fastapi.responses import HTMLResponse

from monitor.web.rendering import Here, page
from storage import furniture, page_records, sites

PAGE = 100
"""Sites on one page."""

Which = Literal["", "failing", "held", "robots"]


def list_sites(
    here: Here,
    q: Annotated[str, Query(max_length=260)] = "",
    which: Which = "",
    after: Annotated[str, Query(max_length=260)] = "",
) -> HTMLResponse:
    """Sites by host: those whose name has `q`, and that fail, are held back, or whose robots.txt is overruled."""
    now, failures = datetime.now(UTC), here.settings.operator.failures
    words = q.replace("\x00", " ").strip()
    with here.database.read() as session:
        rows = sites.found(
            session,
            words=words,
            failures=failures if which == "failing" else None,
            held_at=now if which == "held" else None,
            robots_ignored=which == "robots",
            after_host=after.replace("\x00", " ") or None,
            limit=PAGE + 1,
        )
        counted = sites.count_articles(session, [site.id for site in rows[:PAGE]])
        total, failing, held = sites.counts(session, failures, now)
    return page(
        "sites.html",
        sites=rows[:PAGE],
        counted=counted,
        total=total,
        failing=failing,
        held=held,
        failures=failures,
        q=words,
        which=which,
        first=not after,
        later=rows[PAGE - 1].host if len(rows) > PAGE else None,
    )


def show_site(here: Here, site_id: int) -> HTMLResponse:
    """The record of a Site. 404 when there is none with this id."""
    with here.database.read() as session:
        site = sites.by_id(session, site_id) if site_id < 2**63 else None
        if site is None:
            raise HTTPException(404, f"There is no site {site_id}.")
        health = page_records.health(session, site_id)
        lines = furniture.of_site(session, site_id)
        notices = page_records.notices(session, site_id)
    return page(
        "site.html",
        site=site,
        health=health,
        ignored=[row for row in lines if row.state == "ignored"],
        kept=[row for row in lines if row.state == "kept"],
        notices=notices,
        corrections=here.settings.site(site.host),
    )
