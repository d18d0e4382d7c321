"""A real database for each test: all of them on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.database import Database


@pytest.fixture(params=["sqlite", "postgresql"])
def storage_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database of its own; that on PostgreSQL is migrated already."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/corrigenda.db"
    url: str = request.getfixturevalue("postgresql_url")
    return url


@pytest.fixture
def database(storage_url: str) -> Iterator[Database]:
    database = Database(storage_url)
    yield database
    database.close()
