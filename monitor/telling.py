"""A kept Change as one sentence of news: what the pages, the API and the feeds out say alike."""

from __future__ import annotations

from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from monitor.changes import Change
from monitor.changes.telling import Sentence, since_publication, tell
from storage.changes import Listed
from storage.tables import Article


def sentence(row: Listed) -> Sentence:
    """ "AP raised peacekeepers killed from at least 170 to 303, without a notice, 14 h after publication"."""
    since = None
    if row.before is not None:
        since = since_publication(
            row.before.published,
            row.change.changed_at,
            first_seen_at=row.before.first_seen_at,
            last_seen_at=row.before.last_seen_at,
        )
    language = row.after.language if row.after else None
    return tell(Change.from_json(row.change.body), teller(row.article), after_publication=since, lang=language or "en")


def teller(article: Article) -> str:
    """Who tells an Article: its publisher, else its host, else the name of its file."""
    if article.publisher:
        return article.publisher
    parts = urlsplit(article.url)
    return parts.netloc.removeprefix("www.") or PurePosixPath(unquote(parts.path)).name or "A local file"
