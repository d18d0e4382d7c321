"""Rows that whoever comes first makes. Where many write at once, to look and then to insert fails now and then."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, literal
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel

from storage.prepared import Prepared, columns_of


def insert(session: Session, table: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert these rows, but those whose key is there already. Returns how many were new.

    Another transaction that is about to insert the same key is waited for. Columns that are left out get what the
    class of the table gives them.
    """
    whole = [{**_defaults(table), **row} for row in rows]
    dialect = session.get_bind().dialect.name
    if len(whole) > 1:
        return len(session.execute(_insertion(table, dialect, whole)).all())
    (row,) = whole
    session.flush()
    return int(_of_one(table, dialect, tuple(row)).first(session.connection(), row) is not None)


def _insertion(table: type[SQLModel], dialect: str, values: Any) -> Any:
    insert: Any = sqlite.insert if dialect == "sqlite" else postgresql.insert
    columns = table.metadata.tables[str(table.__tablename__)]
    return insert(columns).values(values).on_conflict_do_nothing().returning(literal(1))


@functools.cache
def _of_one(table: type[SQLModel], dialect: str, names: tuple[str, ...]) -> Prepared:
    columns = columns_of(table)
    return Prepared(_insertion(table, dialect, {name: bindparam(name, type_=columns[name].type) for name in names}))


def _defaults(table: type[SQLModel]) -> dict[str, Any]:
    return {
        name: field.get_default(call_default_factory=True)
        for name, field in table.model_fields.items()
        if not field.is_required() and name != "id"
    }
