"""What a number counts, and what happened to it: the noun to its right, the event around it, in whatever order.

"303 peacekeepers have died", "the death toll rose to 303", "killing 12", "12 of them children", "four dead".
"""

from __future__ import annotations

from monitor.facts.amounts.model import Amount
from monitor.facts.counts.clauses import event_of_sentence, event_of_subject
from monitor.facts.counts.happenings import (
    event_after,
    event_before,
    event_with_others,
    is_passive,
    skip_auxiliaries,
    verb_before,
)
from monitor.facts.counts.head_nouns import Head, head_noun
from monitor.facts.counts.members import event_among, event_of_taking
from monitor.facts.counts.person_phrases import person_phrase
from monitor.facts.counts.tolls import event_of_toll, is_next_label, label_of_counted, label_of_number
from monitor.facts.counts.words import HUMAN_KINDS, admits, event_at, is_person, is_plural
from monitor.facts.lexicon.model import CARDINAL, EVENT, PERSON, Event, Lexicon
from monitor.facts.text.token_pattern import NUMBER, WORD
from monitor.facts.text.tokens import Tokens


def read_count(tokens: Tokens, words: Lexicon, amount: Amount, floor: int) -> None:
    """Fill noun, predicate, kind and phrase of a count in place."""
    if _is_of_parent(tokens, words, amount):
        return
    if is_next_label(tokens, words, amount, floor):
        if not _read_counted(tokens, words, amount, floor):
            _happened(words, amount, event_of_toll(tokens, words, amount, floor))
        return
    head = head_noun(tokens, words, amount)
    if head.rule:
        amount.noun, amount.plural = head.noun, head.plural
        amount.phrase_last = max(amount.phrase_last, head.shown)
        amount.rule.append(head.rule)
    elif _read_counted(tokens, words, amount, floor):
        return
    event = _last_of_them(tokens, words, amount, head) or head.event or _event(tokens, words, amount, head, floor)
    if event is None and amount.noun is None and _read_label(tokens, words, amount, floor):
        return
    _happened(words, amount, event or _gravely(tokens, words, amount))
    if amount.predicate and tokens.keys[amount.last] in words.grammar["of"]:
        _were(tokens, words, amount)
    if event is None and amount.noun in words.personnel:
        amount.kind = "personnel"


def _is_of_parent(tokens: Tokens, words: Lexicon, amount: Amount) -> bool:
    """ "a mother of three", "a father-of-two was killed": their children, of whom nothing is told."""
    keys = tokens.keys
    of = amount.phrase_first - 1
    if keys[of] == "-":
        of -= 1
    parent = of - 1 - (keys[of - 1] == "-")
    if keys[of] not in words.grammar["of"] or keys[parent] not in words.lists["parents"]:
        return False
    child = words.lists["their_children"] & {keys[amount.phrase_last]}
    if not child and tokens.kinds[amount.phrase_last] == WORD and tokens.flags[amount.phrase_last] & PERSON:
        return False
    amount.noun, amount.plural, amount.rule = (
        "child",
        words.person_plurals.get("child", "child"),
        ["<parent> of", *amount.rule],
    )
    amount.phrase_first, amount.phrase_last = parent, amount.phrase_last + bool(child)
    return True


def _gravely(tokens: Tokens, words: Lexicon, amount: Amount) -> Event | None:
    """ "12 were hurt, four seriously", "two were shot, one of them fatally": how it befell some tells what did."""
    keys = tokens.keys
    at = amount.last
    if keys[at] in words.grammar["of"] and keys[at + 1] in words.grammar["pronouns"]:
        at += 2
    ends = tokens.kinds[at + 1] != WORD or keys[at + 1] in words.number_and
    how = next((name for name in ("killed", "wounded") if keys[at] in words.lists[f"{name}_how"]), None)
    if how is None or not ends or amount.noun is not None:
        return None
    amount.phrase_last = at + 1
    amount.rule += ["gravely", f"<{how}>"]
    return Event(how, "casualties", "after")


def _were(tokens: Tokens, words: Lexicon, amount: Amount) -> None:
    """ "Two of the dead were children": who they were."""
    at = amount.phrase_last
    if tokens.keys[at] not in words.lists["was_or_has"] or amount.noun != "person":
        return
    person = person_phrase(tokens, words, at + 1, many=amount.value > 1)
    if person is None or tokens.flags[person[0]] & EVENT:
        return
    amount.noun, amount.plural = person[1], words.person_plurals.get(person[1], person[1])
    amount.phrase_last = person[0]
    amount.rule.append("were <people>")


