"""A whole database taken to another: every row as it is, ids and hashes included, so that links stay valid.

Rows go in the order of their keys, a batch in a transaction that also notes how far it came: whatever ends it, the same
command goes on from there. Until all of it is verified the target is marked, and nothing but the move opens it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Integer,
    Select,
    Table,
    Text,
    bindparam,
    cast,
    func,
    insert,
    inspect,
    literal,
    select,
    text,
    tuple_,
)
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel, col
from sqlmodel import select as select_rows

from storage import search, versions
from storage.database import MOVING, Database, newest_revision
from storage.tables import Article
from storage.tables.packed import WRITTEN, PackedJson, written

ROWS = 1_000
"""In one transaction, or BYTES if that is less."""
BYTES = 8 * 2**20
ARTICLES = 100
"""Whose words are kept for the search in one transaction."""
_LOCK = 0x436F7273
"""The advisory lock of PostgreSQL that one move to a database holds."""
_STATE = "unfinished_move"
_SEARCH = search.TABLE
_MODULUS = 2**256


_WRITTEN_TO = (
    "the source was written to since the move began (does a service run on it?): stop what writes, then begin again "
    "with --anew"
)


class MoveError(Exception):
    """This move cannot be done; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Step:
    """How far a table is."""

    table: str
    done: int
    """Rows of it."""
    total: int


@dataclass(frozen=True, slots=True)
class Verified:
    """A table that is the same on both sides."""

    table: str
    rows: int
    sha256: str
    """Of all its rows, in no order: the sum of their SHA-256, modulo 2^256."""


@dataclass(frozen=True, slots=True)
class _Side:
    rows: int
    sha256: str


