"""Sites: which are due, who visits them, and when the next request may go out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, update
from sqlmodel import Session, col, select

from storage.tables import Article, Site


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to visit a Site until its lease ends; `fence` tells this Visit from a later one."""

    site_id: int
    host: str
    fence: int


def get_or_add(session: Session, host: str, now: datetime) -> Site:
    """The Site of `host` (`name` or `name:port`; `file:` for local files)."""
    site = session.exec(select(Site).where(Site.host == host)).first()
    if site is None:
        site = Site(host=host, next_slot_at=now)
        session.add(site)
        session.flush()
    return site


def claim_due(session: Session, now: datetime, lease: timedelta, limit: int) -> list[Claim]:
    """Claim at most `limit` Sites that have a due Article and no Visit under way, the most overdue first."""
    first_due = (
        select(Article.site_id, func.min(Article.next_check_at).label("at"))
        .where(col(Article.next_check_at) <= now)
        .group_by(col(Article.site_id))
        .subquery()
    )
    due = (
        select(Site)
        .join(first_due, first_due.c.site_id == col(Site.id))
        .where(or_(col(Site.visit_until).is_(None), col(Site.visit_until) < now))
        .order_by(first_due.c.at)
        .limit(limit)
    )
    claims = []
    for site in session.exec(due).all():
        assert site.id is not None
        site.visit_until = now + lease
        site.fence += 1
        session.add(site)
        claims.append(Claim(site.id, site.host, site.fence))
    return claims


def next_due_at(session: Session) -> datetime | None:
    """When the first Article falls due; None while nothing is scheduled."""
    return session.exec(select(func.min(Article.next_check_at))).one()


def claim(session: Session, site_id: int, now: datetime, lease: timedelta) -> Claim | None:
    """Claim one Site, due or not; None while another Visit holds it."""
    taken = session.execute(
        update(Site)
        .where(col(Site.id) == site_id, or_(col(Site.visit_until).is_(None), col(Site.visit_until) < now))
        .values(visit_until=now + lease, fence=Site.fence + 1)
        .returning(col(Site.host), col(Site.fence))
    ).first()
    return Claim(site_id, taken[0], taken[1]) if taken else None


def take_slot(session: Session, claim: Claim, now: datetime, gap: timedelta) -> datetime | None:
    """Reserve the next request to the Site and say when it may go out; None when a later Visit has taken over.

    The slots of a Site lie `gap` apart whoever takes them, also after a crash: that is all that politeness needs.
    """
    site = session.exec(select(Site).where(Site.id == claim.site_id, Site.fence == claim.fence)).first()
    if site is None:
        return None
    slot = max(site.next_slot_at, now)
    site.next_slot_at = slot + gap
    session.add(site)
    return slot


def release(session: Session, claim: Claim) -> None:
    """End a Visit. Does nothing when a later one has taken over."""
    session.execute(
        update(Site).where(col(Site.id) == claim.site_id, col(Site.fence) == claim.fence).values(visit_until=None)
    )


def release_all(session: Session) -> None:
    """Forget Visits of a service that died: only its only successor may call this, when it starts."""
    session.execute(update(Site).where(col(Site.visit_until).is_not(None)).values(visit_until=None))


def record(session: Session, claim: Claim, *, ok: bool, reason: str, now: datetime) -> None:
    """Keep the health of the Site: failures in a row, the last success."""
    values = {"failures": 0, "last_ok_at": now} if ok else {"failures": Site.failures + 1}
    session.execute(update(Site).where(col(Site.id) == claim.site_id).values(last_reason=reason, **values))


def all_sites(session: Session) -> Sequence[Site]:
    """All Sites by host."""
    return session.exec(select(Site).order_by(Site.host)).all()
