"""Gathering: what Rules pick joins the open Alerts of their Channels, and what is to wait waits.

One Change is told to one Channel once, whatever number of Rules picked it: the Alert that goes first has it. A Pick is
held until it is confirmed, silent while a page goes back and forth, muted where nobody wants to hear of it, or
gathered; each says which, so that every picked Change is in exactly one Alert of a Channel or says why it is in none.

Everything here works on a Ledger, which is the database within one transaction, or the memory of a rehearsal.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from alerts.digest import closes_at
from alerts.event import STORY_TYPES, Body, Event, Place, Rejudge
from alerts.flapping import Decision, Turn, decide, supersedes, turn_of
from alerts.ledger import Feeding, Ledger, OpenAlert, Stated
from alerts.rules import applies, matches
from storage.tables import Mute, Pick

_TEXTS = frozenset({"headline", "byline", "published"})
"""What is no fact and yet has a before: it can be compared with an older one."""

NO_RULE = "its rule was removed, switched off or no longer feeds the channel"

Key = tuple[int | None, int]
"""A Rule and a Channel that it feeds."""


def take(
    ledger: Ledger, event: Event, feedings: Sequence[Feeding], place: Place, rejudge: Rejudge | None = None
) -> Sequence[Pick]:
    """Pick what the Rules want of an Event, and let it join Alerts. Returns the new Picks."""
    wanted = [feeding for feeding in feedings if applies(feeding.condition, place)]
    held = _overtaken(ledger.held(event.article_id), event)
    judged = _Judge(ledger, event, rejudge)
    new = []
    for feeding in wanted:
        for change in event.changes:
            before = held.get((feeding.rule_id, feeding.channel_id, change["id"]))
            pick = judged.pick(feeding, change, before)
            if pick is not None:
                new.append(pick)
    if not new:
        return []
    by_key: dict[Key, Feeding] = {(feeding.rule_id, feeding.channel_id): feeding for feeding in wanted}
    _gather(ledger, [pick for pick in new if pick.state == "gathered"], by_key, event.seen_at)
    ledger.add(new)
    return new


def release(
    ledger: Ledger, confirmed: Sequence[Pick], silent: Sequence[Pick], feedings: Mapping[Key, Feeding], now: datetime
) -> None:
    """Let confirmed Picks join Alerts, and tell once how a page stands that went back and forth."""
    standing = []
    for pick in confirmed:
        if (pick.rule_id, pick.channel_id) not in feedings:
            _withdraw(pick, NO_RULE)
        elif ledger.moved_on(pick):
            _withdraw(pick, "it no longer stood when it was to be confirmed")
        else:
            pick.state = "gathered"
            standing.append(pick)
    _gather(ledger, standing, feedings, now)
    turns: defaultdict[tuple[int, int, str], list[Pick]] = defaultdict(list)
    for pick in silent:
        turns[pick.article_id, pick.channel_id, pick.turn].append(pick)
    for picks in turns.values():
        _tell_how_it_stands(ledger, picks, feedings, now)


def _overtaken(held: Sequence[Pick], event: Event) -> dict[tuple[int | None, int, int], Pick]:
    """Held Picks that a Change of this Event overtakes: withdrawn, by the Rule, Channel and Change that do so."""
    overtaken = {}
    for pick in held:
        for change in event.changes:
            line_id = event.lines.get(change["id"])
            if pick.body is not None and supersedes(change, line_id, pick.body, pick.line_id):
                _withdraw(pick, "the article changed again before it was confirmed")
                overtaken[pick.rule_id, pick.channel_id, int(change["id"])] = pick
    return overtaken


class _Judge:
    """Judges the Changes of one Event for each Rule, from the Rule's baseline."""

    def __init__(self, ledger: Ledger, event: Event, rejudge: Rejudge | None) -> None:
        self._ledger = ledger
        self._event = event
        self._rejudge = rejudge
        self._turns: dict[int, str] = {}

    def pick(self, feeding: Feeding, change: Body, before: Pick | None) -> Pick | None:
        """The Pick of a Rule for a Channel, or null when the Rule does not want the Change.

        before: a held one that this Change overtakes; what it was judged from is what this one is judged from.
        """
        event, condition = self._event, feeding.condition
        stated = self._stated(feeding, change, before)
        body: Body | None = change
        if stated is not None and self._rejudge is not None:
            body = self._rejudge(change, stated.before, event.language or "en")
            if body is not None:
                body = {**body, "id": change["id"]}
        if body is None or not matches(condition, body):
            # Back to where it was before somebody would have been told: that is recorded, and told to nobody.
            went_back = before is not None and body is None and matches(condition, change)
            return self._taken_back(feeding, change, stated) if went_back else None
        if before is not None and (stated is None or not self._rejudge) and before.turn == self._turn(change):
            return self._taken_back(feeding, change, stated)  # a fact that came and went, a page that is back
        pick = self._new(feeding, change, body, stated)
        if condition.confirmations:
            pick.state = "held"
            pick.due_sightings = event.sightings + condition.confirmations
            pick.body = dict(body)
        return pick

    def _taken_back(self, feeding: Feeding, change: Body, stated: Stated | None) -> Pick:
        pick = self._new(feeding, change, None, stated)
        _withdraw(pick, "it took back what had not been confirmed")
        return pick

    def _stated(self, feeding: Feeding, change: Body, before: Pick | None) -> Stated | None:
        """What the Change is judged from, where that is not the Version before."""
        ledger, event, type_ = self._ledger, self._event, change["type"]
        line_id = event.lines.get(change["id"])
        two_sided = bool(change["before"] and change["after"]) or type_ in _TEXTS
        if not two_sided or type_ in STORY_TYPES:  # what sources say of each other has no older version
            return None
        if before is not None and before.body is not None:
            was = before.body["before"] or before.body.get("before_text")
            return Stated(was, before.baseline_number or 0) if was else None
        if feeding.condition.baseline == "last version" or (line_id is None and type_ not in _TEXTS):
            return None
        if feeding.condition.baseline == "first version":
            return ledger.first_stated(event.article_id, line_id, type_)
        return ledger.last_told(feeding, event.article_id, line_id, type_) or ledger.stated_at(
            event.article_id, line_id, type_, feeding.made_at
        )

    def _new(self, feeding: Feeding, change: Body, body: Body | None, stated: Stated | None) -> Pick:
        event = self._event
        return Pick(
            change_id=change["id"],
            article_id=event.article_id,
            rule_id=feeding.rule_id,
            rule=feeding.rule,
            channel_id=feeding.channel_id,
            state="gathered",
            picked_at=event.seen_at,
            baseline="last version" if change["type"] in STORY_TYPES else feeding.condition.baseline,
            baseline_number=stated.number if stated else event.before,
            body=dict(body) if body is not None and stated is not None else None,
            line_id=event.lines.get(change["id"]),
            turn=self._turn(change),
        )

    def _turn(self, change: Body) -> str:
        """Of the step in the article itself: judged from an older baseline, no turn would take another back."""
        key = int(change["id"])
        if key not in self._turns:
            self._turns[key] = turn_of(change, self._event.lines.get(key))
        return self._turns[key]


