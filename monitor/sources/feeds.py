"""A feed's bytes read: RSS 0.9x, 1.0 and 2.0, Atom, JSON Feed 1.x, sitemaps (news sitemaps too) and their indexes.

RSS and Atom are read by feedparser, which forgives what publishers get wrong; it is given a text that was decoded like
every other page, and no document type: entities cannot grow, and nothing outside is ever named. Runs in a worker
process with limits (`monitor.extraction.worker`): a feed is what strangers wrote.

RSS 2.0: https://www.rssboard.org/rss-specification, Atom: RFC 4287, JSON Feed: https://www.jsonfeed.org/version/1.1,
sitemaps: https://www.sitemaps.org/protocol.html.
"""

from __future__ import annotations

import json
import re
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from html import unescape
from io import BytesIO
from typing import Any
from urllib.parse import urljoin

import feedparser
from lxml import etree

from monitor.extraction.dates import iso_date
from monitor.extraction.normalise import line
from monitor.sources.address import UnusableAddressError, parse
from monitor.sources.decode import decode, is_binary
from monitor.sources.feed_document import Entry, FeedDocument, Part, newest_first

MOST_ENTRIES = 5000
"""So many entries are looked at, the newest; a feed has some dozens, a news sitemap 1,000 at most."""
MOST_PARTS = 10_000
UNPACKED_BYTES = 20 * 2**20
"""Of a sitemap that is served as a gzip file."""
_SUMMARY = 2000
_TITLE = 500
_SECTIONS = 20

_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML 1.0 knows no way to write (2.2)."""
_PROLOG = re.compile(r"\s*(?:<\?.*?\?>|<!--.*?-->)", re.DOTALL)
_ROOT = re.compile(r"\s*<(?:[\w.-]+:)?([\w.-]+)")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<!--.*?-->", re.DOTALL)
_LINK = re.compile(r"<link\b[^<>]*>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([\w:-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))")
_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json")
_LANGUAGE = re.compile(r"\s*([A-Za-z]{2,3})(?:[-_].*)?", re.DOTALL)
_UPDATE_PERIODS = {"hourly": 3600.0, "daily": 86400.0, "weekly": 7 * 86400.0}


def read(body: bytes, *, url: str, content_type: str = "") -> FeedDocument:
    """Read a feed that was fetched from `url`. What is no feed comes back with a reason and no kind."""
    if body.startswith(b"\x1f\x8b"):
        unpacked = _unpacked(body)
        if isinstance(unpacked, str):
            return FeedDocument(reason=unpacked)
        body, content_type = unpacked, ""
    if not body.strip():
        return FeedDocument(reason="the answer is empty")
    if is_binary(body, content_type):
        return FeedDocument(reason="it is no text, so no feed")
    text = _ILLEGAL.sub(" ", decode(body, content_type).text).lstrip("\ufeff \t\r\n")
    if text.startswith("{"):
        return _json_feed(text, url)
    text = _without_prolog(text)
    root = _ROOT.match(text)
    name = root[1].lower() if root else ""
    if name in ("rss", "rdf", "feed", "channel"):
        return _rss_or_atom(text, url)
    if name in ("urlset", "sitemapindex"):
        return _sitemap(text, url)
    if name == "html" or re.match(r"\s*<(?:head|body|script|meta|title|div)\b", text, re.IGNORECASE):
        return FeedDocument(reason=_no_feed_but_html(text, url))
    shown = line(text[:60])
    return FeedDocument(reason=f"it is no feed: it begins {shown!r}" if shown else "the answer is empty")


def _unpacked(body: bytes) -> bytes | str:
    """What a gzip file holds, or what is wrong with it."""
    unpacker = zlib.decompressobj(31)
    try:
        found = unpacker.decompress(body, UNPACKED_BYTES)
    except zlib.error as error:
        return f"its gzip file cannot be unpacked: {error}"
    if unpacker.unconsumed_tail:
        return f"its gzip file holds more than {UNPACKED_BYTES} bytes"
    return found if unpacker.eof else "its gzip file is cut short"


def _without_prolog(text: str) -> str:
    """The text from its root element on: no declaration, no comments, no document type and none of its entities."""
    at = 0
    while match := _PROLOG.match(text, at):
        at = match.end()
    text = text[at:].lstrip()
    if text[:9].lower() != "<!doctype":
        return text
    end, bracket = text.find(">"), text.find("[")
    if 0 <= bracket < end:
        end = text.find(">", max(text.find("]>"), text.find("]"), bracket))
    rest = text[end + 1 :] if end >= 0 else ""
    return _without_prolog(rest) if not rest.lower().startswith("<!doctype") else rest


def _no_feed_but_html(text: str, url: str) -> str:
    """Says which feeds a page names, so that a person who gave the page's address knows what to do."""
    found = []
    for tag in _LINK.findall(text[:500_000])[:500]:
        attributes = {name.lower(): unescape(a or b or c) for name, a, b, c in _ATTRIBUTE.findall(tag)}
        if attributes.get("type", "").lower() in _FEED_TYPES and (link := _usable(attributes.get("href", ""), url)):
            found.append(link)
    named = ", ".join(dict.fromkeys(found[:3]))
    return f"it is a web page, no feed{f'; the page names as its feed: {named}' if named else ''}"


