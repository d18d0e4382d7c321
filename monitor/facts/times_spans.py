"""Heads that are a unit of time: "three weeks ago", "the past 12 months", "last year", "the third quarter of 1989"."""

from __future__ import annotations

from monitor.facts.lexicon import MONTH, NUMBERISH, PERSON, Lexicon
from monitor.facts.number_model import DASHES, Number, Numbers
from monitor.facts.times_model import Expression
from monitor.facts.token_pattern import MARK, PAD, WORD
from monitor.facts.tokens import Tokens


def grain_head(tokens: Tokens, words: Lexicon, numbers: Numbers, index: int, floor: int) -> list[Expression]:
    keys = tokens.keys
    key = keys[index]
    grain = words.grains[key]
    if grain in ("season", "half") or (grain == "second" and key in ("second", "sec")):
        return _odd_grain(tokens, words, numbers, index, floor, grain)
    if grain == "day" and key == "day" and keys[index + 1] == "-" and keys[index + 2] == "to":
        return []
    if _is_age(tokens, words, index):
        return []
    fraction = numbers.ending.get(index + 1)
    if fraction is not None and fraction.form == "fraction":
        return []  # "a quarter of that"
    counted = _counted(tokens, words, numbers, index, floor, grain)
    if counted is not None:
        return [counted]
    if _is_compound(tokens, index):
        plain = _plain(tokens, words, index, floor, grain)
        return [plain] if plain is not None else []
    which = _which(tokens, words, numbers, index, floor, grain)
    if which is not None:
        return [which]
    plain = _plain(tokens, words, index, floor, grain)
    return [plain] if plain is not None else []


def _is_compound(tokens: Tokens, index: int) -> bool:
    """ "quarter-finals", "day-to-day", "half-time": the unit is the start of another word."""
    after = index + 1
    return tokens.keys[after] == "-" and tokens.glued(after) and tokens.glued(after + 1)


def _is_age(tokens: Tokens, words: Lexicon, index: int) -> bool:
    """ "five years old", "6-year-old", "three years of age"."""
    keys = tokens.keys
    after = index + 1
    if keys[after] == "-":
        after += 1
    return keys[after] in words.old or (keys[after] == "of" and keys[after + 1] == "age")


