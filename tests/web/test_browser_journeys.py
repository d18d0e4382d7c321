"""Whole journeys of people in a real browser, through `corrigenda serve` as an operator starts it.

Site, mail server and service are real and on loopback. A journey is one test: each step goes on where the last one
ended.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from demo.receivers import MailServer
from demo.service import Service
from monitor.config import Settings
from monitor.web.app import create_app
from storage.database import Database
from tests.local_site import LocalSite, article_page
from tests.web.chromium import chromium, needs_browser, serving, window
from tests.web.newsroom import Newsroom

pytestmark = needs_browser

BEFORE = "At least 17 people were killed when a ferry capsized off Port Harran on Tuesday, the coast guard said."
AFTER = "31 people were killed when a ferry capsized off Port Harran on Tuesday, the coast guard said."
MORE = (
    "The boat carried 120 passengers, although its licence allows 90. The operator paid a fine of $1.5 million in 2019."
)
PATIENCE = 30.0
"""Seconds, on a busy machine."""
PASSWORD = "a ferry, a toll, a notice"


class Mails(MailServer):
    """A mail server that can be made to refuse."""

    refuses = False

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """aiosmtpd calls this for each recipient."""
        if self.refuses:
            return "550 5.1.1 nobody here"
        envelope.rcpt_tos.append(address)
        return "250 go on"


@dataclass
class World:
    """What a journey goes through: the service, the site that it watches, the mails that it sends."""

    service: Service
    site: LocalSite
    mails: Mails

    def publish(self, text: str) -> None:
        """The newspaper's page says this from now on."""
        self.site.pages["/ferry"] = article_page("Ferry capsizes off Port Harran", text, MORE, published="2026-11-17")

    def later(self, done: Callable[[], object]) -> None:
        """Wait until the service has done something in the background."""
        end = time.monotonic() + PATIENCE
        while not done():
            self.service.require_running()
            assert time.monotonic() < end, "the service did not do it in time"
            time.sleep(0.05)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as launched:
        yield launched


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with LocalSite() as site, Mails() as mails:
        service = Service.in_folder(tmp_path, [site.host], mails.port)
        made = World(service, site, mails)
        made.publish(BEFORE)
        service.start()
        try:
            made.later(lambda: "/setup/" in service.log.read_text())
            yield made
        finally:
            service.stop()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A newsroom where things have happened, for readers."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('journeys') / 'corrigenda.db'}")
    newsroom = Newsroom(database)
    newsroom.refusals(newsroom.ferry())
    newsroom.beat()
    with serving(create_app(database, Settings())) as here:
        yield here
    database.close()


def notice(page: Any) -> str:
    """What a page says was done."""
    return str(page.locator("main > [role=status]").first.inner_text())


def come(page: Any, address: str, words: str) -> None:
    """Look at a page until it says something, as a reader would who reloads it."""
    end = time.monotonic() + PATIENCE
    while True:
        page.goto(address)
        if words in page.inner_text("main"):
            return
        assert time.monotonic() < end, f"{address} never said {words!r}: {page.inner_text('main')[:400]}"
        time.sleep(0.1)


def tab_to(page: Any, name: str) -> None:
    """Press Tab until what is called so has the focus, and is seen to have it."""
    for _ in range(60):
        page.keyboard.press("Tab")
        here = page.evaluate("""() => { const e = document.activeElement, s = getComputedStyle(e);
            const label = e.labels && e.labels.length ? e.labels[0].innerText : e.innerText || e.placeholder || e.title;
            return [label.trim(), parseFloat(s.outlineWidth) > 0 && s.outlineStyle !== 'none']; }""")
        if here[0].startswith(name):
            assert here[1], f"nobody sees that {name!r} has the focus"
            return
    raise AssertionError(f"{name!r} is not reached by Tab")


def test_from_an_address_to_a_mail_that_failed_and_was_sent_again(browser: Any, world: World) -> None:
    with window(browser, world.service.pages) as page:
        _add_the_article(page, world)
        _make_a_rule(page, world)
        _read_the_change(page, world)
        _send_again(page, world)


def _add_the_article(page: Any, world: World) -> None:
    page.goto("/")
    page.get_by_role("link", name="Add articles").click()
    page.get_by_label("Addresses").fill(f"{world.site.url}/ferry")
    page.get_by_role("button", name="Look at them").click()
    page.get_by_text("Ferry capsizes off Port Harran").first.wait_for()
    page.locator(".preview-facts summary").click()
    assert "people killed: at least 17" in page.locator(".preview-facts").inner_text()
    assert world.service.run("list") == [], "looking saves nothing"
    page.get_by_role("button", name="Watch the ticked ones").click()
    assert "1 new article is watched" in notice(page)
    come(page, "/articles", "Ferry capsizes off Port Harran")


def _make_a_rule(page: Any, world: World) -> None:
    page.goto("/channels")
    page.get_by_label("Name").fill("desk")
    page.get_by_label("Address").fill("desk@example.org")
    page.get_by_role("button", name="Add", exact=True).click()
    page.goto("/rules")
    page.get_by_role("link", name="New rule").click()
    page.get_by_label("Name").fill("Ferries")
    page.get_by_label("desk").check()
    page.get_by_label("casualties").check()
    page.locator("#says", has_text="Sends changes of casualties, in all articles, at once to desk.").wait_for()
    page.get_by_role("button", name="Try it on the past 30 days").click()
    page.get_by_text("It would have sent 0 alerts with 0 changes").wait_for()
    page.get_by_role("button", name="Make the rule").click()
    assert "The rule is made" in notice(page)
    assert "Ferries" in [rule["name"] for rule in world.service.run("rules", "list")]


