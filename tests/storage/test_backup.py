"""What a backup may hold, and what is put in the place of a database that works."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage import backup
from storage.backup import BackupError
from storage.database import Database
from tests.web.newsroom import Newsroom

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    file = tmp_path / "corrigenda.db"
    database = Database(f"sqlite:///{file}")
    newsroom = Newsroom(database)
    newsroom.version(newsroom.article("https://a.example/1"), "Ferry capsizes", newsroom.ago(days=1))
    database.close()
    return file


def _changed(file: Path, statement: str) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(statement)
        connection.commit()


def test_they_are_their_owners_alone(kept: Path, tmp_path: Path) -> None:
    made = tmp_path / "backup.db"
    backup.make(kept, made)
    backup.restore(made, kept, NOW)
    assert {stat.S_IMODE(file.stat().st_mode) for file in (kept, made)} == {0o600}


def test_a_row_that_points_to_nothing_hinders_no_backup(kept: Path, tmp_path: Path) -> None:
    _changed(kept, "DELETE FROM capture")
    backup.make(kept, tmp_path / "backup.db")
    backup.restore(tmp_path / "backup.db", kept, NOW)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE alembic_version SET version_num = '9999'", "a newer Corrigenda made it"),
        ("ALTER TABLE blob RENAME COLUMN size TO weight", "its tables lack blob.size"),
    ],
)
def test_what_cannot_be_opened_takes_no_place(kept: Path, tmp_path: Path, statement: str, said: str) -> None:
    backup.make(kept, tmp_path / "backup.db")
    _changed(tmp_path / "backup.db", statement)
    before = kept.read_bytes()
    with pytest.raises(BackupError, match=said):
        backup.restore(tmp_path / "backup.db", kept, NOW)
    assert kept.read_bytes() == before
    assert sorted(file.name for file in tmp_path.iterdir()) == ["backup.db", "corrigenda.db"]


def test_the_database_that_is_damaged_is_named_and_not_its_copy(kept: Path, tmp_path: Path) -> None:
    whole = kept.read_bytes()
    kept.write_bytes(whole[:8192] + b"\x55" * (len(whole) - 8192))
    with pytest.raises(BackupError, match=r"corrigenda\.db could not be copied to .*malformed"):
        backup.make(kept, tmp_path / "backup.db")
    assert [file.name for file in tmp_path.iterdir()] == ["corrigenda.db"]
