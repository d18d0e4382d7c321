"""Articles, stories, feeds and sites by the API: as a program uses it, and as a careless or hostile one does."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient

from monitor.web.api import compare
from storage import addresses, articles, furniture, sites
from storage.database import Database
from tests.web.asking import Program
from tests.web.newsroom import HOSTILE, Newsroom

URL = "https://www.harran-post.example/ferry"


@pytest.fixture
def program(client: TestClient) -> Program:
    return Program(client)


def test_one_address_is_one_article(program: Program) -> None:
    first = program.ask("POST", "/articles", status=201, json={"url": URL, "tags": ["Desk", "desk"], "story": "Ferry"})
    assert first.headers["location"] == "/api/v1/articles/1"
    made = first.json()
    assert (made["tags"], made["stories"], made["state"]) == (["desk"], [{"id": 1, "name": "Ferry"}], "new")
    for spelt in (URL, f"{URL}?utm_source=rss", "https://WWW.Harran-Post.example/ferry#top"):
        again = program.ask("POST", "/articles", json={"url": spelt})
        assert again.json()["id"] == 1
        assert again.headers["location"] == "/api/v1/articles/1"
    assert program.get("/articles")["items"] == [program.get("/articles/1")]


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({}, "/url"), ({"url": ""}, "/url"), ({"url": 7}, "/url"), ({"url": "file:///etc/passwd"}, "/url"),
        ({"url": "/etc/passwd"}, "/url"), ({"url": f"{URL}\x00"}, "/url"), ({"url": URL, "publisher": "a\x00"},
        "/publisher"),
        ({"url": URL, "titel": "x"}, "/titel"), ({"url": URL, "tags": ["two words!"]}, "/tags"),
        ({"url": URL, "tags": "desk"}, "/tags"), ({"url": URL, "interval_seconds": "600"}, "/interval_seconds"),
        ({"url": URL, "interval_seconds": 0}, "/interval_seconds"), ({"url": URL, "interval_seconds": True},
        "/interval_seconds"),
        ({"url": URL, "published": "yesterday"}, "/published"), ({"url": URL, "published": 5}, "/published"),
        ({"url": URL, "fastest_seconds": 9, "slowest_seconds": 3}, ""),
        ({"url": URL, "interval_seconds": 9, "slowest_seconds": 3}, ""),
        ([], ""), ("x", ""), (None, ""),
    ],
)  # fmt: skip
def test_what_cannot_be_is_pointed_at(program: Program, body: Any, place: str) -> None:
    told = program.ask("POST", "/articles", status=422, json=body).json()
    assert [fault["where"] for fault in told["errors"]] == ["body"]
    assert told["errors"][0]["name"] == place
    assert program.get("/articles")["items"] == []


@pytest.mark.parametrize(
    "url", ["https://", "ftp://a.example/", "javascript:alert(1)", "http://[::1", "a.example", "x" * 8000]
)
def test_what_is_no_address_is_refused(program: Program, url: str) -> None:
    program.ask("POST", "/articles", status=422, json={"url": url})


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{", "application/json", 400), (b'{"url": "\xff"}', "application/json", 400), (b"[" * 90_000,
        "application/json", 400),
        (b'{"url": ' + b"9" * 5000 + b"}", "application/json", 400), (b'{"url": "\\ud800"}', "application/json", 422),
        (b'{"url": NaN}', "application/json", 422), (b"url=x", "application/octet-stream", 415), (b"{}", "", 415),
        (b"{}", "application/json; charset=utf-16", 415), (b"{}", "application/merge-patch+json", 415),
        (b'{"url": "' + b"x" * 1_000_000 + b'"}', "application/json", 413), (b"", "application/json", 422),
        (b"{}" * 5_000_000, "application/json", 413),
    ],
    ids=lambda value: repr(value)[:30],
)  # fmt: skip
def test_bodies_that_are_none(program: Program, content: bytes, kind: str, status: int) -> None:
    program.ask("POST", "/articles", status=status, content=content, headers={"content-type": kind})


@pytest.mark.parametrize("path", ["/articles/0", "/articles/x", f"/articles/{2**63}", "/articles/1.0",
    "/articles/-1", "/articles/1%00",
                                  "/articles/%0a", "/articles/", "/nothing", "//articles"])  # fmt: skip
def test_what_is_nowhere_is_a_problem_and_no_page(program: Program, path: str) -> None:
    program.ask("GET", path, status=404)


def test_patch_merges(program: Program) -> None:
    program.ask("POST", "/articles", status=201, json={"url": URL, "fastest_seconds": 60, "publisher": "Post"})
    paused = program.ask("PATCH", "/articles/1", json={"paused": True, "tags": ["b", "a"]}).json()
    assert (paused["paused"], paused["next_check_at"], paused["tags"], paused["publisher"]) == (
        True,
        None,
        ["a", "b"],
        "Post",
    )
    merge = {"content-type": "application/merge-patch+json"}
    bounds = program.ask(
        "PATCH", "/articles/1", content=b'{"slowest_seconds": 90, "tags": ["a"]}', headers=merge
    ).json()
    assert (bounds["fastest_seconds"], bounds["slowest_seconds"], bounds["paused"]) == (60, 90, True)
    assert bounds["tags"] == ["a"]
    program.ask("PATCH", "/articles/1", status=422, json={"slowest_seconds": 30})
    program.ask("PATCH", "/articles/1", status=422, json={"interval_seconds": 30})
    program.ask("PATCH", "/articles/1", status=422, json={"headline": "x"})
    back = program.ask("PATCH", "/articles/1", json={"fastest_seconds": None, "slowest_seconds": None,
        "publisher": None,
                                                     "interval_seconds": 600, "paused": None,
                                                         "tags": None}).json()  # fmt: skip
    assert (back["interval_seconds"], back["publisher"], back["paused"], back["tags"]) == (600, None, False, [])
    dated = program.ask("PATCH", "/articles/1", json={"published": "2026-11-21"}).json()
    assert (dated["published"], dated["published_source"]) == ("2026-11-21", "user")


def test_if_match_keeps_two_from_overwriting_each_other(program: Program) -> None:
    program.ask("POST", "/articles", status=201, json={"url": URL})
    seen = program.ask("GET", "/articles/1").headers["etag"]
    program.ask("PATCH", "/articles/1", json={"tags": ["a"]}, headers={"if-match": f'"other", {seen}'})
    program.ask("PATCH", "/articles/1", status=412, json={"tags": ["b"]}, headers={"if-match": seen})
    program.ask("DELETE", "/articles/1", status=412, headers={"if-match": seen})
    program.ask("DELETE", "/articles/1", status=412, headers={"if-match": f"W/{seen}"})
    program.ask("PATCH", "/articles/1", json={"tags": ["c"]}, headers={"if-match": "*"})
    now = program.ask("GET", "/articles/1").headers["etag"]
    assert program.ask("DELETE", "/articles/1", status=204, headers={"if-match": now}).content == b""
    program.ask("DELETE", "/articles/1", status=404)


def test_what_is_unchanged_is_not_sent_again(program: Program, newsroom: Newsroom) -> None:
    newsroom.ferry()
    for path in (
        "/articles",
        "/articles/1",
        "/changes?limit=1",
        "/articles/1/versions/1",
        "/articles/1/captures/1/bytes",
    ):
        answer = program.ask("GET", path)
        again = program.ask("GET", path, status=304, headers={"if-none-match": f'W/{answer.headers["etag"]}, "x"'})
        assert again.content == b""
        assert again.headers["etag"] == answer.headers["etag"]
        assert again.headers.get("link") == answer.headers.get("link")
        program.ask("GET", path, headers={"if-none-match": '"x"'})
        head = program.ask("HEAD", path)
        assert (head.headers["etag"], head.headers["content-length"]) == (
            answer.headers["etag"],
            str(len(answer.content)),
        )


def test_many_at_once(program: Program) -> None:
    wanted = [{"url": f"https://a.example/{number}", "tags": ["one"]} for number in range(300)]
    made = program.ask("POST", "/articles/batch", json={"articles": wanted}).json()["items"]
    assert [one["new"] for one in made] == [True] * 300
    assert made[7]["article"]["url"] == "https://a.example/7"
    again = program.ask("POST", "/articles/batch", json={"articles": wanted[:2]}).json()["items"]
    assert [one["new"] for one in again] == [False, False]
    told = program.ask(
        "POST", "/articles/batch", status=422, json={"articles": [*wanted[:1], {"url": "file:///x"}]}
    ).json()
    assert told["errors"][0]["name"] == "/articles/1/url"
    program.ask("POST", "/articles/batch", status=422, json={"articles": []})
    program.ask("POST", "/articles/batch", status=422, json={"articles": wanted * 4})

    def do(**body: Any) -> tuple[int, int]:
        done = program.ask("POST", "/articles/bulk", json=body).json()
        return done["articles"], done["changed"]

    assert do(do="tag", ids=[1, 2, 2, 999], tags=["two"]) == (3, 2)
    assert do(do="pause", where={"tag": "two"}) == (2, 2)
    assert do(do="resume", where={"state": "paused"}) == (2, 2)
    assert do(do="put_in_story", where={"tag": "one"}, story="All") == (300, 300)
    assert do(do="take_out_of_story", ids=[5], story=1) == (1, 1)
    assert program.get("/stories/1")["articles"] == 299
    assert do(do="interval", ids=[5], interval_seconds=60) == (1, 1)
    assert do(do="remove", where={"tag": "two"}) == (2, 2)
    assert len([one for page in program.pages("/articles?limit=200") for one in page]) == 298
    for wrong in (
        {"do": "pause"}, {"do": "pause", "ids": []}, {"do": "pause", "where": {}}, {"do": "pause", "ids": [1],
        "where": {"q": "x"}},
        {"do": "tag", "ids": [1]}, {"do": "pause", "ids": [1], "tags": ["x"]}, {"do": "explode", "ids": [1]},
        {"do": "put_in_story", "ids": [1], "story": 1}, {"do": "remove", "ids": [1], "story": "x"}, {"do": "pause",
        "ids": [2**60]},
        {"do": "pause", "where": {"state": "nowhere"}}, {"do": "pause", "where": {"q": "x", "y": 1}},
    ):  # fmt: skip
        program.ask("POST", "/articles/bulk", status=422, json=wrong)
    program.ask("POST", "/articles/bulk", status=404, json={"do": "take_out_of_story", "ids": [5], "story": 99})


def test_a_merged_article_leads_to_the_one_that_it_is(program: Program, newsroom: Newsroom, database: Database) -> None:
    newsroom.ferry()
    other = newsroom.article("https://m.harran-post.example/ferry")
    with database.write() as session:
        was, becomes = articles.by_id(session, other), articles.by_id(session, 1)
        assert was is not None
        assert becomes is not None
        addresses.keep(session, "m.harran-post.example/ferry", other, was.url, "given", newsroom.now)
        addresses.merge(session, was, becomes, "its page says so")
    answer = program.ask("GET", f"/articles/{other}/versions?limit=2", status=308, follow_redirects=False)
    assert answer.headers["location"] == "/api/v1/articles/1/versions?limit=2"
    assert program.ask("PATCH", f"/articles/{other}", json={"tags": ["x"]}).json()["id"] == 1


def test_stories(program: Program, newsroom: Newsroom) -> None:
    newsroom.ferry()
    newsroom.article("https://b.example/1")
    made = program.ask("POST", "/stories", status=201, json={"name": " The  ferry ", "articles": [1]})
    assert made.headers["location"] == "/api/v1/stories/1"
    assert (made.json()["name"], made.json()["articles"]) == ("The ferry", 1)
    program.ask("POST", "/stories", status=409, json={"name": "the FERRY"})
    told = program.ask("POST", "/stories", status=422, json={"name": "Other", "articles": [1, 77]}).json()
    assert told["errors"][0]["name"] == "/articles/1"
    program.ask("PUT", "/stories/1/articles/2", status=204)
    program.ask("PUT", "/stories/1/articles/77", status=404)
    assert {one["id"] for one in program.get("/articles?story=1")["items"]} == {1, 2}
    assert len(program.get("/changes?story=1")["items"]) == 3
    etag = program.ask("GET", "/stories/1").headers["etag"]
    assert (
        program.ask("PATCH", "/stories/1", json={"note": "sank"}, headers={"if-match": etag}).json()["note"] == "sank"
    )
    assert program.ask("PATCH", "/stories/1", json={"name": "Ferry"}).json()["note"] == "sank"
    program.ask("DELETE", "/stories/1/articles/2", status=204)
    program.ask("DELETE", "/stories/1/articles/2", status=404)
    program.ask("DELETE", "/stories/1", status=204)
    assert program.get("/articles/1")["stories"] == []


def test_feeds(program: Program) -> None:
    feed = {"url": "https://f.example/feed", "any_words": ["peace*"], "daily": 3, "story": "Peace"}
    made = program.ask("POST", "/feeds", status=201, json=feed).json()
    assert (made["any_words"], made["daily"], made["state"], made["outcomes"]) == (["peace*"], 3, "new", {})
    again = program.ask("POST", "/feeds", json=feed | {"daily": 9})
    assert (again.json()["id"], again.json()["daily"]) == (made["id"], 3)
    program.ask("POST", "/feeds", status=422, json=feed | {"any_words": ["***"]})
    program.ask("POST", "/feeds", status=422, json=feed | {"languages": ["x"]})
    changed = program.ask("PATCH", "/feeds/1", json={"daily": None, "paused": True}).json()
    assert (changed["daily"], changed["paused"], changed["any_words"], changed["story"]) == (
        None,
        True,
        ["peace*"],
        "Peace",
    )
    assert program.ask("PATCH", "/feeds/1", json={"any_words": None, "paused": False}).json()["any_words"] == []
    assert program.ask("POST", "/feeds/1/read", status=202).json()["next_check_why"] == "somebody asked for it"
    program.ask("DELETE", "/feeds/1", status=204)
    program.ask("GET", "/feeds/1/entries", status=404)


def test_sites(program: Program, newsroom: Newsroom, database: Database) -> None:
    article = newsroom.ferry()
    with database.write() as session:
        site = sites.by_host(session, "www.harran-post.example")
        assert site is not None
        line = furniture.watch(session, site.id or 0, "line", "Subscribe now", article_id=article, at=newsroom.now,
                               length=0, example="")  # fmt: skip
        furniture.decide(session, line.id or 0, "ignored")
    [told] = program.get("/sites/1")["furniture"]
    assert (told["text"], told["state"]) == ("Subscribe now", "ignored")
    assert program.ask("PATCH", "/sites/1/furniture/1", json={"state": "kept"}).json()["state"] == "kept"
    program.ask("PATCH", "/sites/1/furniture/1", status=422, json={"state": "watched"})
    program.ask("PATCH", "/sites/1/furniture/9", status=404, json={"state": "kept"})
    program.ask("POST", "/sites/1/accept", status=409)


def test_the_past_of_an_article(program: Program, newsroom: Newsroom) -> None:
    newsroom.refusals(newsroom.ferry())
    facts = program.get("/articles/1/facts")["items"]
    assert [fact["quantity"]["lower"] for fact in facts] == [31, 120, 15_000_000]
    assert [fact["quantity"]["lower"] for fact in program.get("/articles/1/facts?version=1")["items"]] == [
        17,
        120,
        1_500_000,
    ]
    assert len(program.get("/articles/1/facts?kind=money")["items"]) == 1
    program.get("/articles/1/facts?version=4", status=404)
    history = program.get(facts[0]["links"]["self"])
    assert [(fact["quantity"]["lower"], fact["from_number"], fact["to_number"]) for fact in history["facts"]] == [
        (17, 1, 1), (31, 2, None),
    ]  # fmt: skip
    version = program.get("/articles/1/versions/2")
    for fact in program.get("/articles/1/facts?version=2")["items"]:
        if fact["from_number"] == 2:
            assert version["text"][fact["start"] : fact["end"]] == fact["quote"]
    compared = program.get("/articles/1/compare/1/2")
    for side in ("before", "after"):
        left_out = "inserted" if side == "before" else "deleted"
        text = "".join(
            span["text"] for words in compared["words"] for span in words["spans"] if span["kind"] != left_out
        )
        assert "Ferry capsizes off Port Harran" in text
    assert {change["type"] for change in compared["changes"]} >= {"value"}
    program.get("/articles/1/compare/1/9", status=404)
    assert program.get("/articles/1/history")["article"]["id"] == 1
    assert program.ask("GET", "/articles/1/captures/1/bytes").headers["content-type"] == "application/octet-stream"
    program.get("/articles/1/captures/4/bytes", status=404)
    [first, *_] = program.get("/changes")["items"]
    assert program.get(first["links"]["self"]) == first


def test_texts(program: Program) -> None:
    text = {"text": "303 peacekeepers were killed on Tuesday.", "published": "2026-11-21"}
    found = program.ask("POST", "/texts/facts", json=text).json()["facts"]
    assert {fact["kind"] for fact in found} == {"casualties", "date"}
    assert found[0]["quantity"]["lower"] == 303
    two = {
        "before": "At least 170 were killed.",
        "after": "303 were killed.",
        "published_after": "2026-11-21T10:00:00Z",
    }
    [change] = program.ask("POST", "/texts/compare", json=two).json()["changes"]
    assert (change["before"]["quantity"]["lower"], change["after"]["quantity"]["lower"]) == (170, 303)
    assert program.ask("POST", "/texts/facts", json={"text": "1" + "0" * 400 + " dead. 1e999 dead."}).json()["facts"]
    program.ask("POST", "/texts/facts", status=422, json={"text": "x" * 200_001})


def test_a_problem_ends_with_one_full_stop(program: Program) -> None:
    refused = program.ask("POST", "/articles", status=422, json={"url": "http://ada:secret@a.example/1"}).json()
    assert refused["detail"].endswith("news/1.")
    assert not refused["detail"].endswith("..")


def test_texts_that_keep_us_busy_do_not_keep_out_the_rest(program: Program) -> None:
    with ExitStack() as busy:
        for _ in range(compare.AT_ONCE):
            busy.enter_context(compare.turn())
        refused = program.ask("POST", "/texts/compare", status=503, json={"before": "1 dead.", "after": "2 dead."})
        assert int(refused.headers["retry-after"]) > 0
        program.get("/articles")
    program.ask("POST", "/texts/facts", json={"text": "1 dead."})


def test_lists_of_addresses(program: Program) -> None:
    content = "url,publisher,tags\nhttps://a.example/1,AP,desk\nnot an address,,\nhttps://a.example/2,,\n"
    looked = program.ask("POST", "/imports", json={"content": content, "story": "S"}).json()
    assert (looked["form"], looked["added"], len(looked["lines"])) == ("csv", 0, 3)
    assert looked["lines"][1]["fault"]
    assert program.get("/articles")["items"] == []
    added = program.ask("POST", "/imports", json={"content": content, "story": "S", "add": True}).json()
    assert (added["added"], [line["article_id"] for line in added["lines"]]) == (2, [1, None, 2])
    assert program.get("/articles/1")["stories"] == [{"id": 1, "name": "S"}]
    assert program.ask("POST", "/imports", json={"content": content, "add": True}).json()["added"] == 0
    opml = '<opml><body><outline type="rss" xmlUrl="https://f.example/feed" title="F"/></body></opml>'
    assert program.ask("POST", "/imports", json={"content": opml, "add": True}).json()["lines"][0]["feed_id"] == 1
    program.ask("POST", "/previews", status=503, json={"url": "https://a.example/1"})


def test_page_text_is_data(program: Program, newsroom: Newsroom) -> None:
    newsroom.article("https://a.example/1", headline=HOSTILE, publisher=HOSTILE)
    answer = program.ask("GET", "/articles/1")
    assert answer.json()["headline"] == HOSTILE
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert program.get("/articles", params={"q": HOSTILE})["items"] in ([], [answer.json()])


def test_times_are_utc(program: Program, newsroom: Newsroom) -> None:
    newsroom.ferry()
    article = program.get("/articles/1")
    for name, value in article.items():
        if name.endswith("_at") and value:
            assert value.endswith("Z")
            assert datetime.fromisoformat(value).tzinfo == UTC
