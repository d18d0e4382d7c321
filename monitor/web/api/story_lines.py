"""What the sources of a Story say, line by line; what people decide of it; what might belong to a Story."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Path, Query, Request
from sqlmodel import Session

from monitor import deciding, proposals
from monitor.errors import InputError
from monitor.matrix import matrix
from monitor.retelling import retell
from monitor.web.access import asked
from monitor.web.api.conditional import require_match
from monitor.web.api.nouns import story_lines as nouns
from monitor.web.api.nouns.noun import LARGEST_ID
from monitor.web.api.nouns.story_lines import (
    Decision,
    Line,
    LinePatch,
    Matrix,
    MergeWith,
    ProposedArticles,
    ProposedStories,
    SplitOff,
    WholeLine,
)
from monitor.web.api.paging import Key, Page, Paging
from monitor.web.api.problems import CONFLICT, Refusal, not_found
from monitor.web.api.route import IfMatch
from monitor.web.api.stories import StoryId
from monitor.web.rendering import Here, House
from storage import stories, story_lines, story_values
from storage.tables import StoryLine

LINES = 200
"""Lines of a matrix at most."""

LineId = Annotated[int, Path(ge=1, le=LARGEST_ID, description="The id of a line of the Story.")]
Least = Annotated[int, Query(ge=1, le=1_000_000, description="Only lines that at least so many Articles tell now.")]


def get_matrix(
    here: Here,
    story_id: StoryId,
    least: Least = 2,
    limit: Annotated[int, Query(ge=1, le=LINES, description="Lines at most.")] = 100,
    skip: Annotated[int, Query(ge=0, le=1_000_000, description="Lines to leave out before them.")] = 0,
) -> Matrix:
    """The facts of a Story across its sources, those that most sources tell first."""
    with here.database.read() as session:
        _story(session, story_id)
        laid = matrix(session, story_id, least=least, limit=limit, offset=skip)
        return nouns.matrix(story_id, laid, story_values.waiting(session, story_id))


def list_lines(here: Here, story_id: StoryId, paging: Paging, least: Least = 1) -> Page[Line]:
    """The lines of a Story with what is said in each, in the order in which they were made."""
    after = paging.after(tuple[Key])
    with here.database.read() as session:
        _story(session, story_id)
        rows = story_values.lines(session, story_id, least=least, limit=paging.rows, after=after[0] if after else 0)
    return paging.page(rows, nouns.line, lambda row: (row.id,))


def get_line(here: Here, story_id: StoryId, line_id: LineId) -> WholeLine:
    """One line: what each source says and said, who was first, who followed, and why it is one line."""
    with here.database.read() as session:
        return nouns.whole_line(retell(session, story_id, _line(session, story_id, line_id)))


def name_line(
    here: Here, request: Request, story_id: StoryId, line_id: LineId, patch: LinePatch, if_match: IfMatch = None
) -> Line:
    """Call a line something, or what Corrigenda calls it."""

    def name(session: Session, now: datetime) -> int:
        require_match(request, nouns.whole_line(retell(session, story_id, _line(session, story_id, line_id))))
        deciding.name(session, story_id, line_id, patch.name or "")
        return line_id

    return _decide(here, story_id, line_id, name)


def accept_line(here: Here, story_id: StoryId, line_id: LineId) -> Line:
    """All that stands in a line is one fact: it stays together, whatever is published later."""

    def accept(session: Session, now: datetime) -> int:
        deciding.accept(session, story_id, line_id, by=_who(), now=now)
        return line_id

    return _decide(here, story_id, line_id, accept)


def split_line(here: Here, story_id: StoryId, line_id: LineId, off: SplitOff) -> Line:
    """What an Article says is another fact. The answer is the line that it has now."""
    return _decide(
        here,
        story_id,
        line_id,
        lambda session, now: deciding.split_article(session, story_id, line_id, off.article, by=_who(), now=now),
    )


def merge_lines(here: Here, story_id: StoryId, line_id: LineId, other: MergeWith) -> Line:
    """Two lines are one fact. The answer is the line that both are now: the older one."""

    def merge(session: Session, now: datetime) -> int:
        _line(session, story_id, other.line)
        return deciding.merge(session, story_id, line_id, other.line, by=_who(), now=now)

    return _decide(here, story_id, line_id, merge)


def list_decisions(here: Here, story_id: StoryId, paging: Paging) -> Page[Decision]:
    """What people decided of the facts of a Story, the newest first."""
    after = paging.after(tuple[Key])
    with here.database.read() as session:
        _story(session, story_id)
        rows = story_values.decisions(session, story_id, limit=paging.rows, before=after[0] if after else None)
    return paging.page(rows, nouns.decision, lambda row: (row.id,))


def propose_articles(here: Here, story_id: StoryId) -> ProposedArticles:
    """Look for Articles that may belong to a Story. Nothing is changed: `PUT` those that do."""
    with here.database.read() as session:
        _story(session, story_id)
        found = proposals.for_story(session, story_id)
    return ProposedArticles(items=[nouns.proposed_article(each) for each in found])


def propose_stories(here: Here) -> ProposedStories:
    """Look for Stories among the newest Articles that are in none. Nothing is changed: `POST` those that are."""
    with here.database.read() as session:
        found = proposals.new_stories(session)
    return ProposedStories(items=[nouns.proposed_story(each) for each in found])


def _decide(here: House, story_id: int, line_id: int, do: Callable[[Session, datetime], int]) -> Line:
    try:
        with here.database.write() as session:
            _line(session, story_id, line_id)
            decided = do(session, datetime.now(UTC))
            session.flush()
            return nouns.line(_line(session, story_id, decided))
    except InputError as error:
        raise Refusal(CONFLICT, f"{str(error)[:1].upper()}{str(error)[1:]}.") from error


def _who() -> str:
    return asked.get().visitor.name


def _story(session: Session, story_id: int) -> None:
    if stories.by_id(session, story_id) is None:
        raise not_found(f"story {story_id}")


def _line(session: Session, story_id: int, line_id: int) -> StoryLine:
    _story(session, story_id)
    row = story_lines.lines(session, [line_id]).get(line_id)
    if row is None or row.story_id != story_id:
        raise not_found(f"line {line_id} in story {story_id}")
    return row
