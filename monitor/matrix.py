"""A Story as a matrix: facts down, sources across; who said what first, who followed, and since when they disagree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from monitor.changes.lexicon import context_words
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
    first: Value | None
    """Who said what stands now first."""
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
    first = min(chief.values(), key=lambda value: value.since_at, default=None)
    return MatrixLine(row, dict(values), chief, first, _outliers(chief))


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
