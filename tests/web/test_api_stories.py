"""The lines of a Story by the API: matrix, what happened to a line, what people decide, what is proposed."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from tests.web.asking import Program
from tests.web.newsroom import Newsroom
from tests.web.storyroom import DW, StoryRoom


@pytest.fixture
def program(client: TestClient) -> Program:
    return Program(client)


@pytest.fixture
def room(newsroom: Newsroom) -> StoryRoom:
    return StoryRoom(newsroom)


def line_id(program: Program, subject: str) -> int:
    """The line of that subject."""
    return next(int(line["id"]) for line in program.get("/stories/1/lines")["items"] if line["subject"] == subject)


def test_the_matrix_has_a_cell_for_what_each_source_says_now(program: Program, room: StoryRoom) -> None:
    ap, bbc, dw = room.three()
    matrix = program.get("/stories/1/matrix")
    assert {source["article_id"]: source["called"] for source in matrix["sources"]} == {ap: "AP", bbc: "BBC", dw: "DW"}
    dead = next(line for line in matrix["lines"] if line["subject"] == "peacekeepers killed")
    said = {cell["article_id"]: cell["value"] for cell in dead["cells"]}
    assert said == {ap: "303", bbc: "about 170", dw: "303"}
    assert [(each["value"], each["sources"]) for each in dead["values"]] == [("303", 2), ("about 170", 1)]
    assert (dead["verdict"], dead["agreed"]["standing"], dead["agreed"]["siding"]) == ("disagree", "most", 2)
    assert [cell["article_id"] for cell in dead["cells"] if cell["contradicts_most"]] == [bbc]
    assert (matrix["more"], matrix["waiting"]) == (0, 0)
    assert program.get("/stories/1/matrix?limit=1")["more"] == len(matrix["lines"]) - 1
    rest = program.get("/stories/1/matrix?skip=1")["lines"]
    assert [line["id"] for line in rest] == [line["id"] for line in matrix["lines"][1:]]


def test_a_line_tells_who_moved_and_who_did_not_follow(program: Program, room: StoryRoom) -> None:
    ap, bbc, dw = room.three()
    line = program.get(f"/stories/1/lines/{line_id(program, 'peacekeepers killed')}")
    moves = [event for event in line["events"] if event["kind"] != "found"]
    assert [(move["article_id"], move["value"], move["before"], move["like"]) for move in moves] == [
        (ap, "303", "at least 170", [dw])
    ]
    past = [(cell["article_id"], cell["value"]) for cell in line["cells"] if not cell["stands"]]
    assert past == [(ap, "at least 170")]
    assert all(round(sum(why["because"].values()), 3) == round(why["score"], 3) for why in line["reasons"])
    assert {why["article_id"] for why in line["reasons"]} <= {ap, bbc, dw}


def test_lines_come_page_by_page(program: Program, room: StoryRoom) -> None:
    room.three()
    lines = program.get("/stories/1/lines")["items"]
    pages = program.pages("/stories/1/lines?limit=2")
    assert [line["id"] for page in pages for line in page] == [line["id"] for line in lines]
    assert len(pages) > 1
    assert all(line["sources"] >= 2 for line in program.get("/stories/1/lines?least=2")["items"])


def test_what_a_program_decides_holds_for_what_is_published_later(program: Program, room: StoryRoom) -> None:
    ap, bbc, _ = room.three()
    dead = line_id(program, "peacekeepers killed")
    off = program.ask("POST", f"/stories/1/lines/{dead}/split", json={"article": bbc}).json()
    assert (off["sources"], off["values"][0]["value"]) == (1, "about 170")
    assert program.get(f"/stories/1/lines/{dead}")["verdict"] == "agree"
    room.says(bbc, DW.replace("Blue helmets go", "Mission ends"), room.newsroom.now)
    assert program.get(f"/stories/1/lines/{dead}")["sources"] == 2
    one = program.ask("POST", f"/stories/1/lines/{dead}/merge", json={"line": off["id"]}).json()
    assert (one["id"], one["sources"], one["verdict"]) == (dead, 3, "agree")
    program.ask("GET", f"/stories/1/lines/{off['id']}", status=404)
    program.ask("POST", f"/stories/1/lines/{dead}/accept")
    assert set(program.get(f"/stories/1/lines/{dead}")["by_hand"]) >= {ap, bbc}
    decisions = program.get("/stories/1/decisions")["items"]
    assert decisions
    assert all(decision["same"] for decision in decisions), "what was split is taken back by the merge"


def test_a_line_is_named_and_named_again(program: Program, room: StoryRoom) -> None:
    room.three()
    address = f"/stories/1/lines/{line_id(program, 'peacekeepers killed')}"
    tag = program.ask("GET", address).headers["etag"]
    named = program.ask("PATCH", address, json={"name": "Dead blue helmets"}, headers={"if-match": tag}).json()
    assert (named["name"], named["subject"]) == ("Dead blue helmets", "Dead blue helmets")
    program.ask("PATCH", address, json={"name": "Late"}, headers={"if-match": tag}, status=412)
    assert program.ask("PATCH", address, json={"name": None}).json()["subject"] == "peacekeepers killed"


def test_what_cannot_be_decided_is_refused_and_changes_nothing(program: Program, room: StoryRoom) -> None:
    room.three()
    before = program.get("/stories/1/matrix?least=1")
    dead = line_id(program, "peacekeepers killed")
    alone = next(line["id"] for line in program.get("/stories/1/lines")["items"] if line["sources"] == 1)
    program.ask("POST", f"/stories/1/lines/{dead}/merge", json={"line": dead}, status=409)
    program.ask("POST", f"/stories/1/lines/{dead}/merge", json={"line": 9_999}, status=404)
    program.ask("POST", f"/stories/1/lines/{dead}/split", json={"article": 9_999}, status=409)
    program.ask("POST", f"/stories/1/lines/{alone}/split", json={"article": 1}, status=409)
    program.ask("POST", f"/stories/1/lines/{dead}/split", json={}, status=422)
    program.ask("GET", "/stories/7/matrix", status=404)
    program.ask("GET", f"/stories/7/lines/{dead}", status=404)
    assert program.get("/stories/1/matrix?least=1") == before


def test_looking_for_articles_changes_nothing(program: Program, room: StoryRoom, newsroom: Newsroom) -> None:
    room.three()
    before = program.get("/stories/1/matrix?least=1")
    found = program.ask("POST", "/stories/1/proposals").json()["items"]
    assert all(each["article_id"] not in {1, 2, 3} for each in found)
    program.ask("POST", "/stories/proposals")
    assert program.get("/stories/1/matrix?least=1") == before
