"""Which Articles might belong to a Story, and which might make a new one: proposed with reasons; a person accepts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from monitor.facts.model import Fact
from monitor.settle import published_of
from monitor.stories import proposing
from monitor.stories.proposing import Likeness, Profile
from storage import articles, search, stories, story_lines, versions
from storage.tables import Article

MEMBERS = 30
"""Members of a Story, the newest, by which others are found."""
CANDIDATES = 60
"""Articles that are looked at for a Story."""
RECENT = 250
"""Articles in no Story, the newest, among which new ones are looked for."""
_NAMES = 8  # by which candidates are searched for
_OF_A_NAME = 100


@dataclass(frozen=True, slots=True)
class Proposal:
    """An Article that may belong to a Story, and why."""

    article: Article
    likeness: Likeness


@dataclass(frozen=True, slots=True)
class NewStory:
    """Articles that may tell one story, and why."""

    articles: Sequence[Article]
    likeness: Likeness

    @property
    def name(self) -> str:
        """What it might be called: the headline of the first, which a person changes."""
        return (self.articles[0].headline or self.articles[0].url)[:80]


def for_story(session: Session, story_id: int) -> list[Proposal]:
    """Articles outside of a Story that are like those in it, the likeliest first."""
    inside = stories.article_ids(session, story_id)
    members = _profiles(session, articles.by_ids(session, inside[-MEMBERS:]))
    if not members:
        return []
    common = Counter(name for member in members for name in member.names)
    names = [name for name, _ in sorted(common.items(), key=lambda each: (-each[1], each[0]))[:_NAMES]]
    found: Counter[int] = Counter()
    for name in names:
        found.update(search.newest(session, search.question(name), _OF_A_NAME))
    outside = [article_id for article_id, _ in found.most_common() if article_id not in set(inside)]
    near = articles.by_ids(session, outside[:CANDIDATES])
    by_id = {article.id: article for article in near}
    proposed = proposing.of_story(members, _profiles(session, near))
    return [Proposal(by_id[profile.article_id], like) for profile, like in proposed]


def new_stories(session: Session) -> list[NewStory]:
    """Groups among the newest Articles that are in no Story, the largest first."""
    free = articles.in_no_story(session, RECENT)
    by_id = {article.id: article for article in free}
    groups = proposing.new_stories(_profiles(session, free))
    return [NewStory([by_id[profile.article_id] for profile in group], like) for group, like in groups]


def _profiles(session: Session, found: Sequence[Article]) -> list[Profile]:
    profiles = []
    for article in found:
        version = versions.get(session, article.id or 0, article.version_number)
        text = versions.readable_text(session, version) if version else None
        if version is None or text is None:
            continue
        facts = [Fact.from_json(row.body) for row in story_lines.current_facts(session, article.id or 0)]
        dated = published_of(version)
        day = dated if dated is None or type(dated) is date else date(dated.year, dated.month, dated.day)
        headline, lang = article.headline or "", article.language or "en"
        profiles.append(proposing.profile_of(article.id or 0, headline, text, facts, lang, day))
    return profiles
