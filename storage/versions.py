"""Versions: the distinct texts of an Article, in the order in which they were seen."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import bindparam, func, update
from sqlmodel import Session, col, select

from storage import blobs, prepared, search
from storage.prepared import Prepared, Rows
from storage.tables import Article, Capture, Version

_BATCH = 500
_VERSION = Version.metadata.tables["version"]
_ARTICLE, _MEMBER = (Version.metadata.tables[name] for name in ("article", "story_member"))
_CURRENT = Prepared(
    update(_ARTICLE).where(_ARTICLE.c.id == bindparam("article")).values(version_number=bindparam("to"))
)
_BEHIND = Prepared(update(_MEMBER).where(_MEMBER.c.article_id == bindparam("article")).values(behind=True))
_NUMBERED = Rows(
    Version,
    lambda rows: rows.where(_VERSION.c.article_id == bindparam("article"), _VERSION.c.number == bindparam("at_number")),
)
_SEEN = Prepared(
    update(_VERSION)
    .where(_VERSION.c.article_id == bindparam("article"), _VERSION.c.number == bindparam("at_number"))
    .values(last_seen_at=bindparam("at"), sightings=_VERSION.c.sightings + 1)
)


def add(session: Session, version: Version, text: str, about: str = "", before: Version | None = None) -> Version:
    """Keep a new Version with its text, and make it the current one of its Article: it is found by its words.

    about: as `search.about` says. before: the Version before, which its text is like. `version.text_hash` is filled
    in; its number must follow the Article's current one.
    """
    version.text_hash = blobs.put(session, text.encode(), before.text_hash if before else None)
    prepared.add(session, version)
    connection = session.connection()
    _CURRENT.run(connection, {"article": version.article_id, "to": version.number})
    _BEHIND.run(connection, {"article": version.article_id})
    search.keep(session, version.article_id, headline=version.headline, about=about, body=text)
    return version


def get(session: Session, article_id: int, number: int) -> Version | None:
    """Version `number` of an Article, if there is one."""
    return _NUMBERED.first(session, {"article": article_id, "at_number": number})


def of_article(session: Session, article_id: int) -> Sequence[Version]:
    """The Versions of an Article, oldest first."""
    return session.exec(select(Version).where(Version.article_id == article_id).order_by(col(Version.number))).all()


def page(session: Session, article_id: int, *, limit: int, after: int = 0) -> Sequence[Version]:
    """The Versions of an Article, oldest first, from the one after number `after` on."""
    return session.exec(
        select(Version)
        .where(Version.article_id == article_id, Version.number > after)
        .order_by(col(Version.number))
        .limit(limit)
    ).all()


def by_numbers(session: Session, article_id: int, numbers: Collection[int]) -> Sequence[Version]:
    """These Versions of an Article, oldest first, as far as there are such."""
    found: list[Version] = []
    ordered = sorted(set(numbers))
    for at in range(0, len(ordered), _BATCH):
        some = col(Version.number).in_(ordered[at : at + _BATCH])
        found += session.exec(
            select(Version).where(Version.article_id == article_id, some).order_by(col(Version.number))
        )
    return found


def seen_times(session: Session, article_id: int) -> Mapping[int, tuple[datetime, datetime]]:
    """When each Version of an Article was first and last seen, by its number."""
    rows = session.exec(
        select(Version.number, Version.first_seen_at, Version.last_seen_at).where(Version.article_id == article_id)
    )
    return {number: (first, last) for number, first, last in rows}


def with_captures(session: Session, article_id: int) -> Sequence[tuple[Version, Capture]]:
    """The Versions of an Article, oldest first, each with the Capture that brought it."""
    return session.exec(
        select(Version, Capture)
        .join(Capture, col(Capture.id) == col(Version.capture_id))
        .where(Version.article_id == article_id)
        .order_by(col(Version.number))
    ).all()


def number_at(session: Session, article_id: int, at: datetime) -> int | None:
    """Number of the Version that was current at a time; the first, where none was yet; null when there is none."""
    numbers = select(func.max(Version.number)).where(Version.article_id == article_id)
    before = session.exec(numbers.where(col(Version.first_seen_at) <= at)).one()
    if before is not None:
        return before
    return 1 if session.exec(numbers).one() is not None else None


def text_of(session: Session, article_id: int, name: str, number: int) -> tuple[str | None, int] | None:
    """The `headline`, `byline` or `published` date of a Version, with its number; null for what is none of them."""
    version = get(session, article_id, number) if name in ("headline", "byline", "published") else None
    if version is None:
        return None
    said: str | None = getattr(version, name)
    return (said[:10] if said and name == "published" else said), number


def text(session: Session, version: Version) -> str:
    """The text of a Version. Raises LetGoError when it was let go, DamagedError when it is lost or damaged."""
    return blobs.get(session, version.text_hash).decode()


def kept_text(session: Session, version: Version) -> str | None:
    """The text of a Version, null where it was let go. Raises DamagedError when it is lost or damaged."""
    return None if version.text_let_go_at else text(session, version)


def readable_text(session: Session, version: Version) -> str | None:
    """The text of a Version, null where it was let go, is lost or damaged."""
    found = blobs.get_those(session, [version.text_hash]).get(version.text_hash)
    return None if found is None else found.decode()


def texts(session: Session, rows: Sequence[Version]) -> Mapping[int, str]:
    """The texts of these Versions, by their ids, without those that were let go, are lost or damaged."""
    found = blobs.get_those(session, [row.text_hash for row in rows])
    return {row.id or 0: found[row.text_hash].decode() for row in rows if row.text_hash in found}


def current_texts(session: Session, articles: Sequence[Article]) -> Mapping[int, str]:
    """The texts of the current Versions of some Articles, by the id of the Article; one that is damaged is left out."""
    hashes = session.exec(
        select(Version.article_id, Version.text_hash)
        .join(Article, (col(Article.id) == Version.article_id) & (col(Article.version_number) == Version.number))
        .where(col(Article.id).in_([article.id for article in articles]))
    ).all()
    found = blobs.get_those(session, [text_hash for _, text_hash in hashes])
    return {article_id: found[text_hash].decode() for article_id, text_hash in hashes if text_hash in found}


def read_by(session: Session, article_id: int, number: int, extractor: str) -> None:
    """This extractor reads the page of a Version as it was read."""
    session.execute(
        update(Version)
        .where(col(Version.article_id) == article_id, col(Version.number) == number)
        .values(extractor=extractor)
    )


def seen(session: Session, article_id: int, number: int, at: datetime) -> None:
    """The Article still says what this Version says."""
    _SEEN.run(session.connection(), {"article": article_id, "at_number": number, "at": at})
