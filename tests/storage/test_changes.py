"""Lists of Changes: in the order of time, filtered inside of an index, in parts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from storage import articles, changes, stories
from storage.changes import Cursor, Wanted
from storage.database import Database

START = datetime(2026, 11, 1, tzinfo=UTC)


def body(severity: str = "low", **more: object) -> dict[str, object]:
    """A change as it is kept."""
    return {"type": "headline", "kind": None, "subject": None, "key": None, "acknowledged": False,
            "severity": severity, "summary": "", **more}  # fmt: skip


@pytest.fixture
def filled(database: Database) -> Database:
    """Three articles on two sites; 30 changes of each, three at a moment; every tenth moment a grave one."""
    with database.write() as session:
        for number, host in enumerate(("a.example", "a.example", "b.example"), 1):
            articles.add(session, f"https://{host}/{number}", kind="url", host=host, now=START)
        story, _ = stories.get_or_make(session, "Story", START)
        stories.put(session, story, [1, 3], START)
        for moment in range(10):
            for article in (1, 2, 3):
                for place in range(3):
                    changes.add(
                        session, article, body("high" if moment == 2 and place == 0 else "low"),
                        changed_at=START + timedelta(hours=moment, minutes=article), from_version_id=None,
                        to_version_id=None,
                    )  # fmt: skip
    return database


def all_pages(database: Database, wanted: Wanted, limit: int, looked_at: int = 10_000) -> list[list[int]]:
    """The ids on every page, from the newest on; going back from the last one gives the same."""
    there: list[list[int]] = []
    with database.read() as session:
        page = changes.page(session, wanted, limit=limit, looked_at=looked_at)
        there.append([row.change.id or 0 for row in page.rows])
        while page.older:
            last, page = page, changes.page(session, wanted, limit=limit, older_than=page.older, looked_at=looked_at)
            there.append([row.change.id or 0 for row in page.rows])
            assert page.newer or not last.rows
        back = [there[-1]]
        while page.newer:
            page = changes.page(session, wanted, limit=limit, newer_than=page.newer, looked_at=looked_at)
            back.append([row.change.id or 0 for row in page.rows])
    assert [one for some in back[::-1] for one in some] == [one for some in there for one in some]
    return there


def flat(pages: Sequence[Sequence[int]]) -> list[int]:
    """All of them in a row."""
    return [one for some in pages for one in some]


def test_newest_moment_first_and_ranked_within_it(filled: Database) -> None:
    shown = flat(all_pages(filled, Wanted(), 7))
    with filled.read() as session:
        kept = [(row.changed_at, row.id) for article in (1, 2, 3) for row in changes.of_article(session, article)]
    assert shown == [change_id for at, change_id in sorted(kept, key=lambda each: (-each[0].timestamp(), each[1] or 0))]


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        (Wanted(severity="high"), 3),
        (Wanted(site_id=1), 60),
        (Wanted(site_id=1, severity="high"), 2),
        (Wanted(story_id=1), 60),
        (Wanted(story_id=1, site_id=2), 30),
        (Wanted(article_id=2, severity="high"), 1),
        (Wanted(article_id=2, story_id=1), 0),
        (Wanted(acknowledged=True), 0),
        (Wanted(type="headline", acknowledged=False), 90),
        (Wanted(story_id=77), 0),
    ],
)
def test_filters_in_pages_of_any_size(filled: Database, wanted: Wanted, count: int) -> None:
    whole = flat(all_pages(filled, wanted, 1000))
    assert len(whole) == count
    assert flat(all_pages(filled, wanted, 4)) == whole
    assert flat(all_pages(filled, wanted, 4, looked_at=20)) == whole


def test_rare_ones_are_looked_for_in_steps(filled: Database) -> None:
    with filled.read() as session:
        page = changes.page(session, Wanted(severity="high"), limit=5, looked_at=20)
    assert not page.rows
    assert page.looked_back_to == START + timedelta(hours=7, minutes=3)
    assert page.older


def test_a_story_with_very_many_articles_is_walked_in_the_order_of_time(filled: Database) -> None:
    with filled.write() as session:
        story = stories.by_id(session, 1)
        assert story
        for number in range(600):
            articles.add(session, f"https://c.example/{number}", kind="url", host="c.example", now=START)
        stories.put(session, story, range(4, 604), START)
    assert len(flat(all_pages(filled, Wanted(story_id=1), 7))) == 60


@pytest.mark.parametrize("text", ["", "1", "1-", "-1", "x-1", "1-x", "١-٢", "9" * 40 + "-1"])
def test_what_is_no_place_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no place"):
        Cursor.parse(text)


def test_a_place_survives_being_written() -> None:
    place = Cursor(START + timedelta(microseconds=1), 7)
    assert Cursor.parse(str(place)) == place
