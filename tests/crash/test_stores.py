"""A look beside a running service sees one moment: promises are not judged by halves of two."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import Session, select

from storage.database import Database
from storage.tables import Story
from tests.crash.stores import PostgresStore, SqliteStore, Store


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_what_is_written_meanwhile_is_not_seen(kind: str, request: pytest.FixtureRequest) -> None:
    url: str = request.getfixturevalue(f"{kind}_url")
    store: Store = SqliteStore(Path(url.removeprefix("sqlite:///"))) if kind == "sqlite" else PostgresStore(url)

    def names(session: Session) -> list[str]:
        return list(session.exec(select(Story.name)))

    with closing(Database(url)) as database:
        with store.watch() as session:
            assert names(session) == []
            with database.write() as writing:
                writing.add(Story(name="Storms", created_at=datetime.now(UTC)))
            assert names(session) == []
        with store.watch() as session:
            assert names(session) == ["Storms"]
