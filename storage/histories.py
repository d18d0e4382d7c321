"""An Article's past in pieces that fit on a page: what a page shows is read, and the rest is counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from storage.tables import Capture, Change, Fact, Version

DRAWN = 5_000
"""Versions of a picture: of an Article with more, the latest."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When a Version came, and what it changed: the gravest severity, and whether a notice tells of it."""

    number: int
    at: datetime
    severity: str | None
    """Null where only the wording changed."""
    acknowledged: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One statement as it stands or last stood: its latest rows, oldest first."""

    rows: Sequence[Fact]
    count: int
    """How many rows it has in all."""

    @property
    def last(self) -> Fact:
        """How it stands, or last stood."""
        return self.rows[-1]

    @property
    def stands(self) -> bool:
        """Whether the current Version still says it."""
        return self.last.to_number is None


def moments(session: Session, article_id: int) -> Sequence[Moment]:
    """The Versions of an Article, oldest first, without their texts: at most DRAWN of them, the latest."""
    seen = session.execute(
        select(Version.id, Version.number, Version.first_seen_at)
        .where(Version.article_id == article_id)
        .order_by(col(Version.number).desc())
        .limit(DRAWN)
    ).all()
    told: defaultdict[int | None, set[str]] = defaultdict(set)
    admitted = set()
    for version_id, severity, acknowledged in session.execute(
        select(Change.to_version_id, Change.severity, Change.acknowledged).where(Change.article_id == article_id)
    ):
        told[version_id].add(severity)
        if acknowledged:
            admitted.add(version_id)
    return [
        Moment(number, at, next((name for name in ("high", "medium", "low") if name in told[version_id]), None),
               version_id in admitted)
        for version_id, number, at in reversed(seen)
    ]  # fmt: skip


def newest(
    session: Session, article_id: int, *, limit: int, before: int | None = None
) -> Sequence[tuple[Version, Capture]]:
    """Versions with the Captures that brought them, newest first, from the one before number `before` on."""
    query = (
        select(Version, Capture)
        .join(Capture, col(Capture.id) == col(Version.capture_id))
        .where(Version.article_id == article_id)
        .order_by(col(Version.number).desc())
        .limit(limit)
    )
    return session.exec(query if before is None else query.where(Version.number < before)).all()


def brought_by(session: Session, version_ids: Collection[int | None]) -> Mapping[int | None, Sequence[Change]]:
    """The Changes that each of these Versions brought, as they were ranked."""
    found: defaultdict[int | None, list[Change]] = defaultdict(list)
    for change in session.exec(
        select(Change).where(col(Change.to_version_id).in_(version_ids)).order_by(col(Change.id))
    ):
        found[change.to_version_id].append(change)
    return found


def availability(session: Session, article_id: int, limit: int) -> Sequence[Change]:
    """When an Article went, was walled or came back, newest first."""
    return session.exec(
        select(Change)
        .where(Change.article_id == article_id, Change.type == "availability")
        .order_by(col(Change.id).desc())
        .limit(limit)
    ).all()


def standing(session: Session, article_id: int, *, limit: int, rows: int, after: int = 0) -> Sequence[Line]:
    """The statements that the current Version makes, in the order of its text, each with its latest `rows`."""
    current = session.execute(
        select(Fact.line_id)
        .where(Fact.article_id == article_id, col(Fact.to_number).is_(None))
        .order_by(col(Fact.ordinal), col(Fact.id))
        .offset(after)
        .limit(limit)
    ).scalars()
    return _lines(session, [line_id for line_id in current if line_id is not None], rows)


def ended(session: Session, article_id: int, *, limit: int, rows: int, after: int = 0) -> Sequence[Line]:
    """The statements that were made once and are no more, those that ended last first."""
    gone = session.execute(
        select(Fact.line_id)
        .where(Fact.article_id == article_id)
        .group_by(col(Fact.line_id))
        .having(func.count() == func.count(col(Fact.to_number)))
        .order_by(func.max(Fact.to_number).desc(), col(Fact.line_id))
        .offset(after)
        .limit(limit)
    ).scalars()
    return _lines(session, [line_id for line_id in gone if line_id is not None], rows)


def count_lines(session: Session, article_id: int) -> tuple[int, int]:
    """How many statements the current Version makes, and how many were made and are no more."""
    standing_, all_ = session.execute(
        select(func.count() - func.count(col(Fact.to_number)), func.count(func.distinct(Fact.line_id))).where(
            Fact.article_id == article_id
        )
    ).one()
    return int(standing_), int(all_) - int(standing_)


def line(session: Session, article_id: int, line_id: int, *, rows: int) -> Line | None:
    """One statement with its latest `rows`, if the Article ever made it."""
    found = _lines(session, [line_id], rows)
    return found[0] if found and found[0].last.article_id == article_id else None


def seen_at(session: Session, article_id: int, numbers: Collection[int]) -> Mapping[int, datetime]:
    """When these Versions of an Article were first seen."""
    rows = session.exec(
        select(Version.number, Version.first_seen_at).where(
            Version.article_id == article_id, col(Version.number).in_(numbers)
        )
    )
    return dict(rows.all())


def _lines(session: Session, line_ids: Sequence[int], rows: int) -> list[Line]:
    """In the order given. Rows are numbered inside of an index, so that only those that are shown are read."""
    numbered = (
        select(
            col(Fact.id).label("id"),
            func.row_number()
            .over(partition_by=col(Fact.line_id), order_by=col(Fact.from_number).desc())
            .label("place"),
            func.count().over(partition_by=col(Fact.line_id)).label("total"),
        )
        .where(col(Fact.line_id).in_(line_ids))
        .subquery()
    )
    found: defaultdict[int, list[Fact]] = defaultdict(list)
    totals: dict[int, int] = {}
    query = (
        select(Fact, numbered.c.total)
        .join(numbered, numbered.c.id == col(Fact.id))
        .where(numbered.c.place <= rows)
        .order_by(col(Fact.from_number), col(Fact.id))
    )
    for fact, total in session.execute(query):
        found[fact.line_id].append(fact)
        totals[fact.line_id] = total
    return [Line(found[line_id], totals[line_id]) for line_id in line_ids if line_id in found]
