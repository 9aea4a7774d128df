"""Which schema a database has, and which one this program needs. Importing Alembic takes too long for this."""

from sqlalchemy import column, inspect, select, table

from monitor.errors import NewerStore
from monitor.resources import resource
from monitor.store.database import Database

VERSION_TABLE = "alembic_version"


def revisions(database: Database) -> tuple[str | None, str]:
    """The revision the database has (None: empty) and the one this program needs."""
    return revision_of(database), newest_revision()


def revision_of(database: Database) -> str | None:
    """The name of the last script that this database went through."""
    with database.read() as connection:
        if not inspect(connection).has_table(VERSION_TABLE):
            return None
        found: str | None = connection.scalar(select(column("version_num")).select_from(table(VERSION_TABLE)))
        return found


def newest_revision() -> str:
    """That of the last script in `migrations/versions`: their names begin with the revision, and are in order."""
    names = [file.name.partition("_")[0] for file in (resource("migrations") / "versions").glob("[0-9]*_*.py")]
    if not names:
        raise NewerStore("This installation of news-monitor has no migrations; install it again.")
    return max(names)
