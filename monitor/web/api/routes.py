"""The whole route table of the API, by the noun that it is about."""

from __future__ import annotations

from collections.abc import Mapping

from monitor.web.access import Role
from monitor.web.api import (
    about,
    accounts,
    adding,
    articles,
    bulk,
    changes,
    channels,
    compare,
    deliveries,
    facts,
    feeds,
    health,
    rules,
    schemas,
    sites,
    stories,
    story_lines,
    versions,
    wording,
)
from monitor.web.api.route import Download, Route

_READ, _WRITE = Role.VIEWER, Role.ADMIN

ROUTES: Mapping[str, tuple[Route, ...]] = {
    "Changes": (
        Route("GET", "/changes", changes.list_changes, _READ),
        Route("GET", "/changes/{change_id}", changes.get_change, _READ),
    ),
    "Articles": (
        Route("GET", "/articles", articles.list_articles, _READ),
        Route("POST", "/articles", articles.add_article, _WRITE, 201, also=200),
        Route("POST", "/articles/batch", articles.add_articles, _WRITE),
        Route("POST", "/articles/bulk", bulk.do_with_articles, _WRITE),
        Route("POST", "/previews", adding.preview_address, _WRITE, also=202),
        Route("POST", "/imports", adding.import_addresses, _WRITE),
        Route("GET", "/articles/{article_id}", articles.get_article, _READ),
        Route("PATCH", "/articles/{article_id}", articles.change_article, _WRITE),
        Route("DELETE", "/articles/{article_id}", articles.remove_article, _WRITE, 204),
        Route("POST", "/articles/{article_id}/check", articles.check_article, _WRITE, 202),
    ),
    "Stories": (
        Route("GET", "/stories", stories.list_stories, _READ),
        Route("POST", "/stories", stories.add_story, _WRITE, 201),
        Route("GET", "/stories/{story_id}", stories.get_story, _READ),
        Route("PATCH", "/stories/{story_id}", stories.change_story, _WRITE),
        Route("DELETE", "/stories/{story_id}", stories.remove_story, _WRITE, 204),
        Route("PUT", "/stories/{story_id}/articles/{article_id}", stories.put_in_story, _WRITE, 204),
        Route("DELETE", "/stories/{story_id}/articles/{article_id}", stories.take_out_of_story, _WRITE, 204),
        Route("POST", "/stories/proposals", story_lines.propose_stories, _READ),
        Route("POST", "/stories/{story_id}/proposals", story_lines.propose_articles, _READ),
        Route("GET", "/stories/{story_id}/matrix", story_lines.get_matrix, _READ),
        Route("GET", "/stories/{story_id}/lines", story_lines.list_lines, _READ),
        Route("GET", "/stories/{story_id}/lines/{line_id}", story_lines.get_line, _READ),
        Route("PATCH", "/stories/{story_id}/lines/{line_id}", story_lines.name_line, _WRITE),
        Route("POST", "/stories/{story_id}/lines/{line_id}/accept", story_lines.accept_line, _WRITE),
        Route("POST", "/stories/{story_id}/lines/{line_id}/split", story_lines.split_line, _WRITE),
        Route("POST", "/stories/{story_id}/lines/{line_id}/merge", story_lines.merge_lines, _WRITE),
        Route("GET", "/stories/{story_id}/decisions", story_lines.list_decisions, _READ),
    ),
    "Versions": (
        Route("GET", "/articles/{article_id}/versions", versions.list_versions, _READ),
        Route("GET", "/articles/{article_id}/versions/{number}", versions.get_version, _READ),
        Route("GET", "/articles/{article_id}/history", versions.get_history, _READ),
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
        Route("POST", "/feeds", feeds.add_feed, _WRITE, 201, also=200),
        Route("GET", "/feeds/{feed_id}", feeds.get_feed, _READ),
        Route("PATCH", "/feeds/{feed_id}", feeds.change_feed, _WRITE),
        Route("DELETE", "/feeds/{feed_id}", feeds.remove_feed, _WRITE, 204),
        Route("POST", "/feeds/{feed_id}/read", feeds.read_feed, _WRITE, 202),
        Route("GET", "/feeds/{feed_id}/entries", feeds.list_feed_entries, _READ),
    ),
    "Rules": (
        Route("GET", "/rules", rules.list_rules, _READ),
        Route("POST", "/rules", rules.add_rule, _WRITE, 201),
        Route("POST", "/rules/default", rules.add_default_rules, _WRITE),
        Route("POST", "/rules/rehearse", rules.rehearse_rule, _READ),
        Route("GET", "/rules/{rule_id}", rules.get_rule, _READ),
        Route("GET", "/rules/{rule_id}/rehearsal", rules.rehearse_known_rule, _READ),
        Route("PATCH", "/rules/{rule_id}", rules.change_rule, _WRITE),
        Route("DELETE", "/rules/{rule_id}", rules.remove_rule, _WRITE, 204),
    ),
    "Channels": (
        Route("GET", "/channels", channels.list_channels, _READ),
        Route("POST", "/channels", channels.add_channel, _WRITE, 201),
        Route("GET", "/channels/{channel_id}", channels.get_channel, _READ),
        Route("PATCH", "/channels/{channel_id}", channels.change_channel, _WRITE),
        Route("DELETE", "/channels/{channel_id}", channels.remove_channel, _WRITE, 204),
        Route("POST", "/channels/{channel_id}/test", channels.test_channel, _WRITE),
        Route("POST", "/channels/{channel_id}/secret", channels.rotate_secret, _WRITE),
        Route("POST", "/channels/{channel_id}/wording", wording.word_channel, _WRITE),
    ),
    "Deliveries": (
        Route("GET", "/alerts", deliveries.list_alerts, _READ),
        Route("GET", "/alerts/{alert_id}", deliveries.get_alert, _READ),
        Route("GET", "/deliveries", deliveries.list_deliveries, _READ),
        Route("POST", "/deliveries/replay", deliveries.replay_deliveries, _WRITE),
        Route("GET", "/deliveries/{delivery_id}", deliveries.get_delivery, _READ),
        Route("POST", "/deliveries/{delivery_id}/replay", deliveries.replay_delivery, _WRITE, 202),
        Route("GET", "/mutes", deliveries.list_mutes, _READ),
        Route("POST", "/mutes", deliveries.add_mute, _WRITE, 201),
        Route("GET", "/mutes/{mute_id}", deliveries.get_mute, _READ),
        Route("DELETE", "/mutes/{mute_id}", deliveries.end_mute, _WRITE, 204),
    ),
    "Accounts": (
        Route("GET", "/accounts", accounts.list_accounts, _WRITE),
        Route("POST", "/accounts", accounts.add_account, _WRITE, 201),
        Route("GET", "/accounts/{account_id}", accounts.get_account, _WRITE),
        Route("PATCH", "/accounts/{account_id}", accounts.change_account, _WRITE),
        Route("DELETE", "/accounts/{account_id}", accounts.remove_account, _WRITE, 204),
        Route("POST", "/accounts/{account_id}/reset", accounts.reset_account, _WRITE),
        Route("GET", "/tokens", accounts.list_tokens, _WRITE),
        Route("POST", "/tokens", accounts.add_token, _WRITE, 201),
        Route("GET", "/tokens/{token_id}", accounts.get_token, _WRITE),
        Route("DELETE", "/tokens/{token_id}", accounts.revoke_token, _WRITE, 204),
    ),
    "Health": (Route("GET", "/health", health.get_health, _READ),),
    "About": (
        Route("GET", "/", about.get_entry, _READ),
        Route("GET", "/openapi.json", about.get_openapi, _READ),
        Route("GET", "/problems/{name}", about.get_problem, Role.ANYONE),
        Route("GET", "/schemas", schemas.list_schemas, Role.ANYONE),
        Route("GET", "/schemas/{name}", schemas.get_schema, Role.ANYONE),
    ),
}
"""Every operation, under the tag that it has in the description. A viewer, or a token to read, may what VIEWER may."""

