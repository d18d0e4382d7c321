"""What stands in the lines of a Story, counted by value: read in a few statements, whoever many Articles say it.

A cell keeps the value that its Article gave when it was followed last, in short; so a line with a thousand sources is
judged by its few values, and nothing is read of those who give them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from storage.tables import Fact, StoryBlock, StoryCell, StoryDecision, StoryLine
from storage.tables.packed import written

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Weighed:
    """A fact that stands in a line, as new ones are weighed against it."""

    line_id: int
    fact_line_id: int
    article_id: int
    scope: str | None
    headline: bool
    body: str
    """The fact as JSON."""


@dataclass(frozen=True, slots=True)
class Value:
    """A value that Articles give in a line first of all."""

    figure: str
    sources: int
    """How many Articles give it."""
    scope: str | None
    body: str
    """The fact of one of them as JSON."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What Articles say in a line first of all."""

    sources: int = 0
    """How many say something."""
    values: Sequence[Value] = ()
    """What, the values that most of them give first; not all where there are very many."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What a person said of two fact lines, and the lines in which these stand now."""

    one_id: int
    one_line: int | None
    other_id: int
    other_line: int | None
    same: bool


def met_by(session: Session, story_id: int, blocks: Collection[str], most: int) -> Sequence[int]:
    """The lines that share one of these blocks; of a block that more lines share, those that most Articles tell."""
    found: set[int] = set()
    for some in _batches(sorted(blocks)):
        place = func.row_number().over(
            partition_by=col(StoryBlock.block), order_by=(col(StoryLine.sources).desc(), col(StoryLine.id).desc())
        )
        ranked = (
            select(col(StoryBlock.line_id).label("line_id"), place.label("place"))
            .join(StoryLine, col(StoryLine.id) == col(StoryBlock.line_id))
            .where(StoryBlock.story_id == story_id, col(StoryBlock.block).in_(some))
            .subquery()
        )
        found.update(session.scalars(select(ranked.c.line_id).where(ranked.c.place <= most)))
    return sorted(found)


def weighed(session: Session, story_id: int, line_ids: Collection[int], most: int) -> dict[int, list[Weighed]]:
    """At most so many facts of each line: of each value the newest, then the newest of all; the oldest first."""
    by_line = _newest(session, line_ids, most)
    found: dict[int, list[Weighed]] = {line_id: [] for line_id in line_ids}
    for some in _batches(sorted(fact_line for own in by_line.values() for fact_line in own)):
        rows = session.execute(
            columns(
                col(StoryCell.line_id), col(StoryCell.fact_line_id), col(StoryCell.article_id), col(StoryCell.scope),
                col(StoryCell.headline), written(col(Fact.body)),
            )
            .join(Fact, col(Fact.id) == col(StoryCell.fact_id))
            .where(col(StoryCell.story_id) == story_id, col(StoryCell.fact_line_id).in_(some))
            .order_by(col(StoryCell.fact_line_id))
        )  # fmt: skip
        for row in rows:
            found[row[0]].append(Weighed(*row))
    return found


def _newest(session: Session, line_ids: Collection[int], most: int) -> Mapping[int, Sequence[int]]:
    """The fact lines of each line that new ones are weighed against."""
    newest: defaultdict[int, list[int]] = defaultdict(list)
    stand: defaultdict[int, int] = defaultdict(int)
    for some in _batches(sorted(line_ids)):
        grouped = (
            select(StoryCell.line_id, func.max(StoryCell.fact_line_id), func.count())
            .where(col(StoryCell.line_id).in_(some), col(StoryCell.figure).is_not(None))
            .group_by(col(StoryCell.line_id), col(StoryCell.figure))
        )
        for line_id, fact_line, number in session.execute(grouped):
            newest[line_id].append(fact_line)
            stand[line_id] += number
    for line_id, own in newest.items():
        own.sort(reverse=True)
        if len(own) < min(most, stand[line_id]):
            own += session.scalars(
                select(StoryCell.fact_line_id)
                .where(
                    StoryCell.line_id == line_id,
                    col(StoryCell.figure).is_not(None),
                    col(StoryCell.fact_line_id).not_in(own),
                )
                .order_by(col(StoryCell.fact_line_id).desc())
                .limit(most - len(own))
            )
    return {line_id: own[:most] for line_id, own in newest.items()}


