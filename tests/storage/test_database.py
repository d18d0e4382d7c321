"""The way into the database: durable settings, one schema, all or nothing."""

from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlmodel
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import IntegrityError, InternalError, StatementError

from storage import articles, loops, search
from storage.database import Database, StrangeSchemaError, migrations, newest_revision
from storage.tables import Article
from tests.postgres import PostgreSQL

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_a_new_database_equals_all_migrations_applied(database: Database) -> None:
    with database.engine.connect() as connection:
        opts = {
            "compare_type": True,
            "include_name": lambda name, kind, parents: not (name or "").startswith(search.TABLE),
        }
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, sqlmodel.SQLModel.metadata) == []


def test_the_newest_revision_is_the_head_of_the_migrations() -> None:
    assert newest_revision() == ScriptDirectory.from_config(migrations()).get_current_head()


@pytest.mark.parametrize("storage_url", ["sqlite"], indirect=True)
def test_sqlite_is_set_up_to_lose_nothing(database: Database) -> None:
    with database.read() as session:
        connection = session.connection()
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_opening_again_keeps_what_is_there(storage_url: str) -> None:
    first = Database(storage_url)
    with first.write() as session:
        articles.add(session, "https://example.org/1", kind="url", host="example.org", now=NOW)
    first.close()
    second = Database(storage_url)
    with second.read() as session:
        assert articles.count(session) == 1
    second.close()


def test_tables_of_another_making_are_refused_when_opened(storage_url: str) -> None:
    database = Database(storage_url)
    with database.write() as session:
        session.connection().exec_driver_sql("ALTER TABLE blob RENAME COLUMN size TO weight")
    with pytest.raises(StrangeSchemaError, match=r"lack blob\.size: an unreleased version"):
        Database(storage_url)
    with database.write() as session:
        session.connection().exec_driver_sql("ALTER TABLE blob RENAME COLUMN weight TO size")
    database.close()
    Database(storage_url).close()


def test_a_write_that_raises_leaves_nothing(database: Database) -> None:
    with pytest.raises(RuntimeError), database.write() as session:
        articles.add(session, "https://example.org/1", kind="url", host="example.org", now=NOW)
        raise RuntimeError
    with database.read() as session:
        assert articles.count(session) == 0


def test_an_unknown_word_is_refused(database: Database) -> None:
    with pytest.raises(IntegrityError), database.write() as session:
        article, _ = articles.add(session, "https://example.org/1", kind="url", host="example.org", now=NOW)
        articles.save(session, article.id or 0, state="perfect")


def test_a_naive_time_is_refused_and_an_aware_one_comes_back_as_utc(database: Database) -> None:
    with pytest.raises(StatementError, match="aware UTC"), database.write() as session:
        loops.beat(session, "scheduler", datetime(2026, 1, 1))
    with database.write() as session:
        loops.beat(session, "scheduler", NOW)
    with database.read() as session:
        [beat] = loops.beats(session)
    assert beat.beat_at == NOW
    assert beat.beat_at.tzinfo is UTC


def test_writers_in_many_threads_wait_for_each_other(database: Database) -> None:
    with database.write() as session:
        article, _ = articles.add(session, "https://example.org/1", kind="url", host="example.org", now=NOW)

    def add_ten() -> None:
        for _ in range(10):
            with database.write() as session:
                found = session.get(Article, article.id, with_for_update=True)
                assert found is not None
                found.checks += 1
                session.add(found)

    threads = [threading.Thread(target=add_ten) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as session:
        found = articles.by_id(session, article.id or 0)
    assert found is not None
    assert found.checks == 80


def test_a_write_within_a_write_is_refused_and_never_waits_for_itself(database: Database) -> None:
    with database.write(), pytest.raises(RuntimeError, match="hand the session on"), database.write():
        pass
    with database.write() as session:
        loops.beat(session, "scheduler", NOW)
    with pytest.raises(ZeroDivisionError), database.write():
        _ = 1 / 0
    with database.write() as session:
        assert loops.beats(session) != []


def test_many_that_begin_at_once_migrate_once(postgresql: PostgreSQL) -> None:
    with postgresql.database() as url, ThreadPoolExecutor(4) as pool:
        for database in pool.map(lambda _: Database(url), range(4)):
            with database.read() as session:
                assert articles.count(session) == 0
            database.close()


def test_a_writer_that_is_frozen_is_ended_by_the_server(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    with database.write() as session:
        waits = session.connection().exec_driver_sql(
            "SELECT setting FROM pg_settings WHERE name IN ('idle_in_transaction_session_timeout', 'lock_timeout')"
        )
        assert [int(milliseconds) for (milliseconds,) in waits] == [20_000, 45_000]
    with database.read() as session:
        assert session.connection().exec_driver_sql("SHOW transaction_isolation").scalar() == "repeatable read"
    with pytest.raises(InternalError, match="read-only"), database.read() as session:
        loops.beat(session, "scheduler", NOW)
        session.flush()
    database.close()


def test_a_file_with_tables_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "theirs.db") as theirs:
        theirs.execute("CREATE TABLE x(a)")
    with pytest.raises(StrangeSchemaError, match="that file is something else"):
        Database(f"sqlite:///{tmp_path / 'theirs.db'}")
    assert theirs.execute("SELECT name FROM sqlite_master").fetchall() == [("x",)]
