"""The tables, one class a noun of the glossary. Schema changes go through `migrations/`, never through create_all.

Times are aware UTC. Closed sets of words are `str` with a check, so that a new word is a visible migration.
"""

from __future__ import annotations

from sqlmodel import SQLModel

from storage.tables.columns import WHOLE, UtcDateTime, widen
from storage.tables.evidence import OUTCOMES, Blob, Capture, Change, Fact, Version
from storage.tables.labels import ArticleTag, Story, StoryMember
from storage.tables.people import ROLES, SCOPES, Account, ApiToken, LoginAttempt, LoginSession, Secret, SetupLink
from storage.tables.running import Loop, Trouble
from storage.tables.stories import VERDICTS, StoryBlock, StoryCell, StoryDecision, StoryLine
from storage.tables.telling import (
    ALERT_STATES,
    DELIVERY_STATES,
    MUTED_THINGS,
    PICK_STATES,
    Alert,
    Attempt,
    Channel,
    Delivery,
    Mute,
    Pick,
    Rule,
    RuleChannel,
)
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

widen(SQLModel.metadata)

__all__ = [
    "ADDRESS_SOURCES",
    "ALERT_STATES",
    "AVAILABILITIES",
    "DELIVERY_STATES",
    "ENTRY_OUTCOMES",
    "FEED_STATES",
    "FURNITURE_KINDS",
    "FURNITURE_STATES",
    "MUTED_THINGS",
    "OUTCOMES",
    "PICK_STATES",
    "ROLES",
    "SCOPES",
    "STATES",
    "VERDICTS",
    "WHOLE",
    "Account",
    "Address",
    "Alert",
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
    "Mute",
    "PageRecord",
    "Pick",
    "Rule",
    "RuleChannel",
    "Secret",
    "SetupLink",
    "Site",
    "SiteNotice",
    "Story",
    "StoryBlock",
    "StoryCell",
    "StoryDecision",
    "StoryLine",
    "StoryMember",
    "Trouble",
    "UtcDateTime",
    "Version",
]
