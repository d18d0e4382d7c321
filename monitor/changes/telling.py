"""A Change told as one sentence of news: who did what to which fact, openly or not, and how long after publication.

"AP raised peacekeepers killed from at least 170 to 303, without a notice, 14 h after publication". Pure. It says
nothing that is not known: "raised" only where one figure is above the other, the time since publication only where the
publication date is trusted and lies before the article was first seen.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from monitor.changes.amounts import ratio
from monitor.changes.model import Change
from monitor.changes.moments import day_of, later
from monitor.changes.wording import in_clause, is_score, leading_words, quoted, shift, subject_of, value_words
from monitor.facts.model import Fact, Quantity

_TURNS = ("diverged", "converged", "corrected", "left_behind")
"""Types of Change that are about several sources: their summary says who says what."""

Run = tuple[str, bool]
"""Some words, and whether they name what the sentence is about."""

_NAMELESS = {
    "casualties": "a toll", "detained": "a number of people detained", "displaced": "a number of people displaced",
    "personnel": "a number of personnel", "count": "a number", "money": "an amount", "percent": "a percentage",
    "measure": "a measurement", "rate": "a rate", "age": "an age", "duration": "a length of time", "date": "a date",
    "time": "a time", "set": "a frequency", "ordinal": "a rank",
}  # fmt: skip
_CERTAINTIES = {
    "asserted": "a fact", "expected": "expected", "alleged": "alleged or possible", "denied": "denied",
}  # fmt: skip
_NEVER_MORE = frozenset({"age", "ordinal", "set", "time", "date"})
"""Kinds of which a later value is not a higher one."""
_STILL = "; elsewhere it still says "
_DETAIL = re.compile(r" \((.{1,200})\)$", re.DOTALL)
_LONGEST_NAME = 80
_SHORT = 100
_SPANS = ((365 * 86400, "year"), (86400, "day"), (3600, "h"), (60, "min"))
_FEW_DAYS = 2
"""A publication date without a time is up to a day and a time zone away: nothing is said below so many days."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence without its full stop."""

    runs: tuple[Run, ...]

    @property
    def text(self) -> str:
        """All of its words."""
        return "".join(words for words, _ in self.runs)


def tell(change: Change, source: str, *, after_publication: str | None = None, lang: str = "en") -> Sentence:
    """What `source` (a publisher, a host, a file) did. after_publication: as `since_publication` words it."""
    if change.type in _TURNS:
        return Sentence(tuple(_turn(change)))
    who = _cut(source)
    runs = [*_deed(change, who, lang)]
    if change.type not in ("notice", "availability"):
        runs.append((", with a notice" if change.acknowledged else ", without a notice", False))
    if after_publication:
        runs.append((f", {after_publication}", False))
    return Sentence(tuple(_joined(runs)))


def since_publication(
    published: str | None,
    at: datetime,
    *,
    first_seen_at: datetime,
    last_seen_at: datetime,
) -> str | None:
    """How long after its publication an article was seen to change: "14 h after publication"; None if unsure.

    published: the trusted date (ISO 8601) of the Version before, which was seen from first_seen_at to last_seen_at. A
    date that is later than the first sight is one of an update. Where nobody looked for a good part of that time, the
    change is only said to have been seen then.
    """
    if published is None:
        return None
    day_only = _day(published)
    if day_only is not None:
        days = (at.astimezone(UTC).date() - day_only).days
        known = day_only <= first_seen_at.astimezone(UTC).date() and days >= _FEW_DAYS
        return f"about {_counted(days * 86400)} after publication" if known else None
    try:
        moment = datetime.fromisoformat(published)
    except ValueError:
        return None
    if moment.tzinfo is None or moment > first_seen_at or moment > at:
        return None
    span = at - moment
    unseen = at - max(moment, min(last_seen_at, at))
    seen = "seen " if unseen > max(span / 4, timedelta(minutes=30)) else ""
    return f"{seen}{_counted(span.total_seconds())} after publication"


def _day(published: str) -> date | None:
    """The day of a date that tells no time, or none in a known zone."""
    try:
        moment = datetime.fromisoformat(published)
    except ValueError:
        return None
    return moment.date() if len(published) <= len("2026-11-22") or moment.tzinfo is None else None


