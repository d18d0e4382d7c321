"""`/articles/{id}/facts`: all statements of an Article, standing and ended; and the history of each."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Annotated

from fastapi import HTTPException, Path, Query, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from monitor.facts.model import Fact as Reading
from monitor.web import charts
from monitor.web.fact_lines import line, lines
from monitor.web.pages.article import Id
from monitor.web.rendering import Here, page
from storage import articles, histories
from storage.tables import Article

PAGE = 60
"""Statements on one page."""
STEPS = 200
"""Values of one statement that are shown, the latest."""
SMALL = 60
"""Values of a small chart."""
_CHART_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""Of an image: its colours are in it, as it does not know our stylesheet. Opened by itself it can do nothing else."""

LineId = Annotated[int, Path(ge=1, le=2**53)]
Start = Annotated[int, Query(alias="from", ge=0, le=1_000_000)]


def list_facts(here: Here, article_id: Id, start: Start = 0, ended: bool = False) -> HTMLResponse:
    """The statements from the `start`-th on that the Article makes, or those that it made and makes no more."""
    with here.database.read() as session:
        article = _article(session, article_id)
        totals = histories.count_lines(session, article_id)
        listed = histories.ended if ended else histories.standing
        found = lines(listed(session, article_id, limit=PAGE + 1, rows=6, after=start))
    return page(
        "facts.html", article=article, lines=found[:PAGE], ended=ended, start=start,
        standing_total=totals[0], ended_total=totals[1], total=totals[1] if ended else totals[0],
        later=start + PAGE if len(found) > PAGE else None, earlier=max(0, start - PAGE) if start else None,
    )  # fmt: skip


def show_fact(here: Here, article_id: Id, line_id: LineId) -> HTMLResponse:
    """One statement through the Versions."""
    with here.database.read() as session:
        article = _article(session, article_id)
        kept = _line(session, article_id, line_id, STEPS)
        seen = histories.seen_at(session, article_id, [row.from_number for row in kept.rows])
        past = histories.seen_at(session, article_id, [kept.last.to_number + 1]) if kept.last.to_number else {}
    return page(
        "fact.html", article=article, line=line(kept), rows=list(reversed(kept.rows)), seen=seen,
        ended_at=next(iter(past.values()), None), readings=[Reading.from_json(row.body) for row in reversed(kept.rows)],
    )  # fmt: skip


def draw_fact(here: Here, request: Request, article_id: Id, line_id: LineId, large: bool = False) -> Response:
    """Its values as a step chart (SVG). 404 where there is nothing to draw."""
    with here.database.read() as session:
        kept = _line(session, article_id, line_id, STEPS if large else SMALL)
        numbers = [row.from_number for row in kept.rows]
        end = kept.last.to_number
        seen = histories.seen_at(session, article_id, [*numbers, *([end + 1] if end else [])])
    quantities = [Reading.from_json(row.body).quantity for row in kept.rows]
    if not charts.drawable(quantities):
        raise HTTPException(404, "There is nothing to draw: its value did not change, or is no amount.")
    now = datetime.now(UTC)
    until = seen.get(end + 1, now) if end else now
    version = f"{kept.last.id} {kept.count} {end} {large} {until:%Y-%m-%d %H}"
    tag = f'"{hashlib.sha256(version.encode()).hexdigest()[:20]}"'
    headers = {"etag": tag, "content-security-policy": _CHART_POLICY, "cache-control": "private, max-age=300"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    steps = [
        charts.Step(seen[number], quantity)
        for number, quantity in zip(numbers, quantities, strict=True)
        if quantity is not None and number in seen
    ]
    image = charts.steps_chart(steps, until, small=not large)
    return Response(image, media_type="image/svg+xml", headers=headers)


def _article(session: Session, article_id: int) -> Article:
    article = articles.by_id(session, article_id)
    if article is None:
        raise HTTPException(404, f"There is no article {article_id}.")
    return article


def _line(session: Session, article_id: int, line_id: int, rows: int) -> histories.Line:
    kept = histories.line(session, article_id, line_id, rows=rows)
    if kept is None:
        raise HTTPException(404, f"Article {article_id} has no statement {line_id}.")
    return kept
