"""What kind of change a pair is, how grave it is, and whether the publisher admits it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from deepdiff import DeepDiff
from rapidfuzz import fuzz

from monitor.changes.amounts import judge_amounts
from monitor.changes.context import shared_stems
from monitor.changes.folding import fold
from monitor.changes.model import Change, ChangeType, Pair, Severity
from monitor.changes.moments import deadline, judge_moments
from monitor.changes.notices import Notice
from monitor.changes.pair import same_value
from monitor.facts.model import Fact

_GRAVE = frozenset({"casualties", "detained", "displaced", "personnel"})
_SAME_SOURCE = 60.0  # of 100 by token_set_ratio: "police" and "the police chief" are one source

_ORDER: tuple[ChangeType, ...] = (
    "availability", "value", "time", "hedge", "certainty", "attribution", "removed", "notice", "added", "headline",
    "published", "byline",
)  # fmt: skip
_SEVERITIES: tuple[Severity, ...] = ("high", "medium", "low")


@dataclass(frozen=True, slots=True)
class Found:
    """A difference before it is worded: what type, and the fact or facts."""

    type: ChangeType
    before: Fact | None
    after: Fact | None


def judge_pair(pair: Pair) -> Iterator[Found]:
    """The changes of one pair: at most one of its value, time or hedge, and one of its certainty or attribution."""
    before, after = pair.before, pair.after
    if before is None or after is None or before == after:
        return
    differing = _fields(before, after)
    if not differing:
        return
    if kind := _value_change(before, after, differing):
        yield Found(kind, before, after)
    if "certainty" in differing:
        yield Found("certainty", before, after)
    elif "attribution" in differing and _other_source(before.attribution, after.attribution):
        yield Found("attribution", before, after)


def severity_of(type_: ChangeType, before: Fact | None, after: Fact | None) -> Severity:
    """high: what people died, moved or waited for. medium: other values and what is gone. low: how it is said."""
    fact = after or before
    if fact is None:
        return "medium" if type_ == "notice" else "low"
    telling = fact.predicate is not None or fact.noun is not None
    if type_ in ("value", "time"):
        promised = fact.time is not None and deadline(fact.time)
        if fact.kind in _GRAVE or promised:
            return "high"
        return "medium" if telling or fact.kind not in ("count", "ordinal") else "low"
    if type_ == "removed":
        return "medium" if fact.kind in _GRAVE or (telling and fact.quantity is not None) else "low"
    if type_ == "added":
        return "medium" if fact.kind in _GRAVE else "low"
    return "low"


def ranked(changes: Iterable[Change]) -> list[Change]:
    """The gravest first; then by type; then in the order of the text."""

    def rank(change: Change) -> tuple[int, int, int]:
        fact = change.after or change.before
        return _SEVERITIES.index(change.severity), _ORDER.index(change.type), fact.start if fact else 0

    return sorted(changes, key=rank)


def admitted(found: Found, appeared: Sequence[Notice], noted: Sequence[Fact], lang: str) -> bool:
    """Whether a notice that appeared owns up to this change.

    A notice that says what it corrects covers that and no more; one that says only that something was edited
    covers all.
    """
    return any(_covers(notice, found, noted, lang) for notice in appeared)


def _covers(notice: Notice, found: Found, noted: Sequence[Fact], lang: str) -> bool:
    own = [fact for fact in noted if notice.start <= fact.start < notice.end and fact.quantity is not None]
    if not own:
        return True
    facts = [fact for fact in (found.before, found.after) if fact is not None]
    if any(same_value(fact, said) for fact in facts for said in own):
        return True
    return any(shared_stems(notice.admits, fact.subject or "", lang) for fact in facts)


def _fields(before: Fact, after: Fact) -> set[str]:
    """The judged fields in which two facts differ, by DeepDiff."""
    if _judged(before) == _judged(after):  # most pairs: DeepDiff would take a hundred times as long to say so
        return set()
    difference = DeepDiff(_plain(before), _plain(after), ignore_numeric_type_changes=True, view="tree")
    return {str(level.path(output_format="list")[0]) for levels in difference.values() for level in levels}


def _judged(fact: Fact) -> tuple[Any, ...]:
    return fact.quantity, fact.time, fact.certainty, fact.attribution


def _plain(fact: Fact) -> Mapping[str, Any]:
    return {
        "quantity": asdict(fact.quantity) if fact.quantity else None,
        "time": asdict(fact.time) if fact.time else None,
        "certainty": fact.certainty,
        "attribution": fold(fact.attribution) if fact.attribution else None,
    }


def _value_change(before: Fact, after: Fact, differing: set[str]) -> ChangeType | None:
    if before.quantity and after.quantity:
        if "quantity" not in differing:
            return None
        verdict = judge_amounts(before.quantity, after.quantity)
        return verdict if verdict in ("value", "hedge") else None
    if before.time and after.time and "time" in differing and not _same_words(before, after):
        judged = judge_moments(before.time, after.time)
        if judged == "time" and (deadline(before.time) or deadline(after.time)):
            return "value"
        return judged if judged in ("time", "hedge") else None
    return None


def _same_words(before: Fact, after: Fact) -> bool:
    """ "Friday" and "Friday", resolved against two publication dates: nobody edited it, so nothing is told."""
    times = (before.time, after.time)
    return (
        all(time is not None and time.basis != "explicit" for time in times)
        and len({time.role for time in times if time}) == 1
        and fold(before.quote) == fold(after.quote)
    )


def _other_source(before: str | None, after: str | None) -> bool:
    return bool(before and after) and fuzz.token_set_ratio(fold(before or ""), fold(after or "")) < _SAME_SOURCE
