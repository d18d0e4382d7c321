"""How the constants of the pace model were chosen: `python -m benchmarks.pace_fit`. Takes some minutes.

On one source, every point of the grid is given the requests of newsdiffs and of NewsSniffer, and
judged by its median and mean delay beside theirs. The worst of the four ratios counts: a schedule that is quick on most
changes but slow on the late ones is no good for those who wait for them, and the other way round. The best
are printed with what they do on the other source, which has no say.

Half of the articles would be too few to fit on: in either half some fifty changes, those that come after days, make the
mean, and the halves do not agree on which point is best.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from benchmarks.pace import (
    FITTED_ON,
    SOURCES,
    Life,
    Newsdiffs,
    NewsSniffer,
    Ours,
    Schedule,
    at_requests,
    lives,
    simulate,
)
from monitor.sources.pace import HOUR, Model

SCALES = (HOUR, 1.5 * HOUR, 2 * HOUR)
SERIES = (0.0, 0.1, 0.15, 0.2)
SERIES_SCALES = (HOUR, 2 * HOUR)
WEIGHTS = (4.0, 8.0)
SHOWN = 8


def ratios(articles: Sequence[Life], model: Model) -> list[float]:
    """Median and mean delay beside those of both rivals at their number of requests: below 1 is better."""

    def ours(pace: float) -> Schedule:
        return lambda: Ours(pace, model)

    found = []
    for rival in (Newsdiffs, NewsSniffer):
        their = simulate(articles, rival)
        _, our = at_requests(articles, their.requests, ours)
        found += [our.median / their.median, our.mean / their.mean]
    return found


def _all(source: str) -> list[Life]:
    return [life for draw in lives(source, draws=2) for life in draw]


def run() -> None:
    """Fit and print."""
    fitting = _all(FITTED_ON)
    others = {source: _all(source) for source in SOURCES if source != FITTED_ON}
    models = [Model(*constants) for constants in product(SCALES, SERIES, SERIES_SCALES, WEIGHTS)]
    found = [ratios(fitting, model) for model in models]
    ranked = sorted((max(each), index) for index, each in enumerate(found))
    print("ratios: median and mean delay beside newsdiffs, then beside NewsSniffer")
    for value, index in ranked[:SHOWN]:
        model = models[index]
        series = f"b {model.series:g}  s {model.series_scale / HOUR:g} h"
        print(f"tau {model.scale / HOUR:g} h  {series}  k {model.weight:g}: {value:.3f}")
        print(f"    {FITTED_ON}: {_written(found[index])}")
        for name, articles in others.items():
            print(f"    {name}: {_written(ratios(articles, model))}")


def _written(found: Sequence[float]) -> str:
    return " ".join(f"{one:.2f}" for one in found)


if __name__ == "__main__":
    run()
