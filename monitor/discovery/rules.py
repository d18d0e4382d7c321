"""Which entries of a Feed become Articles. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from monitor.sources.feed_document import Entry

# Scripts that are written without blanks: every character is a word, so that a phrase of them is found anywhere.
_WORD = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\W_]+")


@dataclass(frozen=True, slots=True)
class FeedRule:
    """What an entry must be like; an empty condition is none."""

    any_words: Sequence[str] = ()
    """Words or phrases, `peace*` for all that begin so; case does not matter, accents do."""
    all_words: Sequence[str] = ()
    none_words: Sequence[str] = ()
    sections: Sequence[str] = ()
    """Names of categories, or paths that begin with a slash: one of them must fit."""
    languages: Sequence[str] = ()


def why_not(entry: Entry, rule: FeedRule) -> str | None:
    """Why an entry is left out, for people; None when it is taken."""
    text = words(f"{entry.title}\n{entry.summary}")
    if found := next((phrase for phrase in rule.none_words if has(text, phrase)), None):
        return f"it has “{found}”"
    if missing := next((phrase for phrase in rule.all_words if not has(text, phrase)), None):
        return f"it has no “{missing}”"
    if rule.any_words and not any(has(text, phrase) for phrase in rule.any_words):
        return f"it has none of {_listed(rule.any_words)}"
    if rule.sections and not any(_in_section(entry, section) for section in rule.sections):
        return f"it is not in {_listed(rule.sections)}"
    # A feed that names no language is believed to be in the one for which it was added.
    if rule.languages and entry.language and entry.language not in rule.languages:
        return f"its language is {entry.language}"
    return None


def words(text: str) -> list[str]:
    """The words of a text, case folded."""
    return _WORD.findall(unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold()))


def has(text: Sequence[str], phrase: str) -> bool:
    """Whether the words of a phrase stand in a text one after the other; the last may be a beginning (`peace*`)."""
    wanted = words(phrase)
    if not wanted:
        return False
    *first, last = wanted
    begins = phrase.rstrip().endswith("*")
    for at in range(len(first), len(text)):
        ends = text[at].startswith(last) if begins else text[at] == last
        if ends and list(text[at - len(first) : at]) == first:
            return True
    return False


def _in_section(entry: Entry, section: str) -> bool:
    if section.startswith("/"):
        path = unquote(urlsplit(entry.url).path).casefold()
        wanted = unquote(section).rstrip("/").casefold()
        return path == wanted or path.startswith(f"{wanted}/")
    name = " ".join(words(section))
    return any(" ".join(words(each)) == name for each in entry.sections)


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(f"“{name}”" for name in names[:5])
    return shown if len(names) <= 5 else f"{shown} …"
