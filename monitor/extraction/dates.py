"""Dates as markup writes them, in one form."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_ISO_START = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T?\d{4,6}Z?)?")
_IN_URL = re.compile(r"/((?:19|20)\d{2})[/-](\d{1,2})[/-](\d{1,2})(?=[/._-]|$)")
_SPACED_OFFSET = re.compile(r"\s+([+-]\d{2}:?\d{2})$")
_EARLIEST = 1900


def iso_date(value: str) -> str | None:
    """A date-time with offset, else the date alone, in ISO 8601; None for what is no date.

    A time without offset is dropped: nobody knows whose clock it was.
    """
    value = _SPACED_OFFSET.sub(r"\1", value.strip())[:64]
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return _internet_date(value) or _date_alone(value)
    if moment.year < _EARLIEST:
        return None
    return _with_offset(moment) if moment.tzinfo else moment.date().isoformat()


def date_in_url(url: str) -> str | None:
    """The date of an address such as `/2023/06/30/title`."""
    match = _IN_URL.search(url)
    return _valid(*match.groups()) if match else None


def _internet_date(value: str) -> str | None:
    """`Fri, 30 Jun 2023 08:37:00 GMT` (RFC 5322)."""
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError):
        return None
    if moment.year < _EARLIEST:
        return None
    return _with_offset(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _date_alone(value: str) -> str | None:
    match = _ISO_START.match(value) or _COMPACT.fullmatch(value)
    return _valid(*match.groups()) if match else None


def _valid(year: str, month: str, day: str) -> str | None:
    try:
        moment = datetime(int(year), int(month), int(day), tzinfo=UTC)
    except ValueError:
        return None
    return moment.date().isoformat() if moment.year >= _EARLIEST else None


def _with_offset(moment: datetime) -> str:
    return moment.replace(microsecond=0).isoformat()
