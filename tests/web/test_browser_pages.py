"""Every page there is, opened in a real browser: hostile texts do nothing, axe finds nothing, nothing is too wide.

The pages are those of the application's own table, so one that is added is opened without being named here.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import structlog

from monitor.web.recognition import SESSION_COOKIE
from storage.database import Database
from tests.web import everything
from tests.web.chromium import chromium, needs_browser, serving, violations
from tests.web.everything import PAYLOADS, Everything
from tests.web.newsroom import Newsroom

pytestmark = needs_browser

WATCH = """
window.addEventListener("securitypolicyviolation",
    event => complain(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
window.intrude = number => complain(`payload ${number} ran`);
"""
INTRUDERS = """[...document.querySelectorAll('*')].flatMap(element => [...element.attributes].filter(attribute =>
    /^on|^style$|^srcdoc$/.test(attribute.name) || (attribute.name === 'class' && /intruder/.test(attribute.value)) ||
    (/^(href|src|action|formaction|xlink:href|data|poster)$/.test(attribute.name) &&
        /^\\s*(javascript|data|vbscript):/i.test(attribute.value))
).map(attribute => `<${element.localName} ${attribute.name}="${attribute.value.slice(0, 60)}">`))"""
SAID = "document.documentElement.innerText + [...document.querySelectorAll('[title],[value],[alt]')].map(" \
    "element => element.title + element.value + element.alt).join()"  # fmt: skip
TOO_WIDE = """document.documentElement.scrollWidth <= innerWidth + 1 ? [] :
    [...document.querySelectorAll('body *')].filter(element => element.getBoundingClientRect().right > innerWidth + 1)
    .slice(0, 5).map(element => element.outerHTML.slice(0, 120))"""
DIRECTIONS = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\x1b")
OPENED = "document.querySelectorAll('details').forEach(element => { element.open = true; })"


class Reader:
    """A browser with two windows: of somebody who is logged in, and of somebody who is not."""

    def __init__(self, browser: Any, address: str, house: Everything, **options: Any) -> None:
        self.address = address
        self.complaints: list[str] = []
        self.about = ""
        self._contexts = [browser.new_context(base_url=address, **options) for _ in range(2)]
        self._contexts[0].add_cookies([{"name": SESSION_COOKIE, "value": house.cookie, "url": address}])
        self._pages = [self._window(context) for context in self._contexts]

    def open(self, address: everything.Address) -> Any | None:
        """Open a page; None for what is saved as a file, or shown without being one of ours."""
        page, self.about = self._pages[address.stranger], address.path[:80]
        try:
            answer = page.goto(address.path)
        except Exception as error:
            if "Download is starting" not in str(error):
                raise
            return None
        assert answer.status == 200, f"{self.about}: {answer.status}"
        return page if answer.headers["content-type"].startswith("text/html") else None

    def close(self) -> None:
        """Close both windows."""
        for context in self._contexts:
            context.close()

    def complain(self, what: str) -> None:
        """Somebody sees something that must not be."""
        self.complaints.append(f"{self.about}: {what[:200]}")

    def _window(self, context: Any) -> Any:
        page = context.new_page()
        page.expose_function("complain", self.complain)
        page.add_init_script(WATCH)
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complain(f"error: {error}"))
        page.on("dialog", lambda dialog: (self.complain(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("request", lambda request: self._look_where(request.url))
        page.set_default_timeout(15_000)
        return page

    def _hear(self, said: Any) -> None:
        # Fragments name no icon, so that a browser looks for one where there is none.
        if said.type in ("error", "warning") and not said.location["url"].endswith("/favicon.ico"):
            self.complain(f"console: {said.text} at {said.location['url']}")

    def _look_where(self, url: str) -> None:
        if not url.startswith(f"{self.address}/"):
            self.complain(f"request to {url}")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Everything]:
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('everything') / 'corrigenda.db'}")
    yield everything.make(database)
    structlog.configure(**before)
    database.close()


@pytest.fixture(scope="module")
def launched(house: Everything) -> Iterator[tuple[Any, str]]:
    with serving(house.app) as address, chromium() as browser:
        yield browser, address


@contextmanager
def reading(launched: tuple[Any, str], house: Everything, **options: Any) -> Iterator[Reader]:
    """A reader who has nothing to complain of when done."""
    Newsroom(house.database).beat()
    reader = Reader(*launched, house, **options)
    yield reader
    reader.close()
    assert reader.complaints == []


@pytest.mark.parametrize("number", range(len(PAYLOADS)))
def test_no_payload_does_anything_on_any_page(launched: tuple[Any, str], house: Everything, number: int) -> None:
    shown: Counter[bool] = Counter()
    with reading(launched, house, viewport={"width": 390, "height": 800}) as reader:
        for address in house.addresses(number):
            if (page := reader.open(address)) is None:
                continue
            page.evaluate(OPENED)
            assert page.evaluate(INTRUDERS) == [], address.path
            said = page.evaluate(SAID)
            assert not DIRECTIONS & set(said), address.path
            assert str(771 * 13) not in said, address.path
            assert page.evaluate(TOO_WIDE) == [], address.path
            shown[PAYLOADS[number][:9] in said] += 1
    assert shown[True] > 20, "the payload is on most pages"


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_axe_finds_nothing_on_any_page(launched: tuple[Any, str], house: Everything, width: int, scheme: Any) -> None:
    with reading(launched, house, viewport={"width": width, "height": 900}, color_scheme=scheme) as reader:
        for address in house.addresses(1):
            if (page := reader.open(address)) is None:
                continue
            page.evaluate(OPENED)
            found = violations(page)
            if address.path.partition("?")[0].endswith("/news"):  # a line that goes into a page, by itself no page
                found = [each for each in found if not each.startswith("page-has-heading-one")]
            assert found == [], address.path
            assert page.evaluate(TOO_WIDE) == [], address.path
