"""Home, an article, its facts, sites and health in a real browser: axe, phone width, long and foreign words, paging."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from monitor.config import Settings
from monitor.web.app import create_app
from storage import sites, stories, tags
from storage.database import Database
from tests.web.chromium import chromium, needs_browser, serving, violations, window
from tests.web.newsroom import HOSTILE, Newsroom, change, told

pytestmark = needs_browser

PAGES = (
    "/", "/?severity=high&kind=money", "/?site=nowhere.example", "/articles/1", "/articles/2", "/articles/3",
    "/articles/1/facts", "/articles/1/facts/1", "/articles/1/facts?ended=true", "/sites", "/sites?which=held",
    "/sites/1", "/health",
)  # fmt: skip
TOO_WIDE = """document.documentElement.scrollWidth <= innerWidth + 1 ? [] :
    [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)
    .map(e => e.outerHTML.slice(0, 120))"""
FOREIGN = (
    "انقلبت عبّارة قبالة ميناء حران وعشرات المفقودين",
    "渡轮在哈兰港外倾覆，数十人失踪" * 3,
    "Donaudampfschiff" * 12,
)


@pytest.fixture(scope="module")
def launched() -> Iterator[Any]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('reading') / 'corrigenda.db'}")
    newsroom = Newsroom(database)
    newsroom.refusals(newsroom.ferry())
    newsroom.article("https://northern-wire.example/" + "very-long-part-" * 40, state="failed", state_reason=HOSTILE,
                     next_check_at=newsroom.ago(hours=2))  # fmt: skip
    for number, words in enumerate(FOREIGN):
        article = newsroom.article(f"https://foreign{number}.example/1", publisher=words[:40])
        first, second = f"{words}\n\n17 people were killed.", f"{words}!\n\n31 people were killed."
        old, new = told(first, "17", "17 people", words, 17), told(second, "31", "31 people", words, 31)
        newsroom.version(article, first, newsroom.ago(hours=9))
        newsroom.version(article, second, newsroom.ago(hours=8), changed=[change(old, new, "")])
    with database.write() as session:
        story, _ = stories.get_or_make(session, FOREIGN[0], newsroom.now)
        stories.put(session, story, [1, 3], newsroom.now)
        tags.put(session, [1], "ferry")
        sites.hold(session, 2, newsroom.ago(hours=-2), "it answered 429 Too Many Requests")
    with serving(create_app(database, Settings())) as here:
        yield here
    database.close()


@pytest.fixture
def page(launched: Any, address: str) -> Iterator[Any]:
    """A page of a desktop."""
    # That the service does not run is what /health is to say here, by its status.
    with window(launched, address, expected="503", viewport={"width": 1280, "height": 800}) as opened:
        yield opened


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_axe_finds_nothing_and_nothing_is_too_wide(page: Any, width: int, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    for path in PAGES:
        page.goto(path)
        for details in page.locator("details").all():
            details.evaluate("element => element.open = true")
        assert violations(page) == [], path
        assert page.evaluate(TOO_WIDE) == [], path


def test_the_filter_and_back(page: Any) -> None:
    page.goto("/")
    page.get_by_text("Filter", exact=True).click()
    page.get_by_label("Kind of fact").select_option("money")
    page.get_by_role("button", name="Show").click()
    page.wait_for_load_state()
    assert page.locator("a.sentence").count() == 1
    assert "raised fine from $1.5 million to $15 million" in page.locator("a.sentence").text_content()
    assert page.get_by_label("Kind of fact").input_value() == "money"
    page.get_by_role("link", name="Show all").click()
    page.wait_for_load_state()
    assert page.locator("a.sentence").count() > 1


def test_from_home_to_the_comparison_by_keys(page: Any) -> None:
    page.goto("/?kind=money")
    page.locator("a.sentence").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/articles/1/compare/1/2")


def test_the_picture_is_for_the_eye_and_the_list_for_keys(page: Any) -> None:
    page.goto("/articles/1")
    assert page.locator("svg.picture.wide").is_visible()
    assert not page.locator("svg.picture.narrow").is_visible()
    assert page.locator("svg.picture a").evaluate_all("links => links.every(link => link.tabIndex === -1)")
    page.set_viewport_size({"width": 390, "height": 900})
    assert page.locator("svg.picture.narrow").is_visible()
    loaded = page.locator("img.chart").first
    loaded.scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('img.chart').naturalWidth > 0")


def test_pause_and_resume_by_form(page: Any) -> None:
    page.goto("/articles/3")
    page.get_by_role("button", name="Pause").click()
    assert "The article is paused" in page.get_by_role("status").first.text_content()
    page.get_by_role("button", name="Resume").click()
    page.get_by_role("button", name="Pause").wait_for()
