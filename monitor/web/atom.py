"""Changes as an Atom feed (RFC 4287): one entry for each edit, which never changes once it was told."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from urllib.parse import urlsplit

from feedgen.feed import FeedGenerator

from monitor.changes import Change
from monitor.telling import sentence, teller
from monitor.web import sentences
from monitor.web.rendering import fragment, printable
from storage.changes import Listed

_BEGAN = 2026
"""The year in which we may have had the name that ids are made of (RFC 4151, 2.1)."""
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 (2.2) has no way to write, not even escaped."""
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
CHANGES = 100
"""Changes in one page of a feed; of the last edit all or none, unless there is no other."""
_TITLE = 300
_SHOWN = 25
"""Changes of an edit that its entry tells; the others are counted."""


@dataclass(frozen=True, slots=True)
class About:
    """What a feed is about: its title, and its path among the pages, which its id is made of."""

    title: str
    path: str
    page: str
    """The page that shows the same to people."""
    since: datetime = _NEVER
    """When it began, which is when it was last updated as long as it is empty."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What one new Version brought, or one change of availability."""

    rows: Sequence[Listed]

    @property
    def at(self) -> datetime:
        """When it was seen."""
        return self.rows[0].change.changed_at

    @property
    def path(self) -> str:
        """Where people read it."""
        row = self.rows[0]
        there = f"/articles/{row.article.id}"
        return f"{there}/compare/{row.before.number}/{row.after.number}" if row.before and row.after else there

    @property
    def name(self) -> str:
        """What its id is made of."""
        row = self.rows[0]
        return f"articles/{row.article.id}/versions/{row.after.number}" if row.after else f"changes/{row.change.id}"


def edits(rows: Sequence[Listed]) -> Iterator[Edit]:
    """The Changes of each edit together, in the order given."""
    for _, group in groupby(rows, key=_edit_of):
        yield Edit(list(group))


def _edit_of(row: Listed) -> tuple[object, ...]:
    return (row.article.id, row.after.id) if row.after else (row.article.id, None, row.change.id)


def updated(about: About, told: Sequence[Edit]) -> datetime:
    """When the feed last had something new, to the second."""
    return max((edit.at for edit in told), default=about.since).replace(microsecond=0)


def feed(about: About, told: Sequence[Edit], *, public_url: str, following: str | None = None) -> bytes:
    """The feed. public_url: where readers reach the pages; following: the path of its next page (RFC 5005, 3)."""
    host = urlsplit(public_url).hostname or "localhost"
    made = FeedGenerator()
    made.id(f"tag:{host},{_BEGAN}:{about.path}")
    made.title(_xml(about.title))
    made.updated(updated(about, told))
    made.generator("Corrigenda")
    made.author(name="Corrigenda")
    made.link(href=f"{public_url}{about.path}", rel="self", type="application/atom+xml")
    made.link(href=f"{public_url}{about.page}", rel="alternate", type="text/html")
    if following:
        made.link(href=f"{public_url}{following}", rel="next", type="application/atom+xml")
    for edit in told:
        _entry(made, edit, host, public_url)
    return bytes(made.atom_str(encoding="UTF-8"))


def _entry(made: FeedGenerator, edit: Edit, host: str, public_url: str) -> None:
    first = edit.rows[0]
    rows = edit.rows[:_SHOWN]
    shown = sentences.evidence([Change.from_json(row.change.body) for row in rows])
    more = len(edit.rows) - 1
    # A title is a link's words in a reader: the first sentence, and that there is more.
    said = [sentence(row) for row in rows]
    title = said[0].text
    title = title if len(title) <= _TITLE else title[: _TITLE - 1] + "…"
    entry = made.add_entry(order="append")
    entry.id(f"tag:{host},{_BEGAN}:{edit.name}")
    least = "at least " if len(edit.rows) >= CHANGES else ""
    entry.title(_xml(f"{title} (and {least}{more} more)" if more else title))
    entry.updated(edit.at.replace(microsecond=0))
    entry.published(edit.at.replace(microsecond=0))
    entry.author(name=_xml(teller(first.article)))
    entry.link(href=f"{public_url}{edit.path}", rel="alternate", type="text/html")
    for word in sorted({row.change.kind or row.change.type for row in edit.rows}):
        entry.category(term=word)
    html = fragment(
        "entry.html",
        article=first.article,
        told=[(row.change, says, each) for row, says, each in zip(rows, said, shown, strict=True)],
        left_out=len(edit.rows) - len(rows),
        before=first.before,
        after=first.after,
        link=f"{public_url}{edit.path}",
        public_url=public_url,
    )
    entry.content(_xml(html), type="html")


def _xml(text: str) -> str:
    """The text as XML can write it: what it cannot, and marks that turn the direction of what follows, as `�`."""
    return _ILLEGAL.sub("�", str(printable(text))).strip() or "-"
