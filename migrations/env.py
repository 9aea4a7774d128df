"""Run by Alembic for each upgrade; the connection, inside its transaction, comes from `monitor.store.schema`."""

from alembic import context

connection = context.config.attributes["connection"]
# SQLite can change little of a table that is there, so scripts make it anew; PostgreSQL changes it in place.
rebuilt = "always" if connection.dialect.name == "sqlite" else "auto"
context.configure(connection=connection, target_metadata=None, rebuilt=rebuilt)
context.run_migrations()
