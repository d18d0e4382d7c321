"""What a page really is: the article, or something that stands in its place.

No sign decides alone. Each speaks with a weight for a wall (or an error page); prose, a date, and metadata that calls
the page an article speak against it. A page whose signs outweigh its prose is no article, and the verdict names the
sign that weighed most. Words are looked for in titles, in what extraction took for the article, and in everything shown
where a page shows little: in the furniture of a full page, "log in" and "accept cookies" mean nothing. Walls speak to
their reader ("please", "you", "we and our partners"), news tell of others: prose that addresses nobody weighs more,
save against a paywall, which stands under a teaser that is news. The words are data, in walls.toml.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from lxml import etree, html

from monitor.extraction import structured
from monitor.extraction.document import PageClass
from monitor.extraction.normalise import line
from monitor.extraction.words import Phrases, words
from monitor.sources import barrier

PROSE_PER_POINT = 240
"""Characters of prose that outweigh one point. Set between the longest challenge pages of public scrapers' test data
(4 to 7 points, up to 700 characters) and an article of 720 characters under a challenge's title (3 points)."""
PLAIN_PROSE_PER_POINT = 90
"""The same of prose that addresses nobody: what a short news item is made of, and a wall next to nothing."""
ARTICLE_POINTS = 2.0
"""What metadata that calls the page an article speaks against a wall."""
DATED_POINTS = 0.75
"""What a publication date on the page speaks against it."""

_FULL_TITLE = 3.0
"""Points of a title that is a wall's rather than a headline with such words in it."""
_KINDS_OF_WORDS = ("error", "challenge", "denied", "consent", "adblock", "paywall")
_ASKING = frozenset({"consent", "adblock", "paywall"})
_POINTS_OF_PHRASES = (1.5, 1.0, 1.0, 1.0)
_MOST_OF_WORDS = len(_KINDS_OF_WORDS) * sum(_POINTS_OF_PHRASES) + 3.5
"""The most that words can say: all phrases of all kinds, and the demand for JavaScript."""
_MOST_OF_PAYWALLS = sum(_POINTS_OF_PHRASES) + 3.0

_SHORT = 320
"""Characters: a page with less prose, most of which speaks to its reader, is a notice of some kind."""
_MOSTLY = 0.4
_LONG = 5000
"""Characters: more prose than any wall has."""
_SENTENCE = 40
"""Shorter paragraphs are labels, buttons and links rather than prose."""
_BARE = 1500
"""A page that shows no more than this, and next to no prose, is all wall: everything on it counts."""
_NEXT_TO_NO_PROSE = 100
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_CJK_WEIGHT = 2.5
"""One of these says as much as two or three letters."""
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_SYMBOL = re.compile(r"[!-/:-@\[-`{-~\d]")
_QUOTED = re.compile('“[^“”]{1,300}”|„[^„“”]{1,300}[“”]|«[^«»]{1,300}»|"[^"]{1,300}"|「[^「」]{1,300}」')
_NOT_SHOWN = frozenset({"script", "style", "noscript", "template", "svg", "head", "iframe", "select"})

_CALLED = {
    "error": "an error page",
    "challenge": "a bot challenge",
    "denied": "access is denied",
    "login": "a login page",
    "consent": "a consent wall",
    "adblock": "asks to switch an ad blocker off",
    "paywall": "a paywall",
    "script": "needs JavaScript",
}


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign that a page is something other than an article."""

    points: float
    page: PageClass
    reason: str
    paywall: bool = False
    title: bool = False
    general: bool = False
    """Whether it says less what the page is than what it is not: named only where there is no other."""


@dataclass(frozen=True, slots=True)
class Look:
    """What of a page the signs are made of."""

    url: str
    titles: tuple[str, ...]
    """The browser's title and the first heading."""
    shown: str
    """The visible text, cut where there is more of it than makes a difference."""
    said: str
    """What counts as the page's own words."""
    asked: str
    """The same without the prose that addresses nobody: offers and requests are never made in that."""
    without_script: str
    """What it says to readers without JavaScript."""
    prose: float
    plain: float
    """The part of the prose that addresses nobody."""
    dated: bool
    paywalled: bool
    is_article: bool
    scripts: int
    password: bool
    refresh: str | None
    challenge: str | None
    """The vendor whose challenge page this is, by marks that no other page bears."""
    captcha: str | None
    """The vendor of a captcha on the page; comment forms have them, too."""
    broken: str | None
    """What servers, hosts and dealers in domains put on pages that no article bears: `a server's error page`."""