def _rss_or_atom(text: str, url: str) -> FeedDocument:
    # The text is a file object: of plain bytes feedparser would first ask whether a local file is called so. It is not
    # told the feed's address, or it would make one of every guid; what xml:base leaves relative is resolved here.
    headers = {"content-type": "application/xml; charset=utf-8"}
    parsed = feedparser.parse(
        BytesIO(text.encode()), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )
    version, feed = str(parsed.version or ""), parsed.feed
    entries = [_entry_of(each, feed, url, dated_by_update=version.startswith("rss")) for each in parsed.entries]
    if not version and not entries:
        return FeedDocument(reason=f"it cannot be read as a feed: {parsed.get('bozo_exception') or 'nothing in it'}")
    return _document(
        "atom" if version.startswith("atom") else "rss",
        entries,
        title=_words(feed.get("title", ""), _TITLE),
        home=_usable(feed.get("link", ""), url),
        wait_seconds=_wait(feed),
    )


def _entry_of(each: dict[str, Any], feed: Mapping[str, Any], url: str, *, dated_by_update: bool) -> Entry | None:
    # Not `each.link`: where there is no link, that is the guid, whatever that may be.
    links = (link.get("href", "") for link in each.get("links") or () if link.get("rel", "alternate") == "alternate")
    named = str(each.get("id", ""))
    link = _entry_link((each.get("feedburner_origlink") or next(iter(links), "")), named, url)
    if link is None:
        return None
    published, updated = _moment(each, "published"), _moment(each, "updated")
    content = each.get("content") or [{}]
    detail = each.get("title_detail") or {}
    return Entry(
        url=link,
        title=_words(each.get("title", ""), _TITLE),
        summary=_words(each.get("summary") or content[0].get("value", ""), _SUMMARY),
        published=published or (updated if dated_by_update else None),
        at=published or updated,
        sections=_sections(tag.get("term") or tag.get("label") for tag in each.get("tags") or ()),
        language=_language(each.get("language") or detail.get("language") or feed.get("language")),
    )


def _moment(each: dict[str, Any], name: str) -> str | None:
    """A date of an entry: as it is written, else as feedparser, which knows more ways to write one, reads it."""
    # feedparser answers for `updated` with `published` where that alone is there, and warns: so ask the dict.
    written = dict.get(each, name)
    if isinstance(written, str) and (found := iso_date(written)):
        return found
    read_as = dict.get(each, f"{name}_parsed")
    if not isinstance(read_as, time.struct_time):
        return None
    try:
        return datetime(*read_as[:6], tzinfo=UTC).isoformat()
    except ValueError:
        return None


def _wait(feed: Mapping[str, Any]) -> float | None:
    """How long the feed asks to be left alone: `ttl` in minutes, or the syndication module's period."""
    ttl = str(feed.get("ttl", "")).strip()
    if ttl.isascii() and ttl.isdecimal() and len(ttl) < 8:
        return float(ttl) * 60
    period = _UPDATE_PERIODS.get(str(feed.get("sy_updateperiod", "")).strip().lower())
    often = str(feed.get("sy_updatefrequency", "1")).strip()
    times = int(often) if often.isascii() and often.isdecimal() and len(often) < 5 else 1
    return period / max(1, times) if period else None


def _json_feed(text: str, url: str) -> FeedDocument:
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError) as error:
        return FeedDocument(reason=f"its JSON cannot be read: {error}")
    items = feed.get("items")
    if not isinstance(items, list):
        return FeedDocument(reason="it is JSON, but no JSON Feed: it has no items")
    language = _string(feed, "language")
    entries = [_json_entry(item, url, language) if isinstance(item, dict) else None for item in items]
    title, home = _words(_string(feed, "title"), _TITLE), _usable(_string(feed, "home_page_url"), url)
    return _document("json", entries, title=title, home=home)


