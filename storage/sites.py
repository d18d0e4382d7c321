"""Sites: which are due, who visits them, and when the next request may go out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import Connection, Integer, bindparam, case, func, or_, select, tuple_, union_all, update
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from storage import once
from storage.prepared import Prepared, Rows, columns_of
from storage.tables import Article, Feed, Site, UtcDateTime


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to visit a Site until its lease ends; `fence` tells this Visit from a later one."""

    site_id: int
    host: str
    fence: int
    robots_ignored: bool = False
    """Whether its robots.txt is kept as overruled."""
    next_slot_at: datetime | None = None
    """When the next request to it may go out, as it was when it was claimed."""


# The statements of every check are built once: to build one takes longer than to run it.
_SITE, _ARTICLE = Site.metadata.tables["site"], Article.metadata.tables["article"]
_FEED = Feed.metadata.tables["feed"]
_MINE = (_SITE.c.id == bindparam("site"), _SITE.c.fence == bindparam("held"))
_Watched = TypeVar("_Watched", Article, Feed)
_NOW = bindparam("now", type_=UtcDateTime())
FIRST_ROWS = 2_000
"""So many of the rows that are due longest are looked at for Sites before all Sites are."""
_FREE = (
    or_(_SITE.c.visit_until.is_(None), _SITE.c.visit_until < _NOW),
    or_(_SITE.c.held_until_at.is_(None), _SITE.c.held_until_at <= _NOW),
    _SITE.c.next_slot_at <= bindparam("soon", type_=UtcDateTime()),
)
# The first rows, by the index of due times: asked for a group by site, SQLite would go through every article instead.
_FIRST_ROWS = [
    select(table.c.site_id, table.c.next_check_at.label("at"))
    .where(table.c.next_check_at <= _NOW)
    .order_by(table.c.next_check_at)
    .limit(FIRST_ROWS)
    .subquery()
    for table in (_ARTICLE, _FEED)
]
_WORK = union_all(*(select(rows.c.site_id, rows.c.at) for rows in _FIRST_ROWS)).subquery()
_FIRST_DUE = select(_WORK.c.site_id, func.min(_WORK.c.at).label("at")).group_by(_WORK.c.site_id).subquery()
_DUE = (
    select(_SITE.c.id)
    .join(_FIRST_DUE, _FIRST_DUE.c.site_id == _SITE.c.id)
    .where(*_FREE)
    .order_by(_FIRST_DUE.c.at)
    .limit(bindparam("limit", type_=Integer()))
)
_MORE = union_all(
    *(select(table.c.id).where(table.c.next_check_at <= _NOW).limit(1).offset(FIRST_ROWS).subquery().select()
      for table in (_ARTICLE, _FEED))
)  # fmt: skip
_FIRST_OF_EACH = union_all(
    *(
        select(
            _SITE.c.id,
            select(func.min(table.c.next_check_at)).where(table.c.site_id == _SITE.c.id).scalar_subquery().label("at"),
        ).where(*_FREE)
        for table in (_ARTICLE, _FEED)
    )
).subquery()
_DUE_OF_ALL = (
    select(_FIRST_OF_EACH.c.id)
    .where(_FIRST_OF_EACH.c.at <= _NOW)
    .group_by(_FIRST_OF_EACH.c.id)
    .order_by(func.min(_FIRST_OF_EACH.c.at))
    .limit(bindparam("limit", type_=Integer()))
)
_FIRSTS = union_all(*(select(func.min(table.c.next_check_at).label("at")) for table in (_ARTICLE, _FEED))).subquery()
_NEXT_DUE = Prepared(select(func.min(_FIRSTS.c.at)))
_CLAIM = (
    update(_SITE)
    .where(_SITE.c.id == bindparam("site"), or_(_SITE.c.visit_until.is_(None), _SITE.c.visit_until < _NOW))
    .values(visit_until=bindparam("until"), fence=_SITE.c.fence + 1)
    .returning(_SITE.c.host, _SITE.c.fence, _SITE.c.robots_ignored, _SITE.c.next_slot_at)
)
_SLOT = select(_SITE.c.next_slot_at).where(*_MINE).with_for_update(key_share=True)
_TAKE = update(_SITE).where(_SITE.c.id == bindparam("site")).values(next_slot_at=bindparam("next"))
_STILL_MINE = select(_SITE.c.id).where(*_MINE, _SITE.c.visit_until > _NOW).with_for_update(key_share=True)
_RELEASE = update(_SITE).where(*_MINE).values(visit_until=None)
_RECORD = (
    update(_SITE)
    .where(_SITE.c.id == bindparam("site"))
    .values(last_reason=bindparam("why"), last_checked_at=_NOW)
    .returning(_SITE.c.refusals)
)
_WELL = Prepared(_RECORD.values(failures=0, last_ok_at=_NOW, refusals=0, held_until_at=None, held_reason=""))
_FAILED = Prepared(_RECORD.values(failures=_SITE.c.failures + 1))
_REFUSED = Prepared(_RECORD.values(failures=_SITE.c.failures + 1, refusals=_SITE.c.refusals + 1))


