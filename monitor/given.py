"""Dates, languages, times between checks, names and tags that a person or a program gave, read strictly."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime

from monitor.config_base import parse_seconds
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


LONGEST_INTERVAL = 365 * 86400
LONGEST_NAME = 200
LONGEST_TAG = 40
MOST_TAGS = 20
_TAG = re.compile(r"[^\W_](?:[\w./-]*[^\W_])?")
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")


def read_interval(value: str) -> int:
    """Whole seconds of `90`, `90s`, `15m`, `2h`, `7d`. Raises InputError."""
    try:
        seconds = parse_seconds(value)
    except ValueError:
        seconds = None
    if not isinstance(seconds, float) or not 1 <= seconds <= LONGEST_INTERVAL:
        raise InputError(f"{value[:80]!r} is not a time between checks: write 90s, 15m, 2h or 7d, at most 365d")
    return round(seconds)


def read_name(value: str, what: str) -> str:
    """A name of a publisher or a story, blanks folded; `what` says of which. Raises InputError: empty, long, unseen."""
    name = " ".join(value.split())
    if not name:
        raise InputError(f"{what} is empty: give a name")
    if len(name) > LONGEST_NAME:
        raise InputError(f"{what} {name[:40]!r}… is longer than {LONGEST_NAME} characters")
    if any(unicodedata.category(letter) in _UNSEEN for letter in name):
        raise InputError(f"{what} {name[:80]!r} holds characters that nobody can see")
    return name


def read_tags(values: Iterable[str]) -> list[str]:
    """Tags, each once, in lower case; several in one value are parted by commas, semicolons or blanks.

    Raises InputError: one is no word, or they are too many.
    """
    written = [tag for value in values for tag in re.split(r"[\s,;]+", unicodedata.normalize("NFC", value)) if tag]
    tags = list(dict.fromkeys(tag.removeprefix("#").lower() for tag in written))
    for tag in tags:
        if not _TAG.fullmatch(tag) or len(tag) > LONGEST_TAG:
            raise InputError(
                f"{tag[:80]!r} is no tag: give a word of letters and digits, such as election or mali-2023, "
                f"of at most {LONGEST_TAG} characters"
            )
    if len(tags) > MOST_TAGS:
        raise InputError(f"these are {len(tags)} tags: an article has at most {MOST_TAGS}")
    return tags
