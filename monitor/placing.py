"""The facts of one Article put into the lines of a Story: what is new meets what stands there, or begins a line.

What is read of a Story for it does not grow with the Story: of each line a few facts, and of the lines those that share
a value with the new facts, or that most sources tell.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from sqlmodel import Session

from monitor.changes.lexicon import context_words
from monitor.judging import Told, choose, fact_of, figure_of, mark_chiefs
from monitor.stories.compare import around_of, subject_of
from monitor.stories.lexicon import story_words
from monitor.stories.lines import Decided, Line, groups_of, handles, merged, place
from monitor.stories.mentions import Mention, mentions_of, with_names
from storage import story_cells, story_lines
from storage.story_cells import Weighed
from storage.tables import Fact as FactRow
from storage.tables import StoryCell, StoryLine

_WEIGHED = 8
"""Facts of a line that a new one is weighed against."""
_LINES = 16
"""Lines that are weighed for one thing that they share with a new fact."""
_REASONS = 3
"""Meetings that are kept to say why a fact stands in a line."""
_READ = 2_000  # facts of other Articles whose words are not read a second time


@dataclass(frozen=True, slots=True)
class Said:
    """What an Article says now, with what is kept of it."""

    mention: Mention
    row: FactRow


@dataclass(frozen=True, slots=True)
class Laid:
    """Lines that an Article's new Version concerns."""

    turned: frozenset[int]
    """In which the Article gives another value than it did, or none any more, or the first."""
    touched: frozenset[int]
    """... or gives the same value in other words, or which took in another line: they are to be judged."""
    mine: Mapping[int, Told]
    """What the Article says first of all in lines that are touched, by line."""


def lay(session: Session, story_id: int, article_id: int, said: Sequence[Said], lang: str, at: datetime) -> Laid:
    """Put what is new into the lines of the Story, and bring what the Article says in others up to date."""
    cells = {cell.fact_line_id: cell for cell in story_lines.cells_of_article(session, story_id, article_id)}
    fresh = [each for each in said if each.mention.fact_line not in cells]
    own = {each.mention.fact_line or 0: each for each in said}
    into: Mapping[int, int] = {}
    if fresh:
        new, into = _place(session, story_id, [each.mention for each in fresh], lang, at)
        cells |= new
    turned, touched = set(), set(into.values())
    for fact_line, cell in cells.items():
        changed, reworded = _state(cell, own.get(fact_line))
        if changed or reworded:
            touched.add(cell.line_id)
            session.add(cell)
        if changed:
            turned.add(cell.line_id)
    mine = _choose(session, cells.values(), own, touched, lang)
    for line_id in set(into.values()):
        if several := story_cells.with_several_chiefs(session, line_id):
            choose(session, line_id, several, lang)
    return Laid(frozenset(turned), frozenset(touched), mine)


def _state(cell: StoryCell, said: Said | None) -> tuple[bool, bool]:
    """Keep in a cell what its Article says now. Returns whether that is another value, and whether in other words."""
    before = cell.figure, cell.fact_id
    if said is None:
        cell.fact_id = cell.figure = None
    else:
        cell.scope, cell.headline = said.mention.scope, said.mention.headline
        cell.fact_id, cell.figure = said.row.id, figure_of(said.mention.fact, said.mention.scope)
    return cell.figure != before[0], cell.fact_id != before[1]


def _choose(
    session: Session, cells: Iterable[StoryCell], own: Mapping[int, Said], touched: Set[int], lang: str
) -> Mapping[int, Told]:
    """Mark what the Article says first of all in each of these lines. Returns it."""
    by_line: defaultdict[int, list[StoryCell]] = defaultdict(list)
    for cell in cells:
        if cell.line_id in touched:
            by_line[cell.line_id].append(cell)
    mine: dict[int, Told] = {}
    for line_id, inside in by_line.items():
        told = {}
        for cell in inside:
            if (said := own.get(cell.fact_line_id)) is not None:
                mention = said.mention
                told[cell.fact_line_id] = Told(
                    mention.source, mention.fact, mention.scope, mention.headline, cell.fact_line_id
                )
        chief = mark_chiefs(session, inside, told, context_words(lang))
        mine.update((line_id, one) for one in chief.values())
    session.flush()
    return mine


