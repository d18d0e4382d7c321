"""What is asked of Articles: to be tracked, to be otherwise, or all of many at once."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from monitor.web.api.nouns.articles import Article
from monitor.web.api.nouns.noun import Given, Id, Name, Noun, Published, Seconds, Tags, Text

MOST_AT_ONCE = 1000
"""Articles that one request may add or change by their ids."""

State = Literal["new", "ok", "gone", "walled", "refused", "failed", "suspect", "redirected", "paused", "overdue"]
_ADDRESS: dict[str, Any] = {
    "url": "https://news.example/peacekeepers",
    "publisher": "AP",
    "tags": ["desk-africa"],
    "story": "Peacekeepers attacked",
}


class Pace(Given):
    """When an Article is looked at."""

    interval_seconds: Seconds | None = None
    """Always so long between two checks; null: as configured."""
    fastest_seconds: Seconds | None = None
    """Never look more often; null: as configured."""
    slowest_seconds: Seconds | None = None
    """Never look more seldom; null: as configured."""

    @model_validator(mode="after")
    def _agree(self) -> Self:
        check_pace(self.interval_seconds, self.fastest_seconds, self.slowest_seconds)
        return self


def check_pace(interval: int | None, fastest: int | None, slowest: int | None) -> None:
    """Raises ValueError where the times contradict each other."""
    if interval and (fastest or slowest):
        raise ValueError(
            "interval_seconds is always the same time: give it without fastest_seconds and slowest_seconds"
        )
    if fastest and slowest and fastest > slowest:
        raise ValueError("fastest_seconds is longer than slowest_seconds")


class NewArticle(Pace):
    """An Article to track."""

    model_config = ConfigDict(json_schema_extra={"examples": [_ADDRESS]})

    url: Annotated[Text, Field(min_length=1, max_length=8192)]
    """Its web address. Files are tracked by the command line only."""
    publisher: Name | None = None
    """Who publishes it, where that is not its host."""
    published: Published | None = None
    """When it was published, if its page says it wrongly."""
    story: Name | None = None
    """The Story that it is put into, made when there is none of that name."""
    tags: Tags = Field(default_factory=list)


class NewArticles(Given):
    """Articles to track: all of them, or none when one cannot be."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"articles": [_ADDRESS]}]})

    articles: Annotated[list[NewArticle], Field(min_length=1, max_length=MOST_AT_ONCE)]


class TrackedArticle(Noun):
    """An Article that is tracked from now on, or was already."""

    given: str
    """The address as it was given."""
    new: bool
    article: Article


class TrackedArticles(Noun):
    """What became of each address, in the order in which they were given."""

    items: list[TrackedArticle]


class ArticlePatch(Given):
    """What is to be different about an Article (RFC 7396): what is left out stays, null is as configured or unknown."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"paused": True}, {"interval_seconds": 600}]})

    paused: bool | None = None
    """A paused Article is looked at no more; resumed it is due at once."""
    interval_seconds: Seconds | None = None
    fastest_seconds: Seconds | None = None
    slowest_seconds: Seconds | None = None
    publisher: Name | None = None
    published: Published | None = None
    """When it was published, if its page says it wrongly; null: as its page says."""
    tags: Tags | None = None
    """All of its tags: those that are not named are taken off."""


class Which(Given):
    """Articles as a search finds them; what is left out is no condition."""

    q: Annotated[Text, Field(max_length=200)] = ""
    state: State | None = None
    site: Id | None = None
    story: Id | None = None
    tag: Annotated[Text, Field(max_length=40)] = ""
    language: Annotated[Text, Field(max_length=35)] = ""

    @model_validator(mode="after")
    def _narrows(self) -> Self:
        if self == Which.model_construct():
            raise ValueError("it names nothing: all Articles are never meant by accident")
        return self


class Bulk(Given):
    """One thing to do with many Articles: by their ids, or as a search finds them."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"do": "tag", "ids": [7, 9], "tags": ["desk-africa"]},
                {"do": "pause", "where": {"state": "failed"}},
                {"do": "interval", "ids": [7], "interval_seconds": 600},
            ]
        }
    )

    do: Literal["check", "pause", "resume", "remove", "interval", "tag", "untag", "put_in_story", "take_out_of_story"]
    ids: Annotated[list[Id], Field(min_length=1, max_length=MOST_AT_ONCE)] | None = None
    where: Which | None = None
    interval_seconds: Seconds | None = None
    """Of `interval`; null: as configured."""
    tags: Tags = Field(default_factory=list)
    """Of `tag` and `untag`."""
    story: Name | Id | None = None
    """Of `put_in_story` a name, made when there is none; of `take_out_of_story` an id."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.ids is None) == (self.where is None):
            raise ValueError("say which Articles: either `ids` or `where`")
        if (self.do in ("tag", "untag")) != bool(self.tags):
            raise ValueError("`tags` belong to `tag` and `untag`, and those need them")
        wanted = {"put_in_story": str, "take_out_of_story": int}.get(self.do, type(None))
        if not isinstance(self.story, wanted):
            raise ValueError("`put_in_story` needs the name of a story, `take_out_of_story` its id, others none")
        if self.do != "interval" and self.interval_seconds is not None:
            raise ValueError("`interval_seconds` belongs to `interval`")
        return self


class Done(Noun):
    """How far something was done."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"articles": 2, "changed": 1}]})

    articles: int
    """How many Articles were meant."""
    changed: int
    """How many of them are different now."""
