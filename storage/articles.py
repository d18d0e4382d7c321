"""Articles: adding, finding, listing, and when each is due."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, bindparam, case, func, null, or_, update
from sqlmodel import Session, col, select

from storage import addresses, search, sites, stories
from storage.prepared import Prepared
from storage.tables import Article, Site, StoryMember, UtcDateTime

_BATCH = 500
_ARTICLE = Article.metadata.tables["article"]
_DUE_AT = sites.due_rows(Article)


def add(
    session: Session,
    url: str,
    *,
    kind: str,
    host: str,
    now: datetime,
    publisher: str | None = None,
    published: str | None = None,
    published_source: str | None = None,
    interval_seconds: int | None = None,
    fastest_seconds: int | None = None,
    slowest_seconds: int | None = None,
    story: str | None = None,
    known_by: str | None = None,
    given: str | None = None,
    source: str = "given",
) -> tuple[Article, bool]:
    """Track an Article, due at once. Returns it, and whether it is new.

    known_by: the key that all spellings of its address share (default: the address). given: the address as it was
    written; source: by whom, `given` or `feed`. story: the name of one that it is put into, made if there is none.
    """
    known_by = known_by or url
    tracked = known(session, url, known_by)
    if tracked is not None:
        return tracked, False
    site = sites.get_or_add(session, host, now)
    assert site.id is not None
    if (tracked := known(session, url, known_by)) is not None:  # since another process let go of the Site
        return tracked, False
    article = Article(
        url=url,
        kind=kind,
        site_id=site.id,
        publisher=publisher,
        published=published,
        published_source=published_source,
        interval_seconds=interval_seconds,
        fastest_seconds=fastest_seconds,
        slowest_seconds=slowest_seconds,
        next_check_why="just added",
        added_at=now,
        next_check_at=now,
        state_since_at=now,
    )
    session.add(article)
    session.flush()
    search.keep(session, article.id or 0, headline=None, about=search.about(publisher, url), body="")
    addresses.keep(session, known_by, article.id or 0, given or url, source, now)
    if story:
        stories.put(session, stories.get_or_make(session, story, now)[0], [article.id or 0], now)
        session.refresh(article)
    return article, True


def known(session: Session, url: str, known_by: str) -> Article | None:
    """The Article at this address, however it is spelt."""
    return addresses.find(session, known_by) or by_url(session, url)


def by_url(session: Session, url: str) -> Article | None:
    """The Article at this address, if tracked."""
    return session.exec(select(Article).where(Article.url == url)).first()


def by_id(session: Session, article_id: int) -> Article | None:
    """The Article with this id, if there is one."""
    return session.get(Article, article_id)


def by_ids(session: Session, article_ids: Sequence[int]) -> Sequence[Article]:
    """The Articles with these ids, as far as there are such; in no particular order."""
    found: list[Article] = []
    for at in range(0, len(article_ids), _BATCH):
        found += session.exec(select(Article).where(col(Article.id).in_(article_ids[at : at + _BATCH])))
    return found


def in_no_story(session: Session, limit: int) -> Sequence[Article]:
    """The newest Articles with a text that are in no Story."""
    inside = select(StoryMember.article_id).where(StoryMember.article_id == Article.id).exists()
    return session.exec(
        select(Article).where(~inside, Article.version_number > 0).order_by(col(Article.id).desc()).limit(limit)
    ).all()


def listing(
    session: Session, *, state: str | None = None, search: str | None = None, limit: int | None = None, offset: int = 0
) -> Sequence[Article]:
    """Articles by id, newest last; `search` is looked for in address and headline."""
    query = select(Article).order_by(col(Article.id)).offset(offset).limit(limit)
    if state:
        query = query.where(Article.state == state)
    if search:
        pattern = "%" + search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        query = query.where(
            or_(col(Article.url).ilike(pattern, escape="\\"), col(Article.headline).ilike(pattern, escape="\\"))
        )
    return session.exec(query).all()


def found(
    session: Session,
    *,
    state: str | None = None,
    search: str | None = None,
    order: Literal["added", "changed", "next"] = "changed",
    limit: int,
    offset: int = 0,
) -> tuple[Sequence[Article], int]:
    """One page of Articles for people, and how many there are in all.

    order: last `added` first, last `changed` first (those that never did go by when they were added), or in the order
    of their `next` check, paused ones last.
    """
    matching = _matching(state, search)
    changed = func.coalesce(Article.last_changed_at, Article.added_at).desc()
    orders: dict[str, list[ColumnElement[Any]]] = {
        "added": [],
        "changed": [changed],
        "next": [col(Article.next_check_at).asc().nulls_last()],
    }
    # Ids are sorted and counted off first: whole rows of far pages would all be carried through the sort.
    ids = (
        select(Article.id).where(*matching).order_by(*orders[order], col(Article.id).desc()).offset(offset).limit(limit)
    )
    page = session.exec(ids).all()
    rows = {row.id: row for row in session.exec(select(Article).where(col(Article.id).in_(page)))}
    total = session.exec(select(func.count()).select_from(Article).where(*matching)).one()
    return [rows[article_id] for article_id in page], total


def _matching(state: str | None, search: str | None) -> list[ColumnElement[bool]]:
    matching: list[ColumnElement[bool]] = [col(Article.state) == state] if state else []
    if search:
        pattern = "%" + search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        columns = (col(Article.url), col(Article.headline), col(Article.publisher))
        matching.append(or_(*(column.ilike(pattern, escape="\\") for column in columns)))
    return matching


def count(session: Session) -> int:
    """How many Articles are tracked."""
    return session.exec(select(func.count()).select_from(Article)).one()


def any_tracked(session: Session) -> bool:
    """Whether any Article is tracked."""
    return session.exec(select(Article.id).limit(1)).first() is not None


def count_by_state(session: Session) -> dict[str, int]:
    """How many Articles are in each state."""
    return dict(session.exec(select(Article.state, func.count()).group_by(Article.state)).all())


def due_at(session: Session, site_id: int, now: datetime, limit: int) -> Sequence[Article]:
    """Due Articles of one Site, the most overdue first."""
    return _DUE_AT.all(session, {"site": site_id, "now": now, "limit": limit})


def overdue(session: Session, before: datetime, limit: int | None = None) -> Sequence[Article]:
    """Articles that should have been checked before `before`, the longest overdue first; not those of held Sites."""
    return session.exec(select(Article).where(*late(before)).order_by(col(Article.next_check_at)).limit(limit)).all()


def count_overdue(session: Session, before: datetime) -> int:
    """How many Articles should have been checked before `before`; not those of Sites that were held back then."""
    return session.exec(select(func.count()).select_from(Article).where(*late(before))).one()


def count_due(session: Session, now: datetime) -> int:
    """How many Articles wait to be checked, those of held Sites left out."""
    return session.exec(select(func.count()).select_from(Article).where(*late(now))).one()


def late(before: datetime) -> tuple[ColumnElement[bool], ...]:
    """What is so of Articles that should have been checked before then, and whose Sites were not held back."""
    held = select(Site.id).where(col(Site.held_until_at) > before)
    return col(Article.next_check_at) < before, col(Article.site_id).not_in(held)


def check_now(session: Session, article_ids: Sequence[int], now: datetime) -> int:
    """Make these Articles due now; a paused one is resumed by that. Returns how many there are."""
    return _set(session, article_ids, next_check_at=now, next_check_why="somebody asked for it")


def pause(session: Session, article_ids: Sequence[int]) -> int:
    """Look at these Articles no more until they are resumed. Returns how many were not paused before."""
    return _set(
        session, article_ids, col(Article.next_check_at).is_not(None), next_check_at=None, next_check_why="paused"
    )


def resume(session: Session, article_ids: Sequence[int], now: datetime) -> int:
    """Look at those of these Articles that are paused again, at once. Returns how many were."""
    return _set(
        session, article_ids, col(Article.next_check_at).is_(None), next_check_at=now, next_check_why="just resumed"
    )


def set_interval(session: Session, article_ids: Sequence[int], seconds: int | None, now: datetime) -> int:
    """Always so long between two checks of these Articles, from now on; None: as configured. Paused ones stay so."""
    changed = _set(session, article_ids, interval_seconds=seconds)
    if seconds is not None:  # a check that is planned for later comes in time, an earlier one stays
        latest = now + timedelta(seconds=seconds)
        later = col(Article.next_check_at) > latest
        _set(session, article_ids, later, next_check_at=latest, next_check_why="its own interval")
    return changed


def _set(session: Session, article_ids: Sequence[int], *conditions: ColumnElement[bool], **values: Any) -> int:
    """Set columns of those of these Articles that are as said. Returns how many."""
    result = session.execute(
        update(Article)
        .where(col(Article.id).in_(article_ids), *conditions)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    return int(result.rowcount)  # type: ignore[attr-defined]


def forget_future(session: Session, now: datetime) -> int:
    """After the clock was set back: what was last checked "in the future" is due now. Returns how many."""
    result = session.execute(
        update(Article)
        .where(col(Article.last_checked_at) > now, col(Article.next_check_at).is_not(None))
        .values(next_check_at=now - timedelta(seconds=1), last_checked_at=now, next_check_why="the clock was set back")
        .execution_options(synchronize_session=False)
    )
    return int(result.rowcount)  # type: ignore[attr-defined]


def spread_overdue(session: Session, now: datetime, rate: float) -> int:
    """Spread what fell due while nothing ran over a window that keeps `rate` checks a second. Returns how many."""
    overdue_count = session.exec(select(func.count()).where(col(Article.next_check_at) < now)).one()
    if overdue_count <= rate:
        return overdue_count
    buckets = 50
    step = timedelta(seconds=overdue_count / rate / buckets)
    moment = case({bucket: now + bucket * step for bucket in range(buckets)}, value=col(Article.id) % buckets)
    session.execute(update(Article).where(col(Article.next_check_at) < now).values(next_check_at=moment))
    return overdue_count


def save(session: Session, article_id: int, **values: Any) -> None:
    """Set columns of one Article."""
    session.connection().execute(_ARTICLE.update().where(_ARTICLE.c.id == article_id).values(**values))


def schedule(session: Session, article_id: int, next_check_at: datetime, **values: Any) -> None:
    """Set when one Article is looked at next, and other columns; a pause that came in the meantime stays a pause."""
    given = {f"to_{name}": value for name, value in values.items()} | {"article": article_id, "at": next_check_at}
    _schedule_of(tuple(values)).run(session.connection(), given)


@functools.lru_cache(64)
def _schedule_of(columns: tuple[str, ...]) -> Prepared:
    """The statement of `schedule` for these columns: to build one takes longer than to run it."""
    paused_stays = case((_ARTICLE.c.next_check_at.is_(None), null()), else_=bindparam("at", type_=UtcDateTime()))
    values = {name: bindparam(f"to_{name}", type_=_ARTICLE.c[name].type) for name in columns}
    return Prepared(
        update(_ARTICLE).where(_ARTICLE.c.id == bindparam("article")).values(next_check_at=paused_stays, **values)
    )
