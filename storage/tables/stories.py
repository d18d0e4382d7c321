"""Stories across their sources: the lines of a Story's matrix, what stands in them, and what people decided."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlalchemy import UniqueConstraint as Unique
from sqlmodel import Field, SQLModel

from storage.tables.columns import UtcDateTime, one_of

VERDICTS = ("agree", "compatible", "disagree")


class StoryLine(SQLModel, table=True):
    """One fact as the sources of a Story tell it."""

    __tablename__ = "story_line"
    __table_args__ = (
        one_of("verdict", *VERDICTS),
        Index("line_of_story", "story_id", "sources", "id"),
        Index("line_behind", "behind"),
    )

    id: int | None = Field(default=None, primary_key=True)
    story_id: int = Field(foreign_key="story.id")
    kind: str
    key: str
    subject: str | None = None
    name: str | None = None
    """What a person called it."""
    sources: int = 0
    """How many Articles say it now."""
    verdict: str = "agree"
    verdict_since_at: datetime = Field(sa_type=UtcDateTime)
    """Since when: the Version that brought it was first seen then."""
    first_at: datetime = Field(sa_type=UtcDateTime)
    """When it was first said."""
    told: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    """Its values now, those that most sources give first: `fact`, `scope`, and how many `sources` give it."""
    behind: bool = False
    """Whether somebody left it since it was judged last."""


class StoryCell(SQLModel, table=True):
    """The fact line of an Article that stands in a Story's line; its values are rows of `fact`."""

    __tablename__ = "story_cell"
    __table_args__ = (
        # What a line comes to is counted in this index, whoever many say it.
        Index("cell_of_line", "line_id", "figure", "chief", "fact_line_id", "fact_id"),
        Index("cell_of_article", "article_id"),
    )

    story_id: int = Field(foreign_key="story.id", primary_key=True)
    fact_line_id: int = Field(primary_key=True)
    line_id: int = Field(foreign_key="story_line.id")
    article_id: int = Field(foreign_key="article.id")
    joined_at: datetime = Field(sa_type=UtcDateTime)
    by_hand: bool = False
    scope: str | None = None
    """The time that its value holds for, where its text says so."""
    headline: bool = False
    because: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    """Why it met the others: with whom, by how much, for what reasons."""
    fact_id: int | None = None
    """The row of `fact` that its Article stated when it was followed last; null when it stated it no more."""
    figure: str | None = None
    """The value of that row, in short: the same for the same value at the same time; null like `fact_id`."""
    chief: bool = False
    """Whether this is what its Article says in the line first of all."""


class StoryBlock(SQLModel, table=True):
    """By what the lines of a Story may be met, so that a new fact is weighed against few of them."""

    __tablename__ = "story_block"
    __table_args__ = (Index("block_of_line", "line_id"),)

    story_id: int = Field(foreign_key="story.id", primary_key=True)
    block: str = Field(primary_key=True)
    line_id: int = Field(foreign_key="story_line.id", primary_key=True)


class StoryDecision(SQLModel, table=True):
    """A person said that two fact lines are one, or are not; it stays."""

    __tablename__ = "story_decision"
    __table_args__ = (Unique("story_id", "one_id", "other_id"),)

    id: int | None = Field(default=None, primary_key=True)
    story_id: int = Field(foreign_key="story.id")
    one_id: int
    """The smaller of the two fact line ids."""
    other_id: int
    same: bool
    decided_at: datetime = Field(sa_type=UtcDateTime)
    decided_by: str = ""
