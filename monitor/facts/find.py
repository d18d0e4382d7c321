"""Find every fact of a text: numbers, then times, then quantities, then who says so and how sure it is.

Pure: text in, values out. The text is never changed; offsets are code points into it as given.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from datetime import date, datetime

from monitor.facts.amounts import Amount, read_hedges, read_trend, start_amount
from monitor.facts.attribution import attribution, certainty, segment_tokens
from monitor.facts.counts import is_person, read_count
from monitor.facts.furniture import furniture
from monitor.facts.lexicon import CURRENCY, EVENT, PERSON, STOP, UNIT, Lexicon, lexicon
from monitor.facts.measures import read_measure
from monitor.facts.model import Certainty, Fact, Kind, Phrase, Quantity
from monitor.facts.numbers import DASHES, Number, Numbers, in_name, read_numbers
from monitor.facts.times_grammar import read_times
from monitor.facts.times_resolve import Resolved, resolve_times
from monitor.facts.token_pattern import NUMBER, PAD, WORD
from monitor.facts.tokens import Tokens, tokenize

INVISIBLE = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
TIME_KINDS: dict[str, Kind] = {"DATE": "date", "TIME": "time", "DURATION": "duration", "SET": "set"}


def find(text: str, *, published: date | datetime | None = None, lang: str = "en") -> list[Fact]:
    """The facts of a text, ordered by where they start.

    `published` is a trusted date of publication; without it relative dates stay unresolved. `lang` is a language code;
    one without a lexicon gives the facts that need no words. Any text gives an answer.
    """
    day = published.date() if isinstance(published, datetime) else published
    words = lexicon(lang)
    if INVISIBLE.search(text) is None:
        return _find(text, day, words)
    return _restore(text, day, words)


def _restore(text: str, day: date | None, words: Lexicon) -> list[Fact]:
    """Read the text without its invisible characters, then give every offset as it is in the text."""
    positions = [index for index, char in enumerate(text) if not INVISIBLE.match(char)]
    visible = "".join(text[index] for index in positions)
    positions.append(len(text))

    def original(start: int, end: int) -> Phrase:
        first = positions[start]
        last = positions[end - 1] + 1 if end > start else first
        return Phrase(text[first:last], first, last)

    facts = []
    for fact in _find(visible, day, words):
        quote = original(fact.start, fact.end)
        phrase = original(fact.phrase.start, fact.phrase.end)
        facts.append(_moved(fact, quote, phrase))
    return facts


def _moved(fact: Fact, quote: Phrase, phrase: Phrase) -> Fact:
    fields = {name: getattr(fact, name) for name in Fact.__dataclass_fields__}
    fields.update(quote=quote.text, start=quote.start, end=quote.end, phrase=phrase)
    return Fact(**fields)


def _find(text: str, day: date | None, words: Lexicon) -> list[Fact]:
    tokens = tokenize(text, words)
    numbers = read_numbers(tokens, words)
    times = resolve_times(tokens, words, read_times(tokens, words, numbers), day)
    amounts = _amounts(tokens, words, numbers, times)
    builder = _Builder(tokens, words, times)
    facts = [builder.time_fact(time) for time in times] + [builder.amount_fact(amount) for amount in amounts]
    stretches = furniture(text, words)
    if stretches:
        starts = [start for start, _ in stretches]
        facts = [fact for fact in facts if not _inside(fact, stretches, starts)]
    facts.sort(key=lambda fact: (fact.start, fact.end, fact.kind))
    return facts


def _inside(fact: Fact, stretches: list[tuple[int, int]], starts: list[int]) -> bool:
    at = bisect_right(starts, fact.start)
    return any(start <= fact.start and fact.end <= end for start, end in stretches[max(0, at - 8) : at])


def _amounts(tokens: Tokens, words: Lexicon, numbers: Numbers, times: list[Resolved]) -> list[Amount]:
    """Every number that is no time, as an amount with its unit or noun."""
    taken = bytearray(len(tokens.keys) + 1)
    for time in times:
        for at in range(time.expression.first, time.expression.last):
            taken[at] = 1
    amounts: list[Amount] = []
    floor = 0
    skip_until = 0
    for number in numbers.all:
        if number.first < skip_until or any(taken[number.first : number.last]):
            continue
        while floor < number.first and (taken[floor] or tokens.sentence[floor] < tokens.sentence[number.first]):
            floor += 1
        last_taken = _last_taken(taken, floor, number.first)
        amount = _amount(tokens, words, numbers, number, last_taken, taken)
        if amount is None:
            continue
        if amounts:
            _coordinate(tokens, words, amounts[-1], amount)
        amounts.append(amount)
        skip_until = max(skip_until, amount.last)
        floor = max(floor, amount.last)
    return amounts


def _coordinate(tokens: Tokens, words: Lexicon, before: Amount, amount: Amount) -> None:
    """What is said of one amount holds for the next: "arrested 14 men and two women", "fell 120 points, or 0.9 %"."""
    if tokens.sentence[before.first] != tokens.sentence[amount.first]:
        return
    gap = tokens.keys[before.phrase_last : amount.phrase_first]
    if before.trend is not None and amount.trend is None and gap in ([",", "or"], ["or"], ["("]):
        amount.trend = before.trend
    plain = before.kind in ("casualties", "detained", "displaced") and amount.kind in ("count", "personnel")
    if plain and amount.predicate is None and gap in (["and"], [","], [",", "and"]) and is_person(words, amount):
        amount.kind, amount.predicate = before.kind, before.predicate
        amount.rule.insert(0, f"<{before.predicate}> ... and")
    shared = amount.predicate is not None and amount.rule[-1:] == [f"<{amount.predicate}>"]
    unsaid = before.kind in ("count", "personnel") and before.predicate is None and is_person(words, before)
    if shared and unsaid and gap in (["and"], [","], [",", "and"]):  # "two soldiers and three civilians were killed"
        before.kind, before.predicate = amount.kind, amount.predicate
        before.rule.append(f"... <{amount.predicate}>")
    if plain and gap[-1:] == ["from"] and len(gap) <= 3 and amount.noun in (None, before.noun):
        amount.kind, amount.predicate, amount.noun, amount.plural = (
            before.kind,
            before.predicate,
            before.noun,
            before.plural,
        )
    if before.noun == "vote" and amount.noun is None and amount.kind == "count" and gap == ["to"]:
        amount.noun, amount.plural, amount.predicate = before.noun, before.plural, before.predicate


def _last_taken(taken: bytearray, floor: int, first: int) -> int:
    at = taken.rfind(1, max(floor, first - 16), first)
    return max(floor, at + 1)


def _amount(
    tokens: Tokens, words: Lexicon, numbers: Numbers, number: Number, floor: int, taken: bytearray
) -> Amount | None:
    score = _score(tokens, words, numbers, number, taken)
    if score is not None:
        return score
    _read_range(tokens, words, numbers, number, taken)
    amount = read_measure(tokens, words, numbers, number, floor)
    if amount is None:
        if number.form == "ordinal":
            return _ordinal(tokens, words, number)
        if _is_no_fact(tokens, words, number):
            return None
        amount = start_amount("count", number)
        amount.rule = ["<number>"]
        if number.range_to is not None:
            amount.last = amount.phrase_last = number.range_to.last
        _read_context(tokens, words, amount, floor)
        read_count(tokens, words, amount, floor)
        if keys_before(tokens, number) == "magnitude":
            amount.noun, amount.plural = "magnitude", "magnitude"
        _rate(tokens, words, amount)
        if (
            _is_idle_one(tokens, words, amount, number)
            or _is_round(tokens, words, amount)
            or _is_index(tokens, amount, number)
        ):
            return None
    else:
        _extend_range(tokens, words, numbers, amount, taken)
        _read_context(tokens, words, amount, floor)
        _rate(tokens, words, amount)
    return amount


def keys_before(tokens: Tokens, number: Number) -> str:
    """The word before a number, past "of" and "a": "a magnitude of 7.8"."""
    at = number.first - 1
    return tokens.keys[at - 1] if tokens.keys[at] in ("of", "-") else tokens.keys[at]


def _extend_range(tokens: Tokens, words: Lexicon, numbers: Numbers, amount: Amount, taken: bytearray) -> None:
    """ "between 44 mg and 50 mg", "$10 to $15": the unit stands on both ends. "from 5% to 6%" stays two facts."""
    keys = tokens.keys
    link = amount.last
    near = keys[max(0, amount.first - 3) : amount.first]
    if not ((keys[link] in ("to", "-", "–") and "from" not in near) or (keys[link] == "and" and "between" in near)):
        return
    at = link + 1
    while keys[at] in words.currency_signs and at < link + 3:
        at += 1
    other = numbers.starting.get(at)
    if amount.upper is not None or other is None or other.form != "cardinal" or taken[other.first]:
        return
    if amount.kind not in ("money", "percent", "measure") or any(key in words.trends for key in near):
        return
    second = read_measure(tokens, words, numbers, other, amount.last)
    if second is None or second.unit != amount.unit or second.value <= amount.value or second.first > link + 1:
        return
    amount.upper = second.value
    amount.last = second.last
    amount.phrase_last = max(amount.phrase_last, second.last)


IN_PLAIN_UNITS = {
    "decade": (10, "year"),
    "century": (100, "year"),
    "millennium": (1000, "year"),
    "fortnight": (2, "week"),
}
"""A decade is ten years, in the TIMEX3 value and in the quantity alike."""
LONGEST_SENTENCE = 4_000


def _score(tokens: Tokens, words: Lexicon, numbers: Numbers, number: Number, taken: bytearray) -> Amount | None:
    """ "beat Turkey 3-0", "a 32-30 victory": two sides, each a count of its own, no range from one to the other."""
    keys = tokens.keys
    at, before = number.first, number.first - 1
    first = second = None
    if keys[number.last] in DASHES and tokens.glued(number.last) and tokens.glued(number.last + 1):
        first, second = number, numbers.starting.get(number.last + 1)
    elif keys[before] in DASHES and tokens.glued(before) and tokens.glued(at):
        first, second = numbers.ending.get(before), number
    elif keys[number.last] == "to" and words.lists["voting"].intersection(keys[max(0, at - 5) : at]):
        first, second = number, numbers.starting.get(number.last + 1)
    elif keys[before] == "to" and words.lists["voting"].intersection(keys[max(0, at - 7) : at]):
        first, second = numbers.ending.get(before), number
    if first is None or second is None or not _is_score(tokens, words, first, second):
        return None
    amount = start_amount("count", number)
    amount.noun, amount.plural, amount.rule = "score", "score", ["<number>-<number>"]
    if words.lists["voting"].intersection(keys[max(0, first.first - 5) : first.first]):
        amount.noun, amount.plural, amount.predicate = "vote", "votes", "voted"
    amount.phrase_first, amount.phrase_last = first.first, second.last
    return amount


def _is_score(tokens: Tokens, words: Lexicon, first: Number, second: Number) -> bool:
    keys = tokens.keys
    plain = all(
        n.digits and n.form == "cardinal" and isinstance(n.value, int) and 0 <= n.value < 300 and n.last == n.first + 1
        and not keys[n.first].startswith("00") for n in (first, second)
    )  # fmt: skip
    if not plain or keys[first.first - 1] in DASHES or keys[second.last] in DASHES or first.start >= 0:
        return False
    if (
        tokens.flags[second.last] & (UNIT | CURRENCY)
        or keys[second.last] in ("%", "percent")
        or keys[first.first - 1] in words.currency_signs
    ):
        return False
    if keys[second.last] in words.lists["score_words"] or first.value >= second.value:
        return tokens.kinds[first.first - 1] == WORD or keys[second.last] in words.lists["score_words"]
    return first.value == 0 and tokens.kinds[first.first - 1] == WORD and tokens.capital(first.first - 1)


def _read_context(tokens: Tokens, words: Lexicon, amount: Amount, floor: int) -> None:
    read_hedges(tokens, words, amount, floor)
    read_trend(tokens, words, amount, floor)
    if amount.upper is not None and amount.hedge == "exact":
        amount.hedge = "between"


def _read_range(tokens: Tokens, words: Lexicon, numbers: Numbers, number: Number, taken: bytearray) -> None:
    """ "10 to 15", "20-30", "between 5 and 7", "$10 to $15 million", "5% to 6%": one amount with two ends."""
    keys = tokens.keys
    if number.form not in ("cardinal", "fraction") or number.range_to is not None:
        return
    link = number.last
    if (
        keys[link] == "-"
        and tokens.glued(link)
        and keys[link + 1] in ("to", "and", "or")
        and not tokens.glued(link + 1)
    ):
        link += 1  # "8- to 16-meter"
    elif keys[link] in DASHES and tokens.glued(link):
        if not tokens.glued(link + 1) and tokens.starts[link + 1] - tokens.ends[link] > 0:
            return
    elif keys[link] == "and":
        if "between" not in keys[max(0, number.first - 3) : number.first]:
            return
    elif keys[link] in ("to", "or"):
        if "from" in keys[max(0, number.first - 3) : number.first]:
            return
    else:
        return
    at = link + 1
    if keys[at] in words.currency_signs:
        if any(key in words.trends for key in keys[max(0, number.first - 5) : number.first]):
            return  # "dropped $2 to $58": by so much, to so much
        at += 1
    other = numbers.starting.get(at)
    if other is None or other.form != "cardinal" or taken[at] or other.value == number.value:
        return
    value = number.value
    scale = _shared_scale(tokens, words, number, other)
    if scale:
        value = value * scale
    if value >= other.value or (keys[link] == "or" and other.value - value > 2):
        return
    if (
        keys[link] == "to"
        and tokens.kinds[number.first - 1] == WORD
        and keys[number.first - 1] in ("voted", "vote", "won", "lost", "beat")
    ):
        return
    number.value, number.upper, number.range_to = value, other.value, other
    number.last = other.last
    numbers.starting.pop(at, None)


def _shared_scale(tokens: Tokens, words: Lexicon, number: Number, other: Number) -> int:
    """ "10 to 15 million": the multiplier belongs to both; "£5-6m" too."""
    if (
        number.value >= 1000
        or number.suffix
        or number.last - number.first > 1
        or (not other.digits and other.last - other.first < 2)
    ):
        return 0
    key = tokens.keys[other.last - 1]
    scale = words.multipliers.get(key) or (words.suffixes.get(key) if other.suffix else 0) or 0
    return scale if scale and number.value * scale < other.value else 0


def _ordinal(tokens: Tokens, words: Lexicon, number: Number) -> Amount | None:
    keys = tokens.keys
    if (
        keys[number.first] == "second"
        and keys[number.first - 1] in words.articles
        and tokens.kinds[number.last] != WORD
    ):
        return None
    if keys[number.first - 1] == "at" or (
        keys[number.last] in ("of", "lady", "minister") and keys[number.last + 1] == "all"
    ):
        return None
    if tokens.capital(number.first) and tokens.kinds[number.last] == WORD and tokens.capital(number.last):
        return None
    if not number.digits and keys[number.last] in ("lady", "aid", "hand", "thing", "place") and number.value == 1:
        return None
    amount = start_amount("ordinal", number)
    amount.rule = ["<ordinal>"]
    at = number.last
    if tokens.kinds[at] == WORD and not tokens.flags[at] & STOP and not tokens.capital(at):
        amount.noun = keys[at]
        amount.phrase_last = at + 1
        amount.rule.append("<noun>")
    return amount


def _is_no_fact(tokens: Tokens, words: Lexicon, number: Number) -> bool:
    """List numbers, names with numbers, scores of page furniture, phone numbers, versions."""
    keys, kinds = tokens.keys, tokens.kinds
    before, after = keys[number.first - 1], keys[number.last]
    if number.digits and in_name(tokens, words, number.first):
        return True
    if not number.digits and number.value == 1 and after in ("of", "another", "'s", "-"):
        return True
    if not number.digits and tokens.capital(number.first) and tokens.capital(number.last):
        previous = number.first - 1
        if kinds[previous] == WORD and not tokens.capital(previous) and not tokens.flags[number.last] & PERSON:
            return True
    first_of_line = kinds[number.first - 1] == PAD
    if first_of_line and number.digits and after in (".", ")") and tokens.glued(number.last) and number.value < 200:
        return True
    if number.digits and before in words.name_words and number.last == number.first + 1:
        counted = tokens.flags[number.last] & (PERSON | EVENT)
        if not counted and (tokens.capital(number.first - 1) or before in words.lists["strong_name_words"]):
            return True
    if number.digits and before == "." and keys[number.first - 2] in ("no", "nos", "art", "fig", "vol", "v", "p", "pp"):
        return True
    raw = keys[number.first]
    if number.digits and raw.isdigit() and ((len(raw) > 1 and raw[0] == "0") or len(raw) > 16):
        return True
    if (
        number.digits
        and after in ("/", "×", "x", ":")
        and tokens.glued(number.last)
        and kinds[number.last + 1] == NUMBER
    ):
        return True
    if number.digits and tokens.glued(number.last) and kinds[number.last] == WORD and number.last == number.first + 1:
        return keys[number.last] not in ("s", "'s", "k", "m") and len(keys[number.last]) <= 3
    if number.digits and before in ("/", "×") and tokens.glued(number.first):
        return True
    return number.digits and _is_phone(tokens, number)


def _is_phone(tokens: Tokens, number: Number) -> bool:
    """Three or more groups of digits joined by hyphens, or a plus sign before."""
    keys = tokens.keys
    at = number.first
    while tokens.kinds[at - 1] == NUMBER and keys[at - 1].isdigit() and number.first - at < 5:
        at -= 1
    if (
        keys[at - 1] == "+"
        and tokens.glued(at)
        and (at == number.first or tokens.starts[at + 1] - tokens.ends[at] == 1)
    ):
        return True
    joined = 0
    at = number.last
    while (
        keys[at] in DASHES
        and tokens.glued(at)
        and tokens.glued(at + 1)
        and tokens.kinds[at + 1] == NUMBER
        and joined < 4
    ):
        joined += 1
        at += 2
    back = number.first - 1
    while (
        keys[back] in DASHES
        and tokens.glued(back)
        and tokens.kinds[back - 1] == NUMBER
        and tokens.glued(back + 1)
        and joined < 4
    ):
        joined += 1
        back -= 2
    return joined >= 2


def _is_idle_one(tokens: Tokens, words: Lexicon, amount: Amount, number: Number) -> bool:
    """ "one" is a number before people and things that are counted, not in "one day", "no one", "the one who"."""
    if number.digits or number.value != 1 or amount.hedge != "exact" or number.last - number.first > 1:
        return False
    keys = tokens.keys
    if keys[number.first] in words.articles:
        return True
    if tokens.capital(number.first) and tokens.capital(number.last) and amount.predicate is None:
        return True
    before = keys[number.first - 1]
    if before in (
        "no",
        "any",
        "each",
        "every",
        "the",
        "this",
        "that",
        "which",
        "number",
        "at",
        "day",
        "only",
        "another",
        "as",
    ):
        return amount.predicate is None
    if amount.predicate is not None:
        return False
    return amount.noun is None or amount.noun in (
        "day",
        "thing",
        "way",
        "point",
        "time",
        "hand",
        "side",
        "reason",
        "stage",
        "another",
        "example",
        "more",
    )


def _is_index(tokens: Tokens, amount: Amount, number: Number) -> bool:
    """ "the S&P 500", "the FTSE 100", "CAC 40": a number after capitals that counts nothing."""
    before = number.first - 1
    raw = tokens.raw(before) if tokens.keys[before] else ""
    if not number.digits or amount.noun is not None or amount.predicate is not None or amount.hedge != "exact":
        return False
    plain = tokens.keys[number.first].isdigit() and number.last == number.first + 1
    ampersand = tokens.keys[before - 1] == "&" and tokens.glued(before)
    return plain and raw.isalpha() and raw.isupper() and (len(raw) > 2 or ampersand)


def _is_round(tokens: Tokens, words: Lexicon, amount: Amount) -> bool:
    """ "into the last 16", "the last-eight victory", "top-four hopes": rounds of a cup."""
    keys = tokens.keys
    rounds = words.lists["rounds"]
    before = keys[amount.first - 1]
    if before == "-" and keys[amount.first - 2] in rounds:
        return True
    return (
        before in rounds
        and amount.noun is None
        and amount.predicate is None
        and amount.value in (4, 6, 8, 10, 16, 32, 64)
    )


def _rate(tokens: Tokens, words: Lexicon, amount: Amount) -> None:
    """ "150 per 100,000 people", "300 people a day": counts per something are rates; money keeps its kind."""
    keys = tokens.keys
    at = amount.phrase_last
    if amount.kind in ("age", "ordinal") or (amount.predicate == "killed" and keys[at] != "per"):
        return
    if (
        (keys[at] == "per" and (tokens.kinds[at + 1] == NUMBER or tokens.kinds[at + 1] == WORD))
        or (
            keys[at] in ("a", "an")
            and keys[at + 1] in words.grains
            and keys[at + 2] not in ("ago", "earlier", "later", "before", "after")
        )
        or (keys[at] == "every" and keys[at + 1] in words.grains)
    ):
        last = at + 2
    else:
        return
    amount.phrase_last = last
    amount.rule.append("per <unit>")
    if amount.kind in ("count", "personnel"):
        amount.kind = "rate"


class _Builder:
    """Turns amounts and times into Facts: offsets, sentence, subject, key, source, certainty, date."""

    def __init__(self, tokens: Tokens, words: Lexicon, times: list[Resolved]) -> None:
        self.tokens = tokens
        self.words = words
        self.days: dict[int, list[Resolved]] = {}
        for time in times:
            if time.span is not None and time.span.grain == "day" and time.time.type in ("DATE", "TIME"):
                self.days.setdefault(tokens.sentence[time.expression.first], []).append(time)
        self.sources: dict[int, str | None] = {}
        self.sentences: dict[int, str] = {}

    def time_fact(self, resolved: Resolved) -> Fact:
        e = resolved.expression
        tokens = self.tokens
        start, end = tokens.starts[e.first], tokens.ends[e.last - 1]
        kind = TIME_KINDS[resolved.time.type]
        quantity = None
        phrase_first = e.first
        rule = e.rule
        if kind == "duration":
            quantity, phrase_first = self._duration_quantity(resolved)
            if phrase_first < e.first:
                rule = f"<hedge> {rule}"
        elif self.words.roles.get(tokens.keys[e.first - 1]) and tokens.keys[e.first - 1]:
            phrase_first = e.first - 1
            rule = f"{tokens.keys[e.first - 1]} {rule}"
        phrase = self._phrase(phrase_first, e.last, start, end)
        return self._fact(
            kind, None, None, None, f"{kind}::", quantity, resolved, None,
            start, end, phrase, rule, e.first, e.last, phrase_first,
        )  # fmt: skip

    def _duration_quantity(self, resolved: Resolved) -> tuple[Quantity | None, int]:
        e = resolved.expression
        if e.amount is None and not e.rule.startswith("several"):
            return None, e.first
        scale, unit = IN_PLAIN_UNITS.get(e.grain, (1, e.grain))
        value = (3 if e.amount is None else e.amount) * scale
        upper = None if e.upper is None else e.upper * scale
        amount = Amount(
            "duration", e.first, e.last, value, upper, unit=unit,
            hedge="indefinite" if e.amount is None else "exact", phrase_first=e.first, phrase_last=e.last,
        )  # fmt: skip
        if not e.deixis:
            read_hedges(self.tokens, self.words, amount, max(0, e.first - 4))
        if amount.upper is not None and amount.hedge == "exact":
            amount.hedge = "between"
        return amount.quantity(), amount.phrase_first

    def amount_fact(self, amount: Amount) -> Fact:
        tokens = self.tokens
        start = amount.start if amount.start >= 0 else tokens.starts[amount.first]
        end = tokens.ends[amount.last - 1]
        kind: Kind = amount.kind  # type: ignore[assignment]
        key = f"{kind}:{amount.predicate or ''}:{amount.noun or ''}"
        phrase = self._phrase(min(amount.phrase_first, amount.first), max(amount.phrase_last, amount.last), start, end)
        as_of = self._as_of(amount)
        rule = " ".join(amount.rule)
        return self._fact(
            kind, amount.predicate, amount.noun, self._subject(amount), key, amount.quantity(), None, as_of,
            start, end, phrase, rule, amount.first, amount.last, amount.phrase_first,
        )  # fmt: skip

    def _subject(self, amount: Amount) -> str | None:
        predicate = (amount.predicate or "").replace("_", " ")
        parts = [part for part in (amount.plural, predicate) if part]
        return " ".join(parts) or None

    def _as_of(self, amount: Amount) -> str | None:
        """The one past day that the sentence names, for what happened to people or things."""
        if amount.predicate is None:
            return None
        days = self.days.get(self.tokens.sentence[amount.first], [])
        fitting = [day for day in days if day.time.role in (None, "on") and self._same_clause(amount, day)]
        if len({day.time.start for day in fitting}) != 1:
            return None
        return fitting[0].time.start

    def _same_clause(self, amount: Amount, day: Resolved) -> bool:
        """Nothing between them that moves in time: "on Monday, a day after two pilots were killed"."""
        e = day.expression
        first, last = sorted([(amount.first, amount.last), (e.first, e.last)])
        between = self.tokens.keys[first[1] : last[0]]
        return (
            day.time.start is not None and len(between) <= 40 and not self.words.lists["shifting"].intersection(between)
        )

    def _phrase(self, first: int, last: int, start: int, end: int) -> Phrase:
        tokens = self.tokens
        begin = min(start, tokens.starts[first])
        finish = max(end, tokens.ends[last - 1])
        return Phrase(tokens.text[begin:finish], begin, finish)

    def _fact(
        self, kind: Kind, predicate: str | None, noun: str | None, subject: str | None, key: str,
        quantity: Quantity | None, resolved: Resolved | None, as_of: str | None, start: int, end: int,
        phrase: Phrase, rule: str, first: int, last: int, phrase_first: int,
    ) -> Fact:  # fmt: skip
        tokens = self.tokens
        number = tokens.sentence[first]
        sure: Certainty = certainty(tokens, self.words, first, last, phrase_first)
        return Fact(
            kind, predicate, noun, subject, key, quantity, None if resolved is None else resolved.time, as_of,
            self._source(first, last), sure, tokens.text[start:end], start, end, phrase,
            self._sentence(number, start, end), rule,
        )  # fmt: skip

    def _sentence(self, number: int, start: int, end: int) -> str:
        """The sentence, one string for all its facts; of a "sentence" that has no end, what is near the fact."""
        first, last = self.tokens.sentences[number]
        if last - first > LONGEST_SENTENCE:
            first, last = max(first, start - LONGEST_SENTENCE // 8), min(last, end + LONGEST_SENTENCE // 8)
            return self.tokens.text[first:last]
        if number not in self.sentences:
            self.sentences[number] = self.tokens.text[first:last]
        return self.sentences[number]

    def _source(self, first: int, last: int) -> str | None:
        segment = segment_tokens(self.tokens, first)[0]
        if segment not in self.sources:
            self.sources[segment] = attribution(self.tokens, self.words, first, last)
        return self.sources[segment]
