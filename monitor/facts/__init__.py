"""Facts in a text: numbers, times, quantities, who says so. Pure: text in, values out."""

from monitor.facts.find import find
from monitor.facts.model import Fact, Phrase, Quantity, TimeExpression
from monitor.facts.sentences import sentences

__all__ = ["Fact", "Phrase", "Quantity", "TimeExpression", "find", "sentences"]
