"""`/stories/{id}/proposals` and `/stories/proposals`: looked for when somebody asks, since it takes a moment."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Form
from fastapi.responses import HTMLResponse, Response

from monitor import proposals, tracking
from monitor.errors import InputError
from monitor.given import read_name
from monitor.web.access import done
from monitor.web.pages.article import Id
from monitor.web.pages.matrix import story_of
from monitor.web.rendering import Here, page
from storage import stories

Chosen = Annotated[list[int] | None, Form(alias="id")]


def propose_articles(here: Here, story_id: Id) -> HTMLResponse:
    """Articles that may belong to a Story, each with why."""
    with here.database.read() as session:
        story = story_of(session, story_id)
        found = proposals.for_story(session, story_id)
    return page("proposals.html", story=story, found=found)


def propose_stories(here: Here) -> HTMLResponse:
    """Articles in no Story that may tell one together, each group with why."""
    with here.database.read() as session:
        found = proposals.new_stories(session)
    return page("new_stories.html", found=found, looked=proposals.RECENT, fault="")


def accept_articles(here: Here, story_id: Id, ids: Chosen = None) -> Response:
    """Put those that were ticked into the Story."""
    with here.database.read() as session:
        name = story_of(session, story_id).name
    number = tracking.put_in_story(here.database, ids or (), name, datetime.now(UTC))
    return done(f"/stories/{story_id}", f"in-story.{number}")


def accept_story(here: Here, name: Annotated[str, Form(max_length=4000)] = "", ids: Chosen = None) -> Response:
    """Make a Story of those that were ticked."""
    try:
        wanted = read_name(name, "the name")
        if not ids:
            raise InputError("no article is ticked")
    except InputError as error:
        with here.database.read() as session:
            found = proposals.new_stories(session)
        return page("new_stories.html", status=400, found=found, looked=proposals.RECENT, fault=str(error))
    number = tracking.put_in_story(here.database, ids, wanted, datetime.now(UTC))
    with here.database.read() as session:
        story = stories.by_name(session, wanted)
    return done(f"/stories/{story.id}" if story else "/stories", f"in-story.{number}")
