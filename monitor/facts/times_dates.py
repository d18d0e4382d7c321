"""Heads that name a day, month or year: "Dec. 31, 2023", "the 4th of July", "Friday", "28/12", "the 1990s"."""

from __future__ import annotations

import re

from monitor.facts.lexicon import CURRENCY, GRAIN, MONTH, PERSON, STOP, UNIT, WEEKDAY, Lexicon
from monitor.facts.number_model import DASHES, Number, Numbers
from monitor.facts.times_model import Expression
from monitor.facts.token_pattern import NUMBER, PAD, WORD
from monitor.facts.tokens import Tokens

MONTH_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def month_head(tokens: Tokens, words: Lexicon, numbers: Numbers, index: int, floor: int) -> list[Expression]:
    key = tokens.keys[index]
    month = words.months[key]
    expression = Expression(index, index + 1, "DATE", "month", "<month>", month=month)
    after = index + 1
    if (
        tokens.keys[after] == "."
        and tokens.glued(after)
        and key not in words.lists["full_short_months"]
        and len(key) <= 4
    ):
        after += 1
    extra: list[Expression] = []
    _day_left(tokens, words, numbers, index, floor, expression, extra)
    expression.last = after
    if expression.day is None:
        _day_right(tokens, words, numbers, after, expression, extra)
    _year_right(tokens, numbers, expression, extra)
    if expression.last == after and expression.year is None:
        expression.last = index + 1
    if expression.day is None and expression.year is None and not _is_month(tokens, words, index, key):
        return []
    if expression.day is not None:
        expression.grain = "day"
        expression.rule = "<month> <day>" if expression.year is None else "<month> <day> <year>"
        _the_left(tokens, expression, floor)
    else:
        expression.rule = "<month>" if expression.year is None else "<month> <year>"
        _month_left(tokens, words, expression, floor)
    for other in extra:
        other.month = other.month or month
        if other.year is None and expression.year is not None and other.first < expression.first:
            other.year, other.copied = expression.year, True
    return sorted([expression, *extra], key=lambda e: e.first)


def _the_left(tokens: Tokens, expression: Expression, floor: int) -> None:
    """ "the 29 August" """
    first = expression.first
    if tokens.keys[first - 1] == "the" and tokens.kinds[first] == NUMBER and first - 1 >= floor:
        expression.first = first - 1


def _month_left(tokens: Tokens, words: Lexicon, expression: Expression, floor: int) -> None:
    """ "last November", "this September", "each July", "early October", "mid-May", "the end of April"."""
    keys = tokens.keys
    before = keys[expression.first - 1]
    if expression.year is None and expression.first - 1 >= floor:
        if before in words.deixis and before not in ("that", "current", "present"):
            expression.first -= 1
            expression.deixis, expression.shift = before, words.deixis[before]
            expression.anchor = "previous" if before in words.anchored else ""
            if keys[expression.first - 1] in ("the", "this") and expression.first - 1 >= floor:
                expression.first -= 1
            expression.rule = "<which> <month>"
            return
        if before in words.small.get("every", ()):
            expression.first -= 1
            expression.type, expression.rule = "SET", "every <month>"
            return
    _modifier_left(tokens, words, floor, expression)


def _is_month(tokens: Tokens, words: Lexicon, index: int, key: str) -> bool:
    """A bare month name: not the verb "may" or "march", not "Theresa May"."""
    if key not in words.ambiguous_months and len(key) > 3:
        return tokens.capital(index) or tokens.keys[index - 1] in words.lists["date_prepositions"]
    if not tokens.capital(index):
        return False
    before = tokens.keys[index - 1]
    if before == "." or tokens.kinds[index - 1] == PAD:
        return False
    if key in ("may", "march", "august"):
        return before in words.lists["date_prepositions"]
    return before in words.lists["date_prepositions"] and tokens.keys[index + 1] in (".", ",", "and", "to", "-", "–")


def _day_number(number: Number | None, month: int) -> int | None:
    if number is None or number.upper is not None or isinstance(number.value, float) or number.suffix:
        return None
    if number.form not in ("cardinal", "ordinal") or not 1 <= number.value <= MONTH_DAYS[month - 1]:
        return None
    return int(number.value)


