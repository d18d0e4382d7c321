"""Tags: words that people put on Articles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import delete, func
from sqlmodel import Session, col, select

from storage import once
from storage.tables import Article, ArticleTag

_BATCH = 500


def put(session: Session, article_ids: Sequence[int], tag: str) -> int:
    """Put a tag on Articles. Returns how many did not have it."""
    added = 0
    for at in range(0, len(article_ids), _BATCH):
        some = article_ids[at : at + _BATCH]
        having = session.exec(
            select(ArticleTag.article_id).where(ArticleTag.tag == tag, col(ArticleTag.article_id).in_(some))
        ).all()
        there = session.exec(select(Article.id).where(col(Article.id).in_(some))).all()
        new = sorted({article_id for article_id in there if article_id} - set(having))
        if new:
            added += once.insert(session, ArticleTag, [{"article_id": article_id, "tag": tag} for article_id in new])
    return added


def take_off(session: Session, article_ids: Sequence[int], tag: str) -> int:
    """Take a tag off Articles. Returns how many had it."""
    taken = 0
    for at in range(0, len(article_ids), _BATCH):
        some = article_ids[at : at + _BATCH]
        result = session.execute(
            delete(ArticleTag).where(col(ArticleTag.tag) == tag, col(ArticleTag.article_id).in_(some))
        )
        taken += int(result.rowcount)  # type: ignore[attr-defined]
    return taken


def of_articles(session: Session, article_ids: Sequence[int]) -> Mapping[int, Sequence[str]]:
    """The tags of each of these Articles, by the alphabet; those without any are missing."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    rows = session.exec(select(ArticleTag).where(col(ArticleTag.article_id).in_(article_ids)).order_by(ArticleTag.tag))
    for row in rows:
        found[row.article_id].append(row.tag)
    return found


def of_article(session: Session, article_id: int) -> Sequence[str]:
    """The tags of one Article, by the alphabet."""
    return of_articles(session, [article_id]).get(article_id, [])


def counts(session: Session, limit: int | None = None) -> Sequence[tuple[str, int]]:
    """Every tag and how many Articles have it, the most used first."""
    number = func.count()
    return [
        (tag, many)
        for tag, many in session.exec(
            select(ArticleTag.tag, number).group_by(ArticleTag.tag).order_by(number.desc(), ArticleTag.tag).limit(limit)
        )
    ]


def forget_article(session: Session, article_id: int) -> None:
    """The Article is no more."""
    session.execute(delete(ArticleTag).where(col(ArticleTag.article_id) == article_id))


def move_article(session: Session, was: int, becomes: int) -> None:
    """One Article was merged into another, which has all of its tags from now on."""
    for tag in of_article(session, was):
        put(session, [becomes], tag)
    forget_article(session, was)
