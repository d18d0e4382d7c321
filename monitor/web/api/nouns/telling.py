"""Who is told: Channels, Rules, Alerts, Deliveries, Attempts and Mutes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, JsonValue, model_validator

from alerts.channels import registry
from alerts.rulebook import DEFAULT_MUTE_DAYS, LONGEST_MUTE_DAYS
from alerts.rules import Condition
from alerts.timing import Pace, Timing
from monitor.web.api.nouns.noun import ROOT, Given, Id, Links, Moment, Noun, Text, Time
from storage import tables

ChannelKind = Literal["email", "webhook", "messenger"]
DeliveryState = Literal["waiting", "delivered", "failed", "withdrawn"]
_CHANNEL: dict[str, Any] = {
    "id": 1,
    "name": "desk",
    "kind": "webhook",
    "address": "https://desk.example/hooks/corrigenda",
    "enabled": True,
    "disabled_reason": None,
    "operator": False,
    "pace": {"zone": "Europe/Berlin", "quiet_from": "22:00", "quiet_until": "06:00"},
    "created_at": "2026-11-20T08:00:00Z",
    "links": {"self": f"{ROOT}/channels/1", "deliveries": f"{ROOT}/deliveries?channel=1"},
}
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
_DELIVERY: dict[str, Any] = {
    "id": "msg_01KANC2V3T9Q",
    "alert_id": "alrt_01KANC2V3T8R",
    "channel": {"id": 1, "name": "desk"},
    "state": "failed",
    "title": "at least 170 -> 303 peacekeepers killed - AP",
    "attempts": 10,
    "next_attempt_at": None,
    "created_at": "2026-11-22T00:44:17Z",
    "finished_at": "2026-11-24T22:01:44Z",
    "last_error": "given up after 10 tries: 503 Service Unavailable",
    "links": {
        "self": f"{ROOT}/deliveries/msg_01KANC2V3T9Q",
        "alert": f"{ROOT}/alerts/alrt_01KANC2V3T8R",
    },
}
_ATTEMPT: dict[str, Any] = {
    "number": 10,
    "started_at": "2026-11-24T22:01:29Z",
    "finished_at": "2026-11-24T22:01:44Z",
    "outcome": "failed",
    "detail": "503 Service Unavailable",
}
_CHANNEL_NAME = Annotated[Text, Field(min_length=1, max_length=64)]


class ChannelName(Noun):
    """A Channel, by its name."""

    id: int
    name: str


class Channel(Noun):
    """Where alerts go."""

    model_config = ConfigDict(json_schema_extra={"examples": [_CHANNEL]})

    id: int
    name: str
    kind: ChannelKind
    address: str
    """An e-mail address or the URL of a webhook; of a messenger only what is no secret."""
    enabled: bool
    disabled_reason: str | None
    operator: bool
    """Whether it is told when the watch itself is in trouble."""
    pace: dict[str, JsonValue]
    """Quiet hours and waits, as far as they are its own: see `Pace`."""
    created_at: Moment
    links: Links


class ChannelWithSecret(Channel):
    """A Channel that was just made. Its signing secret is shown this once."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**_CHANNEL, "secret": "whsec_" + "A" * 43 + "="}]})

    secret: str | None
    """Of a webhook, as Standard Webhooks writes it: keep it where the receiver checks signatures."""


class NewChannel(Given):
    """A Channel to make."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "desk", "address": "https://desk.example/hooks/corrigenda"}]}
    )

    name: _CHANNEL_NAME
    address: Annotated[Text, Field(min_length=1, max_length=2000)]
    """An e-mail address, the URL of a webhook, or an Apprise URL of a messenger (`slack://...`)."""
    secret: Annotated[Text, Field(max_length=200)] | None = None
    """Of a webhook: `whsec_` and 24 to 64 bytes in base64; by default a new one is made."""
    operator: bool = False
    pace: Pace | None = None


class ChannelPatch(Given):
    """What is to be different about a Channel (RFC 7396). Its address stays, because what was told went there."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"enabled": True}, {"pace": {"interval": 600}}]})

    name: _CHANNEL_NAME | None = None
    enabled: bool | None = None
    """Enabled again, alerts go there from now on; what failed meanwhile is sent again only by hand."""
    operator: bool | None = None
    pace: dict[str, JsonValue] | None = None
    """The fields of `Pace` that change; one that is null is as configured again."""