def _day_left(
    tokens: Tokens,
    words: Lexicon,
    numbers: Numbers,
    index: int,
    floor: int,
    expression: Expression,
    extra: list[Expression],
) -> bool:
    """ "31 December", "the 4th of July", "12-15 March", "12 and 13 March"."""
    keys = tokens.keys
    end = index
    month = expression.month or 1
    if keys[end - 1] in words.small.get("of", ()):
        end -= 1
    if tokens.glued(end) and keys[end - 1] in DASHES:  # "31-Dec-2023"
        end -= 1
    number = numbers.ending.get(end)
    day = _day_number(number, month)
    if number is None or day is None or number.first < floor:
        return False
    if not number.digits and number.form == "cardinal":
        return False
    if end != index and keys[end] not in DASHES and number.form != "ordinal":
        return False
    expression.day, expression.first = day, number.first
    before = number.first - 1
    if number.form == "ordinal" and keys[before] == "the" and end != index:
        expression.first = before
    if keys[before] in DASHES or keys[before] in ("to", "and", "or", "until"):
        other = numbers.ending.get(before)
        other_day = _day_number(other, month)
        if other is not None and other_day is not None and other.first >= floor and other.digits and other_day < day:
            joined = keys[before] in DASHES or keys[before] in ("to", "until")
            first = Expression(
                other.first, other.last, "DATE", "day", "<day> to <day> <month>", day=other_day, copied=True
            )
            first.month = month
            if joined:
                first.role, expression.role = "from-to", "from-to"
            extra.append(first)
    return True


def _day_right(
    tokens: Tokens, words: Lexicon, numbers: Numbers, after: int, expression: Expression, extra: list[Expression]
) -> None:
    """ "Dec. 31", "December the 31st", "March 12-15"."""
    keys = tokens.keys
    month = expression.month or 1
    at = after + 1 if keys[after] == "the" else after
    if keys[at] in DASHES and tokens.glued(at) and tokens.glued(at + 1):
        at += 1
    number = numbers.starting.get(at)
    day = _day_number(number, month)
    if number is None or day is None or (at > after and number.form != "ordinal" and keys[after] == "the"):
        return
    if not number.digits and number.form != "ordinal":
        return
    following = keys[number.last]
    people = tokens.flags[number.last] & PERSON and (following in words.plurals or following.endswith("s"))
    if (people or tokens.flags[number.last] & CURRENCY) and not tokens.flags[number.last] & (MONTH | WEEKDAY):
        return  # "in July 12 people", but "the Aug. 7 terrorist attack"
    if keys[number.last] in ("%", "percent", "million") or (
        keys[number.last] == "-" and keys[number.last + 1] in words.grains
    ):
        return
    expression.day, expression.last = day, number.last
    link = number.last
    if keys[link] in DASHES or keys[link] in ("to", "and", "or", "through", "until"):
        other = numbers.starting.get(link + 1)
        other_day = _day_number(other, month)
        if other is None or other_day is None or not other.digits or other_day <= day:
            return
        if tokens.flags[other.last] & (MONTH | PERSON | UNIT | CURRENCY) or keys[other.last] in (
            "%",
            "percent",
            "people",
        ):
            return
        second = Expression(
            other.first, other.last, "DATE", "day", "<month> <day> to <day>", month=month, day=other_day, copied=True
        )
        if keys[link] not in ("and", "or"):
            expression.role, second.role = "from-to", "from-to"
        elif tokens.kinds[other.last] == WORD and not tokens.flags[other.last] & STOP:
            return
        extra.append(second)


def _year_right(tokens: Tokens, numbers: Numbers, expression: Expression, extra: list[Expression]) -> None:
    """ ", 2023", " of 2023", "'89" after a month or a day."""
    keys = tokens.keys
    target = extra[-1] if extra and extra[-1].first > expression.first else expression
    at = target.last
    if (keys[at] == "," and target.grain != "month") or (keys[at] == "," and tokens.kinds[at + 1] == NUMBER):
        at += 1
    if keys[at] == "," or keys[at] in ("of", "in"):
        at += 1
    if keys[at] in DASHES and tokens.glued(at) and tokens.glued(at + 1):
        at += 1
    number = numbers.starting.get(at)
    if (
        number is not None
        and number.plain_year
        and number.last == at + 1
        and not tokens.flags[at + 1] & (PERSON | UNIT)
    ):
        year = int(number.value)
    elif keys[at] in ("'", "’") and tokens.kinds[at + 1] == NUMBER and tokens.glued(at + 1) and len(keys[at + 1]) == 2:
        year = _century(int(keys[at + 1]))
        at += 1
    elif (
        at > target.last
        and keys[at - 1] in DASHES
        and tokens.kinds[at] == NUMBER
        and len(keys[at]) == 2
        and not tokens.flags[at + 1] & MONTH
        and keys[target.last - 2] in DASHES
    ):
        year = _century(int(keys[at]))
    else:
        return
    expression.year, target.year = year, year
    target.last = at + 1