def due_rows(table: type[_Watched]) -> Rows[_Watched]:
    """What is due of one Site in this table, the most overdue first. Parameters: site, now, limit."""
    columns = columns_of(table)
    return Rows(
        table,
        lambda rows: (
            rows.where(columns.site_id == bindparam("site"), columns.next_check_at <= bindparam("now"))
            .order_by(columns.next_check_at)
            .limit(bindparam("limit", type_=Integer()))
        ),
    )


def get_or_add(session: Session, host: str, now: datetime) -> Site:
    """The Site of `host` (`name` or `name:port`; `file:` for local files)."""
    # Locked: what is made for a Site that is new in two places at once (its Articles, its next slot) is made in turn.
    found = select_rows(Site).where(Site.host == host).with_for_update(key_share=True)
    site = session.exec(found).first()
    if site is None:
        once.insert(session, Site, [{"host": host, "next_slot_at": now}])
        site = session.exec(found).one()
    return site


LEAD = timedelta(seconds=5)
"""A Site whose next slot is further away is not visited yet: a Visit should not spend its time waiting."""


def due(session: Session, now: datetime, limit: int) -> Sequence[int]:
    """Ids of Sites with a due Article or Feed that may be visited now, the most overdue first.

    Not one that a Visit holds, that is held back (`hold`), or whose next slot is far away (a long Crawl-delay).
    """
    connection, given = session.connection(), {"now": now, "soon": now + LEAD, "limit": limit}
    found = connection.execute(_DUE, given).scalars().all()
    if len(found) < limit and connection.execute(_MORE, given).first() is not None:
        # A few Sites that may not be visited now stand before all others, with more than is looked at first.
        return connection.execute(_DUE_OF_ALL, given).scalars().all()
    return found


def claim_each(session: Session, site_ids: Iterable[int], now: datetime, lease: timedelta) -> list[Claim]:
    """Claim these Sites; those that another Visit holds are left out."""
    claims = [claim(session, site_id, now, lease) for site_id in site_ids]
    return [claimed for claimed in claims if claimed]


def next_due_at(session: Session) -> datetime | None:
    """When the first Article or Feed falls due; None while nothing is scheduled."""
    moment: datetime | None
    (moment,) = _NEXT_DUE.one(session.connection(), {})
    return moment


def claim(session: Session, site_id: int, now: datetime, lease: timedelta) -> Claim | None:
    """Claim one Site, due or not; None while another Visit holds it."""
    taken = session.connection().execute(_CLAIM, {"site": site_id, "now": now, "until": now + lease}).first()
    return Claim(site_id, *taken) if taken else None


def take_slot(
    session: Session,
    claim: Claim,
    now: datetime,
    gap: timedelta,
    *,
    not_before: datetime | None = None,
    latest: datetime | None = None,
) -> datetime | None:
    """Reserve the next request to the Site and say when it may go out; None when a later Visit has taken over.

    The slots of a Site lie `gap` apart whoever takes them, also after a crash: that is all that politeness needs.
    not_before: when the last request of this Visit asks for more (its answer told of a longer gap). A slot that is
    later than `latest` is returned without being taken, and left for another Visit.
    """
    held = session.connection().execute(_SLOT, {"site": claim.site_id, "held": claim.fence}).first()
    if held is None:
        return None
    slot: datetime = max(held[0], not_before or now, now)
    return _take(session, claim.site_id, slot, timedelta() if latest is not None and slot > latest else gap)


