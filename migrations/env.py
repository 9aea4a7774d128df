"""Run by Alembic for each upgrade; the connection, inside its transaction, comes from `monitor.store.schema`."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=None)
context.run_migrations()
