"""A Story as a matrix: facts down, sources across; who said what first, who followed, and since when they disagree."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlmodel import Session

from monitor.changes.lexicon import ContextWords, context_words
from monitor.changes.wording import value_words
from monitor.facts.model import Fact
from monitor.hearing import called, heard
from monitor.judging import Told
from monitor.stories import agreed as agreement
from monitor.stories.agreed import Agreed, agreed, contradicted
from monitor.stories.agreement import between
from monitor.stories.compare import values_by_source
from monitor.stories.naming import leading_words
from storage import story_lines, story_values
from storage.story_values import SaidValue
from storage.tables import Article, StoryCell, StoryLine

_HEARD = 200
"""Sources that are listened to for one voice, those that changed or came last."""
_MOST_VALUES = 4_000
"""Values that are read for one page."""
_COME_TO = 64
"""Lines that were shown last and need not be judged again: of up to forty values each is held against each."""


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
    fact_id: int = 0

    @property
    def stands(self) -> bool:
        """Whether the source still says it."""
        return self.until_number is None


@dataclass(frozen=True, slots=True)
class MatrixLine:
    """One fact across the sources."""

    line: StoryLine
    told: Sequence[agreement.SaidValue]
    """What all sources say now, by value, those that most of them give first; of very many values not all."""
    values: Mapping[int, Sequence[Value]]
    """By Article id: its values by time, those that it said before as well."""
    chief: Mapping[int, Value]
    """By Article id: what it says now, where it says something."""
    also: Mapping[int, Sequence[Value]]
    """By Article id: other values that it gives as well, of another time for instance."""
    first: Value | None
    """Who was the first to come to a value that stands now; null where nobody was seen to come to one."""
    outliers: frozenset[int]
    """Articles whose value contradicts what most of them agree on."""
    agreed: Agreed | None
    """What its sources come to; null where nobody says anything any more."""

    @property
    def subject(self) -> str:
        """What it is called."""
        return title(self.line)


@dataclass(frozen=True, slots=True)
class Matrix:
    """The facts of a Story by line and source."""

    sources: Sequence[Source]
    lines: Sequence[MatrixLine]
    more: int
    """Lines that come after these."""
    total: int
    """Sources of the Story; not all of them may be columns."""


def title(line: StoryLine) -> str:
    """What a line is called: by a person, by its subject, or by the words of a sentence in which it is told."""
    named = line.name or line.subject
    return named or (leading_words(Fact.from_json(line.told[0]["fact"])) if line.told else line.kind)


def matrix(
    session: Session,
    story_id: int,
    *,
    least: int = 2,
    limit: int = 100,
    offset: int = 0,
    columns: int | None = None,
    skipped: int = 0,
) -> Matrix:
    """The lines that at least so many sources tell, those that most tell first.

    columns: only so many sources, those that changed or came last, without the first `skipped`.
    """
    total = story_values.size(session, story_id)
    shown = story_values.columns(session, story_id, limit=columns or total, offset=skipped)
    rows = story_lines.of_story(session, story_id, least=least, limit=limit, offset=offset)
    few = None if columns is None else [article.id or 0 for article in shown]
    said = story_values.said(session, [row.id or 0 for row in rows], few, limit=None if few is None else _MOST_VALUES)
    by_line: defaultdict[int, list[SaidValue]] = defaultdict(list)
    for each in said:
        by_line[each.cell.line_id].append(each)
    lines = [laid_out(row, by_line[row.id or 0]) for row in rows]
    more = max(0, story_lines.count(session, story_id, least=least) - offset - len(rows))
    heard_of = heard(session, shown[:_HEARD])
    sources = [Source(article, called(article), heard_of.get(article.id or 0)) for article in shown]
    return Matrix(sources, lines, more, total)


def line_of(session: Session, row: StoryLine, limit: int | None = None) -> MatrixLine:
    """One line with the values that its sources give and gave. limit: so many, those that stand and the newest."""
    return laid_out(row, story_values.said(session, [row.id or 0], limit=limit))


def laid_out(row: StoryLine, said: Sequence[SaidValue]) -> MatrixLine:
    """A line with what is known of it, by source."""
    words = context_words("en")
    values: defaultdict[int, list[Value]] = defaultdict(list)
    for each in said:
        fact = Fact.from_json(each.fact.body)
        value = Value(fact, each.cell, each.fact.from_number, each.since_at, each.fact.to_number, each.fact.id or 0)
        values[each.cell.article_id].append(value)
    standing = [value for own in values.values() for value in own if value.stands]
    told = [Told(each.cell.article_id, each.fact, each.cell.scope, each.cell.headline) for each in standing]
    by_fact = {id(each.fact): each for each in standing}
    by_source = values_by_source(told, words)
    chief = {source: by_fact[id(own[0][0].fact)] for source, own in by_source.items()}
    also = {source: [by_fact[id(each[0].fact)] for each in own[1:]] for source, own in by_source.items() if own[1:]}
    values_now, on_the_whole = come_to(row)
    return MatrixLine(
        row,
        values_now,
        dict(values),
        chief,
        also,
        _first(values, chief, words),
        _apart(chief, on_the_whole, words),
        on_the_whole,
    )


def _first(values: Mapping[int, Sequence[Value]], chief: Mapping[int, Value], words: ContextWords) -> Value | None:
    """Who was the first to come to a value that stands now.

    What an Article said when it was first looked at may be as old as it is: nobody is first by that.
    """
    old = {source for source, value in chief.items() if value.number == 1 or _reworded(value, values[source])}
    came = sorted((chief[source] for source in chief.keys() - old), key=lambda value: value.since_at)
    found = [chief[source].fact for source in old]
    return next((v for v in came if all(between(v.fact, fact, words) != "agree" for fact in found)), None)


def _reworded(value: Value, own: Sequence[Value]) -> bool:
    """Whether a source gave this value before, in other words."""
    return any(
        not each.stands
        and each.cell.fact_line_id == value.cell.fact_line_id
        and (each.fact.quantity, each.fact.time) == (value.fact.quantity, value.fact.time)
        for each in own
    )


def come_to(row: StoryLine) -> tuple[Sequence[agreement.SaidValue], Agreed | None]:
    """The values that the sources of a line give now, those that most of them give first, and what they come to."""
    return _come_to(json.dumps(row.told))


@lru_cache(maxsize=_COME_TO)
def _come_to(told: str) -> tuple[Sequence[agreement.SaidValue], Agreed | None]:
    values = tuple(
        agreement.SaidValue(Fact.from_json(each["fact"]), each["scope"], each["sources"]) for each in json.loads(told)
    )
    return values, agreed(values, context_words("en")) if values else None


def _apart(chief: Mapping[int, Value], on_the_whole: Agreed | None, words: ContextWords) -> frozenset[int]:
    """Those who contradict what most sources agree on; where no figure has most behind it, nobody stands apart."""
    if on_the_whole is None or on_the_whole.standing != "most":
        return frozenset()
    figure = [agreement.SaidValue(on_the_whole.fact, None, 1)]
    return frozenset(
        source for source, value in chief.items() if contradicted(value.fact, value.cell.scope, figure, words)
    )


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
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
