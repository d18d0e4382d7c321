"""Stories kept up to date: a new Version of a member is laid beside what the other sources say.

A Version and its facts are kept first; its Stories follow in a transaction of their own, together with what they tell.
A member that was not followed yet is known by its row, so nothing is forgotten when the process dies in between.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import structlog
from sqlmodel import Session

from alerts.timing import Waits
from monitor import judging, turning
from monitor.facts.model import Fact
from monitor.placing import Said, lay
from monitor.stories.mentions import mentions_of
from storage import articles, changes, feeds, stories, story_lines, versions
from storage.database import Database
from storage.tables import Article
from storage.tables import Fact as FactRow

log = structlog.get_logger()


def catch_up(database: Database, waits: Waits | None = None, article_ids: Collection[int] | None = None) -> int:
    """Follow every member that is behind, or these Articles' memberships, each in a transaction of its own.

    waits: for what the Rules of alerts leave open. Returns how many were behind. One that cannot be followed is logged
    and stays behind; the others are followed.
    """
    with database.read() as session:
        behind = story_lines.behind(session, article_ids)
        left = story_lines.lines_behind(session, limit=1)
    for story_id, article_id in behind:
        attempt(database, story_id, article_id, waits)
    while left and judge_left(database, datetime.now(UTC)):
        pass
    return len(behind)


def attempt(database: Database, story_id: int, article_id: int, waits: Waits | None = None) -> bool:
    """Follow one member in a transaction of its own. Whether that could be done; if not, it is logged."""
    try:
        with database.write(telling=True) as session:
            follow(session, story_id, article_id, waits)
    except Exception:  # whatever is wrong with one text must not keep the other stories from being told
        log.exception("a story could not follow an article", story=story_id, article=article_id)
        return False
    return True


def judge_left(database: Database, now: datetime) -> int:
    """Judge some of the lines that somebody left, in a transaction of its own. Returns how many."""
    with database.write() as session:
        behind = story_lines.lines_behind(session)
        judging.judge(session, behind, now)
    return len(behind)


def leave(session: Session, story_id: int, article_id: int, now: datetime) -> None:
    """An Article is out of a Story: the lines go on without it."""
    left = story_lines.forget_cells(session, story_id, article_id)
    judging.judge(session, left, now)


def follow(session: Session, story_id: int, article_id: int, waits: Waits | None = None) -> list[dict[str, Any]]:
    """Lay the current Version of an Article beside the other sources of a Story. Returns the Changes that it brought.

    They are told in the same transaction, as Rules want. Nothing is told of the first Version of an Article that
    somebody put into the Story: that is news of the person's, not of the source's. An Article that a feed brings is.
    """
    story = stories.locked(session, story_id)  # first: what is read before others let go of it may be old
    article = articles.by_id(session, article_id)
    version = versions.get(session, article_id, article.version_number) if article else None
    if article is None or story is None or version is None:
        return []
    first = story_lines.member_of(session, story_id, article_id)
    if first is None or not first.behind:  # another process was faster
        return []
    since = first.read_number
    later = (first.added_at - article.added_at).total_seconds() > 1
    put_in = later or not feeds.of_article(session, article_id)
    lang = article.language or "en"
    said = _said(story_lines.current_facts(session, article_id), article, lang)
    scopes = {cell.fact_line_id: cell.scope for cell in story_lines.cells_of_article(session, story_id, article_id)}
    laid = lay(session, story_id, article_id, said, lang, version.first_seen_at)
    judged = judging.judge(session, laid.touched, version.first_seen_at, lang)
    story_lines.caught_up(session, story_id, article_id, version.number)
    if since == 0 and put_in:
        return []
    concerned = [each for each in judged if each.row.id in laid.turned]
    turned = turning.turned(session, concerned, article_id, since, scopes, laid.mine, lang)
    if not turned:
        return []
    before = versions.get(session, article_id, since) if since else None
    admitted = changes.admitted(session, version.id or 0)
    kept = [
        turning.keep(session, story, article, before, version, each, admitted=admitted, lang=lang) for each in turned
    ]
    turning.tell(session, story, article, before, version, kept, waits)
    return [{"id": row.id, **row.body} for row in kept]


def _said(rows: Sequence[FactRow], article: Article, lang: str) -> list[Said]:
    facts = [Fact.from_json(row.body) for row in rows]
    found = mentions_of(article.id or 0, facts, lang, headline_end=len(article.headline or ""))
    return [Said(replace(mention, fact_line=row.line_id), row) for mention, row in zip(found, rows, strict=True)]
