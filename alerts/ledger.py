"""What gathering needs to know of what was picked and told before. `StoredLedger` reads and writes the database;
`rehearse.py` has one in memory, so that a rehearsal runs through the same gathering as the real thing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlmodel import Session

from alerts.event import Body
from alerts.flapping import supersedes
from alerts.ids import new_id
from alerts.rules import Condition
from alerts.timing import InForce
from storage import alerts, deliveries, facts, mutes, picks, versions
from storage.tables import Mute, Pick


@dataclass(frozen=True, slots=True)
class Feeding:
    """A Rule in force and one Channel that it feeds."""

    rule_id: int
    rule: str
    channel_id: int
    condition: Condition
    timing: InForce
    made_at: datetime
    """When the Rule was made: what an article said then is what `last alert` means before there was one."""


@dataclass(slots=True)
class OpenAlert:
    """An Alert that gathers."""

    id: str
    closes_at: datetime
    sealed: bool = False


@dataclass(frozen=True, slots=True)
class Stated:
    """What was said in a Version of an Article: a fact, or a text (a headline)."""

    before: Body | str
    number: int


class Ledger(Protocol):
    """What was picked, told and said before."""

    def held(self, article_id: int) -> Sequence[Pick]:
        """Picks of an Article that wait for confirmations."""
        ...

    def turned(self, article_id: int, turns: Collection[str], since: datetime) -> Sequence[Pick]:
        """Picks of these turns that were told since then or are still silent, oldest first."""
        ...

    def mutes(self, channel_ids: Collection[int], now: datetime) -> Sequence[Mute]:
        """What these Channels do not want to hear of now."""
        ...

    def add(self, new: Sequence[Pick]) -> None:
        """Keep new Picks as they are; changes of one that the ledger gave are kept by themselves."""
        ...

    def open_alert(self, channel_id: int, gathers: str) -> OpenAlert | None:
        """The one that gathers this for the Channel."""
        ...

    def open(self, channel_id: int, gathers: str, now: datetime, closes_at: datetime) -> OpenAlert:
        """Open an Alert, with its Delivery."""
        ...

    def hurry(self, alert: OpenAlert, closes_at: datetime) -> None:
        """It goes earlier than it was to."""
        ...

    def last_sealed_at(self, channel_id: int) -> datetime | None:
        """When the last Alert of the Channel went that was no digest."""
        ...

    def alert_of(self, change_id: int, channel_id: int) -> OpenAlert | None:
        """The Alert in which the Channel is told of the Change already."""
        ...

    def move(self, change_id: int, channel_id: int, alert: OpenAlert) -> None:
        """The Change is told in this open Alert instead of another open one."""
        ...

    def moved_on(self, pick: Pick) -> bool:
        """Whether what the picked Change brought no longer stands."""
        ...

    def last_told(self, feeding: Feeding, article_id: int, line_id: int | None, type_: str) -> Stated | None:
        """What the Rule last told the Channel of a fact, or of a headline and the like."""
        ...

    def first_stated(self, article_id: int, line_id: int | None, type_: str) -> Stated | None:
        """What the first Version that has it says."""
        ...

    def stated_at(self, article_id: int, line_id: int | None, type_: str, at: datetime) -> Stated | None:
        """What the Version of that time says."""
        ...


class StoredLedger:
    """The ledger in the database, within one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._told: dict[tuple[int, int, int], Sequence[picks.LastTold]] = {}

    def held(self, article_id: int) -> Sequence[Pick]:
        return picks.held(self._session, article_id)

    def turned(self, article_id: int, turns: Collection[str], since: datetime) -> Sequence[Pick]:
        return picks.turned(self._session, article_id, turns, since)

    def mutes(self, channel_ids: Collection[int], now: datetime) -> Sequence[Mute]:
        return mutes.in_force(self._session, channel_ids, now)

    def add(self, new: Sequence[Pick]) -> None:
        picks.add(self._session, new)

    def open_alert(self, channel_id: int, gathers: str) -> OpenAlert | None:
        found = alerts.open_alert(self._session, channel_id, gathers)
        return None if found is None else OpenAlert(*found)

    def open(self, channel_id: int, gathers: str, now: datetime, closes_at: datetime) -> OpenAlert:
        alert_id = new_id("alrt")
        alerts.open_new(self._session, alert_id, channel_id, gathers, now)
        deliveries.add(self._session, new_id("msg"), alert_id, channel_id, now, next_attempt_at=closes_at)
        return OpenAlert(alert_id, closes_at)

    def hurry(self, alert: OpenAlert, closes_at: datetime) -> None:
        alerts.close_at(self._session, alert.id, closes_at)
        alert.closes_at = closes_at

    def last_sealed_at(self, channel_id: int) -> datetime | None:
        return alerts.last_sealed_at(self._session, channel_id)

    def alert_of(self, change_id: int, channel_id: int) -> OpenAlert | None:
        found = alerts.telling(self._session, change_id, channel_id)
        return None if found is None else OpenAlert(*found)

    def move(self, change_id: int, channel_id: int, alert: OpenAlert) -> None:
        picks.move(self._session, change_id, channel_id, alert.id)

    def moved_on(self, pick: Pick) -> bool:
        picked, later = picks.change_and_later(self._session, pick)
        return any(supersedes(one.body, one.line_id, picked.body, pick.line_id) for one in later)

    def last_told(self, feeding: Feeding, article_id: int, line_id: int | None, type_: str) -> Stated | None:
        key = (feeding.rule_id, feeding.channel_id, article_id)
        if key not in self._told:
            self._told[key] = picks.last_told(self._session, *key)
        return next(
            (
                Stated(told.after, told.number)
                for told in self._told[key]
                if told.number and (told.line_id == line_id if line_id else not told.line_id and told.type == type_)
            ),
            None,
        )

    def first_stated(self, article_id: int, line_id: int | None, type_: str) -> Stated | None:
        return _stated(
            facts.first_of_line(self._session, line_id)
            if line_id
            else versions.text_of(self._session, article_id, type_, 1)
        )

    def stated_at(self, article_id: int, line_id: int | None, type_: str, at: datetime) -> Stated | None:
        number = versions.number_at(self._session, article_id, at)
        if number is None:
            return None
        return _stated(
            facts.of_line(self._session, line_id, number)
            if line_id
            else versions.text_of(self._session, article_id, type_, number)
        )


def _stated(found: tuple[Any, int] | None) -> Stated | None:
    return None if found is None or found[0] is None else Stated(*found)
