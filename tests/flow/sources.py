"""Sources of one story, whose articles change: real facts and comparisons in a real database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

from monitor import following
from monitor.changes import Reading, compare
from storage import articles, captures, facts, search, stories, story_lines, versions
from storage.database import Database
from storage.tables import Version

PUBLISHED = date(2023, 6, 30)


class Sources:
    """Fills a database with what sources say, one Version after the other."""

    def __init__(self, database: Database, story: str = "The withdrawal") -> None:
        self.database = database
        self.now = datetime(2023, 7, 1, tzinfo=UTC)
        with database.write() as session:
            self.story_id = stories.get_or_make(session, story, self.now)[0].id or 0

    def article(self, url: str, publisher: str, text: str, *, quiet: bool = False) -> int:
        """A new member with its first Version; quiet: it was known before it was put into the Story."""
        with self.database.write() as session:
            row, _ = articles.add(
                session, url, kind="url", host=urlsplit(url).netloc, now=self.now, publisher=publisher
            )
            article_id = row.id or 0
            story = stories.by_id(session, self.story_id)
            assert story
            stories.put(session, story, [article_id], self.now + timedelta(hours=quiet))
        self.says(article_id, text)
        return article_id

    def says(self, article_id: int, text: str) -> None:
        """The Article says this from now on; an hour has gone by."""
        self.now += timedelta(hours=1)
        with self.database.write() as session:
            article = articles.by_id(session, article_id)
            assert article
            number = article.version_number
            current = versions.get(session, article_id, number)
            before = Reading(versions.text(session, current) if current else "", PUBLISHED)
            capture = captures.record(
                session, article_id, outcome="page", reason="", captured_at=self.now, final_url=article.url, status=200,
                redirects=[], headers={}, body=text.encode(), elapsed_ms=1,
            )  # fmt: skip
            version = Version(
                article_id=article_id, number=number + 1, capture_id=capture.id or 0, text_hash="",
                headline=text.partition("\n\n")[0], published=PUBLISHED.isoformat(), language="en", extractor="test",
                first_seen_at=self.now, last_seen_at=self.now,
            )  # fmt: skip
            versions.add(session, version, text, search.about(article.publisher, article.url), current)
            pairs = compare(before, Reading(text, PUBLISHED)).pairs
            steps = [
                facts.Step(p.before.to_json() if p.before else None, p.after.to_json() if p.after else None)
                for p in pairs
            ]
            facts.advance(session, article_id, version.number, steps)

    def follow(self) -> list[dict[str, object]]:
        """Bring the Story up to date. Returns the Changes that this brought."""
        told = []
        with self.database.read() as session:
            behind = story_lines.behind(session)
        for story_id, article_id in behind:
            with self.database.write() as session:
                told += following.follow(session, story_id, article_id)
        return told

    def lines(self, least: int = 2) -> dict[str, tuple[str, int]]:
        """Verdict and number of sources of each line, by what it is called."""
        with self.database.read() as session:
            rows = story_lines.of_story(session, self.story_id, least=least)
        return {row.name or row.subject or row.key: (row.verdict, row.sources) for row in rows}
