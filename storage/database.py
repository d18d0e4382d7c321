"""One engine, two ways in: `read()` and `write()`. Everything in one `write()` is one transaction."""

from __future__ import annotations

import copy
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import URL, Connection, Engine, create_engine, event, func, inspect, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session, SQLModel

from storage.tables.packed import as_json

if TYPE_CHECKING:
    from alembic.config import Config

_SQLITE_TROUBLE = frozenset({
    sqlite3.SQLITE_BUSY, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN,
})  # fmt: skip
MIGRATIONS = Path(__file__).parent / "migrations"
MIGRATING = 0x436F7272
"""The advisory lock of PostgreSQL that one process holds while it migrates."""


def in_trouble(error: BaseException) -> bool:
    """Whether the database itself was the trouble, and not what was to be written.

    It was not there, had no connection or no room left, was shut down, or somebody else held a lock for too long
    (SQLSTATE classes 40, 53 and 57, and 55P03: PostgreSQL, appendix A; SQLite's own result codes).
    """
    if not isinstance(error, DBAPIError):
        return isinstance(error, PoolTimeoutError)
    if isinstance(error.orig, sqlite3.Error):
        return (getattr(error.orig, "sqlite_errorcode", 0) & 0xFF) in _SQLITE_TROUBLE
    state = getattr(error.orig, "sqlstate", None) or ""
    return error.connection_invalidated or state[:2] in ("40", "53", "57") or state == "55P03"