def _century(two: int) -> int:
    return 1900 + two if two >= 40 else 2000 + two


def weekday_head(tokens: Tokens, words: Lexicon, numbers: Numbers, index: int, floor: int) -> list[Expression]:
    keys = tokens.keys
    key = keys[index]
    after = index + 1
    if key in words.ambiguous_weekdays and not (tokens.capital(index) and _weekday_context(tokens, index)):
        return []
    if keys[after] == "." and tokens.glued(after) and len(key) <= 5 and key not in ("sunday", "monday", "friday"):
        after += 1
    expression = Expression(index, after, "DATE", "day", "<weekday>", weekday=words.weekdays[key])
    if key.endswith("days"):
        expression.type, expression.rule = "SET", "<weekdays>"
    first = _deixis_left(tokens, words, index, floor, expression)
    expression.first = first
    before = keys[first - 1]
    if before in words.small.get("every", ()) and first - 1 >= floor:
        expression.first, expression.type, expression.rule = first - 1, "SET", "every <weekday>"
    elif (
        before in words.modifiers
        and before not in ("end", "start", "close", "beginning")
        and first - 1 >= floor
        and not expression.deixis
    ):
        expression.first, expression.mod, expression.rule = first - 1, words.modifiers[before], "early/late <weekday>"
    elif before == "on" and keys[first - 2] in ("early", "late"):  # "late on Monday": the quote stays the day
        expression.mod, expression.rule = words.modifiers[keys[first - 2]], "early/late on <weekday>"
    return [expression]


def _weekday_context(tokens: Tokens, index: int) -> bool:
    """ "Sun" and "Sat" only as dates: after "on", before a comma or a day."""
    before, after = tokens.keys[index - 1], tokens.keys[index + 1]
    return (
        (before in ("on", "(", "last", "next", "this", "by", "until") and before != "the")
        or (after in (",", ".") and (tokens.kinds[index + 2] == NUMBER or bool(tokens.flags[index + 2] & MONTH)))
        or tokens.kinds[index + 1] == NUMBER
    )


def _deixis_left(tokens: Tokens, words: Lexicon, index: int, floor: int, expression: Expression) -> int:
    """ "last Friday", "the following Monday", "this coming Sunday": sets deixis and shift, gives the first token."""
    keys = tokens.keys
    first = index
    before = keys[first - 1]
    if before in words.deixis and first - 1 >= floor and before != "current":
        first -= 1
        expression.deixis = before
        expression.shift = words.deixis[before]
        if before in words.anchored:
            expression.anchor = "previous"
        if keys[first - 1] in ("this", "the") and first - 1 >= floor:
            first -= 1
        expression.rule = "<which> " + expression.rule
    return first


def year_head(tokens: Tokens, words: Lexicon, numbers: Numbers, index: int, floor: int) -> list[Expression]:
    number = numbers.starting.get(index)
    keys = tokens.keys
    if number is None or not (number.digits or number.plain_year):
        return []
    decade = _decade(tokens, words, number, index, floor)
    if decade is not None:
        return [decade]
    if not number.plain_year:
        return _era_year(tokens, words, number, index)
    if not number.digits:
        spoken = Expression(index, number.last, "DATE", "year", "<year in words>", year=int(number.value))
        if keys[index - 1] == "year" and index - 1 >= floor:
            spoken.first = index - 2 if keys[index - 2] == "the" and index - 2 >= floor else index - 1
        return [spoken]
    if tokens.glued(index + 1) and tokens.kinds[index + 1] == WORD and keys[index + 1] not in ("'s", "’s"):
        return []
    if not _is_year(tokens, words, number, index):
        return []
    expression = Expression(index, index + 1, "DATE", "year", "<year>", year=int(number.value))
    before = keys[index - 1]
    if before in words.small.get("fiscal", ()) or (before == "year" and index - 1 >= floor):
        expression.first = index - 1
        expression.fiscal = before != "year"
        if keys[index - 2] in words.small.get("fiscal", ()):
            expression.first, expression.fiscal = index - 2, True
        if keys[expression.first - 1] == "the" and before == "year":
            expression.first -= 1
    _modifier_left(tokens, words, floor, expression)
    found = [expression]
    found += _year_range(tokens, numbers, index, expression)
    return found


