"""What each source says: its facts with the words around them, ready to be met by those of other sources."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from monitor.changes.context import Place, place, telling
from monitor.changes.folding import fold, tokens
from monitor.changes.model import Reading
from monitor.changes.rows import Rows
from monitor.facts import find
from monitor.facts.lexicon.model import PERSON, STOP
from monitor.facts.lexicon.read import lexicon
from monitor.facts.model import Fact
from monitor.stories.lexicon import Names, StoryWords, story_words

_REACH = 160  # characters on either side in which a happening is looked for
_FADE = 0.08  # how much less a happening says for each word between
_BREAK = 3  # words that a comma counts for ...
_ELSEWHEN = 15  # ... and a word after which another time is told of
_BESIDE = 40  # characters between a figure and the time that it is told with
_LISTED = 6  # ... and between two times of one list: "2020 and 2021"
_NO_ROWS = Rows("")
_LONG = 2000  # what is a sentence is read no further than this
_DATELINE = re.compile(r"\W*[A-ZÀ-ÖØ-Þ]{2}[A-ZÀ-ÖØ-Þ .’'-]*+(?:, [\w .’'-]{2,30})?[,:]? *\(?")
_DATED = re.compile(r"\)?[,:]? *(?:\([^()]{2,40}\))? *[-–—]")
_PARTS = re.compile(r"[,;:()\"“”]")
_PLACED = re.compile(r"\b(\w+) (?:the )?(?:[a-z]+(?:ern|ral) )?(?:\w{4,8} of )?((?:[A-ZÀ-ÖØ-Þ][\w.’'-]*\w ?)+)")
_GATHERING = "protest"
_CLOSE = 0.6
_NAME = r"((?:[A-ZÀ-ÖØ-Þ][\w.&’'-]* ){0,3}[A-ZÀ-ÖØ-Þ][\w.&-]*\w)"
_OWNED = re.compile(rf"{_NAME}['’]s? [a-z]|\b[a-z]+ at {_NAME} [a-z]")
_FAR_VERB = 5  # words between a verb of having and what is had
_AUXILIARIES = 2
_JOINING = ("of", "and", "&", "the")
_CAPITAL = re.compile(r"(?<![\w’'-])[A-ZÀ-ÖØ-Þ][\w.’'-]*\w\.?")


@dataclass(frozen=True, slots=True)
class Mention:
    """One fact as one source says it."""

    source: int
    fact: Fact
    place: Place
    happenings: Mapping[str, float]
    """What happens around it, each with how near it stands, 0 to 1."""
    phase: str | None
    """Which end of it: `start`, `end`, `extension`."""
    owners: frozenset[str]
    """Whose people it counts: "France withdrew 5,100 soldiers", "49 Ivorian soldiers"."""
    scope: str | None
    """The time that it holds for, where the text says so right beside it: "the 11,000 troops [who] arrived in 2013"."""
    headline: bool
    noun: str
    """What it counts, by the noun that stands for all that papers use for it."""
    holders: frozenset[str] = frozenset()
    """The words of the name that has it: "Labour won 120 seats", "Ford's revenue rose 5%", "revenue at Ford"."""
    where: frozenset[str] = frozenset()
    """The words of the place that is named nearest to it: "in Himachal Pradesh"."""
    everywhere: bool = False
    """Whether it is of a whole country: "120 people nationwide"."""
    part: bool = False
    """Whether it counts some of others: "six of the injured"."""
    ongoing: bool = False
    """Whether it is a count that goes on: "the toll has risen to 12"."""
    fact_line: int | None = None
    """Of an Article that is watched: the line of its facts that this is."""
    names: frozenset[str] = frozenset()
    """The names in its sentence: its first word is one where it is written large in the middle of another."""

    @property
    def gathers(self) -> bool:
        """Whether those whom it counts come together, by the words close to it."""
        return self.fact.kind == "count" and self.happenings.get(_GATHERING, 0.0) >= _CLOSE

    @property
    def figure(self) -> object:
        """What tells its value from others."""
        quantity, time = self.fact.quantity, self.fact.time
        return (quantity.lower, quantity.upper) if quantity else time and time.value


def read(readings: Sequence[Reading], facts: Sequence[Sequence[Fact]] | None = None) -> tuple[Mention, ...]:
    """Every Mention of every source, in order. `facts`: those of each reading, found when they are not given."""
    mentions: list[Mention] = []
    for number, reading in enumerate(readings):
        found = find(reading.text, published=reading.published, lang=reading.lang) if facts is None else facts[number]
        mentions += mentions_of(number, found, reading.lang, headline_end=reading.text.find("\n\n"))
    return with_names(mentions)


def mentions_of(source: int, facts: Sequence[Fact], lang: str, *, headline_end: int = -1) -> list[Mention]:
    """The facts of one text as Mentions; a fact brings its sentence with it, so the text itself is not needed."""
    words = story_words(lang)
    sentences: dict[str, int] = {}
    mentions = []
    for fact in facts:
        number = sentences.setdefault(fact.sentence, len(sentences))
        sentence = fact.sentence[:_LONG]
        start = _start(fact, sentence)
        before, after = sentence[:start], sentence[start + len(fact.quote) :]
        plainly = f" {re.sub(r'[,.]', ' ', sentence.casefold())} "
        if fact.time and _DATELINE.fullmatch(before) and _DATED.match(after):
            continue  # "LIMA, March 4 (Reuters) -": the day of the report
        head = before[: len(before) - max(fact.start - fact.phrase.start, 0)]
        around = head[-_REACH:], after[:_REACH]
        stands = place(fact, before + fact.quote + after, _NO_ROWS, number, telling(sentence, lang), lang, start=start)
        mentions.append(
            Mention(
                source,
                fact,
                stands,
                _around(*around, words.happenings, words.elsewhen),
                _phase(fact, _around(*around, words.phases, words.elsewhen)),
                _owners(fact, before, after),
                _scope(fact, facts, words),
                fact.end <= headline_end,
                words.noun(fact.key.rpartition(":")[2]),
                _holders(fact, before, words, lang),
                _where(before, after, words),
                any(
                    f" {each} " in f" {fold(sentence)} ".replace(",", " ").replace(".", " ")
                    for each in words.everywhere
                ),
                after.casefold().startswith(words.parting),
                any(f" {each} " in plainly for each in words.ongoing),
                names=_unowned(stands.names) - words.months,
            )
        )
    return mentions


def _start(fact: Fact, sentence: str) -> int:
    """Where in its sentence the value stands."""
    phrase = max(sentence.find(fact.phrase.text), 0)
    return max(sentence.find(fact.quote, phrase + max(fact.start - fact.phrase.start, 0)), 0)


def with_names(mentions: Sequence[Mention]) -> tuple[Mention, ...]:
    """The Mentions of a story, each with the names in its sentence."""
    known = frozenset[str]().union(*(mention.names for mention in mentions))
    return tuple(
        replace(mention, names=mention.names | (_unowned(_opening(mention.fact)) & known)) for mention in mentions
    )


def _unowned(names: frozenset[str]) -> frozenset[str]:
    """ "Mali's" is Mali."""
    return frozenset(re.sub(r"['’]s?$", "", name) for name in names)


def _opening(fact: Fact) -> frozenset[str]:
    """The first word of its sentence, where that is written large."""
    first = _CAPITAL.match(fact.sentence)
    return frozenset({fold(first[0])}) if first and first[0] not in fact.quote else frozenset()


def _scope(fact: Fact, found: Sequence[Fact], words: StoryWords) -> str | None:
    if fact.as_of or fact.time:
        return fact.as_of
    beside = [
        other
        for other in found
        if other.kind == "date" and other.time and other.time.start and 0 < other.start - fact.end <= _BESIDE
        and other.sentence == fact.sentence
    ]  # fmt: skip
    if not beside or beside[0].time is None:
        return None
    # "Two coups, starting in 2020", "two coups in 2020 and 2021": neither year is that of both.
    between = _words(fact.sentence[_start(fact, fact.sentence) :][: beside[0].start - fact.start])
    begins = any(words.phases.of(word, "") == "start" for word in between)
    another = len(beside) > 1 and beside[1].start - beside[0].end <= _LISTED
    return None if begins or another else beside[0].time.value


def _phase(fact: Fact, around: Mapping[str, float]) -> str | None:
    if around:
        return max(sorted(around), key=around.__getitem__)
    if fact.time and fact.time.role in ("by", "until"):
        return "end"
    return "start" if fact.time and fact.time.role == "since" else None


def _around(before: str, after: str, names: Names, elsewhen: frozenset[str]) -> Mapping[str, float]:
    """What stands before and after a value, each with how near it is."""
    found: dict[str, float] = {}
    for words, is_before in ((_words(before), True), (_words(after), False)):
        for at, word in enumerate(words):
            named = names.of(word, words[at + 1] if at + 1 < len(words) else "")
            if named:
                between = words[at + 1 :] if is_before else words[:at]
                far = sum(_BREAK if each == "," else _ELSEWHEN if each in elsewhen else 1 for each in between)
                near = 1 / (1 + _FADE * far)
                found[named] = max(found.get(named, 0.0), round(near, 3))
    return found


def _words(text: str) -> list[str]:
    found: list[str] = []
    for part in _PARTS.split(text):
        found += [",", *tokens(fold(part))] if found else tokens(fold(part))
    return found


def _owners(fact: Fact, before: str, after: str) -> frozenset[str]:
    """The names inside of its phrase; of a force also the one right before: who sent it."""
    if fact.time is not None:
        return frozenset()
    names = _CAPITAL.findall(after[: max(fact.phrase.end - fact.end, 0)])
    head = before[: len(before) - max(fact.start - fact.phrase.start, 0)]
    if not names and fact.kind == "personnel" and (word := re.search(r"(\S+) $", head)):
        names = _CAPITAL.findall(word[1])
    return frozenset(fold(name).replace(".", "") for name in names)


def _holders(fact: Fact, before: str, words: StoryWords, lang: str) -> frozenset[str]:
    """The name before a value, in its part of the sentence, that has it."""
    if fact.time is not None:
        return frozenset()
    part = re.split(r"[,;:]", before)[-1]
    owned = _OWNED.findall(part) if fact.kind in ("money", "percent") else []
    named = "".join(owned[-1]) if owned else _holder(part.split(), words)
    known = lexicon(lang).flags
    names = (fold(re.sub(r"['’]s?$", "", name)) for name in _CAPITAL.findall(named))
    return frozenset(name for name in names if not known.get(name, 0) & (PERSON | STOP))


def _holder(said: Sequence[str], words: StoryWords) -> str:
    """The name right before a verb of having: "The Green Party also won more than"."""
    verbs = [at for at, word in enumerate(said) if word in words.holding and at >= len(said) - _FAR_VERB]
    if not verbs:
        return ""
    last = verbs[-1]
    while last > max(verbs[-1] - _AUXILIARIES, 0) and said[last - 1].islower():
        last -= 1
    first = last
    while first > 0 and (said[first - 1][:1].isupper() or said[first - 1] in _JOINING):
        first -= 1
    return " ".join(said[first:last])


def _where(before: str, after: str, words: StoryWords) -> frozenset[str]:
    """The place that is named nearest to a value, in its part of the sentence."""
    before, after = re.split(r"[;:]", before)[-1], re.split(r"[;:]", after)[0]
    near: list[tuple[int, str]] = []
    for text, is_before in ((before, True), (after, False)):
        for found in _PLACED.finditer(text):
            name = fold(found[2]).replace("’s", "").replace("'s", "")
            if found[1].casefold() in words.placing and not words.months & set(name.split()):
                near.append((len(text) - found.end() if is_before else found.start(), name))
    return frozenset(min(near)[1].split()) if near else frozenset()


def rarity(mentions: Sequence[Mention]) -> Mapping[str, float]:
    """How much a shared stem tells in this story: less when most of its sentences have it."""
    seen: Counter[str] = Counter()
    for stems in {(m.source, m.fact.sentence): m.place.stems for m in mentions}.values():
        seen.update(stems)
    return {stem: 1 / math.sqrt(1 + count / 2) for stem, count in seen.items()}