class NewSecret(Noun):
    """A new signing secret. It is shown this once; the old one goes on signing for a day."""

    secret: str


class TestAnswer(Noun):
    """What a receiver said to a test message."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"delivered": True, "detail": "200 OK"}]})

    delivered: bool
    detail: str


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

    name: _CHANNEL_NAME
    channels: Annotated[list[Id], Field(min_length=1, max_length=100)]
    """The ids of the Channels that it feeds."""
    condition: Condition = Condition()
    timing: Timing = Timing()
    enabled: bool = True


class RulePatch(Given):
    """What is to be different about a Rule (RFC 7396)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"enabled": False}, {"condition": {"percent": 20}}]})

    name: _CHANNEL_NAME | None = None
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


class Alert(Noun):
    """The Changes that Rules picked for one Channel, told together."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "alrt_01KANC2V3T8R",
                    "channel_id": 1,
                    "gathers": "at once",
                    "state": "sealed",
                    "created_at": "2026-11-22T00:44:17Z",
                    "sealed_at": "2026-11-22T00:44:27Z",
                    "title": "at least 170 -> 303 peacekeepers killed - AP",
                    "payload": None,
                    "links": {"self": f"{ROOT}/alerts/alrt_01KANC2V3T8R"},
                }
            ]
        }
    )

    id: str
    channel_id: int | None
    """Null for what operators are told."""
    gathers: str
    """What goes into it together: `at once`, or which digest."""
    state: Literal["open", "sealed", "withdrawn"]
    """`open`: more may join; `sealed`: it stays as it is; `withdrawn`: nothing was left to tell."""
    created_at: Moment
    sealed_at: Moment | None
    title: str | None
    payload: dict[str, JsonValue] | None
    """All that it says, as webhooks receive it (see `/schemas`); null while it is open, and in lists."""
    links: Links


class Attempt(Noun):
    """One try at a Delivery."""

    model_config = ConfigDict(json_schema_extra={"examples": [_ATTEMPT]})

    number: int
    started_at: Moment
    finished_at: Moment | None
    outcome: Literal["started", "delivered", "retry", "failed"]
    detail: str


class Delivery(Noun):
    """One Alert to one Channel. Its id is the idempotency key on every try."""

    model_config = ConfigDict(json_schema_extra={"examples": [_DELIVERY]})

    id: str
    alert_id: str
    channel: ChannelName
    state: DeliveryState
    title: str | None
    """Of its Alert; null while that still gathers."""
    attempts: int
    next_attempt_at: Moment | None
    created_at: Moment
    finished_at: Moment | None
    last_error: str | None
    links: Links


class DeliveryRecord(Delivery):
    """A Delivery with every Attempt at it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**_DELIVERY, "record": [_ATTEMPT]}]})

    record: list[Attempt]


_MUTE: dict[str, Any] = {
    "id": 3,
    "channel": {"id": 1, "name": "desk"},
    "what": "fact",
    "line_id": 12,
    "article_id": 7,
    "rule_id": None,
    "until_at": "2026-11-29T00:00:00Z",
    "created_at": "2026-11-22T08:00:00Z",
    "created_by": "eva",
    "says": "the fact “peacekeepers killed” in article 7 (Militia attack kills peacekeepers)",
    "links": {"self": f"{ROOT}/mutes/3"},
}


class Mute(Noun):
    """What a Channel does not want to hear of for a while: a fact, an Article, or what a Rule picks."""

    model_config = ConfigDict(json_schema_extra={"examples": [_MUTE]})

    id: int
    channel: ChannelName
    what: Literal["fact", "article", "rule"]
    line_id: int | None
    """Of the fact."""
    article_id: int | None
    rule_id: int | None
    until_at: Moment | None
    """Null: until somebody ends it."""
    created_at: Moment
    created_by: str
    says: str
    """What is muted, in plain words."""
    links: Links


