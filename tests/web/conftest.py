"""The pages over a real database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from alerts import rulebook
from monitor import tracking
from monitor.config import Settings
from monitor.web.app import create_app
from storage.database import Database
from tests.web.newsroom import Newsroom


def browse(database: Database) -> TestClient:
    """A browser at the pages, that sees 500 pages rather than our exceptions."""
    return TestClient(create_app(database, Settings()), base_url="http://127.0.0.1:8000", raise_server_exceptions=False)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An empty database."""
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def newsroom(database: Database) -> Newsroom:
    """Someone to fill it."""
    return Newsroom(database)


@pytest.fixture
def client(database: Database) -> Iterator[TestClient]:
    """A browser at the pages of that database."""
    with browse(database) as browser:
        yield browser


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A browser, only for reading, at a newsroom's pages.

    Article 1 has three Versions and checks that brought none, article 2 was not checked yet.
    """
    opened = Database(f"sqlite:///{tmp_path_factory.mktemp('filled') / 'corrigenda.db'}")
    newsroom = Newsroom(opened)
    newsroom.refusals(newsroom.ferry())
    newsroom.article("https://northern-wire.example/strike", state="new")
    newsroom.feed("https://northern-wire.example/feed", title="Northern Wire")
    newsroom.beat()
    tracking.put_in_story(opened, [1, 2], "Port Harran", newsroom.now)
    with opened.write() as session:
        rulebook.add_channel(session, "desk", "desk@example.org")
    with browse(opened) as browser:
        yield browser
    opened.close()
