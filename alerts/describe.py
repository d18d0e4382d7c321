"""What a Rule will send, in plain words, so that a person sees whether it is what was meant. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from alerts.rules import DEFAULT_TYPES, TYPES, Condition
from alerts.timing import InForce

_TYPE_WORDS = {
    "value": "changed figures", "hedge": "changed hedges (“at least”)", "time": "moved dates",
    "certainty": "changed certainty", "attribution": "another source", "added": "new facts",
    "removed": "facts no longer said", "headline": "new headlines", "byline": "new bylines",
    "published": "new publication dates", "notice": "correction and update notices",
    "availability": "articles that are gone or back",
    "diverged": "sources of a story that begin to contradict one another",
    "converged": "sources of a story that no longer do",
    "corrected": "a source that comes round to what others say",
    "left_behind": "the one source that has not followed the others",
}  # fmt: skip
_KIND_WORDS = {
    "casualties": "casualties", "detained": "people detained", "displaced": "people displaced",
    "personnel": "personnel", "count": "other counts", "money": "money", "percent": "percentages",
    "measure": "measures", "rate": "rates", "age": "ages", "duration": "durations", "date": "dates",
    "time": "times of day", "set": "frequencies", "ordinal": "ranks",
}  # fmt: skip
_SINCE = {
    "last version": "the version before",
    "last alert": "what this rule told last",
    "first version": "the first version",
}


def describe(
    condition: Condition,
    timing: InForce,
    channels: Sequence[str],
    *,
    article: str | None = None,
    story: str | None = None,
) -> str:
    """Two or three sentences: what is picked, where, and when it is told to whom.

    timing: as it holds for the first of the channels. article, story: what the named ones are called.
    """
    to = _listed(channels) if channels else "nobody (no channel)"
    sentences = [f"Sends {_what(condition)}, {_where(condition, article, story)}, {_when(timing)} to {to}."]
    sentences += [f"Only {limit}." for limit in _limits(condition)]
    if condition.confirmations:
        times = "once" if condition.confirmations == 1 else f"{condition.confirmations} times"
        sentences.append(f"Told only when it still stands after the article was seen {times} more.")
    sentences.append(f"Compared with {_SINCE[condition.baseline]}.")
    sentences += _manners(timing)
    return " ".join(sentences)


def _what(condition: Condition) -> str:
    types = set(condition.types or DEFAULT_TYPES)
    if types == TYPES:
        what = "every change"
    elif types == DEFAULT_TYPES and not condition.types:
        what = (
            "every change but new facts, headlines, bylines and publication dates" if not condition.kinds else "changes"
        )
    else:
        what = _listed([_TYPE_WORDS[name] for name in _TYPE_WORDS if name in types])
    if condition.kinds:
        what += f" of {_listed([_KIND_WORDS[name] for name in _KIND_WORDS if name in condition.kinds])}"
    if condition.subjects:
        what += f" about {_listed([f'“{subject}”' for subject in condition.subjects], 'or')}"
    return what


def _where(condition: Condition, article: str | None, story: str | None) -> str:
    places = []
    if condition.article_id is not None:
        places.append(f"in article {condition.article_id}" + (f" ({article})" if article else ""))
    if condition.story_id is not None:
        places.append(f"in articles of the story {story or condition.story_id}")
    if condition.tag is not None:
        places.append(f"in articles tagged {condition.tag}")
    if condition.site is not None:
        places.append(f"on {condition.site}")
    if condition.languages:
        places.append(f"in the language {_listed(condition.languages, 'or')}")
    return " and ".join(places) or "in all articles"


def _when(timing: InForce) -> str:
    match timing.when:
        case "hourly":
            return "every hour"
        case "daily":
            return f"daily at {timing.at} ({timing.zone})"
        case "weekly":
            from_monday = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
            return f"every {from_monday[timing.weekday]} at {timing.at} ({timing.zone})"
        case _:
            return "at once"


def _limits(condition: Condition) -> list[str]:
    limits = []
    moves = {"up": "goes up (dates: later)", "down": "goes down (dates: earlier)", None: "changes"}[condition.direction]
    by = []
    if condition.size is not None:
        by.append(f"by {condition.size:,g} or more")
    if condition.percent is not None:
        by.append(f"by {condition.percent:g} % or more")
    if condition.crosses is not None:
        by.append(f"across {condition.crosses:,g}")
    if condition.direction or by:
        limits.append(" ".join([f"what {moves}", " and ".join(by)]).strip())
    if condition.firmness:
        limits.append(f"what is now said in a {condition.firmness} way")
    if condition.only_unacknowledged:
        limits.append("what the page does not admit in a notice")
    if condition.severity != "low":
        limits.append(
            "what is of high severity" if condition.severity == "high" else "what is of medium or high severity"
        )
    return limits


def _manners(timing: InForce) -> list[str]:
    said = []
    if timing.when == "at once" and (timing.first_wait or timing.interval):
        parts = []
        if timing.first_wait:
            parts.append(f"waits {length(timing.first_wait)} for more of the same")
        if timing.interval:
            parts.append(f"leaves {length(timing.interval)} between two messages")
        said.append(f"It {' and '.join(parts)}.")
    if timing.repeat:
        said.append(f"A page that goes back and forth is told of once in {length(timing.repeat)}.")
    if timing.quiet:
        said.append(f"Nothing is sent between {timing.quiet[0]} and {timing.quiet[1]} ({timing.zone}).")
    if timing.even_when_nothing:
        said.append("The digest comes even when there is nothing to tell.")
    return said


def length(seconds: float) -> str:
    """A length of time as people say it: "10 s", "5 min", "4 h", "2 days"."""
    for unit, name in ((86400, "days"), (3600, "h"), (60, "min")):
        if seconds >= unit and seconds % unit == 0:
            count = int(seconds // unit)
            return "1 day" if (count, name) == (1, "days") else f"{count} {name}"
    return f"{seconds:g} s"


def _listed(words: Sequence[str], last: str = "and") -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"
