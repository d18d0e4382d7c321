"""A line of what was pasted, as far as it is understood, and what is wanted for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

Form = Literal["paste", "csv", "opml"]


@dataclass(frozen=True, slots=True)
class Options:
    """What is wanted of Articles and Feeds: who publishes them, their story, tags, and the time between two checks."""

    publisher: str | None = None
    story: str | None = None
    tags: tuple[str, ...] = ()
    interval_seconds: int | None = None

    def over(self, general: Options) -> Options:
        """These, and what is wanted of all where these say nothing; tags add up."""
        return Options(
            self.publisher or general.publisher,
            self.story or general.story,
            tuple(dict.fromkeys((*self.tags, *general.tags))),
            self.interval_seconds if self.interval_seconds is not None else general.interval_seconds,
        )


@dataclass(frozen=True, slots=True)
class Line:
    """One address that was given, or why a line cannot be used."""

    number: int
    """Of the line in what was given, from 1."""
    given: str
    """As it stood there, shortened for people."""
    url: str = ""
    """The address to ask for, in its normal form; empty when there is a fault."""
    known_by: str = ""
    """What all spellings of it share."""
    fault: str = ""
    """Why it cannot be watched."""
    feed: bool = False
    """Whether it was given as a feed (a list of feeds says so)."""
    title: str = ""
    options: Options = field(default_factory=Options)


@dataclass(frozen=True, slots=True)
class Intake:
    """All that was given, understood."""

    form: Form
    lines: Sequence[Line] = ()
    fault: str = ""
    """Why nothing of it can be used."""
    left_out: int = 0
    """How many addresses came after the last that was taken."""
    ignored: Sequence[str] = ()
    """Columns of a table that say nothing that is used here."""
    blank: int = 0
    """Lines of a text that hold no address."""