def not_before(session: Session, claim: Claim, at: datetime) -> None:
    """The next request to the Site goes out no earlier: the last one was later than its slot."""
    session.execute(
        update(Site)
        .where(col(Site.id) == claim.site_id, col(Site.fence) == claim.fence, col(Site.next_slot_at) < at)
        .values(next_slot_at=at)
    )


def take_slot_beside(session: Session, host: str, now: datetime, gap: timedelta) -> datetime | Site:
    """Reserve the next request to a Site that is not the visited one (a redirect leads there).

    When it may go out; or the Site, when nothing may be asked of it now (`held_until_at`).
    """
    site = get_or_add(session, host, now)
    if site.held_until_at and site.held_until_at > now:
        return site
    assert site.id is not None
    return _take(session, site.id, max(site.next_slot_at, now), gap)


def _take(session: Session, site_id: int, slot: datetime, gap: timedelta) -> datetime:
    session.connection().execute(_TAKE, {"site": site_id, "next": slot + gap})
    return slot


def held(session: Session, site_id: int, now: datetime) -> Site | None:
    """The Site, if nothing may be asked of it now."""
    return session.exec(select_rows(Site).where(Site.id == site_id, col(Site.held_until_at) > now)).first()


def hold(session: Session, site_id: int, until: datetime, reason: str) -> None:
    """Ask nothing of a Site before `until`, and move what falls due before then to that moment.

    What has failed lately comes a second later, so that the others show whether the Site is well again.
    """
    session.execute(update(Site).where(col(Site.id) == site_id).values(held_until_at=until, held_reason=reason))
    for table in (_ARTICLE, _FEED):
        moved = case((table.c.failures > 0, until + timedelta(seconds=1)), else_=until)
        session.execute(
            update(table)
            .where(table.c.site_id == site_id, table.c.next_check_at < until)
            .values(next_check_at=moved, next_check_why=f"its site is not asked before: {reason}")
        )


def hosts(session: Session, site_ids: Collection[int]) -> Mapping[int, str]:
    """The hosts of these Sites."""
    found = session.exec(select_rows(Site.id, Site.host).where(col(Site.id).in_(site_ids)))
    return {site_id: host for site_id, host in found if site_id is not None}


def still_claimed(connection: Connection, claim: Claim, now: datetime) -> bool:
    """Whether no later Visit has taken over, or may now; if so, none does until this transaction ends."""
    held = connection.execute(_STILL_MINE, {"site": claim.site_id, "held": claim.fence, "now": now})
    return held.first() is not None


def renew(session: Session, claims: Collection[Claim], now: datetime, until: datetime) -> None:
    """These Visits go on; those that a later one has overtaken, or may by now, do not.

    A Site whose row somebody else is just writing is left for the next time: nothing is waited for.
    """
    mine = tuple_(_SITE.c.id, _SITE.c.fence).in_([(claimed.site_id, claimed.fence) for claimed in claims])
    free = select(_SITE.c.id).where(mine, _SITE.c.visit_until > now)
    session.execute(
        update(Site)
        .where(col(Site.id).in_(free.with_for_update(key_share=True, skip_locked=True)))
        .values(visit_until=until)
        .execution_options(synchronize_session=False)
    )


def release(session: Session, claim: Claim) -> None:
    """End a Visit. Does nothing when a later one has taken over."""
    session.connection().execute(_RELEASE, {"site": claim.site_id, "held": claim.fence})


def release_all(session: Session) -> None:
    """Forget Visits of a service that died: only its only successor may call this, when it starts."""
    session.execute(update(Site).where(col(Site.visit_until).is_not(None)).values(visit_until=None))


def record(session: Session, site_id: int, *, ok: bool, reason: str, now: datetime, refused: bool = False) -> int:
    """Keep the health of the Site. refused: its answer meant "not now"; returns how many such came in a row."""
    statement = _WELL if ok else _REFUSED if refused else _FAILED
    (refusals,) = statement.one(session.connection(), {"site": site_id, "why": reason, "now": now})
    return int(refusals)


def refuse(session: Session, host: str, now: datetime) -> Site:
    """Count a "not now" of a Site that is not the visited one, and return it."""
    site = get_or_add(session, host, now)
    site.refusals += 1
    session.add(site)
    session.flush()
    return site


