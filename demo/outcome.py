"""What came of the demonstration, and whether it is what the manifest expects. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from typing import Any

from demo.editions import Edition


@dataclass(frozen=True, slots=True)
class Told:
    """One alert as it arrived: by webhook (`payload`) or by mail (`mail`)."""

    article: str
    """Which it is about; empty when it is about none that we know."""
    id: str
    """The webhook-id, or the Message-ID."""
    payload: dict[str, Any] | None = None
    mail: EmailMessage | None = None


@dataclass(frozen=True, slots=True)
class Played:
    """One edition after its round: what was told of it, and what the service and the site noted meanwhile."""

    edition: Edition
    began_at: datetime
    ended_at: datetime
    statuses: tuple[int, ...]
    """What the site answered to each look at the page."""
    state: str
    """The state of the article at the end of the round, as `corrigenda list` has it."""
    reason: str
    told: tuple[Told, ...] = ()

    @property
    def webhooks(self) -> list[Told]:
        """The alerts that came by webhook."""
        return [told for told in self.told if told.payload]

    @property
    def mails(self) -> list[Told]:
        """The alerts that came by mail."""
        return [told for told in self.told if told.mail]

    @property
    def changes(self) -> list[dict[str, Any]]:
        """All changes that the webhook brought."""
        return [change for told in self.told if told.payload for change in told.payload["changes"]]


@dataclass(slots=True)
class Outcome:
    """The whole."""

    publishers: dict[str, str]
    played: list[Played] = field(default_factory=list)
    histories: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What `corrigenda history ARTICLE --json` says at the end of every article that must have been silent once."""
    deliveries: list[dict[str, Any]] = field(default_factory=list)
    """What `corrigenda deliveries --json` says at the end."""
    forged: int = 0
    duplicates: list[str] = field(default_factory=list)
    tries: Counter[str] = field(default_factory=Counter)
    """How often each webhook id came, the call that was put off included."""
    strays: list[Told] = field(default_factory=list)
    """Alerts about an article that published nothing in that round, or after the last round."""
    stopped_with: int | None = 0
    seconds: float = 0.0

    def problems(self) -> list[str]:
        """Everything that is not as expected, a line each; empty: all is well."""
        found = [line for played in self.played for line in _judge(played, self._name(played), self._kept(played))]
        found += [f"a call with a wrong signature came {self.forged} times"] * bool(self.forged)
        found += [f"webhook {call_id} came again after it was taken" for call_id in self.duplicates]
        if self.tries and max(self.tries.values()) < 2:
            found.append("the webhook call that was put off on purpose did not come again under the same id")
        found += [f"told, although nothing was published: {title_of(told)}" for told in self.strays]
        found += [
            f"delivery {delivery['id']} to {delivery['channel']} is {delivery['state']}: {delivery['last_error']}"
            for delivery in self.deliveries
            if delivery["state"] != "delivered"
        ]
        if self.stopped_with != 0:
            found.append(f"the service did not stop cleanly on SIGTERM: exit code {self.stopped_with}")
        return found

    def captures(self, played: Played) -> list[dict[str, Any]]:
        """The captures of a round that made no version."""
        captures = self.histories.get(played.edition.article, {}).get("captures", [])
        return [capture for capture in captures if _within(played, capture["captured_at"])]

    def version(self, played: Played) -> int | None:
        """The number of the version that the round brought, if any."""
        versions = self.histories.get(played.edition.article, {}).get("versions", [])
        return next((each["number"] for each in versions if _within(played, each["first_seen_at"])), None)

    def _kept(self, played: Played) -> list[dict[str, Any]]:
        changes = self.histories.get(played.edition.article, {}).get("changes", [])
        return [change for change in changes if _within(played, change["changed_at"])]

    def _name(self, played: Played) -> str:
        edition = played.edition
        return f"round {edition.round}, {self.publishers[edition.article]}, edition {edition.number}"


def _within(played: Played, moment: str) -> bool:
    return played.began_at <= datetime.fromisoformat(moment) < played.ended_at


def _judge(played: Played, name: str, kept: Sequence[dict[str, Any]]) -> Iterable[str]:
    edition = played.edition
    missing, unexpected = _match(edition, played.changes)
    yield from (f"{name}: not told: {expected}" for expected in missing)
    yield from (f"{name}: told, but not expected: {change['title']} ({change['type']})" for change in unexpected)
    if played.state != edition.recorded:
        yield f"{name}: recorded as {played.state} ({played.reason}), expected {edition.recorded}"
    if not edition.expect and kept and not unexpected:
        yield f"{name}: a change was found where nothing changed: {kept[0]['summary']} ({kept[0]['type']})"
    if len(played.webhooks) > 1:
        yield f"{name}: {len(played.webhooks)} alerts instead of one"
    yield from _judge_mails(played, name)


def _match(edition: Edition, changes: Iterable[dict[str, Any]]) -> tuple[list[str], list[dict[str, Any]]]:
    """What was expected and did not come, and what came and was not expected."""
    left = list(changes)
    missing = []
    for expected in edition.expect:
        found = next((change for change in left if expected.matches(change)), None)
        if found is None:
            missing.append(str(expected))
        else:
            left.remove(found)
    return missing, left


def _judge_mails(played: Played, name: str) -> Iterable[str]:
    """Every alert must have come by mail, too, and tell the same."""
    if len(played.mails) != len(played.webhooks):
        yield f"{name}: {len(played.mails)} mails for {len(played.webhooks)} webhook calls"
    text = " ".join(" ".join(words_of(told.mail)) for told in played.mails if told.mail)
    for change in played.changes:
        for side in ("before", "after"):
            quote = (change[side] or {}).get("quote")
            if played.mails and quote and quote not in text:
                yield f"{name}: the mail does not say “{quote}”"


def title_of(told: Told) -> str:
    """What an alert says in one line."""
    return str(told.payload["title"] if told.payload else told.mail["Subject"] if told.mail else told.id)


def words_of(mail: EmailMessage) -> list[str]:
    """The words of the plain part of a mail."""
    part = mail.get_body(("plain",))
    return part.get_content().split() if part else []
