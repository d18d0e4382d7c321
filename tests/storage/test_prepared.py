"""Statements that go past SQLAlchemy to the driver: rows and errors are what SQLAlchemy would have given."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import bindparam, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from storage import articles, feeds, prepared
from storage.database import Database, in_trouble
from storage.prepared import Prepared, Rows
from storage.tables import Article, Feed, Furniture, Site

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
_SITE = Site.metadata.tables["site"]
_FURNITURE = Furniture.metadata.tables["furniture"]


def line_of(site: Site, said: str) -> Furniture:
    return Furniture(
        site_id=site.id or 0, kind="line", text=said, article_ids=[3, 1], first_at=NOON, last_at=NOON, example="é"
    )


def test_rows_are_what_the_orm_reads(database: Database) -> None:
    lines = Rows(Furniture, lambda rows: rows.where(_FURNITURE.c.text == bindparam("said")))
    with database.write() as session:
        site = Site(host="a.example", next_slot_at=NOON)
        session.add(site)
        session.flush()
        row = line_of(site, "Read more")
        prepared.add(session, row)
        assert row.id
    with database.read() as session:
        read = lines.first(session, {"said": "Read more"})
        assert lines.all(session, {"said": "Read more"}) == [read]
        assert lines.first(session, {"said": "Read less"}) is None
        watched = session.get_one(Furniture, row.id)
    assert read is not None
    assert read.model_dump() == watched.model_dump() == row.model_dump()
    assert read.first_at.tzinfo is not None
    read.text = "Read on"  # nobody watches it
    with database.write() as session:
        assert session.get_one(Furniture, row.id).text == "Read more"


def test_what_is_due_is_read_as_it_was_written(database: Database) -> None:
    with database.write() as session:
        article, _ = articles.add(session, "https://a.example/1", kind="url", host="a.example", now=NOON)
        feed, _ = feeds.add(session, "https://a.example/feed", host="a.example", now=NOON)
    with database.read() as session:
        for due, table, known in ((articles.due_at, Article, article), (feeds.due_at, Feed, feed)):
            [read] = due(session, article.site_id, NOON, 5)
            assert read.model_dump() == session.get_one(table, known.id).model_dump()
            assert not due(session, article.site_id, NOON - timedelta(seconds=1), 5)


def test_what_a_session_holds_back_is_written_first(database: Database) -> None:
    hosts = Rows(Site, lambda rows: rows.where(_SITE.c.host == bindparam("named")))
    with database.write() as session:
        site = Site(host="a.example", next_slot_at=NOON)
        session.add(site)
        found = hosts.first(session, {"named": "a.example"})
        assert found is not None
        assert found.id == site.id


def test_nothing_of_it_stays_when_the_transaction_fails(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.write() as session:
        prepared.add(session, Site(host="a.example", next_slot_at=NOON))
        raise ZeroDivisionError
    with database.read() as session:
        assert session.exec(select(Site)).first() is None  # type: ignore[call-overload]


def test_errors_are_sqlalchemys(database: Database) -> None:
    with pytest.raises(IntegrityError) as twice, database.write() as session:
        for _ in range(2):
            prepared.add(session, Site(host="a.example", next_slot_at=NOON))
    assert not in_trouble(twice.value)
    assert "INSERT INTO site" in str(twice.value)
    no_table = Prepared(text("SELECT 1 FROM no_such_table"))
    with pytest.raises(DBAPIError), database.read() as session:
        no_table.first(session.connection(), {})


def test_a_connection_that_the_server_ends_is_the_databases_trouble(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    rename = Prepared(update(_SITE).where(_SITE.c.id == 1).values(host=bindparam("to")))
    with pytest.raises(OperationalError) as ended, database.write() as session:
        connection = session.connection()
        own = connection.scalar(text("SELECT pg_backend_pid()"))
        with database.read() as other:
            other.connection().execute(text("SELECT pg_terminate_backend(:own)"), {"own": own})
        rename.run(connection, {"to": "b.example"})
    assert in_trouble(ended.value)
    with database.write() as session:  # and the next one has another
        assert rename.run(session.connection(), {"to": "b.example"}) == 0
    database.close()


def test_a_full_disk_is_an_error_of_sqlalchemy(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    with pytest.raises(OperationalError, match="full"), database.write() as session:
        session.connection().execute(text("PRAGMA max_page_count = 1"))
        row = Site(host="a" * 10_000_000, next_slot_at=NOON)
        prepared.add(session, row)
    database.close()


def test_a_full_disk_is_the_databases_trouble_on_sqlite_too(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'full.db'}")
    with pytest.raises(OperationalError, match="full") as full, database.write() as session:
        session.execute(text("PRAGMA max_page_count = 1"))
        for number in range(500):
            prepared.add(session, Site(host=f"{number}.example", next_slot_at=NOON))
    assert in_trouble(full.value)
    with pytest.raises(OperationalError) as wrong, database.read() as session:
        session.execute(text("SELECT 1 FROM no_such_table"))
    assert not in_trouble(wrong.value)
    database.close()
