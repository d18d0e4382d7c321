"""How many statements a page sends to the database: bounded, however much there is. (Times: `benchmarks/pages.py`.)"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event

from alerts import rulebook
from monitor.changes import Change
from storage import deliveries, facts, sites, stories, tags
from storage.database import Database
from tests.web.conftest import browse
from tests.web.newsroom import FIRST, SECOND, Newsroom, change, told

MOST = {
    "/": 28,
    "/?severity=high&story=1": 14,
    "/articles": 14,
    "/articles/1": 24,
    "/articles/1/facts": 8,
    "/articles/1/facts/1": 8,
    "/sites": 8,
    "/sites/1": 8,
    "/health": 34,
    "/feeds/1": 9,
    "/articles?q=people": 16,
    "/articles?state=ok&order=next": 16,
    "/articles?state=ok&order=site": 15,
    "/articles/1/facts/1.json": 8,
    "/articles/1/facts/1.csv": 7,
    "/articles/1/history.json?texts=1": 13,
    "/articles/1/history.csv": 12,
    "/api/v1/articles/1/history": 14,
    "/stories": 8,
    "/rules": 12,
    "/deliveries": 8,
    "/api/v1/mutes": 9,
    "/changes.atom": 8,
}


def fill(database: Database, size: int) -> None:
    """A newsroom with `size` of everything."""
    newsroom = Newsroom(database)
    newsroom.beat()
    old = told(FIRST, "17", "17 people", "people killed", 17)
    new = told(SECOND, "31", "31 people", "people killed", 31)
    for number in range(size):
        article = newsroom.article(
            f"https://site{number}.example/story", headline=f"Story {number}", state="failed" if number % 2 else "ok",
            next_check_at=newsroom.now - timedelta(hours=1),
        )  # fmt: skip
        newsroom.version(article, FIRST, newsroom.ago(days=2), steps=[facts.Step(None, old.to_json())])
        for part in range(size if number == 0 else 1):
            before, after = (new, old) if part % 2 else (old, new)
            brought: list[Change] = [change(before, after, "")] * size
            newsroom.version(
                article, f"{SECOND} {part}", newsroom.ago(hours=40 - part),
                steps=[facts.Step(before.to_json(), after.to_json())], changed=brought,
            )  # fmt: skip
        newsroom.refusals(article)
        with database.write() as session:
            story, _ = stories.get_or_make(session, f"Story {number}", newsroom.now)
            stories.put(session, story, [article, 1], newsroom.now)
            tags.put(session, [article], f"tag-{number}")
            for _ in range(9):
                sites.record(session, number + 1, ok=False, reason="503", now=newsroom.now)
    with database.write() as session:
        told_to = rulebook.add_channel(session, "desk", "https://hooks.example/desk").name
        for number in range(size):
            rulebook.add_rule(session, f"Rule {number}", told_to, {"story_id": number + 1}, now=newsroom.now)
            rulebook.add_mute(session, told_to, article_id=number + 1)
            deliveries.add_alert(session, alert_id=f"alrt_{number}", created_at=newsroom.now, payload={"title": "17"})
            deliveries.add(session, f"msg_{number}", f"alrt_{number}", 1, newsroom.now)
    newsroom.feed("https://site0.example/feed", title="Feed", state="broken")


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[int, tuple[TestClient, list[str]]]]:
    """Browsers at a small and at a larger newsroom, each with the statements that its pages sent."""
    houses: dict[int, tuple[TestClient, list[str]]] = {}
    opened = []
    for size in (2, 7):
        database = Database(f"sqlite:///{tmp_path_factory.mktemp('counted') / 'corrigenda.db'}")
        fill(database, size)
        sent: list[str] = []

        def note(*args: object, sent: list[str] = sent) -> None:
            sent.append(str(args[2]))

        event.listen(database.engine, "before_cursor_execute", note)
        browser = browse(database)
        browser.get("/health")  # the first request of all makes the house's secret
        houses[size] = (browser, sent)
        opened.append(database)
    yield houses
    for database in opened:
        database.close()


@pytest.mark.parametrize("address", MOST)
def test_bounded_and_the_same_for_more(counted: dict[int, tuple[TestClient, list[str]]], address: str) -> None:
    needed = {}
    for size, (browser, sent) in counted.items():
        sent.clear()
        answer = browser.get(address, headers={"accept": "text/html"})
        assert answer.status_code == 200
        needed[size] = len(sent)
    assert needed[7] <= needed[2], "\n".join(["2:", *counted[2][1], "7:", *counted[7][1]])
    assert needed[7] <= MOST[address], "\n".join(counted[7][1])