def _counted(tokens: Tokens, words: Lexicon, numbers: Numbers, index: int, floor: int, grain: str) -> Expression | None:
    """A number, article or "several" before the unit: a duration, or a date when "ago", "later" follows."""
    keys = tokens.keys
    at = index
    skipped = 0
    while keys[at - 1] in words.small.get("more", ()) and skipped < 2 and at - 1 > floor:
        at -= 1
        skipped += 1
    hyphen = keys[at - 1] in DASHES and tokens.glued(at) and tokens.glued(at - 1)
    if hyphen:
        at -= 1
    number = numbers.ending.get(at)
    before = keys[at - 1]
    expression = Expression(at, index + 1, "DURATION", grain, "<number> <unit of time>")
    if number is not None and number.first >= floor and number.form in ("cardinal", "indefinite", "fraction"):
        if number.plain_year and not keys[index].endswith("s"):
            return None
        expression.first = number.first
        expression.amount, expression.upper = float(number.value), number.upper
        if number.form == "indefinite" and number.value == 3:
            expression.amount = None
        _range_before(tokens, numbers, number, expression, floor)
    elif before in words.articles and at - 1 >= floor and not keys[index].endswith("s"):
        expression.first, expression.amount, expression.rule = at - 1, 1.0, "a <unit of time>"
        if hyphen or (keys[index + 1] in DASHES and keys[index + 2] in ("ago", "earlier")):
            return None
        if keys[at - 2] == "half" and at - 2 >= floor:
            expression.first, expression.amount = at - 2, 0.5
        elif keys[at - 2] in ("such", "what", "quite"):
            return None
    elif before in words.small.get("another", ()) and at - 1 >= floor:
        expression.first, expression.amount, expression.rule = at - 1, 1.0, "another <unit of time>"
    elif (
        before == "half"
        and (hyphen or keys[at - 2] in words.articles)
        and grain in ("hour", "day", "year", "century", "decade")
    ):
        expression.first, expression.amount = at - 1, 0.5
        if keys[at - 2] in words.articles and at - 2 >= floor:
            expression.first = at - 2
    elif before in words.lists["vague_counts"] and keys[index].endswith("s") and at - 1 >= floor:
        expression.first, expression.rule = at - 1, "several <units of time>"
        if keys[at - 2] in words.articles:
            expression.first = at - 2
    elif before == "of" and keys[at - 2] == "couple" and keys[at - 3] in words.articles and at - 3 >= floor:
        expression.first, expression.amount = at - 3, 2.0
    else:
        return None
    if (
        keys[expression.last] == "and"
        and keys[expression.last + 1] in words.articles
        and keys[expression.last + 2] == "half"
    ):
        expression.last += 3
        expression.amount = (expression.amount or 1) + 0.5
    if hyphen and keys[index + 1] in DASHES and keys[index + 2] in words.small.get("long", ()):
        expression.last = index + 3
    if keys[index + 1] in ("'", "’") and tokens.glued(index + 1) and keys[index].endswith("s"):
        pass  # "three years' work": the apostrophe stays outside
    if expression.rule == "a <unit of time>" and _is_rate(tokens, words, numbers, expression.first):
        if not _shifted(tokens, words, expression):
            expression.type, expression.rule = "SET", "<number> a <unit of time>"
        return expression
    if keys[expression.first - 1] in words.small.get("every", ()) and expression.first - 1 >= floor:
        expression.first -= 1
        expression.type, expression.rule = "SET", "every <number> <units of time>"
        return expression
    _period_left(tokens, words, expression, floor, hyphen)
    _shifted(tokens, words, expression)
    return expression


def _range_before(tokens: Tokens, numbers: Numbers, number: Number, expression: Expression, floor: int) -> None:
    """ "two to three weeks", "10-15 years"."""
    keys = tokens.keys
    link = number.first - 1
    if keys[link] not in DASHES and keys[link] not in ("to", "or", "and"):
        return
    other = numbers.ending.get(link)
    if (
        other is None
        or other.first < floor
        or other.form != "cardinal"
        or other.value >= number.value
        or other.plain_year
    ):
        return
    if keys[link] == "and" and keys[other.first - 1] != "between":
        return
    expression.first, expression.amount, expression.upper = other.first, float(other.value), float(number.value)


def _is_rate(tokens: Tokens, words: Lexicon, numbers: Numbers, first: int) -> bool:
    """ "$5 a day", "three times a week", "60 miles an hour": "a day" says how often."""
    before = first - 1
    key = tokens.keys[before]
    if key in words.lists["per_after"] or key in ("%", "percent") or before + 1 in numbers.ending:
        return True
    near = any(tokens.keys[at] in words.lists["per_after"] for at in (before, before - 1) if at >= 0)
    if near:
        return True
    return (
        tokens.kinds[before] == WORD
        and (before in numbers.ending)
        and key.endswith("s")
        and not tokens.flags[before] & NUMBERISH
        and key not in ("this", "was", "is", "has")
    )


def _period_left(tokens: Tokens, words: Lexicon, expression: Expression, floor: int, hyphen: bool) -> None:
    """ "the past 12 months", "the first nine months", "the next two weeks"."""
    keys = tokens.keys
    before = keys[expression.first - 1]
    verb = before == "last" and expression.rule == "a <unit of time>"  # "could last a year"
    if before in words.lists["period_deixis"] and expression.first - 1 >= floor and not verb:
        expression.first -= 1
        expression.deixis = before
        expression.rule = "the past " + expression.rule
        before = keys[expression.first - 1]
    if before == "the" and expression.first - 1 >= floor and (expression.deixis or not hyphen):
        expression.first -= 1


