"""JSON that SQLite keeps packed: the same on either database, and what is older or damaged."""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, select

from monitor.facts import find
from storage import articles, captures
from storage.database import Database
from storage.tables import Capture, packed
from storage.tables.packed import pack, unpack, written

AT = datetime(2026, 3, 1, tzinfo=UTC)
HEADERS = {"content-type": "text/html", "x-said": "ü – 死者 \U0001f691"}


@given(st.text(st.characters(exclude_categories=("Cs",))))
def test_any_text_comes_back(text: str) -> None:
    assert unpack(pack(text)) == text


def test_facts_take_a_third_of_their_room() -> None:
    text = "At least 170 peacekeepers were killed in Gao on Monday, the U.N. said. A fine of $2.5 million followed."
    for fact in find(text):
        said = json.dumps(fact.to_json(), separators=(",", ":"))
        assert len(pack(said)) < len(said) / 2.5


def test_the_dictionary_stays_for_ever_what_it_is() -> None:
    """Another one would leave all that was packed unreadable: it needs another number (`packed._FIRST`)."""
    known = "029981db576d1760a87e0f3d0a40e8ad5b4d8bb8e2785a93cde1c6b5497e271b"
    assert hashlib.sha256(packed._DICTIONARY).hexdigest() == known
    packed_once = b'\x01(\xb5/\xfd 8\x9d\x00\x00(303"}\x04@\x00v\x05\xc1E\x00\x05\x02\x86\xab\xe5'
    assert unpack(packed_once) == '{"kind":"casualties","predicate":"killed","quote":"303"}'


def test_threads_pack_side_by_side() -> None:
    texts = [json.dumps({"sentence": f"{number} were killed." * (number % 50)}) for number in range(2000)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda text: unpack(pack(text)), texts)) == texts


@pytest.mark.parametrize("kept", [b"", b"\x02{}", pack("{}")[:-1], pack('{"kind":"count"}' * 9)[:20], b"\x01{}"])
def test_what_is_damaged_says_so(kept: bytes) -> None:
    with pytest.raises(ValueError, match="packed JSON is damaged"):
        unpack(kept)


def test_a_row_is_read_as_it_was_written(database: Database) -> None:
    capture_id = add_capture(database)
    with database.read() as session:
        assert session.get_one(Capture, capture_id).headers == HEADERS
        assert captures.of_article(session, 1)[0].headers == HEADERS
        text = session.exec(select(written(col(Capture.headers)))).one()
    assert json.loads(text) == HEADERS
    assert ": " not in text


def test_a_row_that_was_kept_as_text_is_read(sqlite_url: str) -> None:
    with closing(Database(sqlite_url)) as database:
        capture_id = add_capture(database)
        with database.write() as session:
            older = {"id": capture_id, "headers": json.dumps(HEADERS)}
            session.connection().exec_driver_sql("UPDATE capture SET headers = :headers WHERE id = :id", older)
        with database.read() as session:
            assert session.get_one(Capture, capture_id).headers == HEADERS
            assert session.exec(select(written(col(Capture.headers)))).one() == json.dumps(HEADERS)


def add_capture(database: Database) -> int:
    given: dict[str, Any] = {
        "outcome": "page",
        "reason": "200 OK",
        "captured_at": AT,
        "final_url": "https://a.example/",
    }
    with database.write() as session:
        article, _ = articles.add(session, "https://a.example/1", kind="url", host="a.example", now=AT)
        return captures.record(session, article.id or 0, headers=HEADERS, **given).id or 0
