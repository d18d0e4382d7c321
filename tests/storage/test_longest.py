"""The longest of everything that rows are found by fits into the indexes of both databases, hard to compress or not."""

from __future__ import annotations

import random
from datetime import UTC, datetime

from monitor.facts import find
from monitor.sources.address import LONGEST_WATCHED, normalise
from monitor.sources.canonical import key
from storage import addresses, articles, facts, feeds
from storage.database import Database

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DICE = random.Random(8)


def noise(letters: str, length: int) -> str:
    """Nothing that repeats itself."""
    return "".join(DICE.choice(letters) for _ in range(length))


def test_the_longest_address_headline_and_fact_are_kept_and_found(database: Database) -> None:
    start = "https://www.example.org/news?id="
    longest = start + noise("abcdefghijklmnopqrstuvwxyz0123456789", LONGEST_WATCHED - len(start))
    other = longest[:-1] + "!"
    with database.write() as session:
        made = [
            articles.add(session, str(normalise(url)), kind="url", host="www.example.org", now=NOW, known_by=key(url))[
                0
            ]
            for url in (longest, other)
        ]
        feeds.add(session, longest, host="www.example.org", now=NOW)
        ids = [article.id or 0 for article in made]
        articles.save(session, ids[0], headline=noise("".join(map(chr, range(0x4E00, 0x9FFF))), 500))
        counted = noise("abcdefghijklmnopqrstuvwxyz", 20_000)
        found = find(f"At least 15 {counted} were killed in {counted.title()} on Friday.", lang="en")
        facts.advance(session, ids[0], 1, [facts.Step(None, fact.to_json()) for fact in found])
    assert len(set(ids)) == 2
    with database.read() as session:
        for url, article_id in zip((longest, other), ids, strict=True):
            tracked = addresses.find(session, key(url))
            assert tracked is not None
            assert tracked.id == article_id
    assert key(f"https://{key(longest)}") == key(longest)
