"""`/`: what changed, newest first, by day and by edit; above it what needs a person, when anything does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Annotated, Literal, get_args

from fastapi import HTTPException, Query
from fastapi.responses import HTMLResponse
from sqlmodel import Session

from monitor.changes import ChangeType, Severity
from monitor.changes.telling import Sentence
from monitor.facts.model import Kind
from monitor.telling import sentence
from monitor.web import attention
from monitor.web.rendering import Here, page, query
from monitor.web.wording import KINDS, TYPES
from storage import articles, changes, sites, stories
from storage.changes import Cursor, Listed, Wanted
from storage.tables import Article, Change

PAGE = 60
"""Changes on one page."""
SHOWN = 8
"""Changes of one edit that are shown; the others are folded away."""
STORIES = 300
"""Stories that can be chosen from."""

Notice = Literal["", "with", "without"]
_NOTICES: dict[str, bool | None] = {"": None, "with": True, "without": False}


@dataclass(frozen=True, slots=True)
class Told:
    """A Change with its sentence."""

    change: Change
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class Edit:
    """What one new Version (or one change of availability) brought."""

    article: Article
    changes: Sequence[Told]
    before: int | None
    after: int | None
    at: datetime

    @property
    def link(self) -> str:
        """Where it can be read: the two Versions compared, else the Article."""
        there = f"/articles/{self.article.id}"
        return there if self.before is None or self.after is None else f"{there}/compare/{self.before}/{self.after}"


@dataclass(frozen=True, slots=True)
class Filter:
    """What somebody wants to see, as the form sends it."""

    type: str
    kind: str
    severity: str
    notice: str
    story: str
    site: str

    @property
    def set(self) -> bool:
        """Whether it leaves anything out."""
        return any((self.type, self.kind, self.severity, self.notice, self.story, self.site))

    def address(self, **more: object) -> str:
        """The address of this page with the same filter."""
        kept = {name: getattr(self, name) for name in self.__slots__}
        return f"/{query(**kept, **more)}"


def what_changed(
    here: Here,
    type_: Annotated[ChangeType | Literal[""], Query(alias="type")] = "",
    kind: Kind | Literal[""] = "",
    severity: Severity | Literal[""] = "",
    notice: Notice = "",
    story: Annotated[str, Query(pattern=r"^\d{0,15}$")] = "",
    site: Annotated[str, Query(max_length=260)] = "",
    before: Annotated[str, Query(max_length=40)] = "",
    after: Annotated[str, Query(max_length=40)] = "",
) -> HTMLResponse:
    """The newest Changes that fit, or those before or after a place in the list (`storage.changes.Cursor`)."""
    chosen = Filter(type_, kind, severity, notice, story, site.strip().lower())
    with here.database.read() as session:
        now = datetime.now(UTC)
        first = not (before or after or chosen.set)
        concerns = attention.concerns(session, here.settings, now) if first else []
        wanted = _wanted(session, chosen)
        found = None
        if wanted is not None:
            found = changes.page(
                session, wanted, limit=PAGE, older_than=_place("before", before), newer_than=_place("after", after)
            )
        rows = found.rows if found else []
        tracked = articles.any_tracked(session)
        named = stories.names(session)[:STORIES]
    days = [(day, list(edits)) for day, edits in groupby(_edits(rows), key=lambda edit: edit.at.date())]
    return page(
        "home.html", concerns=concerns, days=days, found=found, chosen=chosen, first=first, tracked=tracked,
        newest=max((row.change.id or 0 for row in rows), default=0), named=named, shown=SHOWN, types=TYPES,
        kinds=KINDS, severities=get_args(Severity), unknown_site=wanted is None,
    )  # fmt: skip


def _wanted(session: Session, chosen: Filter) -> Wanted | None:
    """None where no such Site is visited."""
    site_id = None
    if chosen.site:
        found = sites.by_host(session, chosen.site) or sites.by_host(session, f"www.{chosen.site}")
        if found is None:
            return None
        site_id = found.id
    return Wanted(
        type=chosen.type or None,
        kind=chosen.kind or None,
        severity=chosen.severity or None,
        acknowledged=_NOTICES[chosen.notice],
        story_id=int(chosen.story) if chosen.story else None,
        site_id=site_id,
    )


def _place(name: str, text: str) -> Cursor | None:
    if not text:
        return None
    try:
        return Cursor.parse(text)
    except ValueError as error:
        raise HTTPException(400, f"The part {name!r} of the address: {error}.") from None


def _edits(rows: Sequence[Listed]) -> Iterator[Edit]:
    together = groupby(rows, key=lambda row: (row.change.article_id, row.change.to_version_id, row.change.changed_at))
    for (_, _, at), group in together:
        edit = list(group)
        first = edit[0]
        yield Edit(
            first.article,
            [Told(row.change, sentence(row)) for row in edit],
            first.before.number if first.before else None,
            first.after.number if first.after else None,
            at,
        )
