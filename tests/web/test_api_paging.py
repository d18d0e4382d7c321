"""Lists in pages: each item once, also when there are more meanwhile; and cursors that are none."""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from storage import articles, feeds
from storage.database import Database
from tests.web.asking import Program
from tests.web.newsroom import FIRST, SECOND, Newsroom, change, told

ORDERS = ("changed", "added", "next", "headline", "site")


@pytest.fixture
def program(client: TestClient) -> Program:
    return Program(client)


@pytest.fixture(scope="module")
def filled_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """47 Articles: some never changed, some paused, some without a headline, many changed at the same moment."""
    file = tmp_path_factory.mktemp("many") / "corrigenda.db"
    opened, now = Database(f"sqlite:///{file}"), datetime.now(UTC)
    with opened.write() as session:
        for number in range(47):
            host = f"www.site{number % 3}.example"
            row, _ = articles.add(session, f"https://{host}/story-{number}", kind="url", host=host, now=now)
            articles.save(
                session, row.id or 0, headline=f"Story {number % 7}" if number % 5 else None,
                last_changed_at=now - timedelta(hours=number % 4) if number % 3 else None,
                next_check_at=None if number % 6 == 0 else now + timedelta(minutes=number % 5),
                state="failed" if number % 10 == 0 else "ok",
            )  # fmt: skip
    opened.close()
    return file


@pytest.fixture
def database(tmp_path: Path, migrated: Path, request: pytest.FixtureRequest) -> Iterator[Database]:
    """The database of a test: a copy of that with many Articles where it asks for `many`, else an empty one."""
    source = request.getfixturevalue("filled_file") if "many" in request.fixturenames else migrated
    opened = Database(f"sqlite:///{shutil.copy(source, tmp_path)}")
    yield opened
    opened.close()


@pytest.fixture
def many(newsroom: Newsroom) -> Newsroom:
    """A newsroom with these Articles."""
    return newsroom


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("more", ["", "&state=ok", "&site=2", "&state=paused"])
def test_pages_hold_every_article_once(program: Program, many: Newsroom, order: str, more: str) -> None:
    pages = program.pages(f"/articles?order={order}&limit=7{more}")
    seen = [one["id"] for page in pages for one in page]
    everything = program.get(f"/articles?order={order}&limit=200{more}")["items"]
    assert seen == [one["id"] for one in everything]
    assert len(seen) == len(set(seen))
    assert all(len(page) == 7 for page in pages[:-1])
    assert len(seen) == {"": 47, "&state=ok": 42, "&site=2": 16, "&state=paused": 8}[more]


def test_orders_are_what_they_say(program: Program, many: Newsroom) -> None:
    found = {order: program.get(f"/articles?order={order}&limit=200")["items"] for order in ORDERS}
    changed = [one["last_changed_at"] for one in found["changed"]]
    assert changed == sorted((each for each in changed if each), reverse=True) + [None] * changed.count(None)
    assert [one["id"] for one in found["added"]] == list(range(47, 0, -1))
    following = [one["next_check_at"] for one in found["next"]]
    assert following == sorted(each for each in following if each) + [None] * following.count(None)
    hosts = [one["url"].split("/")[2] for one in found["site"]]
    assert hosts == sorted(hosts)


@pytest.mark.parametrize("order", ORDERS)
def test_what_comes_meanwhile_moves_nothing(program: Program, many: Newsroom, database: Database, order: str) -> None:
    before = [one["id"] for one in program.get(f"/articles?order={order}&limit=200")["items"]]
    first = program.get(f"/articles?order={order}&limit=20")
    many.article("https://www.site0.example/new", headline="Aaa", last_changed_at=many.now + timedelta(minutes=1))
    with database.write() as session:
        # One of those still to come is checked: it may show up earlier or not at all, but nothing else is lost.
        articles.save(session, before[30], last_changed_at=many.now, next_check_at=many.now - timedelta(hours=1))
    seen, following = [one["id"] for one in first["items"]], first["next"]
    while following:
        page = program.get(following)
        seen += [one["id"] for one in page["items"]]
        following = page["next"]
    assert len(seen) == len(set(seen))
    assert set(before) - set(seen) <= {before[30]}


