"""What retention let go: wherever it was to be seen, it says so, with its hash, and the rest is told as before."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from fastapi.testclient import TestClient

from monitor.cli.app import run
from monitor.config import Settings
from monitor.config_retention import Retention
from monitor.retaining import walk
from storage import captures, versions
from storage.database import Database
from tests.web.conftest import browse
from tests.web.newsroom import SECOND, Newsroom


class Room(NamedTuple):
    """A newsroom in which the bytes and the text of the first of three Versions were let go."""

    browser: TestClient
    folder: Path
    capture: int
    raw: str
    text: str


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    folder = tmp_path_factory.mktemp("room")
    opened = Database(f"sqlite:///{folder / 'corrigenda.db'}")
    newsroom = Newsroom(opened)
    article = newsroom.ferry()
    short = {"keep_raw": "1h", "keep_raw_versions": 0, "keep_texts": "1h", "keep_text_versions": 0}
    *_, done = walk(opened, Settings(retention=Retention.model_validate(short)), newsroom.now)
    # The second and third stay: the publisher's notice is between them.
    assert (done.raw, done.texts) == (1, 1)
    with opened.read() as session:
        first = versions.get(session, article, 1)
        assert first is not None
        capture = captures.by_id(session, article, first.capture_id)
        assert capture is not None
    with browse(opened) as browser:
        yield Room(browser, folder, capture.id or 0, capture.blob_hash or "", first.text_hash)
    opened.close()


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/articles/1", "let go on"),
        ("/articles/1/compare/1/2", "People killed: at least 17 → 31"),
        ("/articles/1/compare/2/1", "backwards nothing was"),
        ("/articles/1/compare/1/3", "Fine: $1.5 million → $15 million"),
        ("/articles/1/compare/1/1", "The text of version 1 was"),
        ("/changes/1/evidence", "At least 17 people were killed"),
        ("/articles/1/facts", "$1.5 million"),
    ],
)
def test_pages_say_so(room: Room, path: str, told: str) -> None:
    answer = room.browser.get(path)
    assert answer.status_code == 200, answer.text
    assert told in answer.text.replace("<del>", "").replace("</del>", "")
    if "compare" in path or "evidence" in path:
        assert "let go on" in answer.text
        assert room.text in answer.text
        assert "/versions/1.txt" not in answer.text
    assert f"/captures/{room.capture}" not in answer.text


def test_what_is_there_is_compared_as_before(room: Room) -> None:
    assert "let go" not in room.browser.get("/articles/1/compare/2/3").text


@pytest.mark.parametrize("path", ["/articles/1/versions/1.txt", "/articles/1/captures/{capture}"])
def test_a_download_says_so(room: Room, path: str) -> None:
    answer = room.browser.get(path.format(capture=room.capture))
    assert answer.status_code == 410
    assert (room.text if "txt" in path else room.raw) in answer.text


def test_what_is_taken_away_says_so(room: Room) -> None:
    made = room.browser.get("/articles/1/versions/1.json").json()
    assert (made["version"]["text"], made["version"]["text_sha256"]) == (None, room.text)
    assert made["version"]["text_let_go_at"]
    assert (made["capture"]["sha256"], made["capture"]["links"].get("bytes")) == (room.raw, None)
    assert {fact["quote"] for fact in made["facts"]} == {"17", "$1.5 million", "120"}
    assert {fact["start"] for fact in made["facts"]} == {None}
    history = json.loads(room.browser.get("/articles/1/history.json?texts=1").text)["versions"]
    assert [row["text"] is None for row in history] == [True, False, False]
    assert history[1]["text"] == SECOND
    rows = list(csv.DictReader(io.StringIO(room.browser.get("/articles/1/history.csv").content.decode("utf-8-sig"))))
    assert rows[0]["bytes_sha256"] == room.raw
    assert rows[0]["text_sha256"] == room.text
    assert rows[0]["bytes_let_go_at"]
    assert rows[0]["text_let_go_at"]
    assert not rows[1]["text_let_go_at"]
    assert "17" in room.browser.get("/articles/1/versions/1/facts.csv").text


def test_the_api_says_so(room: Room) -> None:
    api = "/api/v1/articles/1"
    version = room.browser.get(f"{api}/versions/1").json()
    assert (version["text"], version["text_sha256"]) == (None, room.text)
    assert [row["text_let_go_at"] is None for row in room.browser.get(f"{api}/versions").json()["items"]] == [
        False, True, True,
    ]  # fmt: skip
    capture = room.browser.get(f"{api}/captures/{room.capture}").json()
    assert (capture["sha256"], capture["let_go_at"] is None) == (room.raw, False)
    refused = room.browser.get(f"{api}/captures/{room.capture}/bytes")
    assert (refused.status_code, refused.json()["type"]) == (410, "/api/v1/problems/gone")
    assert room.raw in refused.json()["detail"]
    compared = room.browser.get(f"{api}/compare/1/2").json()
    assert compared["words"] == []
    assert compared["before"]["text_let_go_at"]
    assert [each["type"] for each in compared["changes"]] == ["value", "value"]


def test_the_commands_say_so(room: Room, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(room.folder)
    assert run(["history", "1"]) == 0
    said = capsys.readouterr().out
    assert "let go" in said
    assert room.raw in said
    assert room.text in said
    assert run(["diff", "1", "1", "2"]) == 0
    said = capsys.readouterr().out
    assert "People killed: at least 17 → 31" in said
    assert "the text of version 1 was let go" in said
    assert run(["diff", "1", "1", "2", "--json"]) == 0
    compared = json.loads(capsys.readouterr().out)
    assert compared["words"] == []
    assert compared["before"]["text_let_go_at"]
