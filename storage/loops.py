"""Signs of life: each loop of the service says when it last went round."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, select

from storage.tables import Loop


def beat(session: Session, name: str, now: datetime, *, started: bool = False, detail: str = "") -> None:
    """Loop `name` went round; `started` when for the first time since it was started."""
    loop = session.get(Loop, name)
    if loop is None:
        loop = Loop(name=name, beat_at=now, started_at=now, detail=detail)
    loop.beat_at = now
    loop.detail = detail
    if started:
        loop.started_at = now
    session.add(loop)


def beats(session: Session) -> Sequence[Loop]:
    """The last sign of life of every loop."""
    return session.exec(select(Loop).order_by(Loop.name)).all()
