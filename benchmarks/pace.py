"""How soon changes are seen for how many requests: `python -m benchmarks.pace`.

Articles of two real feed archives, with the moments at which they changed, are looked at by fixed intervals, by the
curves of newsdiffs and NewsSniffer, and by ours, which is given just as many requests as the rival beside it.

The data says that an article changed between two moments; each change is put uniformly at random between them, in
several draws. Every schedule begins at a random moment within the first quarter of an hour, as if a feed had brought
the article, and every wait is blurred by a twentieth: else a mean over a few late changes would be that of lucky
moments. The data holds only articles that changed at least once while they were in their feed, so the figures compare
schedules; they do not say what to expect of an average article. CORRIGENDA_TEST_DATA names the folder of the data.
"""

from __future__ import annotations

import gzip
import json
import math
import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from statistics import fmean, median
from typing import Protocol

from rich.console import Console
from rich.table import Table

from monitor.sources.pace import DAY, HOUR, JITTER, MODEL, Model
from tests.data import DATA

SOURCES = ("bbc-rss-revisions", "world-rss-revisions")
FITTED_ON = "bbc-rss-revisions"
"""The constants of the model were fitted on this source (`benchmarks.pace_fit`), and not on the other."""
DRAWS = 5
HORIZON = 30 * DAY
BEGUN_WITHIN = HOUR / 4
FASTEST, SLOWEST = 60.0, 7 * DAY

Life = Sequence[float]
"""The ages at which an article changed, in seconds, in order."""


