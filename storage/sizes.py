"""How much is kept. Counts come from the ends of indexes, so that asking is cheap however much there is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func
from sqlmodel import Session, col, select

from storage.database import Database
from storage.tables import Article, Blob, Capture, Change, Fact, Version


@dataclass(frozen=True, slots=True)
class Sizes:
    """Rows of each noun, and bytes."""

    articles: int
    versions: int
    captures: int
    facts: int
    changes: int
    database_bytes: int
    """The database with all that is in it."""
    log_bytes: int
    """Of SQLite: what was written and is not yet in the file (its write-ahead log)."""


def measure(database: Database) -> Sizes:
    """The sizes now. Rows are counted by their highest id: what was numbered and since removed is counted, too."""
    with database.read() as session:
        articles, versions, captures, facts, changes = (
            session.exec(select(func.max(column))).one() or 0
            for column in (col(Article.id), col(Version.id), col(Capture.id), col(Fact.id), col(Change.id))
        )
        if database.url.get_backend_name() == "sqlite":
            pages, size = (session.connection().exec_driver_sql(f"PRAGMA {name}").scalar_one()
                           for name in ("page_count", "page_size"))  # fmt: skip
            total = pages * size
        else:
            total = session.exec(select(func.pg_database_size(func.current_database()))).one()
    return Sizes(articles, versions, captures, facts, changes, total, _log_bytes(database))


def blobs(session: Session) -> tuple[int, int]:
    """How many blobs, and the bytes they hold uncompressed. It reads every row: not for a page that many open."""
    return session.exec(select(func.count(), func.coalesce(func.sum(Blob.size), 0))).one()


def engine_version(database: Database) -> str:
    """The name and version of what keeps everything."""
    sqlite = database.url.get_backend_name() == "sqlite"
    with database.read() as session:
        asked = "SELECT sqlite_version()" if sqlite else "SHOW server_version"
        number = session.connection().exec_driver_sql(asked).scalar_one()
    return f"{'SQLite' if sqlite else 'PostgreSQL'} {number}"


def _log_bytes(database: Database) -> int:
    if database.url.get_backend_name() != "sqlite" or not database.url.database:
        return 0
    log = Path(f"{database.url.database}-wal")
    return log.stat().st_size if log.exists() else 0
