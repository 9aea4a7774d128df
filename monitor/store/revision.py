"""Which schema a database has, and which one this program needs. Importing Alembic takes too long for this."""

import re

from sqlalchemy import column, inspect, select, table

from monitor.errors import NewerStore
from monitor.resources import resource
from monitor.store.database import Database

VERSION_TABLE = "alembic_version"

COPYING = "copying"
"""What the version of a database begins with that is being copied into."""

REVISION, FOLLOWS = (re.compile(rb'^%s = "(\w+)"' % name, re.MULTILINE) for name in (b"revision", b"down_revision"))


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
    """That of the script in `migrations/versions` which no other one follows. Their numbers say nothing of their order:
    they were handed out to work that went on side by side.
    """
    scripts = [file.read_bytes() for file in (resource("migrations") / "versions").glob("[0-9]*_*.py")]
    names = {found[1].decode() for script in scripts if (found := REVISION.search(script))}
    followed = {found[1].decode() for script in scripts if (found := FOLLOWS.search(script))}
    if not names - followed:
        raise NewerStore("This installation of news-monitor has no migrations; install it again.")
    return max(names - followed)
