"""When an Article is looked at again, and why. Pure: the clock and the dice are handed in.

The model. Changes of an article come as a point process whose rate falls with its age, rises a little after each change
that was seen (corrections come in series), and is that of all articles times a multiplier of the article's own:

    rate = m * [ tau / (age + tau)^2  +  b * s / (since + s)^2 ]        since: the time since the last change seen

The first part integrates to one change over a life, half of it within tau of publication; the second to b changes
after every change. m has a Gamma prior of mean 1 and weight k, so that after `changes` seen where the bracket,
integrated over the time watched, said `exposure`, it is (k + changes) / (k + exposure). tau, b, s and k are fitted to
real revision times (benchmarks/pace_fit.py).

The wait. Of all ways to spend a given number of requests, the mean delay until a change is seen is least when an
article is looked at every c / sqrt(rate) (a change waits half of the interval on average: minimise the sum of
rate * wait / 2 at a given sum of 1 / wait; the age metric of Cho and Garcia-Molina, "Effective page refresh policies
for web crawlers", ACM TODS 28(4), 2003). c is the one knob; we name it by the wait of an article published just now.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

JITTER = 0.05
"""Checks drift apart by this share, so that what was added together does not stay due together."""
BELIEVED = 3600.0
"""Seconds: a promise that a page will not change for longer is a default of the server, not a word on this article."""
_DOUBLINGS = 16

HOUR, DAY = 3600.0, 86400.0


@dataclass(frozen=True, slots=True)
class Model:
    """How the rate of changes falls with age, and how much an article's own record weighs against that of all."""

    scale: float = 2 * HOUR
    """tau, seconds: half of the usual changes come before this age."""
    series: float = 0.15
    """b: the changes that are usual after a change, because of it."""
    series_scale: float = 2 * HOUR
    """s, seconds: half of them come within this time."""
    weight: float = 8.0
    """k: as many changes as usual must be seen until an article's own record weighs as much as that of all."""

    def rate(self, age: float, since: float | None = None) -> float:
        """Changes a second that are usual at this age (seconds), so long after the last change seen, if one was."""
        series = 0.0 if since is None else self.series * self.series_scale / (since + self.series_scale) ** 2
        return self.scale / (age + self.scale) ** 2 + series

    def exposure(self, from_age: float, to_age: float, since: float | None = None) -> float:
        """Changes that are usual between two ages; `since`: the time from the last change to the first of them."""
        usual = self._until(to_age, self.scale) - self._until(from_age, self.scale)
        if since is not None:
            later = since + to_age - from_age
            usual += self.series * (self._until(later, self.series_scale) - self._until(since, self.series_scale))
        return max(0.0, usual)

    @staticmethod
    def _until(time: float, scale: float) -> float:
        """The integral of scale / (t + scale)^2 from 0."""
        return time / (time + scale)

    def multiplier(self, changes: int, exposure: float) -> float:
        """How many times as often as usual this article changes, judged by its record."""
        return (self.weight + changes) / (self.weight + exposure)

    def wait(self, pace: float, age: float, since: float | None, changes: int, exposure: float) -> float:
        """Seconds until the next look; `pace` is that of an article of age 0 without a record."""
        rate = self.multiplier(changes, exposure) * self.rate(max(0.0, age), since)
        return pace * sqrt(self.rate(0.0) / rate)


MODEL = Model()


@dataclass(frozen=True, slots=True)
class Bound:
    """A limit in seconds, and whose it is: `checks`, the site's, the article's."""

    seconds: float
    whose: str


@dataclass(frozen=True, slots=True)
class Article:
    """What is known of an Article when its next check is set. Times in seconds."""

    age: float
    published: bool
    """Whether the age counts from its publication, rather than from when it was added."""
    since: float | None = None
    """Since the last change seen; null: none was."""
    changes: int = 0
    exposure: float = 0.0
    interval: Bound | None = None
    """A fixed time between two checks, when somebody wants that."""
    failures: int = 0
    """Checks in a row that brought no page; 0 after a good one."""
    reason: str = ""
    """What the last of them brought."""


@dataclass(frozen=True, slots=True)
class Publisher:
    """What the publisher's last answer asks for, in seconds."""

    fresh_for: float = 0.0
    """Its caches need not ask again before (RFC 9111)."""
    retry_after: float | None = None
    """RFC 9110 10.2.3."""


@dataclass(frozen=True, slots=True)
class Pace:
    """The settings that pace is made of, in seconds, with those of the site and the article already in."""

    pace: float
    retry: float
    fastest: Bound
    slowest: Bound


@dataclass(frozen=True, slots=True)
class Next:
    """When to look next, and why, in words that follow "next in 12 min: "."""

    wait: float
    why: str


