"""Picks: that a Rule picked a Change for a Channel, and what became of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, update
from sqlmodel import Session, col, select

from storage.prepared import Prepared
from storage.tables import Alert, Article, Change, Pick, Version
from storage.tables.columns import UtcDateTime

_PICK = Pick.metadata.tables["pick"]
_REMEMBERED = 500
"""So many of the newest Picks of a Rule in one Article are looked through for what it told last."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What an Alert holds, counted."""

    changes: int = 0
    articles: int = 0
    article_id: int | None = None
    """Where all of it happened, if in one Article."""


@dataclass(frozen=True, slots=True)
class LastTold:
    """What a Rule told a Channel: of which line (or type of Change), and what it said then."""

    line_id: int | None
    type: str
    after: Any
    """A fact, or a text; null when it was told that something is gone."""
    number: int | None


def about(alert: Alert, holds: Gathered | None) -> str:
    """What an Alert tells, in one line: its title; of one that has not gone yet, what it holds so far."""
    if alert.payload is not None:
        return str(alert.payload.get("title", ""))
    if holds is None:
        return "nothing"
    changes = "1 change" if holds.changes == 1 else f"{holds.changes:,} changes"
    return changes if holds.articles == 1 else f"{changes} in {holds.articles:,} articles"


def gathered(session: Session, alert_ids: Collection[str]) -> Mapping[str, Gathered]:
    """What these Alerts hold; one that holds nothing is missing."""
    rows = session.exec(
        select(
            Pick.alert_id,
            func.count(func.distinct(Pick.change_id)),
            func.count(func.distinct(Pick.article_id)),
            func.min(Pick.article_id),
        )
        .where(col(Pick.alert_id).in_(alert_ids), Pick.state == "gathered")
        .group_by(col(Pick.alert_id))
    )
    return {
        alert_id: Gathered(changes, articles, article_id if articles == 1 else None)
        for alert_id, changes, articles, article_id in rows
        if alert_id is not None
    }


def add(session: Session, new: Sequence[Pick]) -> None:
    """Keep new ones, in one statement or two: a thousand Rules may pick one Change."""
    rows = [pick.model_dump(exclude={"id"}) for pick in new]
    judged = [row for row in rows if row["body"] is not None]
    as_stored = [{name: value for name, value in row.items() if name != "body"} for row in rows if row["body"] is None]
    for some in (judged, as_stored):
        if some:
            session.execute(insert(_PICK), some)


def of_alert(session: Session, alert_id: str) -> Sequence[Pick]:
    """The Picks that an Alert tells, in the order in which they came."""
    return session.exec(
        select(Pick).where(Pick.alert_id == alert_id, Pick.state == "gathered").order_by(col(Pick.id))
    ).all()


def of_changes(session: Session, change_ids: Collection[int]) -> Sequence[Pick]:
    """What became of these Changes."""
    return session.exec(select(Pick).where(col(Pick.change_id).in_(change_ids)).order_by(col(Pick.id))).all()


def held(session: Session, article_id: int) -> Sequence[Pick]:
    """Those of an Article that wait for confirmations."""
    return session.exec(
        select(Pick).where(Pick.article_id == article_id, Pick.state == "held").order_by(col(Pick.id))
    ).all()


def turned(session: Session, article_id: int, turns: Collection[str], since: datetime) -> Sequence[Pick]:
    """Those of these turns that were picked since then, told or silent, and silent ones of any time; oldest first."""
    mine = select(Pick).where(Pick.article_id == article_id, col(Pick.turn).in_(turns))
    lately = session.exec(mine.where(col(Pick.state).in_(("gathered", "folded")), col(Pick.picked_at) >= since)).all()
    silent = session.exec(mine.where(Pick.state == "silent")).all()
    return sorted([*lately, *silent], key=lambda pick: pick.id or 0)


def confirmed(session: Session) -> Sequence[Pick]:
    """Held ones whose Article has been seen often enough since."""
    return session.exec(
        select(Pick)
        .join(Article, col(Article.id) == col(Pick.article_id))
        .where(Pick.state == "held", col(Article.sightings) >= col(Pick.due_sightings))
        .order_by(col(Pick.id))
    ).all()


def silent_due(session: Session, now: datetime) -> Sequence[Pick]:
    """Silent ones of those turns whose time to be told has come: all of a turn, also the later ones."""
    due = select(Pick.article_id, Pick.channel_id, Pick.turn).where(Pick.state == "silent", col(Pick.due_at) <= now)
    turns = set(session.exec(due).all())
    if not turns:
        return []
    silent = session.exec(
        select(Pick)
        .where(col(Pick.article_id).in_({article for article, _, _ in turns}), Pick.state == "silent")
        .order_by(col(Pick.id))
    )
    return [pick for pick in silent if (pick.article_id, pick.channel_id, pick.turn) in turns]


_SILENT_DUE = Prepared(
    select(Pick.id).where(Pick.state == "silent", col(Pick.due_at) <= bindparam("now", type_=UtcDateTime())).limit(1)
)
_CONFIRMED = Prepared(
    select(Pick.id)
    .join(Article, col(Article.id) == col(Pick.article_id))
    .where(Pick.state == "held", col(Article.sightings) >= col(Pick.due_sightings))
    .limit(1)
)


def anything_due(session: Session, now: datetime) -> bool:
    """Whether a held one is confirmed or a silent one is to be told: a question that costs next to nothing."""
    connection = session.connection()
    return _SILENT_DUE.first(connection, {"now": now}) is not None or _CONFIRMED.first(connection, {}) is not None


def change_and_later(session: Session, pick: Pick) -> tuple[Change, Sequence[Change]]:
    """The Change that was picked, and those of its Article that came after it."""
    picked = session.get_one(Change, pick.change_id)
    later = session.exec(
        select(Change)
        .where(Change.article_id == pick.article_id, col(Change.id) > pick.change_id)
        .where(Change.changed_at != picked.changed_at)  # what came with it speaks for the same text
        .order_by(col(Change.id))
    ).all()
    return picked, later


def last_told(session: Session, rule_id: int, channel_id: int, article_id: int) -> Sequence[LastTold]:
    """What a Rule told a Channel of an Article, the newest first."""
    rows = session.exec(
        select(Pick, Change, Version.number)
        .join(Change, col(Change.id) == col(Pick.change_id))
        .join(Version, col(Version.id) == col(Change.to_version_id), isouter=True)
        .where(Pick.article_id == article_id, Pick.state == "gathered")
        .where(Pick.rule_id == rule_id, Pick.channel_id == channel_id)
        .order_by(col(Pick.id).desc())
        .limit(_REMEMBERED)
    )
    told = []
    for pick, change, number in rows:
        body = pick.body or change.body
        after = body["after"] if pick.line_id else body.get("after_text")
        told.append(LastTold(pick.line_id, change.type, after, number if after is not None else None))
    return told


def move(session: Session, change_id: int, channel_id: int, alert_id: str) -> None:
    """A Change that an open Alert was to tell is told by another one."""
    session.execute(
        update(Pick)
        .where(col(Pick.change_id) == change_id, col(Pick.channel_id) == channel_id, col(Pick.state) == "gathered")
        .values(alert_id=alert_id)
    )
