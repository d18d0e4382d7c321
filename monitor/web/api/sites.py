"""Sites: the hosts that are visited, how their pages are read, and what of them is ignored."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Path
from sqlmodel import Session

from monitor.web.api.nouns.noun import LARGEST_ID, Text
from monitor.web.api.nouns.sites import Decision, FurnitureLine, Site, SiteRecord, furniture_line, site, site_record
from monitor.web.api.paging import Page, Paging
from monitor.web.api.problems import CONFLICT, Refusal, not_found
from monitor.web.rendering import Here
from storage import furniture, page_records, sites, tables

SiteId = Annotated[int, Path(ge=1, le=LARGEST_ID, description="The id of a Site.")]


def list_sites(here: Here, paging: Paging) -> Page[Site]:
    """The Sites, by host."""
    after = paging.after(tuple[Text])
    with here.database.read() as session:
        rows = sites.page(session, limit=paging.rows, after_host=after[0] if after else None)
    return paging.page(rows, site, lambda row: (row.host,))


def get_site(here: Here, site_id: SiteId) -> SiteRecord:
    """A Site with the record of its pages: what is found in them, what of them is ignored, what happened to all."""
    with here.database.read() as session:
        return _record(session, _known(session, site_id))


def decide_line(
    here: Here, site_id: SiteId, line_id: Annotated[int, Path(ge=1, le=LARGEST_ID)], decision: Decision
) -> FurnitureLine:
    """Say whether a line of a Site's pages is part of its articles: `kept` is never ignored again."""
    with here.database.write() as session:
        _known(session, site_id)
        row = furniture.by_id(session, line_id)
        if row is None or row.site_id != site_id or row.state == "watched":
            raise not_found(f"line {line_id} of site {site_id}")
        furniture.decide(session, line_id, decision.state)
        session.refresh(row)
        return furniture_line(row)


def accept_template(here: Here, site_id: SiteId) -> SiteRecord:
    """The pages of a Site are right as they are now: texts that were held back become Versions, without Alerts."""
    with here.database.write() as session:
        row = _known(session, site_id)
        if not page_records.close_notices(session, site_id, datetime.now(UTC), accepted=True):
            raise Refusal(CONFLICT, f"There is no open notice about {row.host}: nothing is held back.")
        return _record(session, row)


def _known(session: Session, site_id: int) -> tables.Site:
    row = sites.by_id(session, site_id)
    if row is None:
        raise not_found(f"site {site_id}")
    return row


def _record(session: Session, row: tables.Site) -> SiteRecord:
    site_id = row.id or 0
    return site_record(
        row,
        page_records.health(session, site_id),
        furniture.of_site(session, site_id),
        page_records.notices(session, site_id),
    )
