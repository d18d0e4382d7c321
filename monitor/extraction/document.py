"""What a page says, once its furniture is gone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

PageClass = Literal["article", "wall", "error", "gone", "empty", "not_text"]
"""What a page really is. `wall`: challenge, consent, login or paywall instead of the article; `error`: an error
page served as a success; `gone`: one that says that there is no such page (a soft 404); `empty`: nothing readable was
found; `not_text`: an image, an archive, a film."""


@dataclass(frozen=True, slots=True)
class Dated:
    """A date with where it came from: `json-ld`, `meta`, `time`, `sidecar`, `url`, ... Only such dates are trusted."""

    value: str
    """ISO 8601: a date, or a date-time with offset."""
    source: str


@dataclass(frozen=True, slots=True)
class Document:
    """The article in a page or file, extracted. Paragraphs are normalised (NFC, single spaces, no invisible marks)."""

    page: PageClass
    reason: str
    """One line for a person: why it is taken for what it is."""
    headline: str | None = None
    byline: str | None = None
    publisher: str | None = None
    published: Dated | None = None
    modified: Dated | None = None
    language: str | None = None
    """BCP 47 primary subtag (`en`), from the page's own markup; null when it does not say."""
    paragraphs: tuple[str, ...] = ()
    canonical: str | None = None
    """The address that the page itself calls its own (`rel=canonical`, else `og:url`), absolute; not checked."""
    extractor: str = ""
    """Name and version of what extracted it, e.g. `trafilatura 2.3.1`."""

    @property
    def text(self) -> str:
        """The text that versions, facts and hashes are made of: headline, then paragraphs, by blank lines."""
        body = self.paragraphs
        if self.headline and (not body or body[0] != self.headline):
            body = (self.headline, *body)
        return "\n\n".join(body)


@dataclass(frozen=True, slots=True)
class Corrections:
    """What an operator set right for one site: CSS selectors, empty where nothing is corrected."""

    keep: tuple[str, ...] = ()
    """The parts that are the article; where none is found on a page, all of it is read."""
    drop: tuple[str, ...] = ()
    date: str = ""
    """`json-ld`, `meta`, `time`, `url`, or the selector of an element: its `datetime`, `content` or text."""


NO_CORRECTIONS = Corrections()
