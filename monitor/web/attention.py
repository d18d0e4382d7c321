"""What needs a person: shown above everything else, and only when it is true."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from monitor.config import Settings
from monitor.web import wording
from monitor.web.rendering import place
from monitor.wellbeing import LOOPS, OVERDUE, UNHEARD, feed_problem, stalled, stopped_loops
from storage import articles, channel_health, deliveries, feeds, page_records, picks, rules, sites
from storage.tables import Article

RECENT = timedelta(days=2)
"""So long a site's new furniture is worth a look."""
NAMED = 3
"""So many examples of each concern are named."""

_TROUBLED = {
    "failed": ("cannot be read", "cannot be read"),
    "walled": ("is behind a wall", "are behind a wall"),
    "gone": ("is gone", "are gone"),
    "redirected": ("now leads to something else", "now lead to something else"),
    "suspect": ("is in doubt: what came looks broken", "are in doubt: what came looks broken"),
    "refused": ("was not fetched: a rule forbids it", "were not fetched: a rule forbids it"),
}


@dataclass(frozen=True, slots=True)
class Example:
    """One of the things that a Concern is about."""

    name: str
    detail: str
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Concern:
    """Something that a person should look at: one sentence, a few examples, and where all of them are."""

    sentence: str
    examples: tuple[Example, ...] = ()
    link: str | None = None
    """A page with all of them, when there are more than those named."""
    advice: str | None = None


def concerns(session: Session, settings: Settings, now: datetime) -> list[Concern]:
    """All that needs a person now, the gravest first; usually nothing."""
    return [
        *_stopped(session, now),
        *(Concern(reason, advice="The log says why; a new start of the service helps.")
          for reason in (stalled(session, now),) if reason),
        *_overdue(session, now),
        *_failing_sites(session, settings),
        *_broken_feeds(session),
        *_disabled_channels(session),
        *_failing_channels(session, now),
        *_failed_deliveries(session),
        *_sites(session, now),
        *_troubled_articles(session, now),
    ]  # fmt: skip


def _stopped(session: Session, now: datetime) -> Iterator[Concern]:
    """Loops of the service; all of them together are the service."""
    reasons = stopped_loops(session, now)
    advice = "Nothing is checked or sent until the service runs again."
    if len(reasons) == len(LOOPS):
        yield Concern("The service does not run.", tuple(Example(reason, "") for reason in reasons), "/health", advice)
    else:
        yield from (Concern(reason, (), "/health", advice) for reason in reasons)


def _overdue(session: Session, now: datetime) -> Iterator[Concern]:
    total = articles.count_overdue(session, now - OVERDUE)
    if total:
        late = articles.overdue(session, now - OVERDUE, limit=NAMED)
        examples = tuple(
            _example(article, f"due {wording.ago(article.next_check_at, now)}") for article in late
            if article.next_check_at
        )  # fmt: skip
        yield Concern(
            _counted(total, "article is overdue", "articles are overdue"),
            examples,
            "/articles?state=overdue&order=next",
        )


def _failing_sites(session: Session, settings: Settings) -> Iterator[Concern]:
    failing = sites.failing(session, settings.operator.failures)
    if failing:
        examples = tuple(
            Example(site.host, _because(f"{site.failures} times in a row", site.last_reason), f"/sites/{site.id}")
            for site in failing[:NAMED]
        )
        yield Concern(_counted(len(failing), "site fails", "sites fail"), examples, "/sites?which=failing")


def _broken_feeds(session: Session) -> Iterator[Concern]:
    broken = [feed for feed in feeds.listing(session) if feed_problem(feed)]
    if broken:
        examples = tuple(
            Example(feed.title or feed.url, f"{feed.state}: {feed.state_reason}", f"/feeds/{feed.id}")
            for feed in broken[:NAMED]
        )
        yield Concern(
            _counted(len(broken), "feed brings nothing", "feeds bring nothing"), examples, "/feeds",
            advice="The articles that came from there go on being watched.",
        )  # fmt: skip


def _disabled_channels(session: Session) -> Iterator[Concern]:
    disabled = [channel for channel in rules.channels(session) if not channel.enabled]
    if disabled:
        examples = tuple(Example(channel.name, channel.disabled_reason or "by hand") for channel in disabled[:NAMED])
        sentence = _counted(len(disabled), "channel is disabled", "channels are disabled")
        yield Concern(sentence, examples, "/channels", advice="Nothing is sent there.")


def _failing_channels(session: Session, now: datetime) -> Iterator[Concern]:
    failing = channel_health.failing(session, now - UNHEARD)
    if failing:
        examples = tuple(
            Example(
                channel.name,
                f"for {wording.lasted(now - channel.failing_since_at)}: {channel.failing_reason}",
            )
            for channel in failing[:NAMED]
            if channel.failing_since_at
        )
        sentence = _counted(len(failing), "channel cannot be reached", "channels cannot be reached")
        yield Concern(sentence, examples, "/deliveries?state=waiting", advice="What is for it waits, in its order.")


def _failed_deliveries(session: Session) -> Iterator[Concern]:
    total = deliveries.count_failed(session)
    if total:
        rows = deliveries.listed(session, "failed", limit=NAMED)
        holds = picks.gathered(session, [alert.id for _, _, alert in rows])
        examples = tuple(
            Example(
                f"{picks.about(alert, held := holds.get(alert.id))} to {channel.name}",
                delivery.last_error or "",
                f"/articles/{held.article_id}" if held and held.article_id else None,
            )
            for delivery, channel, alert in rows
        )
        sentence = _counted(total, "alert was not delivered", "alerts were not delivered")
        yield Concern(sentence, examples, "/deliveries?state=failed", advice="They can be sent again.")


def _sites(session: Session, now: datetime) -> Iterator[Concern]:
    """One line for what would else be told of each article of a site."""
    recent = [
        notice
        for notice in page_records.notices(session, only_open=True)
        if notice.kind == "template" or now - notice.last_at < RECENT
    ]
    for notice in recent[:NAMED]:
        site = sites.by_id(session, notice.site_id)
        host = site.host if site else "a site"
        yield Concern(f"{host}: {notice.sentence}.", link=f"/sites/{notice.site_id}")


def _troubled_articles(session: Session, now: datetime) -> Iterator[Concern]:
    totals = articles.count_by_state(session)
    for state, (one, many) in _TROUBLED.items():
        if total := totals.get(state, 0):
            rows: Sequence[Article] = articles.listing(session, state=state, limit=NAMED)
            examples = tuple(
                _example(
                    article, _because(f"since {wording.moment(article.state_since_at, now)}", article.state_reason)
                )
                for article in rows
            )
            yield Concern(_counted(total, f"article {one}", f"articles {many}"), examples, f"/articles?state={state}")


def _example(article: Article, detail: str) -> Example:
    name = f"{place(article)}: {article.headline}" if article.headline else article.url
    return Example(name, detail, f"/articles/{article.id}")


def _because(words: str, reason: str | None) -> str:
    return f"{words}: {reason}" if reason else words


def _counted(total: int, one: str, many: str) -> str:
    return f"{total:,} {one if total == 1 else many}"