def _read_label(tokens: Tokens, words: Lexicon, amount: Amount, floor: int) -> bool:
    """ "the number of miners killed in the blast rose to 17": the label is read as if it were the number."""
    label = label_of_number(tokens, words, amount, floor)
    if label is None:
        return False
    first, last, link = label
    counted = Amount("count", first, last, 2, phrase_first=first, phrase_last=last)
    read_count(tokens, words, counted, first)
    if counted.noun is None or counted.phrase_last > link:
        return False
    amount.kind, amount.noun, amount.plural = counted.kind, counted.noun, counted.plural
    amount.predicate, amount.phrase_first = counted.predicate, first
    amount.rule = ["<number of>", *counted.rule, "rose to", *amount.rule]
    return True


def _read_counted(tokens: Tokens, words: Lexicon, amount: Amount, floor: int) -> bool:
    """ "Soldiers killed: 5": read as if it were "5 soldiers killed"."""
    label = label_of_counted(tokens, words, amount, floor)
    if label is None:
        return False
    first, link = label
    counted = Amount("count", first, first, 2, phrase_first=first, phrase_last=first)
    read_count(tokens, words, counted, first)
    if counted.noun is None or counted.predicate is None or counted.phrase_last != link:
        return False
    amount.kind, amount.noun, amount.plural = counted.kind, counted.noun, counted.plural
    amount.predicate, amount.phrase_first = counted.predicate, first
    amount.rule = ["<counted>", "<happened>", ":", *amount.rule]
    return True


def _event(tokens: Tokens, words: Lexicon, amount: Amount, head: Head, floor: int) -> Event | None:
    """The first that is told: after the noun, before the number, by a label, by the verb of a list."""
    if _is_spared(tokens, words, amount) or _is_within(tokens, words, amount):
        return None
    event = None
    if not _is_whole(tokens, words, amount):
        if _is_attribute(tokens, words, amount, head.last, floor) or _is_of_noun(tokens, words, amount, floor):
            event = event_before(tokens, words, amount, floor)
        if event is None and not _is_place(tokens, words, amount):
            event = event_after(tokens, words, amount, head.last) or _far_event(tokens, words, amount, head)
            event = _main_event(tokens, words, amount, head, event) or event
    if event is None:
        event = _after_names(tokens, words, amount, head)
    if event is None and (amount.noun is None or is_person(words, amount)):
        event = event_among(tokens, words, amount, head.last)
        event = event or event_of_taking(tokens, words, amount, head.last, floor)
    if event is None:
        event = event_before(tokens, words, amount, floor) or event_of_toll(tokens, words, amount, floor)
    if event is None and amount.noun is not None and is_person(words, amount):
        event = event_with_others(tokens, words, amount, floor, head.last)
    return event or head.attribute


def _last_of_them(tokens: Tokens, words: Lexicon, amount: Amount, head: Head) -> Event | None:
    """ "three of the injured have died", "five missing were found dead": the verb tells what became of them."""
    if head.event is None or head.event.predicate in words.lists["final"]:
        return None
    verb = skip_auxiliaries(tokens, words, head.last)
    found = event_at(words, tokens.keys, verb, "after", amount) if tokens.flags[verb] & EVENT else None
    if found is None or found[1].predicate not in words.lists["final"]:
        return None
    amount.phrase_last = found[0]
    amount.rule.append(f"<{found[1].predicate}>")
    return found[1]


def _main_event(tokens: Tokens, words: Lexicon, amount: Amount, head: Head, event: Event | None) -> Event | None:
    """ "61,014 people who tested positive have died": the clause said who they are, the sentence what happened."""
    if event is None or event.predicate in words.lists["final"] or not head.rule:
        return None
    if words.lists["relatives"].isdisjoint(tokens.keys[head.last : amount.phrase_last]):
        return None
    found = event_of_sentence(tokens, words, amount.phrase_first, head.last, amount.phrase_last)
    if found is None or found[0].kind not in HUMAN_KINDS | {"count"}:
        return None
    amount.phrase_last = found[1]
    amount.rule[-1] = f"... <{found[0].predicate}>"
    return found[0]


