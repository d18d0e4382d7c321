"""The reader of times moved to `monitor.facts.times`; this name goes with its last importer."""

from monitor.facts.times import read_times

__all__ = ["read_times"]