class Database:
    """A database of Corrigenda, brought to the newest schema when opened.

    url: an SQLAlchemy URL, `sqlite:///corrigenda.db` or `postgresql://user@host/name`.
    unfinished: open what a move has begun to fill (`moving.py`), which is refused otherwise.
    Raises sqlalchemy.exc.SQLAlchemyError when unreachable, UnfinishedMoveError, StrangeSchemaError.
    """

    def __init__(self, url: str, *, unfinished: bool = False) -> None:
        self.url = url_of(url)
        self.shared = self.url.get_backend_name() != "sqlite"
        """Whether other machines may work on it at the same time. Then rows are locked where they are read to be
        written (`with_for_update`, of which SQLite needs and knows nothing)."""
        if self.shared:
            self.engine: Engine = create_engine(
                self.url, pool_size=4, max_overflow=8, pool_pre_ping=True, json_serializer=as_json
            )
            self._reading: Engine = create_engine(
                self.url, pool_size=4, max_overflow=12, pool_pre_ping=True, json_serializer=as_json
            )
            event.listen(self.engine, "connect", partial(_configure_postgresql, _WRITING))
            event.listen(self._reading, "connect", partial(_configure_postgresql, _READING))
            self._writer: threading.Lock | nullcontext[None] = nullcontext()
            self._teller: threading.Lock | nullcontext[None] = threading.Lock()
        else:
            if self.url.database and not self.url.database.startswith((":", "file:")):
                make_private(Path(self.url.database))
            self.engine = self._reading = create_engine(self.url, pool_size=8, max_overflow=64, json_serializer=as_json)
            event.listen(self.engine, "connect", _configure_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
            # SQLite has one writer. Our own threads queue here, fairly and without spinning on its busy handler,
            # which is left for other processes (the command line beside a running service).
            self._writer, self._teller = threading.Lock(), nullcontext()
        self._for_writing = self.engine.execution_options(corrigenda_write=True)
        self._check: Callable[[Connection], None] = lambda connection: None
        self._writing: set[int] = set()
        """The threads that write now."""
        migrate(self.engine, unfinished=unfinished)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session on one consistent snapshot; what is changed in it is not kept."""
        with Session(self._reading, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self, *, telling: bool = False) -> Iterator[Session]:
        """A session whose changes are committed together when the block ends, or not at all when it raises.

        telling: it may lock Channels (`rules.lock_channels`), for which all articles of all machines queue. Of those a
        process has one at a time: were ten of its threads in that queue when its machine freezes, each of them would
        get the lock in its turn and keep it until the server ends its transaction.
        Raises RuntimeError within another `write()` of the same thread: it would wait for itself without an end.
        """
        told = self._teller if telling else nullcontext()
        with told, self._alone(), Session(self.engine, expire_on_commit=False) as session:
            self._check(session.connection(execution_options={"corrigenda_write": True}))
            yield session
            session.commit()

    def connect(self) -> Connection:
        """A connection for `transaction`, to be kept and closed by whoever asks for it."""
        return self._for_writing.connect()

    @contextmanager
    def transaction(self, connection: Connection) -> Iterator[None]:
        """Like `write`, but without the session, over a kept connection: for the few statements of the hot path."""
        with self._alone(), connection.begin():
            self._check(connection)
            yield

    @contextmanager
    def _alone(self) -> Iterator[None]:
        thread = threading.get_ident()
        if thread in self._writing:
            raise RuntimeError("write() within a write() of the same thread: hand the session on")
        with self._writer:
            self._writing.add(thread)
            try:
                yield
            finally:
                self._writing.discard(thread)

    def fenced(self, check: Callable[[Connection], None]) -> Database:
        """This database for somebody whose right to write may end: `check` begins each transaction, and raises then."""
        twin = copy.copy(self)
        twin._check = check
        return twin

    def now(self) -> datetime:
        """The time of day by the clock of the machine that the database runs on."""
        if not self.shared:
            return datetime.now(UTC)
        with self.read() as session:
            moment: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
        return moment

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()
        self._reading.dispose()


def make_private(file: Path) -> None:
    """Make an empty file for its owner alone, unless there is one: secrets of channels are kept in it."""
    with suppress(OSError):  # SQLite says it better
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def url_of(url: str) -> URL:
    """An SQLAlchemy URL. `postgresql://` and `postgres://`, as people write it, are reached by psycopg."""
    made = make_url(url)
    if made.drivername in ("postgresql", "postgres"):
        made = made.set(drivername="postgresql+psycopg")
    return made


def _configure_postgresql(
    settings: Mapping[str, str], connection: DBAPIConnection, record: ConnectionPoolEntry
) -> None:
    connection.autocommit = True
    cursor = connection.cursor()
    for setting, value in settings.items():
        cursor.execute(f"SET {setting} = '{value}'")
    cursor.close()
    connection.autocommit = False


_POSTGRESQL = {
    "timezone": "UTC",
    "tcp_keepalives_idle": "20",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}
# A process that is frozen, or whose machine is gone, in the middle of a transaction must not keep its locks: the server
# ends it, before those who wait for them give up.
_WRITING = {**_POSTGRESQL, "idle_in_transaction_session_timeout": "20s", "lock_timeout": "45s"}
_READING = {
    **_POSTGRESQL,
    "default_transaction_isolation": "repeatable read",
    "default_transaction_read_only": "on",
    "idle_in_transaction_session_timeout": "10min",
    "lock_timeout": "15s",  # somebody has a whole table for himself: `/health` says so rather than wait with the rest
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
    # Given to the driver itself: by way of SQLAlchemy this alone would take as long as all the rest of a short write.
    driver = connection.connection.dbapi_connection  # type: ignore[attr-defined]
    driver.execute("BEGIN IMMEDIATE" if write else "BEGIN")


def migrations(connection: Connection | None = None) -> Config:
    """Alembic's configuration for our migrations, without an ini file."""
    from alembic.config import Config  # takes a tenth of a start, and is needed where there is something to migrate

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    if connection is not None:
        config.attributes["connection"] = connection
    return config


MOVING = "moving:"
"""Before the revision of a database that is being moved to."""


class UnfinishedMoveError(Exception):
    """Only a part of another database is in this one so far."""


class StrangeSchemaError(Exception):
    """The tables are not those of the revision that the database says it has."""


def newest_revision() -> str:
    """The revision of the schema that this code works with."""
    return max(file.name.partition("_")[0] for file in MIGRATIONS.glob("versions/[0-9]*.py"))


def migrate(engine: Engine, *, unfinished: bool = False) -> None:
    """Bring the schema to the newest revision, all of it or nothing; does nothing, cheaply, when it is there.

    Several processes may start at once: one of them migrates, the others wait and find it done.
    Raises UnfinishedMoveError, StrangeSchemaError.
    """
    newest = newest_revision()
    with engine.connect() as connection:
        known = inspect(connection).has_table("alembic_version")
        current = connection.execute(text("SELECT version_num FROM alembic_version")).scalar() if known else None
        if current == newest or (unfinished and current == f"{MOVING}{newest}"):
            _expect_columns(connection)
            return
        if not known and engine.dialect.name == "sqlite" and inspect(connection).get_table_names():
            raise StrangeSchemaError("that file is something else: check the setting `database`")
    if current and current.startswith(MOVING):
        raise UnfinishedMoveError("an unfinished `corrigenda db move` leads here: run that to its end first")
    with engine.connect() as connection:
        writing = connection.execution_options(corrigenda_write=True)
        with writing.begin():
            from alembic import command

            if engine.dialect.name == "postgresql":
                writing.execute(select(func.pg_advisory_xact_lock(MIGRATING)))
            command.upgrade(migrations(writing), "head")


def _expect_columns(connection: Connection) -> None:
    """Until 0.1.0 is released its one migration may change under its name: what was made before would fail later."""
    columns = inspect(connection).get_multi_columns()
    there = {(table, column["name"]) for (_, table), found in columns.items() for column in found}
    ours = {(table.name, column.name) for table in SQLModel.metadata.sorted_tables for column in table.columns}
    lacking = sorted(f"{table}.{column}" for table, column in ours - there)
    if lacking:
        more = f" and {len(lacking) - 3} more" if len(lacking) > 3 else ""
        raise StrangeSchemaError(
            f"its tables lack {', '.join(lacking[:3])}{more}: an unreleased version of Corrigenda made it; "
            "read it with that one, or begin anew with another file or database"
        )
