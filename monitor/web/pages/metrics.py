"""`/metrics`: what a Prometheus collects: what the process counted, and what the database knows just now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from monitor import metrics, wellbeing
from monitor.config import Settings
from monitor.web.rendering import Here
from storage import articles, deliveries, feeds, loops, sites
from storage.database import Database


def show_metrics(here: Here) -> Response:
    """In the text format of Prometheus."""
    kept = CollectorRegistry()
    kept.register(_Kept(here.database, here.settings))
    return Response(generate_latest(metrics.REGISTRY) + generate_latest(kept), media_type=CONTENT_TYPE_LATEST)


class _Kept(Collector):
    """What the database knows, read once for a collection."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings

    def describe(self) -> Iterator[Metric]:
        """Nothing, so that registering reads nothing."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """One family of gauges after the other."""
        now = datetime.now(UTC)
        with self._database.read() as session:
            states = articles.count_by_state(session)
            sent = deliveries.count_by_state(session)
            late = articles.count_overdue(session, now - wellbeing.OVERDUE)
            total, failing, held = sites.counts(session, self._settings.operator.failures, now)
            read = feeds.count_by_state(session)
            beats = {loop.name: loop.beat_at for loop in loops.beats(session)}
        yield _by("corrigenda_articles", "Articles by state.", "state", states)
        yield _by("corrigenda_feeds", "Feeds by state.", "state", read)
        yield _by("corrigenda_deliveries", "Deliveries of alerts by state.", "state", sent)
        yield _one("corrigenda_articles_overdue", "Articles whose check is more than ten minutes late.", late)
        yield _one("corrigenda_sites", "Sites.", total)
        yield _one("corrigenda_sites_failing", "Sites that failed operator.failures times in a row or more.", failing)
        yield _one("corrigenda_sites_held", 'Sites that said "not now" and are left alone for a while.', held)
        silent = {name: (now - beat_at).total_seconds() for name, beat_at in beats.items()}
        yield _by("corrigenda_loop_silent_seconds", "Time since the last sign of life of a loop.", "loop", silent)
        running = {name: name in beats and abs(now - beats[name]) <= wellbeing.SILENT for name in wellbeing.LOOPS}
        yield _by("corrigenda_loop_running", "1 while a loop gives signs of life.", "loop", running)


def _one(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(name, what, value=value)


def _by(name: str, what: str, label: str, values: dict[str, int] | dict[str, float] | dict[str, bool]) -> Metric:
    family = GaugeMetricFamily(name, what, labels=[label])
    for key, value in values.items():
        family.add_metric([key], float(value))
    return family
