"""Changes, newest first wherever they are listed for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, tuple_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from storage.tables import Article, Change, Version

_SITE_OF = select(Article.site_id).where(Article.id == bindparam("article"))


def add(
    session: Session,
    article_id: int,
    body: Mapping[str, Any],
    *,
    changed_at: datetime,
    from_version_id: int | None,
    to_version_id: int | None,
    capture_id: int | None = None,
    line_id: int | None = None,
) -> Change:
    """Keep one Change. `body` is a change as `corrigenda compare --json` prints it."""
    change = Change(
        article_id=article_id,
        site_id=session.connection().execute(_SITE_OF, {"article": article_id}).scalar_one(),
        from_version_id=from_version_id,
        to_version_id=to_version_id,
        capture_id=capture_id,
        line_id=line_id,
        changed_at=changed_at,
        type=body["type"],
        kind=body["kind"],
        subject=body["subject"],
        key=body["key"],
        acknowledged=body["acknowledged"],
        severity=body["severity"],
        summary=body["summary"],
        body=dict(body),
    )
    session.add(change)
    session.flush()
    return change


def of_article(session: Session, article_id: int) -> Sequence[Change]:
    """The Changes of an Article, oldest first."""
    return session.exec(select(Change).where(Change.article_id == article_id).order_by(col(Change.id))).all()


def between(session: Session, article_id: int, before: int, after: int) -> Sequence[Change]:
    """The Changes that the Versions after number `before` up to number `after` brought, oldest first."""
    return session.exec(
        select(Change)
        .join(Version, col(Version.id) == col(Change.to_version_id))
        .where(Change.article_id == article_id, Version.number > before, Version.number <= after)
        .order_by(col(Version.number), col(Change.id))
    ).all()


def with_numbers(session: Session, article_id: int) -> Sequence[tuple[Change, int | None]]:
    """The Changes of an Article, oldest first, each with the number of the Version that brought it."""
    return session.exec(
        select(Change, Version.number)
        .join(Version, col(Version.id) == col(Change.to_version_id), isouter=True)
        .where(Change.article_id == article_id)
        .order_by(col(Change.id))
    ).all()


def page(
    session: Session, *, limit: int, before_id: int | None = None
) -> Sequence[tuple[Change, Article, int | None, int | None]]:
    """Changes of all Articles, newest first, each with its Article and the numbers of the Versions before and after.

    before_id: go on after the Change with this id, the last one of the page before.
    """
    older, newer = aliased(Version), aliased(Version)
    query = (
        select(Change, Article, older.number, newer.number)
        .join(Article, col(Article.id) == col(Change.article_id))
        .join(older, col(older.id) == col(Change.from_version_id), isouter=True)
        .join(newer, col(newer.id) == col(Change.to_version_id), isouter=True)
        .order_by(col(Change.changed_at).desc(), col(Change.id).desc())
        .limit(limit)
    )
    last = session.get(Change, before_id) if before_id is not None else None
    if last is not None:
        query = query.where(tuple_(col(Change.changed_at), col(Change.id)) < (last.changed_at, last.id))
    return session.exec(query).all()
