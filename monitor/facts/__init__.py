"""Facts in a text: numbers, times, quantities, who says so. Pure: text in, values out."""

from monitor.facts.explain import Explanation, explain
from monitor.facts.find import find
from monitor.facts.model import Fact, Phrase, Quantity, TimeExpression
from monitor.facts.text.sentences import sentences

__all__ = ["Explanation", "Fact", "Phrase", "Quantity", "TimeExpression", "explain", "find", "sentences"]
