"""The reader of times moved to `monitor.facts.times`; this name goes with its last importer."""

from monitor.facts.times import Resolved, resolve_times

__all__ = ["Resolved", "resolve_times"]
