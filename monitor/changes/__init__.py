"""Changes: which fact of the old text became which one of the new text, and what that means. Pure.

compare.py      compare(before, after): the whole way, in reading order
pair.py         facts paired by the best total match on key (what it is) and context (where it stands)
alignment.py      sentences and paragraphs, moved and reworded ones included (rapidfuzz)
assignment.py     the best total match
context.py        the words beside a fact
rows.py           or its row and column, in a table
kinship.py        what two facts must share to be about one thing
implied.py        one that nobody counted, before it became two
restated.py       whether a text says the same elsewhere
classify.py     DeepDiff on each pair; type, severity, acknowledged or not
amounts.py        when two amounts say the same
moments.py        when two times do
notices.py      correction, clarification and update notices
wording.py      one plain sentence for each Change
telling.py      the same as news: who did what, openly or not, how long after publication
availability.py gone, walled, back again
words.py        the word by word difference, for people
"""

from monitor.changes.availability import State, availability_change
from monitor.changes.compare import compare
from monitor.changes.model import Change, ChangeType, Comparison, Pair, Reading, Severity
from monitor.changes.notices import Notice, notices
from monitor.changes.words import Block, Span, word_diff

__all__ = [
    "Block",
    "Change",
    "ChangeType",
    "Comparison",
    "Notice",
    "Pair",
    "Reading",
    "Severity",
    "Span",
    "State",
    "availability_change",
    "compare",
    "notices",
    "word_diff",
]
