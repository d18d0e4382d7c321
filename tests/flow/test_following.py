"""A Story follows its sources: lines, verdicts, and what is told when sources diverge and converge."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from monitor import deciding, following
from monitor.errors import InputError
from monitor.matrix import matrix
from storage import stories, story_lines
from storage.database import Database
from tests.flow.sources import Sources

TOLL = "Peacekeepers leave Mali\n\n{} peacekeepers have been killed in Mali since the mission began, the U.N. said."


@pytest.fixture
def sources(database_url: str) -> Iterator[Sources]:
    database = Database(database_url)
    yield Sources(database)
    database.close()


def test_what_two_sources_say_is_one_line(sources: Sources) -> None:
    sources.article("https://ap.example/mali", "AP", TOLL.format("303"))
    sources.article("https://bbc.example/mali", "BBC", TOLL.format("At least 170"))
    assert sources.follow() == []
    assert sources.lines() == {"peacekeepers killed": ("compatible", 2)}


def test_sources_diverge_and_converge_and_each_is_told_once(sources: Sources) -> None:
    first = sources.article("https://ap.example/mali", "AP", TOLL.format("170"))
    sources.article("https://bbc.example/mali", "BBC", TOLL.format("170"))
    sources.article("https://dw.example/mali", "DW", TOLL.format("170"))
    assert sources.follow() == []
    sources.says(first, TOLL.format("303"))
    [diverged] = sources.follow()
    assert diverged["type"] == "diverged"
    assert diverged["summary"] == "Peacekeepers killed: AP now says 303; BBC and DW say 170"
    assert sources.follow() == []
    assert sources.lines() == {"peacekeepers killed": ("disagree", 3)}
    sources.says(first, TOLL.format("170"))
    [converged] = sources.follow()
    assert converged["type"] == "converged"
    assert sources.lines() == {"peacekeepers killed": ("agree", 3)}


def test_one_corrects_and_one_is_left_behind(sources: Sources) -> None:
    ids = [
        sources.article(f"https://{name.lower()}.example/mali", name, TOLL.format("170"))
        for name in ("AP", "BBC", "DW", "NHK")
    ]
    sources.follow()
    sources.says(ids[0], TOLL.format("303"))
    assert [change["type"] for change in sources.follow()] == ["diverged"]
    sources.says(ids[1], TOLL.format("303"))
    [corrected] = sources.follow()
    assert corrected["type"] == "corrected"
    assert corrected["summary"] == "Peacekeepers killed: BBC now says 303, like AP; DW and NHK still say 170"
    sources.says(ids[2], TOLL.format("303"))
    [left] = sources.follow()
    assert left["type"] == "left_behind"
    assert left["summary"] == "Peacekeepers killed: DW now says 303, as others do; only NHK still says 170"
    sources.says(ids[3], TOLL.format("303"))
    assert [change["type"] for change in sources.follow()] == ["converged"]


def test_who_is_put_into_a_story_later_is_no_news(sources: Sources) -> None:
    sources.article("https://ap.example/mali", "AP", TOLL.format("303"))
    sources.article("https://bbc.example/mali", "BBC", TOLL.format("170"), quiet=True)
    assert sources.follow() == []
    assert sources.lines() == {"peacekeepers killed": ("disagree", 2)}


def test_what_is_no_longer_said_does_not_count(sources: Sources) -> None:
    sources.article("https://ap.example/mali", "AP", TOLL.format("303"))
    second = sources.article("https://bbc.example/mali", "BBC", TOLL.format("170"), quiet=True)
    sources.follow()
    sources.says(second, "Peacekeepers leave Mali\n\nThe U.N. has left Mali.")
    sources.follow()
    assert sources.lines(least=1)["peacekeepers killed"] == ("agree", 1)


def line_ids(sources: Sources, least: int = 1) -> dict[str, int]:
    """Lines by what they are called."""
    with sources.database.read() as session:
        rows = story_lines.of_story(session, sources.story_id, least=least)
    return {row.name or row.subject or row.key: row.id or 0 for row in rows}


def test_what_a_person_split_stays_apart(sources: Sources) -> None:
    first = sources.article("https://ap.example/mali", "AP", TOLL.format("303"))
    sources.article("https://bbc.example/mali", "BBC", TOLL.format("170"), quiet=True)
    sources.follow()
    with sources.database.write() as session:
        [line] = story_lines.of_story(session, sources.story_id, least=2)
        standing = story_lines.standing(session, [line.id or 0])[line.id or 0]
        cell = next(each.cell for each in standing if each.cell.article_id == first)
        new = deciding.split(session, sources.story_id, line.id or 0, cell.fact_line_id, by="Ada", now=sources.now)
        assert new != line.id
    assert sources.lines() == {}
    sources.says(first, TOLL.format("304"))
    sources.follow()
    assert sources.lines() == {}
    with sources.database.write() as session:
        deciding.merge(session, sources.story_id, new, line.id or 0, by="Ada", now=sources.now)
    assert sources.lines() == {"peacekeepers killed": ("disagree", 2)}
    sources.says(first, TOLL.format("170"))
    assert [change["type"] for change in sources.follow()] == ["converged"]


def test_lines_that_a_person_merged_and_named(sources: Sources) -> None:
    sources.article("https://ap.example/mali", "AP", "Mali\n\nThe mission has 13,000 peacekeepers, it is said.")
    sources.article("https://bbc.example/mali", "BBC", "Mali\n\nSome 900 guards of the U.N. watch the gold mines.")
    sources.follow()
    ids = line_ids(sources)
    assert set(ids) == {"peacekeepers", "guards"}
    with sources.database.write() as session:
        kept = deciding.merge(session, sources.story_id, ids["guards"], ids["peacekeepers"], by="Ada", now=sources.now)
        deciding.name(session, sources.story_id, kept, "  strength of the   mission ")
    assert sources.lines() == {"strength of the mission": ("disagree", 2)}


@pytest.mark.parametrize("what", ["split alone", "merge itself", "no line", "long name"])
def test_what_cannot_be_decided_is_said(sources: Sources, what: str) -> None:
    sources.article("https://ap.example/mali", "AP", TOLL.format("303"))
    sources.follow()
    [line_id] = line_ids(sources).values()
    with sources.database.write() as session:
        [standing] = story_lines.standing(session, [line_id])[line_id]
        fact = standing.cell.fact_line_id
        with pytest.raises(InputError):
            if what == "split alone":
                deciding.split(session, sources.story_id, line_id, fact, by="Ada", now=sources.now)
            elif what == "merge itself":
                deciding.merge(session, sources.story_id, line_id, line_id, by="Ada", now=sources.now)
            elif what == "no line":
                deciding.accept(session, sources.story_id, line_id + 1, by="Ada", now=sources.now)
            else:
                deciding.name(session, sources.story_id, line_id, "x" * 201)


def test_the_matrix_says_who_was_first_and_who_stands_apart(sources: Sources) -> None:
    first = sources.article("https://ap.example/mali", "AP", TOLL.format("170"))
    second = sources.article("https://bbc.example/mali", "BBC", TOLL.format("303"), quiet=True)
    third = sources.article("https://dw.example/mali", "DW", TOLL.format("303"), quiet=True)
    sources.follow()
    sources.says(second, TOLL.format("304"))
    sources.says(second, TOLL.format("303"))
    sources.follow()
    with sources.database.read() as session:
        shown = matrix(session, sources.story_id)
    [line] = shown.lines
    assert {source.called for source in shown.sources} == {"AP", "BBC", "DW"}
    assert {article: value.fact.quote for article, value in line.chief.items()} == {
        first: "170",
        second: "303",
        third: "303",
    }
    assert [value.fact.quote for value in line.values[second]] == ["303", "304", "303"]
    assert line.outliers == {first}
    assert line.first is None, "each said so when it was first looked at"


def test_an_article_that_was_merged_into_another_is_no_source_any_more(sources: Sources) -> None:
    first = sources.article("https://ap.example/mali", "AP", TOLL.format("303"))
    same = sources.article("https://ap.example/mali?page=1", "AP", TOLL.format("303"), quiet=True)
    sources.article("https://bbc.example/mali", "BBC", TOLL.format("170"), quiet=True)
    sources.follow()
    assert sources.lines() == {"peacekeepers killed": ("disagree", 3)}
    with sources.database.write() as session:
        stories.move_article(session, same, first)
    following.catch_up(sources.database)
    assert sources.lines() == {"peacekeepers killed": ("disagree", 2)}
