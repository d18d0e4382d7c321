"""One engine, two ways in: `read()` and `write()`. Everything in one `write()` is one transaction."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session

MIGRATIONS = Path(__file__).parent / "migrations"


class Database:
    """A database of Corrigenda, brought to the newest schema when opened.

    url: an SQLAlchemy URL, e.g. `sqlite:///corrigenda.db`. Raises sqlalchemy.exc.SQLAlchemyError when unreachable.
    """

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.engine: Engine = create_engine(self.url, pool_size=8, max_overflow=64)
        # SQLite has one writer. Our own threads queue here, fairly and without spinning on its busy handler,
        # which is left for other processes (the command line beside a running service).
        self._writer = threading.Lock()
        if self.url.get_backend_name() == "sqlite":
            event.listen(self.engine, "connect", _configure_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        migrate(self.engine)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session on one consistent snapshot; what is changed in it is not kept."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session whose changes are committed together when the block ends, or not at all when it raises."""
        with self._writer, Session(self.engine, expire_on_commit=False) as session:
            session.connection(execution_options={"corrigenda_write": True})
            yield session
            session.commit()

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()


def _configure_sqlite(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
    # The driver's own transaction handling begins late and lets a reader become a writer half-way,
    # which fails at once under WAL; `_begin_sqlite` says it explicitly instead.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("busy_timeout=30000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: object) -> None:
    options = connection.get_execution_options()  # type: ignore[attr-defined]
    write = options.get("corrigenda_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")  # type: ignore[attr-defined]


def migrations(engine: Engine | None = None) -> Config:
    """Alembic's configuration for our migrations, without an ini file."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    if engine is not None:
        config.attributes["engine"] = engine
    return config


def migrate(engine: Engine) -> None:
    """Bring the schema to the newest revision; does nothing, cheaply, when it is there."""
    config = migrations(engine)
    newest = ScriptDirectory.from_config(config).get_current_head()
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    if current != newest:
        command.upgrade(config, "head")