def _gather(ledger: Ledger, picks: Sequence[Pick], feedings: Mapping[Key, Feeding], now: datetime) -> None:
    """Mute, keep silent, or let join an Alert. All Picks are of one moment; each becomes one of the three."""
    _mute(picks, ledger.mutes({pick.channel_id for pick in picks}, now) if picks else (), now)
    picks = [pick for pick in picks if pick.state == "gathered"]
    told_since: list[tuple[Pick, Sequence[Pick]]] = []
    for article_id in sorted({pick.article_id for pick in picks}):
        of_article = [pick for pick in picks if pick.article_id == article_id]
        told_since += _silence(ledger, article_id, of_article, feedings, now)
    joining: defaultdict[tuple[int, int], list[Pick]] = defaultdict(list)
    for pick in picks:
        if pick.state == "gathered":
            joining[pick.channel_id, pick.change_id].append(pick)
    desk = _Desk(ledger, now)
    for (channel_id, change_id), same in joining.items():
        eager = min((feedings[pick.rule_id, pick.channel_id] for pick in same), key=desk.goes_at)
        alert = desk.join(eager, same[0])
        if any(pick.due_sightings is not None for pick in same):  # confirmed, and perhaps told by another Rule since
            alert = desk.once(change_id, channel_id, alert)
        for pick in same:
            pick.alert_id = alert.id
    for told, silent in told_since:
        for pick in silent:
            pick.state, pick.reason, pick.due_at = "folded", "told with a later turn of the page", None
            pick.alert_id = told.alert_id


