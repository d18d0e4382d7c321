"""Which Changes a Rule picks. Pure: no storage, no clock. A condition is data, checked here, and never code.

Everything that a condition names must hold of a Change; what it leaves open asks nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from alerts.event import STORY_TYPES, Event, Place
from alerts.patterns import MOST_SUBJECTS, check_subject, says

DEFAULT_TYPES = STORY_TYPES | {
    "value", "hedge", "time", "certainty", "attribution", "removed", "notice", "availability",
}  # fmt: skip
"""What a Rule that names no types picks: see "A Change" in docs/facts.md."""

TYPES = DEFAULT_TYPES | {"added", "headline", "byline", "published"}
"""Every type of Change there is."""

KINDS = frozenset(
    {
        "casualties", "detained", "displaced", "personnel", "count", "money", "percent", "measure",
        "rate", "age", "duration", "date", "time", "set", "ordinal",
    }
)  # fmt: skip
"""Every kind of Fact there is."""

BASELINES = ("last version", "last alert", "first version")
Baseline = Literal["last version", "last alert", "first version"]
Severity = Literal["low", "medium", "high"]
_SEVERITIES = ("low", "medium", "high")
_CERTAINTIES = ("denied", "alleged", "expected", "asserted")
MOST_CONFIRMATIONS = 100
_LARGEST = 1e18
_LARGEST_ID = 2**53
"""Above it a number is no longer exact in every JSON reader, and soon no database takes it."""


def unknown(words: Iterable[str], known: frozenset[str]) -> list[str]:
    """Those of `words` that are not known, sorted: for an error that names them."""
    return sorted(set(words) - known)


def _listed(words: Any) -> list[str]:
    given = [words] if isinstance(words, str) else words or ()
    if not isinstance(given, list | tuple | set | frozenset) or not all(isinstance(word, str) for word in given):
        raise ValueError("write a list of words")
    return list(given)


def _known(what: str, words: Any, known: frozenset[str]) -> tuple[str, ...]:
    given = _listed(words)
    strange = unknown(given, known)
    if strange:
        shown = ", ".join(word[:40] for word in strange[:10])
        raise ValueError(f"there is no {what} {shown}: {what}s are {', '.join(sorted(known))}")
    return tuple(sorted(set(given)))


def _host(site: Any) -> Any:
    """A host as a person may give it: an address, a name with or without "www."."""
    if not isinstance(site, str):
        return site
    text = site.strip().lower()
    try:
        host = urlsplit(text if "://" in text else f"//{text}").hostname or ""
    except ValueError:
        host = ""
    if not host or len(host) > 253 or any(character.isspace() for character in host):
        raise ValueError(f"{site[:80]!r} is no site: write its host, like apnews.com")
    return host.removeprefix("www.")


Size = Annotated[float, Field(gt=0, le=_LARGEST, allow_inf_nan=False)]


class Condition(BaseModel):
    """What a Rule asks of a Change."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    article_id: Annotated[int, Field(gt=0, le=_LARGEST_ID)] | None = None
    story_id: Annotated[int, Field(gt=0, le=_LARGEST_ID)] | None = None
    tag: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    site: Annotated[str, BeforeValidator(_host)] | None = None
    """A host; those below it are meant as well."""
    types: tuple[str, ...] = ()
    """Empty: `DEFAULT_TYPES`."""
    kinds: tuple[str, ...] = ()
    """Empty: Facts of all kinds, and Changes that are not about a Fact (a headline, a notice, the availability)."""
    subjects: Annotated[tuple[str, ...], Field(max_length=MOST_SUBJECTS)] = ()
    """One of these words is said of what changed; between slashes, a pattern of RE2: `/peace ?keepers?/`."""
    direction: Literal["up", "down"] | None = None
    """Of figures; of dates, later or earlier."""
    size: Size | None = None
    """Changed by so much at least, in the unit of the fact; dates by so many days."""
    percent: Size | None = None
    """Changed by so many per cent of the older figure at least."""
    crosses: Annotated[float, Field(ge=-_LARGEST, le=_LARGEST, allow_inf_nan=False)] | None = None
    """One figure is below it and the other is not."""
    firmness: Literal["firmer", "weaker"] | None = None
    """Only hedges and certainties that became so: "at least 170" to "170" is firmer, "will be" to "may be" weaker."""
    only_unacknowledged: bool = False
    """Not what the page admits in a notice."""
    confirmations: Annotated[int, Field(ge=0, le=MOST_CONFIRMATIONS)] = 0
    """Told only once so many later checks have seen that it still stands."""
    languages: tuple[str, ...] = ()
    """Articles in one of these languages (BCP 47 primary subtags)."""
    severity: Severity = "low"
    """The least."""
    baseline: Baseline = "last version"
    """Since when a Change is judged and told: since the Version before, since what this Rule told last, or since the
    first Version."""

    @field_validator("types", mode="before")
    @classmethod
    def _types_exist(cls, words: Any) -> tuple[str, ...]:
        return _known("type", words, TYPES)

    @field_validator("kinds", mode="before")
    @classmethod
    def _kinds_exist(cls, words: Any) -> tuple[str, ...]:
        return _known("kind", words, KINDS)

    @field_validator("subjects", mode="before")
    @classmethod
    def _subjects_can_be_found(cls, words: Any) -> tuple[str, ...]:
        return tuple(dict.fromkeys(check_subject(word) for word in _listed(words)))

    @field_validator("languages", mode="before")
    @classmethod
    def _languages_are_subtags(cls, words: Any) -> tuple[str, ...]:
        tags = sorted({word.strip().lower() for word in _listed(words)})
        strange = [tag for tag in tags if not (tag.isascii() and tag.isalpha() and 2 <= len(tag) <= 8)]
        if strange:
            raise ValueError(f"{strange[0][:40]!r} is no language: write its code, like en or fr")
        return tuple(tags)

    @field_validator("tag", mode="before")
    @classmethod
    def _tag_in_lower_case(cls, tag: Any) -> Any:
        return tag.strip().lower() if isinstance(tag, str) else tag

    @model_validator(mode="after")
    def _firmness_has_no_size(self) -> Condition:
        if self.firmness and (self.direction or self.sized):
            raise ValueError("firmness is about hedges and certainties, which have neither direction nor size")
        return self

    @property
    def sized(self) -> bool:
        """Whether it asks for a size, which only a step between two figures or two dates has."""
        return self.size is not None or self.percent is not None or self.crosses is not None

    @property
    def scoped(self) -> bool:
        """Whether it is not about every Article."""
        return any(one is not None for one in (self.article_id, self.story_id, self.tag, self.site))

    def given(self) -> dict[str, Any]:
        """What was said, without what was left open: as it is kept."""
        return self.model_dump(mode="json", exclude_defaults=True)


