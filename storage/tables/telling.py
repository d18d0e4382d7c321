"""Who is told: Channels, Rules, Alerts, Deliveries and their Attempts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlalchemy import UniqueConstraint as Unique
from sqlmodel import Field, SQLModel

from storage.tables.columns import UtcDateTime, one_of


class Channel(SQLModel, table=True):
    """Where alerts go."""

    __table_args__ = (one_of("kind", "email", "webhook", "messenger"),)

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    kind: str
    address: str
    """An e-mail address, the URL of a webhook, or the Apprise URL of a messenger, which is a secret as a whole."""
    secret: str | None = None
    """Of a webhook: its Standard Webhooks signing secret (`whsec_...`)."""
    retired_secret: str | None = None
    """The one before, which signs as well until `retired_secret_until_at`."""
    retired_secret_until_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    templates: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    """The operator's own wording: `subject`, `text` and `html`, each where it is not ours."""
    enabled: bool = True
    disabled_reason: str | None = None
    operator: bool = False
    """Whether it is told when the watch itself is in trouble."""
    created_at: datetime = Field(sa_type=UtcDateTime)


class Rule(SQLModel, table=True):
    """Which Changes matter to whom."""

    __table_args__ = (one_of("baseline", "last version"),)

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    channel_id: int = Field(foreign_key="channel.id")
    types: list[str] = Field(default_factory=list, sa_type=JSON)
    """Types of Change; empty: those that facts.md alerts by default."""
    kinds: list[str] = Field(default_factory=list, sa_type=JSON)
    """Kinds of Fact; empty: all, and Changes without a Fact."""
    article_id: int | None = Field(default=None, foreign_key="article.id")
    """Only this Article; null: all."""
    baseline: str = "last version"
    """Since when a Change is told."""
    enabled: bool = True
    created_at: datetime = Field(sa_type=UtcDateTime)


class Alert(SQLModel, table=True):
    """The Changes of one Version (or of one change of availability) that a Rule picked, ready to be told."""

    id: str = Field(primary_key=True)
    rule_id: int | None = Field(default=None, foreign_key="rule.id")
    """Null once the Rule was removed; the payload keeps its name."""
    article_id: int | None = Field(default=None, foreign_key="article.id")
    version_id: int | None = Field(default=None, foreign_key="version.id")
    created_at: datetime = Field(sa_type=UtcDateTime)
    payload: dict[str, Any] = Field(sa_type=JSON)
    """All that channels need to tell it, as webhooks receive it."""


class AlertChange(SQLModel, table=True):
    """Which Changes an Alert tells."""

    __tablename__ = "alert_change"

    alert_id: str = Field(foreign_key="alert.id", primary_key=True)
    change_id: int = Field(foreign_key="change.id", primary_key=True)


DELIVERY_STATES = ("waiting", "delivered", "failed")


class Delivery(SQLModel, table=True):
    """One Alert to one Channel. Its id is the idempotency key on every try."""

    __table_args__ = (
        Unique("alert_id", "channel_id"),
        one_of("state", *DELIVERY_STATES),
        Index("delivery_due", "state", "next_attempt_at"),
        Index("delivery_of_channel", "channel_id", "state", "next_attempt_at", "id"),
    )

    id: str = Field(primary_key=True)
    alert_id: str = Field(foreign_key="alert.id")
    channel_id: int = Field(foreign_key="channel.id")
    state: str = "waiting"
    attempts: int = 0
    attempts_before: int = 0
    """Attempts made before a person last had it sent again: the schedule of retries counts from there."""
    next_attempt_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When to try; while a try is under way, when to believe that it died. Null once delivered or failed."""
    created_at: datetime = Field(sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_error: str | None = None


class Attempt(SQLModel, table=True):
    """One try at a Delivery; written before the try, so that an interrupted one is seen."""

    __table_args__ = (
        Unique("delivery_id", "number"),
        one_of("outcome", "started", "delivered", "retry", "failed"),
    )

    id: int | None = Field(default=None, primary_key=True)
    delivery_id: str = Field(foreign_key="delivery.id")
    number: int
    started_at: datetime = Field(sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    outcome: str = "started"
    detail: str = ""
