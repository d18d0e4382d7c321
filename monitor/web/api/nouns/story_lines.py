"""What the sources of a Story say, line by line: a line is one fact across them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from monitor.changes.wording import value_words
from monitor.matrix import Matrix as Laid
from monitor.matrix import MatrixLine, Value, come_to, title
from monitor.proposals import NewStory, Proposal
from monitor.retelling import Retold
from monitor.stories.agreed import Agreed
from monitor.stories.agreement import Verdict
from monitor.web.api.nouns.facts import READ, Statement
from monitor.web.api.nouns.noun import ROOT, Given, Id, Links, Moment, Noun, Text
from storage.tables import StoryDecision, StoryLine

_LINE: dict[str, Any] = {
    "id": 19,
    "story_id": 2,
    "kind": "casualties",
    "key": "casualties:killed:peacekeeper",
    "subject": "peacekeepers killed",
    "name": None,
    "verdict": "disagree",
    "verdict_since": "2026-11-22T00:44:17Z",
    "sources": 4,
    "agreed": {"standing": "most", "value": "303", "siding": 3, "lowest": "about 170", "highest": "303"},
    "values": [
        {"value": "303", "as_of": None, "sources": 3, "fact": READ},
    ],
    "links": {"self": f"{ROOT}/stories/2/lines/19", "story": f"{ROOT}/stories/2", "page": "/stories/2/lines/19"},
}
_SAID: dict[str, Any] = {
    "article_id": 7, "fact_line_id": 12, "value": "303", "as_of": None, "version": 2,
    "since": "2026-11-22T00:44:17Z", "stands": True, "contradicts_most": False, "fact": READ,
}  # fmt: skip


class Agreement(Noun):
    """What the sources of a line come to."""

    standing: Literal["all", "most", "apart"]
    """Whether all, most, or not even most of them can be right together."""
    value: str
    """The most exact value of those that can be right together, in words."""
    siding: int
    """How many sources can be right with it."""
    lowest: str
    """The ends of what all sources say, in words: where they are apart, the span."""
    highest: str


class LineValue(Noun):
    """A value that sources give now, and how many do."""

    value: str
    as_of: str | None
    """The time that it holds for, where the text says so beside it."""
    sources: int
    fact: Statement
    """As one of them puts it."""


class Line(Noun):
    """One fact as the sources of a Story tell it."""

    model_config = ConfigDict(json_schema_extra={"examples": [_LINE]})

    id: int
    story_id: int
    kind: str
    key: str
    """`kind:predicate:noun`."""
    subject: str
    """What it is called: by a person, by its subject, or by the words of a sentence in which it is told."""
    name: str | None
    """What a person called it."""
    verdict: Verdict
    """`agree`: the same value; `compatible`: all may be true ("at least 170" and 303); `disagree`: they cannot be."""
    verdict_since: Moment
    sources: int
    """How many Articles say it now."""
    agreed: Agreement | None
    """Null where nobody says it any more."""
    values: list[LineValue]
    """What is said now, the value of the most sources first."""
    links: Links


class SaidBy(Noun):
    """A value of an Article in a line."""

    model_config = ConfigDict(json_schema_extra={"examples": [_SAID]})

    article_id: int
    fact_line_id: int
    value: str
    as_of: str | None
    version: int
    """The number of the Version that brought it."""
    since: Moment
    stands: bool
    """Whether the Article says so now."""
    contradicts_most: bool
    fact: Statement


class LineEvent(Noun):
    """Something that a source did to a line."""

    kind: Literal["found", "first", "followed", "copied", "corrected", "stopped"]
    """`found`: it said so when it was first looked at; nobody is first by that alone."""
    article_id: int
    value: str
    before: str | None
    like: list[int]
    """Articles that said the same already."""
    at: Moment
    words: str


class LineReason(Noun):
    """Why two facts are taken for one; the score is the sum of the weights."""

    article_id: int
    phrase: str
    other_article_id: int
    other_phrase: str
    score: float
    because: dict[str, float]


class WholeLine(Line):
    """A line with what each source says and said, in which order, and why it is one line."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{**_LINE, "cells": [_SAID], "events": [], "not_followed": [], "reasons": [], "by_hand": []}]
        }
    )

    cells: list[SaidBy]
    """Values by Article and time."""
    events: list[LineEvent]
    not_followed: list[int]
    """Articles that still say what the last one that moved has given up."""
    reasons: list[LineReason]
    by_hand: list[int]
    """Articles of which a person said that they belong here."""


class Source(Noun):
    """An Article of the Story."""

    article_id: int
    called: str
    repeats: int | None
    """The Article whose text it prints, when it is one voice with another."""


class MatrixRow(Line):
    """A line with what each source says now."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**_LINE, "cells": [_SAID]}]})

    cells: list[SaidBy]


class Matrix(Noun):
    """The facts of a Story, line by line and source by source: a part of its lines, all of its sources."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "story_id": 2,
                    "sources": [{"article_id": 7, "called": "AP", "repeats": None}],
                    "lines": [{**_LINE, "cells": [_SAID]}],
                    "more": 0,
                    "waiting": 0,
                }
            ]
        }
    )

    story_id: int
    sources: list[Source]
    lines: list[MatrixRow]
    more: int
    """Lines that come after these."""
    waiting: int
    """Articles whose newest Version is not laid beside the others yet."""


