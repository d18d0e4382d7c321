"""Changes, newest first wherever they are listed for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, func, or_
from sqlmodel import Session, col, select

from storage import prepared
from storage.prepared import Prepared
from storage.tables import Article, Change, Pick, StoryMember, Version

_LOOKED_AT_FIRST = 2_000
LOOKED_AT = 30_000
"""So many Changes are looked at for one page of those that a person filters for."""
_FEW_ARTICLES = 500
_LAST = 2**62
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NEWEST_FIRST = (col(Change.changed_at).desc(), col(Change.id).asc())
_SITE_OF = Prepared(select(col(Article.site_id)).where(col(Article.id) == bindparam("article")))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What Changes must be like; what is None is no condition."""

    type: str | None = None
    kind: str | None = None
    severity: str | None = None
    acknowledged: bool | None = None
    story_id: int | None = None
    site_id: int | None = None
    article_id: int | None = None

    @property
    def narrows(self) -> bool:
        """Whether it is not simply everything."""
        return self != Wanted()


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place between two Changes in the order in which they are listed: behind this one."""

    at: datetime
    id: int

    def __str__(self) -> str:
        return f"{(self.at - _EPOCH) // timedelta(microseconds=1)}-{self.id}"

    @classmethod
    def parse(cls, text: str) -> Cursor:
        """The inverse of `str`. Raises ValueError."""
        at, _, change_id = text.partition("-")
        if not (at.isascii() and at.isdecimal() and change_id.isascii() and change_id.isdecimal()):
            raise ValueError(f"{text!r} is no place in a list of changes")
        try:
            return cls(_EPOCH + timedelta(microseconds=int(at)), min(int(change_id), _LAST))
        except OverflowError as error:
            raise ValueError(f"{text!r} is no place in a list of changes") from error


@dataclass(frozen=True, slots=True)
class Listed:
    """A Change with the Article and the two Versions that it is told of."""

    change: Change
    article: Article
    before: Version | None
    after: Version | None


@dataclass(frozen=True, slots=True)
class Page:
    """Some Changes, and where the list goes on in both directions."""

    rows: Sequence[Listed]
    newer: Cursor | None
    older: Cursor | None
    looked_back_to: datetime | None
    """Set where so many did not fit that the search ended there; `older` goes on from there."""


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
    story_id: int | None = None,
    story_line_id: int | None = None,
) -> Change:
    """Keep one Change. `body` is a change as `corrigenda compare --json` prints it."""
    change = Change(
        article_id=article_id,
        site_id=_SITE_OF.one(session.connection(), {"article": article_id})[0],
        from_version_id=from_version_id,
        to_version_id=to_version_id,
        capture_id=capture_id,
        line_id=line_id,
        story_id=story_id,
        story_line_id=story_line_id,
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
    prepared.add(session, change)
    return change


def admitted(session: Session, version_id: int) -> bool:
    """Whether the page tells of what it changed with this Version."""
    told = select(Change.id).where(Change.to_version_id == version_id, col(Change.acknowledged)).limit(1)
    return session.exec(told).first() is not None


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


def count_after(session: Session, change_id: int, limit: int) -> int:
    """How many Changes came after the one with this id, counted up to `limit`."""
    fresh = select(Change.id).where(col(Change.id) > change_id).limit(limit).subquery()
    return session.exec(select(func.count()).select_from(fresh)).one()


def with_numbers(session: Session, article_id: int) -> Sequence[tuple[Change, int | None]]:
    """The Changes of an Article, oldest first, each with the number of the Version that brought it."""
    return session.exec(
        select(Change, Version.number)
        .join(Version, col(Version.id) == col(Change.to_version_id), isouter=True)
        .where(Change.article_id == article_id)
        .order_by(col(Change.id))
    ).all()


def of_no_version(session: Session, article_id: int) -> Sequence[Change]:
    """The Changes of an Article that no Version brought, of its availability: oldest first."""
    return session.exec(
        select(Change)
        .where(Change.article_id == article_id, col(Change.to_version_id).is_(None))
        .order_by(col(Change.id))
    ).all()


def listed(session: Session, change_id: int) -> Listed | None:
    """A Change with all that is told of it, if there is one with this id."""
    there = session.exec(select(Change.id).where(Change.id == change_id)).first()
    return _listed(session, [change_id])[0] if there else None


def page(
    session: Session,
    wanted: Wanted,
    *,
    limit: int,
    older_than: Cursor | None = None,
    newer_than: Cursor | None = None,
    looked_at: int = LOOKED_AT,
) -> Page:
    """Changes of all Articles that are like that: those after one place, or else before the other, or the newest.

    Newest first; those that one Version brought stand as they were ranked. At most `looked_at` of them are looked at
    for one page, so that rare ones among millions take no longer: `Page.looked_back_to` says when it ended there.
    """
    base, narrow = _conditions(session, wanted)
    forward = newer_than is not None and older_than is None
    start = newer_than if forward else older_than
    if start is not None:
        base.append(_newer(start) if forward else _older(start))
    order = (col(Change.changed_at).asc(), col(Change.id).desc()) if forward else _NEWEST_FIRST
    for many in (min(_LOOKED_AT_FIRST, looked_at), looked_at) if narrow else (None,):
        end = None if many is None else _after(session, base, order, many)
        within = [] if end is None else [col(Change.changed_at) <= end if forward else col(Change.changed_at) >= end]
        query = select(Change.id).where(*base, *narrow, *within).order_by(*order).limit(limit + 1)
        found = list(session.exec(query).all())
        more = len(found) > limit
        if more or end is None:
            break
    rows = _listed(session, found[:limit])
    near = start and (_place(rows[0]) if rows else start)
    edge = Cursor(end, 0 if forward else _LAST) if end is not None else None
    far = _place(rows[-1]) if more else edge
    if forward:
        return Page(rows[::-1], newer=far, older=near, looked_back_to=None)
    return Page(rows, newer=near, older=far, looked_back_to=None if more else end)


def picked_by(session: Session, rule_id: int, limit: int) -> Sequence[Listed]:
    """The Changes that a Rule picked for any Channel and that stood, in the order in which they are listed."""
    picked = (
        select(Pick.change_id)
        .where(Pick.rule_id == rule_id, col(Pick.state).not_in(("held", "withdrawn")))
        .order_by(col(Pick.change_id).desc())
        .distinct()
        .limit(limit)
    )
    ids = session.exec(select(Change.id).where(col(Change.id).in_(picked)).order_by(*_NEWEST_FIRST)).all()
    return _listed(session, ids)


def _after(session: Session, base: Sequence[ColumnElement[bool]], order: Sequence[Any], many: int) -> datetime | None:
    """When the Change was seen that comes after so many; None where there are no more."""
    return session.exec(select(Change.changed_at).where(*base).order_by(*order).offset(many).limit(1)).first()


def _conditions(session: Session, wanted: Wanted) -> tuple[list[ColumnElement[bool]], list[ColumnElement[bool]]]:
    """What an index leads to in the order of time, and what is looked at one by one inside of it."""
    base: list[ColumnElement[bool]] = []
    narrow: list[ColumnElement[bool]] = []
    # Of a large Story it is enough to know that it is large.
    some = select(StoryMember.article_id).where(StoryMember.story_id == wanted.story_id).limit(_FEW_ARTICLES + 1)
    members = [] if wanted.story_id is None else session.exec(some).all()
    few = len(members) <= _FEW_ARTICLES
    if wanted.article_id is not None:
        base.append(col(Change.article_id) == wanted.article_id)
    elif wanted.story_id is not None and few:
        base.append(col(Change.article_id).in_(members))
    elif wanted.site_id is not None:
        base.append(col(Change.site_id) == wanted.site_id)
    if wanted.site_id is not None and (wanted.article_id is not None or (wanted.story_id is not None and few)):
        narrow.append(col(Change.site_id) == wanted.site_id)
    if wanted.story_id is not None and (wanted.article_id is not None or not few):
        member = select(StoryMember.article_id).where(
            StoryMember.story_id == wanted.story_id, StoryMember.article_id == Change.article_id
        )
        narrow.append(member.exists())
    if wanted.severity is not None:
        narrow.append(col(Change.severity) == wanted.severity)
    if wanted.type is not None:
        narrow.append(col(Change.type) == wanted.type)
    if wanted.kind is not None:
        narrow.append(col(Change.kind) == wanted.kind)
    if wanted.acknowledged is not None:
        narrow.append(col(Change.acknowledged).is_(wanted.acknowledged))
    return base, narrow


def _older(place: Cursor) -> ColumnElement[bool]:
    at, change_id = col(Change.changed_at), col(Change.id)
    return and_(at <= place.at, or_(at < place.at, change_id > place.id))


def _newer(place: Cursor) -> ColumnElement[bool]:
    at, change_id = col(Change.changed_at), col(Change.id)
    return and_(at >= place.at, or_(at > place.at, change_id < place.id))


def _listed(session: Session, ids: Sequence[int | None]) -> list[Listed]:
    """These Changes with all that is told of them, in this order."""
    found = {row.id: row for row in session.exec(select(Change).where(col(Change.id).in_(ids)))}
    rows = [found[change_id] for change_id in ids]
    about = {row.article_id for row in rows}
    of = {row.id: row for row in session.exec(select(Article).where(col(Article.id).in_(about)))}
    named = {version_id for row in rows for version_id in (row.from_version_id, row.to_version_id) if version_id}
    seen = {row.id: row for row in session.exec(select(Version).where(col(Version.id).in_(named)))}
    return [Listed(row, of[row.article_id], seen.get(row.from_version_id), seen.get(row.to_version_id)) for row in rows]


def _place(row: Listed) -> Cursor:
    return Cursor(row.change.changed_at, row.change.id or 0)


def newest_id(session: Session) -> int | None:
    """The id of the Change that was kept last; null when nothing has changed yet."""
    return session.exec(select(Change.id).order_by(col(Change.id).desc()).limit(1)).first()
