"""A page as a browser and its reader get it."""

from __future__ import annotations

import re
from html.parser import HTMLParser

VOID = {"meta", "link", "input", "br", "img"}


class Page(HTMLParser):
    """HTML with what is wrong about it: `faults` is empty for a page that may be shown."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.faults: list[str] = []
        self.ids: list[str] = []
        self.links: list[dict[str, str | None]] = []
        self.labelled: set[str] = set()
        self.fields: list[str] = []
        self.words: list[str] = []
        self.feed(html)
        self.close()
        self.faults += [f"<{tag}> is never closed" for tag in self.open]
        self.faults += [f"id {name!r} is there twice" for name in {n for n in self.ids if self.ids.count(n) > 1}]
        self.faults += [f"field {name!r} has no label" for name in self.fields if name not in self.labelled]

    @property
    def text(self) -> str:
        """What a reader reads, spaces folded."""
        return " ".join("".join(self.words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in ("style", "iframe", "object", "embed", "base"):
            self.faults.append(f"<{tag}> is not ours")
        if tag == "svg" and (given.get("class") or "").split()[:1] != ["picture"]:
            self.faults.append("<svg> is none of our pictures")
        if tag == "script" and not (given.get("src") or "").startswith("/static/"):
            self.faults.append("<script> is not a file of ours")
        self.faults += [f"<{tag}> has {name}" for name in given if name.startswith(("on", "hx-on")) or name == "style"]
        for name in ("href", "src", "action"):
            if (address := given.get(name)) and not re.match(r"/(?!/)|https?://|#", address):
                self.faults.append(f"<{tag}> leads to {address!r}")
        if tag == "a":
            self.links.append(given)
        if tag in ("input", "select") and given.get("type") != "hidden" and "hidden" not in given:
            self.fields.append(given.get("id") or "")
        if tag == "label":
            self.labelled.add(given.get("for") or "")
        if given.get("id"):
            self.ids.append(given["id"] or "")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes something else")

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "script":
            self.faults.append(f"a script is written into the page: {data[:40]!r}")
        self.words.append(data)