class Move:
    """One move. `begin`, then `copy`, `verify` and `finish`, each of which does only what is left to do.

    target: opened with `unfinished=True`.
    """

    def __init__(self, source: Database, target: Database) -> None:
        self._source = source
        self._target = target
        self._name = source.url.render_as_string(hide_password=True)
        self.replaced = 0
        """Texts with a NUL, which PostgreSQL cannot keep: it became U+FFFD."""

    def begin(self, *, anew: bool = False) -> bool:
        """Make the target ready. Returns whether an unfinished move goes on.

        anew: what an unfinished move left there is forgotten first. Raises MoveError when something else is there.
        """
        with self._writing() as connection:
            unfinished = inspect(connection).has_table(_STATE)
            if unfinished and not anew:
                known = connection.execute(text(f"SELECT detail FROM {_STATE} WHERE name = ''")).scalar_one()
                if known != self._name:
                    raise MoveError(
                        f"it holds an unfinished move of {known}: finish that one, or begin this one with --anew"
                    )
                return True
            if unfinished:
                self._empty(connection)
            for table in _tables():
                if connection.execute(select(literal(1)).select_from(table).limit(1)).first():
                    raise MoveError(f"it is not empty: there are rows in {table.name}; move to a new database")
            connection.execute(
                text(f"CREATE TABLE {_STATE} (name VARCHAR PRIMARY KEY, detail VARCHAR NOT NULL, done BIGINT NOT NULL)")
            )
            self._note(connection, "", self._name, 0)
            _mark(connection, f"{MOVING}{newest_revision()}")
        return False

    def copy(self) -> Iterator[Step]:
        """Take over what is not there yet, one batch after the other."""
        for table in _tables():
            yield from self._copy(table)
        yield from self._copy_search()

    def verify(self) -> Iterator[Verified]:
        """Compare each table on both sides, all of its rows. Raises MoveError at the first that differs."""
        for table in _tables():
            before, after = self._side(self._source, table), self._side(self._target, table)
            if before != after:
                differ = (
                    f"{before.rows:,} rows became {after.rows:,}" if before.rows != after.rows else "its rows differ"
                )
                raise MoveError(f"table {table.name} is not the same: {differ}; {_WRITTEN_TO}")
            yield Verified(table.name, before.rows, before.sha256)

    def finish(self) -> None:
        """New rows get ids that were never given; the target is a database like any other from now on."""
        highest = {table.name: self._highest(table) for table in _tables() if _numbered(table)}
        with self._writing() as connection:
            for name, number in highest.items():
                _go_on_after(connection, name, number)
            connection.execute(text(f"DROP TABLE {_STATE}"))
            _mark(connection, newest_revision())
        with self._writing() as connection:
            connection.execute(text("ANALYZE"))  # else the first questions are planned as if everything were empty

    def total(self) -> int:
        """Rows of the source."""
        return sum(self._count(self._source, table) for table in _tables())

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._target.engine.connect() as connection:
            writing = connection.execution_options(corrigenda_write=True)
            with writing.begin():
                yield writing

    def _empty(self, connection: Connection) -> None:
        connection.execute(text(f"DROP TABLE {_STATE}"))
        connection.execute(text(f"DELETE FROM {_SEARCH}"))
        for table in reversed(_tables()):
            connection.execute(table.delete())

    def _note(self, connection: Connection, name: str, detail: str, done: int) -> None:
        values = {"name": name, "detail": detail, "done": done}
        connection.execute(
            text(
                f"INSERT INTO {_STATE} (name, detail, done) VALUES (:name, :detail, :done)"
                " ON CONFLICT (name) DO UPDATE SET detail = excluded.detail, done = excluded.done"
            ),
            values,
        )

    def _noted(self, name: str) -> tuple[Any, int]:
        """After which key to go on, null at the beginning; and how many rows are there."""
        with self._target.engine.connect() as connection:
            asked = text(f"SELECT detail, done FROM {_STATE} WHERE name = :name")
            row = connection.execute(asked, {"name": name}).first()
        return (json.loads(row[0]), row[1]) if row else (None, 0)

    def _copy(self, table: Table) -> Iterator[Step]:
        after, done = self._noted(table.name)
        total = self._count(self._source, table)
        keys = [column.name for column in table.primary_key]
        kept = _kept(table, self._target)
        while rows := self._read(table, after):
            after = [rows[-1][key] for key in keys]
            done += len(rows)
            try:
                with self._writing() as connection:
                    connection.execute(kept, rows)
                    self._note(connection, table.name, json.dumps(after), done)
            except IntegrityError as error:  # rows that came after those they rest on had been taken over
                raise MoveError(f"table {table.name} rests on rows that were not moved; {_WRITTEN_TO}") from error
            yield Step(table.name, done, max(done, total))
        yield Step(table.name, done, done)

    def _read(self, table: Table, after: Sequence[Any] | None) -> list[dict[str, Any]]:
        """The next rows, as many as go into one transaction."""
        keys = list(table.primary_key)
        query = _rows(table).order_by(*keys).limit(ROWS)
        if after is not None:
            last = [literal(value, key.type) for value, key in zip(after, keys, strict=True)]
            query = query.where(tuple_(*keys) > tuple_(*last))
        found: list[dict[str, Any]] = []
        size = 0
        with self._source.engine.connect() as connection:
            for row in connection.execution_options(stream_results=True, yield_per=50).execute(query):
                fitting = {name: self._fit(value) for name, value in row._mapping.items()}
                self.replaced += sum(fitting[name] is not value for name, value in row._mapping.items())
                found.append(fitting)
                size += sum(len(value) for value in row if isinstance(value, bytes | str))
                if size >= BYTES:
                    break
        return found

    def _fit(self, value: Any) -> Any:
        """A value as the target can keep it."""
        if self._target.shared and isinstance(value, str) and "\0" in value:
            return value.replace("\0", "\ufffd")
        return value

    def _copy_search(self) -> Iterator[Step]:
        """Words are indexed anew: each database has an index of its own kind."""
        after, done = self._noted(_SEARCH)
        total = self._count(self._source, Article.__table__)  # type: ignore[attr-defined]
        while True:
            with self._source.read() as session:
                next_ones = select_rows(Article).where(col(Article.id) > (after or 0)).order_by(col(Article.id))
                some = session.exec(next_ones.limit(ARTICLES)).all()
                texts = versions.current_texts(session, some)
            if not some:
                break
            after, done = some[-1].id, done + len(some)
            with self._writing() as connection, Session(connection) as session:
                for article in some:
                    search.keep(
                        session,
                        article.id or 0,
                        headline=article.headline if article.version_number else None,
                        about=search.about(article.publisher, article.url),
                        body=texts.get(article.id or 0, ""),
                    )
                self._note(connection, _SEARCH, json.dumps(after), done)
            yield Step(_SEARCH, done, max(done, total))

    def _side(self, database: Database, table: Table) -> _Side:
        total, count = 0, 0
        with database.engine.connect() as connection:
            rows = connection.execution_options(stream_results=True, yield_per=200).execute(_rows(table))
            for row in rows:
                count += 1
                digest = hashlib.sha256(b"\x1f".join(_canonical(self._fit(value)) for value in row)).digest()
                total = (total + int.from_bytes(digest, "big")) % _MODULUS
        return _Side(count, f"{total:064x}")

    def _count(self, database: Database, table: Table) -> int:
        with database.engine.connect() as connection:
            return connection.execute(select(func.count()).select_from(table)).scalar_one()

    def _highest(self, table: Table) -> int:
        """The highest id that was ever given in the source, as far as it knows."""
        with self._source.engine.connect() as connection:
            highest: int = connection.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one()
            if self._source.shared:
                sequence = connection.execute(text(_SEQUENCE_OF), {"name": table.name}).scalar_one()
                given = connection.execute(
                    text(f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {sequence}")
                )
            elif not inspect(connection).has_table("sqlite_sequence"):
                return highest
            else:
                given = connection.execute(
                    text("SELECT seq FROM sqlite_sequence WHERE name = :name"), {"name": table.name}
                )
            return max(highest, given.scalar() or 0)


@contextmanager
def alone_on(target: Database) -> Iterator[None]:
    """Hold the one place for a move to this PostgreSQL database. Raises MoveError when another one has it."""
    if not target.shared:
        yield
        return
    with target.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.execute(select(func.pg_try_advisory_lock(_LOCK))).scalar_one():
            raise MoveError("another move to it is under way: wait for that one, or stop it")
        try:
            yield
        finally:
            connection.execute(select(func.pg_advisory_unlock(_LOCK)))


_SEQUENCE_OF = "SELECT pg_get_serial_sequence(quote_ident(:name), 'id')"


def _tables() -> Sequence[Table]:
    """Every table, whatever another refers to before it."""
    return SQLModel.metadata.sorted_tables


def _numbered(table: Table) -> bool:
    """Whether the database gives its ids."""
    return [column.name for column in table.primary_key if isinstance(column.type, Integer)] == ["id"]


def _go_on_after(connection: Connection, name: str, number: int) -> None:
    if connection.dialect.name == "postgresql":
        sequence = connection.execute(text(_SEQUENCE_OF), {"name": name}).scalar_one()
        connection.execute(select(func.setval(sequence, max(number, 1), number > 0)))
    elif inspect(connection).has_table("sqlite_sequence"):
        raised = text("UPDATE sqlite_sequence SET seq = max(seq, :number) WHERE name = :name")
        connection.execute(raised, {"name": name, "number": number})


def _mark(connection: Connection, revision: str) -> None:
    """What Alembic reads of the schema: while it is one that nobody knows, nothing else opens the database."""
    connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})


