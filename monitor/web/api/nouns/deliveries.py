"""Alerts, Deliveries, Attempts and Mutes: what was told, what became of it, what nobody wants to hear of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, JsonValue, model_validator

from alerts.rulebook import DEFAULT_MUTE_DAYS, LONGEST_MUTE_DAYS
from monitor.web.api.nouns.channels import ChannelName
from monitor.web.api.nouns.noun import ROOT, Given, Id, Links, Moment, Noun, Time
from storage import tables

DeliveryState = Literal["waiting", "delivered", "failed", "withdrawn"]


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
        "page": "/deliveries/msg_01KANC2V3T9Q",
    },
}


_ATTEMPT: dict[str, Any] = {
    "number": 10,
    "started_at": "2026-11-24T22:01:29Z",
    "finished_at": "2026-11-24T22:01:44Z",
    "outcome": "failed",
    "detail": "503 Service Unavailable",
}


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
        "links": {
            "self": f"{ROOT}/deliveries/{row.id}",
            "alert": f"{ROOT}/alerts/{row.alert_id}",
            "page": f"/deliveries/{row.id}",
        },
    }


def _title(row: tables.Alert) -> str | None:
    return str(row.payload.get("title", "")) or None if row.payload else None


def mute(row: tables.Mute, on: tables.Channel, says: str) -> Mute:
    """A Mute of a Channel, and what it says in plain words."""
    same = ("id", "what", "line_id", "article_id", "rule_id", "until_at", "created_at", "created_by")
    links = {"self": f"{ROOT}/mutes/{row.id}"}
    fields = {name: getattr(row, name) for name in same}
    return Mute.model_validate({**fields, "channel": {"id": on.id, "name": on.name}, "says": says, "links": links})