def test_changes_come_once_however_many_at_one_moment(program: Program, newsroom: Newsroom) -> None:
    toll, higher = (told(FIRST, "17", "At least 17 people were killed", "people killed", 17),
                    told(SECOND, "31", "31 people were killed", "people killed", 31))  # fmt: skip
    for number in range(5):
        article = newsroom.article(f"https://a.example/{number}")
        newsroom.version(article, FIRST, newsroom.ago(hours=9))
        at = newsroom.ago(hours=number // 2)
        changed = [change(toll, higher, f"{number} {each}", severity=("high", "low")[each % 2]) for each in range(5)]
        newsroom.version(article, SECOND, at, changed=changed)
    seen = [one for page in program.pages("/changes?limit=3") for one in page]
    assert len({one["id"] for one in seen}) == len(seen) == 25
    assert [one["changed_at"] for one in seen] == sorted((one["changed_at"] for one in seen), reverse=True)
    assert sum(len(page) for page in program.pages("/changes?limit=2&severity=low")) == 10
    assert sum(len(page) for page in program.pages("/changes?limit=4&article=3")) == 5
    assert sum(len(page) for page in program.pages("/changes?limit=4&site=1&kind=casualties")) == 25
    assert program.get("/changes?kind=money")["items"] == []
    assert program.get("/changes?acknowledged=true")["items"] == []

    newest = datetime.fromisoformat(seen[0]["changed_at"])
    since = (newest - timedelta(minutes=90)).isoformat().replace("+00:00", "Z")
    assert sum(len(page) for page in program.pages(f"/changes?limit=4&since={since}")) == 20
    assert sum(len(page) for page in program.pages(f"/changes?limit=4&until={since}")) == 5


def test_a_moment_is_in_one_half_only(program: Program, newsroom: Newsroom, database: Database) -> None:
    newsroom.ferry()
    at = datetime(2026, 11, 1, 12, tzinfo=UTC)
    with database.write() as session:
        session.connection().exec_driver_sql("UPDATE change SET changed_at = '2026-11-01 12:00:00.000000'")
    moment = at.isoformat().replace("+00:00", "Z")
    assert len(program.get(f"/changes?since={moment}")["items"]) == 3
    assert len(program.get(f"/changes?until={moment}")["items"]) == 0


def test_other_lists_are_paged_as_well(program: Program, newsroom: Newsroom, database: Database) -> None:
    article = newsroom.ferry()
    newsroom.refusals(article)
    feed = newsroom.feed("https://f.example/feed", title="F")
    with database.write() as session:
        rows = [
            {"key": f"{number}", "url": f"https://f.example/{number}", "title": "", "outcome": "rule", "reason": "",
             "article_id": None, "judged_at": newsroom.ago(hours=number % 3), "last_seen_at": newsroom.now}
            for number in range(20)
        ]  # fmt: skip
        feeds.keep_entries(session, feed, rows)
    for path, count in (
        ("/articles/1/versions", 3), ("/articles/1/captures", 6), ("/articles/1/facts", 3), ("/sites", 2),
        (f"/feeds/{feed}/entries", 22), ("/feeds", 1), ("/articles/1/captures?without_version=true", 3),
    ):  # fmt: skip
        mark = "&" if "?" in path else "?"
        pages = program.pages(f"{path}{mark}limit=2")
        whole = program.get(path)["items"]
        assert [one for page in pages for one in page] == whole, path
        assert len(whole) == count, path
        assert all(len(page) <= 2 for page in pages)


@pytest.mark.parametrize("limit", ["0", "201", "-1", "x", "1e3", ""])
def test_limits_are_bounded(program: Program, newsroom: Newsroom, limit: str) -> None:
    told = program.get(f"/articles?limit={limit}", status=400)
    assert told["errors"][0]["name"] == "limit"


def _cursor(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "cursor",
    [
        "x", "", "é", "%00", "A" * 900, _cursor([]), _cursor({}), _cursor("changed"), _cursor(["added", 3, 3]),
        _cursor(["changed", 3]), _cursor(["changed", "2026-11-22T00:00:00", 3]), _cursor(["changed", "x", 3]),
        _cursor(["changed", "2026-11-22T00:00:00Z", 2**63]), _cursor(["changed", "2026-11-22T00:00:00Z", -9]),
        _cursor(["changed", "0001-01-01T00:00:00+14:00", 3]), _cursor(["changed", "2026-11-22T00:00:00Z", 3, 3]),
        _cursor(["changed", "2026-11-22T00:00:00Z", 1e400]), base64.urlsafe_b64encode(b"[" * 600).decode(),
        "WyJjaGFuZ2VkIixOYU4sM10",
    ],
)  # fmt: skip
def test_a_cursor_that_is_none_is_refused(program: Program, newsroom: Newsroom, cursor: str) -> None:
    newsroom.article("https://a.example/1")
    told = program.get("/articles", params={"cursor": cursor}, status=400)
    assert told["errors"][0]["name"] == "cursor"


@pytest.mark.parametrize(
    "path", ["/changes", "/sites", "/feeds", "/stories", "/rules", "/deliveries", "/alerts", "/mutes"]
)
@pytest.mark.parametrize("keys", [[2**62], [2**63], ["x"], [None], ["\x00", 1], ["2026-11-22T00:00:00Z", 2**62], []])
def test_whatever_a_cursor_says_nothing_breaks(program: Program, path: str, keys: list[Any]) -> None:
    answer = program._client.get(f"/api/v1{path}", params={"cursor": _cursor(["", *keys])})
    assert answer.status_code in (200, 400)
