"""One article once: what the spellings of an address have in common, and which of them is asked for.

Two things are kept apart. What is *asked for* is nearly what was given: only what tells where a reader came from is
taken off, and an AMP cache is left for the publisher. What an article is *known by*, its key, goes further, because
nothing is ever fetched by it: http and https, `www.`, mobile and AMP editions, a slash at the end share one key. Where
it is not certain that two addresses lead to the same text they keep two keys: an article that is watched twice costs
some requests, one that is never watched costs what this program is for. What the page itself says of its address
(`rel=canonical`) is judged later, when its text is there (`monitor.identity`).
"""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import sha256
from urllib.parse import unquote_plus, urlsplit

from courlan import extract_domain
from courlan.clean import TRACKERS_RE
from url_normalize import url_normalize

from monitor.sources.address import Address, UnusableAddressError, parse

_EDITIONS = frozenset({"www", "m", "mobile", "amp"})
"""Labels below a site's own domain that name an edition of it, not another site."""
_GOOGLE = re.compile(r"(?:www\.)?google\.(?:com|[a-z]{2}|com?\.[a-z]{2})")
_AMP_CACHE = re.compile(r"(?:[a-z0-9-]+\.)?(?:cdn\.ampproject\.org|bing-amp\.com)")
_GOOGLE_AMP = re.compile(r"/amp/(?P<secure>s/)?(?P<rest>[^/]+\.[^/]+.*)", re.DOTALL)
_CACHED = re.compile(r"/(?:c|v|i|wp|mbv)/(?P<secure>s/)?(?P<rest>[^/]+\.[^/]+.*)", re.DOTALL)
_AMP_SUFFIX = re.compile(r"\.amp(?=\.html?$|$)", re.IGNORECASE)
_AMP_SWITCHES = frozenset({"outputtype", "output", "view", "format"})
_YES = frozenset({"", "1", "true", "yes"})

# courlan's pattern knows words that name campaigns, and takes their beginnings (`ga` in `gallery`). These select
# content at many a site, and so never count:
_MAY_SELECT = frozenset({"ad_", "ads_", "cid", "clid", "eid", "ga", "gl", "keyword", "kwd", "session", "uid"})
# These usually tell where a reader came from (`ref=home`), and are numbers of documents elsewhere (`ref=2023-15`):
_MAY_TELL = frozenset({"ref", "source"})
_OURS = frozenset({"_ga", "_gl"})
_DIGIT = re.compile(r"\d")


def asked_for(address: Address) -> Address:
    """The address to fetch: the publisher's own rather than an AMP cache's, without what only tells of the reader."""
    address = _out_of_cache(address)
    path, mark, query = address.target.partition("?")
    kept = [part for part in query.split("&") if not _surely_tracks(_name(part))] if mark else []
    return Address(address.scheme, address.host, address.port, f"{path}?{'&'.join(kept)}" if kept else path)


LONGEST_KEY = 1000
"""Characters of a key; that of a longer address ends in a hash. What databases find a row by must fit into an index."""


@lru_cache(maxsize=4096)
def key(url: str) -> str:
    """What all spellings of an address have in common: `example.org/news/1?id=5`. A file's is its address.

    Raises UnusableAddressError. `key("https://" + key(url))` is `key(url)`.
    """
    if url.startswith("file:"):
        return url
    found = _key(parse(url))
    for _ in range(5):  # what was folded may show something more to fold: `/a/amp.amp/`
        again = _key(parse(f"https://{found}"))
        if again == found:
            break
        found = again
    if len(found) > LONGEST_KEY:
        return f"{found.partition('/')[0]}/~{sha256(found.encode()).hexdigest()}"
    return found


def _key(address: Address) -> str:
    address = _out_of_cache(address)
    normal = urlsplit(url_normalize(str(address)) or str(address))
    path = _without_amp(normal.path)
    port = "" if address.site == address.host or address.port in (80, 443) else f":{address.port}"
    host = f"[{address.host}]" if ":" in address.host else _own_host(address.host)
    return f"{host}{port}{path}{_query(normal.query)}"


def same_site(one: str, other: str) -> bool:
    """Whether two keys are of one site (`example.org` and `news.example.org`, whatever the port)."""
    return site_of(one) == site_of(other)


def site_of(known_by: str) -> str:
    """The registered domain of a key; of an address literal or an unknown name the whole host."""
    host = parse(f"https://{known_by}").host
    return _domain(host) or host


def _own_host(host: str) -> str:
    """The host without the labels that only name an edition."""
    domain = _domain(host)
    if domain is None or host == domain:
        return host
    above = host.removesuffix(f".{domain}").split(".")
    return ".".join([*(label for label in above if label not in _EDITIONS), domain])


@lru_cache(maxsize=4096)
def _domain(host: str) -> str | None:
    """The registered domain; of a host under no known public suffix its last two labels; None for address literals."""
    if ":" in host or host.replace(".", "").isdigit() or "." not in host:
        return None
    known = extract_domain(f"https://{host}/")
    if known and host.endswith(known):
        return known
    return ".".join(host.split(".")[-2:])


def _out_of_cache(address: Address) -> Address:
    """The address that an AMP cache or Google's viewer shows."""
    for _ in range(3):
        pattern = (
            _GOOGLE_AMP if _GOOGLE.fullmatch(address.host) else _CACHED if _AMP_CACHE.fullmatch(address.host) else None
        )
        match = pattern.fullmatch(address.target) if pattern else None
        if match is None:
            break
        try:
            address = parse(f"{'https' if match['secure'] else 'http'}://{match['rest']}")
        except UnusableAddressError:
            break
    return address


def _without_amp(path: str) -> str:
    """The path of the article itself, without a slash at the end."""
    parts = [part for part in path.split("/") if part]
    while len(parts) > 1 and parts[-1].lower() in ("amp", "amp.html"):
        parts.pop()
    while len(parts) > 1 and parts[0].lower() == "amp":
        parts.pop(0)
    if parts and (bare := _AMP_SUFFIX.sub("", parts[-1])):
        parts[-1] = bare
    return "/" + "/".join(parts)


def _query(query: str) -> str:
    """What of a query may select content, ordered by name; the order among equal names stays."""
    kept = [
        part
        for part in query.split("&")
        if part and not (_surely_tracks(_name(part)) or _likely_tracks(part) or _switches_to_amp(part))
    ]
    return "?" + "&".join(sorted(kept, key=lambda part: part.partition("=")[0])) if kept else ""


def _name(part: str) -> str:
    return unquote_plus(part.partition("=")[0]).lower()


@lru_cache(maxsize=4096)
def _tracking_word(name: str) -> str | None:
    """The word by which courlan knows a parameter as a tracker, where it is a whole word of the name."""
    match = TRACKERS_RE.search(name)
    if match is None:
        return None
    word, after = match[0], name[match.end() : match.end() + 1]
    if word in _OURS and match.start() == 0:
        return word
    return None if not word.endswith("_") and after.isalnum() else word.lstrip("_")


def _surely_tracks(name: str) -> bool:
    word = _tracking_word(name)
    return word is not None and word not in _MAY_SELECT and word not in _MAY_TELL


def _likely_tracks(part: str) -> bool:
    return _tracking_word(_name(part)) in _MAY_TELL and not _DIGIT.search(unquote_plus(part.partition("=")[2]))


def _switches_to_amp(part: str) -> bool:
    name, value = _name(part), unquote_plus(part.partition("=")[2]).lower()
    return (name == "amp" and value in _YES) or name == "amp_js_v" or (name in _AMP_SWITCHES and value == "amp")
