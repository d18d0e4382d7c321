"""`/articles/{id}` and the facts of an Article: its history, in pictures and in lists, however long it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from lxml import etree

from monitor.changes import availability_change
from storage import articles, changes, facts
from storage.database import Database
from tests.web.conftest import browse
from tests.web.newsroom import FIRST, THIRD, Newsroom, change, told
from tests.web.reading import Page

LONG = 120


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A browser at an article of 120 Versions, whose toll rose in every second of them, and that was once gone."""
    opened = Database(f"sqlite:///{tmp_path_factory.mktemp('long') / 'corrigenda.db'}")
    newsroom = Newsroom(opened)
    article = newsroom.article("https://a.example/toll", publisher="AP")
    said = [
        f"{100 + number // 2} people were killed, the coast guard said.\n\nNote {number}." for number in range(LONG)
    ]
    found = [told(text, text.split()[0], " ".join(text.split()[:4]), "people killed", 100 + number // 2)
             for number, text in enumerate(said)]  # fmt: skip
    for number, text in enumerate(said):
        old, new = found[number - 1], found[number]
        moved = number and number % 2 == 0
        steps = [facts.Step(old.to_json() if number else None, new.to_json())]
        changed = [change(old, new, f"People killed: {old.quote} → {new.quote}")] if moved else []
        newsroom.version(article, text, newsroom.ago(hours=LONG - number), steps=steps, changed=changed)
    gone = availability_change("page", "gone", detail="404 Not Found")
    assert gone
    with opened.write() as session:
        changes.add(
            session, article, gone.to_json(), changed_at=newsroom.ago(minutes=30), from_version_id=None,
            to_version_id=None,
        )  # fmt: skip
    newsroom.refusals(article)
    with browse(opened) as browser:
        yield browser
    opened.close()


def test_article_tells_its_history(filled: TestClient) -> None:
    page = Page(filled.get("/articles/1").text)
    assert page.faults == []
    newest, middle, oldest = (page.text.index(f"Version {number} ") for number in (3, 2, 1))
    assert newest < middle < oldest
    assert "Version 3 current" in page.text
    assert "just added" in page.text, "why the next check comes when it does"
    assert "The Harran Post raised people killed from at least 17 to 31, without a notice" in page.text
    assert "at least 17 version 1" in page.text
    assert "Never changed (1)" in page.text
    for words in ("a consent wall instead of the article", "503 Service Unavailable", "304 Not Modified"):
        assert words in page.text
    assert {"href": "/articles/1/captures/1", "download": None} in page.links
    outward = [link for link in page.links if (link["href"] or "").startswith("http")]
    assert outward == [{"href": "https://www.harran-post.example/ferry", "rel": "noopener noreferrer nofollow"}]


def test_article_before_its_first_check(filled: TestClient) -> None:
    page = Page(filled.get("/articles/2").text)
    assert "not checked yet" in page.text
    assert "No version yet" in page.text
    assert "<svg" not in filled.get("/articles/2").text


def test_version_without_a_change_of_fact(client: TestClient, newsroom: Newsroom) -> None:
    article = newsroom.article("https://a.example/1")
    newsroom.version(article, FIRST, newsroom.ago(hours=3))
    newsroom.version(article, FIRST.replace("cleared", "cleared up"), newsroom.ago(hours=2))
    assert "Only the wording changed, no fact." in Page(client.get("/articles/1").text).text


@pytest.mark.parametrize("url", ["file:///srv/desk/story.txt", "javascript:alert(1)", "ftp://a.example/x"])
def test_only_web_addresses_are_links(client: TestClient, newsroom: Newsroom, url: str) -> None:
    newsroom.article(url)
    page = Page(client.get("/articles/1").text)
    assert url in page.text
    assert page.faults == []
    assert all((link["href"] or "").startswith(("/", "#")) for link in page.links)


def test_raw_capture_is_only_a_download(filled: TestClient) -> None:
    answer = filled.get("/articles/1/captures/3")
    assert answer.content.decode() == f"<html><body>{THIRD}</body></html>"
    assert answer.headers["content-disposition"] == 'attachment; filename="article-1-capture-3.bin"'
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]


