"""`make screenshots`, or `python -m demo.screenshots`: the main pages as pictures, light, dark and on a phone.

The five articles of `seeds/` and their invented editions are played over some days of July 2023, and the clock of the
pages stands still after them: the same pages give the same pictures. Nothing is fetched and nothing is sent.
"""

from __future__ import annotations

import base64
import logging
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, tzinfo
from http import HTTPStatus
from pathlib import Path
from typing import Any, NamedTuple, Self

import structlog
import uvicorn

from alerts import rulebook
from alerts.channels.sending import Message
from alerts.errors import DeliveryError
from demo.editions import Edition, Seed, load_script, load_seeds
from demo.past import Past
from demo.publishers import PUBLISHERS, Publisher
from monitor.config import Settings
from monitor.extraction.document import Dated, Document
from monitor.intake import Options, read
from monitor.previewing import Previews
from monitor.sources import browser
from monitor.sources.result import Capture
from monitor.tasks import Looked
from monitor.tracking import Wish, tag
from monitor.web.app import create_app
from monitor.wellbeing import LOOPS
from storage import loops
from storage.database import Database

FOLDER = Path(__file__).parent.parent / "docs" / "screenshots"
BEGUN = datetime(2023, 7, 2, 6, 10, tzinfo=UTC)
NOW = datetime(2023, 7, 5, 16, 20, tzinfo=UTC)
STORY = "End of the Mali mission"


class Look(NamedTuple):
    """How pages are looked at."""

    name: str
    width: int
    height: int
    scheme: str


LOOKS = (Look("light", 1280, 860, "light"), Look("dark", 1280, 860, "dark"), Look("phone", 390, 844, "light"))


class Standing(datetime):
    """A clock that stands still."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        """Always the same moment."""
        return cls.fromtimestamp(NOW.timestamp(), tz)


def main() -> int:
    """Make all of them. Returns the exit code."""
    if reason := browser.why_not("", sandbox=False):
        print(f"screenshots: {reason}", file=sys.stderr)
        return 2
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    FOLDER.mkdir(parents=True, exist_ok=True)
    stand_still()
    with tempfile.TemporaryDirectory(prefix="corrigenda-screenshots-") as folder:
        database = Database(f"sqlite:///{folder}/corrigenda.db")
        articles = play(Past(database, Settings()))
        previews = Previews(_looked)
        app = create_app(database, Settings(), previews)
        added = [f"https://{each.key}.example/2023/07/05/mali" for each in PUBLISHERS[1:4]]
        while not all(previews(url).done for url in added):
            time.sleep(0.05)
        draft = app.state.house.drafts.keep(read("\n".join(added).encode()), Options(story=STORY, tags=("mali",)))
        article = articles["001_31aaaafa1ee06e16"]
        pages = {
            "home": "/",
            "article": f"/articles/{article}",
            "compare": f"/articles/{article}/compare/1/2",
            "side-by-side": f"/articles/{article}/compare/1/2?view=side#text",
            "story": "/stories/1",
            "add": f"/add/{draft.token}",
            "rule": "/rules/1",
            "deliveries": "/deliveries",
            "health": "/health",
        }
        with serving(app) as address:
            take(address, pages)
        database.close()
    return 0


def stand_still() -> None:
    """From here on our own modules read the time from a clock that stands still."""
    for name, module in list(sys.modules.items()):
        if name.split(".")[0] in ("monitor", "alerts", "storage") and getattr(module, "datetime", None) is datetime:
            module.datetime = Standing  # type: ignore[attr-defined]


def play(past: Past) -> dict[str, int]:
    """All editions of all articles, and who was told. Returns the articles by the names of their seeds."""
    seeds = load_seeds()
    script, publishers = load_script(seeds), {each.article: each for each in PUBLISHERS}
    with past.database.write() as session:
        rulebook.add_channel(session, "desk", "desk@example.org")
        rulebook.add_channel(session, "newsroom system", "https://desk.example/hooks/corrigenda")
        tolls = {"kinds": ["casualties", "personnel"]}
        rulebook.add_rule(session, "Tolls for the system", "newsroom system", tolls)
    articles = {}
    for number, edition in enumerate(script.first):
        publisher, at = publishers[edition.article], BEGUN + timedelta(minutes=7 * number)
        articles[edition.article] = past.track(
            Wish(f"https://{publisher.key}.example{publisher.path}", story=STORY), at
        )
        past.see(articles[edition.article], at, _document(publisher, seeds[edition.article], edition.text))
    tag(past.database, list(articles.values()), ["mali", "un"])
    for number, edition in enumerate(script.later):
        at = BEGUN + timedelta(hours=15 * edition.round, minutes=11 * number)
        _edition(past, articles[edition.article], at, publishers[edition.article], seeds[edition.article], edition)
        past.tell(at + timedelta(minutes=6), _hook_is_down if edition.round == 1 else _all_is_well)
    last = {edition.article: edition for edition in (*script.first, *script.later)}
    for number, (name, edition) in enumerate(last.items()):
        at = NOW - timedelta(minutes=3 * number + 2)
        past.see(articles[name], at, _document(publishers[name], seeds[name], edition.text))
    past.tell(NOW - timedelta(minutes=1), _all_is_well)
    with past.database.write() as session:
        for name in LOOPS:
            loops.beat(session, name, NOW - timedelta(seconds=4), started=True)
    return articles


def _edition(past: Past, article: int, at: datetime, publisher: Publisher, seed: Seed, edition: Edition) -> None:
    if edition.answer in ("page", "wall", "cut"):
        past.see(article, at, _document(publisher, seed, edition.text))
    else:
        past.refuse(article, at, HTTPStatus.NOT_FOUND if edition.answer == "gone" else HTTPStatus.SERVICE_UNAVAILABLE)


def _all_is_well(message: Message) -> str:
    return "250 2.0.0 Ok: queued" if "@" in message.address else "204 No Content"


def _hook_is_down(message: Message) -> str:
    if "@" not in message.address:
        raise DeliveryError("503 Service Unavailable", permanent=True)
    return _all_is_well(message)


def _document(publisher: Publisher, seed: Seed, text: str) -> Document:
    return Document(
        "article", "", headline=publisher.headline(seed), byline=seed.byline, publisher=seed.publisher,
        published=Dated(seed.published.isoformat(), "json-ld"), language="en", extractor="demo",
        paragraphs=tuple(words for _, words in publisher.blocks(seed, text)),
    )  # fmt: skip


def _looked(url: str) -> Looked:
    publisher = next(each for each in PUBLISHERS if f"//{each.key}.example" in url)
    seed = load_seeds()[publisher.article]
    capture = Capture(url=url, outcome="page", reason="200 OK", captured_at=NOW, final_url=url, status=200)
    return Looked(capture, _document(publisher, seed, seed.text))


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """The pages on a free port of loopback; yields their address."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


def take(address: str, pages: dict[str, str]) -> None:
    """A picture of each page in each look."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        launched = playwright.chromium.launch(executable_path=browser.find(""), args=arguments)
        for look in LOOKS:
            size = {"width": look.width, "height": look.height}
            context = launched.new_context(base_url=address, viewport=size, color_scheme=look.scheme)
            page = context.new_page()
            lens = context.new_cdp_session(page)
            for name, path in pages.items():
                page.goto(path)
                page.wait_for_load_state("networkidle")
                taken = lens.send("Page.captureScreenshot", {"format": "webp", "quality": 80})
                (FOLDER / f"{name}-{look.name}.webp").write_bytes(base64.b64decode(taken["data"]))
            context.close()
        launched.close()


if __name__ == "__main__":
    sys.exit(main())
