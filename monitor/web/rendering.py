"""Templates: where they are, what they may call, and that everything they print is escaped."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode, urlsplit

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from monitor.changes.wording import value_words
from monitor.config import Settings
from monitor.previewing import Previews
from monitor.web import notices, wording
from monitor.web.access import CSRF_FIELD, asked
from monitor.web.credentials import Passwords
from monitor.web.drafts import Drafts
from storage.database import Database
from storage.tables import Article

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"

# Control characters, lone surrogates, and the marks that make the text after them run the other way: shown for what
# they are, so that neither a headline nor an address can say something else than it does.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f‪-‮⁦-⁩\ud800-\udfff]")


def printable(value: Any) -> Any:
    """What a template prints, with invisible direction marks and control characters as `�`; made markup as it is."""
    return _UNPRINTABLE.sub("�", value) if isinstance(value, str) and not isinstance(value, Markup) else value


def web_address(url: str) -> str | None:
    """The address when a reader may follow it: http or https, nothing else."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None


def query(**values: object) -> str:
    """A query string of those values that are set, with its question mark."""
    given = {name: value for name, value in values.items() if value not in (None, "")}
    return f"?{urlencode(given)}" if given else ""


def place(article: Article) -> str:
    """Where an Article stands: its publisher, else its host, else that it is a local file."""
    if article.publisher:
        return article.publisher
    return urlsplit(article.url).netloc.removeprefix("www.") or "local file"


_environment = Environment(
    loader=FileSystemLoader(FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    finalize=printable,
)


def csrf_field() -> Markup:
    """The hidden field that every form that posts must hold."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(CSRF_FIELD, asked.get().visitor.csrf)


_environment.globals.update(query=query, place=place, web_address=web_address, csrf_field=csrf_field)
_environment.filters.update(
    moment=wording.moment, ago=wording.ago, iso=wording.iso, lasted=wording.lasted, count=wording.count,
    size=wording.size, state=wording.state, date=wording.date_written, value=value_words, reading=wording.value_read,
)  # fmt: skip


def page(template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """Render a template, with `now` for relative times, `visitor` who asks, and the `notice` of what was done."""
    given = asked.get()
    frame = {
        "now": datetime.now(UTC),
        "visitor": given.visitor,
        "path": given.path,
        "notice": notices.DONE.get(given.done) or notices.counted(given.done),
    }
    html = _environment.get_template(template).render(**frame | values)
    return HTMLResponse(html, status_code=status)


def fragment(template: str, **values: Any) -> str:
    """Render a template that is no page: what goes into a feed, or on paper."""
    return _environment.get_template(template).render(**values)


@dataclass(frozen=True, slots=True)
class House:
    """What every page works with."""

    database: Database
    settings: Settings
    passwords: Passwords = field(default_factory=Passwords)
    preview: Previews | None = None
    """What an address would bring, as far as it is known by now; null where nothing is fetched in this process."""
    drafts: Drafts = field(default_factory=Drafts)
    """What was pasted and is not saved yet."""


async def _house(request: Request) -> House:
    house = request.app.state.house
    assert isinstance(house, House)
    return house


Here = Annotated[House, Depends(_house)]
