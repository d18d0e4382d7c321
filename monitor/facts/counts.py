"""What a number counts, and what happened to it: the noun to its right, the event around it, in whatever order.

"303 peacekeepers have died", "the death toll rose to 303", "killing 12", "12 of them children", "four dead".
"""

from __future__ import annotations

from monitor.facts.amounts import Amount
from monitor.facts.lexicon import CARDINAL, EVENT, MONTH, PERSON, STOP, WEEKDAY, Event, Lexicon, match_phrase
from monitor.facts.token_pattern import NUMBER, PAD, WORD
from monitor.facts.tokens import Tokens

LONGEST_NOUN_PHRASE = 7
REACH_LEFT = 16
QUOTES = frozenset("\"“”'‘’«»")
HUMAN_KINDS = frozenset(["casualties", "detained", "displaced"])


def read_count(tokens: Tokens, words: Lexicon, amount: Amount, floor: int) -> None:
    """Fill noun, predicate, kind and phrase of a count in place."""
    at = amount.last
    noun_last, event, noun_rule = _noun_phrase(tokens, words, amount, at)
    if noun_rule:
        amount.rule.append(noun_rule)
    whole = _is_whole(tokens, amount)
    if event is None and not whole and _is_attribute(tokens, words, amount, noun_last, floor):
        event = _before(tokens, words, amount, floor)
    if event is None and not whole and not _is_place(tokens, words, amount):
        event = _after(tokens, words, amount, noun_last)
    if event is None and noun_rule and tokens.keys[noun_last] == "and" and tokens.flags[noun_last + 1] & PERSON:
        event = _after(tokens, words, amount, noun_last + 2)  # "22,442 servicemen and women killed"
    named = not noun_rule and tokens.kinds[at] == WORD and tokens.capital(at) and not tokens.glued(at)
    if event is None and named and tokens.keys[at + 1] in words.lists["was_or_has"]:
        event = _after(tokens, words, amount, at + 1)  # "15 Taliban were killed"
    if event is None:
        event = _before(tokens, words, amount, floor) or _toll(tokens, words, amount, floor)
    if event is None and amount.noun is not None and is_person(words, amount):
        event = _with_others(tokens, words, amount, floor, noun_last)
    if event is None:
        if amount.noun in words.personnel:
            amount.kind = "personnel"
        return
    _happened(words, amount, event)


def _happened(words: Lexicon, amount: Amount, event: Event) -> None:
    person = amount.noun is None or is_person(words, amount)
    if event.kind in ("detained", "displaced", "personnel") and not person:
        if amount.noun not in words.grains and (not event.nouns or amount.noun in event.nouns):
            amount.predicate = event.predicate
        return
    if event.kind == "personnel" and amount.noun is None:
        return
    if event.kind == "money" or (event.nouns and not person and amount.noun not in event.nouns):
        return
    amount.predicate = event.predicate
    amount.kind = event.kind
    if event.kind in HUMAN_KINDS and amount.noun in (None, "other", "victim", "family"):
        amount.noun = "person" if amount.noun != "family" else "family"
        amount.plural = "people" if amount.noun == "person" else amount.plural


def _is_whole(tokens: Tokens, amount: Amount) -> bool:
    """ "two of the five crew were rescued": not the five."""
    before = amount.first - 3
    counted = before >= 0 and (tokens.kinds[before] == NUMBER or bool(tokens.flags[before] & CARDINAL))
    return counted and tokens.keys[before + 1 : amount.first] == ["of", "the"]


def _is_attribute(tokens: Tokens, words: Lexicon, amount: Amount, noun_last: int, floor: int) -> bool:
    """ "arrested 12 people accused of arson": the verb before the people is what happened, the participle tells who."""
    if not tokens.flags[noun_last] & EVENT or event_at(words, tokens.keys, noun_last, "after") is None:
        return False
    found = event_before(words, tokens.keys, amount.phrase_first, floor)
    return found is not None and not _passive(tokens, found[0])