def _is_year(tokens: Tokens, words: Lexicon, number: Number, index: int) -> bool:
    keys, flags = tokens.keys, tokens.flags
    before, after = keys[index - 1], keys[index + 1]
    value = number.value
    if before in words.lists["year_not_after"] or before in words.currency_signs or before in words.currency_prefixes:
        return False
    if before == "of" and keys[index - 2] in (
        "total",
        "number",
        "excess",
        "maximum",
        "minimum",
        "average",
        "cost",
        "sum",
    ):
        return False
    following = flags[index + 1]
    if following & (UNIT | CURRENCY) or after in ("%", "percent") or (after in words.zones and value <= 2400):
        return False
    if following & PERSON and before not in ("'s", "the", "in"):
        return False
    if following & GRAIN and after.endswith("s"):
        return False
    if (
        tokens.keys[index - 1] in DASHES
        and tokens.glued(index)
        and tokens.kinds[index - 2] == NUMBER
        and not numbers_year(keys[index - 2])
    ):
        return False
    if before in ("no", "number", "#", "room", "flight", "route", "highway", "page", "box", "model"):
        return False
    if not 1900 <= value <= 2099:
        people, things = _counted_ahead(tokens, words, index + 1)
        if (people and before not in ("in", "'s", "since")) or (
            things and before not in words.lists["noun_takes_year_after"]
        ):
            return False
        return (before in words.lists["year_prepositions"] and before not in ("a", "to", "for", "and", "an")) or (
            before == "and" and numbers_year(keys[index - 2])
        )
    counted = (
        tokens.kinds[index + 1] == WORD and after.endswith("s") and len(after) > 3 and not tokens.capital(index + 1)
    )
    if counted and not following & STOP and after != "'s":
        return before in words.lists["noun_takes_year_after"]
    return True


def _counted_ahead(tokens: Tokens, words: Lexicon, at: int) -> tuple[bool, bool]:
    """Do people, or things in the plural, follow within three words: "1000 Wagner fighters", "1100 eligible staff"?"""
    for step in range(at, at + 3):
        key = tokens.keys[step]
        if tokens.kinds[step] != WORD or tokens.flags[step] & STOP or key in words.past:
            break
        if tokens.flags[step] & PERSON:
            return True, True
        if len(key) > 3 and key.endswith("s") and not key.endswith(("ss", "us", "is")) and not tokens.capital(step):
            return False, True
    return False, False


def numbers_year(key: str) -> bool:
    return len(key) == 4 and key.isdigit() and 1000 <= int(key) <= 2199


def _decade(tokens: Tokens, words: Lexicon, number: Number, index: int, floor: int) -> Expression | None:
    """ "the 1990s", "the '90s", "the mid-1980s"."""
    keys = tokens.keys
    last = number.last
    if not (tokens.glued(last) and keys[last] in ("s", "'s") and number.digits):
        return None
    value = int(number.value)
    quoted = keys[index - 1] in ("'", "’", "‘") and tokens.glued(index)
    if number.plain_year and value % 10 == 0:
        decade = value // 10
    elif (
        len(keys[index]) == 2
        and value % 10 == 0
        and (quoted or (keys[index - 1] in ("the", "early", "late", "mid") and value >= 20))
    ):
        if keys[index - 1] in ("his", "her", "their", "in"):
            return None
        decade = (1900 + value if value >= 20 else 2000 + value) // 10
    else:
        return None
    if keys[last] == "'s" and not number.plain_year:
        return None
    expression = Expression(index - 1 if quoted else index, last + 1, "DATE", "decade", "<decade>", decade=decade)
    if number.plain_year and value % 100 == 0 and value < 2000 and keys[expression.first - 1] != "early":
        expression.grain, expression.decade, expression.century = "century", None, value // 100
    _modifier_left(tokens, words, floor, expression)
    if keys[expression.first - 1] == "the" and expression.first - 1 >= floor:
        expression.first -= 1
    return expression


