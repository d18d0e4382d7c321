"""One engine, two ways in: `read()` and `write()`. Everything in one `write()` is one transaction."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, create_engine, event, func, select
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session

MIGRATIONS = Path(__file__).parent / "migrations"
MIGRATING = 0x436F7272
"""The advisory lock of PostgreSQL that one process holds while it migrates."""


class Database:
    """A database of Corrigenda, brought to the newest schema when opened.

    url: an SQLAlchemy URL, `sqlite:///corrigenda.db` or `postgresql://user@host/name`.
    Raises sqlalchemy.exc.SQLAlchemyError when unreachable.
    """

    def __init__(self, url: str) -> None:
        self.url = url_of(url)
        self.shared = self.url.get_backend_name() != "sqlite"
        """Whether other machines may work on it at the same time. Then rows are locked where they are read to be
        written (`with_for_update`, of which SQLite needs and knows nothing)."""
        if self.shared:
            self.engine: Engine = create_engine(self.url, pool_size=4, max_overflow=16, pool_pre_ping=True)
            event.listen(self.engine, "connect", _configure_postgresql)
            self._reading: Engine = self.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            self._writer: threading.Lock | nullcontext[None] = nullcontext()
        else:
            self.engine = self._reading = create_engine(self.url, pool_size=8, max_overflow=64)
            event.listen(self.engine, "connect", _configure_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
            # SQLite has one writer. Our own threads queue here, fairly and without spinning on its busy handler,
            # which is left for other processes (the command line beside a running service).
            self._writer = threading.Lock()
        self._writing: set[int] = set()
        """The threads that write now."""
        migrate(self.engine)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session on one consistent snapshot; what is changed in it is not kept."""
        with Session(self._reading, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session whose changes are committed together when the block ends, or not at all when it raises.

        Raises RuntimeError within another `write()` of the same thread: it would wait for itself without an end.
        """
        thread = threading.get_ident()
        if thread in self._writing:
            raise RuntimeError("write() within a write() of the same thread: hand the session on")
        with self._writer, Session(self.engine, expire_on_commit=False) as session:
            self._writing.add(thread)
            try:
                session.connection(execution_options={"corrigenda_write": True})
                yield session
                session.commit()
            finally:
                self._writing.discard(thread)

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()


def url_of(url: str) -> URL:
    """An SQLAlchemy URL. `postgresql://` and `postgres://`, as people write it, are reached by psycopg."""
    made = make_url(url)
    if made.drivername in ("postgresql", "postgres"):
        made = made.set(drivername="postgresql+psycopg")
    return made


def _configure_postgresql(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
    # A process that is frozen, or whose machine is gone, in the middle of a transaction must not keep its locks: the
    # server ends it. Who waits for a lock gives up before that, and tries again in its next round.
    connection.autocommit = True
    cursor = connection.cursor()
    for setting, value in _POSTGRESQL.items():
        cursor.execute(f"SET {setting} = '{value}'")
    cursor.close()
    connection.autocommit = False


_POSTGRESQL = {
    "timezone": "UTC",
    "idle_in_transaction_session_timeout": "60s",
    "lock_timeout": "30s",
    "tcp_keepalives_idle": "30",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
}


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


def migrations(connection: Connection | None = None) -> Config:
    """Alembic's configuration for our migrations, without an ini file."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    if connection is not None:
        config.attributes["connection"] = connection
    return config


def migrate(engine: Engine) -> None:
    """Bring the schema to the newest revision, all of it or nothing; does nothing, cheaply, when it is there.

    Several processes may start at once: one of them migrates, the others wait and find it done.
    """
    newest = ScriptDirectory.from_config(migrations()).get_current_head()
    with engine.connect() as connection:
        if MigrationContext.configure(connection).get_current_revision() == newest:
            return
    with engine.connect() as connection:
        writing = connection.execution_options(corrigenda_write=True)
        with writing.begin():
            if engine.dialect.name == "postgresql":
                writing.execute(select(func.pg_advisory_xact_lock(MIGRATING)))
            command.upgrade(migrations(writing), "head")
