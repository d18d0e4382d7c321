"""A large database of invented news for the benchmark of the pages: seeded, so that every run measures the same.

The facts and changes are the engine's own, found once in some hundred texts and then given to all articles. Rows are
written in the order of time, as a service writes them: those of one article lie far apart, as they would.
"""

from __future__ import annotations

import itertools
import json
import random
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import zstandard
from sqlmodel import col, select

from monitor.changes import Reading, compare
from monitor.facts import find
from monitor.wellbeing import LOOPS
from storage import search, tables, versions
from storage.blobs import LEVEL, hash_of
from storage.database import Database
from storage.tables import Article, Version

SEED = 20261122
EDITIONS = 12
"""Texts of one event; after the last comes the first again."""
LONG = (1000, 40, 3, 1)
"""Versions of the first articles: what the pages of an article are measured on."""
SPAN = timedelta(days=700)
SITES = 400
STORIES = 300
NOW = datetime.now(UTC).replace(microsecond=0)

_PLACES = ["Harran", "Ansk", "Velmora", "Tirsk", "Port-Lisse", "Bragen", "Kelim", "Sarn", "Dunmore", "Ilva", "Mirador"]
_THINGS = ["ferry", "mine", "factory", "bridge", "market", "mission", "dam", "tunnel", "convoy", "hospital", "stadium"]
_TITLES = ["Toll rises", "Inquiry opened", "Rescue goes on", "Minister resigns", "Families wait", "Talks resume"]
_TEXT = """{title} after {thing} disaster in {place}

{place} — At least {killed} people were killed when the {thing} collapsed on {day}, the civil protection service said.

More than {wounded} people were injured and {missing} workers are missing, according to the regional governor.
The {thing} employed {staff:,} people until December 31, 2025, when its owner announced that it would close.

The government promised ${money} million to the families, and said that {percent}% of all houses near the {thing} were
damaged. An inquiry is to report by {deadline}.

The {thing} was built in 1974. Residents had warned for years that nobody looked after it, and the council had asked for
repairs that never came. Neighbours brought blankets and tea to those who were waiting behind the barriers all night.
{extra}"""


@dataclass(slots=True)
class _Edition:
    """One text with its facts, and what came of comparing it with the one before."""

    headline: str
    hash: str
    facts: Sequence[str]
    steps: Sequence[tuple[int | None, int | None, bool]] = ()
    """Indexes of paired facts in the edition before and in this one, and whether the statement stayed as it was."""
    changes: Sequence[tuple[str, dict[str, Any], int | None]] = ()
    """Bodies as JSON and as they are, and the index of the fact (in this edition) that they are of."""


@dataclass(slots=True)
class _Course:
    """How far an article is."""

    number: int = 0
    version_id: int | None = None
    lines: dict[int, tuple[int, int]] = field(default_factory=dict)
    """By index of the fact in the current edition: its row and its line."""


def build(file: Path, articles: int, versions: int) -> None:
    """Make the database in `file`: so many articles with so many versions in all. A million takes some minutes."""
    Database(f"sqlite:///{file}").close()
    connection = sqlite3.connect(file, isolation_level=None)
    for pragma in ("journal_mode=MEMORY", "synchronous=OFF", "foreign_keys=OFF", "cache_size=-400000"):
        connection.execute(f"PRAGMA {pragma}")
    indexes = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type='index' AND sql IS NOT NULL"
    ).fetchall()
    connection.execute("BEGIN")
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {name}")
    _fill(connection, articles, versions)
    for _, sql in indexes:
        connection.execute(sql)
    connection.execute("COMMIT")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.close()
    _make_searchable(file)


def _fill(connection: sqlite3.Connection, articles: int, versions: int) -> None:
    chance = random.Random(SEED)
    events = [_event(number, connection) for number in range(24)]
    lengths = _lengths(chance, articles, versions)
    moments = sorted(_moments(chance, lengths))
    latest = _Writer(connection)
    courses = [_Course() for _ in range(articles)]
    last: list[tuple[datetime, _Edition] | None] = [None] * articles
    for at, article, length in moments:
        course, event = courses[article], events[article % len(events)]
        before = event[(course.number - 1) % EDITIONS]
        edition = event[course.number % EDITIONS]
        latest.version(
            article, at, before if course.number else None, edition, course, last=length == course.number + 1
        )
        last[article] = (at, edition)
    latest.flush()
    _write_articles(connection, chance, lengths, last)
    _write_rest(connection, chance, articles)