def _far_event(tokens: Tokens, words: Lexicon, amount: Amount, head: Head) -> Event | None:
    """ "Three men who were with him were detained"; the phrase stays near the number."""
    if not head.rule or not is_person(words, amount):
        return None
    found = event_of_subject(tokens, words, amount.phrase_first, head.last)
    if found is None or found[0].kind not in HUMAN_KINDS:
        return None
    amount.phrase_last = max(amount.phrase_last, found[1])
    amount.rule.append(f"... <{found[0].predicate}>")
    return found[0]


def _after_names(tokens: Tokens, words: Lexicon, amount: Amount, head: Head) -> Event | None:
    """ "22,442 servicemen and women killed", "15 Taliban were killed": past a word that is no head of its own."""
    at = head.last
    if head.rule:
        joined = tokens.keys[at] in words.number_and and tokens.flags[at + 1] & PERSON
        return event_after(tokens, words, amount, at + 2) if joined else None
    at = max(amount.last, amount.phrase_last)  # past a hedge: "40-plus jobs"
    named = tokens.kinds[at] == WORD and tokens.capital(at) and not tokens.glued(at)
    if not named or tokens.keys[at + 1] not in words.lists["was_or_has"]:
        return None
    return event_after(tokens, words, amount, at + 1)


def _happened(words: Lexicon, amount: Amount, event: Event | None) -> None:
    """Kind and predicate, where the event can happen to what was counted: bands release songs, and free nobody."""
    if event is None:
        return
    person = amount.noun is None or is_person(words, amount)
    if event.kind in ("detained", "displaced", "personnel") and not person:
        if amount.noun not in words.grains and (not event.nouns or amount.noun in event.nouns):
            amount.predicate = event.predicate
        return
    if event.kind == "personnel" and amount.noun is None:
        return
    if event.kind == "money" or not admits(words, event, amount):
        return
    amount.predicate = event.predicate
    amount.kind = event.kind
    if event.kind in HUMAN_KINDS and (amount.noun is None or amount.noun in words.lists["unsaid_people"]):
        amount.noun, amount.plural = "person", words.person_plurals.get("person", "person")


def _is_whole(tokens: Tokens, words: Lexicon, amount: Amount) -> bool:
    """ "two of the five crew were rescued", "two of 40 patients died": not the five, not the 40."""
    of = amount.first - (2 if tokens.keys[amount.first - 1] in words.lists["wholes"] else 1)
    part = of - 1
    if tokens.keys[part] in words.lists["out"]:  # "five out of the 20 hostages"
        part -= 1
    if part < 0 or tokens.keys[of] not in words.grammar["of"]:
        return False
    return tokens.kinds[part] == NUMBER or bool(tokens.flags[part] & CARDINAL)


def _is_spared(tokens: Tokens, words: Lexicon, amount: Amount) -> bool:
    """ "all but three of the 50 passengers died"."""
    first = amount.phrase_first
    return " ".join(tokens.keys[max(0, first - 2) : first]) in words.lists["all_but"]


def _is_within(tokens: Tokens, words: Lexicon, amount: Amount) -> bool:
    """ "six members of one family were killed": not the one family."""
    first = amount.first
    if amount.value != 1 or first < 2 or tokens.keys[first - 1] not in words.grammar["of"]:
        return False
    return is_plural(tokens, words, first - 2) and not tokens.flags[first - 2] & EVENT


def _is_attribute(tokens: Tokens, words: Lexicon, amount: Amount, noun_last: int, floor: int) -> bool:
    """ "arrested 12 people accused of arson": the verb before the people is what happened, the participle tells who."""
    if not tokens.flags[noun_last] & EVENT or event_at(words, tokens.keys, noun_last, "after") is None:
        return False
    found = verb_before(words, tokens.keys, amount.phrase_first, floor)
    return found is not None and not is_passive(tokens, words, found[0])


def _is_of_noun(tokens: Tokens, words: Lexicon, amount: Amount, floor: int) -> bool:
    """ "the bodies of three miners were recovered", "the deaths of 12 were confirmed": the noun says what happened."""
    of = tokens.keys[amount.phrase_first - 1] in words.grammar["of"]
    return of and verb_before(words, tokens.keys, amount.phrase_first, floor, amount) is not None


def _is_place(tokens: Tokens, words: Lexicon, amount: Amount) -> bool:
    """ "106 protesters in 21 cities have been killed": not the cities."""
    return tokens.keys[amount.phrase_first - 1] in words.lists["place_prepositions"] and not is_person(words, amount)
