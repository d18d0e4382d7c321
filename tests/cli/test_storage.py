"""`corrigenda storage`: what takes space, and what retention would let go."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from storage import removal
from storage.database import Database
from tests.cli.conftest import CommandLine
from tests.web.newsroom import Newsroom

SHORT = '[retention]\nkeep_raw = "2d"\nkeep_raw_versions = 1\nkeep_captures = "1h"\n'


@pytest.fixture
def kept(corrigenda: CommandLine) -> CommandLine:
    """A database with an Article of four old Versions, and bytes of one that was removed."""
    database = Database(f"sqlite:///{corrigenda.folder / 'corrigenda.db'}")
    newsroom = Newsroom(database)
    article = newsroom.article("https://a.example/1", headline="Ferry capsizes")
    for number in range(1, 5):
        newsroom.version(
            article, f"Ferry capsizes\n\nEdition {number}. " + "Water. " * 500, newsroom.ago(days=30 - number)
        )
    gone = newsroom.article("https://a.example/2")
    newsroom.version(gone, "Strike ends", newsroom.ago(days=1))
    with database.write() as session:
        removal.remove(session, [gone])
    database.close()
    return corrigenda


def test_what_takes_space(kept: CommandLine) -> None:
    told = kept("storage", "--json").json
    kinds = {kind["name"]: kind["count"] for kind in told["kinds"]}
    assert kinds == {"raw": 4, "texts": 4, "unneeded": 2, "let go": 0}
    assert told["articles"] == [
        {"article_id": 1, "name": "Ferry capsizes", "versions": 4, "captures": 4,
         "stored_bytes": sum(kind["stored_bytes"] for kind in told["kinds"] if kind["name"] in ("raw", "texts"))}
    ]  # fmt: skip
    assert sum(table["bytes"] for table in told["tables"]) == told["bytes"] - told["free_bytes"]
    assert {"blob", "version", "search"} <= {table["name"] for table in told["tables"]}
    assert told["retention"]["raw"] == "forever"
    said = kept("storage").out
    assert "pages as fetched" in said
    assert "everything is kept" in said
    assert "Ferry" in said


def test_a_dry_run_lets_nothing_go_and_says_what_would(kept: CommandLine) -> None:
    (kept.folder / "corrigenda.toml").write_text(SHORT)
    foretold = kept("storage", "--dry-run", "--json").json["would_let_go"]
    assert (foretold["raw"], foretold["texts"], foretold["unneeded"]) == (3, 0, 2)
    assert "would let go now: 3 pages" in kept("storage", "--dry-run").out
    assert [kind["count"] for kind in kept("storage", "--json").json["kinds"]] == [4, 4, 2, 0]
    told = kept("storage", "--let-go", "--json").json
    assert told["let_go_now"] == foretold
    assert [kind["count"] for kind in told["kinds"]] == [1, 4, 0, 3]
    assert "pages as fetched for 2 days and of the newest 1 versions; texts for ever" in kept("storage").out


def test_free_space_is_given_back(kept: CommandLine) -> None:
    (kept.folder / "corrigenda.toml").write_text(SHORT)
    database = Database(f"sqlite:///{kept.folder / 'corrigenda.db'}")
    newsroom = Newsroom(database)
    for number in range(9):
        newsroom.version(1, f"{number} " + hex(number * 7**30000), newsroom.ago(days=20))
    database.close()
    before = kept("storage", "--let-go", "--json").json
    assert before["free_bytes"] > 0
    after = kept("storage", "--compact", "--json").json
    assert after["free_bytes"] == 0
    assert after["bytes"] < before["bytes"]
    assert Path(kept.folder / "corrigenda.db").stat().st_size == after["bytes"]


def test_what_contradicts_itself_is_refused(corrigenda: CommandLine) -> None:
    assert "choose one" in corrigenda("storage", "--dry-run", "--let-go", code=2).error


def test_check_reads_all_and_names_what_is_damaged(kept: CommandLine) -> None:
    assert "10 pages and texts read, 0 damaged" in kept("db", "check").out
    assert "newest pages and texts are what was captured" in kept("doctor", code=1).out
    with sqlite3.connect(kept.folder / "corrigenda.db") as connection:
        text = "(SELECT text_hash FROM version WHERE number = 4)"
        connection.execute(f"UPDATE blob SET data = x'00', base_hash = NULL WHERE hash = {text}")
    failed = kept("db", "check", code=1)
    assert "the text of version 4 of article 1: blob " in failed.out
    told = kept("db", "check", "--json", code=1).json
    assert (told["read"], [each["of"] for each in told["damaged"]]) == (10, [["the text of version 4 of article 1"]])
    assert "damaged: the text of version 4 of article 1: `corrigenda db check` reads all" in kept("doctor", code=1).out
