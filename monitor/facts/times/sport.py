"""Quarters and clocks of a match: "a touchdown in the second quarter", "he scored at 7:14"."""

from __future__ import annotations

from monitor.facts.lexicon.model import Lexicon
from monitor.facts.text.tokens import Tokens

REACH = 30
"""Tokens to either side among which words of sport are looked for, within the sentence."""


def is_sport(tokens: Tokens, words: Lexicon, at: int) -> bool:
    """Does the sentence around a token tell of a match?"""
    number, sports = tokens.sentence[at], words.calendar["sports"]
    around = range(max(tokens.first_tokens[number], at - REACH), at + REACH)
    return any(tokens.keys[step] in sports and tokens.sentence[step] == number for step in around)
