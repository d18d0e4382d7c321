"""Reading a change in a real browser: by keys, by touch, on a phone, on paper, without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from monitor.config import Settings
from monitor.web.app import create_app
from storage.database import Database
from tests.web.chromium import chromium, needs_browser, serving, violations, window
from tests.web.newsroom import Newsroom, change, told
from tests.web.test_web_hostile import PAYLOADS

pytestmark = needs_browser

PAGES = (
    "/articles/1/compare/1/2", "/articles/1/compare/1/2?view=side", "/articles/1/compare/2/3?unfolded=1",
    "/articles/1/compare/2/2", "/changes/1/evidence", "/changes/3/evidence",
)  # fmt: skip
DESKTOP = {"width": 1280, "height": 500}


@pytest.fixture(scope="module")
def launched() -> Iterator[Any]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('compare') / 'corrigenda.db'}")
    Newsroom(database).ferry()
    with serving(create_app(database, Settings())) as here:
        yield here
    database.close()


@pytest.fixture
def page(launched: Any, address: str) -> Iterator[Any]:
    """A page of a desktop."""
    with window(launched, address, viewport=DESKTOP) as opened:
        yield opened


def said(page: Any) -> str:
    """What was announced last."""
    page.locator("[data-said]:not(:empty)").wait_for(state="attached")
    return str(page.text_content("[data-said]"))


def focused(page: Any) -> str:
    return str(page.evaluate("document.activeElement.textContent"))


def test_from_change_to_change(page: Any) -> None:
    page.goto("/articles/1/compare/1/2")
    total = int(page.evaluate("document.querySelectorAll('.text .block:not(.same)').length"))
    assert total > 4
    heard = []
    for _ in range(3):
        page.keyboard.press("n")
        heard.append(said(page))
        page.evaluate("document.querySelector('[data-said]').textContent = ''")
    assert heard[0].startswith("Change 1 of ")
    assert heard[2].startswith("Change 3 of ")
    assert "removed “dozens missing”, added “31 dead”" in heard[0]
    page.keyboard.press("k")
    assert said(page).startswith("Change 2 of ")
    assert page.evaluate("document.activeElement.classList.contains('here')")
    for _ in range(30):
        page.keyboard.press("j")
    page.locator("[data-said]", has_text="This was the last change.").wait_for(state="attached")


def test_from_version_to_version(page: Any) -> None:
    page.goto("/articles/1/compare/1/2?view=side")
    page.keyboard.press("]")
    page.wait_for_url("**/compare/2/3?view=side")
    page.keyboard.press("]")
    assert said(page) == "There is no later version."
    page.keyboard.press("[")
    page.wait_for_url("**/compare/1/2?view=side")


def test_keys_leave_typing_and_shortcuts_alone(page: Any) -> None:
    page.goto("/articles/1/compare/1/2")
    page.focus("#search")
    page.keyboard.type("n]?p")
    assert page.input_value("#search") == "n]?p"
    page.evaluate("document.activeElement.blur()")
    for chord in ("Control+n", "Alt+n", "Meta+n"):
        page.evaluate(
            "(key) => document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'n', bubbles: true,"
            " ctrlKey: key === 'Control', altKey: key === 'Alt', metaKey: key === 'Meta'}))",
            chord.split("+")[0],
        )
    assert page.text_content("[data-said]") == ""


def test_keys_are_shown_and_can_be_switched_off(page: Any) -> None:
    page.goto("/articles/1/compare/1/2")
    page.keyboard.press("?")
    assert page.locator("dialog.keys").is_visible()
    page.get_by_label("Use single keys on these pages").uncheck()
    page.get_by_role("button", name="Close").click()
    page.keyboard.press("n")
    page.reload()
    page.keyboard.press("n")
    assert page.text_content("[data-said]") == ""
    page.get_by_role("button", name="Keys").click()
    page.get_by_label("Use single keys on these pages").check()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    assert said(page).startswith("Change ")


@pytest.mark.parametrize("width", [1280, 390])
def test_readings_by_pointer_focus_and_escape(page: Any, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/articles/1/compare/1/2")
    fact = page.locator(".text .fact[tabindex]").nth(1)
    tip = fact.locator(".tip")
    assert not tip.is_visible()
    fact.focus()
    assert tip.is_visible()
    box = tip.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    page.keyboard.press("Escape")
    assert not tip.is_visible()
    fact.hover()
    page.mouse.move(5, 5)
    fact.hover()
    assert tip.is_visible()
    page.keyboard.press("Escape")
    assert not tip.is_visible()
    described = fact.get_attribute("aria-describedby")
    assert page.locator(f"#{described}").text_content() == tip.text_content()


def test_a_change_leads_to_its_place(page: Any) -> None:
    page.goto("/articles/1/compare/1/2")
    page.get_by_role("link", name="in the text").first.click()
    assert "#change-1" in page.url
    assert page.locator(":target").is_visible()
    page.get_by_role("link", name="paragraph 3", exact=True).click()
    assert "Moved here from paragraph 5" in page.locator(":target").text_content()
    page.get_by_role("link", name="paragraph 5", exact=True).click()
    assert "moved to paragraph 3" in page.locator(":target").text_content()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_axe_finds_nothing(page: Any, width: int, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    for path in PAGES:
        page.goto(path)
        assert violations(page) == [], path
    page.goto(PAGES[0])
    page.locator(".text .fact[tabindex]").first.focus()
    assert violations(page) == []
    page.keyboard.press("?")
    assert violations(page) == []


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_wider_than_a_phone(page: Any, path: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(path)
    wide = page.evaluate(
        "[...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1"
        " && !e.closest('.unseen, pre') && getComputedStyle(e).display !== 'none').map(e => e.outerHTML.slice(0, 90))"
    )
    assert wide == []


def test_without_javascript_everything_reads(launched: Any, address: str) -> None:
    context = launched.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/articles/1/compare/1/2")
    assert not page.get_by_role("button", name="Keys").is_visible()
    assert not page.locator("dialog").is_visible()
    page.get_by_role("link", name="Side by side").click()
    page.wait_for_url("**?view=side#text")
    page.locator(".turn").get_by_role("link", name="Version 2 to 3").click()
    page.wait_for_url("**/compare/2/3?view=side")
    page.locator("summary").first.click()
    assert page.locator("details[open]").count() == 1
    page.select_option("#a", "1")
    page.get_by_role("button", name="Compare").click()
    page.wait_for_url("**/compare/1/3?view=side")
    context.close()


def test_htmx_puts_news_on_the_page(launched: Any, tmp_path: Any) -> None:
    database = Database(f"sqlite:///{tmp_path / 'corrigenda.db'}")
    newsroom = Newsroom(database)
    newsroom.ferry()
    with serving(create_app(database, Settings())) as here, window(launched, here, viewport=DESKTOP) as page:
        page.clock.install()
        page.goto(f"{here}/articles/1/compare/1/2")
        assert page.locator(".news").count() == 0
        newsroom.version(1, "A fourth text.", newsroom.now)
        page.clock.fast_forward(61_000)
        page.get_by_text("Version 4 has come: see what it changed").click()
        page.wait_for_url("**/articles/1/compare/3/4")
    database.close()


def test_on_paper(page: Any) -> None:
    page.goto("/changes/1/evidence")
    pdf = page.pdf(format="A4")
    assert pdf.startswith(b"%PDF")
    page.emulate_media(media="print", color_scheme="dark")
    assert not page.locator(".masthead nav").is_visible()
    assert page.locator(".paper").is_visible()
    assert (
        page.evaluate("getComputedStyle(document.body).color") == "rgb(29, 28, 26)"
    )  # ink on paper, whatever the screen
    page.goto("/articles/1/compare/1/2")
    folded = page.locator("details.fold p")
    assert folded.count() == 0 or folded.first.is_visible()


def test_no_payload_does_anything(launched: Any, tmp_path: Any) -> None:
    database = Database(f"sqlite:///{tmp_path / 'corrigenda.db'}")
    newsroom = Newsroom(database)
    for number, payload in enumerate(PAYLOADS[:10], 1):
        storable = payload.replace("\x00", "")
        article = newsroom.article(f"https://a.example/{number}", publisher=storable)
        first, second = f"{storable}\n\n17 dead {storable}.", f"{storable}!\n\n31 dead {storable}."
        old, new = told(first, "17", "17 dead", storable, 17), told(second, "31", "31 dead", storable, 31)
        newsroom.version(article, first, newsroom.ago(hours=3), headline=storable)
        newsroom.version(
            article, second, newsroom.ago(hours=2), headline=storable + "!", notices=[storable],
            changed=[change(old, new, storable)],
        )  # fmt: skip
    with serving(create_app(database, Settings())) as here, window(launched, here, viewport=DESKTOP) as page:
        for number in range(1, 11):
            for path in (f"/articles/{number}/compare/1/2?view=side&unfolded=1", f"/changes/{number}/evidence"):
                page.goto(f"{here}{path}")
                assert page.locator("h1").is_visible()
                page.keyboard.press("n")
    database.close()