def _clause_ends(tokens: Tokens, at: int) -> bool:
    """ "a year before." is a date, "a year before the war" a duration."""
    key = tokens.keys[at]
    if key in ("and", "but", "that"):
        return True
    return tokens.kinds[at] in (MARK, PAD) and key not in ("'", '"', "“", "‘", "$", "£", "€")


def _shifted(tokens: Tokens, words: Lexicon, expression: Expression) -> bool:
    """ "ago", "earlier", "later", "from now": the duration becomes a date."""
    keys = tokens.keys
    after = expression.last
    key = keys[after]
    last = after + 1
    if key == "from" and keys[after + 1] in ("now", "today"):
        shift, anchor, last = (1, "", after + 2)
    elif (key in words.shifts and key not in ("on", "before", "after", "previously")) or (
        key in ("before", "after", "previously") and _clause_ends(tokens, last)
    ):
        shift, anchor = words.shifts[key]
    else:
        return False
    if key in ("earlier", "later") and keys[last] == "than":
        return False
    if expression.deixis:
        return False
    expression.last = last
    expression.type = "DATE"
    expression.shift_grain = expression.grain
    expression.shift = None if expression.amount is None else shift * expression.amount
    expression.ref = None
    if expression.amount is None:
        expression.ref = "PAST_REF" if shift < 0 else "FUTURE_REF"
    expression.anchor = anchor
    expression.rule = "<duration> " + (key if key in ("ago", "hence") else "earlier/later")
    return True


def _which(tokens: Tokens, words: Lexicon, numbers: Numbers, index: int, floor: int, grain: str) -> Expression | None:
    """ "last year", "the following week", "the third quarter", "every day", "the end of the year"."""
    keys = tokens.keys
    key = keys[index]
    at = index
    fiscal = False
    if keys[at - 1] in words.small.get("fiscal", ()) and at - 1 >= floor:
        at, fiscal = at - 1, True
    hyphen = keys[at - 1] == "-" and tokens.glued(at) and tokens.glued(at - 1)
    if hyphen:
        at -= 1
    before = keys[at - 1]
    if at - 1 < floor:
        return None
    expression = Expression(at - 1, index + 1, "DATE", grain, f"<which> {grain}", fiscal=fiscal)
    if before in words.small.get("every", ()):
        expression.type, expression.amount, expression.rule = "SET", 1.0, "every <unit of time>"
        return expression
    if before == "other" and keys[at - 2] in words.small.get("every", ()):
        expression.first, expression.type, expression.amount = at - 2, "SET", 2.0
        return expression
    if before == "per":
        expression.type, expression.amount, expression.rule = "SET", 1.0, "per <unit of time>"
        return expression
    number = numbers.ending.get(at)
    if (
        number is not None
        and number.form == "ordinal"
        and grain in ("quarter", "century", "millennium", "week", "month", "decade")
    ):
        return _nth(tokens, words, expression, number, grain, floor, fiscal)
    if before in ("first", "latest", "final") and grain == "quarter":
        expression.quarter = 0
        if keys[expression.first - 1] == "the":
            expression.first -= 1
        return expression
    if before in ("earlier", "ago") and hyphen and grain in ("quarter", "month"):
        return None
    if before in words.deixis and not (key.endswith("s") and grain != "fortnight"):
        if (before == "that" and keys[at - 2] in ("said", "say", "says")) or (
            before in ("that",) and grain in ("minute", "second", "hour")
        ):
            return None
        if before == "last" and grain in ("minute", "second", "hour") and (hyphen or keys[at - 2] != "the"):
            return None
        expression.deixis = before
        expression.shift, expression.shift_grain = words.deixis[before], grain
        expression.anchor = "previous" if before in words.anchored else ""
        if keys[at - 2] in ("the", "this") and at - 2 >= floor:
            expression.first = at - 2
            if keys[at - 2] == "the" and before == "next" and grain in ("day", "year", "month", "week"):
                expression.anchor = "previous"
        elif keys[at - 2] == "that" and before == "same" and at - 2 >= floor:
            expression.first = at - 2
        elif (before == "present" and keys[at - 2] != "the") or (
            before in ("following", "ensuing", "past", "previous", "preceding", "prior", "same")
            and grain in ("day",)
            and keys[at - 2] != "the"
        ):
            return None
        if before == "past" and grain != "day":
            expression.type, expression.amount, expression.rule = "DURATION", 1.0, "the past <unit of time>"
            return expression
        _modified(tokens, words, expression, floor)
        return expression
    if before in ("latest",) and grain in ("week", "month", "year", "period", "quarter"):
        expression.shift, expression.shift_grain = -1, grain
        if keys[at - 2] == "the":
            expression.first = at - 2
        return expression
    if before in words.small.get("every", ()):
        return None
    if before in ("the", "mid", "'s", "of"):
        return _of_the(tokens, words, expression, index, at, floor, grain)
    return None


