"""What a disk has damaged is found by its hash, and named by what it was."""

from __future__ import annotations

from sqlalchemy import update
from sqlmodel import col, select

from storage import blobs, fixity
from storage.database import Database
from storage.tables import Blob, Capture, Version
from tests.web.newsroom import Newsroom

TEXT = "Ferry capsizes\n\nAt least {} people died. " + " ".join(blobs.hash_of(bytes([n])) for n in range(30))


def _damage(database: Database, key: str) -> None:
    with database.write() as session:
        session.execute(update(Blob).where(col(Blob.hash) == key).values(data=b"\0", base_hash=None))


def _found(database: Database) -> list[fixity.Damage]:
    return [damage for progress in fixity.read_all(database) for damage in progress.damaged]


def test_all_that_is_kept_is_read_and_what_is_damaged_is_named(database: Database) -> None:
    newsroom = Newsroom(database)
    article = newsroom.article("https://a.example/1")
    for number in range(1, 4):
        newsroom.version(article, TEXT.format(number), newsroom.ago(days=30 - number))
    assert _found(database) == []
    with database.read() as session:
        assert fixity.newest(session, 2) == (4, [])
    [*_, last] = fixity.read_all(database)
    assert last.read == last.total == 6, "three pages and three texts"

    # The first text is the one on which the others, which hardly differ, rest.
    texts = [blobs.hash_of(TEXT.format(number).encode()) for number in range(1, 4)]
    _damage(database, texts[0])
    found = {damage.hash: damage for damage in _found(database)}
    assert set(found) == set(texts)
    assert found[texts[1]].of == (f"the text of version 2 of article {article}",)
    assert "is damaged" in found[texts[0]].problem
    with database.read() as session:
        read, newest = fixity.newest(session, 1)
    assert (read, [damage.hash for damage in newest]) == (2, [texts[2]])


def test_a_page_is_named_by_its_articles_and_what_was_let_go_is_no_damage(database: Database) -> None:
    newsroom = Newsroom(database)
    one, other = newsroom.article("https://a.example/1"), newsroom.article("https://b.example/1")
    for article in (one, other):
        newsroom.version(article, TEXT.format(9), newsroom.ago(days=3))
    with database.read() as session:
        keys = session.exec(select(Blob.hash)).all()
    for key in keys:
        _damage(database, key)
    named = {name for damage in _found(database) for name in damage.of}
    assert {f"a page of article {article}" for article in (one, other)} <= named
    with database.write() as session:
        blobs.let_go(session, keys)
    lost = _found(database)
    assert {damage.problem for damage in lost} == {f"blob {key} is lost" for key in keys}
    with database.read() as session:
        assert {damage.hash for damage in fixity.newest(session, 9)[1]} == set(keys)
    with database.write() as session:
        session.execute(update(Capture).values(let_go_at=newsroom.ago(days=1)))
        session.execute(update(Version).values(text_let_go_at=newsroom.ago(days=1)))
    assert _found(database) == []
    with database.read() as session:
        assert fixity.newest(session, 9) == (0, [])
