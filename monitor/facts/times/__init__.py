"""Time expressions: found by the head word (`grammar`), then resolved to TIMEX3 values (`resolve`)."""

from monitor.facts.times.grammar import read_times
from monitor.facts.times.model import Expression
from monitor.facts.times.resolve import resolve_times
from monitor.facts.times.spans import Resolved

__all__ = ["Expression", "Resolved", "read_times", "resolve_times"]
