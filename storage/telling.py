"""What an Alert needs to be told: its Changes with Articles, Versions and Stories, and what stayed silent meanwhile."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from storage.tables import Article, ArticleTag, Change, Pick, Site, StoryMember, Version


@dataclass(frozen=True, slots=True)
class Picked:
    """A Change with where and when it happened."""

    change: Change
    article: Article
    before: Version | None
    after: Version | None
    acknowledged: bool
    """Whether the page admits it, with this Change or another of the Version."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a Rule looks; what is null asks nothing."""

    article_id: int | None = None
    story_id: int | None = None
    tag: str | None = None
    site: str | None = None
    languages: Collection[str] = ()


def picked(session: Session, change_ids: Sequence[int]) -> Mapping[int, Picked]:
    """These Changes, by id."""
    older, newer = aliased(Version), aliased(Version)
    rows = session.exec(
        select(Change, Article, older, newer)
        .join(Article, col(Article.id) == col(Change.article_id))
        .join(older, col(older.id) == col(Change.from_version_id), isouter=True)
        .join(newer, col(newer.id) == col(Change.to_version_id), isouter=True)
        .where(col(Change.id).in_(change_ids))
    ).all()
    brought_by = {after.id for _, _, _, after in rows if after is not None}
    admitted = set(
        session.exec(
            select(Change.to_version_id).where(col(Change.to_version_id).in_(brought_by), col(Change.acknowledged))
        )
    )
    return {
        change.id or 0: Picked(
            change, article, before, after, change.acknowledged or bool(after and after.id in admitted)
        )
        for change, article, before, after in rows
    }


def versions(session: Session, numbers: Collection[tuple[int, int]]) -> Mapping[tuple[int, int], Version]:
    """Versions by the id of their Article and their number."""
    rows = session.exec(
        select(Version).where(
            col(Version.article_id).in_({article_id for article_id, _ in numbers}),
            col(Version.number).in_({number for _, number in numbers}),
        )
    )
    return {(row.article_id, row.number): row for row in rows if (row.article_id, row.number) in numbers}


def articles(session: Session, article_ids: Collection[int]) -> Mapping[int, Article]:
    """These Articles, by id."""
    rows = session.exec(select(Article).where(col(Article.id).in_(article_ids)))
    return {row.id or 0: row for row in rows}


def members(session: Session, story_ids: Collection[int]) -> Mapping[int, Sequence[Article]]:
    """The Articles of these Stories."""
    found: dict[int, list[Article]] = {}
    for story_id, article in session.exec(
        select(StoryMember.story_id, Article)
        .join(Article, col(Article.id) == col(StoryMember.article_id))
        .where(col(StoryMember.story_id).in_(story_ids))
        .order_by(col(Article.id))
    ):
        found.setdefault(story_id, []).append(article)
    return found


@dataclass(frozen=True, slots=True)
class PastChange:
    """A stored Change with what is needed to judge it again."""

    change: Change
    url: str
    headline: str | None
    publisher: str | None
    language: str | None
    before: int | None
    after: int | None


def past_changes(
    session: Session, scope: Scope, since: datetime, until: datetime, at_most: int
) -> Sequence[PastChange]:
    """The Changes of that time within a scope, the newest of them where they are too many; oldest first."""
    older, newer = aliased(Version), aliased(Version)
    query = (
        select(Change, Article.url, Article.headline, Article.publisher, Article.language, older.number, newer.number)  # type: ignore[call-overload]
        .join(Article, col(Article.id) == col(Change.article_id))
        .join(older, col(older.id) == col(Change.from_version_id), isouter=True)
        .join(newer, col(newer.id) == col(Change.to_version_id), isouter=True)
        .where(col(Change.changed_at) > since, col(Change.changed_at) <= until)
        .order_by(col(Change.changed_at).desc(), col(Change.id).desc())
        .limit(at_most)
    )
    rows = session.exec(_within(query, Change.article_id, [scope]))
    return [PastChange(*row) for row in rows][::-1]


def sightings(session: Session, article_id: int) -> Sequence[datetime]:
    """When an Article was seen, changed or not, oldest first.

    Of each Version the first and the last time are kept, and how often it was seen: those between are taken to be even.
    """
    found: list[datetime] = []
    seen = select(Version.first_seen_at, Version.last_seen_at, Version.sightings)
    for first, last, times in session.exec(seen.where(Version.article_id == article_id).order_by(col(Version.number))):
        step = (last - first) / max(1, times - 1)
        found += [first + number * step for number in range(times)]
    return found


def silent_changes(session: Session, channel_id: int, since: datetime, until: datetime, scopes: Sequence[Scope]) -> int:
    """How many Changes of that time no Rule of a Channel picked, where its Rules look."""
    was_picked = select(Pick.id).where(Pick.change_id == Change.id, Pick.channel_id == channel_id)
    query = (
        select(func.count())
        .select_from(Change)
        .where(col(Change.changed_at) > since, col(Change.changed_at) <= until, ~was_picked.exists())
    )
    return session.exec(_within(query, Change.article_id, scopes)).one()  # type: ignore[no-any-return]


def silent_versions(session: Session, since: datetime, until: datetime, scopes: Sequence[Scope]) -> int:
    """How many Versions of that time differ in nothing but their wording, where the Rules look."""
    changed = select(Change.id).where(Change.to_version_id == Version.id)
    query = (
        select(func.count())
        .select_from(Version)
        .where(col(Version.first_seen_at) > since, col(Version.first_seen_at) <= until)
        .where(Version.number > 1, ~changed.exists())
    )
    return session.exec(_within(query, Version.article_id, scopes)).one()  # type: ignore[no-any-return]


def _within(query, article_id, scopes: Sequence[Scope]):  # type: ignore[no-untyped-def]  # statements of any kind
    """Only what one of the scopes is about; one that asks nothing is about everything."""
    conditions = [_conditions(scope) for scope in scopes]
    if not conditions or not all(conditions):
        return query
    inside = select(Article.id).join(Site, col(Site.id) == col(Article.site_id))
    return query.where(col(article_id).in_(inside.where(or_(*(_all(one) for one in conditions)))))


def _all(conditions: Sequence[ColumnElement[bool]]) -> ColumnElement[bool]:
    together = conditions[0]
    for one in conditions[1:]:
        together = together & one
    return together


def _conditions(scope: Scope) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if scope.article_id is not None:
        found.append(col(Article.id) == scope.article_id)
    if scope.story_id is not None:
        found.append(col(Article.id).in_(select(StoryMember.article_id).where(StoryMember.story_id == scope.story_id)))
    if scope.tag is not None:
        found.append(col(Article.id).in_(select(ArticleTag.article_id).where(ArticleTag.tag == scope.tag)))
    if scope.site is not None:
        host = scope.site.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        found.append(or_(col(Site.host) == scope.site, col(Site.host).like(f"%.{host}", escape="\\")))
    if scope.languages:
        found.append(func.lower(func.substr(Article.language, 1, 2)).in_([one[:2] for one in scope.languages]))
    return found