def _is_place(tokens: Tokens, words: Lexicon, amount: Amount) -> bool:
    """ "106 protesters in 21 cities have been killed": not the cities."""
    return tokens.keys[amount.phrase_first - 1] in words.lists["place_prepositions"] and not is_person(words, amount)


def is_person(words: Lexicon, amount: Amount) -> bool:
    """Known as a noun for people, or made like one: "footballers", "Colombians", "activists"."""
    if amount.noun in words.person_nouns:
        return True
    plural = amount.plural or ""
    return plural.endswith(tuple(words.lists["person_endings"])) and plural not in words.lists["not_person_endings"]


def _noun_phrase(tokens: Tokens, words: Lexicon, amount: Amount, at: int) -> tuple[int, Event | None, str]:
    """The head noun right of the number. Gives (index after the phrase, event that the noun itself is, rule part)."""
    keys, kinds, flags = tokens.keys, tokens.kinds, tokens.flags
    hyphen = keys[at] == "-" and tokens.glued(at) and tokens.glued(at + 1)
    if hyphen:
        at += 1
    if keys[at] == "of":
        of_amount = (
            amount.hedge == "indefinite"
            or amount.value != int(amount.value)
            or keys[at + 1] in words.grammar.get("pronouns", ())
        )
        if not of_amount and keys[at + 1] not in ("the", "its", "their", "his", "our", "all", "those", "these"):
            return at, None, ""
        at += 1
        while keys[at] in ("the", "its", "their", "his", "her", "our", "those", "these", "all", "them", "whom", "us"):
            at += 1
    skip = words.grammar.get("skip", frozenset())
    weak: tuple[int, str] | None = None
    bare = amount.hedge == "indefinite" and tokens.keys[amount.first].endswith("s") and keys[at - 1] != "of"
    end = at + LONGEST_NOUN_PHRASE
    start = at
    while at < end:
        kind = kinds[at]
        if kind != WORD:
            if keys[at] in QUOTES and kinds[at + 1] == WORD:
                at += 1
                continue
            if keys[at] == "-" and tokens.glued(at) and tokens.glued(at + 1):
                at += 1
                continue
            break
        key, flag = keys[at], flags[at]
        if flag & EVENT:
            event = event_at(words, keys, at, "noun")
            if event is not None and not key.endswith("s") and _plural_noun(tokens, words, at + 1):
                at += 1  # "32 death claims"
                continue
            if event is not None:
                after_event = event_at(words, keys, at, "after")
                if after_event is None or at == start or keys[at] in ("dead",) or (weak and keys[at].endswith("s")):
                    amount.phrase_last = max(amount.phrase_last, event[0])
                    human = event[1].kind in HUMAN_KINDS
                    amount.noun, amount.plural = (None, None) if human else (singular(key), key)
                    return event[0], event[1], f"<{event[1].predicate}>"
            if event_at(words, keys, at, "after") is not None or event_at(words, keys, at, "before") is not None:
                break
        if flag & PERSON:
            matched = match_phrase(words.people, keys, at)
            if matched is not None and not (
                tokens.capital(at) and key in ("guard", "force") and tokens.capital(at + 1)
            ):
                following = flags[matched[0]]
                if following & EVENT and not keys[matched[0] - 1].endswith("s"):  # "12 civilian deaths"
                    event = event_at(words, keys, matched[0], "noun")
                    if event is not None and keys[matched[0]].endswith("s"):
                        if event[1].kind == "casualties":  # "14 police arrests" are of others
                            amount.noun = str(matched[1])
                            amount.plural = words.person_plurals.get(amount.noun, amount.noun)
                        amount.phrase_last = max(amount.phrase_last, event[0])
                        return event[0], event[1], f"<people> <{event[1].predicate}>"
                if following & PERSON and kinds[matched[0]] == WORD and keys[matched[0]] not in ("captive", "hostage"):
                    at = matched[0]
                    continue
                if _plural_noun(tokens, words, matched[0]) and not following & (EVENT | STOP):
                    at = matched[0]
                    weak = None
                    continue
                amount.noun = str(matched[1])
                amount.plural = words.person_plurals.get(amount.noun, amount.noun)
                amount.phrase_last = max(amount.phrase_last, matched[0])
                return _close_quote(tokens, matched[0]), None, "<people>"
        if key in skip and not flag & PERSON:
            at += 1
            continue
        if flag & STOP or key in words.past or (flag & (MONTH | WEEKDAY) and tokens.capital(at)):
            break
        if flag & CARDINAL and at > start:
            break
        if key in ("'s", "’s", "'re", "'ve"):
            at += 1
            weak = None
            continue
        if _plural_noun(tokens, words, at) and not hyphen:
            if not (_plural_noun(tokens, words, at + 1) or flags[at + 1] & PERSON) or tokens.capital(at + 1):
                lemma = words.plurals.get(key) or singular(key)
                amount.noun, amount.plural = lemma, key
                amount.phrase_last = max(amount.phrase_last, at + 1)
                return _close_quote(tokens, at + 1), None, "<noun>"
        else:
            weak = (at + 1, key)
        if hyphen and at == start:
            amount.noun, amount.plural = key, key
            amount.phrase_last = max(amount.phrase_last, at + 1)
            return at + 1, None, "<noun>"
        at += 1
    if weak is not None and not bare and _is_weak_noun(tokens, weak[0] - 1, amount):
        amount.noun, amount.plural = singular(weak[1]), weak[1]
        amount.phrase_last = max(amount.phrase_last, weak[0])
        return weak[0], None, "<noun>"
    return start, None, ""


