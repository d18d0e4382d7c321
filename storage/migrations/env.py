"""Alembic's way into our database: run by `storage.database.migrate` and by `make migration`."""

import sqlmodel
from alembic import context
from sqlalchemy import Connection, create_engine

import storage.tables  # noqa: F401  (fills the metadata)

connection: Connection = context.config.attributes.get("connection") or create_engine("sqlite:///:memory:").connect()

# SQLite cannot alter most things in place: Alembic then copies the table in one transaction (batch). The transaction
# is that of whoever brings the connection.
context.configure(connection=connection, target_metadata=sqlmodel.SQLModel.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
