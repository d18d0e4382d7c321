"""The lines of a Story: which fact lines of its Articles stand together, and what people decided about them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, delete, exists, func, insert, update
from sqlmodel import Session, col, select

from storage.prepared import Prepared
from storage.tables import (
    Article,
    Change,
    Fact,
    StoryBlock,
    StoryCell,
    StoryDecision,
    StoryLine,
    StoryMember,
)

_BATCH = 500
_WEIGHT = {"casualties": 0, "personnel": 0, "detained": 0, "displaced": 0, "date": 2, "time": 2, "duration": 3}
"""Which kinds a reader looks for first, among lines that equally many tell."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A fact that stands in a line now: its cell, and the fact as it is printed."""

    cell: StoryCell
    body: Mapping[str, Any]
    since_number: int
    """The Version of its Article that first had this value."""


_ANY_MEMBER_BEHIND = Prepared(
    select(StoryMember.story_id)
    .join(Article, col(Article.id) == col(StoryMember.article_id))
    .where(col(StoryMember.behind), col(Article.version_number) > 0)
    .limit(1)
)
_ANY_LINE_BEHIND = Prepared(select(StoryLine.id).where(col(StoryLine.behind)).limit(1))


def anything_behind(session: Session) -> bool:
    """Whether `behind` or `lines_behind` would name any: two questions to an index."""
    connection = session.connection()
    return any(each.first(connection, {}) is not None for each in (_ANY_MEMBER_BEHIND, _ANY_LINE_BEHIND))


def behind(
    session: Session, article_ids: Collection[int] | None = None, limit: int | None = None
) -> Sequence[tuple[int, int]]:
    """(story, article) of members whose current Version has not been laid beside the others yet.

    article_ids: only of these. What a Version that is not read yet will bring is no reason to wait: one without any
    is not behind.
    """
    query = (
        select(StoryMember.story_id, StoryMember.article_id)
        .join(Article, col(Article.id) == col(StoryMember.article_id))
        .where(col(StoryMember.behind), col(Article.version_number) > 0)
        .order_by(col(StoryMember.story_id), col(Article.published), col(StoryMember.article_id))
        .limit(limit)
    )
    if article_ids is None:
        return [(story, article) for story, article in session.exec(query)]
    return [
        (story, article)
        for some in _batches(sorted(article_ids))
        for story, article in session.exec(query.where(col(StoryMember.article_id).in_(some)))
    ]


def caught_up(session: Session, story_id: int, article_id: int, number: int) -> None:
    """The Article is laid beside the others as it stands in Version `number`; a newer one may have come meanwhile."""
    newer = exists().where(col(Article.id) == article_id, col(Article.version_number) > number)
    session.execute(
        update(StoryMember)
        .where(col(StoryMember.story_id) == story_id, col(StoryMember.article_id) == article_id)
        .values(read_number=number, behind=newer)
        .execution_options(synchronize_session=False)
    )


def member_of(session: Session, story_id: int, article_id: int) -> StoryMember | None:
    """The membership of an Article, if it is in the Story."""
    return session.get(StoryMember, (story_id, article_id))


def current_facts(session: Session, article_id: int) -> Sequence[Fact]:
    """The facts that an Article states now, in the order of its text."""
    return session.exec(
        select(Fact)
        .where(Fact.article_id == article_id, col(Fact.to_number).is_(None))
        .order_by(col(Fact.ordinal), col(Fact.id))
    ).all()


def cells_of_article(session: Session, story_id: int, article_id: int) -> Sequence[StoryCell]:
    """The cells of one Article."""
    return session.exec(
        select(StoryCell).where(StoryCell.story_id == story_id, StoryCell.article_id == article_id)
    ).all()


def standing(session: Session, line_ids: Collection[int]) -> dict[int, list[Standing]]:
    """What stands in these lines now, by line, the oldest first; what an Article no longer says is left out."""
    found: dict[int, list[Standing]] = {line_id: [] for line_id in line_ids}
    cells: dict[int, StoryCell] = {}
    for some in _batches(sorted(line_ids)):
        rows = session.exec(select(StoryCell).where(col(StoryCell.line_id).in_(some)))
        cells.update((cell.fact_line_id, cell) for cell in rows)
    facts: list[Any] = []
    for some in _batches(sorted(cells)):
        query = select(Fact.line_id, Fact.body, Fact.from_number)
        facts += session.exec(query.where(col(Fact.line_id).in_(some), col(Fact.to_number).is_(None)))
    facts.sort(key=lambda fact: (cells[fact[0]].joined_at, fact[0]))
    for fact_line, body, number in facts:
        found[cells[fact_line].line_id].append(Standing(cells[fact_line], body, number))
    return found


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for at in range(0, len(ids), _BATCH):
        yield ids[at : at + _BATCH]


def of_facts(session: Session, asked: Collection[tuple[int, int]]) -> Mapping[tuple[int, int], int]:
    """The lines in which these fact lines stand, each asked for as (story, fact line)."""
    by_story: defaultdict[int, list[int]] = defaultdict(list)
    for story_id, fact_line in sorted(asked):
        by_story[story_id].append(fact_line)
    found: dict[tuple[int, int], int] = {}
    for story_id, fact_lines in by_story.items():
        for some in _batches(fact_lines):
            query = select(StoryCell.fact_line_id, StoryCell.line_id).where(StoryCell.story_id == story_id)
            for fact_line, line_id in session.exec(query.where(col(StoryCell.fact_line_id).in_(some))):
                found[story_id, fact_line] = line_id
    return found


