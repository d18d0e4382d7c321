"""Facts as lines with validity: a fact that stays the same from Version to Version costs no new row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, insert, or_, update
from sqlmodel import Session, col, select

from storage.prepared import Prepared
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

    What is read otherwise by rules that have changed since goes on in its line; rows that no step names end with the
    Version before.
    """
    connection = session.connection()
    left = [
        _Open(row_id, line_id, _identity(body), body["quote"])
        for row_id, line_id, body in _OPEN.all(connection, {"article": article_id})
    ]
    rows = _rows_of(steps, left)
    lines: list[int] = []
    ended = [row.id for row in left]
    for ordinal, (step, row) in enumerate(zip(steps, rows, strict=True)):
        goes_on = row is not None and step.after is not None and row.identity == _identity(step.after)
        if row is not None and not goes_on:
            ended.append(row.id)
        line_id = row.line_id if row else None
        if step.after is not None and not goes_on:
            line_id = _begin(connection, article_id, number, ordinal, step.after, line_id)
        lines.append(line_id or 0)
    if ended:
        _END.run_each(connection, [{"fact": row_id, "to": number - 1} for row_id in ended])
    return lines


@dataclass(frozen=True, slots=True)
class _Open:
    """A row that the Version before had."""

    id: int
    line_id: int
    identity: Hashable
    quote: str


def _rows_of(steps: Sequence[Step], left: list[_Open]) -> list[_Open | None]:
    """The row of each step, which is taken from those that are `left`: the same fact, else one with the same quote,
    which an earlier release took for another fact."""
    rows: list[_Open | None] = [None] * len(steps)
    for key, named in (("identity", _identity), ("quote", lambda body: body["quote"])):
        known: defaultdict[Hashable, list[_Open]] = defaultdict(list)
        for row in left:
            known[getattr(row, key)].append(row)
        for at, step in enumerate(steps):
            if rows[at] is None and step.before is not None and (found := known.get(named(step.before))):
                rows[at] = found.pop(0)
        taken = {row.id for row in rows if row}
        left[:] = [row for row in left if row.id not in taken]
    return rows


def _begin(connection: Connection, article_id: int, number: int, ordinal: int, body: Body, line_id: int | None) -> int:
    """A new row, of this line or of one of its own, which is named by the id of its first row. Returns the line."""
    row = {
        "article_id": article_id,
        "line_id": line_id,
        "from_number": number,
        "kind": body["kind"],
        "key": body["key"],
        "subject": body["subject"],
        "quote": body["quote"],
        "ordinal": ordinal,
        "body": body,
    }
    (row_id,) = _BEGIN.one(connection, row)
    if line_id is None:
        _NAME.run(connection, {"fact": row_id})
    return line_id or int(row_id)


_FACT = Fact.metadata.tables["fact"]
_OPEN = Prepared(
    select(_FACT.c.id, _FACT.c.line_id, _FACT.c.body)
    .where(_FACT.c.article_id == bindparam("article"), _FACT.c.to_number.is_(None))
    .order_by(_FACT.c.id)
)
_END = Prepared(update(_FACT).where(_FACT.c.id == bindparam("fact")).values(to_number=bindparam("to")))
_NAME = Prepared(update(_FACT).where(_FACT.c.id == bindparam("fact")).values(line_id=_FACT.c.id))
_BEGIN = Prepared(
    insert(_FACT)
    .values({
        name: bindparam(name, type_=_FACT.c[name].type)
        for name in (
            "article_id", "line_id", "from_number", "kind", "key", "subject", "quote", "ordinal", "body"
        )
    })
    .returning(_FACT.c.id)
)  # fmt: skip


def _identity(body: Body) -> Hashable:
    """A fact without its place: what must be equal for the row to go on."""
    return frozenset(
        (name, frozenset(value.items()) if isinstance(value, dict) else value)
        for name, value in body.items()
        if name not in _PLACE
    )
