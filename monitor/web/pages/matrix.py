"""`/stories/{id}/lines/{line}`: one fact across the sources of a Story; and the Story's matrix to take away."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Form, HTTPException, Path, Query
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from monitor import deciding
from monitor.errors import InputError
from monitor.matrix import Matrix, MatrixLine, line_of, matrix, matrix_json, matrix_rows, source_of
from monitor.web import charts, spreadsheet
from monitor.web.access import asked, done
from monitor.web.pages.article import Id
from monitor.web.rendering import Here, House, page
from storage import articles, stories, story_lines
from storage.tables import Article, Story

ALL = 100_000
"""Lines of an export."""
_CHART_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

LineId = Annotated[int, Path(ge=1, le=2**53)]
Text = Annotated[str, Form(max_length=400)]


def show_line(here: Here, story_id: Id, line_id: LineId) -> HTMLResponse:
    """What each source says and said, who was first, and why the facts are taken for one."""
    return _show(here, story_id, line_id)


def draw_line(here: Here, story_id: Id, line_id: LineId) -> Response:
    """How its figure moved, source by source (SVG). 404 where there is nothing to draw."""
    with here.database.read() as session:
        line = _line(session, story_id, line_id)
        names = _called(session, line)
    series = {
        names[article_id]: [charts.Step(value.since_at, value.fact.quantity) for value in values if value.fact.quantity]
        for article_id, values in line.values.items()
    }
    if not charts.comparable(series):
        raise HTTPException(404, "There is nothing to draw: it is no amount, or not in one unit.")
    image = charts.sources_chart(series, datetime.now(UTC))
    headers = {"content-security-policy": _CHART_POLICY, "cache-control": "private, max-age=60"}
    return Response(image, media_type="image/svg+xml", headers=headers)


def accept_line(here: Here, story_id: Id, line_id: LineId) -> Response:
    """All that stands in it is one fact, says a person."""
    return _decide(here, story_id, line_id, "line-accepted", deciding.accept)


def split_line(here: Here, story_id: Id, line_id: LineId, article: Annotated[int, Form()] = 0) -> Response:
    """What an Article says is another fact, says a person."""

    def split(session: Session, story: int, line: int, *, by: str, now: datetime) -> object:
        return deciding.split_article(session, story, line, article, by=by, now=now)

    return _decide(here, story_id, line_id, "line-split", split)


def merge_line(here: Here, story_id: Id, line_id: LineId, other: Annotated[int, Form()] = 0) -> Response:
    """Another line is the same fact, says a person."""

    def merge(session: Session, story: int, line: int, *, by: str, now: datetime) -> object:
        return deciding.merge(session, story, line, other, by=by, now=now)

    return _decide(here, story_id, line_id, "line-merged", merge, goes_to=min(line_id, other or line_id))


def name_line(here: Here, story_id: Id, line_id: LineId, called: Text = "") -> Response:
    """Call it something else."""

    def name(session: Session, story: int, line: int, *, by: str, now: datetime) -> object:
        deciding.name(session, story, line, called.replace("\x00", ""))
        return None

    return _decide(here, story_id, line_id, "line-named", name)


def matrix_as_json(here: Here, story_id: Id, every: Annotated[bool, Query(alias="all")] = False) -> Response:
    """The matrix, with every value that a source ever gave; with `all=1` also what one source alone says."""
    with here.database.read() as session:
        story = _story(session, story_id)
        shown = matrix(session, story_id, least=1 if every else 2, limit=ALL)
    body = {"story": {"id": story.id, "name": story.name}, **matrix_json(shown)}
    return _saved(json.dumps(body, ensure_ascii=False, indent=1).encode(), "application/json", f"story-{story_id}.json")


def matrix_as_csv(here: Here, story_id: Id, every: Annotated[bool, Query(alias="all")] = False) -> Response:
    """The matrix as a table: a row for each line, a column for each source."""
    with here.database.read() as session:
        _story(session, story_id)
        shown = matrix(session, story_id, least=1 if every else 2, limit=ALL)
    header, rows = matrix_rows(shown)
    body = b"".join(spreadsheet.lines(header, rows))
    return _saved(body, spreadsheet.MEDIA_TYPE, f"story-{story_id}.csv")


def shown_in(session: Session, story_id: int, *, every: bool) -> Matrix:
    """The matrix as the page of a Story shows it."""
    return matrix(session, story_id, least=1 if every else 2, limit=60)


def _show(house: House, story_id: int, line_id: int, *, fault: str = "") -> HTMLResponse:
    with house.database.read() as session:
        story, line = _story(session, story_id), _line(session, story_id, line_id)
        sources = {article_id: _article(session, article_id) for article_id in line.values}
        others = [row for row in story_lines.of_story(session, story_id, limit=200) if row.id != line_id]
        met = {
            cell.fact_line_id: (cell.article_id, values[-1].fact.phrase.text)
            for values in line.values.values()
            for cell in (values[-1].cell,)
        }
    drawn = charts.comparable(
        {str(source): [charts.Step(v.since_at, v.fact.quantity) for v in values if v.fact.quantity]
         for source, values in line.values.items()}
    )  # fmt: skip
    return page(
        "story_line.html", status=400 if fault else 200, story=story, line=line, sources=sources, others=others,
        met=met, drawn=drawn, fault=fault,
    )  # fmt: skip


def _decide(
    house: House, story_id: int, line_id: int, word: str, do: Callable[..., object], goes_to: int | None = None
) -> Response:
    try:
        with house.database.write() as session:
            _story(session, story_id)
            do(session, story_id, line_id, by=asked.get().visitor.name, now=datetime.now(UTC))
    except InputError as error:
        return _show(house, story_id, line_id, fault=str(error))
    return done(f"/stories/{story_id}/lines/{goes_to or line_id}", word)


def _story(session: Session, story_id: int) -> Story:
    story = stories.by_id(session, story_id)
    if story is None:
        raise HTTPException(404, f"There is no story {story_id}.")
    return story


def _line(session: Session, story_id: int, line_id: int) -> MatrixLine:
    row = story_lines.lines(session, [line_id]).get(line_id)
    if row is None or row.story_id != story_id:
        raise HTTPException(404, f"Story {story_id} has no line {line_id}.")
    return line_of(session, row)


def _called(session: Session, line: MatrixLine) -> dict[int, str]:
    return {article_id: source_of(_article(session, article_id)) for article_id in line.values}


def _article(session: Session, article_id: int) -> Article:
    article = articles.by_id(session, article_id)
    assert article is not None, "a cell is removed with its article"
    return article


def _saved(body: bytes, media_type: str, name: str) -> Response:
    return Response(body, media_type=media_type, headers={"content-disposition": f'attachment; filename="{name}"'})
