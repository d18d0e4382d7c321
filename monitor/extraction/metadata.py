"""Headline, byline, publisher, dates and language of a page, from its markup only: never guessed from running text."""

from __future__ import annotations

import html as html_entities
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urljoin

from lxml import html

from monitor.extraction import structured
from monitor.extraction.corrections import DATE_SOURCES, date_at
from monitor.extraction.dates import date_in_url, iso_date
from monitor.extraction.document import Dated
from monitor.extraction.normalise import line

# Names of <meta> that publishers use, the particular before the general.
_PUBLISHED_META = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished", "parsely-pub-date",
    "cxenseparse:recs:publishtime", "sailthru.date", "article.published", "citation_publication_date", "dc.date.issued",
    "dcterms.issued", "dcterms.created", "dc.date.created", "dc.date", "dcterms.date", "publish-date", "publish_date",
    "publication_date", "publicationdate", "published_time_telegram", "pubdate", "published-date", "publishdate",
    "datecreated", "date",
)  # fmt: skip
_MODIFIED_META = (
    "article:modified_time", "og:article:modified_time", "og:modified_time", "datemodified", "og:updated_time",
    "article:modified", "dcterms.modified", "dc.date.modified", "last-modified", "lastmod",
)  # fmt: skip
_AUTHOR_META = (
    "parsely-author", "sailthru.author", "cxenseparse:author", "byl", "dc.creator", "dcterms.creator", "author",
    "article:author", "citation_author",
)  # fmt: skip
_TITLE_META = ("og:title", "parsely-title", "sailthru.title", "twitter:title", "dc.title", "dcterms.title")