def next_look(article: Article, publisher: Publisher, pace: Pace, *, dice: float, model: Model = MODEL) -> Next:
    """The wait until the next check of an Article. dice: uniform in 0..1."""
    wait, why = _usual(article, publisher, pace, model)
    low, high = wait * (1 - JITTER), wait * (1 + JITTER)
    if article.interval is None and not article.failures:
        low, high = max(low, pace.fastest.seconds), min(high, pace.slowest.seconds)
    if article.failures and (soon := pace.retry * 2.0 ** min(article.failures - 1, _DOUBLINGS)) < wait:
        low, high = soon * (1 - JITTER), soon * (1 + JITTER)
        why = f"{_failed(article)}; tried again soon, then ever later until it is looked at as usual ({why})"
    elif article.failures:
        why = f"{_failed(article)}; looked at as usual: {why}"
    wait = low + (max(low, high) - low) * dice
    asked = min(publisher.retry_after or 0.0, max(pace.slowest.seconds, wait))
    if asked > wait:
        return Next(asked, f"its server asked not to be asked again before {lasted(asked)} (Retry-After)")
    return Next(wait, why)


LONGEST_HOLD = HOUR
"""Seconds: how far our own back-off from a whole site goes; its Retry-After may go up to a day."""
_AT_ONCE = frozenset({429, 503})
_TWICE = 2


def refuses(status: int | None, outcome: str) -> bool:
    """Whether an answer means "not now" of the whole site: too many requests, trouble of the server, no answer."""
    if status is None:
        return outcome == "failed"
    return status == 429 or status >= 500


def hold(status: int | None, refusals: int, retry_after: float | None, retry: float, dice: float) -> float | None:
    """Seconds for which nothing is asked of a site after such an answer; None: go on.

    refusals: how many came in a row, this one included. 429 and 503 speak for the site at once; any other trouble may
    be that of one page, until it comes twice in a row. The wait doubles, with jitter, so that sites behind one broken
    server are not all asked again at one moment. dice: uniform in 0..1.
    """
    if status not in _AT_ONCE and retry_after is None and refusals < _TWICE:
        return None
    ours = min(retry * 2.0 ** min(refusals - 1, _DOUBLINGS), LONGEST_HOLD) * (0.75 + 0.5 * dice)
    return max(ours, min(retry_after or 0.0, DAY))


def _usual(article: Article, publisher: Publisher, pace: Pace, model: Model) -> tuple[float, str]:
    """The wait while nothing is wrong."""
    if article.interval:
        return article.interval.seconds, f"always every {lasted(article.interval.seconds)} ({article.interval.whose})"
    wait = model.wait(pace.pace, article.age, article.since, article.changes, article.exposure)
    why = f"{_aged(article)}, {_record(article, model)}"
    fresh = min(publisher.fresh_for, BELIEVED)
    if wait < fresh:
        wait = fresh
        why = f"{why}; not before its publisher's caches ask again ({_cached(publisher)})"
    if wait < pace.fastest.seconds:
        return pace.fastest.seconds, f"{why}; never more often than {_named(pace.fastest)}"
    if wait > pace.slowest.seconds:
        return pace.slowest.seconds, f"{why}; never more seldom than {_named(pace.slowest)}"
    return wait, why


def _aged(article: Article) -> str:
    return f"{'published' if article.published else 'of unknown date, added'} {lasted(article.age)} ago"


def _record(article: Article, model: Model) -> str:
    seen = {0: "no change", 1: "1 change"}.get(article.changes, f"{article.changes} changes") + " seen so far"
    if article.since is not None:
        seen += f", the last {lasted(article.since)} ago"
    times = model.multiplier(article.changes, article.exposure)
    if times >= 1.1:
        return f"{seen}, {times:.1f} times as many as usual" if times >= 1.95 else f"{seen}, more than usual"
    return f"{seen}, fewer than usual" if times <= 0.95 else seen


def _cached(publisher: Publisher) -> str:
    fresh = lasted(publisher.fresh_for)
    return fresh if publisher.fresh_for <= BELIEVED else f"{fresh}, of which {lasted(BELIEVED)} are believed"


def _named(bound: Bound) -> str:
    return f"every {lasted(bound.seconds)} ({bound.whose})"


def _failed(article: Article) -> str:
    times = "the last check" if article.failures == 1 else f"{article.failures} checks in a row"
    return f"{times} brought no article ({article.reason})" if article.reason else f"{times} brought no article"


def lasted(seconds: float) -> str:
    """A length of time as people say it: `40 s`, `12 min`, `2 h`, `3.5 d`."""
    for size, name in ((DAY, "d"), (HOUR, "h"), (60.0, "min")):
        if seconds >= size * 0.9995:
            amount = seconds / size
            return (
                f"{amount:,.0f} {name}"
                if amount >= 10 or abs(amount - round(amount)) < 0.05
                else f"{amount:.1f} {name}"
            )
    if seconds >= 1 or seconds == 0:
        return f"{seconds:.0f} s"
    return f"{seconds:.1f} s" if seconds >= 0.1 else f"{seconds * 1000:.0f} ms"
