"""Bytes to text, as a browser would: by the WHATWG Encoding Standard, never by a codec that the server chose freely.

https://encoding.spec.whatwg.org and https://html.spec.whatwg.org/multipage/parsing.html#determining-the-character-encoding
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import webencodings

EncodingSource = Literal["bom", "http", "meta", "utf-8", "language", "fallback"]

_PRESCANNED = 4096
"""The standard looks at 1,024 bytes; many real pages name their encoding a little later, and browsers follow."""

_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16le"), (b"\xfe\xff", "utf-16be"))
_GOOD_START = 4
"""Bytes after the first of a character that are right in UTF-8, before the first that is wrong: each is so by chance in
one of four, and “ has two."""
_WIDE_BOMS = (b"\xff\xfe", b"\xfe\xff")
_BINARY = bytes([*range(0x01, 0x09), 0x0B, *range(0x0E, 0x1B), *range(0x1C, 0x20)])
_SNIFFED = 64 * 1024
_BINARY_SHARE = 0.01
_HTTP_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([^\s;\"']+)", re.IGNORECASE)
_META = re.compile(rb"<meta\b[^>]*?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]+)", re.IGNORECASE)
_XML = re.compile(rb"^\s*<\?xml\b[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9_:.-]+)", re.IGNORECASE)
_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
_SURROGATE = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")
_HTML_LANG = re.compile(rb"<html\b[^>]*?\blang\s*=\s*[\"']?([A-Za-z]{2,3})", re.IGNORECASE)

# The standard's fallbacks by language, for pages that name no encoding and are not UTF-8.
_BY_LANGUAGE = {
    **dict.fromkeys(("ar", "fa", "ur"), "windows-1256"),
    **dict.fromkeys(("ba", "be", "bg", "kk", "ky", "mk", "mn", "ru", "sr", "tg", "tt", "uk"), "windows-1251"),
    **dict.fromkeys(("cs", "hu", "pl", "sk", "sl", "hr", "bs", "ro"), "windows-1250"),
    **dict.fromkeys(("et", "lt", "lv"), "windows-1257"),
    **dict.fromkeys(("tr", "az", "ku"), "windows-1254"),
    "el": "windows-1253",
    "he": "windows-1255",
    "th": "windows-874",
    "vi": "windows-1258",
    "ja": "shift_jis",
    "ko": "euc-kr",
    "zh": "gb18030",
}


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, with the encoding that it was read in (a WHATWG name) and where that name came from."""

    text: str
    encoding: str
    source: EncodingSource


def decode(body: bytes, content_type: str = "", *, html: bool = True) -> Decoded:
    """Read bytes as text. Never raises: what is no character of the encoding becomes U+FFFD.

    `content_type` is the whole Content-Type header; `html` lets the document name its own encoding.
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            return _read(body[len(mark) :], name, "bom")
    if html and (unmarked := _unmarked_utf16(body)):
        return _read(body, unmarked, "fallback")
    declared, source = _declared(body, content_type, html)
    try:
        # Valid UTF-8 with characters beyond ASCII is never anything else by chance; a server's blanket
        # "iso-8859-1" over UTF-8 pages is common, and would put "Â£" for every pound.
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        if declared:
            return _read(body, declared, source)
        if _is_damaged_utf8(body):
            return _read(body, "utf-8", "utf-8")
        language = _HTML_LANG.search(body[:_PRESCANNED]) if html else None
        fallback = _BY_LANGUAGE.get(language[1].decode("ascii").lower()) if language else None
        return _read(body, fallback or "windows-1252", "language" if fallback else "fallback")
    wide = declared is not None and declared.startswith("utf-16") and "\0" in text
    if declared and (wide or not (declared.startswith("utf-") or _is_single_byte(declared))):
        return _read(body, declared, source)
    return Decoded(text, "utf-8", source if declared == "utf-8" else "utf-8")


def _unmarked_utf16(body: bytes) -> str | None:
    """UTF-16 that does not say so, known by its first mark-up (the standard does the like for `<?xml`)."""
    if body.startswith(b"<\0") and body[1:8:2] == b"\0\0\0\0":
        return "utf-16le"
    return "utf-16be" if body.startswith(b"\0<") and body[0:8:2] == b"\0\0\0\0" else None


def is_binary(body: bytes, content_type: str = "") -> bool:
    """Whether bytes are no text in any encoding, whatever they are served as: an image, an archive, a body packed once
    more than its head says.

    Text holds next to none of the bytes that the MIME Sniffing standard calls binary (its section 3), but UTF-16 does,
    and NUL, which some systems leave in pages, proves nothing.
    """
    wide = body.startswith(_WIDE_BOMS) or "utf-16" in content_type.lower() or _unmarked_utf16(body) is not None
    start = body[:_SNIFFED]
    binary = len(start) - len(start.translate(None, _BINARY))
    return not wide and binary > max(10, len(start) * _BINARY_SHARE)


def _declared(body: bytes, content_type: str, html: bool) -> tuple[str | None, EncodingSource]:
    match = _HTTP_CHARSET.search(content_type)
    name = _known(match[1]) if match else None
    if name or not html:
        return name, "http"
    start = body[:_PRESCANNED]
    named = _XML.search(start) or _META.search(_COMMENT.sub(b"", start))
    name = _known(named[1].decode("ascii")) if named else None
    # A document that can be read far enough to say UTF-16 is not in UTF-16 (the standard's own rule).
    return ("utf-8" if name and name.startswith("utf-16") else name), "meta"


def _known(label: str) -> str | None:
    """The standard's name of an encoding; None for what is none of its labels: utf-7, hex, idna, rot13, ..."""
    encoding = webencodings.lookup(label.strip()) if label.isascii() else None
    if encoding is None or encoding.name in ("replacement", "x-user-defined"):
        return None
    return str(encoding.name)


def _is_damaged_utf8(body: bytes) -> bool:
    """Whether most of what is not ASCII is good UTF-8, or its beginning is, lone surrogates of careless programs apart:
    of another encoding, little is by chance."""
    text = _SURROGATE.sub(b"", body).decode("utf-8", "replace")
    wrong = text.count("\ufffd")
    start = text.partition("\ufffd")[0]
    if len(start.encode()) - len(start) >= _GOOD_START:
        return True
    return len(text) - len(text.encode("ascii", "ignore")) >= 4 * wrong


def _is_single_byte(name: str) -> bool:
    return name.startswith(("windows-", "iso-8859-", "koi8-", "ibm", "mac", "x-mac"))


def _read(body: bytes, name: str, source: EncodingSource) -> Decoded:
    # The standard reads GBK as what it grew into; pages that say gb2312 hold much that only that has.
    codec = webencodings.lookup("gb18030" if name == "gbk" else name).codec_info
    return Decoded(codec.decode(body, "replace")[0], name, source)
