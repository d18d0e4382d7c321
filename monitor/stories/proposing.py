"""Which articles may be of one story: by the names, places, words and facts that they share, rare ones first.

An explainable score and no model: cosine of weights by rarity (tf-idf, Spärck Jones 1972), and what the two have in
common besides. A person accepts or does not.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from monitor.changes.context import telling
from monitor.changes.folding import fold, tokens
from monitor.facts.model import Fact

ENOUGH = 0.35
"""The score from which an article is proposed; measured (tests/quality/stories.py)."""
ENOUGH_FOR_MEMBERS = 0.28
"""Less is asked of an article that may belong to a story which a person made."""
_NAME = re.compile(r"(?<=[^.!?\s\"“‘'(\n] )[A-ZÀ-ÖØ-Þ][\w’'-]*\w")
_READ = 1500  # characters of a text whose words are compared
_LONG = 30_000  # characters in which names are counted
_CHIEF = 12  # names of an article that are compared: those that it says most, and others least
_DAYS = 30  # apart, and what two articles share says two thirds less ...
_OLD = 0.5  # ... but never less than this: a story may go on for years
_NAMED = 0.06  # for each name that is a chief one of both
_MOST_NAMES = 5
_FACT = 0.08  # for each figure that both give of the same thing
_MOST_FACTS = 3
_OTHERS = 40  # articles about other things, as if there were so many more: among five, a shared name is rare as well


@dataclass(frozen=True, slots=True)
class Profile:
    """What an article is about, for finding others like it."""

    article_id: int
    headline: str
    names: Mapping[str, int]
    """How often each name stands in it."""
    stems: frozenset[str]
    figures: frozenset[tuple[str, object]]
    """(key, value) of its telling facts."""
    published: date | None = None


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two articles are, or an article and a story, and why."""

    score: float
    names: tuple[str, ...] = ()
    """Shared names, the rarest first."""
    figures: tuple[str, ...] = ()
    days_apart: int | None = None


def profile_of(
    article_id: int, headline: str, text: str, facts: Iterable[Fact], lang: str, published: date | None = None
) -> Profile:
    """Read an article: the names in all of it, the words of its head, which says what it is about."""
    head, facts = text[:_READ], list(facts)
    names = Counter(fold(name).removesuffix("'s") for name in _NAME.findall(text[:_LONG]))
    for word in {word for fact in facts if fact.time for word in tokens(fold(fact.quote))}:
        names.pop(word, None)  # "Friday" and "June" are written large, and name nothing
    figures = frozenset(
        (fact.key, (fact.quantity.lower, fact.quantity.upper))
        for fact in facts
        if fact.quantity and fact.noun and (fact.quantity.lower or fact.quantity.upper or 0) > 2
    )
    return Profile(article_id, headline, names, telling(f"{headline}\n{head}", lang), figures, published)


def rarity_of(profiles: Iterable[Profile]) -> Mapping[str, float]:
    """How much a shared word or name tells among these articles and some others: the logarithm of how few have it."""
    seen: Counter[str] = Counter()
    total = 0
    for profile in profiles:
        total += 1
        seen.update(profile.names.keys() | profile.stems)
    return {word: math.log((_OTHERS + total) / count) for word, count in seen.items()}


def likeness(one: Profile, other: Profile, rare: Mapping[str, float]) -> Likeness:
    """How alike two articles are, 0 to about 1.2."""
    words = _cosine(one.stems, other.stems, rare)
    ones, others = _chief(one.names, rare), _chief(other.names, rare)
    shared = sorted(ones.keys() & others.keys(), key=lambda name: (-min(ones[name], others[name]), name))
    both = math.fsum(min(ones[name], others[name]) for name in shared)
    names = both / (min(math.fsum(ones.values()), math.fsum(others.values())) or 1)
    figures = sorted({key for key, _ in one.figures & other.figures})
    apart = abs((one.published - other.published).days) if one.published and other.published else None
    score = 0.6 * words + 0.5 * names + _NAMED * min(len(shared), _MOST_NAMES) + _FACT * min(len(figures), _MOST_FACTS)
    if not shared:
        score *= 0.5  # the same kind of event, of others
    if apart is not None:
        score *= _OLD + (1 - _OLD) * math.exp(-apart / _DAYS)
    return Likeness(round(score, 4), tuple(shared[:6]), tuple(figures[:_MOST_FACTS]), apart)


