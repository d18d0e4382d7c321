"""Addresses: which Article an address leads to, however it is spelt; and what becomes of an Article that is another."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, func, update
from sqlmodel import Session, col, select

from storage import once, rules, search, stories, tags
from storage.tables import Address, Article, Capture, FeedEntry


def find(session: Session, key: str) -> Article | None:
    """The Article that the addresses with this key lead to."""
    return session.exec(
        select(Article).join(Address, col(Address.article_id) == col(Article.id)).where(Address.key == key)
    ).first()


def keep(session: Session, key: str, article_id: int, url: str, source: str, now: datetime) -> None:
    """An address leads to an Article from now on, unless it leads to one already."""
    if session.get(Address, key) is None:
        row = {"key": key, "article_id": article_id, "url": url, "source": source, "seen_at": now}
        once.insert(session, Address, [row])


def of_article(session: Session, article_id: int) -> Sequence[Address]:
    """All addresses that lead to an Article, the oldest first."""
    return session.exec(
        select(Address).where(Address.article_id == article_id).order_by(col(Address.seen_at), Address.key)
    ).all()


def merged_into(session: Session, article_id: int) -> Article | None:
    """The Article that one with this id was merged into, if it was."""
    return session.exec(
        select(Article)
        .join(Address, col(Address.article_id) == col(Article.id))
        .where(Address.was_article_id == article_id)
    ).first()


def claiming(session: Session, keys: Collection[str], but: int) -> Sequence[Article]:
    """Articles whose pages call one of these keys their own address, all but one of that id."""
    return session.exec(
        select(Article).where(col(Article.canonical_key).in_(keys), col(Article.id) != but).order_by(col(Article.id))
    ).all()


def merge(session: Session, article: Article, into: Article, reason: str) -> None:
    """An Article without a Version is the same as another: addresses, Captures and Rules go over, then it is no more.

    Its addresses remember its id and the reason. Raises ValueError for an Article that has a history of its own.
    """
    if article.version_number:
        raise ValueError(f"article {article.id} has versions: it cannot be merged into {into.id}")
    was, becomes = article.id, into.id
    session.execute(
        update(Address)
        .where(col(Address.article_id) == was)
        .values(
            article_id=becomes,
            was_article_id=func.coalesce(Address.was_article_id, was),
            reason=reason,
        )
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(Capture)
        .where(col(Capture.article_id) == was)
        .values(article_id=becomes, outcome="redirected", reason=reason)
        .execution_options(synchronize_session=False)
    )
    rules.article_became(session, was or 0, becomes or 0)
    for table in (FeedEntry,):
        session.execute(
            update(table)
            .where(table.article_id == was)  # type: ignore[arg-type]
            .values(article_id=becomes)
            .execution_options(synchronize_session=False)
        )
    # What a person or a feed said of it is not lost either, where nothing was known.
    for name in ("publisher", "story", "interval_seconds", "fastest_seconds", "slowest_seconds"):
        if getattr(into, name) is None and getattr(article, name) is not None:
            session.execute(update(Article).where(col(Article.id) == becomes).values(**{name: getattr(article, name)}))
    stories.move_article(session, was or 0, becomes or 0)
    tags.move_article(session, was or 0, becomes or 0)
    search.forget(session, was or 0)
    session.execute(delete(Article).where(col(Article.id) == was).execution_options(synchronize_session=False))
