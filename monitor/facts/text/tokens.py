"""Cut a text into tokens: one regular expression, one dictionary look-up a token.

Tokens are parallel lists, not objects: a 500-word article has 600 of them and they are the hot path. An empty token
stands between two sentences and at the end, so that a grammar that looks one word too far sees nothing.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field

from monitor.facts.lexicon.model import Lexicon
from monitor.facts.text.sentences import spans
from monitor.facts.text.token_pattern import MARK, PAD

LONGEST_KEY = 100
"""Characters of a word by which it is looked up: none is longer, and what is made of them must fit into an index."""


@dataclass(slots=True)
class Tokens:
    """`keys` are lower-case look-up forms; `flags` what the lexicon knows of them; `sentence` counts from 0."""

    text: str
    keys: list[str] = field(default_factory=list)
    kinds: list[int] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    flags: list[int] = field(default_factory=list)
    sentence: list[int] = field(default_factory=list)
    sentences: list[tuple[int, int]] = field(default_factory=list)
    """Offsets of each sentence."""
    first_tokens: list[int] = field(default_factory=list)
    """Index of the first token of each sentence."""
    timed: bytearray = field(default_factory=bytearray)
    """1 for each token of a date or time, once those are read."""

    def raw(self, first: int, last: int | None = None) -> str:
        """The text from token `first` to before token `last`."""
        return self.text[self.starts[first] : self.ends[first if last is None else last - 1]]

    def glued(self, index: int) -> bool:
        """Does this token follow the one before it without a space?"""
        return index > 0 and self.starts[index] == self.ends[index - 1]

    def capital(self, index: int) -> bool:
        start = self.starts[index]
        return start < self.ends[index] and self.text[start].isupper()


def tokenize(text: str, words: Lexicon) -> Tokens:
    tokens = Tokens(text)
    keys, kinds, starts, ends = tokens.keys, tokens.kinds, tokens.starts, tokens.ends
    lowered = text.lower()
    if len(lowered) != len(text):  # "İ" grows when lowered; offsets must not
        lowered = "".join(char.lower() if len(char.lower()) == 1 else char for char in text)
    plain = text.isascii()
    find = words.token_pattern.finditer
    for number, (start, end) in enumerate(spans(text, words)):
        tokens.sentences.append((start, end))
        tokens.first_tokens.append(len(keys))
        for match in find(text, start, end):
            kind = match.lastindex or MARK
            first, last = match.span(kind)
            cut = last - first > LONGEST_KEY and lowered[first].isalpha()
            keys.append(lowered[first : first + LONGEST_KEY if cut else last])
            kinds.append(kind)
            starts.append(first)
            ends.append(last)
        tokens.sentence += [number] * (len(keys) - len(tokens.sentence))
        _pad(tokens, end, number, 1)
    _pad(tokens, len(text), len(tokens.sentences), TAIL)
    if not plain:
        tokens.keys = keys = [key if key.isascii() else _key(key) for key in keys]
    if any(name in text for name in words.acronyms):
        _name_acronyms(tokens, words)
    known = words.flags.get
    tokens.flags = [known(key, 0) for key in keys]
    tokens.timed = bytearray(len(keys) + 1)
    return tokens


TAIL = 48
"""Empty tokens at the end: no grammar looks further ahead than this."""


def _name_acronyms(tokens: Tokens, words: Lexicon) -> None:
    """ "the WHO said" is not "who said"; where all is in capitals nobody can tell."""
    shouted = [tokens.text[start:end].isupper() for start, end in tokens.sentences]
    for at, (start, end) in enumerate(zip(tokens.starts, tokens.ends, strict=True)):
        name = words.acronyms.get(tokens.text[start:end]) if end > start else None
        if name is not None and not shouted[tokens.sentence[at]]:
            tokens.keys[at] = name


def _key(key: str) -> str:
    return unicodedata.normalize("NFC", key.replace("’", "'"))


def _pad(tokens: Tokens, offset: int, sentence: int, count: int) -> None:
    tokens.keys += [""] * count
    tokens.kinds += [PAD] * count
    tokens.starts += [offset] * count
    tokens.ends += [offset] * count
    tokens.sentence += [sentence] * count
