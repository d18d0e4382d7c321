"""What all nouns of the API are made of: models whose docstrings are the documentation in OpenAPI."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
)

from monitor.errors import InputError
from monitor.given import (
    LONGEST_INTERVAL,
    LONGEST_NAME,
    LONGEST_TAG,
    MOST_TAGS,
    read_language,
    read_name,
    read_published,
    read_tags,
)
from monitor.web.wording import iso

ROOT = "/api/v1"
"""Where the API is."""

Moment = Annotated[
    datetime,
    PlainSerializer(iso, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-11-22T00:44:17Z"]}),
]
"""A time as RFC 3339 in UTC, to the second: `2026-11-22T00:44:17Z`."""

LARGEST_ID = 2**53
"""Above it a number is no longer exact in every JSON reader."""

Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]
Count = Annotated[int, Field(ge=0)]


def _finite(value: Any) -> Any:
    """Null for an infinity, which JSON does not have: a page may well say "1e999"."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


Number = Annotated[int | float | None, BeforeValidator(_finite)]
"""A number as it was read; null where there is none, or none that JSON can write."""

Links = Annotated[
    dict[str, str],
    Field(description="Where more of it is, as paths on this server: `self` in the API, `page` for people."),
]


class Noun(BaseModel):
    """What an answer is made of. Later versions may add fields: a reader ignores those that it does not know."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    def json_dict(self) -> dict[str, Any]:
        """It as plain JSON values, every field by its name."""
        return self.model_dump(mode="json")


class Given(BaseModel):
    """What a request is made of. A field that is not known is refused: it would be a mistake that nobody notices."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True, allow_inf_nan=False
    )


def _printable(text: str) -> str:
    # NUL ends strings in databases, and half of a surrogate pair cannot be written as UTF-8.
    if any(
        (ord(character) < 32 and character not in "\t\n\r") or 0xD800 <= ord(character) <= 0xDFFF for character in text
    ):
        raise ValueError("it has control characters or half a surrogate pair in it")
    return text


Text = Annotated[str, AfterValidator(_printable)]
"""Text that a database and a terminal can hold."""


def _published(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError("it is no text: write 2026-11-21 or 2026-11-21T10:30:00Z")
    try:
        return read_published(value)
    except InputError as error:
        raise ValueError(str(error)) from error


Published = Annotated[
    date | datetime,
    BeforeValidator(_published),
    WithJsonSchema(
        {
            "type": "string",
            "anyOf": [{"format": "date"}, {"format": "date-time"}],
            "description": "A day, or a time with its offset (ISO 8601).",
            "examples": ["2026-11-21", "2026-11-21T10:30:00Z"],
        }
    ),
]
"""When something was published."""


def _name(value: str) -> str:
    try:
        return read_name(value, "it")
    except InputError as error:
        raise ValueError(str(error)) from error


Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME), AfterValidator(_name)]
"""A name of a publisher, a story, ..., in one line; blanks are folded."""


def _tags(values: Sequence[str]) -> list[str]:
    try:
        return read_tags(values)
    except InputError as error:
        raise ValueError(str(error)) from error


Tag = Annotated[str, Field(min_length=1, max_length=LONGEST_TAG)]
Tags = Annotated[list[Tag], Field(max_length=MOST_TAGS), AfterValidator(_tags)]
"""Words that people put on Articles; kept in lower case, each once."""

Seconds = Annotated[int, Field(ge=1, le=LONGEST_INTERVAL)]
"""A time between two checks."""

Language = Annotated[
    str,
    Field(min_length=2, max_length=35, pattern=r"^[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*$"),
    AfterValidator(read_language),
]
"""A BCP 47 tag; its primary subtag counts."""


def _utc(moment: datetime) -> datetime:
    """A time with a zone, in UTC. Raises ValueError."""
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("this time is not in the calendar") from error


Time = Annotated[AwareDatetime, AfterValidator(_utc)]
"""A time that somebody gave, with its offset (RFC 3339)."""
