"""A whole database taken to another: every row, every id, whatever interrupts it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, select, text
from sqlmodel import Session, SQLModel
from sqlmodel import select as select_rows

from monitor.service import alone
from storage import articles, blobs, removal, search, versions
from storage.database import Database, UnfinishedMoveError
from storage.moving import Move, MoveError, alone_on
from storage.tables import Article, Blob, LoginAttempt, Trouble
from tests.web import everything

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with something in every corner of it."""
    file = tmp_path_factory.mktemp("full") / "corrigenda.db"
    database = Database(f"sqlite:///{file}")
    everything.make(database)
    with database.write() as session:
        # An id that was given once and is no more, text that PostgreSQL cannot keep, bytes that were let go.
        gone = articles.add(session, "https://gone.example/", kind="url", host="gone.example", now=NOW)[0].id or 0
        removal.remove(session, [gone])
        session.add(Trouble(key="nul", kind="site", detail="a\0b", since_at=NOW))
        session.add(Blob(hash="0" * 64, size=5, data=None))
        session.add_all(LoginAttempt(bucket=f"b{n % 7}", tried_at=NOW + timedelta(seconds=n)) for n in range(2500))
    database.close()
    return file


@pytest.fixture
def source(full: Path, tmp_path: Path) -> str:
    return f"sqlite:///{shutil.copy(full, tmp_path / 'source.db')}"


@pytest.fixture
def target(postgresql_url: str) -> str:
    return postgresql_url


def rows(database: Database) -> dict[str, list[dict[str, Any]]]:
    """Everything, read as the product reads it."""
    with database.read() as session:
        return {
            table.name: sorted(
                (dict(row._mapping) for row in session.execute(select(table))),
                key=lambda row: [str(row[key.name]) for key in table.primary_key],
            )
            for table in SQLModel.metadata.sorted_tables
        }


def move(source: str, target: str, *, steps: int | None = None, anew: bool = False) -> list[Any]:
    """Move, or only so many steps of it."""
    there, here = Database(source), Database(target, unfinished=True)
    try:
        one = Move(there, here)
        one.begin(anew=anew)
        for _ in islice(one.copy(), steps):
            pass
        if steps is not None:
            return []
        verified = list(one.verify())
        one.finish()
        return verified
    finally:
        there.close()
        here.close()


def test_everything_is_the_same_however_often_it_was_interrupted(source: str, target: str) -> None:
    for steps in (3, 9, 20, 45):
        move(source, target, steps=steps)
        with pytest.raises(UnfinishedMoveError, match="unfinished `corrigenda db move`"):
            Database(target)
    verified = move(source, target)
    there, here = Database(source), Database(target)
    try:
        before, after = rows(there), rows(here)
        assert {each.table: each.rows for each in verified} == {name: len(found) for name, found in before.items()}
        assert sum(map(len, before.values())) > 2600
        [nul] = [row for row in before["trouble"] if row["key"] == "nul"]
        nul["detail"] = "a\ufffdb"
        assert before == after
        assert not inspect(here.engine).has_table("unfinished_move")
        with there.read() as one, here.read() as other:
            # Null and the JSON `null` are two things, and stay so.
            for asked in _NULLS:
                assert one.execute(text(asked)).scalar() == other.execute(text(asked)).scalar()
            ids = [article.id for article in one.exec(select_rows(Article)) if article.version_number]
            for article_id in ids:
                words = " ".join(search.words(_text(one, article_id))[:3])
                assert article_id in _found(one, words)
                assert _found(other, words) == _found(one, words)
                assert _text(other, article_id) == _text(one, article_id)
            with pytest.raises(blobs.LetGoError):
                blobs.get(other, "0" * 64)
        with there.write() as one, here.write() as other:
            wanted = {"kind": "url", "host": "new.example", "now": NOW}
            ids = [articles.add(session, "https://new.example/", **wanted)[0].id for session in (one, other)]
        assert ids[0] == ids[1]
        assert ids[0] > max(row["id"] for row in before["article"]) + 1
    finally:
        there.close()
        here.close()


