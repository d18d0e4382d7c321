"""A newsroom in which every text that a page can show is hostile, and the address of every page there is.

What publishers write goes the way that it always goes: found, compared, kept, told. What people, receivers and servers
write is put straight into the columns of the database, also where forms and API would refuse it, because pages trust
nobody. A route or a column that is made later is in it by itself; a route with a new kind of number in its address
fails until somebody says here which number to take.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, NamedTuple
from urllib.parse import quote

from fastapi import FastAPI
from sqlalchemy import JSON, CheckConstraint, String, Table, select, update
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

from alerts import rulebook
from alerts.links import Mute
from demo.past import Past, refused
from monitor import following
from monitor.config import Settings
from monitor.extraction.document import Dated, Document
from monitor.intake import Intake, Line, Options
from monitor.outgoing import links_of
from monitor.previewing import Previews
from monitor.sources.result import Capture
from monitor.tasks import Looked
from monitor.tracking import Wish, put_in_story, tag
from monitor.web.access import Kind, Role
from monitor.web.accounts import add_link
from monitor.web.app import ROUTES
from monitor.web.credentials import digest, new_token
from storage import feeds, furniture, logins, page_records, sites, tokens, troubles
from storage.database import Database
from tests.web.newsroom import Newsroom
from tests.web.people import application, somebody

LONG = "Donaudampfschifffahrtsgesellschaft" * 12

PAYLOADS = (
    "<script>intrude(1)</script><img class=intruder src=x onerror=intrude(2)></title></bdi></textarea></select>"
    "</script><svg class=intruder onload=intrude(3)><use href=//evil.example/x></svg>"
    "<math class=intruder href=javascript:intrude(4)><mtext></math>"
    "<iframe class=intruder srcdoc='<script>parent.intrude(5)</script>'></iframe>"
    "<details class=intruder open ontoggle=intrude(6)><link class=intruder rel=stylesheet href=//evil.example/x.css>",
    "\" class=\"intruder\" autofocus onfocus=\"intrude(7)\" onmouseover=\"intrude(8)\" style=\"color:red\" x=\" ' "
    "class='intruder' onfocus='intrude(9)' ` onfocus=intrude(10) {{ 771 * 13 }} {% include 'base.html' %} ${771 * 13} "
    "--> ]]></style><style class=intruder>*{display:none}</style> &lt;b class=intruder&gt; hx-get=\"/logout\"",
    f"javascript:intrude(11)//%0aintrude(12) {LONG} https://evil.example/{LONG}",
    "data:text/html,<script>parent.intrude(13)</script> \u202egpj.exe\u2066 \u200b\u200d\u2060\ufeff "
    f"مرحبا بالعالم {'渡轮在哈兰港外倾覆' * 12} Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f A\u030a\x1b[31m",
)  # fmt: skip
"""Markup; what breaks out of attributes, templates, comments and styles; an address that is a program; one that is a
page, and writing that runs the other way, hides, or has no place to break."""

FIRST = "At least 17 people were killed when a ferry capsized off Port Harran on Tuesday, said {0}."
SECOND = "31 people were killed when a ferry capsized off Port Harran on Tuesday, said {0}."
CARRIED = "“{0}” The boat carried 120 passengers and cost $1.5 million, {0} told reporters."

READ_BY_MACHINES = re.compile(
    "key|.*_key|key_.*|known_by|.*hash|.*secret|value|turn|gathers|block|language|baseline|bucket|etag|last_modified|state"
    "|availability|type|kind|severity|outcome|what|scope|role"
)
"""Columns of words and numbers of our own, that code compares; no page shows them as they are."""

WRITTEN = re.compile(
    "subject|noun|attribution|summary|before_text|after_text|headline|byline|publisher|title|name|reason|detail|note|rule"
    "|channel|story|url"
)
"""What is text in JSON columns. Sentences and quotes are hostile already, and offsets lead into them."""

ASKED = {
    "/articles/{article_id}/news": "?version=1",
    "/articles/{article_id}/compare": "?a=1&b=2",
    "/changes/news": "?after=1",
}
"""What a page is asked for beside its address, where it must be."""


class Address(NamedTuple):
    """A page to open, and whether by somebody who is not logged in."""

    path: str
    route: str
    stranger: bool


@dataclass(frozen=True)
class Everything:
    """The application, its database, and the cookie of an admin who is logged in."""

    app: FastAPI
    database: Database
    cookie: str
    draft: str

    def addresses(self, *which: int) -> Iterator[Address]:
        """Every page there is. which: the payloads whose articles, rules, stories ... are opened; by default all."""
        chosen = which or range(len(PAYLOADS))
        for route in ROUTES:
            if route.method != "GET":
                continue
            stranger = route.role is Role.ANYONE or route.kind is Kind.LINK
            paths = dict.fromkeys(self._filled(route.path, number) for number in chosen)
            yield from (Address(path + ASKED.get(route.path, ""), route.path, stranger) for path in paths)

    def _filled(self, path: str, number: int) -> str:
        return re.sub(r"{(\w+)}", lambda found: quote(str(self._value(path, found[1], number)), safe=""), path)

    def _value(self, path: str, name: str, number: int) -> object:
        """What stands for a name in the address of a route: the number'th of its kind."""
        article = number + 1
        if name == "token":
            return self._token(path, article)
        if name == "number":
            return number if path.startswith("/add/") else 2
        if name == "line_id" and path.startswith("/stories/"):
            return self._id("story_line", story_id=article)
        if name == "line_id":
            return self._id("fact", "line_id", article_id=article)
        if name == "channel_id" and path.endswith("/wording"):
            number -= number % 2  # a webhook has no wording
        known = {"article_id": article, "before": 1, "after": 2}
        of_article = {"change_id": "change", "capture_id": "capture"}
        if name in of_article:
            return self._id(of_article[name], article_id=article)
        if name in known:
            return known[name]
        table = SQLModel.metadata.tables.get(name.removesuffix("_id"))
        assert table is not None, f"{path}: say in tests/web/everything.py what {{{name}}} is"
        return self._nth(table, number)

    def _token(self, path: str, number: int) -> str:
        links = links_of(self.database, Settings())
        if path.startswith("/add/"):
            return self.draft
        if path.startswith("/mute/"):
            return links.mute(Mute(number, "article", number)).rsplit("/", 1)[1]
        if path.startswith("/unsubscribe/"):
            return links.unsubscribe(number).rsplit("/", 1)[1]
        assert path.startswith("/setup/"), f"{path}: say in tests/web/everything.py where its token is from"
        with self.database.write() as session:
            return add_link(session, number, now=datetime.now(UTC)).rsplit("/", 1)[1]

    def _id(self, table: str, column: str = "id", **where: object) -> Any:
        """The first that there is, a toll before others: that can be drawn."""
        rows = SQLModel.metadata.tables[table]
        asked = select(rows.c[column]).where(*(rows.c[name] == value for name, value in where.items()))
        tolls = [rows.c.kind != "casualties"] if "kind" in rows.c else []
        with self.database.read() as session:
            return session.execute(asked.order_by(*tolls, rows.c[column]).limit(1)).scalar_one()

    def _nth(self, table: Table, number: int) -> Any:
        with self.database.read() as session:
            return session.execute(select(table.c.id).order_by(table.c.id).offset(number).limit(1)).scalar_one()


