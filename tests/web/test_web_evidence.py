"""`/changes/{id}/evidence`: what proves one Change, and how a stranger checks it."""

from __future__ import annotations

import hashlib
import re

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update
from sqlmodel import col, select

from storage import changes, versions
from storage.database import Database
from storage.tables import Blob, Capture
from tests.web.newsroom import FIRST, SECOND, Newsroom, change
from tests.web.reading import Page


def test_both_sides_with_all_that_was_kept(filled: TestClient) -> None:
    html = filled.get("/changes/1/evidence").text
    page = Page(html)
    assert page.faults == []
    assert "The Harran Post raised people killed from at least 17 to 31" in page.text
    assert "The publisher does not tell of it." in page.text
    assert "Version 2 has no correction, clarification or update notice." in page.text
    assert html.count("https://www.harran-post.example/ferry") >= 4  # asked for and came from, on both sides
    assert html.count("HTTP status 200") == 2
    assert html.count("trafilatura 2") == 2
    for paragraph in (*FIRST.split("\n\n"), *SECOND.split("\n\n")):
        assert paragraph.split(" were ")[0].split(" ")[-1] in page.text
    assert re.search(r"<del>17</del> people were killed", html)
    assert re.search(r"<ins>31</ins> people were killed", html)


def test_the_hashes_are_those_of_what_is_handed_out(filled: TestClient) -> None:
    html = filled.get("/changes/1/evidence").text
    hashes = re.findall(r'<code class="hash">([0-9a-f]{64})</code>', html)
    downloads = re.findall(r'href="(/articles/1/(?:captures/\d+|versions/\d+\.txt))" download', html)
    assert len(hashes) == len(downloads) == 4
    assert {hashlib.sha256(filled.get(address).content).hexdigest() for address in downloads} == set(hashes)


def test_a_notice_is_quoted(filled: TestClient) -> None:
    page = Page(filled.get("/changes/3/evidence").text)
    assert "Correction: An earlier version of this article misstated the number of passengers." in page.text
    assert page.faults == []


def test_headers_that_matter_and_no_cookie(client: TestClient, newsroom: Newsroom, database: Database) -> None:
    newsroom.ferry()
    with database.write() as session:
        for capture in session.exec(select(Capture)).all():
            capture.headers = {
                "Last-Modified": "Sat, 21 Nov 2026 01:00:00 GMT",
                "set-cookie": "id=secret",
                "etag": '"x"',
            }
            capture.redirects = ["https://harran.example/short"]
            session.add(capture)
    html = client.get("/changes/1/evidence").text
    assert html.count("last-modified: Sat, 21 Nov 2026 01:00:00 GMT") == 2
    assert "secret" not in html
    assert html.count("by way of") == 2


def test_what_is_gone_is_proved_by_its_answer(client: TestClient, newsroom: Newsroom, database: Database) -> None:
    article = newsroom.ferry()
    newsroom.refusals(article)
    gone = change(None, None, "The page is gone", type="availability", before_text="page", after_text="gone")
    with database.write() as session:
        changes.add(
            session, article, gone.to_json(), changed_at=newsroom.now, from_version_id=None, to_version_id=None,
            capture_id=5,
        )  # fmt: skip
    page = Page(client.get("/changes/4/evidence").text)
    assert page.faults == []
    assert "HTTP status 503: 503 Service Unavailable" in page.text
    assert "How to check it" in page.text


def test_a_damaged_text_is_not_shown_as_evidence(client: TestClient, newsroom: Newsroom, database: Database) -> None:
    newsroom.ferry()
    with database.write() as session:
        version = versions.get(session, 1, 1)
        assert version is not None
        session.execute(update(Blob).where(col(Blob.hash) == version.text_hash).values(data=b"\0"))
    assert client.get("/changes/1/evidence").status_code == 500


@pytest.mark.parametrize("address", ["/changes/77/evidence", "/changes/0/evidence", "/changes/x/evidence"])
def test_no_such_change(filled: TestClient, address: str) -> None:
    assert filled.get(address).status_code == 404
