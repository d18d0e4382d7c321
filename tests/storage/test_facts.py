"""Fact lines: rows only where something differs, a history that one query tells."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlmodel import Session

from storage import articles, facts
from storage.database import Database
from storage.facts import Step

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def body(quote: str, sentence: str = "", start: int = 0) -> dict[str, Any]:
    return {
        "kind": "casualties",
        "key": "casualties:killed:person",
        "subject": "people killed",
        "quote": quote,
        "sentence": sentence or f"{quote} people died.",
        "start": start,
        "end": start + len(quote),
        "phrase": {"text": quote, "start": start, "end": start + len(quote)},
    }


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.write() as session:
        articles.add(session, "https://example.org/1", kind="url", host="example.org", now=NOW)
        yield session


def test_a_fact_that_only_moved_keeps_its_row(session: Session) -> None:
    [line] = facts.advance(session, 1, 1, [Step(None, body("17"))])
    assert facts.advance(session, 1, 2, [Step(body("17"), body("17", start=40))]) == [line]
    [row] = facts.of_article(session, 1)
    assert (row.from_number, row.to_number, row.line_id) == (1, None, line)


def test_a_changed_fact_is_a_new_row_on_the_same_line(session: Session) -> None:
    [line] = facts.advance(session, 1, 1, [Step(None, body("17"))])
    assert facts.advance(session, 1, 2, [Step(body("17"), body("20"))]) == [line]
    assert facts.advance(session, 1, 3, [Step(body("20"), body("17"))]) == [line]
    rows = facts.of_article(session, 1)
    assert [(row.from_number, row.to_number, row.quote) for row in rows] == [
        (1, 1, "17"),
        (2, 2, "20"),
        (3, None, "17"),
    ]
    assert [row.quote for row in facts.of_version(session, 1, 2)] == ["20"]


def test_equal_facts_in_one_version_are_lines_of_their_own(session: Session) -> None:
    lines = facts.advance(session, 1, 1, [Step(None, body("17")), Step(None, body("17"))])
    assert len(set(lines)) == 2
    facts.advance(session, 1, 2, [Step(body("17"), body("17")), Step(body("17"), None)])
    assert [row.to_number for row in facts.of_article(session, 1)] == [None, 1]


def test_a_fact_that_comes_back_is_found_in_its_versions_only(session: Session) -> None:
    facts.advance(session, 1, 1, [Step(None, body("17"))])
    facts.advance(session, 1, 2, [Step(body("17"), None)])
    facts.advance(session, 1, 3, [Step(None, body("17"))])
    assert [len(facts.of_version(session, 1, number)) for number in (1, 2, 3)] == [1, 0, 1]


def test_rows_that_newer_rules_no_longer_find_are_closed(session: Session) -> None:
    facts.advance(session, 1, 1, [Step(None, body("17")), Step(None, body("2,000"))])
    facts.advance(session, 1, 2, [Step(body("17"), body("17"))])
    assert [row.quote for row in facts.of_version(session, 1, 2)] == ["17"]


def test_a_fact_that_newer_rules_read_otherwise_goes_on_in_its_line(session: Session) -> None:
    infected = {**body("17"), "kind": "casualties", "key": "casualties:infected:person"}
    line, other = facts.advance(session, 1, 1, [Step(None, infected), Step(None, body("40"))])
    assert facts.advance(session, 1, 2, [Step(body("40"), body("41")), Step(body("17"), body("17"))]) == [other, line]
    assert facts.advance(session, 1, 3, [Step(body("41"), body("41")), Step(body("17"), body("20"))]) == [other, line]
    told = [(row.line_id, row.from_number, row.quote, row.key) for row in facts.of_article(session, 1)]
    assert told == [
        (line, 1, "17", "casualties:infected:person"),
        (line, 2, "17", "casualties:killed:person"),
        (line, 3, "20", "casualties:killed:person"),
        (other, 1, "40", "casualties:killed:person"),
        (other, 2, "41", "casualties:killed:person"),
    ]