def make(database: Database) -> Everything:
    """Fill a database with all nouns there are, one of each for each payload, and make all their texts hostile."""
    settings, newsroom = Settings(), Newsroom(database)
    past, now = Past(database, settings), newsroom.now
    cookie = _people(database, now)
    with database.write() as session:
        for number, _ in enumerate(PAYLOADS, 1):
            address = f"desk{number}@example.org" if number % 2 else f"https://desk.example/{number}"
            rulebook.add_channel(session, f"desk {number}", address)
            told = {"when": "daily", "at": "08:00", "even_when_nothing": True} if number == 2 else {}
            rulebook.add_rule(session, f"rule {number}", f"desk {number}", {"subjects": [f"word {number}"]}, told)
            rulebook.add_rule(session, f"all {number}", f"desk {number}")
    for number, payload in enumerate(PAYLOADS, 1):
        article = past.track(
            Wish(f"https://site{number}.example/{number}", story=f"Story {number}"), newsroom.ago(days=2)
        )
        for hours, text in ((30, FIRST), (5, SECOND)):
            past.see(article, newsroom.ago(hours=hours), _document(payload, text))
        past.refuse(article, newsroom.ago(hours=1), HTTPStatus.GONE)
        newsroom.feed(f"https://site{number}.example/feed", title=f"feed {number}", state="broken")
        tag(database, [article], ["lead"])
    put_in_story(database, range(1, len(PAYLOADS) + 1), "Story 1", now)
    _around(database, newsroom)
    following.catch_up(database)
    make_hostile(database)
    past.tell(now, refused(PAYLOADS[0]))
    make_hostile(database)
    app = application(database)
    house = app.state.house
    lines = [Line(number, payload, url=f"https://new.example/{number}", known_by=f"new {number}", title=payload)
             for number, payload in enumerate(PAYLOADS)]  # fmt: skip
    lines.append(Line(len(lines), PAYLOADS[0], fault=PAYLOADS[1]))
    draft = house.drafts.keep(Intake("paste", lines), Options(publisher=PAYLOADS[0], story=PAYLOADS[1], tags=("lead",)))
    object.__setattr__(house, "preview", _looked_at([line.url for line in lines if line.url]))
    return Everything(app, database, cookie, draft.token)


