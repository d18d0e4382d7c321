"""Where the service keeps things: an address, a look at what is there, and whether it is whole."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Protocol

from sqlalchemy import URL, create_engine, event
from sqlalchemy.engine import make_url
from sqlmodel import Session, SQLModel

import storage.tables  # noqa: F401  (fills the metadata)


class Store(Protocol):
    """A database of the service that is examined from outside."""

    name: str
    url: str
    """For the configuration."""
    taken_over: float
    """Seconds after which what a killed process was at is done again. A service that is alone knows at once that what
    is claimed was claimed by a dead one."""

    def look(self, folder: Path) -> AbstractContextManager[Session]:
        """What is there now, without touching it. Nobody may be writing meanwhile."""

    def watch(self) -> AbstractContextManager[Session]:
        """What is there at one moment, beside a service that works on it: whatever is read in it is of that moment."""

    def faults(self, folder: Path) -> list[str]:
        """What the database itself finds broken in it."""

    def empty(self) -> None:
        """Forget everything, the schema as well."""


@contextmanager
def _session(url: str | URL) -> Iterator[Session]:
    """One transaction, with one state of the database for all its statements."""
    engine = create_engine(url, isolation_level="SERIALIZABLE")
    if engine.dialect.name == "sqlite":  # the driver begins a transaction at the first write only
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    try:
        with Session(engine) as session:
            yield session
    finally:
        engine.dispose()


class SqliteStore:
    """A file. It is looked at in a copy, so that to recover what a killed service left stays that service's work."""

    name = "sqlite"
    taken_over = 0.0

    def __init__(self, file: Path) -> None:
        self.file = file
        self.url = f"sqlite:///{file}"

    def _copy(self, folder: Path) -> Path:
        folder.mkdir(exist_ok=True)
        for end in ("", "-wal"):
            source, copy = Path(f"{self.file}{end}"), folder / f"copy.db{end}"
            copy.unlink(missing_ok=True)
            if source.exists():
                shutil.copyfile(source, copy)
        (folder / "copy.db-shm").unlink(missing_ok=True)
        return folder / "copy.db"

    @contextmanager
    def look(self, folder: Path) -> Iterator[Session]:
        """What is there now."""
        with _session(f"sqlite:///{self._copy(folder)}") as session:
            yield session

    def watch(self) -> AbstractContextManager[Session]:
        """What is there at one moment, beside a service."""
        return _session(self.url)

    def empty(self) -> None:
        """No file is left."""
        for end in ("", "-wal", "-shm"):
            Path(f"{self.file}{end}").unlink(missing_ok=True)

    def faults(self, folder: Path) -> list[str]:
        """What SQLite finds broken."""
        with closing(sqlite3.connect(self._copy(folder))) as connection:
            found = [row for (row,) in connection.execute("PRAGMA integrity_check") if row != "ok"]
            return found + [
                f"row without what it points to: {row}" for row in connection.execute("PRAGMA foreign_key_check")
            ]


class PostgresStore:
    """A database on a server."""

    name = "postgresql"
    taken_over = 90.0

    def __init__(self, url: str) -> None:
        """url: as people write it, `postgresql://...`."""
        self.url = url
        self._url = make_url(url).set(drivername="postgresql+psycopg")

    def look(self, folder: Path) -> AbstractContextManager[Session]:
        """What is there now."""
        return _session(self._url)

    def watch(self) -> AbstractContextManager[Session]:
        """What is there at one moment, beside a service."""
        return _session(self._url)

    def empty(self) -> None:
        """No table is left."""
        engine = create_engine(self._url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for statement in ("DROP SCHEMA public CASCADE", "CREATE SCHEMA public"):
                connection.exec_driver_sql(statement)
        engine.dispose()

    def faults(self, folder: Path) -> list[str]:
        """What amcheck finds in the B-trees and heaps of our tables, and rows that point to nothing."""
        found = []
        engine = create_engine(self._url, isolation_level="AUTOCOMMIT")
        try:
            with engine.connect() as connection:
                connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS amcheck")
                indexes = connection.exec_driver_sql(
                    "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_am a ON a.oid = c.relam"
                    " JOIN pg_namespace n ON n.oid = c.relnamespace"
                    " WHERE a.amname = 'btree' AND c.relkind = 'i' AND n.nspname = 'public'"
                ).scalars()
                for index in indexes.all():
                    try:
                        connection.exec_driver_sql(f"SELECT bt_index_check('{index}', true)")
                    except Exception as error:  # noqa: BLE001  whatever it says of the index is the fault
                        found.append(f"{index}: {error}")
                for table in SQLModel.metadata.sorted_tables:
                    rows = connection.exec_driver_sql(f"SELECT msg FROM verify_heapam('\"{table.name}\"')")
                    found += [f"{table.name}: {message}" for message in rows.scalars()]
                    for key in table.foreign_keys:
                        there, column = key.column.table.name, key.column.name
                        lost = connection.exec_driver_sql(
                            f'SELECT count(*) FROM "{table.name}" AS a LEFT JOIN "{there}" AS b'
                            f' ON b."{column}" = a."{key.parent.name}"'
                            f' WHERE a."{key.parent.name}" IS NOT NULL AND b."{column}" IS NULL'
                        ).scalar_one()
                        if lost:
                            found.append(f"{lost} rows of {table.name} without their {there}")
        finally:
            engine.dispose()
        return found
