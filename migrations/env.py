"""Run by Alembic for each upgrade; the connection, inside its transaction, comes from `monitor.store.schema`.

SQLite can change little of a table that is there, so scripts rebuild it; PostgreSQL changes it in place. Scripts read
from the options of the context what they give `batch_alter_table` (`rebuilt`) and where a column goes (`place`).
"""

from typing import Any

from alembic import context

connection = context.config.attributes["connection"]
rebuilt = "always" if connection.dialect.name == "sqlite" else "auto"


def place(**where: str) -> dict[str, Any]:
    """Where a column goes in a table that is rebuilt; in one that is changed in place it goes to the end."""
    return dict(where) if rebuilt == "always" else {}


context.configure(connection=connection, target_metadata=None, rebuilt=rebuilt, place=place)
context.run_migrations()
