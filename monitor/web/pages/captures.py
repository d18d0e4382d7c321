"""`/articles/{id}/captures/{id}`: the raw bytes of a Capture, as a download and never as a page."""

from __future__ import annotations

from datetime import datetime

from fastapi import HTTPException
from fastapi.responses import Response

from monitor.web.pages.article import Id
from monitor.web.rendering import Here
from storage import blobs, captures


def download_capture(here: Here, article_id: Id, capture_id: Id) -> Response:
    """What a source really sent. A browser only saves it: whatever is in it runs nowhere near our pages."""
    with here.database.read() as session:
        capture = captures.by_id(session, article_id, capture_id)
        if capture is None:
            raise HTTPException(404, f"Article {article_id} has no capture {capture_id}.")
        if capture.blob_hash is None:
            raise HTTPException(404, f"Capture {capture_id} brought no bytes: {capture.reason}.")
        if capture.let_go_at:
            raise HTTPException(410, let_go(f"The bytes of capture {capture_id}", capture.let_go_at, capture.blob_hash))
        body = blobs.get(session, capture.blob_hash)
    name = f"article-{article_id}-capture-{capture_id}.bin"
    return Response(
        body,
        media_type="application/octet-stream",
        headers={
            "content-disposition": f'attachment; filename="{name}"',
            "content-security-policy": "sandbox; default-src 'none'",
            "x-capture-sha256": capture.blob_hash,
        },
    )


def let_go(what: str, at: datetime, sha256: str) -> str:
    """One sentence about what retention let go."""
    return f"{what} were let go on {at:%Y-%m-%d}, as the retention settings say; their SHA-256 was {sha256}."
