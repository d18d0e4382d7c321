"""Page text is data: nothing that a publisher, or whoever broke into one, writes becomes markup of ours."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from storage import changes, deliveries, rules
from storage.database import Database
from tests.web.newsroom import Newsroom, change, told
from tests.web.reading import Page

PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\" onmouseover=\"alert(1)\" x=\"",
    "' onfocus='alert(1)' autofocus='",
    "</title></bdi></a><svg onload=alert(1)>",
    "<a href=\"javascript:alert(1)\">read</a>",
    "{{ 7 * 7 }}{% include 'base.html' %}",
    "-->]]></style><style>*{display:none}</style>",
    "<details open ontoggle=alert(1)><summary>x</summary>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "photo‮gnp.exe⁦ and ⁩ more",
    "one\x00two\x1bthree\ud800",
    "مرحبا " * 4,
    "x" * 3000,
]  # fmt: skip

PAGES = (
    "/", "/articles", "/articles/1", "/articles/1/compare/1/2", "/articles/1/compare/2/1", "/articles/1/compare/2/2",
    "/articles/1/compare/1/2?view=side", "/articles/1/news?version=1", "/changes/1/evidence", "/changes/2/evidence",
    "/health", "/feeds", "/feeds/1",
)  # fmt: skip


def fill(newsroom: Newsroom, database: Database, payload: str) -> None:
    """Put the payload everywhere that text from outside can reach."""
    storable = payload.replace("\x00", "").replace("\ud800", "")  # storage's border cleans these
    article = newsroom.article(
        f"https://a.example/{storable}", publisher=storable, state="failed", state_reason=storable,
        next_check_at=newsroom.now - timedelta(hours=2),
    )  # fmt: skip
    first = f"{storable}\n\nAt least 17 people were killed, {storable} said."
    second = f"{storable}!\n\n31 people were killed, {storable} said.\n\n{storable} {storable}"
    old = told(first, "17", "At least 17 people", storable, 17)
    new = told(second, "31", "31 people", storable, 31)
    newsroom.version(article, first, newsroom.ago(hours=3), headline=storable, notices=[storable])
    newsroom.version(
        article, second, newsroom.ago(hours=2), headline=storable + "!", notices=[storable],
        changed=[change(old, new, storable, before_text=storable, after_text=storable)],
    )  # fmt: skip
    newsroom.refusals(article)
    newsroom.feed(
        f"https://a.example/{storable}", title=storable, state="broken", state_reason=storable, publisher=storable
    )
    with database.write() as session:
        gone = change(None, None, storable, type="availability").to_json()
        changes.add(session, article, gone, changed_at=newsroom.now, from_version_id=None, to_version_id=None)
        desk = rules.add_channel(session, storable, "email", "desk@a.example", None, newsroom.now)
        deliveries.add_alert(session, alert_id="al1", created_at=newsroom.now, payload={"title": storable})
        deliveries.add(session, "d1", "al1", desk.id or 0, newsroom.now)
        rules.disable_channel(session, desk.id or 0, storable)
        deliveries.fail_disabled(session, newsroom.now)


@pytest.mark.parametrize(
    "payload", PAYLOADS, ids=[payload[:20].encode("unicode_escape").decode() for payload in PAYLOADS]
)
def test_no_payload_becomes_markup(client: TestClient, newsroom: Newsroom, database: Database, payload: str) -> None:
    fill(newsroom, database, payload)
    for address in PAGES:
        answer = client.get(address, headers={"accept": "text/html"})
        page = Page(answer.text)
        assert page.faults == [], address
        assert not set("‪‫‬‭‮⁦⁧⁨⁩\x00\x1b") & set(answer.text), address
    assert " ".join(payload[:14].split()) in Page(client.get("/").text).text or not payload.isprintable()


@pytest.mark.parametrize("payload", PAYLOADS[:-2])
def test_no_payload_in_an_address_becomes_markup(filled: TestClient, payload: str) -> None:
    sent = payload.replace("\ud800", "")
    for answer in (
        filled.get("/articles", params={"q": sent}), filled.get("/articles", params={"state": sent}),
        filled.get("/articles", params={"order": sent}), filled.get("/", params={"before": sent}),
        filled.get("/" + sent.replace("\x00", "").replace("\x1b", "")),
        filled.get("/articles/1/compare", params={"a": sent}),
    ):  # fmt: skip
        assert answer.status_code in (200, 400, 404)
        assert Page(answer.text).faults == []


def test_a_capture_of_a_hostile_page_is_not_a_page(client: TestClient, newsroom: Newsroom) -> None:
    newsroom.version(newsroom.article("https://a.example/1"), PAYLOADS[0], newsroom.ago(hours=1))
    answer = client.get("/articles/1/captures/1", headers={"accept": "text/html"})
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize(
    "html",
    ["<p>x", "<p>x</b>", "<script>1</script>", "<b onclick=x>x</b>", "<p style='x'>x</p>",
     "<a href='javascript:x'>x</a>", "<a href='//evil.example'>x</a>", "<p id=a></p><p id=a></p>", "<input id=q>"],
)  # fmt: skip
def test_the_reader_of_these_tests_sees_faults(html: str) -> None:
    assert Page(html).faults
