"""Alembic's entry point: migrations run on the connection that the store hands over."""

from alembic import context

from taskdeck.store import tables

context.configure(connection=context.config.attributes["connection"], target_metadata=tables.metadata)
with context.begin_transaction():
    context.run_migrations()