def judge(
    tree: html.HtmlElement,
    node: structured.Node,
    source: str,
    paragraphs: Sequence[str],
    *,
    url: str = "",
    dated: bool = False,
) -> tuple[PageClass, str]:
    """The class of an HTML page with the reason for a person. `node` is its `structured.article_node`, `paragraphs`
    what extraction found in it; `dated`: its publication date is known."""
    look = _look(tree, node, source, paragraphs, url, dated)
    signs = [*_signs_of_titles(look), *_signs_of_markup(look), *_signs_of_address(look)]
    known = (ARTICLE_POINTS * look.is_article + DATED_POINTS * look.dated) if look.prose else 0
    # Prose under such a title is the latest news of the site, shown to console the reader.
    named = any(sign.title and sign.points >= _FULL_TITLE for sign in signs)
    told = known + look.plain / (PROSE_PER_POINT if named else PLAIN_PROSE_PER_POINT)
    told += (look.prose - look.plain) / PROSE_PER_POINT
    teased = look.prose / PROSE_PER_POINT + (ARTICLE_POINTS if look.is_article and look.prose else 0)
    # Thousands of phrases are looked for only where all of them together could turn the verdict.
    if told <= _weight(signs) + _MOST_OF_WORDS or teased <= _MOST_OF_PAYWALLS:
        signs += _signs_of_words(look)
    signs.sort(key=lambda sign: (sign.general, -sign.points))
    if signs and (_weight(signs) > told or _weight(sign for sign in signs if sign.paywall) > teased):
        return _kind_of_error(look, signs) if signs[0].page == "error" else signs[0].page, signs[0].reason
    known_for_one = look.is_article or look.dated
    if not look.prose and len(look.said.strip()) < (1 if known_for_one else _NEXT_TO_NO_PROSE):
        return "empty", f"no article text was found among {len(visible_text(tree))} visible characters"
    return "article", f"{look.prose:.0f} characters of prose"


def _kind_of_error(look: Look, signs: Iterable[Sign]) -> PageClass:
    """`gone` where an error page is titled so and speaks of no trouble of the server's, which would pass."""
    titled = any(sign.title and sign.page == "error" for sign in signs)
    trouble = look.broken or words("trouble").search(" ".join((*look.titles, look.said)))
    return "gone" if titled and not trouble else "error"


def _weight(signs: Iterable[Sign]) -> float:
    return sum(sign.points for sign in signs)


def prose(paragraphs: Iterable[str]) -> float:
    """How much running text there is, in characters of an alphabet; labels and code are not counted."""
    return sum(map(_prose, paragraphs), 0.0)


def _prose(paragraph: str) -> float:
    dense = 0 if paragraph.isascii() else len(_CJK.findall(paragraph))
    length = len(paragraph) + (_CJK_WEIGHT - 1) * dense
    if length < _SENTENCE or len(_SYMBOL.findall(paragraph)) >= len(paragraph) / 3:
        return 0.0
    return length


def visible_text(tree: html.HtmlElement, most: int = 20_000) -> str:
    """What a page shows, as one line, cut at so many characters."""
    shown, pieces = "", _shown(tree)
    while len(shown) <= most:
        more: list[str] = []
        length = 0
        for piece in pieces:
            more.append(piece)
            length += len(piece) + 1
            if length > most:
                break
        if not more:
            break
        shown = line(" ".join([shown, *more]))
    return shown[:most]


