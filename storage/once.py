"""Rows that whoever comes first makes. Where many write at once, to look and then to insert fails now and then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import literal
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel


def insert(session: Session, table: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert these rows, but those whose key is there already. Returns how many were new.

    Another transaction that is about to insert the same key is waited for. Columns that are left out get what the
    class of the table gives them.
    """
    columns = table.metadata.tables[str(table.__tablename__)]
    whole: Any = [{**_defaults(table), **row} for row in rows]
    if len(whole) == 1:
        (whole,) = whole  # SQLAlchemy compiles a statement of one row once, of several rows each time
    statement: Any
    if session.get_bind().dialect.name == "sqlite":
        statement = sqlite.insert(columns).values(whole).on_conflict_do_nothing()
    else:
        statement = postgresql.insert(columns).values(whole).on_conflict_do_nothing()
    return len(session.execute(statement.returning(literal(1))).all())


def _defaults(table: type[SQLModel]) -> dict[str, Any]:
    return {
        name: field.get_default(call_default_factory=True)
        for name, field in table.model_fields.items()
        if not field.is_required() and name != "id"
    }