class ReplayFailed(Given):
    """Which failed Deliveries to send again: all, where nothing is said."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"channel_id": 1, "since": "2026-11-22T00:00:00Z"}]})

    channel_id: Id | None = None
    since: Annotated[Time, Field(strict=False)] | None = None
    """Only those that failed at this time or later."""


class Replayed(Noun):
    """The ids of the Deliveries that are tried again."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"deliveries": ["msg_01KANC2V3T9Q"]}]})

    deliveries: list[str]


class NewMute(Given):
    """Something that a Channel is not to hear of: a fact (`line_id`), an Article, or what a Rule picks."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"channel_id": 1, "article_id": 7}, {"channel_id": 1, "rule_id": 2}]}
    )

    channel_id: Id
    line_id: Id | None = None
    article_id: Id | None = None
    rule_id: Id | None = None
    days: Annotated[float, Field(gt=0, le=LONGEST_MUTE_DAYS)] | None = DEFAULT_MUTE_DAYS
    """For so long; null: until somebody ends it."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        if sum(one is not None for one in (self.line_id, self.article_id, self.rule_id)) != 1:
            raise ValueError("say what is muted: exactly one of `line_id`, `article_id` and `rule_id`")
        return self


def channel(row: tables.Channel) -> Channel:
    """A Channel, without what is secret of it."""
    return Channel.model_validate(_channel(row))


def channel_with_secret(row: tables.Channel) -> ChannelWithSecret:
    """A Channel that was just made."""
    return ChannelWithSecret.model_validate({**_channel(row), "secret": row.secret})


def _channel(row: tables.Channel) -> dict[str, Any]:
    same = ("id", "name", "kind", "enabled", "disabled_reason", "operator", "pace", "created_at")
    links = {"self": f"{ROOT}/channels/{row.id}", "deliveries": f"{ROOT}/deliveries?channel={row.id}"}
    fields = {name: getattr(row, name) for name in same}
    return {**fields, "address": registry.shown_address(row), "links": links}


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


def alert(row: tables.Alert, *, whole: bool = False) -> Alert:
    """An Alert; `whole`: with all that it says."""
    same = ("id", "channel_id", "gathers", "state", "created_at", "sealed_at")
    return Alert.model_validate(
        {
            **{name: getattr(row, name) for name in same},
            "title": _title(row),
            "payload": row.payload if whole else None,
            "links": {"self": f"{ROOT}/alerts/{row.id}"},
        }
    )


def delivery(row: tables.Delivery, to: tables.Channel, of: tables.Alert) -> Delivery:
    """A Delivery with the Channel and the Alert."""
    return Delivery.model_validate(_delivery(row, to, of))


def delivery_record(
    row: tables.Delivery, to: tables.Channel, of: tables.Alert, attempts: Sequence[tables.Attempt]
) -> DeliveryRecord:
    """A Delivery with every Attempt at it."""
    record = [Attempt.model_validate(one, from_attributes=True) for one in attempts]
    return DeliveryRecord.model_validate({**_delivery(row, to, of), "record": record})


def _delivery(row: tables.Delivery, to: tables.Channel, of: tables.Alert) -> dict[str, Any]:
    same = (
        "id", "alert_id", "state", "attempts", "next_attempt_at", "created_at", "finished_at", "last_error",
    )  # fmt: skip
    return {
        **{name: getattr(row, name) for name in same},
        "channel": {"id": to.id, "name": to.name},
        "title": _title(of),
        "links": {"self": f"{ROOT}/deliveries/{row.id}", "alert": f"{ROOT}/alerts/{row.alert_id}"},
    }


def _title(row: tables.Alert) -> str | None:
    return str(row.payload.get("title", "")) or None if row.payload else None


def mute(row: tables.Mute, on: tables.Channel, says: str) -> Mute:
    """A Mute of a Channel, and what it says in plain words."""
    same = ("id", "what", "line_id", "article_id", "rule_id", "until_at", "created_at", "created_by")
    links = {"self": f"{ROOT}/mutes/{row.id}"}
    fields = {name: getattr(row, name) for name in same}
    return Mute.model_validate({**fields, "channel": {"id": on.id, "name": on.name}, "says": says, "links": links})
