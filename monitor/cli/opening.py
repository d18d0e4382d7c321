"""The database of the commands that keep something, opened with errors that a person can act on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from alembic.util import CommandError
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from monitor.config import Settings
from monitor.errors import ConfigurationError, CorrigendaError
from storage.blobs import DamagedError
from storage.database import Database, StrangeSchemaError, UnfinishedMoveError


class DatabaseError(CorrigendaError):
    """The database cannot be opened, read or written; the message names it and says what to do."""


@contextmanager
def open_database(settings: Settings) -> Iterator[Database]:
    """The database of these settings, at the newest schema, closed at the end. Raises DatabaseError."""
    with explained(settings):
        database = Database(settings.database)
        try:
            yield database
        finally:
            database.close()


@contextmanager
def explained(settings: Settings) -> Iterator[None]:
    """Turns an error of the database into one line. Raises DatabaseError, ConfigurationError."""
    try:
        yield
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        hint = "write for example sqlite:///corrigenda.db"
        raise ConfigurationError(f"setting `database` = {show_url(settings)!r}: {error}; {hint}") from error
    except (UnfinishedMoveError, StrangeSchemaError) as error:
        raise DatabaseError(f"database {show_url(settings)}: {error}") from error
    except CommandError as error:
        reason = f"{error}; a newer Corrigenda made it: run that one"
        raise DatabaseError(f"database {show_url(settings)}: {reason}") from error
    except DamagedError as error:
        hint = "`corrigenda db check` names all that is so; a backup from before has it"
        raise DatabaseError(f"database {show_url(settings)}: {error}; {hint}") from error
    except SQLAlchemyError as error:
        raise DatabaseError(explain(error, settings)) from error


def explain(error: SQLAlchemyError, settings: Settings) -> str:
    """One line: which database, what is wrong with it, what to do."""
    cause = str(getattr(error, "orig", None) or error).splitlines()[0]
    return f"database {show_url(settings)}: {cause}; {_advice(cause)}"


def show_url(settings: Settings) -> str:
    """The database's address without its password."""
    try:
        return make_url(settings.database).set(password=None).render_as_string()
    except ArgumentError:  # what it is that is no address must not be shown whole
        scheme, separator, rest = settings.database.partition("://")
        return f"{scheme}{separator}{rest.rpartition('@')[2]}"


def _advice(cause: str) -> str:
    for part, advice in _ADVICE.items():
        if part in cause:
            return advice
    return "`corrigenda doctor` looks closer"


_ADVICE = {
    "locked": "another process is writing; try again, or stop it",
    "disk is full": "make room on the disk and try again; nothing half-written was kept",
    "malformed": "it is damaged: restore a backup, or move the file away to begin anew",
    "not a database": "that file is something else: check the setting `database`",
    "unable to open": "check that its folder exists and is writable",
    "readonly": "make the file and its folder writable for this user",
}
