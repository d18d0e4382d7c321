"""The page of a site: its record, what is ignored, what happened to it as a whole."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi.testclient import TestClient

from storage import furniture, page_records
from storage.database import Database
from tests.web.newsroom import Newsroom
from tests.web.reading import Page

NOW = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)


def test_a_site_shows_what_is_ignored_and_how_to_undo_it(
    client: TestClient, newsroom: Newsroom, database: Database
) -> None:
    newsroom.article("https://northern-wire.example/strike", state="new")
    with database.write() as session:
        page_records.record(
            session, 1, 1, NOW, characters=1200, paragraphs=9, headline=True, byline=False, published=True
        )
        page_records.notice(session, 1, "template", "the texts of 9 of 10 articles broke within a day", NOW)
        for kind, text, length in (("pattern", "# people <b>read</b> this", 0), ("place", "Most read", 5)):
            row = furniture.watch(
                session, 1, kind, text, article_id=1, at=NOW, length=length, example="1 people / 2 people"
            )
            furniture.decide(session, row.id or 0, "ignored")
    page = Page(client.get("/sites/1").text)
    assert page.faults == []
    for words in ("1,200 characters", "byline in 0%", "# people <b>read</b> this", "the 5 labels after it"):
        assert words in page.text
    assert "--keep 1" in page.text
    assert "--accept" in page.text
    home = Page(client.get("/").text)
    assert "the texts of 9 of 10 articles broke within a day" in home.text
