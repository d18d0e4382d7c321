"""A small newsroom's database, filled by the storage functions that the service uses. All of its news is invented."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from monitor.changes import Change
from monitor.facts.model import Fact, Phrase, Quantity
from monitor.wellbeing import LOOPS
from storage import articles, captures, changes, facts, feeds, loops, search, versions
from storage.database import Database
from storage.tables import Version

FIRST = """Ferry capsizes off Port Harran, dozens missing

PORT HARRAN — At least 17 people were killed when a ferry capsized on Tuesday, the coast guard said.

The boat carried 120 passengers, although its licence allows 90.

Rescuers will search until Friday, the harbour master said.

The operator, Blue Line, paid a fine of $1.5 million after an accident in 2019.

Survivors were taken to the hospital of the island."""

SECOND = """Ferry capsizes off Port Harran, 31 dead

PORT HARRAN — 31 people were killed when a ferry capsized on Tuesday, the coast guard said.

The operator, Blue Line, paid a fine of $15 million after an accident in 2019.

The boat carried 120 passengers, although its licence allows 90.

Rescuers will search until Saturday, the harbour master said, as the weather has cleared.

Divers from the navy joined them."""

THIRD = SECOND + "\n\nCorrection: An earlier version of this article misstated the number of passengers."

HOSTILE = '<script>alert(1)</script><img src=x onerror=alert(2)>" onmouseover="alert(3)" \'x\' {{ 7*7 }} ‮gpj.exe'


def told(
    text: str, quote: str, phrase: str, subject: str, lower: float, *, kind: Any = "casualties", hedge: Any = "exact"
) -> Fact:
    """A Fact in `text`, as the fact engine would find it."""
    start = text.index(phrase)
    at = text.index(quote, start)
    sentence = next(line for line in text.split("\n") if phrase in line)
    upper = None if hedge == "at_least" else lower
    return Fact(
        kind=kind, predicate="killed", noun="person", subject=subject, key=f"{kind}:killed:person",
        quantity=Quantity(lower, upper, hedge=hedge), time=None, as_of=None, attribution="the coast guard",
        certainty="asserted", quote=quote, start=at, end=at + len(quote), sentence=sentence,
        phrase=Phrase(phrase, start, start + len(phrase)), rule="<hedge> <number> <people> <died>",
    )  # fmt: skip


def change(
    before: Fact | None,
    after: Fact | None,
    summary: str,
    *,
    severity: Any = "high",
    acknowledged: bool = False,
    **more: Any,
) -> Change:
    """How a Fact changed, as the change engine would tell it."""
    fact = after or before
    type_: Any = "value" if before and after else "added" if after else "removed"
    return Change(
        type=more.get("type", type_), kind=fact.kind if fact else None, subject=fact.subject if fact else None,
        key=fact.key if fact else None, before=before, after=after, delta=None, ratio=None, acknowledged=acknowledged,
        severity=severity, summary=summary, before_text=more.get("before_text"), after_text=more.get("after_text"),
    )  # fmt: skip


class Newsroom:
    """Fills a database, going back from now."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = datetime.now(UTC)

    def ago(self, **span: float) -> datetime:
        """A moment so long ago."""
        return self.now - timedelta(**span)

    def article(self, url: str, *, headline: str | None = None, publisher: str | None = None, **columns: Any) -> int:
        """Track an Article; `columns` are set on it."""
        parts = urlsplit(url)
        with self.database.write() as session:
            row, _ = articles.add(
                session, url, kind="file" if parts.scheme == "file" else "url", host=parts.netloc or "file:",
                now=self.ago(days=9), publisher=publisher,
            )  # fmt: skip
            assert row.id is not None
            set_ = {"headline": headline, "next_check_at": self.now + timedelta(minutes=9), "state": "ok"}
            articles.save(session, row.id, **set_ | columns)
            search.keep(session, row.id, headline=headline, about=search.about(publisher, url), body="")
            return row.id

    def version(
        self,
        article_id: int,
        text: str,
        at: datetime,
        *,
        steps: Sequence[facts.Step] = (),
        changed: Sequence[Change] = (),
        notices: Sequence[str] = (),
        headline: str | None = None,
    ) -> Version:
        """A new Version, seen until half an hour later, with its facts and what it changed."""
        with self.database.write() as session:
            row = articles.by_id(session, article_id)
            assert row is not None
            before = versions.get(session, article_id, row.version_number)
            capture = captures.record(
                session, article_id, outcome="page", reason="200 OK", captured_at=at, final_url=row.url, status=200,
                body=f"<html><body>{text}</body></html>".encode(),
            )  # fmt: skip
            assert capture.id is not None
            version = Version(
                article_id=article_id, number=row.version_number + 1, capture_id=capture.id, text_hash="",
                headline=headline or text.split("\n")[0], published="2026-11-17", published_source="json-ld",
                language="en", extractor="trafilatura 2", notices=list(notices), first_seen_at=at,
                last_seen_at=at + timedelta(minutes=30),
            )  # fmt: skip
            versions.add(session, version, text, search.about(row.publisher, row.url), before)
            facts.advance(session, article_id, version.number, steps)
            for each in changed:
                changes.add(
                    session, article_id, each.to_json(), changed_at=at, to_version_id=version.id,
                    from_version_id=before.id if before else None,
                )  # fmt: skip
            columns: dict[str, Any] = {
                "headline": version.headline,
                "checks": 41,
                "last_checked_at": self.ago(minutes=4),
            }
            if before:
                columns["last_changed_at"] = at
            articles.save(session, article_id, **columns)
            return version

    def beat(self, *names: str) -> None:
        """The loops of the service are alive."""
        with self.database.write() as session:
            for name in names or LOOPS:
                loops.beat(session, name, self.now, started=True)

    def feed(self, url: str, *, title: str, **columns: Any) -> int:
        """A Feed that brought one entry for Article 1 and left one out; `columns` are set on it."""
        with self.database.write() as session:
            row, _ = feeds.add(
                session, url, host=urlsplit(url).netloc, now=self.ago(days=2), any_words=[title], story=title
            )
            feed_id = row.id or 0
            set_ = {"state": "ok", "title": title, "kind": "rss", "entries": 2, "last_new_at": self.ago(hours=1)}
            feeds.save(session, feed_id, **set_ | {"next_check_at": self.now + timedelta(minutes=5)} | columns)
            seen = {"judged_at": self.ago(hours=1), "last_seen_at": self.now, "title": title, "reason": ""}
            feeds.keep_entries(
                session, feed_id,
                [
                    {"key": f"{feed_id}/1", "url": f"{url}/1", "outcome": "added", **seen, "article_id": 1},
                    {"key": f"{feed_id}/2", "url": f"{url}/2", "outcome": "rule", **seen, "article_id": None,
                     "reason": f"it has none of “{title}”"},
                ],
            )  # fmt: skip
            return feed_id

    def ferry(self) -> int:
        """An Article of three Versions: a toll that rose, a fine that grew, a correction."""
        article = self.article("https://www.harran-post.example/ferry", publisher="The Harran Post")
        toll = told(FIRST, "17", "At least 17 people were killed", "people killed", 17, hedge="at_least")
        carried = told(FIRST, "120", "120 passengers", "passengers", 120, kind="count")
        fine = told(FIRST, "$1.5 million", "a fine of $1.5 million", "fine", 1_500_000, kind="money")
        higher = told(SECOND, "31", "31 people were killed", "people killed", 31)
        bigger = told(SECOND, "$15 million", "a fine of $15 million", "fine", 15_000_000, kind="money")
        start = [facts.Step(None, each.to_json()) for each in (toll, carried, fine)]
        pairs = [(toll, higher), (carried, carried), (fine, bigger)]
        steps = [facts.Step(old.to_json(), new.to_json()) for old, new in pairs]
        still = [facts.Step(new.to_json(), new.to_json()) for _, new in pairs]
        self.version(article, FIRST, self.ago(hours=30), steps=start)
        self.version(
            article, SECOND, self.ago(hours=5), steps=steps,
            changed=[
                change(toll, higher, "People killed: at least 17 → 31 (+82 %)"),
                change(fine, bigger, "Fine: $1.5 million → $15 million (+900 %)", severity="medium"),
            ],
        )  # fmt: skip
        notice = THIRD.split("\n\n")[-1]
        note = change(
            None, None, f"Correction notice added: “{notice}”", acknowledged=True, type="notice", after_text=notice
        )
        self.version(article, THIRD, self.ago(hours=2), steps=still, changed=[note], notices=[notice])
        return article

    def refusals(self, article_id: int) -> None:
        """Checks of an Article that brought no Version."""
        with self.database.write() as session:
            for outcome, reason, status in (
                ("not_modified", "304 Not Modified", 304), ("failed", "503 Service Unavailable", 503),
                ("walled", "a consent wall instead of the article", 200),
            ):  # fmt: skip
                captures.record(
                    session, article_id, outcome=outcome, reason=reason, captured_at=self.ago(minutes=50),
                    final_url="https://www.harran-post.example/ferry", status=status,
                    body=b"" if status == 304 else b"<p>Sorry</p>",
                )  # fmt: skip
