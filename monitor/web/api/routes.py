"""The whole route table of the API, by the noun that it is about."""

from __future__ import annotations

from collections.abc import Mapping

from monitor.web.access import Role
from monitor.web.api import about, changes, compare, facts, feeds, health, sites, versions
from monitor.web.api.route import Download, Route

_READ, _WRITE = Role.VIEWER, Role.ADMIN

ROUTES: Mapping[str, tuple[Route, ...]] = {
    "Changes": (
        Route("GET", "/changes", changes.list_changes, _READ),
        Route("GET", "/changes/{change_id}", changes.get_change, _READ),
    ),
    "Versions": (
        Route("GET", "/articles/{article_id}/versions", versions.list_versions, _READ),
        Route("GET", "/articles/{article_id}/versions/{number}", versions.get_version, _READ),
        Route("GET", "/articles/{article_id}/compare/{before}/{after}", compare.compare_versions, _READ),
        Route("GET", "/articles/{article_id}/captures", versions.list_captures, _READ),
        Route("GET", "/articles/{article_id}/captures/{capture_id}", versions.get_capture, _READ),
        Route(
            "GET",
            "/articles/{article_id}/captures/{capture_id}/bytes",
            versions.get_capture_bytes,
            _READ,
            media=Download,
        ),
    ),
    "Facts": (
        Route("GET", "/articles/{article_id}/facts", facts.list_facts, _READ),
        Route("GET", "/articles/{article_id}/facts/{line_id}", facts.get_fact_line, _READ),
        Route("POST", "/texts/facts", compare.find_facts, _READ),
        Route("POST", "/texts/compare", compare.compare_texts, _READ),
    ),
    "Sites": (
        Route("GET", "/sites", sites.list_sites, _READ),
        Route("GET", "/sites/{site_id}", sites.get_site, _READ),
        Route("PATCH", "/sites/{site_id}/furniture/{line_id}", sites.decide_line, _WRITE),
        Route("POST", "/sites/{site_id}/accept", sites.accept_template, _WRITE),
    ),
    "Feeds": (
        Route("GET", "/feeds", feeds.list_feeds, _READ),
        Route("POST", "/feeds", feeds.add_feed, _WRITE, 201),
        Route("GET", "/feeds/{feed_id}", feeds.get_feed, _READ),
        Route("PATCH", "/feeds/{feed_id}", feeds.change_feed, _WRITE),
        Route("DELETE", "/feeds/{feed_id}", feeds.remove_feed, _WRITE, 204),
        Route("POST", "/feeds/{feed_id}/read", feeds.read_feed, _WRITE, 202),
        Route("GET", "/feeds/{feed_id}/entries", feeds.list_feed_entries, _READ),
    ),
    "Health": (Route("GET", "/health", health.get_health, _READ),),
    "About": (
        Route("GET", "/", about.get_entry, _READ),
        Route("GET", "/openapi.json", about.get_openapi, _READ),
        Route("GET", "/problems/{name}", about.get_problem, Role.ANYONE),
    ),
}
"""Every operation, under the tag that it has in the description. A viewer, or a token to read, may what VIEWER may."""

DESCRIPTION = """Corrigenda watches articles and tells which **fact** changed, from what to what, in which sentence,
when, and whether the publisher admitted it.

Lists come in pages: follow `next`. Errors are problems (RFC 9457). Times are RFC 3339 in UTC. Send
`Authorization: Bearer cor_...`; while there are no accounts, this machine itself needs none."""

TAGS = [
    {"name": "Changes", "description": "How a Fact, a headline, ... differs between two Versions."},
    {"name": "Versions", "description": "The distinct texts of an Article, the Captures that brought them, compared."},
    {"name": "Facts", "description": "Checkable statements: kind, subject, value, hedge, time, quote."},
    {"name": "Sites", "description": "Hosts that are visited politely, and how their pages are read."},
    {"name": "Feeds", "description": "Feeds and sitemaps whose new entries become Articles."},
    {"name": "Health", "description": "Whether the watch itself is well."},
    {"name": "About", "description": "The API itself."},
]
