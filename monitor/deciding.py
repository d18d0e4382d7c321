"""What people decide about the lines of a Story, to stay: meetings accepted, facts split off, lines merged or named."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from monitor.errors import InputError
from monitor.facts.model import Fact
from monitor.judging import choose, judge
from monitor.stories.lines import handles
from monitor.stories.mentions import mentions_of
from storage import story_lines
from storage.tables import StoryCell, StoryLine

LONGEST_NAME = 200


def accept(session: Session, story_id: int, line_id: int, *, by: str, now: datetime) -> int:
    """All that stands in a line is one fact. Returns how many facts that holds together."""
    _line(session, story_id, line_id)
    cells = _cells(session, line_id)
    for number, cell in enumerate(cells):
        cell.by_hand = True
        session.add(cell)
        # Held to the first, so that n facts take n decisions.
        if number:
            story_lines.decide(session, story_id, cells[0].fact_line_id, cell.fact_line_id, same=True, by=by, now=now)
    return len(cells)


def split(session: Session, story_id: int, line_id: int, fact_line_id: int, *, by: str, now: datetime) -> int:
    """A fact is not the one of its line. Returns the line of its own that it has now. Raises InputError."""
    line = _line(session, story_id, line_id)
    cells = _cells(session, line_id)
    own = next((cell for cell in cells if cell.fact_line_id == fact_line_id), None)
    if own is None:
        raise InputError(f"fact line {fact_line_id} does not stand in line {line_id}")
    if len(cells) == 1:
        raise InputError(f"nothing but fact line {fact_line_id} stands in line {line_id}: there is nothing to split")
    for cell in cells:
        if cell is not own:
            story_lines.decide(session, story_id, fact_line_id, cell.fact_line_id, same=False, by=by, now=now)
    new = story_lines.add(
        session,
        StoryLine(story_id=story_id, kind=line.kind, key=line.key, verdict_since_at=now, first_at=own.joined_at),
    )
    own.line_id, own.by_hand = new, True
    session.add(own)
    session.flush()
    _name_again(session, story_id, new)
    choose(session, line_id, [own.article_id])
    choose(session, new, [own.article_id])
    judge(session, [line_id, new], now)
    return new


def split_article(session: Session, story_id: int, line_id: int, article_id: int, *, by: str, now: datetime) -> int:
    """What an Article says is not the fact of a line. Returns the line that it has now. Raises InputError."""
    _line(session, story_id, line_id)
    own = [cell.fact_line_id for cell in _cells(session, line_id) if cell.article_id == article_id]
    if not own:
        raise InputError(f"article {article_id} says nothing in line {line_id}")
    new = split(session, story_id, line_id, own[0], by=by, now=now)
    for fact_line in own[1:]:
        more = split(session, story_id, line_id, fact_line, by=by, now=now)
        new = merge(session, story_id, new, more, by=by, now=now)
    return new


def merge(session: Session, story_id: int, one_id: int, other_id: int, *, by: str, now: datetime) -> int:
    """Two lines are one fact: the older stays. Returns its id. Raises InputError."""
    if one_id == other_id:
        raise InputError(f"line {one_id} cannot be merged with itself")
    into, gone = sorted((one_id, other_id))
    kept, lost = _line(session, story_id, into), _line(session, story_id, gone)
    if kept.kind != lost.kind and {kept.kind, lost.kind} & {"date", "time"}:
        raise InputError(f"line {into} tells a {kept.kind} and line {gone} a {lost.kind}: they cannot be one fact")
    ones, others = ([cell.fact_line_id for cell in _cells(session, line)] for line in (into, gone))
    # Held to the first of the other line, so that n facts take n decisions; what was split before is taken back.
    pairs = {(one, others[0]) for one in ones} | {(ones[0], other) for other in others}
    apart = [(row.one_id, row.other_id) for row in story_lines.decisions(session, story_id) if not row.same]
    pairs |= {(one, other) for one, other in apart if {one, other} & {*ones} and {one, other} & {*others}}
    for one, other in sorted(pairs):
        story_lines.decide(session, story_id, one, other, same=True, by=by, now=now)
    story_lines.merge(session, story_id, gone=gone, into=into)
    choose(session, into)
    judge(session, [into], now)
    return into


def name(session: Session, story_id: int, line_id: int, called: str) -> None:
    """Call a line something; an empty name: as Corrigenda calls it. Raises InputError."""
    line = _line(session, story_id, line_id)
    called = " ".join(called.split())
    if len(called) > LONGEST_NAME:
        raise InputError(f"a name has at most {LONGEST_NAME} characters, this one has {len(called)}")
    line.name = called or None
    session.add(line)


def _line(session: Session, story_id: int, line_id: int) -> StoryLine:
    line = story_lines.lines(session, [line_id]).get(line_id)
    if line is None or line.story_id != story_id:
        raise InputError(f"there is no line {line_id} in story {story_id}")
    return line


def _cells(session: Session, line_id: int) -> list[StoryCell]:
    return [standing.cell for standing in story_lines.standing(session, [line_id])[line_id]]


def _name_again(session: Session, story_id: int, line_id: int) -> None:
    """By what a line that was split off may be met."""
    for standing in story_lines.standing(session, [line_id])[line_id]:
        fact = Fact.from_json(standing.body)
        [mention] = mentions_of(standing.cell.article_id, [fact], "en")
        story_lines.keep_blocks(session, story_id, {line_id: handles(mention)})
        line = story_lines.lines(session, [line_id])[line_id]
        line.subject = fact.subject
        session.add(line)
