"""`/health`: whether the service does its work: for a container's health check, and for a person."""

from __future__ import annotations

from datetime import UTC, datetime

import structlog
from fastapi import Request
from fastapi.responses import JSONResponse, Response
from sqlalchemy.exc import SQLAlchemyError

from monitor import wellbeing
from monitor.web.rendering import Here, page
from monitor.web.wording import iso
from storage import articles, deliveries, loops, sites, troubles
from storage.tables import Loop, Trouble

log = structlog.get_logger()


def show_health(request: Request, here: Here) -> Response:
    """200 while the database answers, every loop gives signs of life and articles are checked, else 503 with reasons.

    What is wrong beside that (overdue articles, failing sites, a clock that jumped) are warnings: a new start would not
    help. HTML where the reader asks for it, else JSON.
    """
    now = datetime.now(UTC)
    beats: list[Loop] = []
    states: dict[str, int] = {}
    sent: dict[str, int] = {}
    warnings: list[str] = []
    since: list[Trouble] = []
    late = 0
    counts = (0, 0, 0)
    failures = here.settings.operator.failures
    try:
        with here.database.read() as session:
            reasons = wellbeing.stopped_loops(session, now)
            if stalled := wellbeing.stalled(session, now):
                reasons.append(stalled)
            warnings = [ailment.detail for ailment in wellbeing.ailments(session, here.settings, now)]
            since = list(troubles.current(session))
            warnings += [trouble.detail for trouble in since if trouble.kind == "clock"]
            late = articles.count_overdue(session, now - wellbeing.OVERDUE)
            counts = sites.counts(session, failures, now)
            beats = list(loops.beats(session))
            states = articles.count_by_state(session)
            sent = deliveries.count_by_state(session)
    except SQLAlchemyError as error:
        log.error("database does not answer", page="/health", error=str(error))
        reasons = ["The database does not answer; the log says why."]
    status = 503 if reasons else 200
    if "text/html" in request.headers.get("accept", ""):
        return page(
            "health.html",
            status=status,
            reasons=reasons,
            warnings=warnings,
            loops=beats,
            states=states,
            sites=dict(zip(("visited", "failing", "held back"), counts, strict=True)),
            deliveries=sent,
        )
    body = {
        "status": "failing" if reasons else "ok",
        "reasons": reasons,
        "warnings": warnings,
        "troubles": [{"key": one.key, "detail": one.detail, "since_at": iso(one.since_at)} for one in since],
        "loops": {loop.name: {"beat_at": iso(loop.beat_at), "started_at": iso(loop.started_at)} for loop in beats},
        "articles": states,
        "overdue": late,
        "sites": dict(zip(("total", "failing", "held"), counts, strict=True)),
        "deliveries": sent,
    }
    return JSONResponse(body, status_code=status)
