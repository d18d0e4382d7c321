"""Dates and languages that a person or a program gave, read strictly."""

from __future__ import annotations

import re
from datetime import date, datetime

from monitor.errors import InputError

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*")


def read_published(value: str) -> date | datetime:
    """`2023-06-30`, or a date-time with its offset: `2023-06-30T18:00:00Z`. Raises InputError.

    A date-time without offset is refused: it names a different day for different readers.
    """
    try:
        if _DATE.fullmatch(value):
            return date.fromisoformat(value)
        moment = datetime.fromisoformat(value)
        if _DATE.match(value) and moment.tzinfo is not None:
            return moment
    except ValueError:
        pass
    raise InputError(
        f"published {value[:80]!r} is neither a date (2023-06-30) nor a date-time with offset (2023-06-30T18:00:00Z)"
    )


def read_language(value: str) -> str:
    """The primary subtag of a BCP 47 tag: `en` of `en-GB`; `und` (undetermined) for what is no tag at all.

    A text in an unknown language still has digits, dates and currencies: a wrong tag is no reason for no answer.
    """
    return re.split("[-_]", value)[0].lower() if _LANGUAGE.fullmatch(value) else "und"
