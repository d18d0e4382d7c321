"""A real browser at real pages: Chromium through Playwright, and the application on a port of its own."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI

from monitor.sources import browser

MISSING = browser.why_not("", sandbox=False)
needs_browser = pytest.mark.skipif(MISSING is not None, reason=f"{MISSING}")


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """The application on a free port of loopback; yields its address."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(30)
        assert not thread.is_alive(), "a connection that is kept open keeps the server"


@contextmanager
def chromium() -> Iterator[Any]:
    """A browser of Playwright."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=browser.find(""), args=["--no-sandbox"] if os.geteuid() == 0 else []
        )
        yield launched
        launched.close()


@contextmanager
def window(browser: Any, address: str, *, expected: str | None = None, **options: Any) -> Iterator[Any]:
    """A new window; whatever it logs, throws or asks fails the test, but for messages with the `expected` words.

    It is to be closed before what serves it: a page's icon is asked for when the page has loaded already, and an icon
    that is refused is a message."""
    context = browser.new_context(base_url=address, **options)
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("dialog", lambda dialog: complaints.append(f"dialog {dialog.message}"))
    yield opened
    context.close()
    complaints = [each for each in complaints if expected is None or expected not in each]
    assert not complaints, complaints


def violations(page: Any) -> list[str]:
    """What axe finds against WCAG 2.2 AA on a page."""
    from axe_playwright_python.sync_playwright import Axe

    # To write down all that passes took as long as to look for what does not.
    options = {
        "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
        "resultTypes": ["violations"],
    }
    found = Axe().run(page, options=options).response["violations"]
    return [f"{each['id']}: {node['html'][:200]}" for each in found for node in each["nodes"]]
