"""A Story whose Articles are read as the service reads them: its facts are found, followed and laid side by side."""

from __future__ import annotations

from datetime import date, datetime

from monitor import following, tracking
from monitor.changes import Reading, compare
from monitor.facts import find
from storage import articles, facts, versions
from tests.web.newsroom import Newsroom

DAY = date(2026, 6, 1)
AP = """Peacekeepers leave

At least 170 peacekeepers have been killed in Mali since 2013. The mission will end on June 30.

The company paid $2 million for the camp."""
AP_LATER = AP.replace("At least 170 peacekeepers have", "In all, 303 peacekeepers have").replace("June 30", "July 1")
BBC = """Mission ends

About 170 peacekeepers were killed in Mali. The mission will end on June 30.

More than 40 trucks left the town of Kidal."""
DW = """Blue helmets go

In Mali 303 peacekeepers were killed. The mission will end on July 1."""


class StoryRoom:
    """Puts Articles into the Story "Mali", which has the id 1."""

    def __init__(self, newsroom: Newsroom) -> None:
        self.newsroom = newsroom
        self.database = newsroom.database

    def article(self, publisher: str, text: str, **ago: float) -> int:
        """An Article with its first Version."""
        number = sum(map(ord, publisher))
        article_id = self.newsroom.article(f"https://{number}.example/mali", publisher=publisher)
        tracking.put_in_story(self.database, [article_id], "Mali", self.newsroom.now)
        self.says(article_id, text, self.newsroom.ago(**(ago or {"hours": 9})))
        return article_id

    def says(self, article_id: int, text: str, at: datetime) -> None:
        """It says this from now on; the Story follows."""
        with self.database.read() as session:
            row = articles.by_id(session, article_id)
            before = versions.get(session, article_id, row.version_number) if row else None
            said = versions.text(session, before) if before else None
        if said is None:
            steps = [facts.Step(None, fact.to_json()) for fact in find(text, published=DAY)]
        else:
            found = compare(Reading(said, DAY), Reading(text, DAY))
            steps = [
                facts.Step(pair.before.to_json() if pair.before else None, pair.after.to_json() if pair.after else None)
                for pair in found.pairs
            ]
        self.newsroom.version(article_id, text, at, steps=steps)
        following.catch_up(self.database)

    def three(self) -> tuple[int, int, int]:
        """AP, BBC and DW, of whom AP has come to what DW says."""
        ap, bbc, dw = self.article("AP", AP), self.article("BBC", BBC, hours=8), self.article("DW", DW, hours=7)
        self.says(ap, AP_LATER, self.newsroom.ago(hours=1))
        return ap, bbc, dw
