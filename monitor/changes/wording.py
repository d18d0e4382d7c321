"""One plain sentence for each Change."""

from __future__ import annotations

import re
from datetime import date, timedelta

from monitor.changes.amounts import delta, ratio
from monitor.changes.classify import Found, severity_of
from monitor.changes.folding import fold, tokens
from monitor.changes.kinship import bare, uncounted
from monitor.changes.lexicon import context_words
from monitor.changes.model import Change, ChangeType
from monitor.changes.moments import deadline, later
from monitor.changes.notices import Notice
from monitor.changes.rows import row_name
from monitor.facts import find
from monitor.facts.lexicon.model import match_phrase_before
from monitor.facts.lexicon.read import lexicon
from monitor.facts.model import Fact

_HEDGES = {
    "about": "about", "at_least": "at least", "more_than": "more than", "at_most": "up to", "less_than": "less than",
    "between": "between",
}  # fmt: skip
_SUBJECTLESS = {
    "casualties": "Casualties", "detained": "People detained", "displaced": "People displaced",
    "personnel": "Personnel",
    "count": "Number", "money": "Amount", "percent": "Percentage", "measure": "Measure", "rate": "Rate", "age": "Age",
    "duration": "Duration", "date": "Date", "time": "Time", "set": "Frequency", "ordinal": "Rank",
}  # fmt: skip
_TEMPERATURES = ("celsius", "fahrenheit")
_CERTAINTIES = {
    "asserted": "stated as a fact", "expected": "expected", "alleged": "alleged or possible", "denied": "denied",
}  # fmt: skip
_ARTICLE = {"headline": "Headline", "byline": "Byline", "published": "Publication date"}
_LONGEST = 160
_LEADING = 6  # words that say what a figure without a subject is about
_CLAUSE_END = re.compile(r"[,;:](?=\s|$)|[!?()\[\]|\"“”«»„–—]|\s[-•*]\s|^\W+")
_BARE_DAY = re.compile(r"\d{1,2}(?:, ?(\d{4}))?")
_DAY = re.compile(r"(?:\d{4}|XXXX)-(\d\d)-(\d\d)")  # as TIMEX3 writes it, with and without a known year
_FEW = 100  # below it "+2" says more than "+40 %"


def change_of(
    found: Found,
    acknowledged: bool,
    still: Fact | None = None,
    lang: str = "en",
    row: str | None = None,
    *,
    one_of_many: bool = False,
) -> Change:
    """The Change of one or two facts, worded.

    still: where the new text goes on saying the old value. row: what the row and column of a table say it is.
    one_of_many: others go by the same name, so that the words after it are needed to tell them apart.
    """
    before, after = found.before, found.after
    fact = after or before
    assert fact is not None
    difference = quotient = None
    if found.type in ("value", "hedge", "time") and before and after:
        if before.quantity and after.quantity:
            difference, quotient = delta(before.quantity, after.quantity), ratio(before.quantity, after.quantity)
        else:
            difference = _days(before, after)
    tail = f"; elsewhere it still says {value_words(still, lang)}" if still else ""
    meant = _as_labelled(fact, row, lang) if row else fact
    return Change(
        type=found.type,
        kind=meant.kind,
        subject=subject_of(fact, fact, row) if row else fact.subject,
        key=meant.key,
        before=before,
        after=after,
        delta=difference,
        ratio=quotient,
        acknowledged=acknowledged,
        severity=severity_of(found.type, meant, meant) if row else severity_of(found.type, before, after),
        summary=fact_sentence(found, lang, row, one_of_many=one_of_many) + tail,
    )


def _as_labelled(fact: Fact, row: str, lang: str) -> Fact:
    """A mere figure of a table as if its row or its column stood before it: a toll below "Deaths" is one."""
    if not bare(fact):
        return fact
    for label in (row, *reversed(row.split(", "))):
        said = find(f"{label}: {fact.quote}", lang=lang)
        if said and said[-1].quote == fact.quote and not bare(said[-1]):
            return said[-1]
    return fact