_SEPARATOR = r"(?:\s+(?:[|–—\-:•·»›~/]|::)\s+|\s*[ㅣ｜]\s*)"
_SUFFIX = re.compile(rf"^(?P<title>.+?){_SEPARATOR}(?P<site>[^|–—•·»›ㅣ｜]+)$")
_BY = re.compile(r"^\s*(?:by|von|par|por|di|af|av|door|written by|text)\s*:?\s+", re.IGNORECASE)
_ADDRESS = re.compile(r"https?:|www\.|@|^/")
_MAX_HEADLINE, _MAX_BYLINE = 500, 300


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the markup says; null where it says nothing."""

    headline: str | None
    byline: str | None
    publisher: str | None
    published: Dated | None
    modified: Dated | None
    language: str | None
    canonical: str | None
    """The address that the page calls its own, absolute."""


def read(tree: html.HtmlElement, node: structured.Node, *, url: str = "", date_from: str = "") -> Metadata:
    """Read a page's metadata. `node` is its `structured.article_node`, `url` its address, in which a date may stand;
    `date_from` the only place where the publication date is looked for (`Corrections.date`)."""
    meta = _meta(tree)
    return Metadata(
        headline=_headline(tree, node, meta),
        byline=_byline(tree, node, meta),
        publisher=_publisher(node, meta),
        published=_published(tree, node, meta, url, date_from),
        modified=_modified(tree, node, meta),
        language=_language(tree, node, meta),
        canonical=_canonical(tree, meta, url),
    )


def _canonical(tree: html.HtmlElement, meta: Mapping[str, list[str]], url: str) -> str | None:
    """`rel=canonical` (RFC 6596), else `og:url`. Several that contradict each other say nothing."""
    links = (link for _, link in zip(range(1000), tree.iter("link"), strict=False))
    linked = [str(link.get("href") or "") for link in links if "canonical" in (link.get("rel") or "").lower().split()]
    named = linked or meta.get("og:url", [])
    found = {address.strip() for address in named if address.strip()}
    if len(found) != 1:
        return None
    try:
        return urljoin(url, found.pop()[:8192])
    except ValueError:
        return None


def _meta(tree: html.HtmlElement) -> dict[str, list[str]]:
    """The contents of <meta> elements by lower-case name, at most 1,000 of them, each cut at 2,000 characters."""
    found: dict[str, list[str]] = {}
    for _, element in zip(range(1000), tree.iter("meta"), strict=False):
        content = (element.get("content") or "")[:2000].strip()
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            name = (element.get(attribute) or "").strip().lower()
            if name and content:
                found.setdefault(name, []).append(content)
    return found


def _headline(tree: html.HtmlElement, node: structured.Node, meta: Mapping[str, list[str]]) -> str | None:
    """The visible headline where a title confirms one, else what the metadata says without the site's name.

    Browser titles carry suffixes that vary by fetch (" - live", site names, counts), so they come last.
    """
    shown = [text for h1 in tree.iter("h1") if (text := line(h1.text_content()[:2000])) and len(text) <= _MAX_HEADLINE]
    named = _titles([structured.string(node, "headline", "name"), *(_first(meta, (name,)) for name in _TITLE_META)])
    browser = _titles([tree.findtext(".//title")])
    for heading in shown:
        if any(_begins(title, heading) for title in named + browser):
            return heading
    if named:
        return _without_site(named[0], meta, node)
    if shown:
        return next((heading for heading in shown if len(heading.split()) > 2), shown[0])
    return _without_site(browser[0], meta, node) if browser else None


def _publisher(node: structured.Node, meta: Mapping[str, list[str]]) -> str | None:
    """Who publishes the page, as JSON-LD or Open Graph name it."""
    named = [*structured.names(node, "publisher"), *meta.get("og:site_name", [])]
    return next((name for text in named if (name := line(_plain(text))) and len(name) <= _MAX_BYLINE), None)


def _titles(values: Iterable[str | None]) -> list[str]:
    texts = [line(_plain(value[:2000])) for value in values if value]
    return [text for text in texts if 0 < len(text) <= _MAX_HEADLINE]


def _begins(title: str, heading: str) -> bool:
    """Whether a title is this heading, alone or followed by a separator and whatever the site adds."""
    ours = _folded(heading)
    first = re.split(_SEPARATOR, title, maxsplit=1)[0]
    if len(ours) < 4:
        return False
    return ours in (_folded(title), _folded(first)) or (len(ours.split()) > 2 and _folded(title).startswith(ours))


def _folded(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def _without_site(title: str, meta: Mapping[str, list[str]], node: structured.Node) -> str:
    sites = [*meta.get("og:site_name", []), *meta.get("application-name", []), *structured.names(node, "publisher")]
    match = _SUFFIX.match(title)
    if match and _folded(match["site"]) in {_folded(site) for site in sites}:
        return match["title"]
    return title


def _byline(tree: html.HtmlElement, node: structured.Node, meta: Mapping[str, list[str]]) -> str | None:
    names = structured.names(node, "author") or _people(meta) or _marked_authors(tree)
    people = [person for name in names[:20] if (person := _BY.sub("", line(_plain(name[:_MAX_BYLINE]))))]
    return ", ".join(dict.fromkeys(people))[:_MAX_BYLINE] or None


def _people(meta: Mapping[str, list[str]]) -> list[str]:
    for name in _AUTHOR_META:
        people = [value for value in meta.get(name, []) if not _ADDRESS.search(value)]
        if people:
            return people
    return []


def _marked_authors(tree: html.HtmlElement) -> list[str]:
    """Authors that the page marks as such: rel=author, itemprop=author."""
    marked = tree.xpath("//*[@itemprop='author' or @rel='author'][not(ancestor::aside)]")
    found: list[str] = []
    for element in marked[:10]:
        name = element.xpath(".//*[@itemprop='name']")
        text = line((name[0] if name else element).text_content()[:1000])
        if text and len(text) < 80:
            found.append(text)
    return found


def _published(
    tree: html.HtmlElement, node: structured.Node, meta: Mapping[str, list[str]], url: str, date_from: str
) -> Dated | None:
    if date_from and date_from not in DATE_SOURCES:
        return date_at(tree, date_from)
    places: tuple[tuple[str, Callable[[], Dated | None]], ...] = (
        (
            "json-ld",
            lambda: _dated("json-ld", [structured.string(node, name) for name in ("datePublished", "dateCreated")]),
        ),
        ("meta", lambda: _dated("meta", [_first(meta, (name,)) for name in _PUBLISHED_META])),
        ("time", lambda: _dated("time", _times(tree, "datePublished")) or _dated("time", _only_time(tree))),
        ("url", lambda: Dated(date, "url") if (date := date_in_url(url)) else None),
    )
    return next((found for name, look in places if date_from in ("", name) and (found := look())), None)


def _modified(tree: html.HtmlElement, node: structured.Node, meta: Mapping[str, list[str]]) -> Dated | None:
    return (
        _dated("json-ld", [structured.string(node, "dateModified")])
        or _dated("meta", [_first(meta, (name,)) for name in _MODIFIED_META])
        or _dated("time", _times(tree, "dateModified"))
    )


def _dated(source: str, values: Iterable[str | None]) -> Dated | None:
    return next((Dated(date, source) for value in values if value and (date := iso_date(value))), None)


def _times(tree: html.HtmlElement, itemprop: str) -> list[str | None]:
    marked = tree.xpath(f"//*[@itemprop='{itemprop}']")[:5]
    if itemprop == "datePublished":
        marked += tree.xpath("//time[@pubdate]")[:5]
        marked += tree.xpath("//time[contains(@class,'publish') or contains(@class,'entry-date')]")[:5]
    return [element.get("datetime") or element.get("content") for element in marked]


def _only_time(tree: html.HtmlElement) -> list[str | None]:
    """The machine-readable date of the article element, if its <time> elements agree on one: else it is a guess."""
    for scope in ("//article[.//h1]", "//main[.//h1]", "//header[.//h1]"):
        values = tree.xpath(f"({scope})[1]//time/@datetime")[:50]
        days = {date[:10] for value in values if (date := iso_date(value))}
        if len(days) == 1:
            return [str(value) for value in values]
    return []


def _language(tree: html.HtmlElement, node: structured.Node, meta: Mapping[str, list[str]]) -> str | None:
    root = tree.getroottree().getroot()
    said = [root.get("lang"), root.get("xml:lang"), *(_first(meta, (n,)) for n in ("og:locale", "content-language"))]
    said += [structured.string(node, "inLanguage"), _first(meta, ("language", "dc.language", "dcterms.language"))]
    for value in said:
        match = re.fullmatch(r"\s*([A-Za-z]{2,3})(?:[-_][A-Za-z0-9-_]*)?\s*", value or "")
        if match:
            return match[1].lower()
    return None


def _first(meta: Mapping[str, list[str]], names: Iterable[str]) -> str | None:
    return next((meta[name][0] for name in names if name in meta), None)


def _plain(text: str) -> str:
    """Titles in metadata often hold escaped markup: `Tom &amp; Jerry`, `<em>Live</em>`."""
    return re.sub(r"</?[a-zA-Z][^<>]*>", "", html_entities.unescape(text)) if "&" in text or "<" in text else text
