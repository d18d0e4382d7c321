"""What the Articles of a Story say and said in its lines, as pages and exports read it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func
from sqlmodel import Session, col, select

from storage.tables import Article, Fact, StoryCell, StoryDecision, StoryLine, StoryMember, Version

_BATCH = 200


@dataclass(frozen=True, slots=True)
class SaidValue:
    """A value of an Article in a line, over the Versions that have it."""

    cell: StoryCell
    fact: Fact
    since_at: datetime
    """When the first Version that has it was first seen."""


def columns(session: Session, story_id: int, *, limit: int, offset: int = 0) -> Sequence[Article]:
    """The Articles of a Story, those that changed or came last first."""
    return session.exec(
        select(Article)
        .join(StoryMember, col(StoryMember.article_id) == col(Article.id))
        .where(StoryMember.story_id == story_id)
        .order_by(func.coalesce(col(Article.last_changed_at), col(StoryMember.added_at)).desc(), col(Article.id))
        .limit(limit)
        .offset(offset)
    ).all()


def size(session: Session, story_id: int) -> int:
    """How many Articles a Story has."""
    return session.exec(select(func.count()).where(StoryMember.story_id == story_id)).one()


def waiting(session: Session, story_id: int) -> int:
    """How many Articles of a Story have a Version that was not laid beside the other sources yet."""
    return session.exec(
        select(func.count())
        .select_from(StoryMember)
        .join(Article, col(Article.id) == col(StoryMember.article_id))
        .where(StoryMember.story_id == story_id, col(StoryMember.behind), col(Article.version_number) > 0)
    ).one()


def said(
    session: Session,
    line_ids: Collection[int],
    article_ids: Collection[int] | None = None,
    *,
    limit: int | None = None,
) -> Sequence[SaidValue]:
    """Every value of these lines, by time. limit: only so many of each 200 lines, those that stand and the newest."""
    found: list[SaidValue] = []
    ordered = sorted(line_ids)
    for at in range(0, len(ordered), _BATCH):
        query = (
            select(StoryCell, Fact, Version.first_seen_at)
            .join(Fact, col(Fact.line_id) == col(StoryCell.fact_line_id))
            .join(
                Version,
                and_(col(Version.article_id) == col(Fact.article_id), col(Version.number) == col(Fact.from_number)),
            )
            .where(col(StoryCell.line_id).in_(ordered[at : at + _BATCH]))
            .order_by(col(Fact.to_number).is_not(None), col(Fact.id).desc())
            .limit(limit)
        )
        if article_ids is not None:
            query = query.where(col(StoryCell.article_id).in_(sorted(article_ids)))
        found += [SaidValue(cell, fact, since_at) for cell, fact, since_at in session.exec(query)]
    return sorted(found, key=lambda value: (value.since_at, value.fact.id or 0))


def ended(session: Session, facts: Collection[Fact]) -> dict[int, datetime]:
    """When Articles were first seen to say these Facts no more, by the id of the Fact; those that stand are missing."""
    gone = [fact for fact in facts if fact.to_number is not None]
    articles = sorted({fact.article_id for fact in gone})
    numbers = sorted({(fact.to_number or 0) + 1 for fact in gone})
    at: dict[tuple[int, int], datetime] = {}
    for start in range(0, len(articles), _BATCH):
        rows = session.exec(
            select(Version.article_id, Version.number, Version.first_seen_at).where(
                col(Version.article_id).in_(articles[start : start + _BATCH]), col(Version.number).in_(numbers[:500])
            )
        )
        at.update({(article_id, number): seen for article_id, number, seen in rows})
    found = {fact.id or 0: at.get((fact.article_id, (fact.to_number or 0) + 1)) for fact in gone}
    return {fact_id: seen for fact_id, seen in found.items() if seen is not None}


def decisions(session: Session, story_id: int, *, limit: int, before: int | None = None) -> Sequence[StoryDecision]:
    """What people decided in a Story, the newest first, from the one before the id `before` on."""
    query = select(StoryDecision).where(StoryDecision.story_id == story_id)
    if before is not None:
        query = query.where(col(StoryDecision.id) < before)
    return session.exec(query.order_by(col(StoryDecision.id).desc()).limit(limit)).all()


def decided_in(session: Session, story_id: int, line_id: int, limit: int) -> Sequence[StoryDecision]:
    """What people decided of the fact lines that stand in a line, the newest first."""
    inside = select(StoryCell.fact_line_id).where(StoryCell.line_id == line_id)
    return session.exec(
        select(StoryDecision)
        .where(
            StoryDecision.story_id == story_id,
            col(StoryDecision.one_id).in_(inside) | col(StoryDecision.other_id).in_(inside),
        )
        .order_by(col(StoryDecision.id).desc())
        .limit(limit)
    ).all()


def lines(session: Session, story_id: int, *, least: int, limit: int, after: int = 0) -> Sequence[StoryLine]:
    """The lines of a Story that so many Articles tell, the oldest first, from the one after the id `after` on."""
    return session.exec(
        select(StoryLine)
        .where(StoryLine.story_id == story_id, StoryLine.sources >= least, col(StoryLine.id) > after)
        .order_by(col(StoryLine.id))
        .limit(limit)
    ).all()
