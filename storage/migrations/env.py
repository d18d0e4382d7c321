"""Alembic's way into our database: run by `storage.database.migrate` and by `make migration`."""

import sqlmodel
from alembic import context
from sqlalchemy import Engine, create_engine

import storage.tables  # noqa: F401  (fills the metadata)

engine: Engine = context.config.attributes.get("engine") or create_engine("sqlite:///:memory:")

with engine.connect() as connection:
    # SQLite cannot alter most things in place: Alembic then copies the table in one transaction (batch).
    connection = connection.execution_options(corrigenda_write=True)
    context.configure(connection=connection, target_metadata=sqlmodel.SQLModel.metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
