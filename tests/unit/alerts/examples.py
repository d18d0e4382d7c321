"""Changes as `corrigenda compare --json` prints them, and a database that holds some, for the tests of alerts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlmodel import Session, select

from alerts import payload
from alerts.event import Event
from alerts.timing import Waits
from alerts.told import Baseline, Told, ToldArticle, ToldRule
from storage import changes as stored_changes
from storage.database import Database
from storage.tables import Article, Change, Site

SEEN_AT = datetime(2023, 6, 30, 10, 15, tzinfo=UTC)
PUBLIC_URL = "https://watch.example.org"
NOW = Waits(first_wait=0, interval=0, repeat=0)
"""Nothing gathers, and every turn is told."""

OLD_SENTENCE = "At least 170 peacekeepers have been killed in Mali since 2013, the U.N. said."
NEW_SENTENCE = "At least 303 peacekeepers have been killed in Mali since 2013, the U.N. said."


def fact(sentence: str, quote: str, phrase: str | None = None, *, at: int = 0, **fields: Any) -> dict[str, Any]:
    """A fact of a sentence that begins at `at` in its text; by default about peacekeepers killed."""
    phrase = phrase or quote
    phrase_at = at + sentence.index(phrase)
    start = phrase_at + phrase.index(quote)
    known: dict[str, Any] = {
        "kind": "casualties", "predicate": "killed", "noun": "peacekeeper", "subject": "peacekeepers killed",
        "key": "casualties:killed:peacekeeper", "quantity": quantity(), "time": None, "as_of": None,
        "attribution": None, "certainty": "asserted", "quote": quote, "start": start, "end": start + len(quote),
        "phrase": {"text": phrase, "start": phrase_at, "end": phrase_at + len(phrase)},
        "sentence": sentence, "rule": "<hedge> <number> <people> <died>",
    }  # fmt: skip
    return known | fields


def quantity(**fields: Any) -> dict[str, Any]:
    """A quantity; exact and without bounds unless told."""
    return {
        "lower": None, "upper": None, "lower_inclusive": True, "upper_inclusive": True,
        "unit": None, "hedge": "exact", "trend": None,
    } | fields  # fmt: skip


def day(value: str, role: str | None = None) -> dict[str, Any]:
    """A date."""
    return {
        "type": "DATE",
        "value": value,
        "mod": None,
        "start": value,
        "end": value,
        "role": role,
        "basis": "explicit",
    }


def change(
    type_: str, before: Mapping[str, Any] | None = None, after: Mapping[str, Any] | None = None, **fields: Any
) -> dict[str, Any]:
    """A change between two facts, or of what is no fact when both are null."""
    fact = after or before
    known: dict[str, Any] = {
        "type": type_, "kind": None, "subject": None, "key": None, "before": before, "after": after, "delta": None,
        "ratio": None, "acknowledged": False, "severity": "medium", "summary": f"something: {type_}",
        "before_text": None, "after_text": None,
    }  # fmt: skip
    if fact:
        known |= {name: fact[name] for name in ("kind", "subject", "key")}
    return known | fields


def toll(old: str = "170", new: str = "303", **fields: Any) -> dict[str, Any]:
    """At least 170 peacekeepers killed become at least 303."""
    sides = [
        fact(
            OLD_SENTENCE.replace("170", number),
            number,
            f"At least {number} peacekeepers have been killed",
            quantity=quantity(lower=int(number), hedge="at_least"),
        )
        for number in (old, new)
    ]
    difference = {"delta": int(new) - int(old), "ratio": int(new) / int(old)}
    return change("value", *sides, **({"severity": "high"} | difference | fields))


def headline(old: str, new: str, **fields: Any) -> dict[str, Any]:
    """A headline that was replaced."""
    return change("headline", subject="headline", before_text=old, after_text=new, **fields)


def event(changes: Sequence[Mapping[str, Any]], **fields: Any) -> Event:
    """What brought these changes to article 1; each gets an id when it has none."""
    known: dict[str, Any] = {
        "article_id": 1, "url": "https://news.example.com/mali", "headline": "U.N. ends its mission in Mali",
        "publisher": "AP", "before": 1, "after": 2, "seen_at": SEEN_AT,
        "changes": [{"id": number, **one} for number, one in enumerate(changes, start=1)],
    }  # fmt: skip
    return Event(**(known | fields))


def told_by(changes: Sequence[Mapping[str, Any]], rules: Sequence[str] = ("tolls",), **fields: Any) -> list[Told]:
    """These changes as gathering hands them over: of one Version of article 1 unless told otherwise."""
    happened = event(changes)
    known: dict[str, Any] = {
        "article": ToldArticle(happened.article_id, happened.url, happened.headline, happened.publisher),
        "version": happened.after,
        "seen_at": SEEN_AT,
        "acknowledged": any(change["acknowledged"] for change in happened.changes),
        "baseline": Baseline("last version", happened.before, SEEN_AT),
        "rules": [ToldRule(number, name) for number, name in enumerate(rules, start=1)],
    }
    return [Told(change=change, **(known | fields)) for change in happened.changes]


def payload_of(told: Sequence[Told], **fields: Any) -> dict[str, Any]:
    """The payload that tells them, for channel 1, `desk`."""
    known: dict[str, Any] = {
        "alert_id": "alrt_1", "channel_id": 1, "channel": "desk", "public_url": PUBLIC_URL, "now": SEEN_AT,
    }  # fmt: skip
    return payload.alert(told, **(known | fields))


@cache
def _empty() -> bytes:
    """The file of a database that holds article 1; made once, because a new schema takes a third of a second."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        database = Database(f"sqlite:///{path}")
        with database.write() as session:
            session.add(Site(id=1, host="news.example.com", next_slot_at=SEEN_AT))
            session.flush()
            session.add(
                Article(
                    id=1,
                    url="https://news.example.com/mali",
                    kind="url",
                    site_id=1,
                    publisher="AP",
                    added_at=SEEN_AT - timedelta(days=1),
                    state_since_at=SEEN_AT,
                )
            )
        database.close()
        return path.read_bytes()


def database_with_article(folder: Path) -> Database:
    """A database in `folder` that holds article 1 and nothing else."""
    path = folder / "corrigenda.db"
    path.write_bytes(_empty())
    return Database(f"sqlite:///{path}")


def kept(database: Database, changes: Sequence[Mapping[str, Any]], **fields: Any) -> Event:
    """An Event whose changes are in the database, as they are when the outbox is written."""
    with database.write() as session:
        return kept_in(session, changes, **fields)


def kept_in(session: Session, changes: Sequence[Mapping[str, Any]], **fields: Any) -> Event:
    """The same within a transaction."""
    for one in changes:
        stored_changes.add(session, 1, one, changed_at=SEEN_AT, from_version_id=None, to_version_id=None)
    rows = session.exec(select(Change).order_by(Change.id)).all()[-len(changes) :]  # type: ignore[arg-type]
    return event([{"id": row.id, **row.body} for row in rows], **fields)
