"""One plain sentence for each Change."""

from __future__ import annotations

from monitor.changes.amounts import delta, ratio
from monitor.changes.classify import Found, severity_of
from monitor.changes.model import Change, ChangeType
from monitor.changes.moments import day_of, deadline
from monitor.changes.notices import Notice
from monitor.facts.model import Fact

_HEDGES = {
    "about": "about ", "at_least": "at least ", "more_than": "more than ", "at_most": "up to ",
    "less_than": "less than ",
}  # fmt: skip
_SUBJECTLESS = {
    "casualties": "Casualties", "detained": "People detained", "displaced": "People displaced",
    "personnel": "Personnel",
    "count": "Number", "money": "Amount", "percent": "Percentage", "measure": "Measure", "rate": "Rate", "age": "Age",
    "duration": "Duration", "date": "Date", "time": "Time", "set": "Frequency", "ordinal": "Rank",
}  # fmt: skip
_ARTICLE = {"headline": "Headline", "byline": "Byline", "published": "Publication date"}
_LONGEST = 160


def change_of(found: Found, acknowledged: bool, still: Fact | None = None) -> Change:
    """The Change of one or two facts, worded. `still` is where the new text goes on saying the old value."""
    before, after = found.before, found.after
    fact = after or before
    assert fact is not None
    difference = quotient = None
    if found.type in ("value", "hedge", "time") and before and after:
        if before.quantity and after.quantity:
            difference, quotient = delta(before.quantity, after.quantity), ratio(before.quantity, after.quantity)
        else:
            difference = _days(before, after)
    return Change(
        type=found.type,
        kind=fact.kind,
        subject=fact.subject,
        key=fact.key,
        before=before,
        after=after,
        delta=difference,
        ratio=quotient,
        acknowledged=acknowledged,
        severity=severity_of(found.type, before, after),
        summary=fact_sentence(found, quotient) + (f"; elsewhere it still says {value_words(still)}" if still else ""),
    )


def fact_sentence(found: Found, quotient: float | None = None) -> str:
    """ "Peacekeepers killed: at least 170 → 303 (+78 %)"."""
    before, after = found.before, found.after
    if before is None or after is None:
        fact = after or before
        assert fact is not None
        return f"{'New' if before is None else 'No longer said'}: {_quoted(fact.phrase.text)}"
    subject = _subject(after if after.subject else before)
    if found.type == "certainty":
        return f"{subject}, {value_words(after)}: {before.certainty} → {after.certainty}"
    if found.type == "attribution":
        sources = f"{_quoted(before.attribution or '')} → {_quoted(after.attribution or '')}"
        return f"{subject}, {value_words(after)}: said by {sources}"
    words = (
        f"{subject}: {_direction(before, after)}{value_words(before)} → {_direction(after, before)}{value_words(after)}"
    )
    return words + (_percent(quotient) if found.type == "value" and quotient is not None else _shift(before, after))


def value_words(fact: Fact) -> str:
    """The value of a fact as a person would say it: hedge and figure, or role and time."""
    if fact.quantity is not None:
        quote = fact.quote if any(c.isdigit() for c in fact.quote) else fact.quote[:1].lower() + fact.quote[1:]
        if fact.quantity.hedge == "between" and " and " in quote:
            return f"between {quote}"
        return _HEDGES.get(fact.quantity.hedge, "") + quote
    if fact.time is not None and fact.time.role in ("by", "until", "since"):
        return f"{fact.time.role} {fact.quote}"
    return fact.quote


def text_sentence(type_: ChangeType, old: str | None, new: str | None) -> str:
    """'Headline: "Mission ends" → "Mission ends in Mali"'."""
    return f"{_ARTICLE.get(type_, type_.capitalize())}: {_quoted(old or '')} → {_quoted(new or '')}"


def notice_sentence(old: Notice | None, new: Notice | None) -> str:
    """'Correction notice added: "An earlier version ..."'."""
    notice = new or old
    assert notice is not None
    done = "added" if old is None else "removed"
    return f"{notice.kind.capitalize()} notice {done}: {_quoted(notice.admits or notice.text)}"


def _subject(fact: Fact) -> str:
    if fact.subject:
        return fact.subject[:1].upper() + fact.subject[1:]
    return "Deadline" if fact.time is not None and deadline(fact.time) else _SUBJECTLESS[fact.kind]


def _direction(fact: Fact, other: Fact) -> str:
    """ "up " or "down ", where that is what changed."""
    mine, theirs = (each.quantity.trend if each.quantity else None for each in (fact, other))
    return f"{mine} " if mine and theirs and mine != theirs else ""


def _percent(quotient: float) -> str:
    share = (quotient - 1) * 100
    if not share or abs(share) >= 1000:
        return "" if not share else f" (×{quotient:,.0f})" if quotient > 0 else ""
    size = f"{abs(share):.0f}" if abs(share) >= 1 else f"{abs(share):.1g}"
    return f" ({'+' if share > 0 else '−'}{size} %)"


def _days(before: Fact, after: Fact) -> int | None:
    old = day_of(before.time) if before.time else None
    new = day_of(after.time) if after.time else None
    return (new - old).days or None if old and new else None


def _shift(before: Fact, after: Fact) -> str:
    days = _days(before, after)
    if not days:
        return ""
    return f" ({abs(days)} day{'' if abs(days) == 1 else 's'} {'later' if days > 0 else 'earlier'})"


def _quoted(text: str) -> str:
    words = " ".join(text.split())
    return f"“{words if len(words) <= _LONGEST else words[: _LONGEST - 1].rstrip() + '…'}”"
