"""A Story as a matrix: facts down, sources across; who said what first, who followed, and since when they disagree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session

from monitor.changes.lexicon import context_words
from monitor.changes.wording import value_words
from monitor.facts.model import Fact
from monitor.following import Told, called
from monitor.stories.agreement import between
from monitor.stories.compare import values_by_source
from monitor.stories.voices import voices
from storage import articles, stories, story_lines, versions
from storage.tables import Article, StoryCell, StoryLine
from storage.tables import Fact as FactRow


@dataclass(frozen=True, slots=True)
class Source:
    """An Article of the Story, as a column of the matrix."""

    article: Article
    called: str
    repeats: int | None
    """The id of the Article whose text it prints, when it is one voice with another."""


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a source: since when it says it, and until when it did."""

    fact: Fact
    cell: StoryCell
    number: int
    """Number of the Version that first had it."""
    since_at: datetime
    until_number: int | None
    """Number of the last Version that had it; null while it stands."""

    @property
    def stands(self) -> bool:
        """Whether the source still says it."""
        return self.until_number is None


@dataclass(frozen=True, slots=True)
class MatrixLine:
    """One fact across the sources."""

    line: StoryLine
    values: Mapping[int, Sequence[Value]]
    """By Article id: its values by time, those that it said before as well."""
    chief: Mapping[int, Value]
    """By Article id: what it says now, where it says something."""
    also: Mapping[int, Sequence[Value]]
    """By Article id: other values that it gives as well, of another time for instance."""
    first: Value | None
    """Who said what stands now first; null where nobody was seen to change."""
    outliers: frozenset[int]
    """Articles whose value contradicts what most of the others say."""

    @property
    def subject(self) -> str:
        """What it is called."""
        return self.line.name or self.line.subject or self.line.key.strip(":").replace(":", " ")


@dataclass(frozen=True, slots=True)
class Matrix:
    """The facts of a Story by line and source."""

    sources: Sequence[Source]
    lines: Sequence[MatrixLine]
    more: int
    """Lines that are not among these."""


def matrix(session: Session, story_id: int, *, least: int = 2, limit: int = 100, offset: int = 0) -> Matrix:
    """The lines that at least so many sources tell, those that most tell first."""
    members = [articles.by_id(session, article_id) for article_id in stories.article_ids(session, story_id)]
    present = [article for article in members if article is not None]
    rows = story_lines.of_story(session, story_id, least=least, limit=limit, offset=offset)
    lines = [line_of(session, row) for row in rows]
    more = max(0, story_lines.count(session, story_id, least=least) - offset - len(rows))
    return Matrix(_sources(session, present), lines, more)


def line_of(session: Session, row: StoryLine) -> MatrixLine:
    """One line with every value that any source ever gave."""
    values: defaultdict[int, list[Value]] = defaultdict(list)
    for cell, fact, since_at in story_lines.values(session, row.id or 0):
        values[cell.article_id].append(_value(cell, fact, since_at))
    words = context_words("en")
    told = {
        (each.cell.article_id, each.cell.fact_line_id): each for own in values.values() for each in own if each.stands
    }
    said = [Told(each.cell.article_id, each.fact, each.cell.scope, each.cell.headline) for each in told.values()]
    by_fact = {id(each.fact): each for each in told.values()}
    chief = {source: by_fact[id(own[0][0].fact)] for source, own in values_by_source(said, words).items()}
    also = {
        source: [by_fact[id(each[0].fact)] for each in own[1:]]
        for source, own in values_by_source(said, words).items()
        if len(own) > 1
    }
    # What an Article said when it was first looked at may be as old as it is: nobody is first by that alone.
    moved = any(value.number > 1 for value in chief.values())
    first = min(chief.values(), key=lambda value: value.since_at, default=None) if moved else None
    return MatrixLine(row, dict(values), chief, also, first, _outliers(chief))


def _value(cell: StoryCell, fact: FactRow, since_at: datetime) -> Value:
    return Value(Fact.from_json(fact.body), cell, fact.from_number, since_at, fact.to_number)


def _outliers(chief: Mapping[int, Value]) -> frozenset[int]:
    """Those whom at least half of the others contradict, where there are others who agree among themselves."""
    words = context_words("en")
    distinct = {(value.fact.quantity, value.fact.time): value.fact for value in chief.values()}
    count = dict.fromkeys(distinct, 0)
    for value in chief.values():
        count[value.fact.quantity, value.fact.time] += 1
    against = {
        figure: sum(count[other] for other in distinct if between(fact, distinct[other], words) == "disagree")
        for figure, fact in distinct.items()
    }
    apart = frozenset(
        source for source, value in chief.items() if 2 * against[value.fact.quantity, value.fact.time] > len(chief) - 1
    )
    # Where everybody contradicts most of the others, nobody stands apart.
    return apart if len(apart) < len(chief) else frozenset()


def _sources(session: Session, present: Sequence[Article]) -> Sequence[Source]:
    texts = []
    for article in present:
        version = versions.get(session, article.id or 0, article.version_number)
        texts.append(versions.text(session, version) if version else "")
    first = voices(texts)
    return [
        Source(article, called(article), None if first[at] == at else present[first[at]].id)
        for at, article in enumerate(present)
    ]


def source_of(article: Article) -> str:
    """What a column is called."""
    return called(article)


def matrix_rows(shown: Matrix) -> tuple[Sequence[str], list[Sequence[str | int | None]]]:
    """Header and rows of a table: a row a line, a column a source."""
    header = ["line", "fact", "key", "verdict", "verdict since", *(source.called for source in shown.sources)]
    rows: list[Sequence[str | int | None]] = [
        [
            line.line.id,
            line.subject,
            line.line.key,
            line.line.verdict if len(line.chief) > 1 else "",
            _iso(line.line.verdict_since_at) if len(line.chief) > 1 else "",
            *(cell_words(line, source.article.id or 0) for source in shown.sources),
        ]
        for line in shown.lines
    ]
    return header, rows


def cell_words(line: MatrixLine, article_id: int) -> str:
    """What a source says now: its chief value, with the time that it holds for."""
    value = line.chief.get(article_id)
    if value is None:
        return ""
    said = [value, *line.also.get(article_id, ())]
    return "; ".join(value_words(one.fact) + (f" ({one.cell.scope})" if one.cell.scope else "") for one in said)


def matrix_json(shown: Matrix) -> dict[str, Any]:
    """The matrix for programs: sources, lines with what each says now, and every value that it ever gave."""
    return {
        "sources": [
            {"article": source.article.id, "called": source.called, "url": source.article.url,
             "repeats": source.repeats}
            for source in shown.sources
        ],
        "lines": [line_json(line) for line in shown.lines],
        "more": shown.more,
    }  # fmt: skip


def line_json(line: MatrixLine) -> dict[str, Any]:
    """A line for programs."""
    return {
        "line": line.line.id,
        "key": line.line.key,
        "subject": line.subject,
        "verdict": line.line.verdict,
        "verdict_since": _iso(line.line.verdict_since_at),
        "first": line.first.cell.article_id if line.first else None,
        "cells": [
            {"article": article_id, "version": value.number, "since": _iso(value.since_at), "scope": value.cell.scope,
             "contradicts_most": article_id in line.outliers, "fact": value.fact.to_json()}
            for article_id, value in sorted(line.chief.items())
        ],
        "history": [
            {"article": article_id, "value": value_words(value.fact), "from_version": value.number,
             "to_version": value.until_number, "since": _iso(value.since_at)}
            for article_id, values in sorted(line.values.items())
            for value in values
        ],
    }  # fmt: skip


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
