"""A copy of a whole SQLite database, made while a service works on it, and put back.

On PostgreSQL `pg_dump` does this.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError

from storage.database import Database, StrangeSchemaError, UnfinishedMoveError, make_private, newest_revision

_BESIDE = ("-wal", "-shm")
"""What SQLite keeps beside a database file that is in use."""


class BackupError(Exception):
    """A backup cannot be made, or is none; the message says why, and what to do."""


def make(database: Path, backup: Path) -> int:
    """Copy the database as it is at one moment, whatever is written meanwhile. Returns the size in bytes.

    The backup has its name only when it is whole and on the disk. Raises BackupError, OSError.
    """
    if not database.is_file():
        raise BackupError(f"there is no database {database}")
    unfinished = backup.with_name(f"{backup.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    make_private(unfinished)
    try:
        with closing(sqlite3.connect(database, timeout=30)) as source, closing(sqlite3.connect(unfinished)) as copy:
            source.backup(copy)  # in one go: under WAL a reader holds up nobody
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, which may be moved about
        check(unfinished, of=database)
        _keep(unfinished, backup)
    except sqlite3.Error as error:
        raise BackupError(f"{database} could not be copied to {backup}: {error}") from error
    finally:
        unfinished.unlink(missing_ok=True)
    return backup.stat().st_size


def check(backup: Path, *, of: Path | None = None) -> None:
    """Read all of it. Raises BackupError when it is damaged, or something else than a database of ours.

    of: the database of which it is a copy: its faults are the copy's. What points to nothing is no fault here: a backup
    without the row is better than none, and `corrigenda doctor` names it.
    """
    named = of or backup
    if not backup.is_file():
        raise BackupError(f"there is no backup {backup}")
    try:
        with closing(sqlite3.connect(f"{backup.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            faults = [row for (row,) in connection.execute("PRAGMA integrity_check(3)") if row != "ok"]
    except sqlite3.Error as error:
        if "malformed" in str(error):
            raise BackupError(f"{named} is damaged: {error}") from error
        raise BackupError(f"{named} is no database of Corrigenda: {error}") from error
    if found is None:
        raise BackupError(f"{named} is no database of Corrigenda: it has no schema ({newest_revision()} is the newest)")
    if faults:
        raise BackupError(f"{named} is damaged: {'; '.join(faults)}")


def restore(backup: Path, database: Path, now: datetime) -> Path | None:
    """Put a backup in the place of the database, with which nobody may be working. Returns where the old one went.

    At no moment is there half a database: the old one has its name until the new one is whole and on the disk.
    """
    check(backup)
    unfinished = database.with_name(f"{database.name}.unfinished")
    make_private(unfinished)
    try:
        shutil.copyfile(backup, unfinished)
    except OSError as error:  # a full disk: say which one, and leave nothing on it
        unfinished.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(unfinished)) from error
    _open(unfinished, backup)
    aside = None
    if database.exists():
        aside = database.with_name(f"{database.name}.before-{now:%Y%m%dT%H%M%SZ}")
        _empty_log(database)
        os.link(database, aside)
    for end in _BESIDE:  # they belong to the old file, and would be taken for a log of the new one
        Path(f"{database}{end}").unlink(missing_ok=True)
    _keep(unfinished, database)
    return aside


def _open(copied: Path, backup: Path) -> None:
    """Bring its schema to the newest before it takes the place of a database that works."""
    try:
        Database(f"sqlite:///{copied}").close()
    except (CommandError, StrangeSchemaError, UnfinishedMoveError, SQLAlchemyError) as error:
        for end in ("", *_BESIDE):
            Path(f"{copied}{end}").unlink(missing_ok=True)
        newer = "; a newer Corrigenda made it: run that one" if isinstance(error, CommandError) else ""
        raise BackupError(f"{backup} cannot be opened: {error}{newer}") from error


def _empty_log(database: Path) -> None:
    """Bring everything into the file itself: it goes aside alone. A file that is damaged goes as it is."""
    try:
        with closing(sqlite3.connect(database, timeout=30)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error:
        for end in _BESIDE:
            beside = Path(f"{database}{end}")
            if beside.exists():
                shutil.copyfile(beside, f"{beside}.damaged")


def _keep(unfinished: Path, final: Path) -> None:
    """Give a whole file its name, so that a power cut leaves it or what was there before."""
    with unfinished.open("rb") as file:
        os.fsync(file.fileno())
    unfinished.replace(final)
    folder = os.open(final.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
