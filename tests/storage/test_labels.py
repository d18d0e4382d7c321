"""Stories, tags, and an Article that is removed: what stays in step with what."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from monitor import tracking
from monitor.config import Settings
from monitor.errors import InputError
from monitor.tracking import Wish
from storage import addresses, articles, feeds, search, stories, tags
from storage.database import Database
from tests.web.newsroom import Newsroom

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def track(database: Database, number: int, **wish: object) -> list[int]:
    """Track so many Articles."""
    wishes = [Wish(f"https://a.example/{each}", **wish) for each in range(number)]  # type: ignore[arg-type]
    return [each.article_id for each in tracking.track(database, Settings(), wishes, now=NOW)]


def test_a_story_is_made_when_it_is_first_named_and_found_whatever_its_case(database: Database) -> None:
    ids = track(database, 3, story="  Flood   of 2026 ")
    assert tracking.put_in_story(database, ids[:1], "flood OF 2026", NOW) == 0
    assert tracking.put_in_story(database, ids, "Élan", NOW) == 3
    assert tracking.put_in_story(database, ids, "ÉLAN", NOW) == 0
    with database.read() as session:
        assert [(each.story.name, each.articles) for each in stories.listing(session)] == [
            ("Élan", 3),
            ("Flood of 2026", 3),
        ]
        assert {row.story for row in articles.listing(session)} == {"Flood of 2026"}


def test_leaving_the_first_story_leaves_the_name_of_the_next(database: Database) -> None:
    [one] = track(database, 1, story="First")
    tracking.put_in_story(database, [one], "Second", NOW)
    with database.read() as session:
        first = stories.by_name(session, "First")
    assert first is not None
    assert tracking.take_out_of_story(database, [one], first.id or 0) == 1
    with database.read() as session:
        article = articles.by_id(session, one)
        assert article is not None
        assert article.story == "Second"


def test_renaming_and_removing_a_story_takes_feeds_along(database: Database) -> None:
    [one] = track(database, 1, story="Mali")
    with database.write() as session:
        feeds.add(session, "https://a.example/feed", host="a.example", now=NOW, story="Mali")
        mali = stories.by_name(session, "Mali")
        assert mali is not None
        stories.rename(session, mali, "Mali 2023", "")
    with database.write() as session:
        assert {feed.story for feed in feeds.listing(session)} == {"Mali 2023"}
        stories.get_or_make(session, "Other", NOW)
    with pytest.raises(IntegrityError), database.write() as session:
        mali = stories.by_name(session, "Mali 2023")
        assert mali is not None
        stories.rename(session, mali, "Other", "")
    with database.write() as session:
        mali = stories.by_name(session, "Mali 2023")
        assert mali is not None
        stories.delete_story(session, mali)
        assert {feed.story for feed in feeds.listing(session)} == {None}
        article = articles.by_id(session, one)
        assert article is not None
        session.refresh(article)
        assert article.story is None


def test_tags_are_words_in_lower_case_each_once(database: Database) -> None:
    ids = track(database, 3, tags=["Election", "#mali-2023, election"])
    assert tracking.tag(database, ids, ["ELECTION"]) == 0
    assert tracking.tag(database, ids[:2], ["new"]) == 2
    assert tracking.untag(database, ids, ["new", "absent"]) == 2
    with database.read() as session:
        assert tags.of_article(session, ids[0]) == ["election", "mali-2023"]
        assert tags.counts(session) == [("election", 3), ("mali-2023", 3)]


@pytest.mark.parametrize("bad", ["!!", "a" * 41, "<b>", "\x00", "a\u202eb", " ".join(map(str, range(21)))])
def test_what_is_no_tag_is_refused(database: Database, bad: str) -> None:
    ids = track(database, 1)
    with pytest.raises(InputError):
        tracking.tag(database, ids, [bad])


def test_no_article_gets_more_tags_than_it_may_have(database: Database) -> None:
    ids = track(database, 1, tags=[f"tag{number}" for number in range(19)])
    with pytest.raises(InputError, match="more than 20 tags"):
        tracking.tag(database, ids, ["one", "two"])


@pytest.mark.parametrize("bad", ["", "   ", "x" * 201, "a\u202eb", "a\x00b"])
def test_what_is_no_name_of_a_story_is_refused(database: Database, bad: str) -> None:
    ids = track(database, 1)
    with pytest.raises(InputError):
        tracking.put_in_story(database, ids, bad, NOW)


def test_pause_resume_interval_and_check_now(database: Database) -> None:
    ids = track(database, 3)
    assert (tracking.pause(database, ids[:2]), tracking.pause(database, ids)) == (2, 1)
    assert tracking.set_interval(database, ids, 900, NOW) == 3
    with database.read() as session:
        assert [row.next_check_at for row in articles.listing(session)] == [None] * 3
    assert (tracking.resume(database, ids, NOW), tracking.resume(database, ids, NOW)) == (3, 0)
    with database.write() as session:
        articles.save(session, ids[0], next_check_at=datetime(2027, 1, 1, tzinfo=UTC))
    tracking.set_interval(database, ids, 3600, NOW)
    with database.read() as session:
        rows = articles.listing(session)
        assert (rows[0].next_check_at.isoformat(), rows[0].next_check_why) == (  # type: ignore[union-attr]
            "2026-11-22T13:00:00+00:00", "its own interval",
        )  # fmt: skip
        assert rows[1].next_check_at == NOW
    assert tracking.check_now(database, ids, NOW) == 3


def test_a_removed_article_leaves_nothing_but_what_was_told(database: Database) -> None:
    newsroom = Newsroom(database)
    article = newsroom.ferry()
    newsroom.refusals(article)
    other = newsroom.article("https://b.example/1", headline="Another ferry")
    newsroom.feed("https://b.example/feed", title="Wire")
    tracking.tag(database, [article, other], ["lead"])
    tracking.put_in_story(database, [article, other], "Ferry", NOW)
    assert tracking.remove(database, [article, 999]) == 1
    with database.read() as session:
        left = {}
        for table in ("address", "capture", "version", "fact", "change", "article_tag", "story_member", "pick"):
            query = text(f"SELECT count(*) FROM {table} WHERE article_id = :id")
            left[table] = session.connection().execute(query, {"id": article}).scalar()
        assert set(left.values()) == {0}, left
        asked = search.question("ferry")
        assert [row[0] for row in session.execute(search.matching(session, asked))] == [other]
        if not database.shared:  # PostgreSQL checks each as it is written
            assert session.connection().exec_driver_sql("PRAGMA foreign_key_check").all() == []
    assert tracking.remove(database, [article]) == 0
    [again] = tracking.track(database, Settings(), ["https://www.harran-post.example/ferry"], now=NOW)
    assert again.new
    assert again.article_id != article, "the id of an article that is gone is never given to another"


def test_a_merged_article_takes_its_stories_and_tags_along(database: Database) -> None:
    first, second = track(database, 2)
    tracking.tag(database, [first], ["one", "both"])
    tracking.tag(database, [second], ["both"])
    tracking.put_in_story(database, [first], "Of the first", NOW)
    with database.write() as session:
        was, becomes = articles.by_id(session, first), articles.by_id(session, second)
        assert was is not None
        assert becomes is not None
        addresses.merge(session, was, becomes, "the same")
    with database.read() as session:
        assert tags.of_article(session, second) == ["both", "one"]
        assert [story.name for story in stories.of_article(session, second)] == ["Of the first"]
