"""Versions and Captures: the distinct texts of an Article, and what brought them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict

from monitor.web.api.nouns.noun import ROOT, Links, Moment, Noun
from storage import tables

Outcome = Literal["page", "not_modified", "gone", "walled", "refused", "failed", "suspect", "redirected"]

_CAPTURE: dict[str, Any] = {
    "id": 23,
    "article_id": 7,
    "captured_at": "2026-11-22T00:44:17Z",
    "last_captured_at": "2026-11-22T02:10:03Z",
    "times": 9,
    "outcome": "page",
    "reason": "200 OK",
    "status": 200,
    "final_url": "https://news.example/peacekeepers",
    "redirects": [],
    "headers": {"content-type": "text/html; charset=utf-8"},
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "size": 48213,
    "elapsed_ms": 412,
    "robots_ignored": False,
    "let_go_at": None,
    "links": {
        "self": f"{ROOT}/articles/7/captures/23",
        "article": f"{ROOT}/articles/7",
        "bytes": f"{ROOT}/articles/7/captures/23/bytes",
    },
}
_VERSION: dict[str, Any] = {
    "id": 15,
    "article_id": 7,
    "number": 2,
    "headline": "Militia attack kills peacekeepers",
    "byline": "By A. Reporter",
    "published": "2026-11-21T10:30:00Z",
    "published_source": "json-ld",
    "modified": None,
    "modified_source": None,
    "language": "en",
    "notices": [],
    "first_seen_at": "2026-11-22T00:44:17Z",
    "last_seen_at": "2026-11-22T02:10:03Z",
    "capture_id": 23,
    "text_sha256": "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
    "text_let_go_at": None,
    "extractor": "trafilatura 2.0.0",
    "links": {
        "self": f"{ROOT}/articles/7/versions/2",
        "article": f"{ROOT}/articles/7",
        "capture": f"{ROOT}/articles/7/captures/23",
        "facts": f"{ROOT}/articles/7/facts?version=2",
        "page": "/articles/7",
    },
}


class Capture(Noun):
    """What one fetch or read brought. Equal ones in a row are one with a count."""

    model_config = ConfigDict(json_schema_extra={"examples": [_CAPTURE]})

    id: int
    article_id: int
    captured_at: Moment
    last_captured_at: Moment
    """When the same was last brought."""
    times: int
    outcome: Outcome
    reason: str
    """Why it is that, in words."""
    status: int | None
    """HTTP status; null where no answer came, or a file was read."""
    final_url: str
    redirects: list[str]
    headers: dict[str, str]
    """As the publisher sent them, without cookies."""
    sha256: str | None
    """Of the bytes; null where none came."""
    size: int
    """Of the bytes, decoded."""
    elapsed_ms: int
    robots_ignored: bool
    """Whether robots.txt was overruled by the configuration when it was fetched."""
    let_go_at: Moment | None
    """When its bytes were let go, as the retention settings say; null while they are there."""
    links: Links


class Version(Noun):
    """A distinct text of an Article. A -> B -> A is three Versions."""

    model_config = ConfigDict(json_schema_extra={"examples": [_VERSION]})

    id: int
    article_id: int
    number: int
    """Counts the Versions of its Article, from 1."""
    headline: str | None
    byline: str | None
    published: str | None
    """As the page says, ISO 8601."""
    published_source: str | None
    """Where it says so."""
    modified: str | None
    modified_source: str | None
    language: str | None
    notices: list[str]
    """Correction, clarification and update notices that it has."""
    first_seen_at: Moment
    last_seen_at: Moment
    capture_id: int
    text_sha256: str
    """Of its text as UTF-8."""
    text_let_go_at: Moment | None
    """When its text was let go, as the retention settings say; null while it is there."""
    extractor: str
    """What took the text out of the page."""
    links: Links


class VersionText(Version):
    """A Version with its text."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **_VERSION,
                    "text": "Militia attack kills peacekeepers\n\n303 peacekeepers were killed, the mission said.",
                }
            ]
        }
    )

    text: str | None
    """Headline first, paragraphs divided by an empty line; null where it was let go."""


def version(row: tables.Version, text: str | None = None, *, whole: bool = False) -> Version:
    """A Version; a VersionText when its text is given, or `whole` is, which has a text that was let go as null."""
    article = f"{ROOT}/articles/{row.article_id}"
    fields = {
        **{name: getattr(row, name) for name in Version.model_fields if name not in ("links", "text_sha256")},
        "text_sha256": row.text_hash,
        "links": {
            "self": f"{article}/versions/{row.number}",
            "article": article,
            "capture": f"{article}/captures/{row.capture_id}",
            "facts": f"{article}/facts?version={row.number}",
            "page": f"/articles/{row.article_id}",
        },
    }
    if text is None and not whole:
        return Version.model_validate(fields)
    return VersionText.model_validate({**fields, "text": text})


def version_json(row: tables.Version, text: str | None = None, *, whole: bool = False) -> dict[str, Any]:
    """A Version as plain JSON values, with its text as `version` gives it."""
    return version(row, text, whole=whole).json_dict()


def capture(row: tables.Capture) -> Capture:
    """A Capture."""
    article = f"{ROOT}/articles/{row.article_id}"
    links = {"self": f"{article}/captures/{row.id}", "article": article}
    if row.blob_hash and row.let_go_at is None:
        links["bytes"] = f"{article}/captures/{row.id}/bytes"
    same = [name for name in Capture.model_fields if name not in ("sha256", "headers", "links")]
    return Capture.model_validate(
        {
            **{name: getattr(row, name) for name in same},
            "sha256": row.blob_hash,
            # A cookie may be the key to somebody's subscription.
            "headers": {name: value for name, value in row.headers.items() if name.lower() != "set-cookie"},
            "links": links,
        }
    )


def capture_json(row: tables.Capture) -> dict[str, Any]:
    """A Capture as plain JSON values."""
    return capture(row).json_dict()