def _nth(
    tokens: Tokens, words: Lexicon, expression: Expression, number: Number, grain: str, floor: int, fiscal: bool
) -> Expression | None:
    keys = tokens.keys
    expression.first = number.first
    before = keys[number.first - 1]
    if before in words.small.get("fiscal", ()):
        expression.first -= 1
        expression.fiscal = True
        before = keys[expression.first - 1]
    nth = int(number.value)
    if grain == "quarter":
        if not 1 <= nth <= 4:
            return None
        expression.quarter = nth
        if before in words.deixis and before != "that":
            expression.first -= 1
            expression.deixis = before
            before = keys[expression.first - 1]
    elif grain == "century":
        expression.century = nth - 1
    elif grain == "millennium":
        return None
    else:
        if keys[expression.last] != "of":
            return None
        expression.nth = nth
    if before == "the" and expression.first - 1 >= floor and keys[number.last] != "-":
        expression.first -= 1
    elif before in words.modifiers or (before == "-" and keys[expression.first - 2] in words.modifiers):
        _modified(tokens, words, expression, floor)
    expression.rule = f"<nth> {grain}"
    if grain == "century" and keys[expression.first] == "the":
        _modified(tokens, words, expression, floor)
    return expression


def _of_the(
    tokens: Tokens, words: Lexicon, expression: Expression, index: int, at: int, floor: int, grain: str
) -> Expression | None:
    """ "the end of the year", "the weekend", "the quarter", "mid-year"."""
    keys = tokens.keys
    if keys[at - 1] == "mid" and grain in ("week", "year", "month", "quarter"):
        expression.mod, expression.shift, expression.shift_grain = "MID", 0, grain
        return expression
    if keys[at - 1] != "the":
        return None
    expression.shift, expression.shift_grain = 0, grain
    expression.anchor = "near"
    _modified(tokens, words, expression, floor)
    if expression.mod is not None:
        return expression
    if grain == "weekend" or (grain == "quarter" and keys[index + 1] != "of"):
        return expression
    return None


def _modified(tokens: Tokens, words: Lexicon, expression: Expression, floor: int) -> None:
    """ "early next year", "later this month", "at the end of this week", "the middle of the 19th century"."""
    keys = tokens.keys
    first = expression.first
    before = keys[first - 1]
    if before in ("-",) and keys[first - 2] in words.modifiers and first - 2 >= floor:
        expression.first, expression.mod = first - 2, words.modifiers[keys[first - 2]]
        return
    if (
        before in words.modifiers
        and before not in ("end", "start", "close", "beginning", "dawn")
        and first - 1 >= floor
    ):
        expression.first, expression.mod = first - 1, words.modifiers[before]
    elif before in ("of", "in") and keys[first - 2] in words.modifiers and first - 2 >= floor:
        head = keys[first - 2]
        if before == "in" and head not in ("early", "late", "earlier", "later"):
            return
        expression.mod, expression.first = words.modifiers[head], first - 2
        expression.edge = head in ("end", "start", "beginning", "close", "onset", "outset")
        if keys[first - 3] in ("the", "very") and first - 3 >= floor:
            expression.first = first - 3
            if keys[first - 3] == "very" and keys[first - 4] == "the":
                expression.first = first - 4
    else:
        return
    expression.rule = "<early/mid/late/end of> " + expression.rule


