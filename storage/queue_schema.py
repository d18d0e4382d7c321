"""The tables of Procrastinate, in a schema of their own beside ours, brought to its version by its own migrations."""

from __future__ import annotations

from importlib import resources

from sqlalchemy import Connection, func, select

from storage.database import MIGRATING, Database

SCHEMA = "procrastinate"


def migrate_queue(database: Database) -> None:
    """Make the tables of the queue, or bring them to the version that is installed; several may ask at once.

    Raises sqlalchemy.exc.SQLAlchemyError.
    """
    scripts = resources.files("procrastinate") / "sql"
    migrations = sorted(each.name for each in (scripts / "migrations").iterdir() if each.name.endswith(".sql"))
    with database.engine.begin() as connection:
        connection.execute(select(func.pg_advisory_xact_lock(MIGRATING)))
        connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
        connection.exec_driver_sql(f"SET LOCAL search_path TO {SCHEMA}")
        connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS corrigenda_applied (name text PRIMARY KEY)")
        known = set(connection.exec_driver_sql("SELECT name FROM corrigenda_applied").scalars())
        if not known:  # its whole schema is what all of its migrations lead to
            _run(connection, (scripts / "schema.sql").read_text(encoding="utf-8"))
        new = [name for name in migrations if name not in known]
        for name in new:
            if known:
                _run(connection, (scripts / "migrations" / name).read_text(encoding="utf-8"))
            connection.exec_driver_sql("INSERT INTO corrigenda_applied VALUES (%(name)s)", {"name": name})


def _run(connection: Connection, script: str) -> None:
    """A script of many statements: the driver takes one only when no parameters are bound."""
    cursor = connection.connection.cursor()
    try:
        cursor.execute(script)
    finally:
        cursor.close()