_NULLS = ("SELECT count(*) FROM alert WHERE payload IS NULL", "SELECT count(*) FROM pick WHERE body IS NULL")


def _text(session: Session, article_id: int) -> str:
    article = articles.by_id(session, article_id)
    assert article is not None
    version = versions.get(session, article_id, article.version_number)
    assert version is not None
    return versions.text(session, version)


def _found(session: Session, words: str) -> set[int]:
    matching = search.matching(session, search.question(words))
    return {row[0] for row in session.execute(matching)}


def test_there_and_back_again(source: str, target: str, tmp_path: Path) -> None:
    there = move(source, target)
    assert move(target, f"sqlite:///{tmp_path / 'back.db'}") == there


def test_a_target_with_something_else_in_it_is_left_alone(source: str, target: str, tmp_path: Path) -> None:
    other = Database(target)
    with other.write() as session:
        articles.add(session, "https://other.example/", kind="url", host="other.example", now=NOW)
    other.close()
    with pytest.raises(MoveError, match="it is not empty: there are rows in site"):
        move(source, target)
    with pytest.raises(MoveError, match="not empty"):
        move(source, target, anew=True)
    back = f"sqlite:///{tmp_path / 'back.db'}"
    move(source, back, steps=5)
    third = f"sqlite:///{tmp_path / 'third.db'}"
    Database(third).close()
    with pytest.raises(MoveError, match=r"it holds an unfinished move of sqlite.*source\.db: finish that one"):
        move(third, back)
    move(third, back, anew=True)
    empty = Database(back)
    assert not any(rows(empty).values())
    empty.close()


def test_a_source_that_was_written_to_meanwhile_is_noticed(source: str, target: str) -> None:
    move(source, target, steps=30)
    changed = Database(source)
    with changed.write() as session:
        session.execute(text("UPDATE account SET last_login_at = '2026-11-22 13:00:00' WHERE id = 1"))
    changed.close()
    with pytest.raises(MoveError, match="table account is not the same: its rows differ; the source was written to"):
        move(source, target)
    assert move(source, target, anew=True)


def test_the_command_is_killed_refuses_what_runs_and_goes_on(source: str, target: str, tmp_path: Path) -> None:
    database = Database(source)
    with database.write() as session:
        session.execute(
            text("INSERT INTO login_attempt (bucket, tried_at) SELECT a.bucket, a.tried_at FROM login_attempt a"
                 " CROSS JOIN (SELECT 1 FROM login_attempt LIMIT 4)")
        )  # fmt: skip
    database.close()
    command = [str(Path(sys.executable).parent / "corrigenda"), "db", "move", source, target]
    run = {"cwd": tmp_path, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with alone(source):
        refused = subprocess.run(command, **run, check=False)  # type: ignore[call-overload]
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "another service runs on" in refused.stderr
    killed = subprocess.Popen(command, **run)  # type: ignore[call-overload]
    watching = Database(target)
    asked = text("SELECT done FROM unfinished_move WHERE name = 'login_attempt'")
    while killed.poll() is None:
        with watching.engine.connect() as connection:
            begun = inspect(connection).has_table("unfinished_move") and connection.execute(asked).scalar()
        if begun:
            os.kill(killed.pid, signal.SIGKILL)
            break
        time.sleep(0.01)
    watching.close()
    assert killed.wait() == -signal.SIGKILL
    told = subprocess.run([*command, "--json"], **run, check=False)  # type: ignore[call-overload]
    assert told.returncode == 0, told.stderr
    assert "going on" in told.stderr
    answer = json.loads(told.stdout)
    assert {each["table"]: each["rows"] for each in answer["tables"]}["login_attempt"] == 12_500
    assert answer["texts_with_nul"] <= 1
    there, here = Database(source), Database(target)
    assert rows(there)["login_attempt"] == rows(here)["login_attempt"]
    there.close()
    here.close()


def test_two_moves_to_one_place(source: str, target: str) -> None:
    here, again = Database(target, unfinished=True), Database(target, unfinished=True)
    with alone_on(here), pytest.raises(MoveError, match="another move to it is under way"), alone_on(again):
        pass
    with alone_on(again):
        pass
    here.close()
    again.close()
