"""Sites: their health, and how their pages are read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import ConfigDict

from monitor.web.api.nouns.noun import ROOT, Given, Links, Moment, Noun
from storage import tables
from storage.page_records import Health

_SITE: dict[str, Any] = {
    "id": 3,
    "host": "news.example",
    "failures": 0,
    "last_ok_at": "2026-11-22T02:10:03Z",
    "last_checked_at": "2026-11-22T02:10:03Z",
    "last_reason": "200 OK",
    "held_until_at": None,
    "held_reason": "",
    "robots_ignored": False,
    "links": {"self": f"{ROOT}/sites/3", "articles": f"{ROOT}/articles?site=3", "page": "/sites/3"},
}
_LINE: dict[str, Any] = {
    "id": 5,
    "state": "ignored",
    "kind": "line",
    "text": "Sign up for our newsletter",
    "length": 0,
    "example": "",
    "article_ids": [7, 9, 12],
    "times": 3,
    "last_at": "2026-11-22T00:44:17Z",
}


class Site(Noun):
    """A host that is visited politely; local files share the Site `file:`."""

    model_config = ConfigDict(json_schema_extra={"examples": [_SITE]})

    id: int
    host: str
    failures: int
    """Checks in a row that failed, whatever the reason."""
    last_ok_at: Moment | None
    last_checked_at: Moment | None
    last_reason: str | None
    """What came of the last check."""
    held_until_at: Moment | None
    """Nothing is asked of it before: its Retry-After, or our back-off."""
    held_reason: str
    robots_ignored: bool
    """Whether the configuration overrules its robots.txt."""
    links: Links


class FurnitureLine(Noun):
    """A line of a Site's pages that changes by itself, and is ignored; or `kept`: a person said that it is not."""

    model_config = ConfigDict(json_schema_extra={"examples": [_LINE]})

    id: int
    state: Literal["ignored", "kept"]
    kind: Literal["line", "pattern", "place"]
    """`line`: this very line; `pattern`: lines like it, whatever their numbers; `place`: labels that follow it."""
    text: str
    length: int
    """Of a place: how many lines follow."""
    example: str
    article_ids: list[int]
    """Some of the Articles in which it was seen to change."""
    times: int
    last_at: Moment


class SiteNotice(Noun):
    """Something about a Site that would else have been told of each of its Articles."""

    kind: Literal["furniture", "template"]
    sentence: str
    opened_at: Moment
    closed_at: Moment | None
    accepted: bool
    """Whether a person said that the pages are right as they are now."""


class SiteRecord(Site):
    """A Site with the record of its pages."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **_SITE,
                    "articles_read": 120,
                    "usual_characters": 4210,
                    "with_headline": 1.0,
                    "with_byline": 0.94,
                    "with_date": 1.0,
                    "broken": 0,
                    "furniture": [_LINE],
                    "notices": [],
                }
            ]
        }
    )

    articles_read: int
    usual_characters: int
    with_headline: float
    """In what share of its pages a headline is found, 0 to 1; and so on."""
    with_byline: float
    with_date: float
    broken: int
    """Articles whose text is broken or replaced now."""
    furniture: list[FurnitureLine]
    notices: list[SiteNotice]


class Decision(Given):
    """Whether a line is part of the articles."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"state": "kept"}]})

    state: Literal["ignored", "kept"]


_SAME = [name for name in Site.model_fields if name != "links"]


def _site(row: tables.Site) -> dict[str, Any]:
    links = {"self": f"{ROOT}/sites/{row.id}", "articles": f"{ROOT}/articles?site={row.id}", "page": f"/sites/{row.id}"}
    return {**{name: getattr(row, name) for name in _SAME}, "links": links}


def site(row: tables.Site) -> Site:
    """A Site."""
    return Site.model_validate(_site(row))


def furniture_line(row: tables.Furniture) -> FurnitureLine:
    """A line that was decided upon."""
    return FurnitureLine.model_validate(row, from_attributes=True)


def site_record(
    row: tables.Site, health: Health, lines: Sequence[tables.Furniture], notices: Sequence[tables.SiteNotice]
) -> SiteRecord:
    """A Site with the record of its pages."""
    return SiteRecord.model_validate(
        {
            **_site(row),
            "articles_read": health.articles,
            "usual_characters": round(health.characters),
            "with_headline": round(health.headline, 3),
            "with_byline": round(health.byline, 3),
            "with_date": round(health.published, 3),
            "broken": health.upset,
            "furniture": [furniture_line(line) for line in lines],
            "notices": [SiteNotice.model_validate(notice, from_attributes=True) for notice in notices],
        }
    )