class _Desk:
    """The open Alerts of one moment. Each is looked up once, and hurried by whoever is more eager."""

    def __init__(self, ledger: Ledger, now: datetime) -> None:
        self._ledger = ledger
        self._now = now
        self._open: dict[tuple[int, str], OpenAlert] = {}
        self._own: dict[tuple[int, int], str] = {}
        self._last: dict[int, datetime | None] = {}

    def goes_at(self, feeding: Feeding) -> datetime:
        """When a Rule by itself would tell it."""
        if feeding.channel_id not in self._last:
            self._last[feeding.channel_id] = self._ledger.last_sealed_at(feeding.channel_id)
        return closes_at(feeding.timing, self._now, self._last[feeding.channel_id])

    def join(self, feeding: Feeding, pick: Pick) -> OpenAlert:
        """The Alert that gathers for this Rule; it goes when the most eager of its Rules wants."""
        channel_id, gathers = pick.channel_id, feeding.timing.gathers
        if feeding.timing.immediate:  # an Alert for this Event alone, which nothing else ever joins
            gathers = self._own.setdefault((channel_id, pick.article_id), f"each {pick.change_id}")
        key = channel_id, gathers
        at = self.goes_at(feeding)
        alert = self._open.get(key) or self._ledger.open_alert(*key)
        if alert is None:
            alert = self._ledger.open(*key, self._now, at)
        elif at < alert.closes_at:
            self._ledger.hurry(alert, at)
        self._open[key] = alert
        return alert

    def once(self, change_id: int, channel_id: int, alert: OpenAlert) -> OpenAlert:
        """The one Alert that tells the Change: the one that has told it, or of two open ones the earlier."""
        known = self._ledger.alert_of(change_id, channel_id)
        if known is None or known.id == alert.id:
            return alert
        if known.sealed or known.closes_at <= alert.closes_at:
            return known
        self._ledger.move(change_id, channel_id, alert)
        return alert


def _mute(picks: Iterable[Pick], mutes: Sequence[Mute], now: datetime) -> None:
    for pick in picks:
        mute = next((mute for mute in mutes if mutes_pick(mute, pick)), None)
        if mute is not None:
            until = f" until {mute.until_at:%Y-%m-%d %H:%M} UTC" if mute.until_at else ""
            pick.state, pick.reason = "muted", f"the {mute.what} was muted for this channel{until}"


def mutes_pick(mute: Mute, pick: Pick) -> bool:
    """Whether a Channel does not want to hear of a Pick."""
    if mute.channel_id != pick.channel_id:
        return False
    if mute.what == "fact":
        return mute.line_id is not None and mute.line_id == pick.line_id
    return (mute.article_id == pick.article_id) if mute.what == "article" else (mute.rule_id == pick.rule_id)


