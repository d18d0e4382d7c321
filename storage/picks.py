"""Picks: that a Rule picked a Change for a Channel, and what became of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import Session, col, select

from storage.tables import Alert, Pick


@dataclass(frozen=True, slots=True)
class Gathered:
    """What an Alert holds, counted."""

    changes: int = 0
    articles: int = 0
    article_id: int | None = None
    """Where all of it happened, if in one Article."""


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