def make_hostile(database: Database) -> None:
    """Every text of every row that is not read by machines becomes the payload of its row's number."""
    with database.write() as session:
        for table in SQLModel.metadata.sorted_tables:
            texts, own = list(_texts(table)), list(table.primary_key.columns)
            for number, row in enumerate(session.execute(select(table).order_by(*own)).mappings().all()):
                payload = PAYLOADS[number % len(PAYLOADS)]
                new: dict[str, Any] = dict.fromkeys(texts, f"{payload} {number}")
                new |= {
                    column.name: _hostile(row[column.name], payload)
                    for column in table.columns
                    if isinstance(column.type, JSON) and row[column.name]
                }
                if new:
                    here = [column == row[column.name] for column in own]
                    session.execute(update(table).where(*here).values(**new))


def _texts(table: Table) -> Iterator[str]:
    closed = {
        str(check.sqltext).split(" ")[0] for check in table.constraints if isinstance(check, CheckConstraint)
    }  # sets of words
    for column in table.columns:
        free = isinstance(column.type, (AutoString, String)) and not column.primary_key and not column.foreign_keys
        if free and column.name not in closed and not READ_BY_MACHINES.fullmatch(column.name):
            yield column.name


def _hostile(value: Any, payload: str) -> Any:
    if isinstance(value, dict):
        return {
            name: payload if WRITTEN.fullmatch(name) and isinstance(each, str) else _hostile(each, payload)
            for name, each in value.items()
        }
    return [_hostile(each, payload) for each in value] if isinstance(value, list) else value


def _people(database: Database, now: datetime) -> str:
    """Accounts, their sessions and tokens. Returns the cookie of the first."""
    cookie = new_token()
    for number, _ in enumerate(PAYLOADS):
        account = somebody(database, f"Ada {number}")
        with database.write() as session:
            given = digest(cookie if number == 0 else new_token())
            logins.begin(session, account, given, now=now, expires_at=now + timedelta(hours=1), address="", browser="")
            tokens.add(session, account, "a program", digest(new_token()), "read", now=now)
    return cookie


def _around(database: Database, newsroom: Newsroom) -> None:
    """What is known beside articles: sites that are held back, furniture, notices, loops, troubles, mutes."""
    with database.write() as session:
        for number, _ in enumerate(PAYLOADS, 1):
            sites.hold(session, number, newsroom.now + timedelta(hours=1), "it answered 429")
            row = furniture.watch(session, number, "line", "Most read", article_id=number, at=newsroom.now, length=1,
                                  example="Most read")  # fmt: skip
            furniture.decide(session, row.id or 0, "ignored")
            page_records.notice(session, number, "template", "its pages look different", newsroom.now)
            rulebook.add_mute(session, f"desk {number}", article_id=number, by="Jo", now=newsroom.now)
            troubles.begin(session, f"site {number}", "site", "it fails", newsroom.now)
    newsroom.beat()
    with database.write() as session:
        for feed in feeds.listing(session):
            feeds.save(session, feed.id or 0, all_words=["ferry"], none_words=["sport"], sections=["world"])


def _document(payload: str, text: str) -> Document:
    lines = tuple(" ".join(each.format(payload).split()) for each in (text, CARRIED, "{0}", "Correction: {0}"))
    return Document(
        "article", "as it came", headline=f"{text[:8]} {payload}", byline=payload, publisher=payload,
        published=Dated("2026-11-17", payload), modified=Dated("2026-11-18", payload), language="en",
        paragraphs=(*lines, text), extractor=payload,
    )  # fmt: skip


def _looked_at(urls: list[str]) -> Previews:
    """Previews that are done."""

    def look(url: str) -> Looked:
        payload = PAYLOADS[urls.index(url)]
        capture = Capture(url=url, outcome="page", reason=payload, captured_at=datetime.now(UTC), final_url=payload)
        return Looked(capture, _document(payload, FIRST))

    previews = Previews(look)
    while not all(previews(url).done for url in urls):
        pass
    return previews
