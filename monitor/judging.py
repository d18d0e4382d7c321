"""What a line of a Story comes to: what each source says in it first of all, by value, and whether they agree.

A line is judged by its values, however many sources give each; so a thousand sources cost what their values cost.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from typing import cast

from sqlmodel import Session

from monitor.changes.lexicon import ContextWords, context_words
from monitor.facts.model import Fact
from monitor.stories.agreed import SaidValue, said
from monitor.stories.agreement import Verdict
from monitor.stories.compare import values_by_source, verdict_of
from storage import story_cells, story_lines
from storage.tables import StoryCell, StoryLine

_JUDGED = 100
"""Values of a line that are held against one another, those that most sources give."""
_KEPT = 40
"""... and that are kept with it."""
_READ = 4_000  # facts that are not read from JSON a second time


@dataclass(frozen=True, slots=True)
class Told:
    """What one source says in a line, for judging."""

    source: int
    fact: Fact
    scope: str | None
    headline: bool
    fact_line: int | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """A line as it stands, and how it stood."""

    row: StoryLine
    values: Mapping[str, SaidValue]
    """What sources say first of all, by the short form of the value."""
    was: Verdict
    now: Verdict


@lru_cache(maxsize=_READ)
def fact_of(body: str) -> Fact:
    """A fact from its JSON."""
    return Fact.from_json(json.loads(body))


def figure_of(fact: Fact, scope: str | None) -> str:
    """A value in short: the same for the same value at the same time."""
    return blake2b(repr((fact.quantity, fact.time, scope)).encode(), digest_size=8).hexdigest()


def chief_of(told: Sequence[Told], words: ContextWords) -> dict[int, Told]:
    """What each source says first of all."""
    return {source: values[0][0] for source, values in values_by_source(told, words).items()}


def choose(session: Session, line_id: int, article_ids: Collection[int] | None = None, lang: str = "en") -> None:
    """Find anew what these Articles, or all, say in a line first of all: facts came into it, or went."""
    cells = [cell for cell in story_cells.in_line(session, line_id, article_ids) if cell.fact_id is not None]
    facts = {row.id: row for row in story_cells.facts_of(session, [cell.fact_id for cell in cells if cell.fact_id])}
    told = {
        cell.fact_line_id: Told(
            cell.article_id, Fact.from_json(facts[cell.fact_id].body), cell.scope, cell.headline, cell.fact_line_id
        )
        for cell in cells
        if cell.fact_id in facts
    }
    mark_chiefs(session, cells, told, context_words(lang))


def mark_chiefs(
    session: Session, cells: Sequence[StoryCell], told: Mapping[int, Told], words: ContextWords
) -> Mapping[int, Told]:
    """Mark among the cells of some Articles in one line what each says first of all.

    told: what they say, by fact line. Returns what each says first of all, by Article.
    """
    found = chief_of(list(told.values()), words)
    chiefs = {one.fact_line for one in found.values()}
    for cell in cells:
        if cell.chief != (cell.fact_line_id in chiefs):
            cell.chief = not cell.chief
            session.add(cell)
    return found


def judge(session: Session, line_ids: Collection[int], at: datetime, lang: str = "en") -> list[Judged]:
    """Bring the verdicts on lines up to date; those that are no more are left out."""
    session.flush()
    words = context_words(lang)
    rows = story_lines.lines(session, line_ids)
    found = story_cells.values(session, rows, _JUDGED)
    judged = []
    for line_id, row in sorted(rows.items()):
        values = {
            each.figure: SaidValue(fact_of(each.body), each.scope, each.sources) for each in found[line_id].values
        }
        together = said(values.values())
        was = cast(Verdict, row.verdict)
        now = verdict_of(together, words)
        row.sources = found[line_id].sources
        row.told = [
            {"fact": each.fact.to_json(), "scope": each.scope, "sources": each.sources} for each in together[:_KEPT]
        ]
        row.behind = False
        if now != was:
            row.verdict, row.verdict_since_at = now, at
        session.add(row)
        judged.append(Judged(row, values, was, now))
    session.flush()
    return judged


def givers(session: Session, judged: Judged) -> dict[int, Told]:
    """What each source of a line says first of all; those who give the same value share one Fact."""
    return {
        article_id: Told(article_id, judged.values[figure].fact, judged.values[figure].scope, False)
        for article_id, figure in story_cells.givers(session, judged.row.id or 0)
        if figure in judged.values
    }
