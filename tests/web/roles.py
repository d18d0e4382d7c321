"""Every route of pages and API, and who may ask it. A route that is not here fails `test_web_roles.py`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

ANYONE = """
GET  /health
GET  /login
POST /login
POST /logout
GET  /setup
GET  /setup/{token}
POST /setup/{token}
GET  /api/v1/problems/{name}
GET  /api/v1/schemas
GET  /api/v1/schemas/{name}
"""

VIEWER = """
GET  /
GET  /articles
GET  /articles/{article_id}
GET  /articles/{article_id}/news
GET  /articles/{article_id}/compare
GET  /articles/{article_id}/compare/{before}/{after}
GET  /articles/{article_id}/captures/{capture_id}
GET  /articles/{article_id}/changes.atom
GET  /articles/{article_id}/versions/{number}.txt
GET  /articles/{article_id}/versions/{number}.json
GET  /articles/{article_id}/versions/{number}/facts.csv
GET  /articles/{article_id}/history.json
GET  /articles/{article_id}/history.csv
GET  /articles/{article_id}/facts/{line_id}.json
GET  /articles/{article_id}/facts/{line_id}.csv
GET  /changes/news
GET  /changes/{change_id}/evidence
GET  /changes.atom
GET  /stories
GET  /stories/{story_id}
GET  /stories/{story_id}/changes.atom
GET  /stories/{story_id}/matrix.json
GET  /stories/{story_id}/matrix.csv
GET  /stories/{story_id}/lines/{line_id}
GET  /stories/{story_id}/lines/{line_id}/chart.svg
GET  /rules/{rule_id}/changes.atom
GET  /alerts/{alert_id}
GET  /feeds
GET  /feeds/{feed_id}
GET  /sites/{site_id}
GET  /metrics
GET  /account
POST /account/password
POST /account/sessions/end
POST /account/sessions/{session_id}/end
POST /account/tokens
POST /account/tokens/{token_id}/revoke
GET  /api/v1/changes
GET  /api/v1/changes/{change_id}
GET  /api/v1/articles/{article_id}/versions
GET  /api/v1/articles/{article_id}/versions/{number}
GET  /api/v1/articles/{article_id}/compare/{before}/{after}
GET  /api/v1/articles/{article_id}/captures
GET  /api/v1/articles/{article_id}/captures/{capture_id}
GET  /api/v1/articles/{article_id}/captures/{capture_id}/bytes
GET  /api/v1/articles/{article_id}/facts
GET  /api/v1/articles/{article_id}/facts/{line_id}
POST /api/v1/texts/facts
POST /api/v1/texts/compare
GET  /api/v1/sites
GET  /api/v1/sites/{site_id}
GET  /api/v1/feeds
GET  /api/v1/feeds/{feed_id}
GET  /api/v1/feeds/{feed_id}/entries
GET  /api/v1/health
GET  /api/v1/
GET  /api/v1/openapi.json
GET  /api/v1/articles
GET  /api/v1/articles/{article_id}
GET  /api/v1/stories
GET  /api/v1/stories/{story_id}
POST /api/v1/stories/proposals
POST /api/v1/stories/{story_id}/proposals
GET  /api/v1/stories/{story_id}/matrix
GET  /api/v1/stories/{story_id}/lines
GET  /api/v1/stories/{story_id}/lines/{line_id}
GET  /api/v1/stories/{story_id}/decisions
GET  /api/v1/articles/{article_id}/history
GET  /api/v1/rules
GET  /api/v1/rules/{rule_id}
GET  /api/v1/channels
GET  /api/v1/channels/{channel_id}
GET  /api/v1/alerts
GET  /api/v1/alerts/{alert_id}
GET  /api/v1/deliveries
GET  /api/v1/deliveries/{delivery_id}
GET  /api/v1/mutes
GET  /api/v1/mutes/{mute_id}
POST /api/v1/rules/rehearse
GET  /api/v1/rules/{rule_id}/rehearsal
GET  /articles/{article_id}/facts
GET  /articles/{article_id}/facts/{line_id}
GET  /articles/{article_id}/facts/{line_id}.svg
GET  /channels
GET  /channels/{channel_id}
GET  /deliveries
GET  /deliveries/{delivery_id}
GET  /rules
GET  /sites
"""

ADMIN = """
POST /articles/bulk
GET  /channels/{channel_id}/wording
POST /channels/{channel_id}/wording
POST /stories
POST /stories/{story_id}
POST /stories/{story_id}/articles
POST /stories/{story_id}/articles/remove
POST /stories/{story_id}/remove
POST /stories/proposals
POST /stories/proposals/accept
POST /stories/{story_id}/proposals
POST /stories/{story_id}/proposals/accept
PATCH /api/v1/stories/{story_id}/lines/{line_id}
POST /api/v1/stories/{story_id}/lines/{line_id}/accept
POST /api/v1/stories/{story_id}/lines/{line_id}/split
POST /api/v1/stories/{story_id}/lines/{line_id}/merge
POST /stories/{story_id}/lines/{line_id}/accept
POST /stories/{story_id}/lines/{line_id}/split
POST /stories/{story_id}/lines/{line_id}/merge
POST /stories/{story_id}/lines/{line_id}/name
GET  /settings
POST /settings/accounts
POST /settings/accounts/{account_id}/role
POST /settings/accounts/{account_id}/reset
POST /settings/accounts/{account_id}/remove
POST /settings/tokens/{token_id}/revoke
PATCH  /api/v1/sites/{site_id}/furniture/{line_id}
POST   /api/v1/sites/{site_id}/accept
POST   /api/v1/channels/{channel_id}/wording
POST   /api/v1/feeds
PATCH  /api/v1/feeds/{feed_id}
DELETE /api/v1/feeds/{feed_id}
POST   /api/v1/feeds/{feed_id}/read
POST /api/v1/articles
POST /api/v1/articles/batch
POST /api/v1/articles/bulk
POST /api/v1/previews
POST /api/v1/imports
PATCH /api/v1/articles/{article_id}
DELETE /api/v1/articles/{article_id}
POST /api/v1/articles/{article_id}/check
POST /api/v1/stories
PATCH /api/v1/stories/{story_id}
DELETE /api/v1/stories/{story_id}
PUT  /api/v1/stories/{story_id}/articles/{article_id}
DELETE /api/v1/stories/{story_id}/articles/{article_id}
POST /api/v1/rules
PATCH /api/v1/rules/{rule_id}
DELETE /api/v1/rules/{rule_id}
POST /api/v1/channels
PATCH /api/v1/channels/{channel_id}
DELETE /api/v1/channels/{channel_id}
POST /api/v1/channels/{channel_id}/test
POST /api/v1/channels/{channel_id}/secret
POST /api/v1/deliveries/{delivery_id}/replay
POST /api/v1/mutes
DELETE /api/v1/mutes/{mute_id}
GET  /api/v1/accounts
POST /api/v1/accounts
GET  /api/v1/accounts/{account_id}
PATCH /api/v1/accounts/{account_id}
DELETE /api/v1/accounts/{account_id}
POST /api/v1/accounts/{account_id}/reset
GET  /api/v1/tokens
POST /api/v1/tokens
GET  /api/v1/tokens/{token_id}
DELETE /api/v1/tokens/{token_id}
GET  /add
POST /add
GET  /add/{token}
POST /add/{token}
GET  /add/{token}/{number}
POST /api/v1/deliveries/replay
POST /api/v1/rules/default
POST /articles/{article_id}/check
POST /articles/{article_id}/interval
POST /articles/{article_id}/pause
POST /articles/{article_id}/resume
POST /channels
POST /channels/{channel_id}
POST /channels/{channel_id}/remove
POST /channels/{channel_id}/rotate
POST /channels/{channel_id}/switch
POST /channels/{channel_id}/test
POST /deliveries/retry
POST /deliveries/{delivery_id}/retry
POST /mutes/{mute_id}/end
POST /rules
POST /rules/default
GET  /rules/new
POST /rules/say
POST /rules/{rule_id}
GET  /rules/{rule_id}
POST /rules/{rule_id}/remove
POST /rules/{rule_id}/switch
"""

LINKS = """
GET  /mute/{token}
POST /mute/{token}
GET  /unsubscribe/{token}
POST /unsubscribe/{token}
"""
"""Whose address is the permission: a signed link in a mail."""


class Row(NamedTuple):
    """A route, and the least role that may ask it (`link`: its address is the permission)."""

    method: str
    path: str
    role: str

    @property
    def api(self) -> bool:
        """Whether it is of the API, which a token may change things by."""
        return self.path.startswith("/api/")

    @property
    def unsafe(self) -> bool:
        """Whether it changes something, or might."""
        return self.method != "GET"


def rows() -> Iterator[Row]:
    """All of them."""
    for role, table in (("anyone", ANYONE), ("viewer", VIEWER), ("admin", ADMIN), ("link", LINKS)):
        for line in table.split("\n"):
            if line:
                method, path = line.split()
                yield Row(method, path, role)
