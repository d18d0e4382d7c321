"""What is taken away: exact, whole, and run by no spreadsheet."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from monitor.web import export, spreadsheet
from storage import articles, changes, facts
from storage.database import Database
from tests.web.newsroom import FIRST, SECOND, THIRD, Newsroom, change, told

FORMULAS = [
    "=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "\u200b=1", "\ufeff=1", "＝1+1", "－1",
    "＋1", "＠x",
    '=HYPERLINK("https://evil.example","x")', "=cmd|' /C calc'!A0",
]  # fmt: skip


def rows(body: bytes) -> list[dict[str, str]]:
    """A CSV as a spreadsheet reads it."""
    assert body.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline=""), strict=True))


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_text(text: str) -> None:
    assert spreadsheet.cell(text).startswith("'")


@pytest.mark.parametrize(
    ("value", "written"),
    [(None, ""), (True, "yes"), (False, "no"), (-17, "-17"), (1.5, "1.5"), ("17 dead", "17 dead"), ("a=b", "a=b"),
     ("a\x00b\x1b", "a�b�"), ("'x", "'x"), ("“x”", "“x”")],
)  # fmt: skip
def test_a_cell(value: Any, written: str) -> None:
    assert spreadsheet.cell(value) == written


def test_a_cell_is_no_longer_than_a_spreadsheet_keeps() -> None:
    assert len(spreadsheet.cell("=" * 40_000)) == spreadsheet.LONGEST
    assert spreadsheet.cell("x" * 40_000).endswith("…")


@given(st.lists(st.lists(st.text(max_size=30) | st.integers() | st.none(), min_size=3, max_size=3), max_size=5))
def test_a_table_is_read_as_it_was_written(table: list[list[str | int | None]]) -> None:
    body = b"".join(spreadsheet.lines(("a", "b", "c"), table))
    assert body.endswith(b'"\r\n')
    read = list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""), strict=True))
    assert read == [["a", "b", "c"], *([spreadsheet.cell(value) for value in row] for row in table)]


def test_the_text_of_a_version_is_what_its_hash_is_of(filled: TestClient) -> None:
    answer = filled.get("/articles/1/versions/2.txt")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="article-1-version-2.txt"'
    assert answer.content == SECOND.encode()
    told_hash = filled.get("/articles/1/versions/2.json").json()["version"]["text_sha256"]
    assert hashlib.sha256(answer.content).hexdigest() == told_hash == answer.headers["x-text-sha256"]


def test_a_version_with_its_facts_in_their_places(filled: TestClient) -> None:
    for number, text in ((1, FIRST), (2, SECOND), (3, THIRD)):
        answer = filled.get(f"/articles/1/versions/{number}.json")
        told_ = answer.json()
        assert told_["version"]["text"] == text
        assert told_["capture"]["sha256"]
        assert len(told_["facts"]) == 3
        for fact in told_["facts"]:
            assert text[fact["start"] : fact["end"]] == fact["quote"]
            assert text[fact["phrase"]["start"] : fact["phrase"]["end"]] == fact["phrase"]["text"]


def test_a_fact_whose_words_are_elsewhere_now_is_found_there(client: TestClient, newsroom: Newsroom) -> None:
    article = newsroom.article("https://a.example/1")
    before, after = "17 people were killed.", "A new first paragraph.\n\n17 people were killed."
    toll = told(before, "17", "17 people were killed", "people killed", 17)
    newsroom.version(article, before, newsroom.ago(hours=2), steps=[facts.Step(None, toll.to_json())])
    newsroom.version(article, after, newsroom.ago(hours=1), steps=[facts.Step(toll.to_json(), toll.to_json())])
    (fact,) = client.get("/articles/1/versions/2.json").json()["facts"]
    assert (fact["start"], fact["end"], fact["from_number"]) == (24, 26, 1)


def test_the_facts_of_a_version_as_a_table(filled: TestClient) -> None:
    table = rows(filled.get("/articles/1/versions/2/facts.csv").content)
    assert [row["quote"] for row in table] == ["31", "120", "$15 million"]
    assert [row["lower"] for row in table] == ["31", "120", "15000000"]
    assert {row["hedge"] for row in table} == {"exact"}


def test_a_history(filled: TestClient) -> None:
    told_ = json.loads(filled.get("/articles/1/history.json").content)
    assert [version["number"] for version in told_["versions"]] == [1, 2, 3]
    assert [len(version["changes"]) for version in told_["versions"]] == [0, 2, 1]
    assert "text" not in told_["versions"][0]
    assert told_["article"]["id"] == 1
    texts = json.loads(filled.get("/articles/1/history.json?texts=1").content)
    assert [version["text"] for version in texts["versions"]] == [FIRST, SECOND, THIRD]


def test_a_history_as_a_table(filled: TestClient) -> None:
    table = rows(filled.get("/articles/1/history.csv").content)
    assert tuple(table[0]) == export.HISTORY
    assert [row["version"] for row in table] == ["1", "2", "2", "3"]
    assert table[1]["before"].startswith("PORT HARRAN — At least 17 people")
    assert [row["acknowledged"] for row in table] == ["", "no", "no", "yes"]


def test_a_long_history_comes_in_batches(newsroom: Newsroom, database: Database) -> None:
    article = newsroom.ferry()
    for number in (4, 5):
        newsroom.version(article, f"Text {number}.", newsroom.ago(hours=1))
    gone = change(None, None, "It is gone", type="availability", before_text="page", after_text="gone")
    with database.write() as session:
        changes.add(session, article, gone.to_json(), changed_at=newsroom.now, from_version_id=None, to_version_id=None)
    with database.read() as session:
        row = articles.by_id(session, article)
    assert row is not None
    told_ = json.loads(b"".join(export.history_json(database, row, texts=True, batch=2)))
    assert [version["number"] for version in told_["versions"]] == [1, 2, 3, 4, 5]
    assert [change_["summary"] for change_ in told_["availability"]] == ["It is gone"]
    table = rows(b"".join(spreadsheet.lines(export.HISTORY, export.history_rows(database, row, batch=2))))
    assert [line["version"] for line in table] == ["1", "2", "2", "3", "4", "5", ""]
    assert table[-1]["after"] == "gone"


def test_a_fact_through_the_versions(filled: TestClient) -> None:
    told_ = filled.get("/articles/1/facts/1.json").json()
    assert [fact["quote"] for fact in told_["fact"]["facts"]] == ["17", "31"]
    assert [version["number"] for version in told_["versions"]] == [1, 2, 3]
    table = rows(filled.get("/articles/1/facts/1.csv").content)
    assert [(row["from_version"], row["to_version"], row["quote"]) for row in table] == [
        ("1", "1", "17"),
        ("2", "", "31"),
    ]
    assert table[1]["last_seen_at"] == told_["versions"][2]["last_seen_at"]


@pytest.mark.parametrize(
    "address",
    ["versions/9.txt", "versions/9.json", "versions/9/facts.csv", "facts/9.json", "facts/9.csv", "versions/0.txt",
     "versions/x.txt"],
)  # fmt: skip
def test_what_is_not_there(filled: TestClient, address: str) -> None:
    assert filled.get(f"/articles/1/{address}").status_code == 404
    assert filled.get(f"/articles/77/{address.replace('9', '1')}").status_code == 404


@pytest.mark.parametrize("address", ["/articles/77/history.json", "/articles/77/history.csv"])
def test_no_such_article(filled: TestClient, address: str) -> None:
    assert filled.get(address).status_code == 404


def test_hostile_text_stays_in_its_cell(client: TestClient, newsroom: Newsroom) -> None:
    for number, payload in enumerate([*FORMULAS, "<script>alert(1)</script>", '","=1', "a\r\n=1"], 1):
        article = newsroom.article(f"https://a.example/{number}", publisher=payload)
        first, second = f"{payload} 17 dead", f"{payload} 31 dead"
        old, new = told(first, "17", "17 dead", payload, 17), told(second, "31", "31 dead", payload, 31)
        steps = [facts.Step(None, old.to_json())], [facts.Step(old.to_json(), new.to_json())]
        newsroom.version(article, first, newsroom.ago(hours=3), headline=payload, steps=steps[0])
        newsroom.version(
            article, second, newsroom.ago(hours=2), headline=payload, notices=[payload],
            changed=[change(old, new, payload)], steps=steps[1],
        )  # fmt: skip
        for address in ("history.csv", f"facts/{2 * number - 1}.csv", "versions/2/facts.csv"):
            answer = client.get(f"/articles/{article}/{address}")
            assert "sandbox" in answer.headers["content-security-policy"]
            for row in rows(answer.content):
                for name, value in row.items():
                    assert value is not None
                    assert not value or value[0] not in "=+-@\t\r\n＝＋－＠", (payload, name, value)
        json.loads(client.get(f"/articles/{article}/history.json?texts=1").content)
