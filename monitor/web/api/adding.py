"""Before an Article is tracked: what an address would bring; and whole lists of addresses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from fastapi import Response
from sqlmodel import Session

from monitor import tracking
from monitor.discovery.subscribing import Wishes, subscribe
from monitor.intake import Line, Options, read
from monitor.tracking import Wish
from monitor.web.api.nouns.adding import (
    Import,
    ImportLine,
    NewImport,
    Preview,
    PreviewOf,
    import_line,
    imported,
    preview,
)
from monitor.web.api.problems import INVALID_CONTENT, UNAVAILABLE, Fault, Refusal
from monitor.web.rendering import Here, House
from storage import addresses, articles, feeds


@dataclass(slots=True)
class _Given:
    """A line, and what is tracked under its address."""

    line: Line
    options: Options
    article_id: int | None = None
    feed_id: int | None = None
    new: bool = False

    @property
    def usable(self) -> bool:
        return bool(self.line.url) and self.article_id is None and self.feed_id is None

    def told(self) -> ImportLine:
        return import_line(self.line, self.options, article_id=self.article_id, feed_id=self.feed_id, new=self.new)


def preview_address(here: Here, response: Response, asked: PreviewOf) -> Preview:
    """Look at an address as a check would, and say what it brings: a text with its Facts, a feed, a wall.

    202 while it is being looked at: ask again after a second; what came is kept for ten minutes.
    """
    if here.preview is None:
        raise Refusal(UNAVAILABLE, "Nothing is fetched by this process: the service does that.")
    given = asked.url.strip()
    if "://" not in given or given.lower().startswith("file:"):
        detail = "it is no web address: write it with https://"
        raise Refusal(INVALID_CONTENT, f"{detail}.", errors=[Fault(where="body", name="/url", detail=detail)])
    seen = here.preview(tracking.understand(given, here.settings).url)
    response.status_code = 200 if seen.done else 202
    return preview(seen)


def import_addresses(here: Here, wanted: NewImport) -> Import:
    """Understand a list of addresses: a text, a CSV, or an OPML; with `add`, track all that can be used."""
    general = Options(wanted.publisher, wanted.story, tuple(wanted.tags), wanted.interval_seconds)
    intake = read(wanted.content.encode(), name=wanted.name)
    with here.database.read() as session:
        lines = [_known(session, line, line.options.over(general)) for line in intake.lines]
    if wanted.add:
        _add(here, lines)
    return imported(intake, [line.told() for line in lines])


def _known(session: Session, line: Line, options: Options) -> _Given:
    given = _Given(line, options)
    if line.url:
        article = addresses.find(session, line.known_by) or articles.by_url(session, line.url)
        given.article_id = article.id if article else None
        feed = None if article else feeds.by_url(session, line.url)
        given.feed_id = feed.id if feed else None
    return given


def _add(here: House, lines: list[_Given]) -> None:
    now = datetime.now(UTC)
    pages = [each for each in lines if each.usable and not each.line.feed]
    wishes = [
        Wish(each.line.url, each.options.publisher, interval_seconds=each.options.interval_seconds,
             story=each.options.story, tags=each.options.tags)
        for each in pages
    ]  # fmt: skip
    if wishes:
        for each, tracked in zip(pages, tracking.track(here.database, here.settings, wishes, now=now), strict=True):
            each.article_id, each.new = tracked.article_id, tracked.new
    with here.database.write() as session:
        for each in lines:
            if each.usable and each.line.feed:
                options = each.options
                row, each.new = subscribe(
                    session, each.line.url,
                    Wishes(publisher=options.publisher, story=options.story, interval_seconds=options.interval_seconds),
                    now,
                )  # fmt: skip
                each.feed_id = row.id