def _shown(tree: html.HtmlElement) -> Iterator[str]:
    """The texts of a page in their order, as they are written, without those that no browser shows."""
    walk = etree.iterwalk(tree, events=("start", "end", "comment", "pi"))
    for event, element in walk:
        if event == "end":
            text = element.tail if element is not tree else None
        elif event == "start" and element.tag not in _NOT_SHOWN:
            text = element.text
        elif event == "start":
            walk.skip_subtree()
            continue
        else:
            text = element.tail
        if text and not text.isspace():
            yield text


def _signs_of_titles(look: Look) -> Iterator[Sign]:
    kinds: tuple[tuple[str, PageClass], ...]
    kinds = (("error", "error"), ("denied", "wall"), ("challenge", "wall"), ("login", "wall"))
    for kind, page in kinds:
        found = [(title, share) for title in look.titles if (share := _share(words(f"{kind}_title"), title))]
        for place, (title, share) in enumerate(found):
            # "Access denied: how reporters were shut out of the north" is a headline, "Access denied" is none.
            first = 4.0 if share >= 0.85 else _FULL_TITLE if share >= 0.5 else 1.0
            points = first if place == 0 else 1.0 + (share >= 0.85)
            yield Sign(points, page, f"{_CALLED[kind]}: it is titled “{title[:80]}”", title=True)


def _signs_of_words(look: Look) -> Iterator[Sign]:
    """The first phrase of a kind weighs 1.5, up to three more weigh 1 each."""
    for kind in _KINDS_OF_WORDS:
        text = look.asked if kind in _ASKING else look.said
        found = {match[0].lower(): match for match in words(kind).finditer(text)}
        for points, match in zip(_POINTS_OF_PHRASES, found.values(), strict=False):
            reason = f"{_CALLED[kind]}: it says “{line(match[0])[:80]}”"
            yield Sign(points, "error" if kind == "error" else "wall", reason, paywall=kind == "paywall")
    # Pages made by scripts say this to readers without, also those that were sent complete and show a good deal.
    asking = look.said if len(look.shown) >= _BARE else f"{look.without_script} {look.said}"
    if look.plain < _NEXT_TO_NO_PROSE and look.prose < PROSE_PER_POINT and (demand := words("script").search(asking)):
        yield Sign(1.5 + (2.0 if look.is_article else 0), "wall", f"needs JavaScript: it says “{line(demand[0])[:80]}”")


def _signs_of_markup(look: Look) -> Iterator[Sign]:
    # Many a page has a login box in its header and a captcha under its comments.
    form = 1.5 if look.prose < _NEXT_TO_NO_PROSE else 0.3
    if look.challenge:
        yield Sign(4.0, "wall", f"a challenge or block page of {look.challenge}")
    elif look.captcha:
        yield Sign(form, "wall", f"a captcha of {look.captcha} with little else")
    if look.password:
        yield Sign(form, "wall", "a login page: it asks for a password")
    if look.paywalled:
        yield Sign(3.0, "wall", "a paywall: its metadata says that it is not free to read", paywall=True)
    addressing = 0 < look.prose < _SHORT and look.plain < _MOSTLY * look.prose and len(_NUMBER.findall(look.said)) < 3
    if addressing and not look.dated and not look.is_article:
        yield Sign(2.0, "wall", "it tells nothing: all that it says is said to its reader", general=True)
    if look.broken:
        yield Sign(4.0, "error", f"an error page: it is {look.broken}")
    if not look.prose and look.refresh:
        yield Sign(1.0, "wall", f"sends the reader on by itself: {look.refresh[:100]}")
    nothing = len(look.shown) < 200 and (not look.said or (not look.prose and words("waiting").search(look.shown)))
    if nothing and look.scripts and not look.is_article:
        yield Sign(1.0, "wall", f"needs JavaScript: {look.scripts} scripts and no text")


