"""Statements of the hot path, put into words once for each kind of database.

To hand a statement over through SQLAlchemy takes longer than the database needs to carry it out: what every check
reads and writes is compiled by it once, with its types, and then given to the driver as it is. Rows come as instances
of their table's class that no session watches: what is set in one is not written.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Column, Connection, Dialect, Select, TextClause, UpdateBase, bindparam, insert, select
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import DBAPIError, NoResultFound
from sqlalchemy.orm.attributes import manager_of_class
from sqlalchemy.sql.base import ReadOnlyColumnCollection
from sqlmodel import Session, SQLModel

Parameters = Mapping[str, Any]
_Convert = Callable[[Any], Any]
_Statement = UpdateBase | Select[Any] | TextClause
_Row = TypeVar("_Row", bound=SQLModel)


@dataclass(frozen=True, slots=True)
class _Worded:
    """A statement in the words of one kind of database."""

    sql: str
    places: tuple[str, ...] | None
    """The names of its parameters in their order; null where they are given by name."""
    fixed: Parameters
    converts: tuple[tuple[str, _Convert], ...]
    """What makes of a parameter what the driver takes, where that is something else."""
    readers_for: Callable[[Sequence[Any]], Sequence[tuple[int, _Convert]]]
    """What makes of columns what their types say, where the driver gives something else; by the driver's own types."""

    def given(self, parameters: Parameters) -> Any:
        """The parameters as the driver takes them."""
        values = {**self.fixed, **parameters}
        for name, convert in self.converts:
            values[name] = convert(values[name])
        return values if self.places is None else tuple([values[name] for name in self.places])

    def read(self, rows: Sequence[Sequence[Any]], cursor: DBAPICursor) -> list[Sequence[Any]]:
        """The rows as the types of their columns say."""
        readers = self.readers_for(tuple(column[1] for column in cursor.description or ()))
        return [_read(row, readers) for row in rows]


def _read(row: Sequence[Any], readers: Sequence[tuple[int, _Convert]]) -> Sequence[Any]:
    if not readers:
        return row
    values = list(row)
    for at, convert in readers:
        values[at] = convert(values[at])
    return values


class Prepared:
    """One statement. Its parameters are those of its `bindparam`s, by name, each with its type.

    Raises sqlalchemy.exc.DBAPIError, as every statement that SQLAlchemy carries out.
    """

    def __init__(self, statement: _Statement) -> None:
        self._statement = statement
        self._worded: dict[str, _Worded] = {}

    def run(self, connection: Connection, parameters: Parameters) -> int:
        """Carry it out. Returns how many rows it met."""
        with self._cursor(connection) as (cursor, worded):
            cursor.execute(worded.sql, worded.given(parameters))
            return int(cursor.rowcount)

    def first(self, connection: Connection, parameters: Parameters) -> Any:
        """Carry it out. Returns its first row, null where there is none."""
        with self._cursor(connection) as (cursor, worded):
            cursor.execute(worded.sql, worded.given(parameters))
            row = cursor.fetchone()
            return None if row is None else worded.read([row], cursor)[0]

    def one(self, connection: Connection, parameters: Parameters) -> Any:
        """Carry it out. Returns its first row. Raises sqlalchemy.exc.NoResultFound when there is none."""
        row = self.first(connection, parameters)
        if row is None:
            raise NoResultFound("no row was found when one was required")
        return row

    def all(self, connection: Connection, parameters: Parameters) -> list[Sequence[Any]]:
        """Carry it out. Returns its rows."""
        with self._cursor(connection) as (cursor, worded):
            cursor.execute(worded.sql, worded.given(parameters))
            return worded.read(cursor.fetchall(), cursor)

    def run_each(self, connection: Connection, rows: Sequence[Parameters]) -> None:
        """Carry it out for each of these."""
        with self._cursor(connection) as (cursor, worded):
            cursor.executemany(worded.sql, [worded.given(row) for row in rows])

    @contextmanager
    def _cursor(self, connection: Connection) -> Iterator[tuple[DBAPICursor, _Worded]]:
        dialect = connection.dialect
        worded = self._worded.get(dialect.name)
        if worded is None:
            worded = self._worded[dialect.name] = _put_into_words(self._statement, dialect)
        driven, cursor = connection.connection, None
        try:
            cursor = driven.cursor()
            yield cursor, worded
        except dialect.loaded_dbapi.Error as error:
            lost = dialect.is_disconnect(error, driven, cursor)
            if lost:
                connection.invalidate(error)
            raise DBAPIError.instance(
                worded.sql, None, error, dialect.loaded_dbapi.Error, connection_invalidated=lost, dialect=dialect
            ) from error
        finally:
            if cursor is not None:
                cursor.close()


