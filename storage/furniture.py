"""Furniture: what a Site's pages carry besides the articles, and what is being learnt about it. Bounded a Site."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, func, update
from sqlmodel import Session, col, select

from storage.prepared import Rows
from storage.tables import Furniture

LONGEST = 300
"""Characters of a line that is kept; longer ones are no furniture."""
WATCHED_AT_MOST = 200
"""Rows a Site that are watched: the longest unseen make room."""
FORGOTTEN = {"line": timedelta(days=1), "pattern": timedelta(days=7), "place": timedelta(days=7)}
"""A watched line that was not seen to change for so long is watched anew: what comes to many articles comes at once."""
_ARTICLES_NAMED = 8
_FURNITURE = Furniture.metadata.tables["furniture"]
_IGNORED = Rows(
    Furniture,
    lambda rows: rows.where(_FURNITURE.c.site_id == bindparam("site"), _FURNITURE.c.state == "ignored").order_by(
        _FURNITURE.c.id
    ),
)


def ignored(session: Session, site_id: int) -> Sequence[Furniture]:
    """What is ignored at a Site, the oldest first."""
    return _IGNORED.all(session, {"site": site_id})


def of_site(session: Session, site_id: int) -> Sequence[Furniture]:
    """All that was decided at a Site: ignored, or kept by a person."""
    return session.exec(
        select(Furniture)
        .where(Furniture.site_id == site_id, Furniture.state != "watched")
        .order_by(col(Furniture.state), col(Furniture.id))
    ).all()


def by_id(session: Session, furniture_id: int) -> Furniture | None:
    """The row with this id."""
    return session.get(Furniture, furniture_id)


def watch(
    session: Session, site_id: int, kind: str, text: str, *, article_id: int, at: datetime, length: int, example: str
) -> Furniture:
    """One more sight of a line that came, went or changed in an Article. Returns its row, as it is now."""
    row = session.exec(
        select(Furniture).where(Furniture.site_id == site_id, Furniture.kind == kind, Furniture.text == text)
    ).first()
    if row is None:
        _make_room(session, site_id)
        row = Furniture(site_id=site_id, kind=kind, text=text, first_at=at, last_at=at)
    elif row.state == "watched" and at - row.last_at > FORGOTTEN[kind]:
        row.article_ids, row.times, row.first_at = [], 0, at
    row.times += 1
    row.last_at = at
    row.length = max(row.length, length)
    row.example = example[:LONGEST]
    if article_id not in row.article_ids and len(row.article_ids) < _ARTICLES_NAMED:
        row.article_ids = [*row.article_ids, article_id]
    session.add(row)
    session.flush()
    return row


def decide(session: Session, furniture_id: int, state: str) -> None:
    """Ignore a line from now on, or keep it."""
    session.execute(update(Furniture).where(col(Furniture.id) == furniture_id).values(state=state))


def _make_room(session: Session, site_id: int) -> None:
    watched = (Furniture.site_id == site_id, Furniture.state == "watched")
    count = session.exec(select(func.count()).select_from(Furniture).where(*watched)).one()
    if count >= WATCHED_AT_MOST:
        oldest = select(Furniture.id).where(*watched).order_by(col(Furniture.last_at)).limit(WATCHED_AT_MOST // 10)
        session.execute(delete(Furniture).where(col(Furniture.id).in_(oldest)))