def _read_the_change(page: Any, world: World) -> None:
    world.publish(AFTER)
    come(page, "/", "raised people killed from at least 17 to 31")
    page.locator("a.sentence").first.click()
    page.wait_for_url("**/articles/1/compare/1/2*")
    assert BEFORE in page.inner_text("main")
    page.keyboard.press("n")
    page.locator("[data-said]", has_text="Change 1 of ").wait_for(state="attached")
    page.get_by_role("link", name="Side by side").click()
    page.locator(".text.columns").wait_for()


def _send_again(page: Any, world: World) -> None:
    world.later(lambda: world.mails.mails)
    come(page, "/deliveries", "delivered")
    world.mails.refuses = True
    world.publish(AFTER.replace("31", "44"))
    come(page, "/deliveries?state=failed", "people killed")
    page.locator("table th a").first.click()
    page.wait_for_load_state()
    assert "nobody here" in page.inner_text("main")
    world.mails.refuses = False
    page.get_by_role("button", name="Send it again").click()
    world.later(lambda: len(world.mails.mails) == 2)
    come(page, page.url.split("?")[0], "delivered")
    assert page.locator("#tries ~ table tbody tr").count() == 2, "each try is listed"
    assert "44" in world.mails.mails[1]["subject"]


def test_the_one_time_link_accounts_and_what_a_viewer_sees(browser: Any, world: World) -> None:
    link = re.search(r"http://[^\s\"]+/setup/[\w-]+", world.service.log.read_text())
    assert link is not None, "the link is in the log"
    # Logging out clears the cache, and Chromium says so.
    with window(browser, world.service.pages, expected="Clear-Site-Data") as page:
        page.goto(link[0])
        _choose(page, name="Ada")
        page.get_by_role("link", name="Ada").wait_for()
        page.goto("/settings")
        page.fill("form.entry #name", "Vic")
        page.select_option("form.entry #role", "viewer")
        page.get_by_role("button", name="Add an account").click()
        for_vic = page.input_value("#link")
        page.get_by_role("button", name="Log out").click()
        page.goto("/articles")
        page.wait_for_url(re.compile("/login"))
        _log_in(page, "Ada", PASSWORD)
        page.wait_for_url("**/articles")
    with window(browser, world.service.pages, expected="Clear-Site-Data") as page:
        page.goto(for_vic)
        assert not page.locator("[autocomplete=username]").is_visible()
        _choose(page)
        for path in ("/", "/articles", "/stories", "/rules", "/channels", "/deliveries", "/feeds", "/sites", "/health"):
            page.goto(path)
            assert page.locator("form[method=post]:not([action='/logout'])").count() == 0, path
        assert page.get_by_role("link", name="Settings").count() == 0
        page.get_by_role("button", name="Log out").click()
        page.get_by_role("link", name="Log in").or_(page.get_by_role("heading", name="Log in")).first.wait_for()


def _choose(page: Any, name: str = "") -> None:
    if name:
        page.get_by_label("Name").fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("The same again").fill(PASSWORD)
    page.locator("button.main").click()


def _log_in(page: Any, name: str, password: str) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


def test_with_no_mouse_from_home_to_the_evidence(browser: Any, address: str) -> None:
    with window(browser, address) as page:
        page.goto("/")
        page.keyboard.press("Tab")
        assert page.locator(".skip").is_visible()
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        tab_to(page, "Filter")
        page.keyboard.press("Enter")
        tab_to(page, "Kind of fact")
        page.keyboard.type("mon")
        tab_to(page, "Show")
        page.keyboard.press("Enter")
        page.wait_for_url("**kind=money*")
        tab_to(page, "The Harran Post raised fine")
        page.keyboard.press("Enter")
        page.wait_for_url("**/articles/1/compare/1/2*")
        page.keyboard.press("n")
        page.locator("[data-said]", has_text="Change 1 of ").wait_for(state="attached")
        page.keyboard.press("]")
        page.wait_for_url("**/compare/2/3")
        page.keyboard.press("?")
        tab_to(page, "Use single keys")
        page.keyboard.press("Escape")
        assert not page.locator("dialog").is_visible()
        tab_to(page, "evidence")
        page.keyboard.press("Enter")
        page.wait_for_url("**/evidence")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_without_javascript_everything_is_read(browser: Any, address: str, scheme: Any) -> None:
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    with window(browser, address, java_script_enabled=False, color_scheme=scheme, **phone) as page:
        page.goto("/")
        page.locator("a.sentence").first.tap()
        page.wait_for_url("**/compare/2/3*")
        page.locator(".turn, .between").get_by_role("link", name=re.compile("1 to 2")).first.tap()
        page.wait_for_url("**/compare/1/2*")
        assert "At least 17 people were killed" in page.inner_text("main")
        page.locator(".kicker a").first.tap()
        page.wait_for_url("**/articles/1")
        assert page.locator("table").first.is_visible()