def _modifier_left(tokens: Tokens, words: Lexicon, floor: int, expression: Expression) -> None:
    """ "early 1998", "mid-2020", "late in 1998", "the end of 2023", "the first half of 1989" is another head's."""
    keys = tokens.keys
    first = expression.first
    before = keys[first - 1]
    if before == "-" and tokens.glued(first - 1) and keys[first - 2] in words.modifiers:
        expression.mod, expression.first = words.modifiers[keys[first - 2]], first - 2
    elif before in words.modifiers and before not in ("start", "end", "close", "beginning", "dawn", "onset", "outset"):
        if first - 1 >= floor:
            expression.mod, expression.first = words.modifiers[before], first - 1
    elif before in ("in", "of") or (before == "the" and keys[first - 2] == "of"):
        of = first - 1 if before != "the" else first - 2
        head = keys[of - 1]
        if (
            head in words.modifiers
            and of - 1 >= floor
            and (before != "in" or head in ("late", "early", "later", "earlier"))
        ):
            expression.mod, expression.first = words.modifiers[head], of - 1
            expression.edge = head in ("end", "start", "beginning", "close", "onset", "outset")
            if keys[of - 2] in ("the", "very"):
                expression.first = of - 2
                if keys[of - 2] == "very" and keys[of - 3] == "the":
                    expression.first = of - 3
    if expression.mod is not None:
        expression.rule = "<early/mid/late/end of> " + expression.rule
        if expression.grain == "decade" and keys[expression.first - 1] == "the" and expression.first - 1 >= floor:
            expression.first -= 1


def _year_range(tokens: Tokens, numbers: Numbers, index: int, expression: Expression) -> list[Expression]:
    """ "1939-45", "2021/22", "1980-1988", "from 1914 to 1918": the second year is an expression of its own."""
    keys = tokens.keys
    link = index + 1
    if keys[link] not in DASHES or not tokens.glued(link):
        return []
    number = numbers.starting.get(link + 1)
    if number is None or not number.digits:
        return []
    if number.plain_year and number.value > (expression.year or 0):
        expression.role = "from-to"
        return [Expression(link + 1, link + 2, "DATE", "year", "<year>-<year>", year=int(number.value), role="from-to")]
    short = len(keys[link + 1]) == 2 and keys[link + 1].isdigit() and tokens.glued(link + 1)
    if short and expression.year is not None and int(keys[link + 1]) > expression.year % 100:
        expression.role = "from-to"
        year = expression.year // 100 * 100 + int(keys[link + 1])
        return [Expression(link + 1, link + 2, "DATE", "year", "<year>-<year>", year=year, role="from-to")]
    return []


def _era_year(tokens: Tokens, words: Lexicon, number: Number, index: int) -> list[Expression]:
    """ "241 BC", "476 AD"."""
    last = number.last
    if last != index + 1 or tokens.keys[last] not in words.eras or not tokens.raw(last).isupper():
        return []
    year = int(number.value)
    if not 0 < year < 4000:
        return []
    if words.eras[tokens.keys[last]]:
        return [Expression(index, last + 1, "DATE", "year", "<year> BC", value=f"BC{year:04d}")]
    return [Expression(index, last + 1, "DATE", "year", "<year> AD", year=year)]


NUMERIC = re.compile(r"(\d{1,4})[/.](\d{1,2})(?:[/.](\d{2,4}))?$")


def slash_head(tokens: Tokens, words: Lexicon, numbers: Numbers, index: int, floor: int) -> list[Expression]:
    """ "28/12", "10/31/1989", "31.12.2023": day and month by what is possible, then by the language."""
    match = NUMERIC.match(tokens.keys[index])
    if match is None or index in numbers.starting:
        return []
    first, second = int(match.group(1)), int(match.group(2))
    third = match.group(3)
    if tokens.glued(index) and tokens.kinds[index - 1] == WORD:
        return []
    year: int | None = None
    if len(match.group(1)) == 4:
        if third is None or not 1 <= second <= 12 or not 1 <= int(third) <= 31:
            return []
        return [_numeric(index, first, second, int(third))]
    if third is not None:
        year = int(third) if len(third) == 4 else _century(int(third))
        if len(third) == 3:
            return []
    elif "." in tokens.keys[index] or tokens.keys[index] in ("24/7", "9/11", "50/50", "7/7"):
        return []
    day, month = (
        (second, first)
        if (words.language == "en" and second > 12) or (words.language == "en" and first <= 12)
        else (first, second)
    )
    if month > 12:
        day, month = month, day
    if not 1 <= month <= 12 or not 1 <= day <= MONTH_DAYS[month - 1]:
        return []
    if third is None and first <= 12 and second <= 12 and words.language == "en":
        return []  # 4/5 is a date here and a score there: nothing
    return [_numeric(index, year, month, day)]


def _numeric(index: int, year: int | None, month: int, day: int) -> Expression:
    return Expression(index, index + 1, "DATE", "day", "<day>/<month>", year=year, month=month, day=day)