def fact_sentence(found: Found, lang: str = "en", row: str | None = None, *, one_of_many: bool = False) -> str:
    """ "Peacekeepers killed: at least 170 → 303 (+78 %)"."""
    before, after = found.before, found.after
    if before is None or after is None:
        fact = after or before
        assert fact is not None
        return f"{'New' if before is None else 'No longer said'}: {quoted(in_clause(fact, lang))}"
    if found.type == "certainty":
        sure, now = _CERTAINTIES[before.certainty], _CERTAINTIES[after.certainty]
        return f"{quoted(after.phrase.text)}: {sure} → {now}"
    if found.type == "attribution":
        sources = f"{quoted(before.attribution or '')} → {quoted(after.attribution or '')}"
        return f"{quoted(after.phrase.text)}: said by {sources}"
    old = direction(before, after) + value_words(before, lang)
    new = direction(after, before) + value_words(after, lang)
    size = "" if found.type == "hedge" else _difference(before, after)
    if old == new:  # what it is the time of has changed, not the time
        return " → ".join(quoted(f"{leading_words(fact, lang)} {fact.phrase.text}") for fact in (before, after))
    one = after.quantity is not None and after.quantity.lower == after.quantity.upper == 1
    several, other = (before, after) if one else (after, before)  # "Pages: 2 → 1", not "Page"
    named = subject_of(several, other, row) or leading_words(after, lang)
    following = _following(after, lang) if one_of_many or not named else ""
    name = f"{named[:1].upper()}{named[1:]}" if named else _kind_of(after)
    return f"{name}: {old} → {new}{size}{f', … {following}' if following else ''}"


def subject_of(fact: Fact, other: Fact, row: str | None = None) -> str | None:
    """What the values of a pair are values of: "peacekeepers killed"; of a mere figure in a row what the row calls it
    ("Bristol, City of 7" is no "City"). Null where the text has no name for it."""
    subject = fact.subject or other.subject
    row = row or (row_name(fact.sentence) if fact.quantity else None)
    return row or subject if fact.noun is None and fact.predicate is None else subject or row


def value_words(fact: Fact, lang: str = "en") -> str:
    """The value of a fact as its text says it, from hedge or preposition to unit: "almost 41 million", "by Friday"."""
    quote = fact.quote if any(c.isdigit() for c in fact.quote) else fact.quote[:1].lower() + fact.quote[1:]
    lead = fact.phrase.text[: max(0, fact.start - fact.phrase.start)]
    if fact.quantity is None:
        role, when = fact.time.role if fact.time else None, _with_month(fact)
        if role not in (None, "on") and lead:
            return f"{lead[:1].lower()}{lead[1:]}{when}"
        return f"{role} {when}" if role in ("by", "until", "since") else when
    if uncounted(fact):
        return "one"
    if is_score(fact):
        return fact.phrase.text
    keys = tokens(fold(lead))
    hedge = match_phrase_before(lexicon(lang).hedges_before, keys, len(keys))
    words = " ".join(keys[hedge[0] :]) if hedge else _HEDGES.get(fact.quantity.hedge, "")
    if fact.quantity.hedge == "between" and not keys:  # "10 to 12" says it by itself
        words = ""
    return f"{words} {quote}" if words else quote


def _with_month(fact: Fact) -> str:
    """A time as its text says it; a day of a list with the month that the list names once: "14" of "14 and 15 May"."""
    bare_day = _BARE_DAY.fullmatch(fact.quote) if fact.kind == "date" else None
    day = _DAY.fullmatch(fact.time.value) if fact.time else None
    if not bare_day or not day:
        return fact.quote
    month = date(1, int(day[1]), 1)
    return f"{int(day[2])} {month:%B}{f' {bare_day[1]}' if bare_day[1] else ''}"


def text_sentence(type_: ChangeType, old: str | None, new: str | None) -> str:
    """'Headline: "Mission ends" → "Mission ends in Mali"'."""
    return f"{_ARTICLE.get(type_, type_.capitalize())}: {quoted(old or '')} → {quoted(new or '')}"


def notice_sentence(old: Notice | None, new: Notice | None, dated: str | None = None) -> str:
    """'Correction notice of 2023-07-03 added: "An earlier version ..."'."""
    notice = new or old
    assert notice is not None
    done = "added" if old is None else "removed"
    of_day = f" of {dated}" if dated else ""
    return f"{notice.kind.capitalize()} notice{of_day} {done}: {quoted(notice.admits or notice.text)}"


def _kind_of(fact: Fact) -> str:
    return "Deadline" if fact.time is not None and deadline(fact.time) else _SUBJECTLESS[fact.kind]