def _close_quote(tokens: Tokens, at: int) -> int:
    return at + 1 if tokens.keys[at] in QUOTES and tokens.glued(at) else at


def _plural_noun(tokens: Tokens, words: Lexicon, at: int) -> bool:
    key = tokens.keys[at]
    if tokens.kinds[at] != WORD or tokens.flags[at] & STOP:
        return False
    if key in words.plurals:
        return True
    if key[0] > "\u036f":  # a script that is not Latin: its words end where ours do not
        return False
    if len(key) >= 3 and key[-1] == "s" and tokens.raw(at)[:-1].isupper():
        return True
    if len(key) < 4 or not key.endswith("s") or key.endswith(("ss", "us", "is")):
        return False
    return not tokens.capital(at) or not tokens.capital(at + 1) or bool(tokens.flags[at + 1] & (EVENT | STOP))


def _is_weak_noun(tokens: Tokens, at: int, amount: Amount) -> bool:
    """A singular-looking head ("staff", "sheep", "aircraft"): not an adverb, a participle or a name."""
    key = tokens.keys[at]
    if tokens.capital(at) or len(key) < 3 or key[0] > "\u036f" or key.endswith(("ly", "ing", "ed", "est")):
        return False
    return amount.value == 1 or amount.value < 1 or amount.hedge == "indefinite" or tokens.kinds[at + 1] in (PAD, WORD)


def singular(key: str) -> str:
    """A plain English lemma: "countries" -> "country", "crashes" -> "crash", "seats" -> "seat"."""
    if key.endswith("ies") and len(key) > 4:
        return key[:-3] + "y"
    if key.endswith(("sses", "shes", "ches", "xes", "zzes")):
        return key[:-2]
    if key.endswith("s") and not key.endswith(("ss", "us", "is")) and len(key) > 3:
        return key[:-1]
    return key


def event_at(words: Lexicon, keys: list[str], at: int, role: str) -> tuple[int, Event] | None:
    for phrase, events in words.events.get(keys[at], ()):
        last = at + len(phrase)
        if len(phrase) > 1 and keys[at:last] != list(phrase):
            continue
        for event in events:
            if event.role == role:
                return last, event
    return None


