"""`/changes.atom` and its like: what changed, for readers of feeds: of all, an Article, a Story, a Rule."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Annotated, Literal

from fastapi import HTTPException, Query, Request
from fastapi.responses import Response

from monitor.changes import Severity
from monitor.facts.model import Kind
from monitor.web import atom
from monitor.web.atom import About
from monitor.web.pages.article import Id
from monitor.web.rendering import Here, House, query
from storage import articles, changes, rules, stories
from storage.changes import Cursor, Listed, Wanted

Before = Annotated[str, Query(max_length=40, description="A place in the list: where the page before ended.")]


def of_all(
    request: Request,
    here: Here,
    severity: Severity | Literal[""] = "",
    kind: Kind | Literal[""] = "",
    notice: Literal["", "with", "without"] = "",
    before: Before = "",
) -> Response:
    """What changed in all Articles, filtered like the home page."""
    wanted = Wanted(
        severity=severity or None, kind=kind or None, acknowledged={"": None, "with": True, "without": False}[notice]
    )
    filtered = query(severity=severity, kind=kind, notice=notice)
    return _answer(request, here, About("What changed", f"/changes.atom{filtered}", f"/{filtered}"), wanted, before)


def of_article(request: Request, here: Here, article_id: Id, before: Before = "") -> Response:
    """What changed in one Article."""
    with here.database.read() as session:
        article = articles.by_id(session, article_id)
    if article is None:
        raise HTTPException(404, f"There is no article {article_id}.")
    page = f"/articles/{article_id}"
    about = About(article.headline or article.url, f"{page}/changes.atom", page, article.added_at)
    return _answer(request, here, about, Wanted(article_id=article_id), before)


def of_story(request: Request, here: Here, story_id: Id, before: Before = "") -> Response:
    """What changed in the Articles of a Story."""
    with here.database.read() as session:
        story = stories.by_id(session, story_id)
    if story is None:
        raise HTTPException(404, f"There is no story {story_id}.")
    page = f"/stories/{story_id}"
    about = About(story.name, f"{page}/changes.atom", page, story.created_at)
    return _answer(request, here, about, Wanted(story_id=story_id), before)


def of_rule(request: Request, here: Here, rule_id: Id) -> Response:
    """What a Rule picked, for whichever Channel."""
    with here.database.read() as session:
        rule = rules.by_id(session, rule_id)
        if rule is None:
            raise HTTPException(404, f"There is no rule {rule_id}.")
        rows = changes.picked_by(session, rule_id, atom.CHANGES)
    about = About(f"Rule {rule.name}", f"/rules/{rule_id}/changes.atom", f"/rules/{rule_id}", rule.created_at)
    return _told(request, here, about, rows, None)


def _answer(request: Request, here: House, about: About, wanted: Wanted, before: str) -> Response:
    try:
        place = Cursor.parse(before) if before else None
    except ValueError as error:
        raise HTTPException(400, f"{error}.") from None
    with here.database.read() as session:
        found = changes.page(session, wanted, limit=atom.CHANGES, older_than=place)
        cut = changes.listed(session, place.id) if place else None
    # An edit with more Changes than a page has was told there, and not again under the same id.
    rows = [row for row in found.rows if not (cut and cut.after and row.after and cut.after.id == row.after.id)]
    last = found.rows[-1].change if found.rows else None
    if found.older and found.looked_back_to is None and rows:
        rows = _whole(rows)
        last = rows[-1].change
    following = None
    if found.older and last:
        at = Cursor(last.changed_at, last.id or 0)
        following = f"{about.path}{'&' if '?' in about.path else '?'}before={at}"
    return _told(request, here, about, rows, following)


def _whole(rows: list[Listed]) -> list[Listed]:
    """Without the last edit, of which there may be more, unless there is no other."""
    ids = [row.after.id if row.after else None for row in rows]
    kept = len(rows)
    while kept and ids[-1] is not None and ids[kept - 1] == ids[-1]:
        kept -= 1
    return rows[:kept] or rows


def _told(request: Request, here: House, about: About, rows: Sequence[Listed], following: str | None) -> Response:
    edits = list(atom.edits(rows))
    body = atom.feed(about, edits, public_url=here.settings.public_url, following=following)
    changed_at = atom.updated(about, edits)
    headers = {
        "etag": f'"{hashlib.sha256(body).hexdigest()[:32]}"',
        "last-modified": format_datetime(changed_at.astimezone(UTC), usegmt=True),
    }
    if _known(request, headers["etag"], changed_at):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/atom+xml", headers=headers)


def _known(request: Request, etag: str, changed_at: datetime) -> bool:
    """Whether the reader has just this (RFC 9110, 13.2.2: an ETag is asked for first, and then the date not at all)."""
    tags = request.headers.get("if-none-match")
    if tags is not None:
        return tags.strip() == "*" or etag in {tag.strip().removeprefix("W/") for tag in tags.split(",")}
    since = request.headers.get("if-modified-since")
    try:
        return since is not None and changed_at <= parsedate_to_datetime(since).astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return False