def lines(session: Session, line_ids: Collection[int]) -> dict[int, StoryLine]:
    """Lines by id."""
    rows = session.exec(select(StoryLine).where(col(StoryLine.id).in_(sorted(line_ids)))).all()
    return {row.id or 0: row for row in rows}


def of_story(
    session: Session, story_id: int, *, least: int = 1, limit: int | None = None, offset: int = 0
) -> Sequence[StoryLine]:
    """The lines of a Story that at least so many Articles tell, those that most tell first."""
    return session.exec(
        select(StoryLine)
        .where(StoryLine.story_id == story_id, StoryLine.sources >= least)
        .order_by(col(StoryLine.sources).desc(), case(_WEIGHT, value=col(StoryLine.kind), else_=1), col(StoryLine.id))
        .limit(limit)
        .offset(offset)
    ).all()


def add(session: Session, line: StoryLine) -> int:
    """Keep a new line. Returns its id."""
    session.add(line)
    session.flush()
    return line.id or 0


def keep_blocks(session: Session, story_id: int, blocks: Mapping[int, Collection[str]]) -> None:
    """By what these lines may be met from now on, too."""
    wanted = {(line_id, block) for line_id, own in blocks.items() for block in own}
    for some in _batches(sorted(blocks)):
        known = select(StoryBlock.line_id, StoryBlock.block).where(col(StoryBlock.line_id).in_(some))
        wanted -= {(line_id, block) for line_id, block in session.exec(known)}
    if wanted:
        rows = [{"story_id": story_id, "block": block, "line_id": line_id} for line_id, block in sorted(wanted)]
        session.execute(insert(StoryBlock), rows)


def merge(session: Session, story_id: int, gone: int, into: int) -> None:
    """All that stands in one line stands in another from now on."""
    session.execute(update(StoryCell).where(col(StoryCell.line_id) == gone).values(line_id=into))
    blocks = session.exec(select(StoryBlock.block).where(StoryBlock.line_id == gone)).all()
    session.execute(delete(StoryBlock).where(col(StoryBlock.line_id) == gone))
    session.execute(update(Change).where(col(Change.story_line_id) == gone).values(story_line_id=into))
    session.execute(delete(StoryLine).where(col(StoryLine.id) == gone))
    session.expire_all()
    keep_blocks(session, story_id, {into: blocks})


def lines_behind(session: Session, limit: int = 50) -> Sequence[int]:
    """Lines that were not judged since somebody left them."""
    return [
        line_id or 0
        for line_id in session.exec(
            select(StoryLine.id).where(col(StoryLine.behind)).order_by(col(StoryLine.id)).limit(limit)
        )
    ]


def forget_cells(session: Session, story_id: int, article_id: int) -> Sequence[int]:
    """The Article is out of the Story: lines that nobody is left in are gone.

    Returns the others; they are marked as to be judged again.
    """
    cells = cells_of_article(session, story_id, article_id)
    touched = sorted({cell.line_id for cell in cells})
    for cell in cells:
        session.delete(cell)
    session.flush()
    left: list[int] = []
    for some in _batches(touched):
        kept = set(session.exec(select(StoryCell.line_id).where(col(StoryCell.line_id).in_(some)).distinct()))
        session.execute(update(StoryLine).where(col(StoryLine.id).in_(kept)).values(behind=True))
        left += sorted(kept)
        if empty := [line_id for line_id in some if line_id not in kept]:
            session.execute(delete(StoryBlock).where(col(StoryBlock.line_id).in_(empty)))
            session.execute(update(Change).where(col(Change.story_line_id).in_(empty)).values(story_line_id=None))
            session.execute(delete(StoryLine).where(col(StoryLine.id).in_(empty)))
    return left


def forget_story(session: Session, story_id: int) -> None:
    """The Story is no more."""
    gone = select(StoryLine.id).where(StoryLine.story_id == story_id)
    session.execute(update(Change).where(col(Change.story_line_id).in_(gone)).values(story_id=None, story_line_id=None))
    for table in (StoryBlock, StoryCell, StoryDecision, StoryLine):
        session.execute(delete(table).where(col(table.story_id) == story_id))


def decide(session: Session, story_id: int, one: int, other: int, *, same: bool, by: str, now: datetime) -> None:
    """A person says whether two fact lines are one; a later word replaces an earlier one."""
    low, high = sorted((one, other))
    found = session.exec(
        select(StoryDecision).where(
            StoryDecision.story_id == story_id, StoryDecision.one_id == low, StoryDecision.other_id == high
        )
    ).first()
    decision = found or StoryDecision(story_id=story_id, one_id=low, other_id=high, same=same, decided_at=now)
    decision.same, decision.decided_at, decision.decided_by = same, now, by
    session.add(decision)
    session.flush()


def decisions(session: Session, story_id: int) -> Sequence[StoryDecision]:
    """What people decided in a Story, the newest last."""
    return session.exec(
        select(StoryDecision).where(StoryDecision.story_id == story_id).order_by(col(StoryDecision.id))
    ).all()


def count(session: Session, story_id: int, *, least: int = 1) -> int:
    """How many lines of a Story at least so many Articles tell."""
    return session.exec(select(func.count()).where(StoryLine.story_id == story_id, StoryLine.sources >= least)).one()
