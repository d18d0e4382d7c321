"""Rules: which Changes matter to whom, when they are told, and what they would have told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import ConfigDict, Field, JsonValue

from alerts.rules import Condition
from alerts.timing import Timing
from monitor.web.api.nouns.channels import CHANNEL_NAME, ChannelName
from monitor.web.api.nouns.noun import ROOT, Given, Id, Links, Moment, Noun
from storage import tables

_CONDITION: dict[str, Any] = {"kinds": ["casualties"], "direction": "up", "percent": 10, "only_unacknowledged": True}


_RULE: dict[str, Any] = {
    "id": 2,
    "name": "Tolls",
    "enabled": True,
    "channels": [{"id": 1, "name": "desk"}],
    "condition": _CONDITION,
    "timing": {"when": "at once", "zone": "Europe/Berlin"},
    "sends": "Sends to desk, at once: tolls that rise by 10 % or more and that no notice admits.",
    "created_at": "2026-11-20T08:05:00Z",
    "links": {"self": f"{ROOT}/rules/2", "page": "/rules/2"},
}


class Rule(Noun):
    """Which Changes matter to whom, and when they are told."""

    model_config = ConfigDict(json_schema_extra={"examples": [_RULE]})

    id: int
    name: str
    enabled: bool
    channels: list[ChannelName]
    condition: dict[str, JsonValue]
    """What it asks of a Change, as far as it asks something: see `Condition`."""
    timing: dict[str, JsonValue]
    """When it tells, as far as that is its own: see `Timing`."""
    sends: str
    """What it will send, in plain words."""
    created_at: Moment
    links: Links


class NewRule(Given):
    """A Rule to make."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"name": "Tolls", "channels": [1], "condition": _CONDITION},
                {"name": "The rest", "channels": [1], "timing": {"when": "daily", "at": "08:00"}},
            ]
        }
    )

    name: CHANNEL_NAME
    channels: Annotated[list[Id], Field(min_length=1, max_length=100)]
    """The ids of the Channels that it feeds."""
    condition: Condition = Condition()
    timing: Timing = Timing()
    enabled: bool = True


class RulePatch(Given):
    """What is to be different about a Rule (RFC 7396)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"enabled": False}, {"condition": {"percent": 20}}]})

    name: CHANNEL_NAME | None = None
    channels: Annotated[list[Id], Field(min_length=1, max_length=100)] | None = None
    """All Channels that it feeds from now on."""
    condition: dict[str, JsonValue] | None = None
    """The fields of `Condition` that change; one that is null asks nothing again."""
    timing: dict[str, JsonValue] | None = None
    enabled: bool | None = None


class Rehearse(Given):
    """A Rule that is still being written, to be tried on what is kept."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"condition": _CONDITION, "channel_id": 1, "days": 30}]})

    condition: Condition = Condition()
    timing: Timing = Timing()
    channel_id: Id | None = None
    """The Channel that it would feed: its quiet hours and waits hold."""
    days: Annotated[int, Field(ge=1, le=366)] = 30
    """Over so many days before now."""


class RehearsedChange(Noun):
    """A Change that would have been told."""

    change_id: int
    article_id: int
    headline: str | None
    url: str
    seen_at: Moment
    title: str
    baseline: str
    baseline_number: int | None
    turns: int
    """How often the page had turned; 0 when it does not go back and forth."""


class RehearsedAlert(Noun):
    """An Alert that would have gone at a time."""

    at: Moment
    changes: list[RehearsedChange]


class Rehearsal(Noun):
    """What a Rule would have sent. Nothing was sent, and nothing is kept of it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "sends": "Sends at once: tolls that rise by 10 % or more and that no notice admits.",
                    "since": "2026-10-23T08:00:00Z",
                    "until": "2026-11-22T08:00:00Z",
                    "alerts": [
                        {
                            "at": "2026-11-22T00:44:27Z",
                            "changes": [
                                {
                                    "change_id": 97,
                                    "article_id": 7,
                                    "headline": "Militia attack kills peacekeepers",
                                    "url": "https://news.example/peacekeepers",
                                    "seen_at": "2026-11-22T00:44:17Z",
                                    "title": "at least 170 -> 303 peacekeepers killed",
                                    "baseline": "last version",
                                    "baseline_number": 1,
                                    "turns": 0,
                                }
                            ],
                        }
                    ],
                    "looked_at": 140,
                    "picked": 1,
                    "silent": 0,
                    "held": 0,
                    "waiting": 0,
                }
            ]
        }
    )

    sends: str
    """What it will send, in plain words."""
    since: Moment
    """Later than asked for when there were too many Changes."""
    until: Moment
    alerts: list[RehearsedAlert]
    """The oldest first."""
    looked_at: int
    """Changes that were gone through."""
    picked: int
    """Changes that the Rule picks."""
    silent: int
    """Of these, turns of pages that go back and forth and are only counted."""
    held: int
    """Of these, what still waits for confirmations, or went back before it had them."""
    waiting: int
    """Of these, what is gathered and has not gone yet."""


class ForChannel(Given):
    """A Channel."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"channel_id": 1}]})

    channel_id: Id


class Rules(Noun):
    """Some Rules."""

    items: list[Rule]


def rule(row: tables.Rule, fed: Sequence[tables.Channel], sends: str) -> Rule:
    """A Rule with the Channels that it feeds, and what it will send in plain words."""
    same = ("id", "name", "enabled", "condition", "timing", "created_at")
    return Rule.model_validate(
        {
            **{name: getattr(row, name) for name in same},
            "channels": [{"id": one.id, "name": one.name} for one in fed],
            "sends": sends,
            "links": {"self": f"{ROOT}/rules/{row.id}", "page": f"/rules/{row.id}"},
        }
    )