def ignore_robots(session: Session, site_id: int, ignored: bool) -> None:
    """Keep whether the configuration overrules the robots.txt of a Site."""
    session.execute(
        update(Site).where(col(Site.id) == site_id, col(Site.robots_ignored) != ignored).values(robots_ignored=ignored)
    )


def forget_future(session: Session, now: datetime) -> None:
    """After the clock was set back: slots and holds that were written by the old clock must not silence a Site."""
    soon, later = now + timedelta(minutes=1), now + timedelta(days=1)
    session.execute(update(Site).where(col(Site.next_slot_at) > soon).values(next_slot_at=soon))
    session.execute(update(Site).where(col(Site.held_until_at) > later).values(held_until_at=later))
    session.execute(update(Site).where(col(Site.visit_until) > later).values(visit_until=later))


def failing(session: Session, failures: int, limit: int | None = None) -> Sequence[Site]:
    """Sites that failed so many times in a row or more, the worst first."""
    return session.exec(
        select_rows(Site).where(Site.failures >= failures).order_by(col(Site.failures).desc(), Site.host).limit(limit)
    ).all()


def held_back(session: Session, now: datetime) -> Sequence[Site]:
    """Sites of which nothing may be asked now, those for longest first."""
    return session.exec(
        select_rows(Site).where(col(Site.held_until_at) > now).order_by(col(Site.held_until_at).desc(), Site.host)
    ).all()


def counts(session: Session, failures: int, now: datetime) -> tuple[int, int, int]:
    """How many Sites there are, how many of them fail (so many times in a row or more), how many are held back."""
    row = session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(case((col(Site.failures) >= failures, 1), else_=0)), 0),
            func.coalesce(func.sum(case((col(Site.held_until_at) > now, 1), else_=0)), 0),
        ).select_from(Site)
    ).one()
    return int(row[0]), int(row[1]), int(row[2])


def last_checked_at(session: Session) -> datetime | None:
    """When an Article of any Site was last checked; None before the first check."""
    return session.exec(select_rows(func.max(Site.last_checked_at))).one()


def by_id(session: Session, site_id: int) -> Site | None:
    """The Site with this id, if there is one."""
    return session.get(Site, site_id)


def by_host(session: Session, host: str) -> Site | None:
    """The Site of this host, if an Article of it is tracked."""
    return session.exec(select_rows(Site).where(Site.host == host)).first()


def all_sites(session: Session) -> Sequence[Site]:
    """All Sites by host."""
    return session.exec(select_rows(Site).order_by(Site.host)).all()


def page(session: Session, *, limit: int, after_host: str | None = None) -> Sequence[Site]:
    """Sites by host, from the one after `after_host` on."""
    query = select_rows(Site).order_by(Site.host).limit(limit)
    return session.exec(query if after_host is None else query.where(Site.host > after_host)).all()


def found(
    session: Session,
    *,
    words: str = "",
    failures: int | None = None,
    held_at: datetime | None = None,
    robots_ignored: bool = False,
    after_host: str | None = None,
    limit: int,
) -> Sequence[Site]:
    """Sites by host whose name has these words, from the one after `after_host` on.

    failures: only those that failed so many times in a row or more; held_at: only those held back then;
    robots_ignored: only those whose robots.txt is overruled.
    """
    query = select_rows(Site).order_by(Site.host).limit(limit)
    if words:
        query = query.where(col(Site.host).contains(words.lower(), autoescape=True))
    if failures is not None:
        query = query.where(Site.failures >= failures)
    if held_at is not None:
        query = query.where(col(Site.held_until_at) > held_at)
    if robots_ignored:
        query = query.where(Site.robots_ignored)
    return session.exec(query if after_host is None else query.where(Site.host > after_host)).all()


def count_articles(session: Session, site_ids: Sequence[int | None]) -> dict[int, int]:
    """How many Articles each of these Sites has."""
    counted = select_rows(Article.site_id, func.count()).where(col(Article.site_id).in_(site_ids))
    return dict(session.exec(counted.group_by(col(Article.site_id))).all())


def count_visited(session: Session, now: datetime) -> int:
    """How many Sites a Visit holds now."""
    return session.exec(select_rows(func.count()).select_from(Site).where(col(Site.visit_until) > now)).one()
