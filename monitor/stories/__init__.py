"""One story across its sources: which facts are the same, who agrees, and who repeats whom. Pure."""

from monitor.stories.compare import Cell, Reason, Row, compare_sources
from monitor.stories.voices import voices

__all__ = ["Cell", "Reason", "Row", "compare_sources", "voices"]
