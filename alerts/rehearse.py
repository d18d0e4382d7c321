"""A dry run: what a Rule would have sent over Changes that are stored, and when. Nothing is sent, nothing is kept.

The Rule runs through the same gathering as a real one (`gather.py`), on a ledger in memory instead of the database;
only what is not of the Rule itself, the mutes and the other Rules of a Channel, is left out.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from alerts import gather
from alerts.event import Body, Event, Place, Rejudge
from alerts.flapping import supersedes
from alerts.ledger import Feeding, OpenAlert, Stated, StoredLedger
from alerts.rules import Condition
from alerts.timing import Pace, Timing, Waits, in_force
from alerts.wording import title
from storage import telling
from storage.tables import Mute, Pick
from storage.telling import Scope

MOST = 10_000
"""Changes that are gone through, the newest; more would keep a person waiting."""
_RULE, _CHANNEL = 0, 0


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """A Change that would have been told."""

    change_id: int
    article_id: int
    headline: str | None
    url: str
    seen_at: datetime
    title: str
    baseline: str
    baseline_number: int | None
    turns: int
    """How often the page had turned; 0 when it does not go back and forth."""


@dataclass(frozen=True, slots=True)
class RehearsedAlert:
    """An Alert that would have gone at a time."""

    at: datetime
    changes: Sequence[Rehearsed]


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a Rule would have sent."""

    since: datetime
    """Later than asked for when there were too many Changes."""
    until: datetime
    alerts: Sequence[RehearsedAlert]
    """The oldest first; those that would still wait are not among them."""
    looked_at: int
    """Changes that were gone through, in the Rule's scope."""
    picked: int
    """Changes that the Rule picks."""
    silent: int
    """Of these, turns of pages that go back and forth and are only counted."""
    held: int
    """Of these, what still waits for confirmations, or went back before it had them."""
    waiting: int
    """Of these, what is gathered and has not gone yet at the end."""

    @property
    def changes(self) -> int:
        """Changes that would have been told."""
        return sum(len(alert.changes) for alert in self.alerts)


def rehearse(
    session: Session,
    condition: Condition,
    timing: Timing,
    since: datetime,
    now: datetime,
    *,
    rejudge: Rejudge | None = None,
    pace: Pace | None = None,
    kind: str = "email",
    waits: Waits | None = None,
    at_most: int = MOST,
) -> Rehearsal:
    """What a Rule would have sent from `since` to `now`, had there been this one Rule and one Channel.

    pace, kind: of the Channel. Confirmations are counted by when each Version was first and last seen, and how often:
    the times between are taken to be even.
    """
    held_to = in_force(timing, pace or Pace(), kind, waits or Waits())
    feeding = Feeding(_RULE, "rehearsed", _CHANNEL, condition, held_to, since)
    scope = Scope(condition.article_id, condition.story_id, condition.tag, condition.site, condition.languages)
    rows = telling.past_changes(session, scope, since, now, at_most)
    ledger = _Memory(session)
    story = _Rehearsing(ledger, feeding, rejudge, now)
    for event in _events(condition, rows, ledger):
        story.happen(event)
    story.pass_time(now)
    return story.outcome(rows[0].change.changed_at if len(rows) == at_most else since, len(rows))


class _Rehearsing:
    """Time passes from Event to Event; what falls due between them goes in its order."""

    def __init__(self, ledger: _Memory, feeding: Feeding, rejudge: Rejudge | None, until: datetime) -> None:
        self._ledger = ledger
        self._feeding = feeding
        self._feedings: dict[gather.Key, Feeding] = {(_RULE, _CHANNEL): feeding}
        self._rejudge = rejudge
        self._until = until
        self._sent: list[tuple[str, datetime]] = []

    def happen(self, event: Event) -> None:
        """One Event, after all that was due before it."""
        self._ledger.unseen_from = event.seen_at  # what its own check sees may take back what waits to be confirmed
        self.pass_time(event.seen_at)
        self._ledger.unseen_from = None
        self._ledger.begin(event)
        # What is about the Article's place was asked for in the query.
        anywhere = Feeding(
            _RULE, self._feeding.rule, _CHANNEL, _anywhere(self._feeding.condition), self._feeding.timing,
            self._feeding.made_at,
        )  # fmt: skip
        gather.take(self._ledger, event, [anywhere], Place(event.article_id, event.url), self._rejudge)

    def pass_time(self, until: datetime) -> None:
        """Send what is closed, confirm what was seen often enough, tell how pages stand."""
        while (moment := self._ledger.next_moment()) is not None and moment <= until:
            gather.release(self._ledger, *self._ledger.due(moment), self._feedings, moment)
            for alert in self._ledger.seal(moment):
                self._sent.append((alert.id, moment))

    def outcome(self, since: datetime, looked_at: int) -> Rehearsal:
        """All of it."""
        picks, gathered = self._ledger.picks, self._ledger.gathered()
        sent = {id_ for id_, _ in self._sent}
        for together in gathered.values():
            gather.fold(together)
        return Rehearsal(
            since=since,
            until=self._until,
            alerts=[
                RehearsedAlert(
                    at, [self._ledger.rehearsed(pick) for pick in gathered.get(id_, ()) if pick.state == "gathered"]
                )
                for id_, at in self._sent
            ],
            looked_at=looked_at,
            picked=len(picks),
            silent=sum(pick.state in ("silent", "folded") for pick in picks),
            held=sum(pick.state in ("held", "withdrawn") for pick in picks),
            waiting=sum(pick.state == "gathered" and pick.alert_id not in sent for pick in picks),
        )


