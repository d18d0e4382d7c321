"""`/health`: whether the service does its work: for a container's health check, and for a person."""

from __future__ import annotations

from datetime import UTC, datetime

import structlog
from fastapi import Request
from fastapi.responses import JSONResponse, Response
from sqlalchemy.exc import SQLAlchemyError

from monitor.web import attention
from monitor.web.rendering import Here, page
from monitor.web.wording import iso
from storage import articles, deliveries, loops
from storage.tables import Loop

log = structlog.get_logger()


def show_health(request: Request, here: Here) -> Response:
    """200 while the database answers and every loop gives signs of life, else 503; why, in either form.

    HTML where the reader asks for it, else `{"status", "reasons", "loops", "articles", "deliveries"}`.
    """
    now = datetime.now(UTC)
    beats: list[Loop] = []
    states: dict[str, int] = {}
    sent: dict[str, int] = {}
    try:
        with here.database.read() as session:
            reasons = attention.stopped_loops(session, now)
            beats = list(loops.beats(session))
            states = articles.count_by_state(session)
            sent = deliveries.count_by_state(session)
    except SQLAlchemyError as error:
        log.error("database does not answer", page="/health", error=str(error))
        reasons = ["The database does not answer; the log says why."]
    status = 503 if reasons else 200
    if "text/html" in request.headers.get("accept", ""):
        return page("health.html", status=status, reasons=reasons, loops=beats, states=states, deliveries=sent)
    body = {
        "status": "failing" if reasons else "ok",
        "reasons": reasons,
        "loops": {loop.name: {"beat_at": iso(loop.beat_at), "started_at": iso(loop.started_at)} for loop in beats},
        "articles": states,
        "deliveries": sent,
    }
    return JSONResponse(body, status_code=status)
