"""Facts as lines with validity: a fact that stays the same from Version to Version costs no new row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_
from sqlmodel import Session, col, select

from storage.tables import Fact

Body = Mapping[str, Any]
"""A fact as `corrigenda facts --json` prints it."""
_PLACE = frozenset({"start", "end", "phrase"})


@dataclass(frozen=True, slots=True)
class Step:
    """One fact's way from a Version to the next: `before` null where it is new, `after` null where it is gone."""

    before: Body | None
    after: Body | None


def of_version(session: Session, article_id: int, number: int) -> Sequence[Fact]:
    """The facts that stood in Version `number`, in the order of its text as far as that was kept."""
    return session.exec(
        select(Fact)
        .where(
            Fact.article_id == article_id,
            Fact.from_number <= number,
            or_(col(Fact.to_number).is_(None), col(Fact.to_number) >= number),
        )
        .order_by(col(Fact.ordinal), col(Fact.id))
    ).all()


def of_article(session: Session, article_id: int) -> Sequence[Fact]:
    """Every row of an Article's facts, by line and then by time."""
    return session.exec(
        select(Fact).where(Fact.article_id == article_id).order_by(col(Fact.line_id), col(Fact.from_number))
    ).all()


def line(session: Session, article_id: int, line_id: int) -> Sequence[Fact]:
    """The rows of one statement of an Article, oldest first; none where it has no such line."""
    return session.exec(
        select(Fact).where(Fact.line_id == line_id, Fact.article_id == article_id).order_by(col(Fact.from_number))
    ).all()


def first_of_line(session: Session, line_id: int) -> tuple[Body, int] | None:
    """How a line began, and the number of the Version that began it."""
    row = session.exec(select(Fact).where(Fact.line_id == line_id).order_by(col(Fact.from_number)).limit(1)).first()
    return (row.body, row.from_number) if row else None


def article_of_line(session: Session, line_id: int) -> int | None:
    """The Article in which a line of facts stands."""
    return session.exec(select(Fact.article_id).where(Fact.line_id == line_id).limit(1)).first()


def of_line(session: Session, line_id: int, number: int) -> tuple[Body, int] | None:
    """What a line said in Version `number`, with that number; of a line that is younger, how it began."""
    row = session.exec(
        select(Fact)
        .where(Fact.line_id == line_id, Fact.from_number <= number)
        .order_by(col(Fact.from_number).desc())
        .limit(1)
    ).first()
    return (row.body, number) if row else first_of_line(session, line_id)


def standing(session: Session, article_ids: Collection[int], keys: Collection[str]) -> Sequence[Fact]:
    """The facts with one of these keys that the current Versions of these Articles state."""
    return session.exec(
        select(Fact)
        .where(col(Fact.article_id).in_(article_ids), col(Fact.to_number).is_(None), col(Fact.key).in_(keys))
        .order_by(col(Fact.article_id), col(Fact.ordinal))
    ).all()


def advance(session: Session, article_id: int, number: int, steps: Sequence[Step]) -> list[int]:
    """Bring the lines of an Article to Version `number`. Returns the line id of each step, in order.

    Rows that no step names (found by rules that have changed since) end with the Version before.
    """
    open_rows: defaultdict[Hashable, list[Fact]] = defaultdict(list)
    for current in session.exec(
        select(Fact).where(Fact.article_id == article_id, col(Fact.to_number).is_(None)).order_by(col(Fact.id))
    ):
        open_rows[_identity(current.body)].append(current)
    rows = [_step(article_id, number, ordinal, step, open_rows) for ordinal, step in enumerate(steps)]
    for leftover in (row for rows in open_rows.values() for row in rows):
        leftover.to_number = number - 1
    # All new rows in one statement; a line is then named by the id of its first row.
    session.add_all(row for row in rows if row)
    session.flush()
    for row in rows:
        if row and row.line_id is None:
            row.line_id = row.id
    session.flush()
    return [(row.line_id or 0) if row else 0 for row in rows]


def _step(
    article_id: int, number: int, ordinal: int, step: Step, open_rows: Mapping[Hashable, list[Fact]]
) -> Fact | None:
    """The row that a fact's statement is on after this step: the same, a new one, or the one that ends."""
    was = _identity(step.before) if step.before else None
    known = open_rows.get(was) if was else None
    row = known.pop(0) if known else None
    if row and step.after and was == _identity(step.after):
        return row
    if row:
        row.to_number = number - 1
    if step.after is None:
        return row
    body = step.after
    return Fact(
        article_id=article_id,
        line_id=row.line_id if row else None,
        from_number=number,
        kind=body["kind"],
        key=body["key"],
        subject=body["subject"],
        quote=body["quote"],
        ordinal=ordinal,
        body=dict(body),
    )


def _identity(body: Body) -> Hashable:
    """A fact without its place: what must be equal for the row to go on."""
    return frozenset(
        (name, frozenset(value.items()) if isinstance(value, dict) else value)
        for name, value in body.items()
        if name not in _PLACE
    )
