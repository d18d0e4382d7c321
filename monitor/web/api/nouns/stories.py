"""Stories: named groups of Articles about the same events."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import ConfigDict, Field

from monitor.web.api.nouns.noun import ROOT, Given, Id, Links, Moment, Name, Noun, Text
from monitor.web.api.nouns.tracking import MOST_AT_ONCE
from storage.stories import Listed

_STORY: dict[str, Any] = {
    "id": 2,
    "name": "Peacekeepers attacked",
    "note": "The attack of 18 November, and the mission's figures.",
    "created_at": "2026-11-21T10:39:58Z",
    "articles": 5,
    "last_changed_at": "2026-11-22T00:44:17Z",
    "links": {
        "self": f"{ROOT}/stories/2",
        "articles": f"{ROOT}/articles?story=2",
        "changes": f"{ROOT}/changes?story=2",
        "page": "/stories/2",
    },
}
_NOTE = Annotated[Text, Field(max_length=2000)]


class Story(Noun):
    """A named group of Articles about the same events."""

    model_config = ConfigDict(json_schema_extra={"examples": [_STORY]})

    id: int
    name: str
    note: str
    """What it is about, for the people who follow it."""
    created_at: Moment
    articles: int
    """How many Articles are in it."""
    last_changed_at: Moment | None
    """When the last of them changed."""
    links: Links


class NewStory(Given):
    """A Story to make."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Peacekeepers attacked", "articles": [7, 9]}]})

    name: Name
    note: _NOTE = ""
    articles: Annotated[list[Id], Field(max_length=MOST_AT_ONCE)] = Field(default_factory=list)
    """The ids of Articles to put into it."""


class StoryPatch(Given):
    """What is to be different about a Story (RFC 7396)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"note": "The attack of 18 November."}]})

    name: Name | None = None
    note: _NOTE | None = None


def story(row: Listed) -> Story:
    """A Story with its size."""
    here = f"{ROOT}/stories/{row.story.id}"
    return Story.model_validate(
        {
            "id": row.story.id,
            "name": row.story.name,
            "note": row.story.note,
            "created_at": row.story.created_at,
            "articles": row.articles,
            "last_changed_at": row.changed_at,
            "links": {
                "self": here,
                "articles": f"{ROOT}/articles?story={row.story.id}",
                "changes": f"{ROOT}/changes?story={row.story.id}",
                "page": f"/stories/{row.story.id}",
            },
        }
    )


def story_json(row: Listed) -> dict[str, Any]:
    """A Story as plain JSON values."""
    return story(row).json_dict()