def pick(
    condition: Condition, event: Event, stories: frozenset[int] = frozenset(), tags: frozenset[str] = frozenset()
) -> list[Mapping[str, Any]]:
    """The Changes of an Event that a Rule picks, in their order, as they were judged; an empty list: nothing to tell.

    Two things that a reader may not expect:

    - A Rule that names kinds is about Facts of these kinds; a headline, a notice or the availability then comes only
      if its type is named, too. (That a correction was admitted is told with each Change either way.)
    - A bare number ("17", of nothing that we know) that comes or goes is picked only when the Rule names the kind
      `count`: most are fragments of a sentence, and nobody can act on them. One that changes its value is picked.
    """
    if not applies(condition, Place(event.article_id, event.url, event.language, stories, tags)):
        return []
    return [change for change in event.changes if matches(condition, change)]


def applies(condition: Condition, place: Place) -> bool:
    """Whether a Rule is about an Article at all."""
    if condition.article_id is not None and condition.article_id != place.article_id:
        return False
    if condition.story_id is not None and condition.story_id not in place.stories:
        return False
    if condition.tag is not None and condition.tag not in place.tags:
        return False
    if condition.site is not None and not _within(condition.site, place.url):
        return False
    return not condition.languages or (place.language or "").lower().split("-")[0] in condition.languages