def _plain(tokens: Tokens, words: Lexicon, index: int, floor: int, grain: str) -> Expression | None:
    """ "for years", "weeks later", "decade-long", "year-end", "a year-ago quarter"."""
    keys = tokens.keys
    key = keys[index]
    after = keys[index + 1]
    plural = key.endswith("s") or key in ("centuries",)
    hyphen = after in DASHES and tokens.glued(index + 1) and tokens.glued(index + 2)
    if hyphen and keys[index + 2] in words.small.get("long", ()):
        expression = Expression(
            index, index + 3, "DURATION", grain, "<unit of time>-long", amount=None if plural else 1.0
        )
        return expression
    if key == "year" and (
        (hyphen and keys[index + 2] == "end") or (after == "end" and keys[index - 1] not in ("the",))
    ):
        last = index + (3 if hyphen else 2)
        return Expression(
            index, last, "DATE", "year", "year-end", shift=0, shift_grain="year", mod="END", edge=True, anchor="near"
        )
    if key == "year" and hyphen and keys[index + 2] in ("ago", "earlier"):
        last = index + 3
        first = index
        if keys[last] in ("quarter", "period", "month"):
            last += 1
            first = index - 1 if keys[index - 1] == "the" and index - 1 >= floor else index
        return Expression(first, last, "DATE", "year", "year-ago <period>", shift=-1, shift_grain="year", anchor="")
    if not plural or grain in ("night",):
        return None
    expression = Expression(index, index + 1, "DURATION", grain, "<units of time>")
    if after in ("ago", "later", "earlier") and keys[index + 2] != "than":
        _shifted(tokens, words, expression)
        return expression
    before = keys[index - 1]
    if before in ("for", "took", "lasted", "within", "spent", "over", "after", "in") and index - 1 >= floor:
        if before in ("in", "over", "after") and (
            after == "of"
            or (tokens.kinds[index + 1] == WORD and grain in ("day", "year") and after not in ("of", "and"))
        ):
            return expression if after == "of" and before != "in" else None
        return expression
    if before in ("recent", "coming", "past", "next", "last") and index - 1 >= floor:
        expression.first = index - 1
        if keys[index - 2] == "the":
            expression.first = index - 2
        elif grain in ("year", "decade") and before in ("recent", "past"):
            expression.type, expression.ref = "DATE", "PAST_REF"
        elif before == "coming" and grain == "month":
            expression.type, expression.ref = "DATE", "FUTURE_REF"
        return expression
    return None


def _odd_grain(
    tokens: Tokens, words: Lexicon, numbers: Numbers, index: int, floor: int, grain: str
) -> list[Expression]:
    keys = tokens.keys
    if grain == "half":
        number = numbers.ending.get(index)
        if keys[index - 1] == "-" and number is None:
            number = numbers.ending.get(index - 1)
        which = keys[index - 1] if keys[index - 1] != "-" else keys[index - 2]
        if which not in ("first", "second", "last", "latter"):
            return []
        year_follows = (
            keys[index + 1] in ("of", "in")
            and (
                (keys[index + 2].isdigit() and len(keys[index + 2]) == 4)
                or (
                    keys[index + 2] in ("this", "last", "next", "the")
                    and (keys[index + 3] in ("year", "fiscal", "century", "decade") or tokens.flags[index + 3] & MONTH)
                )
                or bool(tokens.flags[index + 2] & MONTH)
            )
        ) or (keys[index + 1].isdigit() and len(keys[index + 1]) == 4)
        if not year_follows:
            return []
        first = index - 1 if keys[index - 1] == which else index - 2
        if keys[first - 1] == "the":
            first -= 1
        return [Expression(max(first, floor), index + 1, "DATE", "half", "<half>", half=1 if which == "first" else 2)]
    if grain == "second":
        number = numbers.ending.get(index)
        hyphen = keys[index - 1] == "-" and tokens.glued(index)
        if hyphen:
            number = numbers.ending.get(index - 1)
        if (
            number is None
            or number.form != "cardinal"
            or number.first < floor
            or (not number.digits and not hyphen and number.value != 1)
        ):
            return []
        return [
            Expression(number.first, index + 1, "DURATION", "second", "<number> seconds", amount=float(number.value))
        ]
    return []