def _signs_of_address(look: Look) -> Iterator[Sign]:
    """A redirect to a page for consent or login tells by its address."""
    parts = urlsplit(look.url)
    for kind, text in (("consent_address", f"{parts.hostname or ''}{parts.path}"), ("login_address", parts.path)):
        if words(kind).search(text):
            called = _CALLED[kind.removesuffix("_address")]
            yield Sign(2.5, "wall", f"{called}: its address is {parts.hostname}{parts.path[:80]}")


def _look(
    tree: html.HtmlElement, node: structured.Node, source: str, paragraphs: Sequence[str], url: str, dated: bool
) -> Look:
    metas = list(tree.iter("meta"))
    types = [meta.get("content", "") for meta in metas if meta.get("property") == "og:type"]
    free = node.get("isAccessibleForFree")
    heading = next((text for h1 in tree.iter("h1") if (text := line(h1.text_content()[:500]))), "")
    title = line((tree.findtext(".//title") or "")[:500])
    refresh = (meta.get("content", "") for meta in metas if meta.get("http-equiv", "").lower() == "refresh")
    shown = visible_text(tree, 2 * _BARE)
    said = " ".join(paragraphs)[:20_000]
    written = prose(paragraphs)
    marks = barrier.marks(source.encode("utf-8", "replace"))
    plain = _plain(paragraphs)
    own = shown if _is_all(shown, said, written) else said
    return Look(
        url=url,
        titles=tuple(dict.fromkeys(text for text in (title, heading) if text)),
        shown=shown,
        said=_unquoted(own),
        without_script=line(" ".join(n.text_content()[:1000] for n in islice(tree.iter("noscript"), 5))),
        prose=written,
        plain=prose(plain),
        asked=_unquoted(_without(own, plain)),
        dated=dated,
        paywalled=_is_false(free),
        is_article=structured.is_article(node) or any("article" in kind.lower() for kind in types),
        scripts=sum(1 for _ in tree.iter("script")),
        password=any(field.get("type") == "password" for field in tree.iter("input")),
        refresh=next((value for value in refresh if "url" in value.lower()), None),
        challenge=marks.challenge,
        captcha=marks.captcha,
        broken=marks.broken,
    )


def _plain(paragraphs: Iterable[str]) -> list[str]:
    """The paragraphs of prose that address nobody; not looked at any further than could matter."""
    found: list[str] = []
    length = seen = 0.0
    for paragraph in paragraphs:
        amount = _prose(paragraph)
        seen += amount
        if amount and not words("reader").search(_unquoted(paragraph[:_LONG])):
            found.append(paragraph)
            length += amount
        if length > _LONG or seen > 4 * _LONG:
            break
    return found


def _without(text: str, paragraphs: Iterable[str]) -> str:
    """What is left of a page's words when these paragraphs are taken out."""
    for paragraph in paragraphs:
        text = text.replace(paragraph, " ", 1)
    return text


def _unquoted(text: str) -> str:
    """A text without what it quotes: who reports on walls repeats their words."""
    return _QUOTED.sub(" ", text)


def _is_all(shown: str, said: str, written: float) -> bool:
    """Whether a page is little more than what was extracted: no furniture around, whose words would not count."""
    return len(shown) < (_BARE if written < _NEXT_TO_NO_PROSE else min(_BARE, 1.5 * len(said) + 200))


def _share(looked_for: Phrases, title: str) -> float:
    """How much of a title, or of its best part ("Bloomberg - Are you a robot?"), such words make up; 0 without any."""
    parts = [title, *re.split(r"\s+[|–—:•·»-]\s+|:\s+(?=\S.{0,19}$)", title)]
    return max(sum(len(match[0]) for match in looked_for.finditer(part)) / len(part) for part in parts if part)


def _is_false(value: Any) -> bool:
    return value is False or (isinstance(value, str) and value.strip().lower() == "false")