def _after(tokens: Tokens, words: Lexicon, amount: Amount, at: int) -> Event | None:
    """ "... have been killed", ", including two children, were killed", "dead", "who died"."""
    keys, kinds = tokens.keys, tokens.kinds
    auxiliaries = words.grammar.get("auxiliaries", frozenset())
    if keys[at] in words.lists["more_of_them"]:  # "and two more wounded"
        at += 1
    at = skip_aside(tokens, at)
    skipped = 0
    while skipped < 8 and (
        keys[at] in auxiliaries or (keys[at].endswith("ly") and kinds[at] == WORD and len(keys[at]) > 4)
    ):
        at += 1
        skipped += 1
    if keys[at] in QUOTES:
        at += 1
    if (
        keys[at + 1] == "and"
        and (keys[at].endswith("ed") or keys[at] in words.past)
        and event_at(words, keys, at, "after") is None
    ):
        at += 2  # "were stabbed and killed"
    found = event_at(words, keys, at, "after") if tokens.flags[at] & EVENT else None
    if found is None:
        return None
    last, event = found
    if not skipped and _has_object(tokens, words, at, last):
        return None
    amount.phrase_last = max(amount.phrase_last, last)
    amount.rule.append(f"<{event.predicate}>")
    return event


def skip_aside(tokens: Tokens, at: int) -> int:
    """Past ", including two children," and "(three of them children)" and a place: "12 people in Kyiv were killed"."""
    keys = tokens.keys
    counted = keys[at] == "," and keys[at + 2] == "of" and keys[at + 3] in ("them", "whom", "the")
    if counted or (
        keys[at] == ","
        and (
            keys[at + 1]
            in ("including", "among", "most", "mostly", "many", "all", "some", "one", "two", "three", "at", "mainly")
            or keys[at + 1].endswith("ing")
            or keys[at + 1] in ("both", "aged")
        )
    ):
        for close in range(at + 2, at + 18):
            if keys[close] == ",":
                return close + 1
            if tokens.kinds[close] == PAD or keys[close] in (".", ";"):
                return at
    if keys[at] == "(":
        for close in range(at + 1, at + 14):
            if keys[close] == ")":
                return close + 1
    if keys[at] in ("in", "on", "at", "from", "of", "aboard", "near", "inside", "across", "with", "between"):
        limit = at + 9
        for step in range(at + 1, limit):
            if tokens.kinds[step] not in (WORD, NUMBER) and keys[step] not in ("-", "'", "’"):
                return at
            if keys[step] in ("were", "was", "have", "has", "had", "are", "died", "been"):
                return step
            if keys[step] in ("who", "that", "which", "and", "to", "as", "after", "when", "but"):
                return at
            if keys[step] == "already" and tokens.flags[step + 1] & EVENT:
                return step
    return at


def _has_object(tokens: Tokens, words: Lexicon, at: int, after: int) -> bool:
    """ "12 militants killed five soldiers", "shot dead two": the twelve did it."""
    key = tokens.keys[at]
    if event_at(words, tokens.keys, at, "before") is None:
        return False
    following = tokens.keys[after]
    if tokens.kinds[after] == NUMBER or tokens.flags[after] & (CARDINAL | PERSON):
        return True
    return (
        following in words.grammar.get("determiners", ())
        and following not in ("over", "around", "up", "at", "nearly", "about", "more")
    ) or key in ("cut", "lose", "vote")


