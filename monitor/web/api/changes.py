"""Changes: what changed, in all Articles or some of them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query

from monitor import telling
from monitor.changes.model import ChangeType, Severity
from monitor.facts.model import Kind
from monitor.web.api.nouns.changes import Change, change
from monitor.web.api.nouns.noun import LARGEST_ID, Time
from monitor.web.api.paging import LARGEST_KEY, Key, Page, Paging
from monitor.web.api.problems import not_found
from monitor.web.rendering import Here
from storage import changes
from storage.changes import Cursor, Listed, Wanted
from storage.tables import Version

ChangeId = Annotated[int, Path(ge=1, le=LARGEST_ID, description="The id of a Change.")]
_Id = Annotated[int | None, Query(ge=1, le=LARGEST_ID)]


def list_changes(
    here: Here,
    paging: Paging,
    type: Annotated[ChangeType | None, Query(description="Only Changes of this type.")] = None,
    kind: Annotated[Kind | None, Query(description="Only Changes of Facts of this kind.")] = None,
    severity: Annotated[Severity | None, Query(description="Only Changes of this severity.")] = None,
    acknowledged: Annotated[bool | None, Query(description="Only those that a notice tells of, or does not.")] = None,
    story: Annotated[_Id, Query(description="Only in Articles of the Story with this id.")] = None,
    site: Annotated[_Id, Query(description="Only in Articles of the Site with this id.")] = None,
    article: Annotated[_Id, Query(description="Only in the Article with this id.")] = None,
    since: Annotated[Time | None, Query(description="Only what we saw at this time or later.")] = None,
    until: Annotated[Time | None, Query(description="Only what we saw before this time.")] = None,
) -> Page[Change]:
    """What changed, newest first. Where few of many fit, a page may hold less than `limit` and still have a next."""
    wanted = Wanted(type, kind, severity, acknowledged, story, site, article)
    after = paging.after(tuple[Time, Key])
    start = Cursor(*after) if after else Cursor(until, LARGEST_KEY) if until else None
    with here.database.read() as session:
        page = changes.page(session, wanted, limit=paging.limit, older_than=start)
    rows, older = page.rows, page.older
    if since is not None:
        rows = [row for row in rows if row.change.changed_at >= since]
        ended = len(rows) < len(page.rows) or (older is not None and older.at < since)
        older = None if ended else older
    items = [_told(row) for row in rows]
    return paging.page_until(items, (older.at, older.id) if older else None)


def _number(version: Version | None) -> int | None:
    return version.number if version else None


def get_change(here: Here, change_id: ChangeId) -> Change:
    """One Change, with both sentences."""
    with here.database.read() as session:
        row = changes.listed(session, change_id)
    if row is None:
        raise not_found(f"change {change_id}")
    return _told(row)


def _told(row: Listed) -> Change:
    return change(row.change, row.article, _number(row.before), _number(row.after), sentence=telling.sentence(row).text)
