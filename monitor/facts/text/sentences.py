"""Split a text into sentences, with offsets. A blank line always ends one, a full stop when it ends a statement."""

from __future__ import annotations

import re
from collections.abc import Iterator

from monitor.facts.lexicon.model import Lexicon
from monitor.facts.lexicon.read import lexicon
from monitor.facts.model import Phrase

BLOCK_END = re.compile(r"\r?\n[ \t\u00a0\u200b]*\r?\n\s*|[\u2028\u2029\x0b\x0c]+\s*")
LINE_END = re.compile(r"\r?\n\s*")
STOP = re.compile(r"(?<![.!?…。！？؟।])([.!?…。！？؟।]++)([\"'”’»)\]]*)(\s+|$|(?<=[。！？।]))")
WORD_BEFORE = re.compile(r"([^\W\d_](?:[^\W\d_]|\.(?=[^\W\d_]))*)$")
NEXT_WORD = re.compile(r"[\"'“‘«(\[]*(\w[\w’']*)")
TERMINAL = frozenset('.!?…:;"”’)')
BULLET = re.compile(r"[-*•–—·▪◦]|\d{1,2}[.)]\s")


def sentences(text: str, *, lang: str = "en") -> list[Phrase]:
    """The sentences of a text in order; `text[start:end] == sentence.text`, white space around them left out."""
    words = lexicon(lang)
    return [Phrase(text[start:end], start, end) for start, end in spans(text, words)]


def spans(text: str, words: Lexicon) -> Iterator[tuple[int, int]]:
    for start, end in _lines(text):
        yield from _statements(text, start, end, words)


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """Blocks between blank lines, cut further at line ends that are no mere wrapping."""
    start = 0
    for block in BLOCK_END.finditer(text):
        yield from _unwrapped(text, start, block.start())
        start = block.end()
    yield from _unwrapped(text, start, len(text))


def _unwrapped(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    line_start = start
    for line_end in LINE_END.finditer(text, start, end):
        if line_end.end() >= end:
            break
        written = line_end.start()
        while written > line_start and text[written - 1] in " \t":
            written -= 1
        if _is_wrapping(text, line_start, written, line_end.end()):
            line_start = line_end.end()
            continue
        yield start, written
        start = line_start = line_end.end()
    yield start, end


def _is_wrapping(text: str, line_start: int, line_end: int, next_start: int) -> bool:
    """A line of 50 to 100 characters without an end mark, or one that goes on in lower case, is wrapped text.

    A row of a table never is.
    """
    if line_end <= line_start:
        return False
    following = text[next_start]
    if following == "|" or text[line_end - 1] == "|" or text.find("\t", line_start, line_end) >= 0:
        return False  # a row of a table
    if following.islower():
        return True
    if BULLET.match(text, next_start):
        return False
    if text[line_end - 1] == ",":
        return True
    return text[line_end - 1] not in TERMINAL and 40 <= line_end - line_start <= 100


def _statements(text: str, start: int, end: int, words: Lexicon) -> Iterator[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    for stop in STOP.finditer(text, start, end):
        if stop.end() >= end or not _ends_statement(text, stop, words):
            continue
        sentence_end = stop.start(3)
        if sentence_end > start:
            yield start, sentence_end
        start = stop.end()
    while end > start and text[end - 1].isspace():
        end -= 1
    if end > start:
        yield start, end


def _ends_statement(text: str, stop: re.Match[str], words: Lexicon) -> bool:
    mark = stop.group(1)
    following = NEXT_WORD.match(text, stop.end())
    next_word = following.group(1) if following else ""
    if mark != ".":
        return not next_word[:1].islower()
    before = WORD_BEFORE.search(text, max(0, stop.start() - 24), stop.start())
    if before is None:
        return not next_word[:1].islower() or not next_word
    word = before.group(1).lower()
    initial = (len(word) == 1 and before.group(1).isupper()) or ("." in word and word not in words.enders)
    if word in words.enders:
        return next_word.lower() in words.starters and next_word[:1].isupper() and word != "st"
    if initial or word in words.abbreviations:
        if stop.group(2):
            return next_word[:1].isupper()
        return initial and next_word[:1].isupper() and next_word.lower() in words.starters and len(word) > 1
    return not next_word[:1].islower()