def _lengths(chance: random.Random, articles: int, versions: int) -> list[int]:
    """How many versions each article has: most have a few, some have hundreds."""
    weights = [chance.paretovariate(1.3) for _ in range(articles)]
    scale = max(0, versions - articles - sum(LONG)) / sum(weights)
    lengths = [1 + min(1000, int(weight * scale)) for weight in weights]
    lengths[: len(LONG)] = LONG
    for article in itertools.cycle(range(len(LONG), articles)):
        if sum(lengths) >= versions or articles <= len(LONG):
            break
        missing = versions - sum(lengths)
        for place in range(article, min(articles, article + missing)):
            lengths[place] += 1
    return lengths


def _moments(chance: random.Random, lengths: Sequence[int]) -> Iterator[tuple[datetime, int, int]]:
    """When each article was seen to change: ever more rarely after it was published."""
    for article, length in enumerate(lengths):
        at = NOW - timedelta(seconds=chance.uniform(60, SPAN.total_seconds()))
        yield at, article, length
        room = (NOW - at).total_seconds() - 30
        after = sorted(room * chance.random() ** 3 for _ in range(length - 1))
        yield from ((at + timedelta(seconds=20 + seconds), article, length) for seconds in after)


def _event(number: int, connection: sqlite3.Connection) -> list[_Edition]:
    """The editions of one event, as the engine reads them."""
    chance = random.Random(SEED + number)
    values: dict[str, Any] = {
        "title": chance.choice(_TITLES), "thing": chance.choice(_THINGS), "place": _PLACES[number % len(_PLACES)],
        "killed": chance.randint(3, 90), "wounded": chance.randint(100, 400), "missing": chance.randint(4, 60),
        "staff": chance.randint(800, 9000), "money": chance.randint(2, 40), "percent": chance.randint(5, 70),
        "day": "Tuesday", "deadline": "March 24, 2026", "extra": "",
    }  # fmt: skip
    texts = []
    for edition in range(EDITIONS):
        texts.append(_TEXT.format(**values))
        what = ("killed", "wording", "wounded", "correction", "missing", "wording", "title", "percent", "money",
                "wording", "deadline", "killed")[edition % 12]  # fmt: skip
        if what == "correction":
            values["wounded"] -= 50
            values["extra"] = "\nCorrection: An earlier version of this article misstated the number of injured.\n"
        elif what == "title":
            values["title"], values["extra"] = chance.choice(_TITLES), ""
        elif what == "wording":
            values["extra"] = f"\nA {chance.choice(_THINGS)} nearby stayed open, and a choir sang in the evening.\n"
        elif what == "deadline":
            values["deadline"] = f"March {chance.randint(1, 28)}, 2026"
        else:
            values[what] += chance.choice((-3, 1, 2, 5, 9))
    readings = [Reading(text, published=date(2025, 11, 18), headline=text.split("\n")[0]) for text in texts]
    found = [find(text, published=date(2025, 11, 18)) for text in texts]
    editions = []
    for index, text in enumerate(texts):
        data = text.encode()
        connection.execute(
            "INSERT OR IGNORE INTO blob (hash, size, data) VALUES (?, ?, ?)",
            (hash_of(data), len(data), zstandard.compress(data, LEVEL)),
        )
        edition = _Edition(text.split("\n")[0], hash_of(data), [json.dumps(fact.to_json()) for fact in found[index]])
        compared = compare(
            readings[index - 1], readings[index], before_facts=found[index - 1], after_facts=found[index]
        )
        old = {id(fact): place for place, fact in enumerate(found[index - 1])}
        new = {id(fact): place for place, fact in enumerate(found[index])}
        edition.steps = [
            (
                old.get(id(pair.before)) if pair.before else None,
                new.get(id(pair.after)) if pair.after else None,
                bool(pair.before and pair.after and pair.before.sentence == pair.after.sentence),
            )
            for pair in compared.pairs
        ]
        edition.changes = [
            (json.dumps(change.to_json()), change.to_json(), new.get(id(change.after)) if change.after else None)
            for change in compared.changes
        ]
        editions.append(edition)
    return editions


