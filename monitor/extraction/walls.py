"""What a page really is: the article, or something that stands in its place.

No single sign decides. A page with a fair amount of prose is an article whatever scripts it carries; a page almost
without prose is judged by its title, its words and the marks of bot protection. Every verdict says what led to it.
The phrases are data, in walls.toml.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lxml import html

from monitor.extraction import structured
from monitor.extraction.document import PageClass
from monitor.extraction.normalise import line
from monitor.sources import barrier

ENOUGH_PROSE = 900
"""Characters of prose from which on a page is an article, whatever else it says. Challenge and consent pages of
blockpages/ stay below 700; of 280 real articles 96 % are above."""
LITTLE_PROSE = 500
_SENTENCE = 40
"""Shorter paragraphs are labels, buttons and links rather than prose."""
_NOT_SHOWN = frozenset({"script", "style", "noscript", "template", "svg", "head", "iframe", "select"})


@dataclass(frozen=True, slots=True)
class Look:
    """What of a page the verdict is made of."""

    title: str
    heading: str
    shown: str
    """The visible text, cut at 20,000 characters."""
    without_script: str
    """What it says to readers without JavaScript."""
    prose: int
    """Characters of prose in the extracted paragraphs."""
    is_article: bool
    """Whether its own metadata calls it an article."""
    scripts: int
    password: bool
    captcha: str | None
    """The vendor whose challenge or block marks it bears."""
    paywalled: bool
    refresh: str | None


def judge(tree: html.HtmlElement, source: str, paragraphs: Sequence[str]) -> tuple[PageClass, str]:
    """The class of an HTML page with the reason for a person. `paragraphs` is what extraction found in it."""
    look = _look(tree, source, paragraphs)
    return _error(look) or _wall(look) or _nothing(look) or ("article", f"{look.prose} characters of prose")


def _error(look: Look) -> tuple[PageClass, str] | None:
    if look.is_article and look.prose >= LITTLE_PROSE:
        return None
    for text in (look.title, look.heading):
        if text and (match := _phrases("error").search(text)):
            return "error", f"an error page: it is titled {_shown(text, match)}"
    if look.prose < LITTLE_PROSE and len(look.shown) < 3000 and (match := _phrases("error_text").search(look.shown)):
        return "error", f"an error page: it says {_shown(look.shown, match)}"
    return None


def _wall(look: Look) -> tuple[PageClass, str] | None:
    if look.prose >= ENOUGH_PROSE:
        return None
    short = look.prose < LITTLE_PROSE
    titles = f"{look.title}\n{look.heading}"
    if short and look.captcha and not (look.is_article and look.prose > 200):
        return "wall", f"a challenge or block page of {look.captcha}"
    for kind, words in (("challenge", "a bot challenge"), ("denied", "access is denied"), ("login", "a login page")):
        if short and (match := _phrases(f"{kind}_title").search(titles)):
            return "wall", f"{words}: it is titled {_shown(titles, match)}"
    if short and len(look.shown) < 4000:
        for kind, words in (
            ("challenge", "a bot challenge"),
            ("denied", "access is denied"),
            ("consent", "a consent wall"),
        ):
            if match := _phrases(kind).search(look.shown):
                return "wall", f"{words}: it says {_shown(look.shown, match)}"
    if short and look.password and not look.is_article:
        return "wall", "a login page: it asks for a password"
    if look.paywalled or short:
        if match := _phrases("paywall").search(look.shown):
            return "wall", f"a paywall: it says {_shown(look.shown, match)}"
        if short and look.paywalled:
            return "wall", "a paywall: its metadata says that it is not free to read"
    if short and (match := _phrases("script").search(f"{look.without_script}\n{look.shown[:2000]}")):
        return "wall", f"needs JavaScript: it says {_shown(match.string, match)}"
    return None


def _nothing(look: Look) -> tuple[PageClass, str] | None:
    if look.prose:
        return None
    if look.refresh:
        return "wall", f"sends the reader on by itself: {look.refresh[:100]}"
    if len(look.shown) < 200 and look.scripts:
        return "wall", f"needs JavaScript: {look.scripts} scripts and no text"
    return "empty", f"no article text was found in {len(look.shown)} visible characters"


def _look(tree: html.HtmlElement, source: str, paragraphs: Sequence[str]) -> Look:
    node = structured.article_node(tree)
    types = tree.xpath("//meta[@property='og:type']/@content")
    free = node.get("isAccessibleForFree")
    heading = next((text for h1 in tree.iter("h1") if (text := line(h1.text_content()[:500]))), "")
    refresh = tree.xpath("//meta[translate(@http-equiv,'REFSH','refsh')='refresh']/@content")
    return Look(
        title=line((tree.findtext(".//title") or "")[:500]),
        heading=heading,
        shown=_visible(tree),
        without_script=line(" ".join(n.text_content()[:1000] for n in tree.xpath("//noscript")[:5])),
        prose=sum(len(paragraph) for paragraph in paragraphs if len(paragraph) >= _SENTENCE),
        is_article=bool(structured.is_article(node) or any("article" in kind.lower() for kind in types)),
        scripts=len(tree.xpath("//script")),
        password=bool(tree.xpath("//input[@type='password']")),
        captcha=barrier.mark(source.encode("utf-8", "replace")),
        paywalled=free is False or (isinstance(free, str) and free.strip().lower() == "false"),
        refresh=next((str(value) for value in refresh if "url" in value.lower()), None),
    )


def _visible(tree: html.HtmlElement) -> str:
    pieces: list[str] = []
    length = 0
    waiting: list[tuple[html.HtmlElement, bool]] = [(tree, False)]
    while waiting and length < 20_000:
        element, done = waiting.pop()
        text = element.tail if done else element.text
        if not done:
            waiting.append((element, True))
            if not isinstance(element.tag, str) or element.tag in _NOT_SHOWN:
                continue
            waiting.extend((child, False) for child in reversed(element))
        if text and text.strip():
            pieces.append(text)
            length += len(text)
    return line(" ".join(pieces))[:20_000]


@functools.cache
def _phrases(kind: str) -> re.Pattern[str]:
    """One pattern for all languages of a kind; those of titles must begin a title or follow a separator."""
    table = tomllib.loads((Path(__file__).parent / "walls.toml").read_text(encoding="utf-8"))
    return re.compile(
        "|".join(f"(?:{phrase})" for phrases in table[kind].values() for phrase in phrases), re.IGNORECASE
    )


def _shown(text: str, match: re.Match[str]) -> str:
    return f"“{line(match[0])[:80] or line(text)[:80]}”"
