"""The pages over a real SQLite database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from newsroom import Newsroom

from monitor.config import Settings
from monitor.web.app import create_app
from storage.database import Database


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty database in a file."""
    opened = Database(f"sqlite:///{tmp_path / 'corrigenda.db'}")
    yield opened
    opened.close()


@pytest.fixture
def newsroom(database: Database) -> Newsroom:
    """Someone to fill it."""
    return Newsroom(database)


@pytest.fixture
def client(database: Database) -> Iterator[TestClient]:
    """A browser at the pages, that sees 500 pages rather than our exceptions."""
    app = create_app(database, Settings())
    with TestClient(app, base_url="http://127.0.0.1:8000", raise_server_exceptions=False) as browser:
        yield browser
