"""Statements of the hot path, put into words once for each kind of database.

To hand a statement over through SQLAlchemy takes longer than the database needs to carry it out: what every check
writes is compiled by it once, with its types, and then given to the driver as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Dialect, Select, UpdateBase

Parameters = Mapping[str, Any]
_Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Worded:
    """A statement in the words of one kind of database."""

    sql: str
    places: tuple[str, ...] | None
    """The names of its parameters in their order; null where they are given by name."""
    fixed: Parameters
    converts: tuple[tuple[str, _Convert], ...]
    """What makes of a parameter what the driver takes, where that is something else."""

    def given(self, parameters: Parameters) -> Any:
        """The parameters as the driver takes them."""
        values = {**self.fixed, **parameters}
        for name, convert in self.converts:
            values[name] = convert(values[name])
        return values if self.places is None else tuple([values[name] for name in self.places])


class Prepared:
    """One statement. Its parameters are those of its `bindparam`s, by name, each with its type."""

    def __init__(self, statement: UpdateBase | Select[Any]) -> None:
        self._statement = statement
        self._worded: dict[str, _Worded] = {}

    def run(self, connection: Connection, parameters: Parameters) -> int:
        """Carry it out. Returns how many rows it met."""
        worded = self._in_words_of(connection.dialect)
        with closing(connection.connection.cursor()) as cursor:
            cursor.execute(worded.sql, worded.given(parameters))
            return int(cursor.rowcount)

    def first(self, connection: Connection, parameters: Parameters) -> Any:
        """Carry it out. Returns its first row as the driver gives it, null where there is none."""
        worded = self._in_words_of(connection.dialect)
        with closing(connection.connection.cursor()) as cursor:
            cursor.execute(worded.sql, worded.given(parameters))
            return cursor.fetchone()

    def run_each(self, connection: Connection, rows: Sequence[Parameters]) -> None:
        """Carry it out for each of these."""
        worded = self._in_words_of(connection.dialect)
        with closing(connection.connection.cursor()) as cursor:
            cursor.executemany(worded.sql, [worded.given(row) for row in rows])

    def _in_words_of(self, dialect: Dialect) -> _Worded:
        worded = self._worded.get(dialect.name)
        if worded is None:
            worded = self._worded[dialect.name] = _put_into_words(self._statement, dialect)
        return worded


def _put_into_words(statement: UpdateBase | Select[Any], dialect: Dialect) -> _Worded:
    compiled = statement.compile(dialect=dialect)
    names = compiled.bind_names  # those of values that stand in the statement itself, too
    processors = {name: bind.type.dialect_impl(dialect).bind_processor(dialect) for bind, name in names.items()}
    return _Worded(
        sql=str(compiled),
        places=tuple(compiled.positiontup or ()) if compiled.positional else None,
        fixed=compiled.params,
        converts=tuple((name, process) for name, process in processors.items() if process),
    )