class _Writer:
    """Rows in batches; ids are counted here, so that rows can name each other before they are written."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.versions: list[tuple[Any, ...]] = []
        self.captures: list[tuple[Any, ...]] = []
        self.facts: list[tuple[Any, ...]] = []
        self.ended: list[tuple[int, int]] = []
        self.changes: list[tuple[Any, ...]] = []
        self.ids = dict.fromkeys(("version", "capture", "fact", "change"), 0)

    def next(self, table: str) -> int:
        """The id of the next row."""
        self.ids[table] += 1
        return self.ids[table]

    def version(
        self, article: int, at: datetime, before: _Edition | None, edition: _Edition, course: _Course, *, last: bool
    ) -> None:
        """One more version of an article, with its capture, facts and changes."""
        course.number += 1
        number, version_id, capture_id, when = course.number, self.next("version"), self.next("capture"), stamp(at)
        url = _url(article)
        self.captures.append(
            (capture_id, article + 1, when, when, 1, "page", "200 OK", 200, url, "[]", "{}", edition.hash, 2400, 90, 0)
        )
        seen = stamp(NOW if last else at + timedelta(minutes=7))
        self.versions.append(
            (version_id, article + 1, number, capture_id, edition.hash, edition.headline, None, "2025-11-18", "json-ld",
             None, None, "en", "trafilatura 2", "[]", when, seen)
        )  # fmt: skip
        lines = self._facts(article, number, before, edition, course)
        if before:
            for text, body, place in edition.changes:
                line = lines[place][1] if place is not None and place in lines else None
                self.changes.append(
                    (self.next("change"), article + 1, article % SITES + 1, course.version_id, version_id, None, line,
                     when, body["type"], body["kind"], body["subject"], body["key"], body["acknowledged"],
                     body["severity"], body["summary"], text)
                )  # fmt: skip
        course.lines, course.version_id = lines, version_id
        if len(self.versions) >= 20_000:
            self.flush()

    def _facts(
        self, article: int, number: int, before: _Edition | None, edition: _Edition, course: _Course
    ) -> dict[int, tuple[int, int]]:
        lines: dict[int, tuple[int, int]] = {}
        steps = edition.steps if before else [(None, place, False) for place in range(len(edition.facts))]
        for old, new, same in steps:
            known = course.lines.get(old) if old is not None else None
            if new is not None and known and same:
                lines[new] = known
                continue
            if known:
                self.ended.append((number - 1, known[0]))
            if new is not None:
                row = self.next("fact")
                line = known[1] if known else row
                body = edition.facts[new]
                said = json.loads(body)
                self.facts.append(
                    (row, article + 1, line, number, None, said["kind"], said["key"], said["subject"], said["quote"],
                     new, body)
                )  # fmt: skip
                lines[new] = (row, line)
        return lines

    def flush(self) -> None:
        """Write what was gathered."""
        for table, rows, columns in (
            ("capture", self.captures, "id article_id captured_at last_captured_at times outcome reason status"
             " final_url redirects headers blob_hash size elapsed_ms robots_ignored"),
            ("version", self.versions, "id article_id number capture_id text_hash headline byline published"
             " published_source modified modified_source language extractor notices first_seen_at last_seen_at"),
            ("fact", self.facts, "id article_id line_id from_number to_number kind key subject quote ordinal body"),
            ("change", self.changes, "id article_id site_id from_version_id to_version_id capture_id line_id changed_at"
             " type kind subject key acknowledged severity summary body"),
        ):  # fmt: skip
            insert(self.connection, table, columns, rows)
            rows.clear()
        self.connection.executemany("UPDATE fact SET to_number = ? WHERE id = ?", self.ended)
        self.ended.clear()


def insert(connection: sqlite3.Connection, table: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
    """Rows into these columns of a table; the others have their defaults."""
    names = columns.split()
    rest = {name: value for name, value in _defaults(table).items() if name not in names}
    marks = ", ".join("?" * (len(names) + len(rest)))
    statement = f'INSERT INTO "{table}" ({", ".join([*names, *rest])}) VALUES ({marks})'
    connection.executemany(statement, ((*row, *rest.values()) for row in rows))


@cache
def _defaults(table: str) -> dict[str, Any]:
    """What the tables fill in by themselves, which SQL does not know of."""
    model = next(each for each in vars(tables).values() if getattr(each, "__tablename__", None) == table)
    found = {}
    for name, field_ in model.model_fields.items():
        default = field_.get_default(call_default_factory=True)
        if isinstance(default, bool | int | float | str):
            found[name] = default
        elif isinstance(default, list | dict):
            found[name] = json.dumps(default)
    return found


def _write_articles(
    connection: sqlite3.Connection,
    chance: random.Random,
    lengths: Sequence[int],
    last: Sequence[tuple[datetime, _Edition] | None],
) -> None:
    now = stamp(NOW)
    insert(
        connection, "site", "id host next_slot_at fence failures refusals held_reason robots_ignored last_ok_at "
        "last_checked_at",
        [(n + 1, f"www.paper{n}.example", now, 1, 9 if n % 100 == 7 else 0, 0, "", 0, now, now) for n in range(SITES)],
    )  # fmt: skip
    states = ["ok"] * 96 + ["failed", "walled", "gone", "suspect"]
    rows = []
    for article, length in enumerate(lengths):
        told = last[article]
        assert told is not None
        at, edition = told
        due = NOW + timedelta(seconds=chance.uniform(-900, 86_400))
        words = edition.headline.split()
        headline = f"{' '.join(words[:-1])} {chance.choice(_PLACES)} ({article})"
        state = states[article % 100]
        rows.append(
            (article + 1, _url(article), "url", article % SITES + 1, f"Paper {article % SITES}", headline,
             stamp(NOW - SPAN), stamp(due), "it is 3 days old", state, stamp(at), "503" if state == "failed" else "",
             "gone" if state == "gone" else "page", 0, length * 9, stamp(NOW - timedelta(minutes=article % 600)),
             stamp(at) if length > 1 else None, "2025-11-18", "json-ld", "en", length, length - 1, 1.0)
        )  # fmt: skip
    insert(
        connection, "article", "id url kind site_id publisher headline added_at next_check_at next_check_why state "
        "state_since_at state_reason availability failures checks last_checked_at last_changed_at published "
        "published_source language version_number changes_seen exposure", rows,
    )  # fmt: skip


def _write_rest(connection: sqlite3.Connection, chance: random.Random, articles: int) -> None:
    """Checks that brought no version, the loops, and what a newsroom sets up."""
    now = stamp(NOW)
    insert(connection, "loop", "name beat_at started_at detail", [(name, now, now, "") for name in LOOPS])
    rows = [
        (article + 1, stamp(NOW - timedelta(minutes=9)), now, 3, "not_modified", "304 Not Modified", 304, _url(article),
         "[]", "{}", 0, 40, 0)
        for article in range(articles)
    ]  # fmt: skip
    insert(
        connection, "capture", "article_id captured_at last_captured_at times outcome reason status final_url "
        "redirects headers size elapsed_ms robots_ignored", rows,
    )  # fmt: skip

    insert(connection, "story", "id name created_at", [(n + 1, f"Story {n + 1}", now) for n in range(STORIES)])
    rows = [(1, article + 1, now) for article in range(0, articles, 5)]
    rows += [(2 + article % (STORIES - 1), article + 1, now) for article in range(1, articles, 5)]
    insert(connection, "story_member", "story_id article_id added_at", rows)
    tags = [(article + 1, f"topic-{article % 50}") for article in range(0, articles, 2)]
    insert(connection, "article_tag", "article_id tag", tags)


def _make_searchable(file: Path) -> None:
    database = Database(f"sqlite:///{file}")
    with database.write() as session:
        session.connection().exec_driver_sql("PRAGMA cache_size=-200000")
        newest = select(Article, Version).join(
            Version, (col(Version.article_id) == Article.id) & (col(Version.number) == Article.version_number)
        )
        bodies: dict[str, str] = {}
        for article, version in session.exec(newest).all():
            if version.text_hash not in bodies:
                bodies[version.text_hash] = versions.text(session, version)
            about = f"{article.publisher} {article.url}"
            body = bodies[version.text_hash]
            search.keep(session, article.id or 0, headline=article.headline, about=about, body=body)
    database.close()


def _url(article: int) -> str:
    return f"https://www.paper{article % SITES}.example/news/2025/story-{article}"


def stamp(moment: datetime) -> str:
    """A time as SQLAlchemy writes it to SQLite."""
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f")
