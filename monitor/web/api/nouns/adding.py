"""What an address would bring before it is tracked, and lists of addresses, understood line by line."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from monitor.intake import Intake, Line, Options
from monitor.previewing import Preview as Seen
from monitor.web.api.nouns.facts import READ, Statement, statement
from monitor.web.api.nouns.noun import Given, Name, Noun, Seconds, Tags, Text

LONGEST = 900_000
_ANSWER: dict[str, Any] = {
    "url": "https://news.example/peacekeepers",
    "done": True,
    "state": "article",
    "reason": "200 OK",
    "final_url": "https://news.example/peacekeepers",
    "headline": "Militia attack kills peacekeepers",
    "byline": "By A. Reporter",
    "publisher": "AP",
    "published": "2026-11-21T10:30:00Z",
    "published_source": "json-ld",
    "modified": "",
    "language": "en",
    "paragraphs": ["303 peacekeepers were killed, the mission said."],
    "length": 3120,
    "facts": [READ],
    "facts_found": 1,
    "feed_kind": "",
    "feed_title": "",
    "entries": [],
    "entries_found": 0,
}


class PreviewOf(Given):
    """An address to look at before it is tracked."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"url": "https://news.example/peacekeepers"}]})

    url: Annotated[Text, Field(min_length=1, max_length=8192)]


class Preview(Noun):
    """What an address brings, as far as it is known by now. Nothing of it is kept."""

    model_config = ConfigDict(json_schema_extra={"examples": [_ANSWER]})

    url: str
    done: bool
    """False while it is still being looked at: ask again."""
    state: str
    """`looking`; `article`, `feed`; `wall`, `error`, `gone`, `empty`, `not_text`: a page that is no article;
    `refused`, `failed`, ...: there was no page."""
    reason: str
    final_url: str
    headline: str
    byline: str
    publisher: str
    published: str
    published_source: str
    modified: str
    language: str
    paragraphs: list[str]
    """The first of them."""
    length: int
    """Characters of the whole text."""
    facts: list[Statement]
    """The first of them."""
    facts_found: int
    feed_kind: str
    feed_title: str
    entries: list[str]
    """Titles of the first entries of a feed."""
    entries_found: int


class NewImport(Given):
    """A list of addresses: a text with addresses in it, a CSV, or an OPML."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"content": "https://news.example/a\nhttps://news.example/b", "story": "Peacekeepers attacked"},
                {"content": "url,publisher,tags\nhttps://news.example/a,AP,desk-africa\n", "add": True},
            ]
        }
    )

    content: Annotated[Text, Field(min_length=1, max_length=LONGEST)]
    name: Annotated[Text, Field(max_length=200)] = ""
    """Of the file, where it was one: `.csv` and `.tsv` say that it is a table."""
    add: bool = False
    """Track all that can be used. Else it is only understood, and nothing happens."""
    publisher: Name | None = None
    """For all that name none; as the following."""
    story: Name | None = None
    tags: Tags = Field(default_factory=list)
    """For all, beside those that they have."""
    interval_seconds: Seconds | None = None


class ImportLine(Noun):
    """One address that was given, or why a line cannot be used."""

    number: int
    """Of the line in what was given, from 1."""
    given: str
    url: str | None
    """The address in its normal form; null where there is a fault."""
    fault: str | None
    feed: bool
    """Whether it was given as a feed."""
    title: str
    publisher: str | None
    story: str | None
    tags: list[str]
    interval_seconds: int | None
    article_id: int | None
    """The Article that it is, where it is tracked."""
    feed_id: int | None
    new: bool
    """Whether it is tracked from now on, and was not before."""


class Import(Noun):
    """A list of addresses, understood."""

    form: Literal["paste", "csv", "opml"]
    fault: str | None
    """Why nothing of it can be used."""
    left_out: int
    """How many addresses came after the last that was taken."""
    ignored: list[str]
    """Columns of a table that say nothing that is used here."""
    added: int
    """How many Articles and Feeds are new."""
    lines: list[ImportLine]


def preview(seen: Seen) -> Preview:
    """What an address brings."""
    same = [name for name in Preview.model_fields if name not in ("facts", "done")]
    facts = [statement(fact.to_json()) for fact in seen.facts]
    fields: dict[str, Any] = {name: getattr(seen, name) for name in same}
    return Preview.model_validate({**fields, "done": seen.done, "facts": facts})


def import_line(
    line: Line, options: Options, *, article_id: int | None = None, feed_id: int | None = None, new: bool = False
) -> ImportLine:
    """One line, and what became of it."""
    return ImportLine(
        number=line.number,
        given=line.given,
        url=line.url or None,
        fault=line.fault or None,
        feed=line.feed,
        title=line.title,
        publisher=options.publisher,
        story=options.story,
        tags=list(options.tags),
        interval_seconds=options.interval_seconds,
        article_id=article_id,
        feed_id=feed_id,
        new=new,
    )


def imported(intake: Intake, lines: list[ImportLine]) -> Import:
    """A list of addresses, and what became of it."""
    return Import(
        form=intake.form,
        fault=intake.fault or None,
        left_out=intake.left_out,
        ignored=list(intake.ignored),
        added=sum(line.new for line in lines),
        lines=lines,
    )
