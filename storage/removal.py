"""An Article that is no longer wanted, and all that is kept of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from storage import search
from storage.tables import (
    Address,
    Article,
    ArticleTag,
    Capture,
    Change,
    Fact,
    FeedEntry,
    Mute,
    PageRecord,
    Pick,
    StoryCell,
    StoryMember,
    Version,
)

_WITH_IT = (StoryCell, Pick, Mute, Change, Fact, Version, Capture, PageRecord, Address, ArticleTag, StoryMember)
"""What goes with an Article, in an order in which nothing is left that refers to what is gone."""


def remove(session: Session, article_ids: Sequence[int]) -> int:
    """Forget Articles with their addresses, Captures, Versions, facts and changes. Returns how many there were.

    What was told of them stays as it was told. Feeds do not bring them back: their entries are remembered without
    them. Compressed bytes that nothing refers to any more stay until they are cleared away.
    """
    there = list(session.exec(select(Article.id).where(col(Article.id).in_(article_ids))))
    if not there:
        return 0
    session.execute(update(FeedEntry).where(col(FeedEntry.article_id).in_(there)).values(article_id=None))
    for table in _WITH_IT:
        _delete(session, table, there)
    for article_id in there:
        search.forget(session, article_id or 0)
    session.execute(delete(Article).where(col(Article.id).in_(there)).execution_options(synchronize_session=False))
    return len(there)


def _delete(session: Session, table: Any, article_ids: Sequence[int | None]) -> None:
    session.execute(
        delete(table).where(col(table.article_id).in_(article_ids)).execution_options(synchronize_session=False)
    )
