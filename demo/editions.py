"""The five articles and their invented later editions, read from `seeds/`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

SEEDS = Path(__file__).parent.parent / "seeds"
MANIFEST = SEEDS / "editions" / "manifest.toml"

Answer = Literal["page", "gone", "wall", "unavailable", "cut"]


@dataclass(frozen=True, slots=True)
class Seed:
    """One of the five real articles: its text, and what its metadata file says."""

    name: str
    text: str
    publisher: str
    published: date
    headline: str | None
    byline: str | None


@dataclass(frozen=True, slots=True)
class Expected:
    """One change that must be told. What is left out of the manifest (None) is not asked for."""

    type: str
    kind: str | None = None
    before: str | None = None
    after: str | None = None
    acknowledged: bool | None = None

    def matches(self, change: dict[str, Any]) -> bool:
        """Whether a change, as an alert carries it, is the expected one."""
        return (
            change["type"] == self.type
            and self.kind in (None, change["kind"])
            and self.acknowledged in (None, change["acknowledged"])
            and _says(change["before"], self.before)
            and _says(change["after"], self.after)
        )

    def __str__(self) -> str:
        arrow = " → ".join(f"“{side}”" for side in (self.before, self.after) if side)
        admitted = {None: "", True: ", acknowledged", False: ", not acknowledged"}[self.acknowledged]
        return f"{self.type}{f' of {self.kind}' if self.kind else ''}: {arrow}{admitted}"


def _says(statement: dict[str, Any] | None, words: str | None) -> bool:
    """A fact's quote is exact; a notice or a state may be longer than what the manifest gives of it."""
    if words is None:
        return True
    if statement is None:
        return False
    return bool(statement["quote"] == words) if "quote" in statement else words in statement["sentence"]


@dataclass(frozen=True, slots=True)
class Edition:
    """What one publisher serves from one round on, and what must come of it."""

    article: str
    number: int
    round: int
    altered: str
    text: str
    """The whole text of the article, also while the address answers something else."""
    answer: Answer
    furniture: int
    expect: tuple[Expected, ...]
    silent: str
    """Why nothing may be told; empty where something must be."""
    recorded: str
    """The state that the article must have been in meanwhile."""


@dataclass(frozen=True, slots=True)
class Script:
    """What the demonstration plays: the first editions, and round after round of later ones."""

    first: tuple[Edition, ...]
    titles: dict[int, str]
    later: tuple[Edition, ...]

    def of_round(self, number: int) -> list[Edition]:
        """The editions that go out together."""
        return [edition for edition in self.later if edition.round == number]


def load_seeds(folder: Path = SEEDS) -> dict[str, Seed]:
    """The five articles by name."""
    seeds = {}
    for path in sorted(folder.glob("*.toml")):
        known = tomllib.loads(path.read_text(encoding="utf-8"))
        text = path.with_suffix(".txt").read_text(encoding="utf-8")
        seeds[path.stem] = Seed(
            path.stem, text, known["publisher"], known["published"], known.get("headline"), known.get("byline")
        )
    return seeds


def load_script(seeds: dict[str, Seed], manifest: Path = MANIFEST) -> Script:
    """The editions in the manifest. Texts lie in `seeds/editions`, wherever the manifest does.

    Raises OSError, tomllib.TOMLDecodeError, KeyError or TypeError on a manifest that is not as its head describes.
    """
    data = tomllib.loads(manifest.read_text(encoding="utf-8"))
    first = tuple(
        Edition(seed.name, 1, 0, "The first edition.", seed.text, "page", 1, (), "it is the first", "ok")
        for seed in seeds.values()
    )
    titles = {entry["number"]: entry["title"] for entry in data["round"]}
    return Script(first, titles, tuple(_follow(first, data["edition"])))


def _follow(first: Iterable[Edition], entries: list[dict[str, Any]]) -> Iterable[Edition]:
    """Each edition takes over text and furniture of the one before, unless it brings its own."""
    current = {edition.article: edition for edition in first}
    for entry in sorted(entries, key=lambda entry: entry["round"]):
        before = current[entry["article"]]
        text = before.text
        if "text" in entry:
            text = (MANIFEST.parent / entry["text"]).read_text(encoding="utf-8")
        edition = Edition(
            article=entry["article"],
            number=entry["edition"],
            round=entry["round"],
            altered=entry["altered"],
            text=text,
            answer=entry.get("answer", "page"),
            furniture=entry.get("furniture", before.furniture),
            expect=tuple(Expected(**expected) for expected in entry.get("expect", ())),
            silent=entry.get("silent", ""),
            recorded=entry.get("recorded", "ok"),
        )
        current[edition.article] = edition
        yield edition
