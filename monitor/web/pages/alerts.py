"""`/alerts/{alert_id}`: all that an Alert told, where messages that are too short for it lead."""

from __future__ import annotations

from typing import Annotated

from fastapi import HTTPException, Path
from fastapi.responses import Response

from alerts.arrangement import arrange
from alerts.channels.email.templating import TYPE_WORDS, percent
from alerts.statements import pieces
from monitor.web.rendering import Here, page
from storage import alerts


def show_alert(here: Here, alert_id: Annotated[str, Path(max_length=100)]) -> Response:
    """What it told, by story, article and version, each change with both sentences as far as they are kept."""
    with here.database.read() as session:
        alert = alerts.get(session, alert_id.replace("\x00", ""))
    payload = alert.payload if alert else None
    if payload is None or not str(payload.get("type", "")).startswith("changes."):
        raise HTTPException(404, "There is no such alert, or it has not been sent yet.")
    arranged = arrange(payload, all_in_full=2000, some_in_full=2000)
    return page(
        "alert.html", payload=payload, arrangement=arranged, pieces=pieces, type_words=TYPE_WORDS, percent=percent
    )
