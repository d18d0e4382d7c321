"""Signs of life: each loop of the service says when it last went round."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, update
from sqlmodel import Session, col, select

from storage import once
from storage.tables import Loop

SILENT = timedelta(seconds=90)
"""A loop without a sign of life for so long has stopped."""


def beat(session: Session, name: str, now: datetime, *, started: bool = False, detail: str = "") -> None:
    """Loop `name` went round; `started` when for the first time since it was started."""
    values: dict[str, Any] = {"beat_at": now, "detail": detail} | ({"started_at": now} if started else {})
    beaten = session.execute(update(Loop).where(col(Loop.name) == name).values(**values))
    if not beaten.rowcount:  # type: ignore[attr-defined]
        once.insert(session, Loop, [{"name": name, "started_at": now} | values])


def hold(session: Session, name: str, holder: str, now: datetime) -> bool:
    """Whether this process may go round in a loop of which only one may: it does so already, or nobody else does.

    Others that ask wait until this transaction ends, so that what it does is done by one of them at a time.
    """
    once.insert(session, Loop, [{"name": name, "holder": holder, "beat_at": now, "started_at": now}])
    mine = or_(col(Loop.holder).in_((holder, "")), col(Loop.beat_at) < now - SILENT, col(Loop.beat_at) > now + SILENT)
    held = session.execute(update(Loop).where(col(Loop.name) == name, mine).values(holder=holder, beat_at=now))
    return bool(held.rowcount)  # type: ignore[attr-defined]


def let_go(session: Session, name: str, holder: str) -> None:
    """This process goes round no more; another one may."""
    session.execute(update(Loop).where(col(Loop.name) == name, col(Loop.holder) == holder).values(holder=""))


def beats(session: Session) -> Sequence[Loop]:
    """The last sign of life of every loop."""
    return session.exec(select(Loop).order_by(Loop.name)).all()
