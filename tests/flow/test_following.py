"""A Story follows its sources: lines, verdicts, and what is told when sources diverge and converge."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.database import Database
from tests.flow.sources import Sources

TOLL = "Peacekeepers leave Mali\n\n{} peacekeepers have been killed in Mali since the mission began, the U.N. said."


@pytest.fixture
def sources(tmp_path: Path) -> Iterator[Sources]:
    database = Database(f"sqlite:///{tmp_path}/corrigenda.db")
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
    assert corrected["summary"] == "Peacekeepers killed: BBC now says 303, like AP"
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
