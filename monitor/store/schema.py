"""Bring the schema to what this program needs, by the Alembic scripts in `migrations/`.

Nothing else changes the schema. A database from a newer program is refused: an older one would
write rows without what it does not know. All scripts that are missing run in one transaction, and unless every
row of every table that stays is there at its end, nothing of it is (rule D18).
"""

import logging
from collections.abc import Callable, Mapping
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, inspect, select, table

from monitor.errors import NewerStore, StoreError
from monitor.resources import resource
from monitor.store.database import Database
from monitor.store.revision import COPYING, VERSION_TABLE, revision_of

# Alembic reports its own progress; the daemon's log says what matters of it.
logging.getLogger("alembic").setLevel(logging.WARNING)


def migrate(
    database: Database,
    *,
    before: Callable[[], object] = lambda: None,
    scripts: Path | None = None,
    target: str = "head",
) -> tuple[str | None, str]:
    """Upgrade to the newest schema; the revision before (None: a new database) and now.

    `before` runs first if an existing database is to change: it makes the backup. `scripts` stands in for the
    shipped folder, `target` for the newest revision. Raises NewerStore and leaves the database as it is when its
    revision is unknown here, StoreError when a script loses rows.
    """
    config = _config(scripts)
    folder = ScriptDirectory.from_config(config)
    found, head = revision_of(database), _head(folder)
    if found == head:
        return found, head
    check_known(found, folder)
    if found is not None:
        before()
    with database.rebuild() as connection:
        rows = _row_counts(connection)
        config.attributes["connection"] = connection
        command.upgrade(config, target)
        _check_rows(rows, _row_counts(connection))
    return found, head


def check_known(revision: str | None, scripts: ScriptDirectory | None = None) -> None:
    """Raise NewerStore for a revision that this program does not know, StoreError for a copy that was interrupted."""
    if revision is not None and revision.startswith(COPYING):
        raise StoreError("The database is a copy that is not complete. Run `news-monitor database copy` again.")
    if revision is not None and revision not in {each.revision for each in (scripts or _scripts()).walk_revisions()}:
        raise NewerStore(
            f"The database has schema {revision}, which this version of news-monitor does not know;"
            " install a newer one."
        )


def _head(scripts: ScriptDirectory) -> str:
    head = scripts.get_current_head()
    if head is None:
        raise NewerStore("This installation of news-monitor has no migrations; install it again.")
    return head


def _row_counts(connection: Connection) -> Mapping[str, int]:
    names = set(inspect(connection).get_table_names()) - {VERSION_TABLE}
    return {name: connection.scalar(select(func.count()).select_from(table(name))) or 0 for name in names}


def _check_rows(before: Mapping[str, int], after: Mapping[str, int]) -> None:
    changed = [
        f"{name} had {before[name]} and has {after[name]}"
        for name in sorted(before.keys() & after.keys())
        if before[name] != after[name]
    ]
    if changed:
        raise StoreError(f"The migration was undone, because rows would be lost or invented: {', '.join(changed)}.")


def _config(scripts: Path | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(scripts or resource("migrations")).replace("%", "%%"))
    return config


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())
