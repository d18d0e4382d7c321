"""What the process counts as it works, for `/metrics`. What the database knows is read when somebody asks."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry()
"""Our own, so that nothing is exported that is not described here."""

CHECKS = Counter(
    "corrigenda_checks", "Checks of articles since the start, by what they found.", ["state"], registry=REGISTRY
)
FEED_READINGS = Counter(
    "corrigenda_feed_readings", "Readings of feeds since the start, by what they found.", ["state"], registry=REGISTRY
)
CHECK_SECONDS = Histogram(
    "corrigenda_check_seconds",
    "How long a check of an article took, waiting for its turn included.",
    buckets=(0.1, 0.3, 1, 3, 10, 30, 100),
    registry=REGISTRY,
)
VISITS_UNDER_WAY = Gauge("corrigenda_visits_under_way", "Sites that are being visited.", registry=REGISTRY)
CLOCK_JUMPS = Counter(
    "corrigenda_clock_jumps", "Jumps of the time of day against the monotonic clock since the start.", registry=REGISTRY
)
HEARTBEATS = Counter(
    "corrigenda_heartbeats",
    "Requests to the heartbeat URL since the start, by how they ended.",
    ["outcome"],
    registry=REGISTRY,
)