def lives(source: str, draws: int = DRAWS) -> list[list[Life]]:
    """For each draw the lives of all articles, in the order of their addresses."""
    spans: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
    born: dict[str, float] = {}
    with gzip.open(DATA / "revisions" / f"{source}.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            pair = json.loads(line)
            url = pair["url"]
            born[url] = min(born.get(url, math.inf), _moment(pair["pubdate_before"]))
            spans[url].append((_moment(pair["before_date"]), _moment(pair["after_date"])))
    return [_draw(spans, born, random.Random(seed)) for seed in range(draws)]


def _draw(spans: dict[str, list[tuple[float, float]]], born: dict[str, float], dice: random.Random) -> list[Life]:
    drawn = []
    for url in sorted(spans):
        ages = sorted(dice.uniform(before, after) - born[url] for before, after in spans[url])
        if life := [age for age in ages if 0 < age < HORIZON]:
            drawn.append(life)
    return drawn


def _moment(text: str) -> float:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = parsedate_to_datetime(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


class Watch(Protocol):
    """A schedule at work on one article."""

    def wait(self, age: float) -> float:
        """Seconds until the next look."""

    def seen(self, before: float, age: float, changed: bool) -> None:
        """A look at `age`, the last one having been at `before`."""


Schedule = Callable[[], Watch]
"""Begins to watch an article."""


@dataclass
class Fixed:
    """Always the same wait."""

    interval: float

    def wait(self, age: float) -> float:
        return self.interval

    def seen(self, before: float, age: float, changed: bool) -> None:
        pass


class Newsdiffs:
    """newsdiffs, scraper.py get_update_delay: by age alone."""

    STEPS = ((3 * HOUR, HOUR / 4), (DAY, HOUR), (7 * DAY, 3 * HOUR), (30 * DAY, 3 * DAY), (360 * DAY, 30 * DAY))

    def wait(self, age: float) -> float:
        return next((wait for below, wait in self.STEPS if age < below), math.inf)

    def seen(self, before: float, age: float, changed: bool) -> None:
        pass


@dataclass
class NewsSniffer:
    """NewsSniffer, news_article.rb set_next_check_period: half an hour, a fifth longer after each look in vain."""

    period: float = HOUR / 2

    def wait(self, age: float) -> float:
        return self.period

    def seen(self, before: float, age: float, changed: bool) -> None:
        self.period = HOUR / 2 if changed else self.period * 1.2


@dataclass
class Ours:
    """The model of monitor/sources/pace.py."""

    pace: float
    model: Model = MODEL
    changes: int = 0
    exposure: float = 0.0
    changed_at: float | None = None

    def wait(self, age: float) -> float:
        since = None if self.changed_at is None else age - self.changed_at
        wait = self.model.wait(self.pace, age, since, self.changes, self.exposure)
        return min(SLOWEST, max(FASTEST, wait))

    def seen(self, before: float, age: float, changed: bool) -> None:
        since = None if self.changed_at is None else before - self.changed_at
        self.exposure += self.model.exposure(before, age, since)
        if changed:
            self.changes += 1
            self.changed_at = age


@dataclass(frozen=True)
class Result:
    """What a schedule brought: requests an article, the share of changes seen each on its own, delays in minutes."""

    requests: float
    caught: float
    median: float
    mean: float
    within_hour: float


def simulate(articles: Sequence[Life], begin: Schedule, horizon: float = HORIZON) -> Result:
    """Watch these articles from their first minutes to the horizon."""
    dice = random.Random(0)
    requests = caught = 0
    delays: list[float] = []
    for life in articles:
        watch, age, following = begin(), dice.uniform(0, BEGUN_WITHIN), 0
        life = [change for change in life if change > age]  # the first look shows what was before as it is then
        while (look := age + watch.wait(age) * dice.uniform(1 - JITTER, 1 + JITTER)) < horizon:
            requests += 1
            first = following
            while following < len(life) and life[following] <= look:
                delays.append(look - life[following])
                following += 1
            caught += following > first  # several between two looks are seen as one
            watch.seen(age, look, following > first)
            age = look
        delays += [horizon - change for change in life[following:]]
    return Result(
        requests / len(articles),
        caught / len(delays),
        median(delays) / 60,
        fmean(delays) / 60,
        sum(delay <= HOUR for delay in delays) / len(delays),
    )


def at_requests(articles: Sequence[Life], requests: float, begin: Callable[[float], Schedule]) -> tuple[float, Result]:
    """The knob (seconds) at which a schedule spends no more than these requests an article, and what it brings."""
    knob = HOUR / 4
    for _ in range(12):
        result = simulate(articles, begin(knob))
        if 0.995 <= result.requests / requests <= 1:
            break
        # Requests are nearly in inverse proportion to waits; a little beside the aim, so that it is met from below.
        knob *= result.requests / (requests * 0.9975)
    return knob, result


def run() -> None:
    """Measure and print."""
    console = Console(width=120)
    for source in SOURCES:
        draws = lives(source)
        table = Table(title=_title(source, draws[0]))
        for name in ("schedule", "requests", "caught", "median delay", "mean delay", "within 1 h", "its knob"):
            table.add_column(name, justify="left" if name == "schedule" else "right")
        for rival, begin in (("newsdiffs", Newsdiffs), ("NewsSniffer", NewsSniffer)):
            theirs = [simulate(articles, begin) for articles in draws]
            rows: list[tuple[str, list[tuple[float | None, Result]]]] = [(rival, [(None, one) for one in theirs])]
            for name, make in (("  fixed interval", _fixed), ("  Corrigenda", _ours)):
                pairs = zip(draws, theirs, strict=True)
                rows.append((name, [at_requests(articles, their.requests, make) for articles, their in pairs]))
            for name, results in rows:
                table.add_row(name, *_cells(results))
        console.print(table)


def _fixed(interval: float) -> Schedule:
    return lambda: Fixed(interval)


def _ours(pace: float) -> Schedule:
    return lambda: Ours(pace)


def _title(source: str, articles: Sequence[Life]) -> str:
    part = "the model was fitted on it" if source == FITTED_ON else "unseen by the fit"
    changes = sum(map(len, articles))
    return f"{source} ({part}): {len(articles):,} articles, {changes:,} changes, {HORIZON / DAY:.0f} days each"


def _cells(results: Sequence[tuple[float | None, Result]]) -> list[str]:
    """The mean of the draws."""
    knobs = [knob for knob, _ in results if knob is not None]
    return [
        f"{fmean(result.requests for _, result in results):.1f}",
        f"{fmean(result.caught for _, result in results):.1%}",
        f"{fmean(result.median for _, result in results):.1f} min",
        f"{fmean(result.mean for _, result in results):.1f} min",
        f"{fmean(result.within_hour for _, result in results):.1%}",
        f"{fmean(knobs) / 60:.1f} min" if knobs else "",
    ]


if __name__ == "__main__":
    run()
