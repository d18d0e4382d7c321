"""What people put Articles under: Stories, that several sources tell, and tags."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from storage.tables.columns import UtcDateTime


class Story(SQLModel, table=True):
    """A named group of Articles about the same events."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    note: str = ""
    """What it is about, for the people who follow it."""


class StoryMember(SQLModel, table=True):
    """An Article is in a Story; it may be in several."""

    __tablename__ = "story_member"
    __table_args__ = (Index("story_of_article", "article_id"), Index("member_behind", "behind"))

    story_id: int = Field(foreign_key="story.id", primary_key=True)
    article_id: int = Field(foreign_key="article.id", primary_key=True)
    added_at: datetime = Field(sa_type=UtcDateTime)
    read_number: int = 0
    """Number of the Version that was laid beside the other sources; 0 before the first."""
    behind: bool = True
    """Whether a Version was not laid beside them yet: set together with it, so that nothing is forgotten."""


class ArticleTag(SQLModel, table=True):
    """A word that somebody put on an Article, in lower case."""

    __tablename__ = "article_tag"
    __table_args__ = (Index("tag_of_article", "tag", "article_id"),)

    article_id: int = Field(foreign_key="article.id", primary_key=True)
    tag: str = Field(primary_key=True)
