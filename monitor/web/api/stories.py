"""Stories: named groups of Articles, and who is in which."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Path, Request, Response
from sqlmodel import Session

from monitor.web.api.conditional import require_match
from monitor.web.api.finding import ArticleId, find_article
from monitor.web.api.nouns.noun import LARGEST_ID
from monitor.web.api.nouns.stories import NewStory, Story, StoryPatch, story
from monitor.web.api.paging import Key, Page, Paging
from monitor.web.api.problems import CONFLICT, INVALID_CONTENT, Fault, Refusal, not_found
from monitor.web.api.route import IfMatch, created
from monitor.web.rendering import Here
from storage import articles, stories
from storage.stories import Listed

StoryId = Annotated[int, Path(ge=1, le=LARGEST_ID, description="The id of a Story.")]


def list_stories(here: Here, paging: Paging) -> Page[Story]:
    """The Stories, the newest first."""
    after = paging.after(tuple[Key])
    with here.database.read() as session:
        rows = stories.page(session, limit=paging.rows, before=after[0] if after else None)
    return paging.page(rows, story, lambda row: (row.story.id,))


def add_story(here: Here, response: Response, wanted: NewStory) -> Story:
    """Make a Story, and put Articles into it."""
    now = datetime.now(UTC)
    with here.database.write() as session:
        _check_name(session, wanted.name)
        there = {row.id for row in articles.by_ids(session, wanted.articles)}
        if missing := [one for one in wanted.articles if one not in there]:
            place = f"/articles/{wanted.articles.index(missing[0])}"
            detail = f"there is no article {missing[0]}"
            raise Refusal(INVALID_CONTENT, f"{detail}.", errors=[Fault(where="body", name=place, detail=detail)])
        row, _ = stories.get_or_make(session, wanted.name, now, wanted.note)
        stories.put(session, row, wanted.articles, now)
        made = story(_known(session, row.id or 0))
    created(response, made.links["self"], new=True)
    return made


def get_story(here: Here, story_id: StoryId) -> Story:
    """One Story."""
    with here.database.read() as session:
        return story(_known(session, story_id))


def change_story(here: Here, request: Request, story_id: StoryId, patch: StoryPatch, if_match: IfMatch = None) -> Story:
    """Call a Story something else, or say what it is about."""
    with here.database.write() as session:
        found = _known(session, story_id)
        require_match(request, story(found))
        row = found.story
        if patch.name is not None and patch.name.casefold() != row.name.casefold():
            _check_name(session, patch.name)
        note = (patch.note or "") if "note" in patch.model_fields_set else row.note
        stories.rename(session, row, patch.name or row.name, note)
        return story(_known(session, story_id))


def remove_story(here: Here, request: Request, story_id: StoryId, if_match: IfMatch = None) -> None:
    """Forget a Story. Its Articles stay, and go on being watched."""
    with here.database.write() as session:
        found = _known(session, story_id)
        require_match(request, story(found))
        stories.delete_story(session, found.story)


def put_in_story(here: Here, story_id: StoryId, article_id: ArticleId) -> None:
    """Put an Article into a Story."""
    with here.database.write() as session:
        found = _known(session, story_id)
        find_article(session, article_id)
        stories.put(session, found.story, [article_id], datetime.now(UTC))


def take_out_of_story(here: Here, story_id: StoryId, article_id: ArticleId) -> None:
    """Take an Article out of a Story; it goes on being watched."""
    with here.database.write() as session:
        found = _known(session, story_id)
        if not stories.take_out(session, found.story, [article_id]):
            raise not_found(f"article {article_id} in story {story_id}")


def _known(session: Session, story_id: int) -> Listed:
    found = stories.sized(session, story_id)
    if found is None:
        raise not_found(f"story {story_id}")
    return found


def _check_name(session: Session, name: str) -> None:
    if known := stories.by_name(session, name):
        raise Refusal(CONFLICT, f"There is a story {known.name!r} already: it has the id {known.id}.")
