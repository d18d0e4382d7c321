"""The matrix of a Story: what its page shows of it, and the whole of it to take away."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated

from fastapi import HTTPException, Query
from fastapi.responses import Response
from sqlmodel import Session

from monitor.matrix import Matrix, MatrixLine, matrix, matrix_json, matrix_rows
from monitor.web import spreadsheet
from monitor.web.pages.article import Id
from monitor.web.rendering import Here
from storage import stories, story_values
from storage.tables import Story

LINES = 25
"""Lines on a page, ..."""
COLUMNS = 20
"""... and sources: those that changed or came last."""
FIGURES = 6
"""Figures on top of a Story's page."""
ALL = 100_000
"""Lines of an export."""

Every = Annotated[bool, Query(alias="all")]


@dataclass(frozen=True, slots=True)
class Shown:
    """A part of a Story's matrix, as its page shows it."""

    matrix: Matrix
    every: bool
    """Whether what one source alone says is among it."""
    lines_page: int
    sources_page: int
    waiting: int
    """Articles whose newest Version is not laid beside the others yet."""

    @property
    def figures(self) -> list[MatrixLine]:
        """What several sources tell, for the top of the page."""
        told = [line for line in self.matrix.lines if line.agreed and line.line.sources > 1]
        return told[:FIGURES]

    @property
    def source_pages(self) -> int:
        """How many pages its sources fill."""
        return max(1, -(-self.matrix.total // COLUMNS))


def shown_in(session: Session, story_id: int, *, every: bool, lines: int, sources: int) -> Shown:
    """A page of lines and a page of sources."""
    part = matrix(
        session,
        story_id,
        least=1 if every else 2,
        limit=LINES,
        offset=(lines - 1) * LINES,
        columns=COLUMNS,
        skipped=(sources - 1) * COLUMNS,
    )
    return Shown(part, every, lines, sources, story_values.waiting(session, story_id))


def matrix_as_json(here: Here, story_id: Id, every: Every = False) -> Response:
    """The matrix, with every value that a source ever gave; with `all=1` also what one source alone says."""
    with here.database.read() as session:
        story = story_of(session, story_id)
        shown = matrix(session, story_id, least=1 if every else 2, limit=ALL)
    body = {"story": {"id": story.id, "name": story.name}, **matrix_json(shown)}
    return _saved(json.dumps(body, ensure_ascii=False, indent=1).encode(), "application/json", f"story-{story_id}.json")


def matrix_as_csv(here: Here, story_id: Id, every: Every = False) -> Response:
    """The matrix as a table: a row for each line, a column for each source."""
    with here.database.read() as session:
        story_of(session, story_id)
        shown = matrix(session, story_id, least=1 if every else 2, limit=ALL)
    header, rows = matrix_rows(shown)
    return _saved(b"".join(spreadsheet.lines(header, rows)), spreadsheet.MEDIA_TYPE, f"story-{story_id}.csv")


def story_of(session: Session, story_id: int) -> Story:
    """The Story of that id. Raises 404."""
    story = stories.by_id(session, story_id)
    if story is None:
        raise HTTPException(404, f"There is no story {story_id}.")
    return story


def _saved(body: bytes, media_type: str, name: str) -> Response:
    return Response(body, media_type=media_type, headers={"content-disposition": f'attachment; filename="{name}"'})
