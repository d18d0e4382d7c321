"""The desk in a real browser: an article added with its preview, a rule that says what it sends, every page by axe."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from alerts import rulebook
from monitor import tracking
from monitor.config import Fetch, Settings
from monitor.previewing import Previews
from monitor.tasks import Visits
from monitor.web.app import create_app
from storage import articles, rules
from storage.database import Database
from tests.local_site import LocalSite, article_page
from tests.web.chromium import chromium, needs_browser, serving, violations, window
from tests.web.newsroom import HOSTILE, Newsroom

pytestmark = needs_browser

TEXT = "At least 170 peacekeepers were killed in Mali, officials said on Friday. The mission costs $1.2 billion a year."


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, str, LocalSite, Database]]:
    """A browser, the address of the pages, a site to watch, and the database behind."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('desk') / 'corrigenda.db'}")
    newsroom = Newsroom(database)
    newsroom.ferry()
    newsroom.article("https://wire.example/1", headline=HOSTILE, publisher=HOSTILE)
    tracking.put_in_story(database, [1, 2], "Port Harran", newsroom.now)
    tracking.tag(database, [1], ["lead"])
    with database.write() as session:
        rulebook.add_channel(session, "desk", "desk@example.org")
        rulebook.add_mute(session, "desk", article_id=2, by="Jo")
    with LocalSite() as site:
        site.pages["/mali"] = article_page("U.N. ends Mali mission", TEXT, TEXT.replace("170", "171"))
        settings = Settings(fetch=Fetch(allow_hosts=[site.host], gap=0))
        with Visits(database, settings) as visits:
            previews = Previews(visits.look_first)
            with serving(create_app(database, settings, previews)) as url, chromium() as browser:
                yield browser, url, site, database
            previews.close()
    database.close()


@pytest.fixture
def page(desk: tuple[Any, str, LocalSite, Database]) -> Iterator[Any]:
    """A new page on a phone in the dark."""
    browser, url, _, _ = desk
    with window(browser, url, viewport={"width": 390, "height": 800}, color_scheme="dark") as opened:
        yield opened


def test_an_article_is_pasted_looked_at_and_watched(page: Any, desk: tuple[Any, str, LocalSite, Database]) -> None:
    _, _, site, database = desk
    page.goto("/add")
    assert violations(page) == []
    page.fill("#pasted", f"* {site.url}/mali\n* {site.url}/missing\nfile:///etc/passwd")
    page.click("text=Look at them")
    page.wait_for_selector("text=U.N. ends Mali mission")
    page.wait_for_selector("text=404 Not Found")
    assert page.is_checked("#take-0")
    assert not page.is_checked("#take-1"), "what turned out to be gone is no longer ticked"
    page.click(".preview-facts summary")
    assert "peacekeepers killed: at least 170" in page.inner_text(".preview-facts")
    assert violations(page) == []
    page.click("text=Watch the ticked ones")
    assert "1 new article is watched." in page.inner_text("[role=status]")
    with database.read() as session:
        assert articles.by_url(session, f"{site.url}/mali") is not None


def test_a_rule_says_what_it_will_send_while_it_is_written(
    page: Any, desk: tuple[Any, str, LocalSite, Database]
) -> None:
    page.goto("/rules")
    page.click("text=New rule")
    page.fill("#name", "Tolls")
    page.check("#kind-casualties")
    page.wait_for_selector("#says >> text=Sends changes of casualties, in all articles, at once to desk.")
    page.click("summary >> nth=0")
    page.fill("#percent", "much")
    page.wait_for_selector("#says >> text=write a number")
    assert violations(page) == []
    page.fill("#percent", "")
    page.click("text=Try it on the past 30 days")
    page.wait_for_selector("text=It would have sent 1 alert with 1 change")
    assert violations(page) == []
    page.click("text=Make the rule")
    assert "The rule is made" in page.inner_text("[role=status]")
    with desk[3].read() as session:
        assert rules.rule_by_name(session, "Tolls") is not None


def test_many_are_tagged_by_keyboard(page: Any) -> None:
    page.goto("/articles?q=harran")
    page.focus("#id-1")
    page.keyboard.press("Space")
    page.select_option("#action", "tag")
    page.fill("#value", "checked")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=1 article is tagged.")
    assert re.search(r"q=harran", page.url)


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize(
    "path", ["/articles", "/articles?q=harran&site=x", "/articles?q=ferry", "/stories", "/stories/1", "/rules",
             "/rules/1", "/channels",
             "/channels/1", "/deliveries"],
)  # fmt: skip
def test_pages_are_for_everybody(page: Any, path: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(path)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
