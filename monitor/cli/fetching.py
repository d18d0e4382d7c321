"""Fetching as configured, for commands that store nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from monitor import pacing
from monitor.config import Settings
from monitor.fetchers import open_browser
from monitor.sources.http import Fetcher
from monitor.sources.result import Capture
from monitor.sources.robots import Robots, RobotsCache

Fetch = Callable[[str], Capture]
"""Fetches an address. Never raises for what the address or its server does."""


@contextmanager
def open_fetch(settings: Settings) -> Iterator[Fetch]:
    """A fetch with the guard, the limits, the headers of a site and its robots.txt, as these settings have them."""
    fetch = settings.fetch
    with Fetcher(
        user_agent=settings.user_agent,
        allow_hosts=fetch.allow_hosts,
        deadline_seconds=fetch.deadline,
        max_bytes=fetch.max_bytes,
        max_redirects=fetch.max_redirects,
    ) as fetcher:
        robots = Robots(fetcher, RobotsCache())

        def fetch_as_configured(url: str) -> Capture:
            site = settings.site(pacing.site_of(url))
            fetch_it = open_browser(settings).fetch if site.browser else fetcher.fetch
            return fetch_it(
                url,
                headers={name: value.get_secret_value() for name, value in site.headers.items()},
                permit=lambda url: robots.check(url) if pacing.obeys_robots(url, settings) else None,
            )

        yield fetch_as_configured