def season_head(tokens: Tokens, words: Lexicon, numbers: Numbers, index: int, floor: int) -> list[Expression]:
    keys = tokens.keys
    season = words.seasons[keys[index]]
    expression = Expression(index, index + 1, "DATE", "season", "<season>", season=season)
    before = keys[index - 1]
    after = keys[index + 1]
    number = numbers.starting.get(index + 1) or (numbers.starting.get(index + 2) if after == "of" else None)
    if number is not None and number.plain_year:
        expression.year, expression.last = int(number.value), number.last
    strong = before in words.deixis or expression.year is not None or before in words.modifiers or before == "-"
    if before in words.deixis and index - 1 >= floor and before != "that":
        expression.first, expression.deixis, expression.shift = index - 1, before, words.deixis[before]
        expression.anchor = "previous" if before in words.anchored else ""
        if keys[index - 2] in ("the", "this") and index - 2 >= floor:
            expression.first = index - 2
    elif before == "the" and index - 1 >= floor:
        expression.first = index - 1
    _modified(tokens, words, expression, floor)
    if keys[index] == "fall" and after == "of" and expression.year is None:
        return []  # "the fall of Saigon"
    if not strong and expression.mod is None:
        if keys[index] in ("fall", "spring"):
            if not (
                (
                    before in ("in", "by", "since", "until", "the")
                    and keys[index - 2] in ("in", "by", "since", "until", "during", "of")
                )
                or before == "in"
            ):
                return []
            if before == "in" and keys[index] == "fall":
                return []
        elif (
            before not in ("the", "in", "by", "since", "during", "until", "of", "of", "every", "each", "for")
            or after == "olympics"
        ):
            return []
        if tokens.kinds[index + 1] == WORD and tokens.capital(index):
            return []
    if before in ("every", "each"):
        expression.first, expression.type = index - 1, "SET"
    return [expression]


def part_head(tokens: Tokens, words: Lexicon, numbers: Numbers, index: int, floor: int) -> list[Expression]:
    """ "this morning", "last night", "overnight", "the night of ...". After a weekday the joiner takes it."""
    keys = tokens.keys
    key = keys[index]
    part = words.parts[key]
    expression = Expression(index, index + 1, "TIME", "part", "<part of the day>", part=part)
    before = keys[index - 1]
    if key == "overnight":
        expression.shift, expression.shift_grain = 0, "day"
        return [expression]
    if before in words.modifiers and before in ("early", "late", "mid") and index - 1 >= floor:
        expression.mod, expression.first = words.modifiers[before], index - 1
        before = keys[expression.first - 1]
    if before in words.deixis and expression.first - 1 >= floor:
        expression.first -= 1
        expression.deixis, expression.shift, expression.shift_grain = before, words.deixis[before], "day"
        expression.anchor = (
            "previous" if before in words.anchored or (before == "next" and keys[expression.first - 1] == "the") else ""
        )
        if keys[expression.first - 1] in ("the", "early", "late") and expression.first - 1 >= floor:
            expression.first -= 1
    elif before in ("every", "each") and expression.first - 1 >= floor:
        expression.first, expression.type, expression.amount = expression.first - 1, "SET", 1.0
        expression.grain = "day"
    elif before == "the" and expression.first - 1 >= floor:
        expression.first -= 1
        expression.anchor = "near"
        expression.rule = "the <part of the day>"
    elif before in words.weekdays or before in ("yesterday", "tomorrow", "today"):
        pass
    elif before in words.articles or tokens.flags[index - 1] & PERSON or not before:
        return []
    else:
        expression.rule = "bare <part of the day>"
    if key.endswith("s") and expression.type != "SET":
        return []
    return [expression]
