"""`/stories` and `/stories/{id}`: named groups of Articles about the same events, and their latest changes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Form, HTTPException, Query
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from monitor import tracking
from monitor.errors import InputError
from monitor.given import read_name
from monitor.tracking import find_article
from monitor.web.access import done
from monitor.web.pages import matrix
from monitor.web.pages.article import Id
from monitor.web.rendering import Here, House, page
from storage import feeds, selection, stories
from storage.selection import Selection
from storage.tables import Story

PAGE = 50
CHANGES = 30
"""Latest changes of a Story that are shown; the list of all is filtered for more."""

Text = Annotated[str, Form(max_length=4000)]


def list_stories(here: Here, number: Annotated[int, Query(alias="page", ge=1, le=100_000)] = 1) -> HTMLResponse:
    """All Stories, those that changed last first."""
    return _list(here, number)


def make_story(here: Here, name: Text = "", note: Text = "") -> Response:
    """Make a Story and show it; one that has that name already is shown."""
    try:
        wanted = read_name(name, "the name")
    except InputError as error:
        return _list(here, fault=str(error), given=name)
    with here.database.write() as session:
        story, new = stories.get_or_make(session, wanted, datetime.now(UTC), _note(note))
    return done(f"/stories/{story.id}", "story-made" if new else "story-there")


def show_story(
    here: Here,
    story_id: Id,
    number: Annotated[int, Query(alias="page", ge=1, le=100_000)] = 1,
    every: matrix.Every = False,
    lines: Annotated[int, Query(ge=1, le=100_000)] = 1,
    sources: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> HTMLResponse:
    """One Story: its facts across its sources, what changed in it, and its Articles."""
    return _show(here, story_id, number, every=every, lines=lines, sources=sources)


def change_story(here: Here, story_id: Id, name: Text = "", note: Text = "") -> Response:
    """Call it something else, and say what it is about."""
    try:
        wanted = read_name(name, "the name")
        with here.database.write() as session:
            other = stories.by_name(session, wanted)
            if other is not None and other.id != story_id:
                raise InputError(f"there is another story called {other.name!r}")
            stories.rename(session, _get(session, story_id), wanted, _note(note))
    except InputError as error:
        return _show(here, story_id, fault=str(error))
    return done(f"/stories/{story_id}", "story-renamed")


def add_to_story(here: Here, story_id: Id, named: Text = "") -> Response:
    """Put an Article into it, by id, address or words of its headline."""
    try:
        with here.database.read() as session:
            article = find_article(session, named.replace("\x00", "").strip())
            name = _get(session, story_id).name
    except InputError as error:
        return _show(here, story_id, fault=str(error), given=named)
    number = tracking.put_in_story(here.database, [article.id or 0], name, datetime.now(UTC))
    return done(f"/stories/{story_id}", f"in-story.{number}")


def take_out_of_story(here: Here, story_id: Id, ids: Annotated[list[int] | None, Form(alias="id")] = None) -> Response:
    """Take Articles out of it; they go on being watched."""
    number = tracking.take_out_of_story(here.database, ids or (), story_id)
    return done(f"/stories/{story_id}", f"out-of-story.{number}")


def remove_story(here: Here, story_id: Id, sure: Annotated[str, Form()] = "") -> Response:
    """Forget a Story, once its removal was confirmed; its Articles go on being watched."""
    with here.database.write() as session:
        story = _get(session, story_id)
        if sure != "yes":
            return _show(here, story_id, fault="tick the box to remove the story")
        stories.delete_story(session, story)
    return done("/stories", "story-removed")


def _list(house: House, number: int = 1, *, fault: str = "", given: str = "") -> HTMLResponse:
    with house.database.read() as session:
        listed = stories.listing(session, limit=PAGE, offset=(number - 1) * PAGE)
        total = stories.count(session)
    return page("stories.html", status=400 if fault else 200, stories=listed, total=total, number=number,
                pages=max(1, -(-total // PAGE)), fault=fault, given=given)  # fmt: skip


def _show(
    house: House,
    story_id: int,
    number: int = 1,
    *,
    every: bool = False,
    lines: int = 1,
    sources: int = 1,
    fault: str = "",
    given: str = "",
) -> HTMLResponse:
    with house.database.read() as session:
        story = _get(session, story_id)
        found = selection.found(
            session, Selection(story_id=story_id), order="changed", limit=PAGE, offset=(number - 1) * PAGE
        )
        shown = matrix.shown_in(session, story_id, every=every, lines=lines, sources=sources)
        changes = stories.changes(session, story_id, CHANGES)
        brought = [feed for feed in feeds.listing(session) if feed.story == story.name]
    return page("story.html", status=400 if fault else 200, story=story, articles=found.articles, total=found.total,
                more=found.more, shown=shown, changes=changes, feeds=brought, number=number,
                fault=fault, given=given, pages=max(1, -(-found.total // PAGE)))  # fmt: skip


def _get(session: Session, story_id: int) -> Story:
    story = stories.by_id(session, story_id)
    if story is None:
        raise HTTPException(404, f"There is no story {story_id}.")
    return story


def _note(written: str) -> str:
    return "\n".join(" ".join(line.replace("\x00", " ").split()) for line in written.strip().splitlines())
