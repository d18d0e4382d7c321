"""`/`: what changed, newest first; above it what needs a person, when anything does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Annotated

from fastapi import Query
from fastapi.responses import HTMLResponse

from monitor.web import attention
from monitor.web.rendering import Here, page
from storage import articles, changes
from storage.tables import Article, Change

PAGE = 60
"""Changes on one page."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What one new Version (or one change of availability) brought."""

    article: Article
    changes: Sequence[Change]
    before: int | None
    after: int | None
    at: datetime

    @property
    def link(self) -> str:
        """Where it can be read: the two Versions compared, else the Article."""
        there = f"/articles/{self.article.id}"
        return there if self.before is None or self.after is None else f"{there}/compare/{self.before}/{self.after}"


def what_changed(here: Here, before: Annotated[int | None, Query(ge=1, le=2**53)] = None) -> HTMLResponse:
    """The newest Changes of all Articles; `before` is the id of the last one on the page before."""
    with here.database.read() as session:
        now = datetime.now(UTC)
        concerns = attention.concerns(session, here.settings, now) if before is None else []
        rows = changes.page(session, limit=PAGE + 1, before_id=before)
        tracked = articles.count(session)
    older = rows[PAGE - 1][0].id if len(rows) > PAGE else None
    days = [(day, list(edits)) for day, edits in groupby(_edits(rows[:PAGE]), key=lambda edit: edit.at.date())]
    return page("home.html", concerns=concerns, days=days, older=older, first_page=before is None, tracked=tracked)


def _edits(rows: Sequence[tuple[Change, Article, int | None, int | None]]) -> Iterator[Edit]:
    together = groupby(rows, key=lambda row: (row[1].id, row[2], row[3], row[0].changed_at))
    for (_, before, after, at), group in together:
        edit = list(group)
        # Newest first among edits; within one, in the order in which the change engine ranked them.
        yield Edit(edit[0][1], [row[0] for row in reversed(edit)], before, after, at)
