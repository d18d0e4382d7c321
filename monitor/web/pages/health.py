"""`/health`: whether the service does its work: for a container's health check, and for a person."""

from __future__ import annotations

import platform
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import structlog
from fastapi import Request
from fastapi.responses import JSONResponse, Response
from sqlalchemy.exc import SQLAlchemyError

from monitor import wellbeing
from monitor.web.access import Role, Who
from monitor.web.rendering import Here, House, page
from monitor.web.wording import iso
from storage import articles, deliveries, feeds, loops, sites, sizes, troubles
from storage.tables import Loop, Trouble

log = structlog.get_logger()

LIBRARIES = ("trafilatura", "httpx2", "fastapi", "sqlalchemy")
"""Whose versions matter when something is reported."""


@dataclass(slots=True)
class _Record:
    """What there is to say."""

    reasons: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    loops: list[Loop] = field(default_factory=list)
    articles: dict[str, int] = field(default_factory=dict)
    deliveries: dict[str, int] = field(default_factory=dict)
    feeds: dict[str, int] = field(default_factory=dict)
    sites: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("total", "failing", "held"), 0))
    overdue: int = 0
    due: int = 0
    visited: int = 0
    kept: sizes.Sizes | None = None
    engine: str = ""


def show_health(request: Request, here: Here, who: Who) -> Response:
    """200 while the database answers, every loop gives signs of life and articles are checked, else 503 with reasons.

    What is wrong beside that (overdue articles, failing sites, a clock that jumped) are warnings: a new start would not
    help. HTML where the reader asks for it, else JSON. Who may not read the pages is told no more than the reasons.
    """
    html = "text/html" in request.headers.get("accept", "")
    reader = who.role >= Role.VIEWER
    record = _read(here, datetime.now(UTC), whole=html and reader)
    status = 503 if record.reasons else 200
    if html:
        versions = {"Corrigenda": version("corrigenda"), "Python": platform.python_version()}
        if record.engine:
            versions["Database"] = record.engine
        versions |= {name: version(name) for name in LIBRARIES}
        return page("health.html", status=status, record=record, versions=versions if reader else {}, reader=reader)
    body: dict[str, Any] = {"status": "failing" if record.reasons else "ok", "reasons": record.reasons}
    if reader:
        body |= {
            "warnings": record.warnings,
            "troubles": [
                {"key": one.key, "detail": one.detail, "since_at": iso(one.since_at)} for one in record.troubles
            ],
            "loops": {
                loop.name: {"beat_at": iso(loop.beat_at), "started_at": iso(loop.started_at)} for loop in record.loops
            },
            "articles": record.articles,
            "overdue": record.overdue,
            "sites": record.sites,
            "deliveries": record.deliveries,
        }
    return JSONResponse(body, status_code=status)


def _read(here: House, now: datetime, *, whole: bool) -> _Record:
    """As much as the database tells; whole: with what only people want to know."""
    record = _Record()
    failures = here.settings.operator.failures
    try:
        with here.database.read() as session:
            record.reasons = wellbeing.stopped_loops(session, now)
            if stalled := wellbeing.stalled(session, now):
                record.reasons.append(stalled)
            record.warnings = [ailment.detail for ailment in wellbeing.ailments(session, here.settings, now)]
            record.troubles = list(troubles.current(session))
            record.warnings += [trouble.detail for trouble in record.troubles if trouble.kind == "clock"]
            record.overdue = articles.count_overdue(session, now - wellbeing.OVERDUE)
            counts = sites.counts(session, failures, now)
            record.sites = dict(zip(("total", "failing", "held"), counts, strict=True))
            record.loops = list(loops.beats(session))
            record.articles = articles.count_by_state(session)
            record.deliveries = deliveries.count_by_state(session)
            if whole:
                record.feeds = feeds.count_by_state(session)
                record.due = articles.count_due(session, now)
                record.visited = sites.count_visited(session, now)
        if whole:
            record.kept = sizes.measure(here.database)
            record.engine = sizes.engine_version(here.database)
    except SQLAlchemyError as error:
        log.error("database does not answer", page="/health", error=str(error))
        record.reasons = ["The database does not answer; the log says why."]
    return record