def values(session: Session, line_ids: Collection[int], most: int) -> dict[int, Counted]:
    """What Articles say in these lines first of all, by value: at most so many values of each line."""
    counted: dict[tuple[int, str], tuple[int, int]] = {}
    for some in _batches(sorted(line_ids)):
        grouped = (
            select(StoryCell.line_id, StoryCell.figure, func.count(), func.min(StoryCell.fact_line_id))
            .where(col(StoryCell.line_id).in_(some), col(StoryCell.figure).is_not(None), col(StoryCell.chief))
            .group_by(col(StoryCell.line_id), col(StoryCell.figure))
        )
        for line_id, figure, sources, fact_line in session.execute(grouped):
            counted[line_id, figure] = sources, fact_line
    by_line: defaultdict[int, list[tuple[int, int, str]]] = defaultdict(list)
    for (line_id, figure), (sources, fact_line) in counted.items():
        by_line[line_id].append((-sources, fact_line, figure))
    kept = {fact_line: line_id for line_id, own in by_line.items() for _, fact_line, _ in sorted(own)[:most]}
    bodies: dict[int, tuple[str | None, str]] = {}
    for some in _batches(sorted(kept)):
        rows = session.execute(
            select(StoryCell.fact_line_id, StoryCell.scope, written(col(Fact.body)))
            .join(Fact, col(Fact.id) == col(StoryCell.fact_id))
            .where(col(StoryCell.fact_line_id).in_(some), col(StoryCell.line_id).in_(sorted(line_ids)))
        )
        bodies.update((fact_line, (scope, body)) for fact_line, scope, body in rows)
    return {
        line_id: Counted(
            -sum(fewer for fewer, _, _ in by_line[line_id]),
            [
                Value(figure, -fewer, *bodies[fact_line])
                for fewer, fact_line, figure in sorted(by_line[line_id])[:most]
                if fact_line in bodies
            ],
        )
        for line_id in line_ids
    }


def givers(session: Session, line_id: int) -> Sequence[tuple[int, str]]:
    """Who says what in a line first of all: Articles and values in short, those that came first first."""
    rows = session.execute(
        select(StoryCell.article_id, StoryCell.figure)
        .where(StoryCell.line_id == line_id, col(StoryCell.chief), col(StoryCell.figure).is_not(None))
        .order_by(col(StoryCell.joined_at), col(StoryCell.fact_line_id))
    )
    return [(article_id, figure) for article_id, figure in rows]


def chiefs(session: Session, line_ids: Collection[int], of_each: int) -> list[tuple[int, Fact]]:
    """What Articles say in these lines first of all, by line and Article; of those who say the same so many at most."""
    place = func.row_number().over(
        partition_by=(col(StoryCell.line_id), col(StoryCell.figure)), order_by=col(StoryCell.fact_line_id).desc()
    )
    ranked = (
        select(col(StoryCell.line_id).label("line_id"), col(StoryCell.fact_id).label("fact_id"), place.label("place"))
        .where(col(StoryCell.line_id).in_(sorted(line_ids)), col(StoryCell.chief))
        .subquery()
    )
    rows = session.execute(
        select(ranked.c.line_id, Fact)
        .join(ranked, col(Fact.id) == ranked.c.fact_id)
        .where(ranked.c.place <= of_each)
        .order_by(ranked.c.line_id, col(Fact.article_id))
    )
    return [(line_id, fact) for line_id, fact in rows]


def in_line(session: Session, line_id: int, article_ids: Collection[int] | None = None) -> Sequence[StoryCell]:
    """What stands and stood in a line, of these Articles or of all."""
    query = select(StoryCell).where(StoryCell.line_id == line_id).order_by(col(StoryCell.fact_line_id))
    if article_ids is not None:
        query = query.where(col(StoryCell.article_id).in_(sorted(article_ids)))
    return session.exec(query).all()


def facts_of(session: Session, fact_ids: Collection[int]) -> Sequence[Fact]:
    """Rows of facts by id."""
    return [
        row for some in _batches(sorted(fact_ids)) for row in session.exec(select(Fact).where(col(Fact.id).in_(some)))
    ]


def with_several_chiefs(session: Session, line_id: int) -> Sequence[int]:
    """Articles that say two things in a line first of all, as they do when two lines have become one."""
    return session.exec(
        select(StoryCell.article_id)
        .where(StoryCell.line_id == line_id, col(StoryCell.chief))
        .group_by(col(StoryCell.article_id))
        .having(func.count() > 1)
    ).all()


def values_before(
    session: Session, story_id: int, article_id: int, number: int
) -> Sequence[tuple[StoryCell, Mapping[str, Any]]]:
    """What an Article said in the lines of a Story in its Version `number`."""
    rows = session.execute(
        select(StoryCell, Fact.body)
        .join(Fact, col(Fact.line_id) == col(StoryCell.fact_line_id))
        .where(StoryCell.story_id == story_id, StoryCell.article_id == article_id)
        .where(Fact.from_number <= number, or_(col(Fact.to_number).is_(None), col(Fact.to_number) >= number))
        .order_by(col(Fact.id))
    )
    return [(cell, body) for cell, body in rows]


def decided(session: Session, story_id: int) -> Sequence[Decided]:
    """What people said of the facts of a Story, with the lines in which these stand now."""
    rows = session.exec(select(StoryDecision).where(StoryDecision.story_id == story_id)).all()
    if not rows:
        return []
    stands: dict[int, int] = {}
    for some in _batches(sorted({end for row in rows for end in (row.one_id, row.other_id)})):
        stands.update(
            (fact_line, line_id)
            for fact_line, line_id in session.execute(
                select(StoryCell.fact_line_id, StoryCell.line_id).where(
                    StoryCell.story_id == story_id, col(StoryCell.fact_line_id).in_(some)
                )
            )
        )
    return [
        Decided(row.one_id, stands.get(row.one_id), row.other_id, stands.get(row.other_id), row.same) for row in rows
    ]


def _batches(ids: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for at in range(0, len(ids), _BATCH):
        yield ids[at : at + _BATCH]