def _json_entry(item: Mapping[str, Any], url: str, language: str) -> Entry | None:
    link = _entry_link(_string(item, "url") or _string(item, "external_url"), _string(item, "id"), url)
    if link is None:
        return None
    published = iso_date(_string(item, "date_published"))
    tags = item.get("tags")
    return Entry(
        url=link,
        title=_words(_string(item, "title"), _TITLE),
        summary=_words(
            _string(item, "summary") or _string(item, "content_text") or _string(item, "content_html"), _SUMMARY
        ),
        published=published,
        at=published or iso_date(_string(item, "date_modified")),
        sections=_sections(tags if isinstance(tags, list) else ()),
        language=_language(_string(item, "language") or language),
    )


def _string(node: Mapping[str, Any], name: str) -> str:
    value = node.get(name)
    return _ILLEGAL.sub(" ", value) if isinstance(value, str) else ""


def _sitemap(text: str, url: str) -> FeedDocument:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True, huge_tree=False)
    root = etree.fromstring(text.encode(), parser)
    if root is None:
        return FeedDocument(reason="it begins like a sitemap, but cannot be read")
    if etree.QName(root).localname == "sitemapindex":
        parts = [
            Part(link, iso_date(said.get("lastmod", "")))
            for said in _children(root, "sitemap", MOST_PARTS)
            if (link := _usable(said.get("loc", ""), url))
        ]
        return FeedDocument("sitemap index", parts=tuple(parts))
    entries = [_sitemap_entry(said, url) for said in _children(root, "url", 50_000)]
    return _document("sitemap", entries)


def _children(root: etree._Element, name: str, most: int) -> Iterator[dict[str, str]]:
    """What the elements below each child of this name say, by their local names, at most so many children."""
    found = 0
    for child in root:
        if not isinstance(child.tag, str) or etree.QName(child).localname != name:
            continue
        said: dict[str, str] = {}
        for _, element in zip(range(50), child.iterdescendants(tag=etree.Element), strict=False):
            said.setdefault(etree.QName(element).localname, (element.text or "").strip())
        yield said
        found += 1
        if found == most:
            return


def _sitemap_entry(said: Mapping[str, str], url: str) -> Entry | None:
    link = _entry_link(said.get("loc", ""), "", url)
    if link is None:
        return None
    published = iso_date(said.get("publication_date", ""))
    return Entry(
        url=link,
        title=_words(said.get("title", ""), _TITLE),
        summary="",
        published=published,
        at=published or iso_date(said.get("lastmod", "")),
        sections=_sections(said.get("keywords", "").split(",")),
        language=_language(said.get("language")),
    )


def _document(kind: str, found: Iterable[Entry | None], **said: Any) -> FeedDocument:
    """Each address once, the newest first."""
    read_entries = list(found)
    once: dict[str, Entry] = {}
    for entry in read_entries:
        if entry is not None:
            once.setdefault(entry.url, entry)
    entries = newest_first(once.values())
    return FeedDocument(
        kind,
        entries=tuple(entries[:MOST_ENTRIES]),
        total=len(entries),
        unusable=sum(entry is None for entry in read_entries),
        **said,
    )


def _entry_link(link: object, named: str, url: str) -> str | None:
    """The address of an entry: its link, else its id where that is an address; never the feed itself."""
    if not (isinstance(link, str) and link.strip()) and named.lower().startswith(("http://", "https://")):
        link = named
    found = _usable(link, url)
    return None if found == _usable(url, url) else found


def _usable(link: object, url: str) -> str | None:
    """An address in its normal form, relative ones resolved; None for what is no address that may be fetched."""
    if not isinstance(link, str) or not link.strip():
        return None
    try:
        return str(parse(urljoin(url, link.strip())))
    except (UnusableAddressError, ValueError):
        return None


def _words(text: object, most: int) -> str:
    """Plain text of what may be HTML."""
    if not isinstance(text, str):
        return ""
    plain = _TAG.sub(" ", text[: 4 * most]) if "<" in text else text[: 4 * most]
    if "&" in plain:
        plain = _TAG.sub(" ", unescape(plain))
    return line(plain)[:most]


def _sections(names: Iterable[object]) -> tuple[str, ...]:
    found = (line(name[:100]) for name in names if isinstance(name, str))
    return tuple(dict.fromkeys(name for name in found if name))[:_SECTIONS]


def _language(tag: object) -> str | None:
    match = _LANGUAGE.fullmatch(tag) if isinstance(tag, str) else None
    return match[1].lower() if match else None