def _place(
    session: Session, story_id: int, fresh: Sequence[Mention], lang: str, at: datetime
) -> tuple[dict[int, StoryCell], Mapping[int, int]]:
    """New cells for what is new, by fact line, and which line went into which."""
    wanted = {handle for mention in fresh for handle in handles(mention)}
    met = story_cells.met_by(session, story_id, wanted, _LINES)
    weighed = story_cells.weighed(session, story_id, met, _WEIGHED)
    lines = [Line([_mention(each, lang) for each in weighed[line_id]], line_id=line_id) for line_id in met]
    named = with_names([*fresh, *(mention for line in lines for mention in line.mentions)])
    fresh, rest = list(named[: len(fresh)]), iter(named[len(fresh) :])
    for line in lines:
        line.mentions = [next(rest) for _ in line.mentions]
    around = around_of(named, lang)
    decided = _decided(session, story_id)
    placed = place(groups_of(fresh, around), lines, around, decided)
    homes = list({id(home): home for home in placed.homes}.values())
    new = _keep(session, story_id, homes, {mention.fact_line for mention in fresh}, lang, at)
    rivals = [line for line in lines if any(line is rival for rival in placed.rivals)]
    into = _merge(session, story_id, merged(rivals, around, decided), rivals, lang) if len(rivals) > 1 else {}
    for cell in new.values():
        cell.line_id = into.get(cell.line_id, cell.line_id)
    return new, into


def _mention(weighed: Weighed, lang: str) -> Mention:
    return replace(
        _read(weighed.body, lang),
        source=weighed.article_id,
        fact_line=weighed.fact_line_id,
        scope=weighed.scope,
        headline=weighed.headline,
    )


@lru_cache(maxsize=_READ)
def _read(body: str, lang: str) -> Mention:
    [mention] = mentions_of(0, [fact_of(body)], lang)
    return mention


def _decided(session: Session, story_id: int) -> Decided:
    """What people said of the facts of a group and those that stand in a line."""
    of_fact: defaultdict[tuple[int, int], set[bool]] = defaultdict(set)
    of_lines: defaultdict[frozenset[int], set[bool]] = defaultdict(set)
    for each in story_cells.decided(session, story_id):
        if each.other_line is not None:
            of_fact[each.one_id, each.other_line].add(each.same)
        if each.one_line is not None:
            of_fact[each.other_id, each.one_line].add(each.same)
        if each.one_line is not None and each.other_line is not None:
            of_lines[frozenset((each.one_line, each.other_line))].add(each.same)

    def decided(group: Sequence[Mention] | Line, line: Line) -> bool | None:
        if line.line_id is None:
            return None
        if isinstance(group, Line):
            said = of_lines.get(frozenset((group.line_id or 0, line.line_id)), set())
        else:
            said = set().union(*(of_fact.get((mention.fact_line or 0, line.line_id), ()) for mention in group))
        return None if not said else False not in said

    return decided


def _keep(
    session: Session, story_id: int, homes: Sequence[Line], fresh: set[int | None], lang: str, at: datetime
) -> dict[int, StoryCell]:
    """Keep lines with the fact lines that are new in them."""
    rows = story_lines.lines(session, [line.line_id for line in homes if line.line_id is not None])
    words = story_words(lang)
    kept: list[tuple[Line, StoryLine, list[Mention]]] = []
    for line in homes:
        own = [mention for mention in line.mentions if mention.fact_line in fresh]
        fact = own[0].fact
        row = rows.get(line.line_id or 0) or StoryLine(
            story_id=story_id, kind=fact.kind, key=fact.key, verdict_since_at=at, first_at=at
        )
        row.subject = subject_of(line.mentions, words) or row.subject
        session.add(row)
        kept.append((line, row, own))
    session.flush()
    cells: dict[int, StoryCell] = {}
    for line, row, own in kept:
        line.line_id = row.id
        for mention in own:
            because = [
                {"fact_line_id": other.fact_line, "score": meeting.score,
                 "because": [list(why) for why in meeting.reasons]}
                for one, other, meeting in line.meetings
                if one.fact_line == mention.fact_line
            ]  # fmt: skip
            cells[mention.fact_line or 0] = StoryCell(
                story_id=story_id, fact_line_id=mention.fact_line or 0, line_id=row.id or 0, article_id=mention.source,
                joined_at=at, scope=mention.scope, headline=mention.headline, because=because[:_REASONS],
            )  # fmt: skip
    session.add_all(cells.values())
    session.flush()
    found = {row.id or 0: {each for mention in own for each in handles(mention)} for _, row, own in kept}
    story_lines.keep_blocks(session, story_id, found)
    return cells


def _merge(session: Session, story_id: int, kept: Sequence[Line], lines: Sequence[Line], lang: str) -> dict[int, int]:
    """Lines that turned out to be one are one from now on: the older. Returns which went into which."""
    holder = {id(mention): line for line in kept for mention in line.mentions}
    into: dict[int, int] = {}
    words = story_words(lang)
    for line in lines:
        home = holder[id(line.mentions[0])] if line.mentions else line
        one, other = line.line_id, home.line_id
        if one is not None and other is not None and one != other:
            story_lines.merge(session, story_id, gone=one, into=other)
            into[one] = other
    rows = story_lines.lines(session, into.values())
    for line in kept:
        if (row := rows.get(line.line_id or 0)) is not None:
            row.subject = subject_of(line.mentions, words) or row.subject
            session.add(row)
    return into