def _rows(table: Table) -> Select[Any]:
    """All columns; JSON as it is written: not a blank of it changes, and null stays another thing than `null`."""

    def value(column: Column[Any]) -> Any:
        if isinstance(column.type, PackedJson):
            return written(column).label(column.name)
        return cast(column, Text).label(column.name) if isinstance(column.type, JSON) else column

    return select(*map(value, table.columns))


def _kept(table: Table, target: Database) -> Any:
    def value(column: Column[Any]) -> Any:
        if not isinstance(column.type, JSON | PackedJson):
            return bindparam(column.name, type_=column.type)
        given = bindparam(column.name, type_=WRITTEN if isinstance(column.type, PackedJson) else Text())
        return cast(given, JSON()) if target.shared else given

    return insert(table).values({column.name: value(column) for column in table.columns})


def _canonical(value: Any) -> bytes:
    """A value in bytes, the same from either database. What is most frequent is asked first."""
    if isinstance(value, str):
        return b"s" + value.encode()
    if value is None:
        return b"n"
    if isinstance(value, bool):
        return b"1" if value else b"0"
    if isinstance(value, int | float):
        return b"i%d" % value if isinstance(value, int) else b"f" + repr(value).encode()
    if isinstance(value, datetime):
        return b"t" + value.astimezone(UTC).isoformat(timespec="microseconds").encode()
    return b"b" + bytes(value)
