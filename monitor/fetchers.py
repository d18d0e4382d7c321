"""What the configuration says of a site, as fetching and extraction want it."""

from __future__ import annotations

from monitor import pacing
from monitor.config import Settings
from monitor.extraction.document import Corrections
from monitor.sources.browser import BrowserFetcher
from monitor.sources.http import Turn


def open_browser(settings: Settings, turn: Turn | None = None) -> BrowserFetcher:
    """A fetcher for sites with `browser = true`, with the limits and the guard of these settings."""
    return BrowserFetcher(
        user_agent=settings.user_agent,
        allow_hosts=settings.fetch.allow_hosts,
        deadline_seconds=settings.fetch.deadline,
        max_bytes=settings.fetch.max_bytes,
        executable=settings.browser.executable,
        sandbox=settings.browser.sandbox,
        turn=turn,
    )


def corrections_of(url: str, settings: Settings) -> Corrections:
    """What the operator set right for the site of this address."""
    site = settings.site(pacing.site_of(url))
    return Corrections(tuple(site.keep), tuple(site.drop), site.date)
