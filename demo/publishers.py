"""Five publishers: how each lays out its page, and what stands around its article."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from demo.editions import Seed

Validator = Literal["etag", "last-modified"]


@dataclass(frozen=True, slots=True)
class Publisher:
    """One website. The seeds are texts as somebody once copied them, furniture included: `furniture` names those lines
    of the text that the template prints in their own place, so that `blocks` are the article alone.
    """

    key: str
    """Names the template."""
    article: str
    path: str
    validator: Validator | None
    """How the site answers conditional requests, if it does."""
    furniture: tuple[str, ...] = ()
    roles: dict[str, str] = field(default_factory=dict)
    """First words of a line -> what it is, if no paragraph: `subhead`, `caption`, `quote`, `source`, `link`, `note`."""
    title: str = ""
    """INVENTED, for the one text that has no headline of its own: a page must have one."""

    def headline(self, seed: Seed) -> str:
        """What stands above the article."""
        return seed.headline or self.title

    def blocks(self, seed: Seed, text: str) -> Iterator[tuple[str, str]]:
        """The article in pieces: (role, words)."""
        for line in text.splitlines():
            words = " ".join(line.split())
            if words and words != seed.headline and not words.startswith(self.furniture or ("\0",)):
                yield self._role(words), words

    def _role(self, words: str) -> str:
        return next((role for start, role in self.roles.items() if words.startswith(start)), "paragraph")


PUBLISHERS = (
    Publisher(
        key="blog",
        article="000_26e4bcd0783a672f",
        path="/2023/07/un-ends-peacekeeping-in-mali/",
        validator=None,
        roles={"READ ALSO:": "link"},
        title="UN announces end of its peacekeeping operation in Mali",
    ),
    Publisher(
        key="agency",
        article="001_31aaaafa1ee06e16",
        path="/article/un-mali-peacekeeping-vote",
        validator="etag",
        furniture=("date 2023-06-30 Close", "Jun 30, 2023", "Associated Press's Profile Picture", "BY"),
    ),
    Publisher(
        key="daily",
        article="002_a3e30b93c05738a8",
        path="/articles/220451/Mali-orders-UN-peacekeeping-mission-to-leave",
        validator=None,
        furniture=("| 21 April 2024, Sunday |", "• DW"),
        roles={"What is MINUSMA": "subhead"},
    ),
    Publisher(
        key="explainer",
        article="003_c53717da42c67fe4",
        path="/world/explained-why-is-mali-kicking-out-un-peacekeepers.html",
        validator=None,
        furniture=("Leave a Reply", "Your email address will not be published."),
    ),
    Publisher(
        key="magazine",
        article="004_a5c00eea1b286e3b",
        path="/un-peacekeeping-mission-in-mali-ends-after-10-years/",
        validator="last-modified",
        furniture=("Browse By", "DIPLOMATIC TIMES STAFF", "print", "Print Friendly, PDF & Email"),
        roles={
            "(Credit: UNMINUSMA)": "caption",
            "MINUSMA in Africa was the most dangerous": "caption",
            "“MINUSMA seems to have become": "quote",
            "-Mali Foreign Minister": "source",
            "UN Says MINUSMA Has Helped": "subhead",
            "Correction:": "note",
        },
    ),
)


@dataclass(frozen=True, slots=True)
class Furniture:
    """What stands around an article and is none of it, numbers included: what a watcher must not fall for."""

    navigation: tuple[str, ...]
    related: tuple[str, ...]
    minutes: int
    comments: tuple[tuple[str, str], ...]
    cookies: str


FURNITURE = {
    1: Furniture(
        navigation=("World", "Africa", "Politics", "Business", "Opinion"),
        related=(
            "At least 17 dead as ferry capsizes on lake",
            "Markets: oil falls 2% to $74 a barrel",
            "Ten things to know before the vote on Friday",
        ),
        minutes=3,
        comments=(("Aissata", "Ten years. What now?"), ("reader_77", "I count 12 resolutions since 2013.")),
        cookies="We use cookies. Read our policy of 25 May 2022.",
    ),
    2: Furniture(
        navigation=("World", "Africa", "Politics", "Business", "Climate", "Video"),
        related=(
            "Ferry disaster: 21 dead, 8 missing",
            "Markets: oil climbs 3% to $79 a barrel",
            "In pictures: 40 years of peacekeeping",
            "Who pays for peacekeeping? $6.5 billion in five charts",
        ),
        minutes=4,
        comments=(
            ("Aissata", "Ten years. What now?"),
            ("reader_77", "I count 12 resolutions since 2013."),
            ("Modibo", "170 or 303? Others say 303 dead."),
        ),
        cookies="We and our 142 partners use cookies. Read our policy of 1 October 2026.",
    ),
}
