"""`/articles/{id}`: one Article: its state, its Versions, its facts, and the Captures that brought no Version."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Annotated

from fastapi import HTTPException, Path
from fastapi.responses import RedirectResponse, Response

from monitor.changes.wording import value_words
from monitor.facts.model import Fact as Reading
from monitor.web.rendering import Here, page
from monitor.web.sentences import Marked, excerpt
from monitor.web.wording import value_read
from storage import addresses, articles, captures, changes, facts, feeds, versions
from storage.tables import Capture, Change, Fact, Version

CAPTURES = 100
"""Captures without a Version that are shown."""

Id = Annotated[int, Path(ge=1, le=2**53)]


@dataclass(frozen=True, slots=True)
class Seen:
    """A Version on the timeline: what brought it, and what it changed."""

    version: Version
    capture: Capture
    changes: Sequence[Change]

    @property
    def acknowledged(self) -> bool:
        """Whether a notice in it tells what it changed."""
        return any(change.acknowledged for change in self.changes)


@dataclass(frozen=True, slots=True)
class Step:
    """A value of a statement, and the Version that first had it."""

    value: str
    number: int


@dataclass(frozen=True, slots=True)
class Line:
    """One statement through the Versions: its rows, oldest first."""

    rows: Sequence[Fact]

    @property
    def last(self) -> Fact:
        """How it stands, or last stood."""
        return self.rows[-1]

    @property
    def subject(self) -> str:
        """What it is about."""
        return self.last.subject or self.last.kind

    @property
    def stands(self) -> bool:
        """Whether the current Version still says it."""
        return self.last.to_number is None

    @property
    def steps(self) -> Sequence[Step]:
        """Its values, oldest first; a new sentence around the same value is no step."""
        values = [(value_words(Reading.from_json(row.body)), row.from_number) for row in self.rows]
        return [Step(value, next(group)[1]) for value, group in groupby(values, key=lambda each: each[0])]

    @property
    def reading(self) -> str:
        """How its last value was read."""
        return value_read(Reading.from_json(self.last.body))

    @property
    def excerpt(self) -> Marked:
        """Its last value among the words around it."""
        return excerpt(Reading.from_json(self.last.body))


def show_article(here: Here, article_id: Id) -> Response:
    """One Article and its whole history; where it was merged into another, that one."""
    with here.database.read() as session:
        article = articles.by_id(session, article_id)
        if article is None:
            if same := addresses.merged_into(session, article_id):
                return RedirectResponse(f"/articles/{same.id}", 308)
            raise HTTPException(404, f"There is no article {article_id}.")
        brought = versions.with_captures(session, article_id)
        numbered = changes.with_numbers(session, article_id)
        rows = facts.of_article(session, article_id)
        others = captures.without_version(session, article_id, CAPTURES + 1)
        known_as = [address for address in addresses.of_article(session, article_id) if address.url != article.url]
        told_by = feeds.of_article(session, article_id)
    changed: defaultdict[int | None, list[Change]] = defaultdict(list)
    for change, number in numbered:
        changed[number].append(change)
    lines = [Line(list(group)) for _, group in groupby(rows, key=lambda row: row.line_id)]
    lines.sort(key=lambda line: (line.last.ordinal, line.last.id))
    return page(
        "article.html",
        article=article,
        known_as=known_as,
        told_by=told_by,
        timeline=[Seen(version, capture, changed[version.number]) for version, capture in reversed(brought)],
        availability=list(reversed(changed[None])),
        moved=[line for line in lines if line.stands and len(line.steps) > 1],
        steady=[line for line in lines if line.stands and len(line.steps) == 1],
        ended=[line for line in lines if not line.stands],
        captures=others[:CAPTURES],
        more_captures=len(others) > CAPTURES,
    )