class Decision(Noun):
    """A person said whether two facts are one. It stays, whatever is published later."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"id": 3, "fact_line_ids": [12, 40], "same": False, "by": "ada", "decided_at": "2026-11-22T00:44:17Z"}
            ]
        }
    )

    id: int
    fact_line_ids: list[int]
    same: bool
    by: str
    decided_at: Moment


class Likeness(Noun):
    """How alike Articles are, and why."""

    score: float
    names: list[str]
    """Names in both, the rarest first."""
    figures: list[str]
    """Keys of facts of which both give the same figure."""
    days_apart: int | None


class ProposedArticle(Noun):
    """An Article that may belong to a Story."""

    article_id: int
    headline: str | None
    likeness: Likeness
    links: Links


class ProposedArticles(Noun):
    """Articles that may belong to a Story, the likeliest first. Nothing is changed by looking."""

    items: list[ProposedArticle]


class ProposedStory(Noun):
    """Articles in no Story that may tell one."""

    name: str
    """What it might be called."""
    articles: list[int]
    likeness: Likeness


class ProposedStories(Noun):
    """Stories that might be made of the newest Articles that are in none. Nothing is changed by looking."""

    items: list[ProposedStory]


class LinePatch(Given):
    """What is to be different about a line (RFC 7396)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Dead peacekeepers"}, {"name": None}]})

    name: Annotated[Text, Field(max_length=200)] | None
    """What to call it; null: as Corrigenda does."""


class SplitOff(Given):
    """Whose fact is another one."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"article": 7}]})

    article: Id


class MergeWith(Given):
    """Which line tells the same fact."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"line": 23}]})

    line: Id


def line(row: StoryLine) -> Line:
    """A line without its sources."""
    return Line.model_validate(_line(row))


def _line(row: StoryLine) -> dict[str, Any]:
    values, on_the_whole = come_to(row)
    here = f"{ROOT}/stories/{row.story_id}/lines/{row.id}"
    return {
        "id": row.id,
        "story_id": row.story_id,
        "kind": row.kind,
        "key": row.key,
        "subject": title(row),
        "name": row.name,
        "verdict": row.verdict,
        "verdict_since": row.verdict_since_at,
        "sources": row.sources,
        "agreed": _agreed(on_the_whole) if on_the_whole else None,
        "values": [
            {"value": value_words(value.fact), "as_of": value.scope, "sources": value.sources,
             "fact": value.fact.to_json()}
            for value in values
        ],
        "links": {"self": here, "story": f"{ROOT}/stories/{row.story_id}",
                  "page": f"/stories/{row.story_id}/lines/{row.id}"},
    }  # fmt: skip


def _agreed(found: Agreed) -> dict[str, Any]:
    return {
        "standing": found.standing,
        "value": value_words(found.fact),
        "siding": found.siding,
        "lowest": value_words(found.lowest),
        "highest": value_words(found.highest),
    }


def _said(article_id: int, value: Value, of: MatrixLine) -> dict[str, Any]:
    return {
        "article_id": article_id,
        "fact_line_id": value.cell.fact_line_id,
        "value": value_words(value.fact),
        "as_of": value.cell.scope,
        "version": value.number,
        "since": value.since_at,
        "stands": value.stands,
        "contradicts_most": value.stands and article_id in of.outliers,
        "fact": value.fact.to_json(),
    }


def whole_line(told: Retold) -> WholeLine:
    """A line with its history."""
    return WholeLine.model_validate(
        {
            **_line(told.line.line),
            "cells": [
                _said(source, each, told.line) for source, own in sorted(told.line.values.items()) for each in own
            ],
            "events": [
                {"kind": each.event.kind, "article_id": each.event.source, "value": value_words(each.event.fact),
                 "before": value_words(each.event.before) if each.event.before else None,
                 "like": list(each.event.like), "at": each.at, "words": each.words}
                for each in told.events
            ],
            "not_followed": list(told.late_sources),
            "reasons": [
                {"article_id": each.source, "phrase": each.phrase, "other_article_id": each.other_source,
                 "other_phrase": each.other_phrase, "score": each.score, "because": dict(each.because)}
                for each in told.reasons
            ],
            "by_hand": sorted(told.by_hand),
        }
    )  # fmt: skip


def matrix(story_id: int, laid: Laid, waiting: int) -> Matrix:
    """A part of the lines of a Story with all of its sources."""
    return Matrix.model_validate(
        {
            "story_id": story_id,
            "sources": [
                {"article_id": each.article.id, "called": each.called, "repeats": each.repeats} for each in laid.sources
            ],
            "lines": [
                {**_line(row.line), "cells": [
                    _said(source, value, row)
                    for source in sorted(row.chief) for value in (row.chief[source], *row.also.get(source, ()))
                ]}
                for row in laid.lines
            ],
            "more": laid.more,
            "waiting": waiting,
        }
    )  # fmt: skip


def decision(row: StoryDecision) -> Decision:
    """What a person decided."""
    return Decision.model_validate(
        {"id": row.id, "fact_line_ids": [row.one_id, row.other_id], "same": row.same, "by": row.decided_by,
         "decided_at": row.decided_at}
    )  # fmt: skip


def proposed_article(found: Proposal) -> ProposedArticle:
    """An Article that may belong to a Story."""
    here = f"{ROOT}/articles/{found.article.id}"
    return ProposedArticle.model_validate(
        {"article_id": found.article.id, "headline": found.article.headline, "likeness": _likeness(found),
         "links": {"self": here, "page": f"/articles/{found.article.id}"}}
    )  # fmt: skip


def proposed_story(found: NewStory) -> ProposedStory:
    """A Story that might be made."""
    return ProposedStory.model_validate(
        {"name": found.name, "articles": [each.id for each in found.articles], "likeness": _likeness(found)}
    )


def _likeness(found: Proposal | NewStory) -> dict[str, Any]:
    like = found.likeness
    return {"score": like.score, "names": list(like.names), "figures": list(like.figures),
            "days_apart": like.days_apart}  # fmt: skip