def _before(tokens: Tokens, words: Lexicon, amount: Amount, floor: int) -> Event | None:
    """ "killing 12", "killed at least 40 people", "the deaths of 12", "detaining 49 soldiers"."""
    keys = tokens.keys
    at = amount.phrase_first
    for _ in range(4):
        found = event_before(words, keys, at, floor)
        if found is not None:
            first, event = found
            if _passive(tokens, first) and event.role == "before":
                return None
            amount.phrase_first = first
            amount.rule.insert(0, f"<{event.predicate}>")
            return event
        if (
            keys[at - 1]
            in (
                "another",
                "a",
                "the",
                "further",
                "some",
                "its",
                "their",
                "his",
                "all",
                "those",
                "these",
                "other",
                "additional",
                "of",
                "up",
                "more",
                "an",
                "total",
                "least",
                "at",
            )
            and at - 1 >= floor
        ):
            at -= 1
            continue
        return None
    return None


def event_before(words: Lexicon, keys: list[str], at: int, floor: int) -> tuple[int, Event] | None:
    for phrase, events in words.events_by_last.get(keys[at - 1], ()):
        first = at - len(phrase)
        if first < floor or (len(phrase) > 1 and keys[first:at] != list(phrase)):
            continue
        for event in events:
            if event.role == "before":
                return first, event
    return None


def _passive(tokens: Tokens, first: int) -> bool:
    """ "were killed 12 miles away": the event belongs to what stands before it."""
    return tokens.keys[first - 1] in ("were", "was", "been", "being", "are", "is")


def _with_others(tokens: Tokens, words: Lexicon, amount: Amount, floor: int, noun_last: int) -> Event | None:
    """ "killed himself and 12 others", "captured the leader along with two other suspects"."""
    keys = tokens.keys
    at = amount.phrase_first
    while keys[at - 1] in words.lists["possessives"]:
        at -= 1
    joined = next((n for n in (1, 2, 3) if " ".join(keys[max(0, at - n) : at]) in words.lists["joins"]), 0)
    following = keys[noun_last]
    if not joined or following in words.past or (following.endswith("ed") and not tokens.flags[noun_last] & EVENT):
        return None  # "arrested the man and two officers searched the house"
    for step in range(at - joined, max(floor, at - joined - 12), -1):
        key = keys[step - 1]
        if tokens.kinds[step - 1] == PAD or key in words.lists["clause_ends"]:
            return None
        found = event_before(words, keys, step, floor)
        if found is not None and (joined > 1 or not _passive(tokens, found[0])):
            amount.phrase_first = found[0]
            amount.rule.insert(0, f"<{found[1].predicate}> ... and")
            return found[1]
        if key in words.past or tokens.flags[step - 1] & EVENT:
            return None
    return None


def _toll(tokens: Tokens, words: Lexicon, amount: Amount, floor: int) -> Event | None:
    """ "the death toll from the quake rose to 303", "bringing the toll to 21", "Death toll: 12"."""
    keys = tokens.keys
    at = amount.phrase_first - 1
    while at > floor and keys[at] in ("more", "than", "least", "about", "a", "nearly", "the", "over", "some"):
        at -= 1
    if keys[amount.phrase_first] in words.lists["toll_links"]:  # "the toll passed 1,000": the hedge is the link
        at = amount.phrase_first
    if keys[at] not in words.lists["toll_links"]:
        return None
    for step in range(at - 1, max(0, at - REACH_LEFT), -1):
        if tokens.kinds[step] == PAD or keys[step] in (".", ";"):
            return None
        if (tokens.kinds[step] == NUMBER or tokens.flags[step] & CARDINAL) and (
            step < floor and keys[step - 1] not in words.lists["before_old_toll"]
        ):
            return None  # "the toll rose to 72 and the number of homes lost to 500"
        if tokens.flags[step] & EVENT:
            found = event_at(words, keys, step, "toll")
            if found is not None and found[0] <= at:
                if keys[step] == "toll" and keys[step - 1] == "death":
                    step -= 1
                amount.phrase_first = step
                amount.rule = ["<toll>", "rose to", *amount.rule]
                if amount.hedge == "exact" and keys[at] in words.lists["passing"]:
                    amount.hedge = "more_than"
                return found[1]
    return None
