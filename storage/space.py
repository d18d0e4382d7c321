"""What takes space, measured: tables with their indexes, bytes by what they are of, Articles that have most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import case, exists, func, select, text, union
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col

from storage import search
from storage.database import Database
from storage.tables import Article, Blob, Capture, Version

KINDS = ("raw", "texts", "unneeded", "let go")
"""What bytes are of: what was fetched, texts, nothing any more (an Article was removed); or they were let go, and only
their hashes are kept."""
_SEARCH = "search"
_STORED = func.coalesce(func.sum(func.length(col(Blob.data))), 0)


@dataclass(frozen=True, slots=True)
class Table:
    """A table, with its indexes."""

    name: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Kind:
    """Bytes of one kind of KINDS."""

    name: str
    count: int
    stored_bytes: int
    """As they are kept, compressed."""
    bytes: int
    """As they came."""


@dataclass(frozen=True, slots=True)
class Heavy:
    """An Article and what is kept of it."""

    article_id: int
    name: str
    """Its headline, else its address."""
    versions: int
    captures: int
    stored_bytes: int
    """What it shares with others is counted for each."""


def tables(database: Database) -> Sequence[Table]:
    """The tables, the largest first; none where SQLite has no `dbstat`, which reads the whole file."""
    sqlite = database.url.get_backend_name() == "sqlite"
    asked = (
        "SELECT coalesce(m.tbl_name, s.name), sum(s.pgsize) FROM dbstat s"
        " LEFT JOIN sqlite_master m ON m.name = s.name WHERE s.aggregate = TRUE GROUP BY 1"
        if sqlite
        else "SELECT relname, pg_total_relation_size(relid) FROM pg_catalog.pg_statio_user_tables"
    )
    sizes: Counter[str] = Counter()
    with database.read() as session, suppress(OperationalError):
        for name, size in session.execute(text(asked)):
            sizes[_SEARCH if name.startswith(search.TABLE) else name] += size
    return [Table(name, size) for name, size in sizes.most_common()]


def free_bytes(database: Database) -> int:
    """Of SQLite: what the file has and does not use; new rows go there first. PostgreSQL does not say."""
    if database.url.get_backend_name() != "sqlite":
        return 0
    with database.read() as session:
        pages, size = (
            session.connection().exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("freelist_count", "page_size")
        )
    return int(pages) * int(size)


def kinds(session: Session) -> Sequence[Kind]:
    """All bytes by what they are of, in the order of KINDS. Reads every blob's row, not its bytes."""
    text_of = exists().where(col(Version.text_hash) == col(Blob.hash))
    fetched = exists().where(col(Capture.blob_hash) == col(Blob.hash))
    kind = case(
        (col(Blob.data).is_(None), "let go"), (text_of, "texts"), (fetched, "raw"), else_="unneeded"
    )  # fmt: skip
    found = {
        name: Kind(name, count, stored, size)
        for name, count, stored, size in session.execute(
            select(kind, func.count(), _STORED, func.coalesce(func.sum(col(Blob.size)), 0)).group_by(kind)
        )
    }
    return [found.get(name, Kind(name, 0, 0, 0)) for name in KINDS]


def heaviest(session: Session, limit: int) -> Sequence[Heavy]:
    """The Articles with most bytes, the heaviest first."""
    has = union(
        select(col(Capture.article_id).label("article_id"), col(Capture.blob_hash).label("hash")),
        select(col(Version.article_id), col(Version.text_hash)),
    ).subquery()
    most = (
        select(has.c.article_id, _STORED.label("stored"))
        .join(Blob, col(Blob.hash) == has.c.hash)
        .group_by(has.c.article_id)
        .order_by(_STORED.desc(), has.c.article_id)
        .limit(limit)
        .subquery()
    )
    checks = select(func.count()).where(col(Capture.article_id) == col(Article.id)).scalar_subquery()
    name = func.coalesce(col(Article.headline), col(Article.url))
    rows = session.execute(
        select(col(Article.id), name, col(Article.version_number), checks, most.c.stored)
        .join(most, most.c.article_id == col(Article.id))
        .order_by(most.c.stored.desc(), col(Article.id))
    )
    return [Heavy(*row) for row in rows]


def compact(database: Database) -> None:
    """Give free space of an SQLite file back to the disk. It needs as much room again while it works."""
    connection = database.engine.raw_connection()
    try:
        connection.cursor().execute("VACUUM")
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()
