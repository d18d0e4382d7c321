"""`/sites/ID`: how the pages of one site are read: its record, what is ignored, what happened to it as a whole."""

from __future__ import annotations

from fastapi import HTTPException
from fastapi.responses import HTMLResponse

from monitor.web.rendering import Here, page
from storage import furniture, page_records, sites


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
