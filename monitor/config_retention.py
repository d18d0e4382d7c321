"""How long what was captured is kept: `[retention]`, and what differs for one story."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from monitor.config_base import Section, parse_seconds
from storage.keeping import Keep

FOREVER = "forever"
_SHORTEST = 3600.0
"""Seconds: what a check under way works with is never let go."""


def _parse_age(value: object) -> object:
    return None if value == FOREVER else parse_seconds(value)


Age = Annotated[Annotated[float, Field(ge=_SHORTEST)] | None, BeforeValidator(_parse_age)]
"""Seconds; null stands for `forever`."""
Count = Annotated[int, Field(ge=0, le=1_000_000)]


class Retention(Section):
    """What is let go, and when: nothing, unless it is said here. Versions with their hashes, facts and changes always
    stay, and so does all that an alert, a publisher's notice or the note of a story points to."""

    keep_raw: Age = Field(
        FOREVER,
        validate_default=True,
        description="Pages as they were fetched are let go so long after they were last seen; `forever`, or an hour "
        "at least.",
    )
    keep_raw_versions: Count = Field(
        2,
        description="Of so many of the newest versions of an article what was fetched stays, whatever its age. With 0 "
        "the first check after an upgrade may tell of what only the new release reads otherwise.",
    )
    keep_texts: Age = Field(
        FOREVER,
        validate_default=True,
        description="The same for the texts of versions; never shorter than what was fetched. The current one stays.",
    )
    keep_text_versions: Count = Field(
        2, description="Of so many of the newest versions the text stays, whatever its age."
    )
    keep_captures: Age = Field(
        FOREVER,
        validate_default=True,
        description="Checks that brought neither a version nor a change are forgotten as a whole after so long.",
    )

    @property
    def keep(self) -> Keep:
        """As storage asks for it."""
        return Keep(
            raw=_span(self.keep_raw),
            raw_versions=self.keep_raw_versions,
            texts=_span(self.keep_texts),
            text_versions=self.keep_text_versions,
            captures=_span(self.keep_captures),
        )

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        fault = disorder(self.keep)
        if fault:
            raise ValueError(fault)
        return self


def _span(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)


def disorder(keep: Keep) -> str | None:
    """What is wrong with it: texts go after what they were made of, never before."""
    if keep.texts is None:
        return None
    if keep.raw is None or keep.raw > keep.texts:
        return "keep_texts is shorter than keep_raw: a text is never let go before what it was made of"
    if keep.raw_versions > keep.text_versions:
        return "keep_text_versions is smaller than keep_raw_versions: a text is never let go before its page"
    return None


class StoryRetention(Section):
    """What differs for the articles of one story; what is left out is as in `[retention]`."""

    keep_raw: Age = Field(
        None, examples=["365d"], description="Instead of retention.keep_raw; `forever` keeps all of this story."
    )
    keep_raw_versions: Count | None = Field(None, examples=[10], description="Instead of retention.keep_raw_versions.")
    keep_texts: Age = Field(None, examples=["730d"], description="Instead of retention.keep_texts.")
    keep_text_versions: Count | None = Field(
        None, examples=[10], description="Instead of retention.keep_text_versions."
    )
    keep_captures: Age = Field(None, examples=["30d"], description="Instead of retention.keep_captures.")

    def keep(self, usual: Retention) -> Keep:
        """What holds for the articles of the story. `forever` is null as well: said is what was set."""
        said = {name: getattr(self, name) for name in StoryRetention.model_fields if name in self.model_fields_set}
        keep = Retention.model_construct(**(dict(usual) | said)).keep
        # What is kept of pages longer than usual is kept of their texts as well, where nothing is said of those.
        if "keep_texts" not in said and keep.texts is not None and (keep.raw is None or keep.raw > keep.texts):
            keep = replace(keep, texts=keep.raw)
        if "keep_text_versions" not in said:
            keep = replace(keep, text_versions=max(keep.text_versions, keep.raw_versions))
        return keep