def _counted(seconds: float) -> str:
    for length, unit in _SPANS:
        amount = int(seconds // length)
        if amount:
            return f"{amount} {unit}{'s' if length >= 86400 and amount > 1 else ''}"
    return "less than a minute"


def _deed(change: Change, who: str, lang: str) -> list[Run]:
    before, after = change.before, change.after
    match change.type:
        case "value" | "hedge" | "time" if before and after:
            return [(f"{who} ", False), *_moved(change, before, after, lang), *_elsewhere(change)]
        case "certainty" if before and after:
            now, then = _CERTAINTIES[after.certainty], _CERTAINTIES[before.certainty]
            return [(f"{who} now gives {_clause(after, lang)} as {now}, before as {then}", False)]
        case "attribution" if before and after:
            return [(f"{who} {_sourced(before, after, lang)}", False)]
        case "added" if after:
            return [(f"{who} added ", False), (_clause(after, lang), True)]
        case "removed" if before:
            return [(f"{who} dropped ", False), (_clause(before, lang), True)]
        case "headline" | "byline":
            return [(f"{who} {_rewritten(change)}", False)]
        case "published":
            old, new = _written(change.before_text), _written(change.after_text)
            return [(f"{who} changed the date of publication from {old} to {new}", False)]
        case "notice" if change.after_text or change.before_text:
            return [(f"{who} {_noted(change)}", False)]
        case "availability" if change.after_text:
            return [(_reached(change, who), False)]
    return [(f"{who}: {change.summary}", False)]


def _turn(change: Change) -> list[Run]:
    """ "Peacekeepers killed: AP now says 303; BBC and DW say 170". What it is about may itself have a colon."""
    about = change.subject or change.kind or ""
    if about and change.summary[: len(about)].casefold() == about.casefold():
        return [(change.summary[: len(about)], True), (change.summary[len(about) :], False)]
    return [(change.summary, False)]


def _moved(change: Change, before: Fact, after: Fact, lang: str) -> list[Run]:
    """From which value to which, with the verb that fits."""
    old, new = _words(before, after, lang), _words(after, before, lang)
    if old == new:
        old, new = (quoted(f"{leading_words(fact, lang)} {fact.phrase.text}".strip()) for fact in (before, after))
        if old == new and before.time and after.time:
            return _another_day(change, before, after, lang)
        return [(f"changed {old} to {new}", False)]
    verb, object_, shift = _verb(change, before, after), _object(change, before, after), ""
    if before.quantity is None and after.quantity is None:
        verb, old, new, shift = _dated(before, after, old, new)
        if verb == "moved" and _role(before) == _role(after) == "by":
            object_ = [("the deadline for ", False), *object_] if object_ else [("a deadline", False)]
    if object_:
        context = "" if object_[-1][1] else f" ({_context(after, lang)})"
        return [(f"{verb} ", False), *object_, (f" from {old} to {new}{shift}{context}", False)]
    if verb in ("lengthened", "shortened"):
        verb = "changed"
    return [(f"{verb} {_NAMELESS[after.kind]} from {old} to {new}{shift} ({_context(after, lang)})", False)]


def _words(fact: Fact, other: Fact, lang: str) -> str:
    """A value as it is said: "at least 170", "down 5%", "none"."""
    words = value_words(fact, lang)
    if fact.quantity is None:
        return words
    if fact.quantity.lower == fact.quantity.upper == 0 and words.casefold() == "no":
        return "none"
    both = fact.quantity.trend is not None and other.quantity is not None and other.quantity.trend is not None
    return f"{fact.quantity.trend} {words}" if both else words


def _object(change: Change, before: Fact, after: Fact) -> list[Run]:
    """What the values are values of; nothing where the text has no name for it."""
    one = after.quantity is not None and after.quantity.lower == after.quantity.upper == 1
    several, other = (before, after) if one else (after, before)  # "pages: from 2 to 1", not "page"
    name = subject_of(several, other, change.subject)
    return [(_cut(name), True)] if name else []


def _verb(change: Change, before: Fact, after: Fact) -> str:
    old, new = before.quantity, after.quantity
    if change.type == "hedge" or old is None or new is None or before.kind in _NEVER_MORE or is_score(after):
        return "changed"
    if old.trend == "down" or new.trend == "down" or old.trend != new.trend:
        return "changed"  # "fell by 5 %" to "fell by 6 %" is more of one thing and less of another
    higher = _higher(old, new)
    if higher is None:
        return "changed"
    if before.kind == "duration":
        return "lengthened" if higher else "shortened"
    return "raised" if higher else "lowered"


def _higher(old: Quantity, new: Quantity) -> bool | None:
    """Whether one amount is above the other, by the figures that were written; None where neither is."""
    if {_bound(old), _bound(new)} == {"floor", "ceiling"}:
        return None
    if old.unit != new.unit:
        quotient = ratio(old, new)
        return None if not quotient or quotient <= 0 or quotient == 1 else quotient > 1
    old_low, old_high = _figures(old)
    new_low, new_high = _figures(new)
    if (old_low, old_high) == (new_low, new_high):
        return None
    if new_low >= old_low and new_high >= old_high:
        return True
    return False if new_low <= old_low and new_high <= old_high else None


def _bound(quantity: Quantity) -> str:
    if (quantity.lower is None) == (quantity.upper is None) or quantity.hedge == "indefinite":
        return "figure"
    return "floor" if quantity.upper is None else "ceiling"


def _figures(quantity: Quantity) -> tuple[float, float]:
    low = quantity.lower if quantity.lower is not None else quantity.upper
    high = quantity.upper if quantity.upper is not None else quantity.lower
    return low or 0, high or 0


def _role(fact: Fact) -> str:
    role = fact.time.role if fact.time else None
    return role or "on"


def _dated(before: Fact, after: Fact, old: str, new: str) -> tuple[str, str, str, str]:
    """Verb, both times as they are to be said, and by how much, of a time that changed."""
    apart = later(before, after)
    roles = _role(before), _role(after)
    if roles == ("by", "by"):
        old, new = before.quote, after.quote
    elif roles[0] != roles[1] or roles[0] in ("until", "since"):
        old, new = quoted(old), quoted(new)
    if not apart or roles[0] != roles[1]:
        return "changed", old, new, ""
    return "moved", old, new, f", {shift(apart)}"


def _another_day(change: Change, before: Fact, after: Fact, lang: str) -> list[Run]:
    """The same words ("Friday") that mean another day than they did."""
    old, new = (day_of(fact.time) if fact.time else None for fact in (before, after))
    if old is None or new is None:
        return [(f"changed what is meant by {_clause(after, lang)}", False)]
    return [(f"moved {_clause(after, lang)} from {_written(old.isoformat())} to {_written(new.isoformat())}", False)]


def _elsewhere(change: Change) -> list[Run]:
    still = change.summary.rpartition(_STILL)
    return [(f", while elsewhere it still says {still[2]}", False)] if still[1] else []


def _sourced(before: Fact, after: Fact, lang: str) -> str:
    what, old, new = _clause(after, lang), before.attribution, after.attribution
    if not new:
        return f"no longer names {quoted(old or 'anybody')} as the source of {what}"
    if not old:
        return f"now names {quoted(new)} as the source of {what}"
    return f"changed the source of {what} from {quoted(old)} to {quoted(new)}"


def _rewritten(change: Change) -> str:
    old, new = change.before_text, change.after_text
    if not new:
        return f"dropped the {change.type} {quoted(old or '')}"
    return f"changed the {change.type} from {quoted(old)} to {quoted(new)}" if old else (
        f"added the {change.type} {quoted(new)}"
    )  # fmt: skip


def _noted(change: Change) -> str:
    kind = change.subject if change.subject in ("correction", "clarification", "update") else ""
    noun = f"{'an' if kind == 'update' else 'a'} {kind} notice".replace("  ", " ")
    if change.before_text and change.after_text:
        return f"reworded {noun}: {quoted(change.after_text)}"
    return f"added {noun}: {quoted(change.after_text)}" if change.after_text else (
        f"removed {noun}: {quoted(change.before_text or '')}"
    )  # fmt: skip


def _reached(change: Change, who: str) -> str:
    """What became of an article that was no longer where it was, or is there again."""
    article = f"{who}{'’' if who.endswith(('s', 'S')) else '’s'} article"
    detail = _DETAIL.search(change.summary)
    seen = f" ({_cut(detail[1])})" if detail else ""
    if change.after_text == "readable":
        return f"{article} can be read again, after it was {change.before_text or 'away'}"
    if change.after_text == "redirected elsewhere":
        return f"{article} now leads elsewhere{seen}"
    return f"{article} is {change.after_text}{seen}"


def _clause(fact: Fact, lang: str) -> str:
    return quoted(in_clause(fact, lang))


def _context(fact: Fact, lang: str) -> str:
    """The words around a value that has no name: its sentence, or its clause where that is long."""
    if len(fact.sentence) <= _SHORT:
        return quoted(fact.sentence.strip().removesuffix("."))
    words = in_clause(fact, lang)
    return quoted(words if words != fact.phrase.text else f"{leading_words(fact, lang)} {words}".strip())


def _written(iso: str | None) -> str:
    try:
        day = date.fromisoformat((iso or "")[:10])
    except ValueError:
        return iso or "none"
    return f"{day.day} {day:%B} {day.year}"


def _cut(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= _LONGEST_NAME else line[: _LONGEST_NAME - 1].rstrip() + "…"


def _joined(runs: list[Run]) -> list[Run]:
    """Neighbours of one sort as one run."""
    joined: list[Run] = []
    for words, named in runs:
        if joined and joined[-1][1] == named:
            joined[-1] = (joined[-1][0] + words, named)
        elif words:
            joined.append((words, named))
    return joined
