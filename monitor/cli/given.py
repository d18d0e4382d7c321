"""What a stream on the command line holds: texts, dates and languages, read strictly."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from monitor.errors import InputError
from monitor.given import read_language, read_published


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
