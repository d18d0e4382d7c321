"""Every route, by a table: a route without a row here fails. What holds for all answers is checked on each of them."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update

from monitor.config import Settings, Web
from monitor.errors import ConfigurationError
from monitor.web.app import ROUTES, create_app
from monitor.web.security import check_binding
from storage.database import Database
from storage.tables import Blob, Change
from tests.web.newsroom import Newsroom
from tests.web.reading import Page

HTML = "text/html; charset=utf-8"
CSV = "text/csv; charset=utf-8; header=present"

TABLE = [
    # route, address, status, content type
    ("/", "/", 200, HTML),
    ("/", "/?before=x", 400, HTML),
    ("/articles", "/articles", 200, HTML),
    ("/articles", "/articles?q=ferry&state=ok&order=next", 200, HTML),
    ("/articles", "/articles?q=nothing+like+that", 200, HTML),
    ("/articles", "/articles?page=0", 400, HTML),
    ("/articles", "/articles?order=price", 400, HTML),
    ("/articles", "/articles?page=99999", 200, HTML),
    ("/articles/{article_id}", "/articles/1", 200, HTML),
    ("/articles/{article_id}", "/articles/2", 200, HTML),
    ("/articles/{article_id}", "/articles/77", 404, HTML),
    ("/articles/{article_id}", "/articles/x", 404, HTML),
    ("/articles/{article_id}", "/articles/99999999999999999999", 404, HTML),
    ("/articles/{article_id}/compare", "/articles/1/compare?a=1&b=3", 303, None),
    ("/articles/{article_id}/compare", "/articles/1/compare?a=1", 400, HTML),
    ("/articles/{article_id}/compare/{before}/{after}", "/articles/1/compare/1/2", 200, HTML),
    ("/articles/{article_id}/compare/{before}/{after}", "/articles/1/compare/3/1", 200, HTML),
    ("/articles/{article_id}/compare/{before}/{after}", "/articles/1/compare/2/2", 200, HTML),
    ("/articles/{article_id}/compare/{before}/{after}", "/articles/1/compare/1/4", 404, HTML),
    ("/articles/{article_id}/compare/{before}/{after}", "/articles/2/compare/1/2", 404, HTML),
    ("/articles/{article_id}/compare/{before}/{after}", "/articles/77/compare/1/2", 404, HTML),
    ("/articles/{article_id}/compare/{before}/{after}", "/articles/1/compare/1/2?view=side&unfolded=1", 200, HTML),
    ("/articles/{article_id}/compare/{before}/{after}", "/articles/1/compare/1/2?view=x", 400, HTML),
    ("/articles/{article_id}/news", "/articles/1/news?version=1", 200, HTML),
    ("/articles/{article_id}/news", "/articles/1/news", 400, HTML),
    ("/articles/{article_id}/versions/{number}.txt", "/articles/1/versions/1.txt", 200, "text/plain; charset=utf-8"),
    ("/articles/{article_id}/versions/{number}.json", "/articles/1/versions/1.json", 200, "application/json"),
    ("/articles/{article_id}/versions/{number}/facts.csv", "/articles/1/versions/1/facts.csv", 200, CSV),
    ("/articles/{article_id}/history.json", "/articles/1/history.json", 200, "application/json"),
    ("/articles/{article_id}/history.csv", "/articles/1/history.csv", 200, CSV),
    ("/articles/{article_id}/facts/{line_id}.json", "/articles/1/facts/1.json", 200, "application/json"),
    ("/articles/{article_id}/facts/{line_id}.csv", "/articles/1/facts/1.csv", 200, CSV),
    ("/articles/{article_id}/changes.atom", "/articles/1/changes.atom", 200, "application/atom+xml"),
    ("/changes.atom", "/changes.atom?severity=high", 200, "application/atom+xml"),
    ("/changes.atom", "/changes.atom?severity=x", 400, HTML),
    ("/changes/news", "/changes/news?after=1", 200, HTML),
    ("/changes/{change_id}/evidence", "/changes/1/evidence", 200, HTML),
    ("/changes/{change_id}/evidence", "/changes/99/evidence", 404, HTML),
    ("/stories/{story_id}/changes.atom", "/stories/77/changes.atom", 404, HTML),
    ("/rules/{rule_id}/changes.atom", "/rules/77/changes.atom", 404, HTML),
    ("/articles/{article_id}/captures/{capture_id}", "/articles/1/captures/1", 200, "application/octet-stream"),
    ("/articles/{article_id}/captures/{capture_id}", "/articles/1/captures/4", 404, HTML),
    ("/articles/{article_id}/captures/{capture_id}", "/articles/2/captures/1", 404, HTML),
    ("/articles", "/articles?q=%22&site=x&story=9&tag=%00&language=%3Cb%3E", 200, HTML),
    ("/articles", "/articles?story=x", 400, HTML),
    ("/stories", "/stories", 200, HTML),
    ("/stories/{story_id}", "/stories/1", 200, HTML),
    ("/stories/{story_id}", "/stories/77", 404, HTML),
    ("/stories/{story_id}", "/stories/1?all=true&lines=9&sources=9", 200, HTML),
    ("/stories/{story_id}", "/stories/1?lines=0", 400, HTML),
    ("/stories/{story_id}", "/stories/1?sources=x", 400, HTML),
    ("/stories/{story_id}/matrix.json", "/stories/1/matrix.json", 200, "application/json"),
    ("/stories/{story_id}/matrix.json", "/stories/77/matrix.json", 404, HTML),
    ("/stories/{story_id}/matrix.csv", "/stories/1/matrix.csv?all=1", 200, CSV),
    ("/stories/{story_id}/matrix.csv", "/stories/77/matrix.csv", 404, HTML),
    ("/stories/{story_id}/lines/{line_id}", "/stories/1/lines/77", 404, HTML),
    ("/stories/{story_id}/lines/{line_id}", "/stories/77/lines/1", 404, HTML),
    ("/stories/{story_id}/lines/{line_id}", "/stories/1/lines/99999999999999999999", 404, HTML),
    ("/stories/{story_id}/lines/{line_id}/chart.svg", "/stories/1/lines/77/chart.svg", 404, HTML),
    ("/add", "/add", 200, HTML),
    ("/add", "/add?url=javascript:alert(1)", 200, HTML),
    ("/add/{token}", "/add/nothingofthat", 404, HTML),
    ("/add/{token}/{number}", "/add/nothingofthat/0", 404, HTML),
    ("/rules", "/rules", 200, HTML),
    ("/rules/new", "/rules/new?story=1&tag=x", 200, HTML),
    ("/rules/{rule_id}", "/rules/1", 200, HTML),
    ("/rules/{rule_id}", "/rules/77", 404, HTML),
    ("/channels", "/channels", 200, HTML),
    ("/channels/{channel_id}", "/channels/1", 200, HTML),
    ("/channels/{channel_id}", "/channels/77", 404, HTML),
    ("/deliveries", "/deliveries?state=failed&channel=1", 200, HTML),
    ("/deliveries/{delivery_id}", "/deliveries/msg_nothing", 404, HTML),
    ("/feeds", "/feeds", 200, HTML),
    ("/feeds/{feed_id}", "/feeds/1", 200, HTML),
    ("/feeds/{feed_id}", "/feeds/77", 404, HTML),
    ("/feeds/{feed_id}", "/feeds/x", 404, HTML),
    ("/feeds/{feed_id}", "/feeds/99999999999999999999", 404, HTML),
    ("/sites/{site_id}", "/sites/1", 200, HTML),
    ("/sites/{site_id}", "/sites/77", 404, HTML),
    ("/sites/{site_id}", "/sites/x", 404, HTML),
    ("/articles/{article_id}/facts", "/articles/1/facts", 200, HTML),
    ("/articles/{article_id}/facts", "/articles/77/facts", 404, HTML),
    ("/articles/{article_id}/facts/{line_id}", "/articles/1/facts/x", 404, HTML),
    ("/articles/{article_id}/facts/{line_id}.svg", "/articles/1/facts/977.svg", 404, HTML),
    ("/alerts/{alert_id}", "/alerts/nothing", 404, HTML),
    ("/channels/{channel_id}/wording", "/channels/977/wording", 404, HTML),
    ("/mute/{token}", "/mute/nothing", 404, HTML),
    ("/unsubscribe/{token}", "/unsubscribe/nothing", 404, HTML),
    ("/sites", "/sites", 200, HTML),
    ("/login", "/login", 303, None),
    ("/setup", "/setup", 200, HTML),
    ("/setup/{token}", "/setup/nothing", 404, HTML),
    ("/account", "/account", 303, None),
    ("/settings", "/settings", 200, HTML),
    ("/settings", "/settings?measure=true", 200, HTML),
    ("/settings", "/settings?measure=x", 400, HTML),
    ("/health", "/health", 200, "application/json"),
    ("/metrics", "/metrics", 200, "text/plain; version=1.0.0; charset=utf-8"),
    ("/api/v1", "/api/v1/", 200, "application/json"),  # its routes: test_api_access.py
    ("/static", "/static/style.css", 200, "text/css; charset=utf-8"),
    ("/static", "/static/keys.js", 200, "text/javascript; charset=utf-8"),
    ("/static", "/static/icon.svg", 200, "image/svg+xml"),
    ("/static", "/static/../app.py", 404, HTML),
    ("/static", "/static/%2e%2e/app.py", 404, HTML),
    (None, "/nothing", 404, HTML),
    (None, "/docs", 404, HTML),
    (None, "/openapi.json", 404, HTML),
]

CSP = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def test_every_page_has_a_row() -> None:
    """What answers to POST is asked in test_web_roles.py, the API in its own tests."""
    pages = {route.path for route in ROUTES if route.method == "GET"}
    assert pages - {row[0] for row in TABLE} == set()


@pytest.mark.parametrize(("address", "status", "content_type"), [row[1:] for row in TABLE])
def test_answer(filled: TestClient, address: str, status: int, content_type: str | None) -> None:
    answer = filled.get(address, follow_redirects=False)
    assert (answer.status_code, answer.headers.get("content-type")) == (status, content_type)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    if content_type == HTML:
        assert answer.headers["content-security-policy"] == CSP
        page = Page(answer.text)
        assert page.faults == []
        assert "Corrigenda" in page.text


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_nothing_but_reading(filled: TestClient, method: str) -> None:
    addresses = sorted({row[1] for row in TABLE if row[0] and row[2] == 200})
    # What can be sent to as well refuses what no form of ours has sent.
    refused = {405, 403} if method == "POST" else {405}
    assert {filled.request(method, address).status_code for address in addresses} <= refused


def test_head_answers_like_get(filled: TestClient) -> None:
    assert filled.head("/").status_code == 200
    assert filled.head("/health").status_code == 200


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "LOCALHOST:8000", "[::1]:8000"])
def test_own_names_are_answered(database: Database, host: str) -> None:
    settings = Settings(web=Web(public_url="https://news.example/"))
    with TestClient(create_app(database, settings)) as browser:
        assert browser.get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "localhost.", "", "user@localhost", "localhost:x", "[::1", "a/localhost",
     "localhost\\@evil", "10.0.0.1"],
)  # fmt: skip
def test_other_names_are_refused(filled: TestClient, host: str) -> None:
    answer = filled.get("/", headers={"host": host})
    assert answer.status_code == 400
    assert "web.public_url" in answer.text
    assert answer.headers["content-security-policy"] == CSP


def test_two_host_headers_are_refused(filled: TestClient) -> None:
    assert filled.get("/", headers=[("host", "localhost"), ("host", "localhost")]).status_code == 400


@pytest.mark.parametrize("host", ["127.0.0.1", "127.3.2.1", "::1", "[::1]", "localhost"])
def test_loopback_may_be_bound(host: str) -> None:
    check_binding(Settings(web=Web(host=host)), accounts=False)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.0.2", "example.org", "", "127.0.0.1.example"])
def test_anything_else_may_not_be_bound(host: str) -> None:
    with pytest.raises(ConfigurationError, match=r"web\.host"):
        check_binding(Settings(web=Web(host=host)), accounts=False)


def test_what_a_disk_has_damaged_is_said_to_be(client: TestClient, database: Database, newsroom: Newsroom) -> None:
    newsroom.ferry()
    with database.write() as session:
        session.execute(update(Blob).values(data=b"\0"))
    for path in ("/articles/1/compare/1/2", "/articles/1/versions/1.txt"):
        answer = client.get(path)
        assert answer.status_code == 500, path
        assert "corrigenda db check" in answer.text, path
    answer = client.get("/api/v1/articles/1/versions/1")
    assert (answer.status_code, answer.json()["title"]) == (500, "What was kept is damaged")
    history = client.get("/articles/1/history.json?texts=1").json()
    assert {each.get("text") for each in history["versions"]} == {None}


def test_our_own_failure_is_a_page(client: TestClient, database: Database, newsroom: Newsroom) -> None:
    newsroom.ferry()
    with database.write() as session:
        session.execute(update(Change).values(body={}))
    answer = client.get("/articles/1")
    page = Page(answer.text)
    assert answer.status_code == 500
    assert "This page could not be made" in page.text
    assert "Traceback" not in page.text
    assert page.faults == []
    assert answer.headers["content-security-policy"] == CSP
