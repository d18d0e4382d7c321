"""What the user gave on the command line or in a stream: dates, languages and texts, read strictly."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

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


def text_field(record: Mapping[str, Any], name: str) -> str:
    """A required text of a stream's record. Raises InputError: missing, no string, or not valid Unicode."""
    value = optional_field(record, name)
    if value is None:
        raise InputError(f"the field `{name}` is missing")
    return value


def optional_field(record: Mapping[str, Any], name: str) -> str | None:
    """A text of a stream's record, None where there is none. Raises InputError: no string, or not valid Unicode."""
    value = record.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise InputError(f"the field `{name}` is not a string")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise InputError(f"the field `{name}` holds half of a surrogate pair at {error.start}") from error
    return value


def published_field(
    record: Mapping[str, Any], name: str = "published", default: date | datetime | None = None
) -> date | datetime | None:
    """A publication date of a stream's record, `default` where there is none. Raises InputError."""
    value = optional_field(record, name)
    return default if value is None else read_published(value)


def language_field(record: Mapping[str, Any], default: str) -> str:
    """The language of a stream's record, `default` where it names none. Raises InputError: no string."""
    value = optional_field(record, "lang")
    return default if value is None else read_language(value)
