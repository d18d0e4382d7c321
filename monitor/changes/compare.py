"""compare(before, after): find the facts of both texts, pair them, and judge what differs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from rapidfuzz import fuzz

from monitor.changes.classify import (
    GRAVE,
    Found,
    admitted,
    facts_within,
    judge_pair,
    once_a_sentence,
    ranked,
    severity_of,
    worth_telling,
)
from monitor.changes.context import places, shared_stems
from monitor.changes.folding import fold, plain, tokens
from monitor.changes.former import former
from monitor.changes.implied import with_implied
from monitor.changes.kinship import bare, narrower
from monitor.changes.lexicon import ContextWords, context_words
from monitor.changes.model import Change, ChangeType, Comparison, Pair, Reading
from monitor.changes.notices import Notice, date_of, notices
from monitor.changes.pair import pair_facts
from monitor.changes.restated import Restated
from monitor.changes.rows import Rows
from monitor.changes.wording import change_of, notice_sentence, text_sentence
from monitor.facts import find
from monitor.facts.model import Fact

_HELD: dict[ChangeType, str] = {"hedge": "quantity", "certainty": "certainty", "attribution": "attribution"}
_LEAD = 8  # words before what happened to people by which it is told of others: "a second strike killed"
_LONG = 2000  # what is a sentence is read no further than this
_SAME_NOTICE = 85.0  # of 100 by ratio: a notice whose comma moved is not a new notice


def compare(
    before: Reading,
    after: Reading,
    *,
    before_facts: Sequence[Fact] | None = None,
    after_facts: Sequence[Fact] | None = None,
) -> Comparison:
    """What changed from one Reading to the other, most important first, and every pairing of their Facts.

    The facts are found when they are not given. A fact inside a notice is paired, but is no Change of its own: the
    notice is.
    """
    old_facts = _facts(before) if before_facts is None else before_facts
    new_facts = _facts(after) if after_facts is None else after_facts
    words = context_words(after.lang)
    old_notices, new_notices = notices(before.text, before.lang), notices(after.text, after.lang)
    appeared, vanished = _without(new_notices, old_notices), _without(old_notices, new_notices)

    old_told, old_noted = _split(old_facts, old_notices)
    new_told, new_noted = _split(new_facts, new_notices)
    pairs = pair_facts(before.text, old_told, after.text, new_told, after.lang)
    pairs = with_implied(pairs, before.text, after.text, words)
    noted = pair_facts(before.text, old_noted, after.text, new_noted, after.lang)
    again = _day(before) != _day(after)
    judged = (judge_pair(pair, after.lang, republished=again) for pair in pairs + noted)
    found = once_a_sentence(each for judgement in judged for each in judgement)
    found += _alone(pairs, words, before.text, after.text, republished=again)
    were = former(before.text, old_told, words) | former(after.text, new_told, words)
    changed = Restated([each.before for each in found if each.type == "value" and each.after], words)
    found = [each for each in found if not _moved_along(each, changed, were)]
    now = were | {id(each.after) for each in found if each.type == "value"}
    stands = Restated([fact for fact in new_told if id(fact) not in now], words)
    stood = Restated([fact for fact in old_told if id(fact) not in were], words)
    heads = _headline_end(before.text), _headline_end(after.text)
    found = [each for each in found if not (_in_headlines(each, *heads) and _text_agrees(each, stands, stood))]
    corrected = facts_within(appeared, new_noted)
    rows = Rows(after.text) if any(each.before and each.after for each in found) else Rows("")
    named = Counter(_mere_name(each) for each in found)
    changes = [
        change_of(
            each,
            admitted(each, corrected, after.lang),
            _still(each, stands, after.lang),
            after.lang,
            _row(each, rows),
            one_of_many=named[_mere_name(each)] > 1,
        )
        for each in found
    ]
    changes += _about_the_article(before, after, acknowledged=bool(appeared))
    changes += [_notice_change(None, notice, date_of(notice, new_facts, after.lang)) for notice in appeared]
    changes += [_notice_change(notice, None, date_of(notice, old_facts, before.lang)) for notice in vanished]

    return Comparison(tuple(ranked(changes)), pairs + noted, tuple(notice.text for notice in appeared))


def _facts(reading: Reading) -> Sequence[Fact]:
    return find(reading.text, published=reading.published, lang=reading.lang)


def _without(some: Sequence[Notice], others: Sequence[Notice]) -> list[Notice]:
    """The notices that the other text has not, not even reworded."""
    known = [fold(notice.text) for notice in others]
    return [notice for notice in some if not any(fuzz.ratio(fold(notice.text), text) >= _SAME_NOTICE for text in known)]


def _split(facts: Sequence[Fact], within: Sequence[Notice]) -> tuple[list[Fact], list[Fact]]:
    """The facts that the article tells, and those that its notices do."""
    noted = {id(f) for f in facts if any(n.start <= f.start < (n.heading_end if n.news else n.end) for n in within)}
    return [f for f in facts if id(f) not in noted], [f for f in facts if id(f) in noted]


def _alone(
    pairs: Sequence[Pair], words: ContextWords, before: str, after: str, *, republished: bool
) -> Iterator[Found]:
    """The facts that only one text has, unless it says the same elsewhere: a headline may drop what the body keeps."""
    paired = [pair for pair in pairs if pair.before and pair.after]
    known_new = Restated([pair.after for pair in pairs] + [pair.before for pair in paired], words)
    known_old = Restated([pair.before for pair in pairs] + [pair.after for pair in paired], words)
    gone, come = Restated([], words), Restated([], words)
    for pair in pairs:
        if (pair.before is None) == (pair.after is None):
            continue
        fact = pair.before or pair.after
        assert fact is not None
        known, told, other = (known_old, come, before) if pair.before is None else (known_new, gone, after)
        if not worth_telling(fact) or told.repeats(fact):
            continue
        if fact not in known or _one_more(fact, known, other, words, republished=republished):
            told.add(fact)
            yield Found("added" if pair.before is None else "removed", pair.before, pair.after)


def _one_more(fact: Fact, known: Restated, other: str, words: ContextWords, *, republished: bool) -> bool:
    """Whether people to whom the same happened, as many as the other text has, are others: "another 12 were killed",
    or 12 on another day."""
    if fact.kind not in GRAVE or fact.predicate is None:
        return False
    days = {each.as_of for each in known.mentions(fact)}
    if fact.as_of and days and not republished and days.isdisjoint({None, fact.as_of}):
        return True
    lead = fact.sentence[:_LONG].partition(fact.phrase.text)[0].rpartition(",")[2]
    own = words.one_more.intersection(tokens(fold(lead))[-_LEAD:] + tokens(fold(fact.phrase.text)))
    return bool(own) and own.isdisjoint(tokens(fold(other)))


def _moved_along(found: Found, changed: Restated, former: frozenset[int]) -> bool:
    """Whether a figure of before was followed by its own next one: "61, up from 54" became "67, up from 61".

    changed: the figures that became others.
    """
    if found.before is None or found.after is None or not {id(found.before), id(found.after)} <= former:
        return False
    return changed.repeats(found.after)


def _mere_name(found: Found) -> str | int:
    """By what a pair of facts goes that says what was counted and not what happened to it ("tests"); else its id."""
    before, after = found.before, found.after
    mere = before and after and after.quantity and after.noun and not after.predicate
    return after.noun if mere and after and after.noun else id(found)


def _row(found: Found, rows: Rows) -> str | None:
    """What the row and the column call a figure in which both texts differ."""
    if found.before is None or found.after is None:
        return None
    cell = rows.cell(found.after.start)
    return cell.name if cell else None


def _still(found: Found, stands: Restated, lang: str) -> Fact | None:
    """Where the new text still says the old value, as when a headline was corrected and the body was not."""
    if found.type != "value" or found.before is None or found.after is None or bare(found.before):
        return None
    words = context_words(lang)
    for fact in stands.mentions(found.before):
        if _of_another(fact, found.after, words):
            continue
        if not narrower(fact, found.before, words) and shared_stems(fact.sentence, found.after.sentence, lang):
            return fact if fact.quantity and fact.quantity.hedge != "indefinite" else None
    return None


def _of_another(fact: Fact, changed: Fact, words: ContextWords) -> bool:
    """Whether a figure is that of another place, day or event than the one that changed, as far as that is said."""
    if fact.sentence == changed.sentence or (fact.as_of and changed.as_of and fact.as_of != changed.as_of):
        return True
    here, there = places(changed.sentence, words), places(fact.sentence, words)
    if here and there and here.isdisjoint(there):
        return True
    own, said = set(tokens(fold(fact.sentence[:_LONG]))), set(tokens(fold(changed.sentence[:_LONG])))
    return not words.other_events.isdisjoint(own - said)


def _headline_end(text: str) -> int:
    """Where the first line of a text that goes on after it ends; -1 for a text of one line."""
    return text.rstrip().find("\n")


def _in_headlines(found: Found, old_end: int, new_end: int) -> bool:
    """Whether both facts stand in the first lines of texts that go on after them."""
    return all(fact is not None and fact.end <= end for fact, end in ((found.before, old_end), (found.after, new_end)))


def _text_agrees(found: Found, stands: Restated, stood: Restated) -> bool:
    """Whether a headline only holds a fact differently than the text does, still or already ("at least" is dropped)."""
    before, after = found.before, found.after
    if found.type not in _HELD or before is None or after is None:
        return False
    field = _HELD[found.type]
    still = (fact for fact in stands.mentions(before) if fact is not after and _same(field, fact, before))
    already = (fact for fact in stood.mentions(after) if fact is not before and _same(field, fact, after))
    return next(still, None) is not None or next(already, None) is not None


def _same(field: str, one: Fact, other: Fact) -> bool:
    return bool(getattr(one, field) == getattr(other, field))


def _about_the_article(before: Reading, after: Reading, *, acknowledged: bool) -> Iterator[Change]:
    """Headline, byline and publication date: told when both sides have one and they differ."""
    told: tuple[tuple[ChangeType, str | None, str | None], ...] = (
        ("headline", before.headline, after.headline),
        ("byline", before.byline, after.byline),
        ("published", _day(before), _day(after)),
    )
    for type_, old, new in told:
        if old and new and plain(old) != plain(new):
            yield _text_change(type_, old, new, acknowledged=acknowledged)


def _day(reading: Reading) -> str | None:
    return reading.published.isoformat()[:10] if reading.published else None


def _text_change(type_: ChangeType, old: str | None, new: str | None, *, acknowledged: bool) -> Change:
    summary = text_sentence(type_, old, new)
    severity = severity_of(type_, None, None)
    return Change(type_, None, type_, None, None, None, None, None, acknowledged, severity, summary, old, new)


def _notice_change(old: Notice | None, new: Notice | None, dated: str | None) -> Change:
    notice = new or old
    assert notice is not None
    return Change(
        "notice", None, notice.kind, None, None, None, None, None, new is not None, severity_of("notice", None, None),
        notice_sentence(old, new, dated), old.text if old else None, new.text if new else None,
    )  # fmt: skip
