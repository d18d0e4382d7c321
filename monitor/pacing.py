"""The one place that says when an Article is looked at next, and why: its record, its settings and the last answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from monitor.config import Settings
from monitor.config_site import SiteSettings
from monitor.sources.address import UnusableAddressError, parse
from monitor.sources.freshness import fresh_seconds
from monitor.sources.pace import MODEL, Bound, Next, Pace, Publisher, next_look
from monitor.sources.pace import Article as Paced
from monitor.sources.result import Capture
from storage.tables import Article


@dataclass(frozen=True, slots=True)
class Planned:
    """When the next check comes, why, and the columns of the Article that this was made from."""

    next_check_at: datetime
    why: str
    columns: Mapping[str, Any]


def plan(
    article: Article,
    capture: Capture,
    settings: Settings,
    *,
    state: str,
    reason: str,
    at: datetime,
    changed: bool,
    published: str | None,
    dice: float,
) -> Planned:
    """What a check means for the next one.

    state, reason: what it found, in the words of Article states. changed: whether it brought a Version after the
    first. published: the publication date as known now (ISO 8601). dice: uniform in 0..1.
    """
    age = _age(published, article.added_at, at)
    seen = state == "ok"
    record = _record(article, published, at, changed) if seen else {}
    paced = Paced(
        age=age,
        published=published is not None,
        since=_since(article, at, changed),
        changes=record.get("changes_seen", article.changes_seen),
        exposure=record.get("exposure", article.exposure),
        interval=_interval(article, settings),
        failures=0 if seen else article.failures + 1,
        reason="" if seen else reason,
    )
    answered = capture.outcome in ("page", "not_modified") and article.kind == "url"
    publisher = Publisher(
        fresh_for=fresh_seconds(capture.headers, capture.captured_at) if answered else 0.0,
        retry_after=capture.retry_after_seconds,
    )
    planned: Next = next_look(paced, publisher, _pace(article, settings), dice=dice)
    return Planned(at + timedelta(seconds=planned.wait), planned.why, {**record, "next_check_why": planned.why})


def site_settings(article: Article, settings: Settings) -> SiteSettings:
    """What the configuration says of the site of an Article."""
    return settings.site(site_of(article.url))


def site_of(url: str) -> str:
    """The host of an address, as a Site is called; empty for a file."""
    try:
        return parse(url).site
    except UnusableAddressError:
        return ""


def obeys_robots(url: str, settings: Settings) -> bool:
    """Whether the robots.txt of an address is asked, as configured."""
    return settings.fetch.robots and settings.site(site_of(url)).robots


def _record(article: Article, published: str | None, at: datetime, changed: bool) -> dict[str, Any]:
    """The record of changes with this look: nothing was watched before the first."""
    exposure = article.exposure
    if article.seen_at is not None and at > article.seen_at:
        before, after = (_age(published, article.added_at, when) for when in (article.seen_at, at))
        exposure += MODEL.exposure(before, after, _since(article, article.seen_at, changed=False))
    return {"changes_seen": article.changes_seen + changed, "exposure": exposure, "seen_at": at}


def _since(article: Article, at: datetime, changed: bool) -> float | None:
    """Seconds since the last change that was seen, if one was; `changed`: it was seen just now."""
    if changed:
        return 0.0
    if article.last_changed_at is None or article.changes_seen == 0:
        return None
    return max(0.0, (at - article.last_changed_at).total_seconds())


def _age(published: str | None, added_at: datetime, at: datetime) -> float:
    """Seconds since publication; since it was added where that is unknown, or would be in the future of that."""
    born = min(_end_of(published) or added_at, added_at)
    return max(0.0, (at - born).total_seconds())


@lru_cache(64)  # a check asks thrice
def _end_of(published: str | None) -> datetime | None:
    """The moment of a date-time; of a date its end, the latest moment that it may mean (by the clock of UTC)."""
    if not published:
        return None
    try:
        return datetime.combine(date.fromisoformat(published), time.max, UTC)
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(published)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _interval(article: Article, settings: Settings) -> Bound | None:
    if article.interval_seconds:
        return Bound(article.interval_seconds, "its own interval")
    if settings.checks.interval:
        return Bound(settings.checks.interval, "checks.interval")
    if article.kind == "file":  # to read it costs nobody anything, and a new edition is as likely at any age
        return Bound(settings.checks.pace, "checks.pace, for a file")
    return None


def _pace(article: Article, settings: Settings) -> Pace:
    """The bounds of the article, else of its story, else of its site, else of all."""
    checks = settings.checks
    site = site_settings(article, settings)
    fastest, slowest = Bound(checks.fastest, "checks.fastest"), Bound(checks.slowest, "checks.slowest")
    if site.fastest:
        fastest = Bound(site.fastest, "set for its site")
    if site.slowest:
        slowest = Bound(site.slowest, "set for its site")
    story = settings.stories.get(article.story or "")
    if story and story.fastest:
        fastest = Bound(story.fastest, "set for its story")
    if story and story.slowest:
        slowest = Bound(story.slowest, "set for its story")
    if article.fastest_seconds:
        fastest = Bound(article.fastest_seconds, "set for it")
    if article.slowest_seconds:
        slowest = Bound(article.slowest_seconds, "set for it")
    return Pace(checks.pace, checks.retry, fastest, slowest)
