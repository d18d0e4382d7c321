"""The nouns for people of a language: their forms, their plurals, and which of them share a key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from monitor.facts.errors import LexiconError


@dataclass(frozen=True, slots=True)
class People:
    forms: dict[str, list[str]]
    """Lemma -> every form that means it."""
    plurals: dict[str, str]
    """Lemma -> the word that tells of many."""
    kin: dict[str, str]
    """Lemma -> the noun of the key that it shares, where that is another one: insurgent -> militant."""


def read_people(
    irregular: Mapping[str, list[str]],
    regular: Iterable[str],
    peoples: Iterable[str],
    endings: Mapping[str, str],
    kin: Mapping[str, list[str]],
) -> People:
    """`irregular` gives lemma = forms; of `regular` and `peoples` the plural is made by `endings`.

    A people has no singular form: "Afghan" is an adjective as well. Raises LexiconError for kin that is no noun.
    """
    forms = {lemma: list(given) for lemma, given in irregular.items()}
    plurals = {lemma: given[1] if len(given) > 1 else given[0] for lemma, given in forms.items()}
    longest_first = sorted(endings, key=len, reverse=True)
    for noun in regular:
        plurals[noun] = _plural(noun, endings, longest_first)
        forms[noun] = [noun, plurals[noun]]
    for people in peoples:
        plurals[people] = _plural(people, endings, longest_first)
        forms[people] = [plurals[people].lower()]
    shared: dict[str, str] = {}
    for noun, others in kin.items():
        unknown = [lemma for lemma in (noun, *others) if lemma not in forms]
        if unknown:
            raise LexiconError(f"people.toml: kin.{noun}: {unknown[0]!r} is no noun of this file")
        shared.update(dict.fromkeys(others, noun))
    return People(forms, plurals, shared)


def _plural(noun: str, endings: Mapping[str, str], longest_first: list[str]) -> str:
    for ending in longest_first:
        if noun.endswith(ending):
            return noun[: len(noun) - len(ending)] + endings[ending]
    return noun