DESCRIPTION = """Corrigenda watches articles and tells which **fact** changed, from what to what, in which sentence,
when, and whether the publisher admitted it.

Lists come in pages: follow `next`. Errors are problems (RFC 9457). Times are RFC 3339 in UTC. Send
`Authorization: Bearer cor_...`; while there are no accounts, this machine itself needs none."""

TAGS = [
    {"name": "Changes", "description": "How a Fact, a headline, ... differs between two Versions."},
    {"name": "Articles", "description": "What is tracked: one document each, a URL or a local file."},
    {"name": "Stories", "description": "Named groups of Articles about the same events."},
    {"name": "Versions", "description": "The distinct texts of an Article, the Captures that brought them, compared."},
    {"name": "Facts", "description": "Checkable statements: kind, subject, value, hedge, time, quote."},
    {"name": "Sites", "description": "Hosts that are visited politely, and how their pages are read."},
    {"name": "Feeds", "description": "Feeds and sitemaps whose new entries become Articles."},
    {"name": "Rules", "description": "Which Changes matter to whom, and when they are told."},
    {"name": "Channels", "description": "Where alerts go: an e-mail address, a webhook, another messenger."},
    {"name": "Deliveries", "description": "Alerts, what became of telling them, and what is muted."},
    {"name": "Accounts", "description": "Who may log in, and programs that ask in their names. For admins."},
    {"name": "Health", "description": "Whether the watch itself is well."},
    {"name": "About", "description": "The API itself."},
]
