"""Correction, clarification and update notices: where a publisher says that an article was edited."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, cast

from monitor.changes.lexicon import NoticeWords, notice_words
from monitor.facts.model import Fact

NoticeKind = Literal["correction", "clarification", "update"]

_LINE = re.compile(r"^[^\n]*\S[^\n]*", re.MULTILINE)
# What may stand before a notice: brackets, bullets, asterisks, emphasis.
_LEAD = re.compile(r"[\s\-*•·_#>\[(|~—–]*")
_SENTENCE_START = re.compile(r"(?<=[.!?…)\]”\"])\s+[\[(*_—–\-]*(?=\w)")
_HEADING = 60  # the longest heading: "Correction, 19 June 2026"
_BESIDE = 12  # characters between "amended" and the day of it
_MOST = 12  # an article has one or two; a page of many is a list of them, whose rest is its text
_REMEMBERED = 8  # texts: a new one is asked for its notices twice, for its Version and for what changed
_LONG = 1200  # a paragraph longer than this is no notice from its start to its end
_SENTENCES = re.compile(r"[.!?…](?=[\s)\]”\"]|$)")


@dataclass(frozen=True, slots=True)
class Notice:
    """A note of the publisher on an edit. `text` is `whole_text[start:end]`, offsets in code points."""

    kind: NoticeKind
    text: str
    start: int
    end: int
    admits: str
    """The words that say what was edited, without the heading."""
    news: bool = False
    """Whether it tells the event itself ("UPDATE: six dead") and not an edit: then its facts are the article's."""

    @property
    def heading_end(self) -> int:
        """Where the heading ends and what it admits begins."""
        return self.start + max(0, self.text.find(self.admits))


@lru_cache(_REMEMBERED)
def notices(text: str, lang: str = "en") -> tuple[Notice, ...]:
    """The notices in the order of the text. Bare time stamps ("Updated 5 minutes ago") are furniture, not notices."""
    words = notice_words(lang)
    found: list[Notice] = []
    lines = list(_LINE.finditer(text))
    for index, line in enumerate(lines):
        if found and line.start() < found[-1].end:
            continue
        if len(found) == _MOST:
            break
        following = lines[index + 1] if index + 1 < len(lines) else None
        notice = _under_heading(line, following, words) or _in_line(line, words)
        if notice:
            found.append(notice)
    return tuple(found)


def date_of(notice: Notice, facts: Sequence[Fact], lang: str = "en") -> str | None:
    """The day on which the publisher edited, as an ISO date: that of the heading, or that after "was amended on".

    A date in the rest of a notice is one that it corrects.
    """
    patterns = [pattern for known in notice_words(lang) for pattern in known.says.values()]
    edited = [notice.start + match.end() for pattern in patterns for match in pattern.finditer(notice.text)]
    for fact in facts:
        time = fact.time
        if time is None or time.start is None or time.start != time.end or not notice.start <= fact.start < notice.end:
            continue
        if fact.end <= notice.heading_end or any(0 <= fact.start - end <= _BESIDE for end in edited):
            return time.start[:10]
    return None


def _under_heading(
    line: re.Match[str], following: re.Match[str] | None, words: tuple[NoticeWords, ...]
) -> Notice | None:
    """A heading alone in its line, with the paragraph under it."""
    if following is None or line.end() - line.start() > _HEADING:
        return None
    start = next(_starts(line), line.end())
    for known in words:
        for kind, pattern in known.headings.items():
            if pattern.match(line.string, start, line.end()):
                end = _end(following, following.start())
                text, admits = line.string[start:end], line.string[following.start() : end].strip()
                kind = _kind(cast(NoticeKind, kind), text, words)
                return Notice(kind, text, start, end, admits, _is_news(kind, admits, words))
    return None


def _in_line(line: re.Match[str], words: tuple[NoticeWords, ...]) -> Notice | None:
    opening = _opening(line, words)
    if opening is None:
        return None
    kind, start = opening
    text = line.string[start : _end(line, start)]
    kind, admits = _kind(kind, text, words), _body(text)
    return Notice(kind, text, start, start + len(text), admits, _is_news(kind, admits, words))


def _opening(line: re.Match[str], words: tuple[NoticeWords, ...]) -> tuple[NoticeKind, int] | None:
    """The kind of notice that begins in this line, and where."""
    for start in _starts(line):
        for known in words:
            for kind, pattern in known.openings.items():
                if pattern.match(line.string, start, line.end()):
                    return cast(NoticeKind, kind), start
            if known.neutral and known.neutral.match(line.string, start, line.end()):
                said = line.string[start : line.end()]
                for kind, pattern in known.says.items():
                    if pattern.search(said):
                        return cast(NoticeKind, kind), start
    return None


def _starts(line: re.Match[str]) -> Iterator[int]:
    """Where sentences begin. What goes on in small letters is the rest of a line that was wrapped, no notice."""
    lead = _LEAD.match(line.string, line.start(), line.end())
    starts = [lead.end() if lead else line.start()]
    starts += [gap.end() for gap in _SENTENCE_START.finditer(line.string, line.start(), line.end())]
    yield from (start for start in starts if start < line.end() and not line.string[start].islower())


def _end(line: re.Match[str], start: int) -> int:
    """A notice runs to the end of its paragraph; in a text without paragraphs for three sentences at most."""
    if line.end() - start <= _LONG:
        return start + len(line.string[start : line.end()].rstrip())
    ends = [match.end() for match in _SENTENCES.finditer(line.string, start, min(line.end(), start + _LONG))]
    return ends[:3][-1] if ends else start + _LONG


def _body(notice: str) -> str:
    """The notice without its heading word ("Correction: ")."""
    heading, colon, rest = notice.partition(":")
    return rest.strip() if colon and len(heading) <= _HEADING else notice.strip()


def _kind(opened: NoticeKind, whole: str, words: tuple[NoticeWords, ...]) -> NoticeKind:
    """An "update" that speaks of an error is a correction, whatever it calls itself."""
    if opened != "update":
        return opened
    for known in words:
        for kind, pattern in known.says.items():
            if kind != "update" and pattern.search(whole):
                return cast(NoticeKind, kind)
    return opened


def _is_news(kind: NoticeKind, admits: str, words: tuple[NoticeWords, ...]) -> bool:
    """An update whose words speak neither of the article nor of editing it."""
    patterns = [pattern for known in words for pattern in (*known.says.values(), known.openings["update"])]
    return kind == "update" and not any(pattern.search(admits) for pattern in patterns)
