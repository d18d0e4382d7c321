"""`/add`: paste or upload addresses, see what each would bring, choose, and have them watched."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import File, Form, HTTPException, Path, Query, UploadFile
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlmodel import Session

from monitor import tracking
from monitor.discovery.subscribing import Wishes, subscribe
from monitor.errors import InputError
from monitor.given import read_interval, read_name, read_tags
from monitor.intake import MOST, Line, Options, read
from monitor.previewing import Preview
from monitor.tracking import Wish
from monitor.web.access import done
from monitor.web.drafts import Draft
from monitor.web.rendering import Here, House, page
from monitor.web.sentences import excerpt
from monitor.web.wording import value_read
from storage import addresses, articles, feeds, stories, tags
from storage.tables import Article, Feed

LOOKED_AT = 20
"""Addresses that are looked at without being asked for one by one: the first ones."""

_CALLED_FEED = re.compile(
    r"(?i)/(?:feed|rss|atom)/?$|\.(?:rss|atom)$|/[^/?]*(?:feed|rss|atom|sitemap)[^/?]*\.(?:xml|json)$"
)

Text = Annotated[str, Form(max_length=400)]
Token = Annotated[str, Path(min_length=8, max_length=40)]


@dataclass(frozen=True, slots=True)
class Given:
    """What the form asks for all addresses, as it was written."""

    publisher: str = ""
    story: str = ""
    tags: str = ""
    interval: str = ""

    def options(self) -> Options:
        """Read strictly. Raises InputError."""
        return Options(
            publisher=read_name(self.publisher, "the publisher") if self.publisher.strip() else None,
            story=read_name(self.story, "the story") if self.story.strip() else None,
            tags=tuple(read_tags([self.tags])),
            interval_seconds=read_interval(self.interval) if self.interval.strip() else None,
        )


@dataclass(frozen=True, slots=True)
class Shown:
    """A line of a draft, with what is known of its address."""

    place: int
    """In the draft, from 0."""
    line: Line
    options: Options
    article: Article | None = None
    """The Article that is watched already under this address, however it is spelt."""
    feed: Feed | None = None
    preview: Preview | None = None

    @property
    def known(self) -> bool:
        """Whether it is watched already."""
        return self.article is not None or self.feed is not None

    @property
    def usable(self) -> bool:
        """Whether it can be saved."""
        return bool(self.line.url) and not self.known

    @property
    def as_feed(self) -> bool:
        """Whether it would become a Feed: it was seen to be one, or given as one, or is called like one."""
        if self.preview is not None and self.preview.good:
            return self.preview.state == "feed"
        return self.line.feed or bool(_CALLED_FEED.search(self.line.url))

    @property
    def chosen(self) -> bool:
        """Whether it is ticked at first: unless it was seen to be neither article nor feed."""
        looked = self.preview is not None and self.preview.done
        return self.usable and not (looked and self.preview is not None and not self.preview.good)


def ask_what(
    here: Here,
    url: Annotated[str, Query(max_length=8192)] = "",
    story: Annotated[str, Query(max_length=200)] = "",
) -> HTMLResponse:
    """The form; `url` is put into it, as the bookmarklet does. Nothing is fetched before somebody asks for it."""
    return _ask(here, pasted=url, given=Given(story=story))


async def understand(
    here: Here,
    pasted: Annotated[str, Form(max_length=4 * 2**20)] = "",
    upload: Annotated[UploadFile | None, File()] = None,
    publisher: Text = "",
    story: Text = "",
    tagged: Text = "",
    interval: Text = "",
) -> Response:
    """Understand what was pasted or uploaded, and lead to the page that shows it."""
    given = Given(*(each.replace("\x00", " ") for each in (publisher, story, tagged, interval)))
    data, name = pasted.encode("utf-8", "replace"), ""
    if upload is not None and upload.filename:
        data, name = await upload.read(), upload.filename
    return await run_in_threadpool(_understand, here, data, name, pasted, given)


def _understand(here: House, data: bytes, name: str, pasted: str, given: Given) -> Response:
    try:
        options = given.options()
    except InputError as error:
        return _ask(here, pasted=pasted, given=given, fault=str(error))
    intake = read(data, name=name)
    if intake.fault or not intake.lines:
        fault = intake.fault or "no web address is in it"
        return _ask(here, pasted=pasted, given=given, fault=f"{name[:80]}: {fault}" if name else fault)
    draft = here.drafts.keep(intake, options)
    return RedirectResponse(f"/add/{draft.token}", 303)


def show_draft(here: Here, token: Token, look: Annotated[int, Query(ge=0, le=MOST)] = LOOKED_AT) -> HTMLResponse:
    """All that was given, line by line, with previews of the first `look` that can be watched."""
    return _show(here, _draft(here, token), look)


def show_preview(
    here: Here, token: Token, number: Annotated[int, Path(ge=0, le=MOST)], row: bool = False
) -> HTMLResponse:
    """The preview of one address; row: that alone, for the page that waits for it."""
    draft = _draft(here, token)
    if number >= len(draft.intake.lines):
        raise HTTPException(404, "There is no such line.")
    with here.database.read() as session:
        shown = _line(session, draft, number)
    shown = _looked(here, shown)
    values = _of_preview(shown.preview)
    if row:
        return page("preview.html", shown=shown, draft=draft, late=True, **values)
    return page("previewed.html", shown=shown, draft=draft, late=False, **values)


def save(
    here: Here,
    token: Token,
    take: Annotated[list[int] | None, Form()] = None,
    any_words: Text = "",
    none_words: Text = "",
    first: Annotated[str, Form(pattern=r"^\s*\d{0,5}\s*$")] = "",
    daily: Annotated[str, Form(pattern=r"^\s*\d{0,5}\s*$")] = "",
) -> Response:
    """Have those watched that were ticked: articles and feeds, each with its options."""
    draft, now = _draft(here, token), datetime.now(UTC)
    places = sorted({place for place in take or () if 0 <= place < len(draft.intake.lines)})
    with here.database.read() as session:
        lines = [_line(session, draft, place) for place in places]
    chosen = [_looked(here, shown, begin=False) for shown in lines if shown.usable]
    if not chosen:
        return _show(here, draft, fault="Nothing was added: tick at least one address that is not watched yet.")
    rule = {
        "any_words": _phrases(any_words),
        "none_words": _phrases(none_words),
        "first": int(first) if first.strip() else None,
        "daily": int(daily) if daily.strip() else None,
    }
    try:
        wanted = [_wish(shown) for shown in chosen if not shown.as_feed]
        tracked = tracking.track(here.database, here.settings, wanted, now=now) if wanted else []
        with here.database.write() as session:
            subscribed = [subscribe(session, shown.line.url, _wishes(shown, rule), now)
                          for shown in chosen if shown.as_feed]  # fmt: skip
    except InputError as error:
        return _show(here, draft, fault=f"Nothing was added: {error}.")
    here.drafts.drop(token)
    if subscribed and not tracked:
        return done("/feeds", f"feeds-added.{sum(new for _, new in subscribed)}")
    return done("/articles?order=added", f"added.{sum(each.new for each in tracked)}")


def _ask(here: House, *, pasted: str, given: Given, fault: str = "") -> HTMLResponse:
    with here.database.read() as session:
        known = {"stories": [name for _, name in stories.names(session)], "tags": tags.counts(session, 100)}
    return page("add.html", status=400 if fault else 200, pasted=pasted, given=given, fault=fault, most=MOST,
                origin=here.settings.public_url.rstrip("/"), **known)  # fmt: skip


def _draft(here: House, token: str) -> Draft:
    draft = here.drafts.get(token)
    if draft is None:
        raise HTTPException(404, "This list is no longer there: it was saved, or is too old. Paste it again.")
    return draft


def _show(here: House, draft: Draft, look: int = LOOKED_AT, fault: str = "") -> HTMLResponse:
    with here.database.read() as session:
        lines = [_line(session, draft, place) for place in range(len(draft.intake.lines))]
    looked = [shown.place for shown in lines if shown.usable][:look]
    lines = [_looked(here, shown, begin=shown.place in looked) for shown in lines]
    return page(
        "draft.html",
        status=400 if fault else 200,
        draft=draft,
        late=False,
        lines=lines,
        fault=fault,
        waiting=any(shown.preview is not None and not shown.preview.done for shown in lines),
        usable=sum(shown.usable for shown in lines),
        more=look + LOOKED_AT if sum(shown.usable for shown in lines) > look else None,
        with_feeds=any(shown.usable and shown.as_feed for shown in lines),
        unseen=any(shown.usable and not (shown.preview and shown.preview.done) for shown in lines),
        previews={shown.place: _of_preview(shown.preview) for shown in lines if shown.preview},
    )


def _line(session: Session, draft: Draft, place: int) -> Shown:
    """A line, and whether its address is watched already."""
    line = draft.intake.lines[place]
    options = line.options.over(draft.options)
    if not line.url:
        return Shown(place, line, options)
    article = addresses.find(session, line.known_by) or articles.by_url(session, line.url)
    feed = None if article else feeds.by_url(session, line.url)
    return Shown(place, line, options, article, feed)


def _looked(here: House, shown: Shown, *, begin: bool = True) -> Shown:
    """With what its address would bring. begin: look at it now, if nobody did."""
    if here.preview is None or not shown.usable:
        return shown
    preview = here.preview(shown.line.url) if begin else here.preview.known(shown.line.url)
    return Shown(shown.place, shown.line, shown.options, preview=preview)


def _of_preview(preview: Preview | None) -> dict[str, Any]:
    """The facts of a preview for people: what was read, and the words around it."""
    found = preview.facts if preview else ()
    return {"facts": [(fact, value_read(fact), excerpt(fact)) for fact in found]}


def _wish(shown: Shown) -> Wish:
    options = shown.options
    return Wish(shown.line.url, options.publisher, interval_seconds=options.interval_seconds, story=options.story,
                tags=options.tags)  # fmt: skip


def _wishes(shown: Shown, rule: dict[str, Any]) -> Wishes:
    options = shown.options
    return Wishes(publisher=options.publisher, story=options.story, interval_seconds=options.interval_seconds, **rule)


def _phrases(written: str) -> Sequence[str]:
    return [phrase for each in written.replace("\x00", " ").split(",") if (phrase := " ".join(each.split()))]
