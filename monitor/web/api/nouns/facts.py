"""Facts: what a Version says, and how it was read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ConfigDict

from monitor.facts import model
from monitor.web.api.nouns.noun import ROOT, Links, Noun, Number
from storage import tables

READ: dict[str, Any] = {
    "kind": "casualties",
    "predicate": "killed",
    "noun": "peacekeeper",
    "subject": "peacekeepers killed",
    "key": "casualties:killed:peacekeeper",
    "quantity": {
        "lower": 303,
        "upper": 303,
        "lower_inclusive": True,
        "upper_inclusive": True,
        "unit": None,
        "hedge": "exact",
        "trend": None,
    },
    "time": None,
    "as_of": None,
    "attribution": "the mission",
    "certainty": "asserted",
    "quote": "303",
    "start": 121,
    "end": 124,
    "phrase": {"text": "303 peacekeepers were killed", "start": 121, "end": 149},
    "sentence": "303 peacekeepers were killed, the mission said.",
    "rule": "<number> <people> <died>",
}
"""A fact as an example."""


class Quantity(Noun):
    """An amount as an interval, as written: multipliers applied, units not converted. A null bound is open."""

    lower: Number
    upper: Number
    lower_inclusive: bool
    upper_inclusive: bool
    unit: str | None
    """ISO 4217, `%`, `pp`, a CLDR unit identifier, a calendar unit for ages and durations; null for counts."""
    hedge: model.Hedge
    trend: model.Trend | None


class TimeExpression(Noun):
    """A TIMEX3 reading (ISO-TimeML)."""

    type: model.TimeType
    value: str
    """As that standard writes it: `2026-11-22`, `P3D`, `PRESENT_REF`."""
    mod: str | None
    start: str | None
    """First day that it can mean, ISO 8601."""
    end: str | None
    role: model.Role | None
    basis: model.Basis
    """`explicit`: as written; `partial`, `relative`: from the day of publication; `anchored`: from another date."""


class Phrase(Noun):
    """A stretch of the text, with offsets in code points."""

    text: str
    start: int
    end: int


class Statement(Noun):
    """What a text says, as the fact engine read it. `text[start:end] == quote`; offsets count code points."""

    model_config = ConfigDict(json_schema_extra={"examples": [READ]})

    kind: model.Kind
    predicate: str | None
    """What happened: `killed`, `wounded`; null where nothing did."""
    noun: str | None
    """Of whom or what."""
    subject: str | None
    """Both in words, for people."""
    key: str
    """`kind:predicate:noun`: the same across Versions and across sources."""
    quantity: Quantity | None
    time: TimeExpression | None
    as_of: str | None
    """The day for which it is said, ISO 8601."""
    attribution: str | None
    """Who says it."""
    certainty: model.Certainty
    quote: str
    start: int
    end: int
    phrase: Phrase
    sentence: str
    rule: str
    """The rule that read it."""


class Fact(Statement):
    """One checkable statement of an Article over the Versions in which it stood unchanged."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **READ,
                    "id": 41,
                    "line_id": 12,
                    "article_id": 7,
                    "from_number": 2,
                    "to_number": None,
                    "links": {
                        "self": f"{ROOT}/articles/7/facts/12",
                        "article": f"{ROOT}/articles/7",
                        "page": "/articles/7/facts/12",
                    },
                }
            ]
        }
    )

    id: int
    line_id: int
    """Which statement it is: what it said before and after has the same one."""
    article_id: int
    from_number: int
    """Number of the first Version that has it; the offsets are those of this Version."""
    to_number: int | None
    """Number of the last Version that had it; null while the current one does."""
    links: Links


class FactLine(Noun):
    """The history of one statement: every value that it had, oldest first."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "line_id": 12,
                    "article_id": 7,
                    "kind": "casualties",
                    "key": "casualties:killed:peacekeeper",
                    "subject": "peacekeepers killed",
                    "stands": True,
                    "facts": Fact.model_config["json_schema_extra"]["examples"],  # type: ignore[index]
                    "links": {"self": f"{ROOT}/articles/7/facts/12", "article": f"{ROOT}/articles/7"},
                }
            ]
        }
    )

    line_id: int
    article_id: int
    kind: model.Kind
    key: str
    subject: str | None
    stands: bool
    """Whether the current Version still says it."""
    facts: list[Fact]
    links: Links


def statement(body: Mapping[str, Any]) -> Statement:
    """A fact as `corrigenda facts --json` prints it."""
    return Statement.model_validate(body)


def fact(row: tables.Fact) -> Fact:
    """A fact that is kept."""
    line = row.line_id or row.id
    article = f"{ROOT}/articles/{row.article_id}"
    return Fact.model_validate(
        {
            **row.body,
            "id": row.id,
            "line_id": line,
            "article_id": row.article_id,
            "from_number": row.from_number,
            "to_number": row.to_number,
            "links": {
                "self": f"{article}/facts/{line}",
                "article": article,
                "page": f"/articles/{row.article_id}/facts/{line}",
            },
        }
    )


def fact_line(rows: Sequence[tables.Fact]) -> FactLine:
    """The rows of one line (at least one), oldest first."""
    last = rows[-1]
    line, article = last.line_id or last.id, f"{ROOT}/articles/{last.article_id}"
    return FactLine.model_validate(
        {
            "line_id": line,
            "article_id": last.article_id,
            "kind": last.kind,
            "key": last.key,
            "subject": last.subject,
            "stands": last.to_number is None,
            "facts": [fact(row) for row in rows],
            "links": {"self": f"{article}/facts/{line}", "article": article},
        }
    )


def fact_json(row: tables.Fact) -> dict[str, Any]:
    """A fact that is kept, as plain JSON values."""
    return fact(row).json_dict()