def _anywhere(condition: Condition) -> Condition:
    return condition.model_copy(
        update={"article_id": None, "story_id": None, "tag": None, "site": None, "languages": ()}
    )


def _events(condition: Condition, rows: Sequence[telling.PastChange], ledger: _Memory) -> Iterator[Event]:
    """The stored Changes as the Events in which they came, oldest first."""
    events: dict[tuple[datetime, int, int], list[telling.PastChange]] = defaultdict(list)
    for row in rows:
        if condition.story_id is None or row.change.story_id in (None, condition.story_id):
            events[row.change.changed_at, row.change.article_id, row.change.story_id or 0].append(row)
    for (seen_at, article_id, story_id), together in sorted(events.items(), key=lambda item: item[0]):
        first = together[0]
        yield Event(
            article_id=article_id,
            url=first.url,
            headline=first.headline,
            publisher=first.publisher,
            before=first.before,
            after=first.after,
            seen_at=seen_at,
            changes=[{**row.change.body, "id": row.change.id} for row in together],
            language=first.language,
            sightings=ledger.sightings(article_id, seen_at) if condition.confirmations else 0,
            lines={row.change.id or 0: row.change.line_id for row in together if row.change.line_id},
            story_id=story_id or None,
        )


@dataclass(slots=True)
class _Memory:
    """A ledger of one Rule and one Channel in memory. What articles said is read from the database."""

    session: Session
    picks: list[Pick] = field(default_factory=list)
    _alerts: dict[str, OpenAlert] = field(default_factory=dict)
    _gathering: dict[str, OpenAlert] = field(default_factory=dict)
    _last_sealed_at: datetime | None = None
    _by_article: defaultdict[int, list[Pick]] = field(default_factory=lambda: defaultdict(list))
    _bodies: dict[int, Body] = field(default_factory=dict)
    _events: defaultdict[int, list[Event]] = field(default_factory=lambda: defaultdict(list))
    _event_of: dict[int, Event] = field(default_factory=dict)
    _fresh: list[Pick] = field(default_factory=list)
    _silent: list[tuple[datetime, int, Pick]] = field(default_factory=list)
    _held: list[tuple[datetime, int, Pick]] = field(default_factory=list)
    unseen_from: datetime | None = None
    """Sightings from then on have not happened yet."""
    _seen: dict[int, Sequence[datetime]] = field(default_factory=dict)

    def begin(self, event: Event) -> None:
        """An Event is about to be judged."""
        self._events[event.article_id].append(event)
        self._bodies.update({change["id"]: change for change in event.changes})
        self._event_of.update({change["id"]: event for change in event.changes})

    # As a Ledger.

    def held(self, article_id: int) -> Sequence[Pick]:
        return [pick for pick in self._by_article[article_id] if pick.state == "held"]

    def turned(self, article_id: int, turns: Collection[str], since: datetime) -> Sequence[Pick]:
        return [
            pick
            for pick in self._by_article[article_id]
            if pick.turn in turns
            and (pick.state == "silent" or (pick.state in ("gathered", "folded") and pick.picked_at >= since))
        ]

    def mutes(self, channel_ids: Collection[int], now: datetime) -> Sequence[Mute]:
        return ()

    def add(self, new: Sequence[Pick]) -> None:
        for pick in new:
            pick.id = len(self.picks) + 1
            self.picks.append(pick)
            self._fresh.append(pick)
            self._by_article[pick.article_id].append(pick)

    def open_alert(self, channel_id: int, gathers: str) -> OpenAlert | None:
        return self._gathering.get(gathers)

    def open(self, channel_id: int, gathers: str, now: datetime, closes_at: datetime) -> OpenAlert:
        alert = OpenAlert(f"{len(self._alerts) + 1}", closes_at)
        self._alerts[alert.id] = self._gathering[gathers] = alert
        return alert

    def hurry(self, alert: OpenAlert, closes_at: datetime) -> None:
        alert.closes_at = closes_at

    def last_sealed_at(self, channel_id: int) -> datetime | None:
        return self._last_sealed_at

    def alert_of(self, change_id: int, channel_id: int) -> OpenAlert | None:
        return None  # one Rule picks a Change once

    def move(self, change_id: int, channel_id: int, alert: OpenAlert) -> None:
        raise AssertionError("one Rule picks a Change once")

    def moved_on(self, pick: Pick) -> bool:
        picked = self._bodies[pick.change_id]
        return any(
            supersedes(change, event.lines.get(change["id"]), picked, pick.line_id)
            for event in reversed(self._events[pick.article_id])
            if event.seen_at > self._event_of[pick.change_id].seen_at
            for change in event.changes
        )

    def last_told(self, feeding: Feeding, article_id: int, line_id: int | None, type_: str) -> Stated | None:
        for pick in reversed(self._by_article[article_id]):
            body = pick.body or self._bodies[pick.change_id]
            same = pick.line_id == line_id if line_id else not pick.line_id and body["type"] == type_
            if same and pick.state == "gathered":
                after = body["after"] if line_id else body.get("after_text")
                number = self._event_of[pick.change_id].after
                return Stated(after, number) if after is not None and number else None
        return None

    def first_stated(self, article_id: int, line_id: int | None, type_: str) -> Stated | None:
        return StoredLedger(self.session).first_stated(article_id, line_id, type_)

    def stated_at(self, article_id: int, line_id: int | None, type_: str, at: datetime) -> Stated | None:
        return StoredLedger(self.session).stated_at(article_id, line_id, type_, at)

    # As the clock.

    def next_moment(self) -> datetime | None:
        """When something is due next."""
        for pick in self._fresh:
            at = self._due(pick) if pick.state in ("silent", "held") else None
            if at is not None:
                heapq.heappush(self._held if pick.state == "held" else self._silent, (at, pick.id or 0, pick))
        self._fresh.clear()
        for state, waiting in (("silent", self._silent), ("held", self._held)):
            while waiting and waiting[0][2].state != state:
                heapq.heappop(waiting)
        moments = [alert.closes_at for alert in self._gathering.values()]
        moments += [at for at, _, _ in self._silent[:1]]
        moments += [at for at, _, _ in self._held[:1] if self._has_been(at)]
        return min(moments, default=None)

    def due(self, now: datetime) -> tuple[list[Pick], list[Pick]]:
        """Held Picks that are confirmed by now, and the silent ones of every turn whose time has come."""
        confirmed: list[Pick] = []
        while self._held and self._held[0][0] <= now and self._has_been(self._held[0][0]):
            pick = heapq.heappop(self._held)[2]
            if pick.state == "held":
                confirmed.append(pick)
        self._fresh += confirmed  # one that is kept silent has a time of its own then
        turns: set[tuple[int, str]] = set()
        while self._silent and self._silent[0][0] <= now:
            pick = heapq.heappop(self._silent)[2]
            if pick.state == "silent":
                turns.add((pick.article_id, pick.turn))
        silent = [
            pick
            for article_id, turn in sorted(turns)
            for pick in self._by_article[article_id]
            if pick.state == "silent" and pick.turn == turn
        ]
        return confirmed, silent

    def _has_been(self, sighting: datetime) -> bool:
        return self.unseen_from is None or sighting < self.unseen_from

    def seal(self, now: datetime) -> list[OpenAlert]:
        """The Alerts that go now."""
        going = {gathers: alert for gathers, alert in self._gathering.items() if alert.closes_at <= now}
        for gathers, alert in going.items():
            alert.sealed = True
            del self._gathering[gathers]
            if gathers == "at once":
                self._last_sealed_at = now
        return list(going.values())

    def gathered(self) -> Mapping[str, Sequence[Pick]]:
        """What each Alert gathered."""
        found: dict[str, list[Pick]] = {}
        for pick in self.picks:
            if pick.alert_id is not None and pick.state == "gathered":
                found.setdefault(pick.alert_id, []).append(pick)
        return found

    def sightings(self, article_id: int, at: datetime) -> int:
        """How often an Article had been seen by then."""
        if article_id not in self._seen:
            self._seen[article_id] = telling.sightings(self.session, article_id)
        return sum(seen <= at for seen in self._seen[article_id])

    def _due(self, pick: Pick) -> datetime | None:
        """When a Pick that waits is due: a held one when it is confirmed, which may be never."""
        if pick.state == "silent":
            return pick.due_at
        seen, last = self._seen[pick.article_id], (pick.due_sightings or 1) - 1
        return seen[last] if last < len(seen) else None

    def rehearsed(self, pick: Pick) -> Rehearsed:
        """A Pick as it would have been told."""
        event = self._event_of[pick.change_id]
        return Rehearsed(
            change_id=pick.change_id,
            article_id=pick.article_id,
            headline=event.headline,
            url=event.url,
            seen_at=event.seen_at,
            title=title(pick.body or self._bodies[pick.change_id]),
            baseline=pick.baseline,
            baseline_number=pick.baseline_number,
            turns=pick.turns,
        )
