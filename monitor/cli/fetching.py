"""Fetching as configured, for commands that store nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from monitor.config import Settings
from monitor.sources.http import Fetcher
from monitor.sources.result import Capture
from monitor.sources.robots import Robots, RobotsCache

Fetch = Callable[[str], Capture]
"""Fetches an address. Never raises for what the address or its server does."""


@contextmanager
def open_fetch(settings: Settings) -> Iterator[Fetch]:
    """A fetch with the guard, the limits and, unless switched off, the robots.txt of these settings."""
    fetch = settings.fetch
    with Fetcher(
        user_agent=settings.user_agent,
        allow_hosts=fetch.allow_hosts,
        deadline_seconds=fetch.deadline,
        max_bytes=fetch.max_bytes,
        max_redirects=fetch.max_redirects,
    ) as fetcher:
        permit = Robots(fetcher, RobotsCache()).check if fetch.robots else None
        yield lambda url: fetcher.fetch(url, permit=permit)
