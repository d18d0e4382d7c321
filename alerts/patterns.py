"""What a Change is about, asked for by words or by a pattern. Pure.

Patterns are RE2's, which takes time in proportion to the text whatever the pattern: nobody who may write a rule can
stop the watch with it (RE2, https://github.com/google/re2/wiki/WhyRE2).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import re2

LONGEST_SUBJECT = 200
MOST_SUBJECTS = 50
_LONGEST_TEXT = 10_000
"""Characters of a text that are searched: a whole page in one "sentence" is none."""


def check_subject(subject: Any) -> str:
    """Words, or a pattern between slashes, as they are kept. Raises ValueError that says what is wrong with it."""
    text = " ".join(subject.split()) if isinstance(subject, str) else ""
    if not text or text.strip("/") == "":
        raise ValueError("a subject is a word, some words, or a pattern between slashes")
    if len(text) > LONGEST_SUBJECT:
        raise ValueError(f"{text[:40]!r}... has {len(text)} characters; {LONGEST_SUBJECT} are allowed")
    if _is_pattern(text):
        try:
            compiled(text[1:-1])
        except re2.error as error:
            reason = error.args[0].decode(errors="replace") if isinstance(error.args[0], bytes) else str(error)
            raise ValueError(f"{text!r} is no pattern of RE2: {reason}") from None
    return text


def says(subject: str, change: Mapping[str, Any]) -> bool:
    """Whether one of the texts of a Change has these words, as whole words in any case, or matches this pattern."""
    if _is_pattern(subject):
        pattern = compiled(subject[1:-1])
        # RE2 reads UTF-8, in which a lone surrogate cannot be written.
        return any(pattern.search(text.encode(errors="replace").decode()) is not None for text in _texts(change))
    words = subject.casefold()
    return any(_has_words(words, text.casefold()) for text in _texts(change))


@lru_cache(maxsize=1024)
def compiled(pattern: str) -> Any:
    """A pattern in any case, with bounded memory. Raises re2.error."""
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = 1 << 20
    return re2.compile(pattern, options)


def _is_pattern(subject: str) -> bool:
    return len(subject) > 2 and subject.startswith("/") and subject.endswith("/")


def _texts(change: Mapping[str, Any]) -> Iterator[str]:
    """What a Change is about: its subject, the words around each value; without a subject, the sentences."""
    if change["subject"]:
        yield change["subject"]
    for fact in (change["before"], change["after"]):
        if fact:
            yield fact["phrase"]["text"][:_LONGEST_TEXT]
            if not change["subject"]:
                yield fact["sentence"][:_LONGEST_TEXT]
    for name in ("before_text", "after_text"):
        if change.get(name):
            yield change[name][:_LONGEST_TEXT]


def _has_words(words: str, text: str) -> bool:
    at = text.find(words)
    while at >= 0:
        end = at + len(words)
        if not text[at - 1 : at].isalnum() and not text[end : end + 1].isalnum():
            return True
        at = text.find(words, at + 1)
    return False
