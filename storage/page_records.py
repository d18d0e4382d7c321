"""Page records: what was last found in each Article's page, and the notices about whole Sites made from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, case, func, null, update
from sqlmodel import Session, col, select

from storage import blobs
from storage.prepared import Prepared
from storage.tables import Article, Blob, PageRecord, SiteNotice, Version

_WEIGHT = 0.25
"""Of the newest reading in the usual length."""
_LONGEST_SIBLING = 200_000
"""Bytes of a text: longer ones are not worth reading for a line that they may share."""
_TEMPLATE = "template"
_RECORD = PageRecord.metadata.tables["page_record"]
_READ = Prepared(
    update(_RECORD)
    .where(_RECORD.c.article_id == bindparam("article"))
    .values(
        usual_characters=(1 - _WEIGHT) * _RECORD.c.usual_characters
        + _WEIGHT * bindparam("to_characters", type_=_RECORD.c.characters.type),
        upset_at=null(),
        **{
            name: bindparam(f"to_{name}", type_=_RECORD.c[name].type)
            for name in ("read_at", "characters", "paragraphs", "headline", "byline", "published")
        },
    )
)
_NOTICE = SiteNotice.metadata.tables["site_notice"]
_NOTICED = Prepared(
    select(_NOTICE.c.id).where(
        _NOTICE.c.site_id == bindparam("site"), _NOTICE.c.kind == bindparam("of_kind"), _NOTICE.c.closed_at.is_(None)
    )
)
_FOUND = (PageRecord.headline, PageRecord.byline, PageRecord.published)


@dataclass(frozen=True, slots=True)
class Health:
    """A Site's record: of how many Articles, how long they are, and in what share each thing is found (0 to 1)."""

    articles: int
    characters: float
    headline: float
    byline: float
    published: float
    upset: int
    """Articles whose text is broken or replaced now."""


def record(
    session: Session,
    article_id: int,
    site_id: int,
    at: datetime,
    *,
    characters: int,
    paragraphs: int,
    headline: bool,
    byline: bool,
    published: bool,
) -> None:
    """Keep what a good page brought."""
    found: dict[str, Any] = {
        "read_at": at,
        "characters": characters,
        "paragraphs": paragraphs,
        "headline": headline,
        "byline": byline,
        "published": published,
    }
    known = _READ.run(
        session.connection(), {"article": article_id, **{f"to_{name}": value for name, value in found.items()}}
    )
    if not known:
        session.add(PageRecord(article_id=article_id, site_id=site_id, usual_characters=characters, **found))


def upset(session: Session, article_id: int, at: datetime) -> None:
    """The Article's text collapsed, or was replaced as a whole; a page that was upset before stays so since then."""
    session.execute(
        update(PageRecord)
        .where(col(PageRecord.article_id) == article_id)
        .values(read_at=at, upset_at=func.coalesce(PageRecord.upset_at, at))
    )


def upsets(session: Session, site_id: int, since: datetime) -> tuple[int, int]:
    """How many of the Site's Articles are upset, and how many were read since then."""
    broken, read = session.exec(
        select(func.count(col(PageRecord.upset_at)), func.count()).where(
            PageRecord.site_id == site_id, PageRecord.read_at >= since
        )
    ).one()
    return broken, read


def health(session: Session, site_id: int) -> Health:
    """The record of a Site, over all its Articles."""
    row = session.exec(
        select(  # type: ignore[call-overload]
            func.count(),
            func.avg(PageRecord.usual_characters),
            *(func.sum(case((col(found), 1), else_=0)) for found in _FOUND),
            func.count(col(PageRecord.upset_at)),
        ).where(PageRecord.site_id == site_id)
    ).one()
    count, characters, headline, byline, published, broken = row
    headline, byline, published = (float(value or 0) / (count or 1) for value in (headline, byline, published))
    return Health(count, float(characters or 0.0), headline, byline, published, broken)


def sibling_texts(session: Session, site_id: int, but: int, limit: int) -> Sequence[str]:
    """The current texts of some other Articles of a Site, those read last."""
    hashes = session.exec(
        select(Version.text_hash)
        .join(Article, (col(Article.id) == Version.article_id) & (col(Article.version_number) == Version.number))
        .join(Blob, col(Blob.hash) == Version.text_hash)
        .where(Article.site_id == site_id, Article.id != but, Blob.size <= _LONGEST_SIBLING)
        .order_by(col(Article.last_checked_at).desc())
        .limit(limit)
    ).all()
    return [blobs.get(session, text_hash).decode() for text_hash in hashes]


def is_noticed(session: Session, site_id: int, kind: str) -> bool:
    """Whether a notice of this kind is open for the Site."""
    session.flush()
    return _NOTICED.first(session.connection(), {"site": site_id, "of_kind": kind}) is not None


def open_notice(session: Session, site_id: int, kind: str) -> SiteNotice | None:
    """The notice of this kind that is open for the Site."""
    return session.exec(
        select(SiteNotice).where(
            SiteNotice.site_id == site_id, SiteNotice.kind == kind, col(SiteNotice.closed_at).is_(None)
        )
    ).first()


def notice(session: Session, site_id: int, kind: str, sentence: str, at: datetime) -> None:
    """Say something about the Site, once: an open notice of that kind is brought up to date instead."""
    row = open_notice(session, site_id, kind) or SiteNotice(
        site_id=site_id, kind=kind, sentence=sentence, opened_at=at, last_at=at
    )
    row.sentence, row.last_at = sentence, at
    session.add(row)


def close_notices(session: Session, site_id: int, at: datetime, *, kind: str | None = None, accepted: bool) -> int:
    """Close the open notices about a Site. Returns how many."""
    query = update(SiteNotice).where(col(SiteNotice.site_id) == site_id, col(SiteNotice.closed_at).is_(None))
    if kind:
        query = query.where(col(SiteNotice.kind) == kind)
    result = session.execute(query.values(closed_at=at, accepted=accepted))
    return int(result.rowcount)  # type: ignore[attr-defined]


def accepted_since(session: Session, site_id: int, since: datetime) -> bool:
    """Whether a person took the Site's new pages for right after `since`."""
    found = session.exec(
        select(SiteNotice.id).where(
            SiteNotice.site_id == site_id,
            SiteNotice.kind == _TEMPLATE,
            SiteNotice.accepted,
            col(SiteNotice.closed_at) >= since,
        )
    ).first()
    return found is not None


def notices(
    session: Session, site_id: int | None = None, *, only_open: bool = False, limit: int = 20
) -> Sequence[SiteNotice]:
    """Notices about one Site or all, the newest first."""
    query = select(SiteNotice).order_by(col(SiteNotice.id).desc()).limit(limit)
    if site_id is not None:
        query = query.where(SiteNotice.site_id == site_id)
    if only_open:
        query = query.where(col(SiteNotice.closed_at).is_(None))
    return session.exec(query).all()
