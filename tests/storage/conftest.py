"""A real database for each test: all of them on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from storage.database import Database


@pytest.fixture(params=["sqlite", "postgresql"])
def storage_url(request: pytest.FixtureRequest) -> str:
    """The address of a database of its own, migrated already."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def database(storage_url: str) -> Iterator[Database]:
    database = Database(storage_url)
    yield database
    database.close()