class Rows(Generic[_Row]):
    """Whole rows of one table, by one statement, as instances of its class that no session watches."""

    def __init__(self, table: type[_Row], statement: Callable[[Select[Any]], Select[Any]]) -> None:
        """statement: what makes of the selection of all rows that of those that are wanted."""
        columns = columns_of(table)
        self._table, self._names = table, [column.name for column in columns]
        self._statement = Prepared(statement(select(*columns)))

    def first(self, session: Session, parameters: Parameters) -> _Row | None:
        """The first of them, null where there is none."""
        session.flush()
        row = self._statement.first(session.connection(), parameters)
        return None if row is None else self._made(row)

    def all(self, session: Session, parameters: Parameters) -> list[_Row]:
        """All of them."""
        session.flush()
        return [self._made(row) for row in self._statement.all(session.connection(), parameters)]

    def _made(self, row: Sequence[Any]) -> _Row:
        # As the ORM makes one that it has read: what the class does for new ones takes longer than to read it.
        made: _Row = manager_of_class(self._table).new_instance()
        made.__dict__.update(zip(self._names, row, strict=True))
        return made


def columns_of(table: type[SQLModel]) -> ReadOnlyColumnCollection[str, Column[Any]]:
    """The columns of a table by their names, as the database has them."""
    return table.metadata.tables[str(table.__tablename__)].c


def add(session: Session, row: SQLModel) -> None:
    """Insert a new row, and give it its id. The session knows nothing of it."""
    session.flush()
    names, statement = _insertion(type(row))
    (row_id,) = statement.one(session.connection(), {name: getattr(row, name) for name in names})
    row.id = row_id


@functools.cache
def _insertion(table: type[SQLModel]) -> tuple[Sequence[str], Prepared]:
    columns = columns_of(table)
    given = {column.name: bindparam(column.name, type_=column.type) for column in columns if column.name != "id"}
    return tuple(given), Prepared(insert(table).values(given).returning(columns.id))


def _put_into_words(statement: _Statement, dialect: Dialect) -> _Worded:
    compiled = statement.compile(dialect=dialect)
    columns = () if isinstance(statement, TextClause) else statement.exported_columns
    types = [column.type.dialect_impl(dialect) for column in columns]

    @functools.cache
    def readers_for(given: Sequence[Any]) -> Sequence[tuple[int, _Convert]]:
        # Not strict: columns of a statement that came as text have no types, and the driver describes them.
        processors = (kind.result_processor(dialect, as_given) for kind, as_given in zip(types, given, strict=False))
        return [(at, process) for at, process in enumerate(processors) if process]

    names = compiled.bind_names  # those of values that stand in the statement itself, too
    processors = {name: bind.type.dialect_impl(dialect).bind_processor(dialect) for bind, name in names.items()}
    return _Worded(
        sql=str(compiled),
        places=tuple(compiled.positiontup or ()) if compiled.positional else None,
        fixed=compiled.params,
        converts=tuple((name, process) for name, process in processors.items() if process),
        readers_for=readers_for,
    )