def leading_words(fact: Fact, lang: str) -> str:
    """The last words before a fact in its clause: "Banksy painting raises" of "£16m"; of an age they say nothing."""
    lead, found, _ = " ".join(fact.sentence.split()).partition(" ".join(fact.phrase.text.split()))
    words = _CLAUSE_END.split(lead)[-1].split() if found and fact.kind != "age" else []
    if all(fold(word) in context_words(lang).weak for word in words) or fold(words[-1]) in lexicon(lang).number_and:
        return ""
    return " ".join(words) if len(words) <= _LEADING else "… " + " ".join(words[-_LEADING:])


def _following(fact: Fact, lang: str) -> str:
    """The first words after a fact in its clause: "on streets and in sea" of "hundreds"."""
    rest = " ".join(fact.sentence.split()).partition(" ".join(fact.phrase.text.split()))[2]
    words = _CLAUSE_END.split(rest.lstrip())[0].split()[:_LEADING]
    return "" if all(fold(word) in context_words(lang).weak for word in words) else " ".join(words).rstrip(".")


def in_clause(fact: Fact, lang: str) -> str:
    """The phrase of a fact; of one that is a mere figure with the words around it ("nine of the clubs withdraw")."""
    if fact.time and not fact.quantity:
        return fact.phrase.text.removesuffix(fact.quote) + _with_month(fact)
    if fact.noun or fact.predicate:
        return fact.phrase.text
    return " ".join(part for part in (leading_words(fact, lang), fact.phrase.text, _following(fact, lang)) if part)


def direction(fact: Fact, other: Fact) -> str:
    """ "up " or "down ", where that is what changed."""
    mine, theirs = (each.quantity.trend if each.quantity else None for each in (fact, other))
    return f"{mine} " if mine and theirs and mine != theirs else ""


def _difference(before: Fact, after: Fact) -> str:
    """ " (+2)", " (+78 %)", " (−1 point)", " (3 days later)"; nothing for ages, ranks, scores and spans of time."""
    if before.quantity is None or after.quantity is None:
        return _shift(before, after)
    more, quotient = delta(before.quantity, after.quantity), ratio(before.quantity, after.quantity)
    if not more or not quotient or before.kind in ("age", "ordinal", "duration", "set") or is_score(after):
        return ""
    sign = "+" if more > 0 else "−"
    if after.quantity.unit in ("%", "pp"):
        return f" ({sign}{abs(more):g} point{'' if abs(more) == 1 else 's'})"
    if after.quantity.unit in _TEMPERATURES:  # 20 degrees are not twice as warm as 10
        return f" ({sign}{abs(more):g} degree{'' if abs(more) == 1 else 's'})"
    if after.quantity.unit is None and isinstance(more, int) and abs(more) < _FEW > _size(after):
        return f" ({sign}{abs(more)})"
    return _percent(quotient)


def _size(fact: Fact) -> float:
    assert fact.quantity is not None
    return abs(fact.quantity.lower if fact.quantity.lower is not None else fact.quantity.upper or 0)


def _percent(quotient: float) -> str:
    share = (quotient - 1) * 100
    if not share or abs(share) >= 1000:
        return "" if not share else f" (×{quotient:,.0f})" if quotient > 0 else ""
    size = f"{abs(share):.0f}" if abs(share) >= 1 else f"{abs(share):.1g}"
    return f" ({'+' if share > 0 else '−'}{size} %)"


def is_score(fact: Fact) -> bool:
    return fact.key.endswith(":score")


def _days(before: Fact, after: Fact) -> int | None:
    apart = later(before, after)
    return apart.days if apart and not apart.seconds else None


def _shift(before: Fact, after: Fact) -> str:
    apart = later(before, after)
    return f" ({shift(apart)})" if apart else ""


def shift(apart: timedelta) -> str:
    """ "3 days later", "1 hour 30 minutes earlier"."""
    size = abs(apart)
    minutes = size.seconds // 60
    counted = (size.days, "day"), (minutes // 60, "hour"), (minutes % 60, "minute")
    said = " ".join(f"{count:,} {unit}{'' if count == 1 else 's'}" for count, unit in counted if count)
    return f"{said} {'later' if apart > timedelta() else 'earlier'}"


def quoted(text: str) -> str:
    words = " ".join(text.split())
    return f"“{words if len(words) <= _LONGEST else words[: _LONGEST - 1].rstrip() + '…'}”"
