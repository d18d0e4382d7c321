"""The page of a Story across its sources: figures, matrix, lines, decisions, proposals, exports."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event

from monitor.matrix import line_of
from monitor.web.pages.story_line import series_of
from storage import stories, story_lines
from storage.database import Database
from tests.web.newsroom import HOSTILE, Newsroom
from tests.web.reading import Page
from tests.web.storyroom import AP, BBC, DW, StoryRoom
from tests.web.test_web_desk import send


@pytest.fixture
def room(newsroom: Newsroom) -> StoryRoom:
    return StoryRoom(newsroom)


def line_called(database: Database, subject: str) -> int:
    """The line of that subject."""
    with database.read() as session:
        return next(row.id or 0 for row in story_lines.of_story(session, 1) if row.subject == subject)


def test_figures_matrix_and_verdicts_are_on_the_page(client: TestClient, room: StoryRoom) -> None:
    room.three()
    answer = client.get("/stories/1")
    page = Page(answer.text)
    assert page.faults == []
    figures = answer.text.partition('class="figures"')[2].partition("</ul>")[0]
    assert ">303<" in figures
    assert "2 of 3 sources agree" in figures
    rows = answer.text.partition("<tbody>")[2].split("<tr class=")[1:]
    dead = next(row for row in rows if "peacekeepers killed" in row)
    assert dead.startswith('"disagree"')
    assert "against most" in dead
    assert '<bdi>about 170</bdi></a> <span class="apart-mark">' in " ".join(dead.split())
    assert "About 170 peacekeepers were killed in Mali." in dead
    assert "trucks" not in answer.text
    assert "trucks" in client.get("/stories/1?all=true").text


def test_what_only_does_not_contradict_is_not_said_to_agree(client: TestClient, room: StoryRoom) -> None:
    room.article("AP", AP)
    room.article("DW", DW, hours=8)
    figures = Page(client.get("/stories/1").text).text
    assert "neither of 2 sources contradicts it" in figures
    assert "both sources agree" not in figures.partition("The same facts")[0]


def test_a_line_tells_who_moved_first_and_who_is_late(client: TestClient, room: StoryRoom, database: Database) -> None:
    ap, bbc, _ = room.three()
    address = f"/stories/1/lines/{line_called(database, 'peacekeepers killed')}"
    page = Page(client.get(address).text)
    assert page.faults == []
    assert "AP corrected itself to 303, as DW said already; until then it had said at least 170" in page.text or (
        "AP followed DW and said 303; until then it had said at least 170" in page.text
    )
    assert "about 170" in page.text
    assert "From 0.70 on two facts are taken for one." in page.text
    chart = client.get(f"{address}/chart.svg")
    assert chart.headers["content-type"] == "image/svg+xml"
    assert all(name in chart.text for name in ("AP", "BBC", "DW"))
    assert "<script" not in chart.text
    assert ap != bbc


def test_days_are_drawn_as_well(client: TestClient, room: StoryRoom, database: Database) -> None:
    room.three()
    with database.read() as session:
        line = next(row for row in story_lines.of_story(session, 1, least=1) if row.kind == "date")
    chart = client.get(f"/stories/1/lines/{line.id}/chart.svg")
    assert chart.status_code == 200, client.get(f"/stories/1/lines/{line.id}").text
    assert "1 Jul 20" in chart.text


def test_a_figure_of_another_time_is_drawn_as_no_step(client: TestClient, room: StoryRoom, database: Database) -> None:
    room.article(
        "AP", "Mission\n\nThe mission has 13,000 peacekeepers. The 11,000 troops who arrived in 2013 were few."
    )
    room.article("BBC", "Mission\n\nSome 15,000 troops of the mission leave Mali.")
    with database.read() as session:
        line = next(row for row in story_lines.of_story(session, 1) if row.kind == "personnel" and row.sources == 2)
        told = line_of(session, line)
    assert [len(own) for own in told.values.values()] == [2, 1]
    series, days = series_of(told.values)
    assert not days
    assert sorted(level.value for levels in series.values() for level in levels) == [13_000, 15_000]


def test_split_merge_accept_and_name(client: TestClient, room: StoryRoom, database: Database) -> None:
    _, bbc, _ = room.three()
    line = line_called(database, "peacekeepers killed")
    here = f"/stories/1/lines/{line}"
    split = send(client, f"{here}/split", seen_on=here, article=bbc)
    assert "It has a line of its own from now on." in split.text
    with database.read() as session:
        others = [row for row in story_lines.of_story(session, 1) if row.kind == "casualties" and row.id != line]
    assert [row.sources for row in others] == [1]
    assert "different facts" in Page(client.get(here).text).text
    room.says(bbc, BBC.replace("About 170", "About 180"), room.newsroom.ago(minutes=5))
    with database.read() as session:
        assert story_lines.lines(session, [line])[line].sources == 2
    merged = send(client, f"{here}/merge", seen_on=here, other=others[0].id)
    assert "Both are one line from now on." in merged.text
    assert "It is kept as one fact" in send(client, f"{here}/accept", seen_on=here).text
    named = send(client, f"{here}/name", seen_on=here, called=f"  Dead\x00 {HOSTILE[:60]} ")
    page = Page(named.text)
    assert page.faults == []
    assert "The line is called so." in page.text
    assert "<script>alert" not in named.text


@pytest.mark.parametrize(
    ("what", "fields", "fault"),
    [
        ("split", {"article": 77}, "article 77 says nothing in line"),
        ("split", {}, "says nothing in line"),
        ("merge", {"other": 77}, "there is no line 77 in story 1"),
        ("merge", {}, "there is no line 0"),
        ("name", {"called": "x" * 201}, "a name has at most 200 characters"),
    ],
)
def test_what_cannot_be_done_is_said(
    client: TestClient, room: StoryRoom, database: Database, what: str, fields: dict[str, Any], fault: str
) -> None:
    room.three()
    here = f"/stories/1/lines/{line_called(database, 'peacekeepers killed')}"
    answer = send(client, f"{here}/{what}", seen_on=here, **fields)
    assert answer.status_code == 400
    assert fault in Page(answer.text).text


def test_hostile_names_and_texts_stay_text(client: TestClient, room: StoryRoom, database: Database) -> None:
    room.article(HOSTILE, AP.replace("At least 170 peacekeepers", f"{HOSTILE} 170 peacekeepers"))
    room.article("DW", DW)
    for address in ("/stories/1?all=true", f"/stories/1/lines/{line_called(database, 'peacekeepers killed')}"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert Page(answer.text).faults == []
        assert "<script>alert" not in answer.text
        assert "‮" not in answer.text


def test_exports_hold_what_the_page_shows(client: TestClient, room: StoryRoom) -> None:
    room.three()
    body = client.get("/stories/1/matrix.json").json()
    dead = next(line for line in body["lines"] if line["subject"] == "peacekeepers killed")
    assert (dead["verdict"], len(dead["cells"])) == ("disagree", 3)
    assert [each["value"] for each in dead["history"] if each["to_version"]] == ["at least 170"]
    rows = list(csv.reader(io.StringIO(client.get("/stories/1/matrix.csv").content.decode("utf-8-sig"))))
    assert rows[0][:5] == ["line", "fact", "key", "verdict", "verdict since"]
    assert set(rows[0][5:]) == {"AP", "BBC", "DW"}
    assert any(row[1] == "peacekeepers killed" and "about 170" in row for row in rows)


def test_articles_are_proposed_ticked_and_put_in(client: TestClient, room: StoryRoom, database: Database) -> None:
    first = room.article("AP", AP)
    outside = room.newsroom.article("https://dw.example/1", publisher="DW", headline="Blue helmets go")
    room.newsroom.version(outside, BBC, room.newsroom.ago(hours=1))
    found = send(client, "/stories/1/proposals", seen_on="/stories/1")
    assert found.status_code == 200
    assert Page(found.text).faults == []
    put = send(client, "/stories/1/proposals/accept", seen_on="/stories/1", id=[outside])
    assert "1 article is put into the story." in put.text
    assert "1 article is being laid beside the others" in Page(put.text).text
    with database.read() as session:
        assert list(stories.article_ids(session, 1)) == [first, outside]


def test_new_stories_are_proposed_and_made(client: TestClient, newsroom: Newsroom, database: Database) -> None:
    ids = [newsroom.article(f"https://{n}.example/x", publisher=n) for n in ("one", "two")]
    for article_id, text in zip(ids, (AP, AP.replace("leave", "go")), strict=True):
        newsroom.version(article_id, text, newsroom.ago(hours=2))
    found = send(client, "/stories/proposals", seen_on="/stories")
    assert Page(found.text).faults == []
    assert all(f'value="{article_id}"' in found.text for article_id in ids)
    refused = send(client, "/stories/proposals/accept", seen_on="/stories", name="Mali")
    assert refused.status_code == 400
    assert "no article is ticked" in Page(refused.text).text
    made = send(client, "/stories/proposals/accept", seen_on="/stories", name="Mali", id=ids)
    assert "2 articles are put into the story." in made.text


def test_the_page_reads_as_much_of_many_sources_as_of_few(
    client: TestClient, room: StoryRoom, database: Database
) -> None:
    def statements() -> int:
        seen: list[str] = []

        def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
            seen.append(statement)

        event.listen(database.engine, "before_cursor_execute", note)
        assert client.get("/stories/1?all=true").status_code == 200
        event.remove(database.engine, "before_cursor_execute", note)
        return len(seen)

    room.article("AP", AP)
    few = statements()
    for number in range(23):
        room.article(f"Paper {'x' * number}", DW.replace("303", str(300 + number % 3)))
    assert statements() < few + 5, "one for each source would be 23 more; a few are for what is known only for seconds"
    page = Page(client.get("/stories/1?all=true&sources=2").text)
    assert "4 of 24 sources" in page.text
    assert page.faults == []
    assert "All sources" in page.text
    assert "300 8 sources" in " ".join(page.text.split())