def test_a_long_history_in_parts(long: TestClient) -> None:
    address, seen = "/articles/1", []
    for _ in range(20):
        page = Page(long.get(address).text)
        assert page.faults == []
        seen += [int(number) for number in re.findall(r"Version (\d+)(?: current)? \d+ \w{3}", page.text)]
        following = [link["href"] or "" for link in page.links if link.get("rel") == "next" and "versions" in str(link)]
        if not following:
            break
        address = following[0]
    assert seen == list(range(LONG, 0, -1))
    first = Page(long.get("/articles/1").text).text
    assert "AP’s article is gone (404 Not Found)" in first
    assert f"{LONG} versions from" in first
    assert "; facts changed in 59 of them" in first


def test_the_picture_marks_every_version_once(long: TestClient) -> None:
    html = long.get("/articles/1").text
    pictures = re.findall(r"<svg class=\"picture (?:wide|narrow)\".*?</svg>", html, re.DOTALL)
    assert len(pictures) == 2
    for picture in pictures:
        assert 'aria-hidden="true"' in picture
        tree = etree.fromstring(picture)
        drawn = sum(int(title.text.split()[0]) if title.text[0].isdigit() else 1 for title in tree.iter("title"))
        assert drawn == LONG
        assert all(link.get("tabindex") == "-1" for link in tree.iter("a"))


def test_a_statement_with_its_history(long: TestClient) -> None:
    page = Page(long.get("/articles/1").text)
    line = next(link["href"] or "" for link in page.links if (link["href"] or "").startswith("/articles/1/facts/"))
    assert "earlier" in page.text
    whole = Page(long.get(line).text)
    assert whole.faults == []
    values = [int(value) for value in re.findall(r"(\d+) version \d+", whole.text)]
    assert values == list(range(99 + LONG // 2, 99, -1))
    for large in ("", "?large=true"):
        answer = long.get(f"{line}.svg{large}")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")
        assert "script" not in answer.text
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        again = long.get(f"{line}.svg{large}", headers={"if-none-match": answer.headers["etag"]})
        assert again.status_code == 304


def test_what_is_no_amount_is_not_drawn(filled: TestClient) -> None:
    page = Page(filled.get("/articles/1/facts").text)
    lines = [link["href"] or "" for link in page.links if re.fullmatch(r"/articles/1/facts/\d+", link["href"] or "")]
    assert len(lines) == 3
    assert sorted(filled.get(f"{line}.svg").status_code for line in lines) == [200, 200, 404]


@pytest.mark.parametrize("address", ["/articles/1/facts/99", "/articles/2/facts/1", "/articles/9/facts", "/articles/9"])
def test_what_is_not_there(filled: TestClient, address: str) -> None:
    answer = filled.get(address)
    assert answer.status_code == 404
    assert Page(answer.text).faults == []


def token(client: TestClient) -> str:
    """The CSRF token of the forms of the page."""
    found = re.search(r'name="csrf" value="([^"]+)"', client.get("/articles/1").text)
    assert found
    return found[1]


def test_pause_resume_check_and_interval(client: TestClient, newsroom: Newsroom, database: Database) -> None:
    article = newsroom.article("https://a.example/1")

    def row() -> articles.Article:
        with database.read() as session:
            found = articles.by_id(session, article)
            assert found
            return found

    def send(action: str, **fields: str) -> Page:
        sent = {"csrf": token(client), **fields}
        answer = client.post(f"/articles/{article}/{action}", data=sent, follow_redirects=False)
        assert answer.status_code == 303
        return Page(client.get(answer.headers["location"]).text)

    assert "The article is paused" in send("pause").text
    assert row().next_check_at is None
    assert "The article is watched again." in send("resume").text
    assert row().next_check_at is not None
    send("interval", every="15m")
    assert row().interval_seconds == 900
    send("interval", every="45s")
    assert "45 s" in Page(client.get(f"/articles/{article}").text).text
    send("interval", every="")
    assert row().interval_seconds is None
    newsroom.article("https://a.example/2")
    assert "The article is checked as soon as" in send("check").text
    due = row().next_check_at
    assert due
    assert due <= newsroom.now + timedelta(minutes=1)


def test_what_cannot_be_done_is_said(client: TestClient, newsroom: Newsroom) -> None:
    newsroom.article("https://a.example/1")
    sent = {"csrf": token(client), "every": "sometimes"}
    answer = client.post("/articles/1/interval", data=sent)
    assert answer.status_code == 400
    assert "'sometimes' is not a time between checks" in Page(answer.text).text
    for action in ("check", "pause", "resume", "interval"):
        assert client.post(f"/articles/77/{action}", data={"csrf": token(client)}).status_code == 404
        assert client.post(f"/articles/1/{action}", data={}).status_code == 403