def matches(condition: Condition, change: Mapping[str, Any]) -> bool:
    """Whether a Rule picks a Change of an Article that it is about; the change is judged from the Rule's baseline."""
    return (
        _of_type_and_kind(condition, change)
        and _SEVERITIES.index(change["severity"]) >= _SEVERITIES.index(condition.severity)
        and not (condition.only_unacknowledged and change["acknowledged"])
        and _moves(condition, change)
        and (condition.firmness is None or condition.firmness == firmness(change))
        and (not condition.subjects or any(says(subject, change) for subject in condition.subjects))
    )


def _of_type_and_kind(condition: Condition, change: Mapping[str, Any]) -> bool:
    if change["type"] not in (condition.types or DEFAULT_TYPES):
        return False
    if not condition.kinds:
        return not (change["type"] in ("added", "removed") and _is_bare_number(change))
    if change["kind"] is None:
        return change["type"] in condition.types
    return change["kind"] in condition.kinds


def _is_bare_number(change: Mapping[str, Any]) -> bool:
    fact = change["after"] or change["before"]
    return change["kind"] == "count" and bool(fact) and not fact["noun"] and not fact["predicate"]


def _within(site: str, url: str) -> bool:
    host = (urlsplit(url).hostname or "").lower().removeprefix("www.")
    return host == site or host.endswith(f".{site}")


def _moves(condition: Condition, change: Mapping[str, Any]) -> bool:
    if condition.direction is None and not condition.sized:
        return True
    delta, ratio = change["delta"], change["ratio"]
    old, new = figure(change["before"]), figure(change["after"])
    if condition.direction is not None:
        upward = delta if delta is not None else (new - old if old is not None and new is not None else 0)
        if not upward or (upward > 0) != (condition.direction == "up"):
            return False
    if condition.size is not None and (delta is None or abs(delta) < condition.size):
        return False
    if condition.percent is not None and not _changed_by(condition.percent, delta, ratio, old):
        return False
    if condition.crosses is not None:
        return old is not None and new is not None and (old < condition.crosses) != (new < condition.crosses)
    return True


def _changed_by(percent: float, delta: float | None, ratio: float | None, old: float | None) -> bool:
    """Whether a figure changed by so many per cent. From nothing to something is more than any share of it."""
    if ratio is not None and (delta is None or not old):
        return abs(ratio - 1) * 100 >= percent
    return old is not None and bool(delta) and abs(delta or 0) * 100 >= percent * abs(old)


def figure(fact: Mapping[str, Any] | None) -> float | None:
    """The one number that a fact states; of an open interval its closed end."""
    quantity = fact["quantity"] if fact else None
    if not quantity or quantity["hedge"] == "indefinite":
        return None
    bounds = {bound for bound in (quantity["lower"], quantity["upper"]) if bound is not None}
    return float(bounds.pop()) if len(bounds) == 1 else None


def firmness(change: Mapping[str, Any]) -> str | None:
    """Whether what is said became firmer or weaker by this Change; null when it is about something else."""
    before, after = change["before"], change["after"]
    if change["type"] == "certainty":
        step = _CERTAINTIES.index(after["certainty"]) - _CERTAINTIES.index(before["certainty"])
    elif change["type"] == "hedge" and before["quantity"] and after["quantity"]:
        exact = [side["quantity"]["hedge"] == "exact" for side in (before, after)]
        step = int(exact[1]) - int(exact[0])
    else:
        return None
    return "firmer" if step > 0 else "weaker" if step < 0 else None
