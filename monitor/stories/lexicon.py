"""The words by which facts of different papers meet, read from `lexicons/<lang>/stories.toml`."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

_FIRST = 3  # letters; every beginning is at least as long


@dataclass(frozen=True, slots=True)
class Names:
    """Words that name a few things: `withdrawal` for "pullout", "pulled out", "withdrew"."""

    whole: Mapping[str, str] = field(default_factory=dict)
    """Words, and pairs of words, that name one ..."""
    openings: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)
    """... and beginnings of words that do, the longest first, by their first letters."""

    def of(self, word: str, following: str) -> str | None:
        """What a word names, by itself or with the word that follows it."""
        named = self.whole.get(f"{word} {following}") or self.whole.get(word)
        if named or (openings := self.openings.get(word[:_FIRST])) is None:
            return named
        return next((name for opening, name in openings if word.startswith(opening)), None)


@dataclass(frozen=True, slots=True)
class StoryWords:
    """What a language's `stories.toml` says; what each list is for stands there."""

    forces: frozenset[str] = frozenset()
    strengths: frozenset[str] = frozenset()
    nouns: Mapping[str, str] = field(default_factory=dict)
    elsewhen: frozenset[str] = frozenset()
    placing: frozenset[str] = frozenset()
    months: frozenset[str] = frozenset()
    holding: frozenset[str] = frozenset()
    naming: frozenset[str] = frozenset()
    relating: frozenset[str] = frozenset()
    crowds: frozenset[str] = frozenset()
    everywhere: tuple[str, ...] = ()
    parting: tuple[str, ...] = ()
    ongoing: tuple[str, ...] = ()
    happenings: Names = field(default_factory=Names)
    phases: Names = field(default_factory=Names)
    lasting: frozenset[str] = frozenset()
    sorts: frozenset[str] = frozenset()
    phase_of: Mapping[str, str] = field(default_factory=dict)
    """How the end of something is written: "end of the {happening}"."""

    def noun(self, noun: str) -> str:
        """The noun that stands for this one and those that papers use in its place."""
        return self.nouns.get(noun, noun)

    def called(self, subject: str) -> str:
        """The name of what is measured, its last word as that which stands for others: "its staff" is "its workers"."""
        first, _, last = subject.rpartition(" ")
        return f"{first} {self.noun(last)}".strip()

    def named(self, happening: str, phase: str | None) -> str:
        """What happens at a date, in words."""
        if phase is None or happening not in self.lasting:
            return happening
        return self.phase_of[phase].format(happening=happening)


@cache
def story_words(lang: str) -> StoryWords:
    """The story words of a language, or none for a language that is not known."""
    base = lang.replace("_", "-").split("-")[0].casefold()
    file = files("monitor.stories") / "lexicons" / base / "stories.toml"
    if not base.isalpha() or not file.is_file():
        return StoryWords()
    table = tomllib.loads(file.read_text(encoding="utf-8"))
    return StoryWords(
        forces=frozenset(table["forces"]),
        strengths=frozenset(table["strengths"]),
        nouns={noun: same[0] for same in table["nouns"] for noun in same},
        elsewhen=frozenset(table["elsewhen"]),
        placing=frozenset(table["placing"]),
        months=frozenset(table["months"]),
        holding=frozenset(table["holding"]),
        naming=frozenset(table["naming"]),
        relating=frozenset(table["relating"]),
        crowds=frozenset(table["crowds"]),
        everywhere=tuple(table["everywhere"]),
        ongoing=tuple(table["ongoing"]),
        parting=tuple(f" {words} " for words in table["parting"]),
        happenings=_names(table["happenings"]),
        phases=_names(table["phases"]),
        lasting=frozenset(table["lasting"]),
        sorts=frozenset(table["sorts"]),
        phase_of=table["phase_of"],
    )


def _names(table: Mapping[str, Sequence[str]]) -> Names:
    whole: dict[str, str] = {}
    openings: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for name, words in table.items():
        for word in words:
            if word.endswith(".") or " " in word:
                whole[word.removesuffix(".")] = name
            else:
                openings[word[:_FIRST]].append((word, name))
    return Names(whole, {first: sorted(some, key=lambda e: (-len(e[0]), e)) for first, some in openings.items()})
