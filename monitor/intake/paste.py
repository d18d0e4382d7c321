"""Addresses in a pasted text: among bullets, quotation marks, markdown, HTML and prose, with or without `https://`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

# Brackets stay inside of an address where they are balanced: /wiki/Mali_(country).
_ADDRESS = re.compile(r"""https?://[^\s<>"'`“”„‘’«»‹›|\\^{}\x00]+""", re.IGNORECASE)
_NEXT_ADDRESS = re.compile(r"[,;|]+(?=https?://)", re.IGNORECASE)
_BARE = re.compile(
    r"""(?<![\w@/.:-])(?:www\.[\w-]+(?:\.[\w-]+)+|[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,24}(?=/))(?:[/?#][^\s<>"'`“”„‘’«»‹›|\\^{}]*)?"""
)
_HOST_ALONE = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,24}/?")
_OTHER_SCHEME = re.compile(r"""(?<![\w.-])([a-z][a-z0-9+.-]{1,20}):(?=[^\s\d])""", re.IGNORECASE)
_LOCAL = re.compile(r"(?:file:|/|~/|\.{1,2}/|[A-Za-z]:\\|\\\\)\S")
_FILE_NAME = re.compile(r"\S+\.(?:txt|html?|md|pdf|docx?|csv|opml|xml)", re.IGNORECASE)
_UNSEEN = dict.fromkeys(code for code in range(0x2000, 0xFFFF) if unicodedata.category(chr(code)) == "Cf")
_BULLET = re.compile(r"^\s*(?:[-*+•◦▪‣·–—>]+|\(?\d{1,4}[.):]|\[[ xX]?\])\s+")
_CLOSING = {")": "(", "]": "[", "}": "{"}

_LOCAL_FAULT = "a local file is not added here: `corrigenda add FILE` does that, on the machine of the service"


def addresses(line: str) -> Iterator[tuple[str, str]]:
    """What is given in a line: an address and no fault, or what stands there and why it is none. Nothing for prose."""
    line = line.translate(_UNSEEN)
    found = list(_written_out(line))
    if not found:
        bare = _BULLET.sub("", line).strip(" \t\"'`“”„‘’«»<>[](),;*_")
        if _LOCAL.match(bare) or _FILE_NAME.fullmatch(bare):
            yield bare, _LOCAL_FAULT
            return
        found = [f"https://{_trimmed(match[0])}" for match in _BARE.finditer(line)]
        if not found and _HOST_ALONE.fullmatch(bare):
            found = [f"https://{bare}"]
        if not found and (scheme := _OTHER_SCHEME.match(bare)) and (bare[scheme.end() :].strip()):
            one_thing = " " not in bare
            if one_thing:
                yield bare, f"{scheme[1].lower()}: is no web address: give one that begins with https://"
    for each in found:
        yield each, ""


def _written_out(line: str) -> Iterator[str]:
    for match in _ADDRESS.finditer(line):
        for part in _NEXT_ADDRESS.split(match[0]):
            if address := _trimmed(part):
                yield address


def _trimmed(address: str) -> str:
    """Without the marks that belong to the sentence around it: `.` and `,` at the end, a bracket that was not opened.

    Of `[text](https://a.example/x)](more` only what stands before the bracket that closes the link.
    """
    depth: dict[str, int] = {}
    for at, letter in enumerate(address):
        if letter in "([{":
            depth[letter] = depth.get(letter, 0) + 1
        elif letter in _CLOSING:
            opened = depth.get(_CLOSING[letter], 0)
            if not opened:
                address = address[:at]
                break
            depth[_CLOSING[letter]] = opened - 1
    trimmed = address.rstrip(".,;:!?…*_~'")
    return "" if trimmed.lower().rstrip(":/") in ("http", "https") else trimmed