def _silence(
    ledger: Ledger, article_id: int, picks: Sequence[Pick], feedings: Mapping[Key, Feeding], now: datetime
) -> list[tuple[Pick, Sequence[Pick]]]:
    """Name a page that goes back and forth, and keep silent of it when it was named.

    Returns the Picks that are told after silent ones, which they speak for, too.
    """
    repeats: dict[tuple[int, str], float] = {}
    for pick in picks:
        key, repeat = (pick.channel_id, pick.turn), feedings[pick.rule_id, pick.channel_id].timing.repeat
        repeats[key] = min(repeat, repeats.get(key, repeat))
    since = now - timedelta(seconds=2 * max(repeats.values(), default=0))
    new = {id(pick) for pick in picks}
    before: defaultdict[tuple[int, str], list[Pick]] = defaultdict(list)
    for known in ledger.turned(article_id, {pick.turn for pick in picks}, since):
        if id(known) not in new and known.picked_at != now:  # what came with it is the same turn
            before[known.channel_id, known.turn].append(known)
    decisions = {key: decide([_turn(one) for one in before[key]], now, repeat) for key, repeat in repeats.items()}
    for pick in picks:
        decision = decisions[pick.channel_id, pick.turn]
        _follow(pick, decision)
    told_since: list[tuple[Pick, Sequence[Pick]]] = []
    for key, decision in decisions.items():
        silent = [pick for pick in before[key] if pick.state == "silent"]
        if silent and decision.outcome != "silent":
            told_since.append((next(pick for pick in picks if (pick.channel_id, pick.turn) == key), silent))
    return told_since


def _follow(pick: Pick, decision: Decision) -> None:
    pick.turns, pick.turning_since_at = decision.turns, decision.since
    if decision.outcome == "silent":
        pick.state, pick.due_at = "silent", decision.due_at


def _turn(pick: Pick) -> Turn:
    told = pick.state == "gathered"
    return Turn(pick.due_at or pick.picked_at if told else pick.picked_at, told, pick.turns, pick.turning_since_at)


def _tell_how_it_stands(ledger: Ledger, silent: Sequence[Pick], feedings: Mapping[Key, Feeding], now: datetime) -> None:
    """The last of silent turns is told, with how often it turned; the others are counted by it."""
    alive = []
    for pick in silent:
        if (pick.rule_id, pick.channel_id) in feedings:
            alive.append(pick)
        else:
            _withdraw(pick, NO_RULE)
    if not alive:
        return
    last = max(alive, key=lambda pick: pick.id or 0)
    latest = [pick for pick in alive if pick.change_id == last.change_id]
    if ledger.moved_on(last):
        for pick in alive:
            _withdraw(pick, "the article has gone on to something else, which is told by itself")
        return
    _mute(latest, ledger.mutes({last.channel_id}, now), now)
    told = [pick for pick in latest if pick.state == "silent"]
    if told:
        eager = min((feedings[pick.rule_id, pick.channel_id] for pick in told), key=_Desk(ledger, now).goes_at)
        alert = _Desk(ledger, now).join(eager, last)
        for pick in told:
            pick.state, pick.alert_id, pick.due_at = "gathered", alert.id, now
    for pick in alive:
        if pick.state == "silent":
            pick.state, pick.reason, pick.due_at = "folded", "counted by the last turn", None
            pick.alert_id = told[0].alert_id if told else None


def fold(told: Sequence[Pick]) -> None:
    """Of the turns of a page that goes back and forth, the last is told; it says how many there were."""
    turns: defaultdict[tuple[int, str], list[Pick]] = defaultdict(list)
    for pick in told:
        turns[pick.article_id, pick.turn].append(pick)
    for same in turns.values():
        last = max(pick.picked_at for pick in same)
        if any(pick.turns for pick in same if pick.picked_at == last):
            for pick in same:
                if pick.picked_at < last:
                    pick.state, pick.reason = "folded", "told with a later turn of the page"


def _withdraw(pick: Pick, reason: str) -> None:
    pick.state, pick.reason, pick.due_at = "withdrawn", reason, None
