"""The tables, one class a noun of the glossary. Schema changes go through `migrations/`, never through create_all.

Times are aware UTC. Closed sets of words are `str` with a check, so that a new word is a visible migration.
"""

from __future__ import annotations

from storage.tables.columns import UtcDateTime
from storage.tables.evidence import OUTCOMES, Blob, Capture, Change, Fact, Version
from storage.tables.labels import ArticleTag, Story, StoryMember
from storage.tables.people import ROLES, SCOPES, Account, ApiToken, LoginAttempt, LoginSession, Secret, SetupLink
from storage.tables.running import Loop, Trouble
from storage.tables.telling import DELIVERY_STATES, Alert, AlertChange, Attempt, Channel, Delivery, Rule
from storage.tables.watching import (
    ADDRESS_SOURCES,
    AVAILABILITIES,
    ENTRY_OUTCOMES,
    FEED_STATES,
    FURNITURE_KINDS,
    FURNITURE_STATES,
    STATES,
    Address,
    Article,
    Feed,
    FeedEntry,
    Furniture,
    PageRecord,
    Site,
    SiteNotice,
)

__all__ = [
    "ADDRESS_SOURCES",
    "AVAILABILITIES",
    "DELIVERY_STATES",
    "ENTRY_OUTCOMES",
    "FEED_STATES",
    "FURNITURE_KINDS",
    "FURNITURE_STATES",
    "OUTCOMES",
    "ROLES",
    "SCOPES",
    "STATES",
    "Account",
    "Address",
    "Alert",
    "AlertChange",
    "ApiToken",
    "Article",
    "ArticleTag",
    "Attempt",
    "Blob",
    "Capture",
    "Change",
    "Channel",
    "Delivery",
    "Fact",
    "Feed",
    "FeedEntry",
    "Furniture",
    "LoginAttempt",
    "LoginSession",
    "Loop",
    "PageRecord",
    "Rule",
    "Secret",
    "SetupLink",
    "Site",
    "SiteNotice",
    "Story",
    "StoryMember",
    "Trouble",
    "UtcDateTime",
    "Version",
]
