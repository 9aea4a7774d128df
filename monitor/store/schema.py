"""Bring the schema to what this program needs, by the Alembic scripts in `migrations/`.

Nothing else changes the schema. A database from a newer program is refused: an older one would
write rows without what it does not know (rule D18).
"""

import logging

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from monitor.errors import NewerStore
from monitor.resources import resource
from monitor.store.database import Database

# Alembic reports its own progress; the daemon's log says what matters of it.
logging.getLogger("alembic").setLevel(logging.WARNING)


def migrate(database: Database) -> tuple[str | None, str]:
    """Upgrade to the newest schema; the revision before (None: a new database) and now.

    Raises NewerStore and leaves the database as it is when its revision is unknown here.
    """
    before, head = revisions(database)
    if before == head:
        return before, head
    known = {script.revision for script in _scripts().walk_revisions()}
    if before is not None and before not in known:
        raise NewerStore(
            f"The database has schema {before}, which this version of news-monitor does not know; install a newer one."
        )
    config = _config()
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return before, head


def revisions(database: Database) -> tuple[str | None, str]:
    """The revision the database has (None: empty) and the one this program needs."""
    with database.read() as connection:
        before = MigrationContext.configure(connection).get_current_revision()
    head = _scripts().get_current_head()
    if head is None:
        raise NewerStore("This installation of news-monitor has no migrations; install it again.")
    return before, head


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(resource("migrations")).replace("%", "%%"))
    return config


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())
