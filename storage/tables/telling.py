"""Who is told: Channels, Rules, what they picked and muted, Alerts, Deliveries and their Attempts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, text
from sqlalchemy import UniqueConstraint as Unique
from sqlmodel import Field, SQLModel

from storage.tables.columns import UtcDateTime, one_of

ALERT_STATES = ("open", "sealed", "withdrawn")
PICK_STATES = ("gathered", "held", "silent", "folded", "muted", "withdrawn")
MUTED_THINGS = ("fact", "article", "rule")


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
    failing_since_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When the first try failed after which none has succeeded; null while it is well."""
    failing_reason: str | None = None
    """How the last of these tries failed."""
    operator: bool = False
    """Whether it is told when the watch itself is in trouble."""
    pace: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """As `alerts.timing.Pace` keeps it: quiet hours, waits; what is left out is as configured."""
    removed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """It is no more; what it was told stays."""
    created_at: datetime = Field(sa_type=UtcDateTime)


class Rule(SQLModel, table=True):
    """Which Changes matter to whom, and when they are told."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    condition: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """As `alerts.rules.Condition` keeps it: what is left out asks nothing."""
    timing: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """As `alerts.timing.Timing` keeps it: what is left out is as the Channel has it."""
    enabled: bool = True
    created_at: datetime = Field(sa_type=UtcDateTime)


class RuleChannel(SQLModel, table=True):
    """A Rule feeds a Channel; it may feed several."""

    __tablename__ = "rule_channel"
    __table_args__ = (Index("rule_of_channel", "channel_id"),)

    rule_id: int = Field(foreign_key="rule.id", primary_key=True)
    channel_id: int = Field(foreign_key="channel.id", primary_key=True)


class Alert(SQLModel, table=True):
    """The Changes that Rules picked for one Channel, ready to be told. While it is open, more may join."""

    __table_args__ = (
        one_of("state", *ALERT_STATES),
        Index("alert_of_channel", "channel_id", "gathers", "sealed_at"),
        # Two processes never open two Alerts side by side: what they gather would be told in two mails.
        Index(
            "alert_open",
            "channel_id",
            "gathers",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: str = Field(primary_key=True)
    channel_id: int | None = Field(default=None, foreign_key="channel.id")
    """Null for what operators are told, which goes to several."""
    gathers: str = "at once"
    """What goes into one Alert together: `at once`, or which digest."""
    state: str = "sealed"
    created_at: datetime = Field(sa_type=UtcDateTime)
    sealed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When it was put together for its first try; from then on it stays as it is."""
    payload: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    """All that channels need to tell it, as webhooks receive it; null while it is open."""


class Pick(SQLModel, table=True):
    """That a Rule picked a Change for a Channel, and what became of it."""

    __table_args__ = (
        Unique("change_id", "channel_id", "rule_id"),
        one_of("state", *PICK_STATES),
        Index("pick_of_article", "article_id", "state", "picked_at"),
        Index("pick_of_alert", "alert_id", "id"),
        Index("pick_of_line", "line_id", "rule_id", "channel_id", "id"),
        Index("pick_due", "state", "due_at"),
        Index("pick_of_rule", "rule_id", "change_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    change_id: int = Field(foreign_key="change.id")
    article_id: int = Field(foreign_key="article.id")
    rule_id: int | None = Field(default=None, foreign_key="rule.id")
    """Null once the Rule was removed ..."""
    rule: str
    """... and this is what it was called."""
    channel_id: int = Field(foreign_key="channel.id")
    alert_id: str | None = Field(default=None, foreign_key="alert.id")
    """The Alert that tells it, or counts it."""
    state: str
    """`gathered`: its Alert tells it. `held`: waits for confirmations. `silent`: a turn of a page that goes back and
    forth, which an Alert will count. `folded`: such an Alert counts it. `muted`, `withdrawn`: nobody is told."""
    reason: str = ""
    """Why it is muted or withdrawn, for people."""
    picked_at: datetime = Field(sa_type=UtcDateTime)
    due_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Of a silent one: when an Alert tells how it stands."""
    due_sightings: int | None = None
    """Of a held one: when its Article has been seen so often, it is confirmed."""
    baseline: str = "last version"
    baseline_number: int | None = None
    """Number of the Version that the Change is judged from."""
    body: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    """The Change as judged from there; null when it is as stored."""
    line_id: int | None = None
    turn: str = ""
    """Equal for a Change and the one that takes it back."""
    turns: int = 0
    """Of a page that goes back and forth: how often it has turned, with this time; 0 when it does not."""
    turning_since_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Mute(SQLModel, table=True):
    """What a Channel does not want to hear of for a while: a fact, an Article, or what a Rule picks."""

    __table_args__ = (one_of("what", *MUTED_THINGS), Index("mute_of_channel", "channel_id"))

    id: int | None = Field(default=None, primary_key=True)
    channel_id: int = Field(foreign_key="channel.id")
    what: str
    line_id: int | None = None
    """Of the fact."""
    article_id: int | None = Field(default=None, foreign_key="article.id")
    rule_id: int | None = Field(default=None, foreign_key="rule.id")
    until_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Null: until somebody ends it."""
    created_at: datetime = Field(sa_type=UtcDateTime)
    created_by: str = ""


DELIVERY_STATES = ("waiting", "delivered", "failed", "withdrawn")


class Delivery(SQLModel, table=True):
    """One Alert to one Channel. Its id is the idempotency key on every try."""

    __table_args__ = (
        Unique("alert_id", "channel_id"),
        one_of("state", *DELIVERY_STATES),
        Index("delivery_due", "state", "next_attempt_at"),
        Index("delivery_in_line", "channel_id", "state", "aside", "due_at", "id"),
        Index("delivery_listed", "state", "id"),
        Index("delivery_listed_of_channel", "channel_id", "id"),
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
    due_at: datetime = Field(sa_type=UtcDateTime)
    """When it falls due for the first time: its place in the line of its Channel."""
    aside: bool = False
    """It failed where a later one was delivered, so the later ones no longer wait for it."""
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
