"""Articles: what is tracked, and how it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import ConfigDict

from monitor.web.api.nouns.noun import ROOT, Links, Moment, Noun
from storage import tables

State = Literal["new", "ok", "gone", "walled", "refused", "failed", "suspect", "redirected"]
Availability = Literal["page", "gone", "walled", "redirected"]

EXAMPLE: dict[str, Any] = {
    "id": 7,
    "url": "https://news.example/peacekeepers",
    "kind": "url",
    "site_id": 3,
    "publisher": "AP",
    "headline": "Militia attack kills peacekeepers",
    "state": "ok",
    "state_since_at": "2026-11-21T10:40:12Z",
    "reason": "",
    "availability": "page",
    "version_number": 2,
    "added_at": "2026-11-21T10:39:58Z",
    "last_checked_at": "2026-11-22T02:10:03Z",
    "last_changed_at": "2026-11-22T00:44:17Z",
    "paused": False,
    "next_check_at": "2026-11-22T02:22:03Z",
    "next_check_why": "it changed lately",
    "interval_seconds": None,
    "fastest_seconds": None,
    "slowest_seconds": None,
    "changes_seen": 1,
    "published": "2026-11-21T10:30:00Z",
    "published_source": "json-ld",
    "language": "en",
    "checks": 10,
    "failures": 0,
    "tags": ["desk-africa"],
    "stories": [{"id": 2, "name": "Peacekeepers attacked"}],
    "links": {
        "self": f"{ROOT}/articles/7",
        "site": f"{ROOT}/sites/3",
        "versions": f"{ROOT}/articles/7/versions",
        "facts": f"{ROOT}/articles/7/facts",
        "captures": f"{ROOT}/articles/7/captures",
        "changes": f"{ROOT}/changes?article=7",
        "history": f"{ROOT}/articles/7/history",
        "page": "/articles/7",
    },
}


class StoryName(Noun):
    """A Story, by its name."""

    id: int
    name: str


class Article(Noun):
    """One tracked document: a URL or a local file."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    id: int
    url: str
    kind: Literal["url", "file"]
    site_id: int
    publisher: str | None
    headline: str | None
    """Of its current Version."""
    state: State
    state_since_at: Moment
    reason: str
    """Why it is in its state."""
    availability: Availability
    """What readers were last told; it follows `state` only once that has lasted."""
    version_number: int
    """Number of the current Version; 0 before the first."""
    added_at: Moment
    last_checked_at: Moment | None
    last_changed_at: Moment | None
    paused: bool
    next_check_at: Moment | None
    """Null while paused."""
    next_check_why: str
    interval_seconds: int | None
    """A fixed time between two checks; null: as configured."""
    fastest_seconds: int | None
    """Bounds of its own on the pace of its checks; null: as configured."""
    slowest_seconds: int | None
    changes_seen: int
    """Versions after the first."""
    published: str | None
    """ISO 8601, as trusted for reading "on Tuesday"."""
    published_source: str | None
    language: str | None
    checks: int
    failures: int
    """Checks in a row that failed."""
    tags: list[str]
    stories: list[StoryName]
    links: Links


_OTHERWISE = ("reason", "paused", "tags", "stories", "links")
_SAME = [name for name in Article.model_fields if name not in _OTHERWISE]


def article(row: tables.Article, *, tags: Sequence[str] = (), stories: Sequence[tuple[int, str]] = ()) -> Article:
    """An Article with its tags and the Stories (id and name) that it is in."""
    here = f"{ROOT}/articles/{row.id}"
    return Article.model_validate(
        {
            **{name: getattr(row, name) for name in _SAME},
            "reason": row.state_reason,
            "paused": row.next_check_at is None,
            "tags": list(tags),
            "stories": [{"id": story_id, "name": name} for story_id, name in stories],
            "links": {
                "self": here,
                "site": f"{ROOT}/sites/{row.site_id}",
                "versions": f"{here}/versions",
                "facts": f"{here}/facts",
                "captures": f"{here}/captures",
                "changes": f"{ROOT}/changes?article={row.id}",
                "history": f"{here}/history",
                "page": f"/articles/{row.id}",
            },
        }
    )


def article_json(
    row: tables.Article, *, tags: Sequence[str] = (), stories: Sequence[tuple[int, str]] = ()
) -> dict[str, Any]:
    """An Article as plain JSON values."""
    return article(row, tags=tags, stories=stories).json_dict()