def of_story(members: Sequence[Profile], candidates: Sequence[Profile]) -> list[tuple[Profile, Likeness]]:
    """The candidates that may belong to a story with these members, the likeliest first.

    A candidate is as alike as it is to the two members that it is most like: a story has more sides than one.
    """
    rare = rarity_of([*members, *candidates])
    found = []
    for candidate in candidates:
        best = sorted((likeness(member, candidate, rare) for member in members), key=lambda each: -each.score)[:2]
        score = math.fsum(each.score for each in best) / len(best) if best else 0.0
        if score >= ENOUGH_FOR_MEMBERS:
            found.append((candidate, Likeness(round(score, 4), best[0].names, best[0].figures, best[0].days_apart)))
    return sorted(found, key=lambda each: (-each[1].score, each[0].article_id))


def new_stories(profiles: Sequence[Profile]) -> list[tuple[list[Profile], Likeness]]:
    """Groups of articles that may tell one story, the surest first: each is like the group on the whole."""
    rare = rarity_of(profiles)
    pairs = sorted(
        ((like, one, other) for one, other, like in _pairs(profiles, rare) if like.score >= ENOUGH),
        key=lambda each: (-each[0].score, each[1], each[2]),
    )
    scores = {(one, other): like.score for like, one, other in pairs}
    home = list(range(len(profiles)))
    groups: dict[int, list[int]] = {number: [number] for number in home}
    why: dict[int, Likeness] = {}
    for like, one, other in pairs:
        a, b = home[one], home[other]
        if a == b:
            continue
        links = [scores.get((min(x, y), max(x, y)), 0.0) for x in groups[a] for y in groups[b]]
        if math.fsum(links) / len(links) < ENOUGH * 0.7:
            continue
        why[a] = max((why[g] for g in (a, b) if g in why), key=lambda each: each.score, default=like)
        for number in groups.pop(b):
            home[number] = a
            groups[a].append(number)
    found = [([profiles[n] for n in sorted(group)], why[g]) for g, group in groups.items() if len(group) > 1]
    return sorted(found, key=lambda each: (-len(each[0]), -each[1].score))


def _pairs(profiles: Sequence[Profile], rare: Mapping[str, float]) -> Iterable[tuple[int, int, Likeness]]:
    """Pairs that share a name or two rare words; all others are not alike."""
    holders: dict[str, list[int]] = {}
    for number, profile in enumerate(profiles):
        for word in profile.names.keys() | profile.stems:
            if rare.get(word, 0.0) > 1.5:
                holders.setdefault(word, []).append(number)
    shared: Counter[tuple[int, int]] = Counter()
    for numbers in holders.values():
        if len(numbers) <= 60:
            shared.update((one, other) for at, other in enumerate(numbers) for one in numbers[:at])
    for one, other in (pair for pair, count in shared.items() if count > 1):
        yield one, other, likeness(profiles[one], profiles[other], rare)


def _chief(names: Mapping[str, int], rare: Mapping[str, float]) -> dict[str, float]:
    """The chief names of an article with their weights."""
    weights = {name: (1 + math.log(count)) * math.sqrt(rare.get(name, 0.0)) for name, count in names.items()}
    return dict(sorted(weights.items(), key=lambda each: (-each[1], each[0]))[:_CHIEF])


def _cosine(one: frozenset[str], other: frozenset[str], rare: Mapping[str, float]) -> float:
    both = math.fsum(rare.get(word, 0.0) ** 2 for word in one & other)
    if not both:
        return 0.0
    lengths = [math.fsum(rare.get(word, 0.0) ** 2 for word in side) for side in (one, other)]
    return both / math.sqrt(lengths[0] * lengths[1])
