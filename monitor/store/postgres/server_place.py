"""The place of a PostgreSQL database: its locks, and its backups by pg_dump."""

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.errors import DamagedStore, StoreError
from monitor.files import put_in_place
from monitor.model.settings import StorageSettings
from monitor.store.backup_files import STAMP
from monitor.store.lock import folder_lock, is_folder_owned
from monitor.store.place import Place
from monitor.store.postgres import lock
from monitor.store.postgres.address import engine_url, shown
from monitor.store.postgres.database import PostgresDatabase
from monitor.store.postgres.programs import dsn, output_of, program, run
from monitor.store.sqlite_database import private_file

ASIDE = "before_"
"""What the name of a schema begins with that a restore has set aside."""

REBUILT = ("search_words", "search_state")
"""The index of searches is built from the articles again."""


class ServerPlace(Place):
    """A database of a server."""

    ending = ".dump"

    @property
    def name(self) -> str:
        return shown(self.storage.database_url)

    @property
    def _url(self) -> str:
        return self.storage.database_url

    def is_there(self) -> bool:
        with lock.opened(self._url) as session:
            row = session.execute("SELECT to_regclass('alembic_version') IS NOT NULL").fetchone()
        return bool(row and row[0])

    @contextmanager
    def ownership(self) -> Iterator[None]:
        with folder_lock(self.storage.folder), lock.held(self._url):
            yield

    def is_owned(self) -> bool:
        return is_folder_owned(self.storage.folder) or lock.is_held(self._url)

    def check_whole(self) -> None:
        """A restore is one transaction here."""

    def take_over(self, now: datetime, *, is_owner: bool) -> None:
        """Nothing lies beside the database that could be of another one."""

    def back_up(self, target: Path) -> None:
        draft = target.with_name(f"{target.name}.tmp")
        left_out = [f"--exclude-table={table}" for table in REBUILT]
        schema = f"--schema={self._schema()}"
        private_file(draft)
        try:
            with dsn(self._url) as words:
                options = ("--format=custom", "--no-owner", "--no-privileges", schema, *left_out)
                run(program("pg_dump"), *options, f"--file={draft}", f"--dbname={words}")
            self.verify(draft)
            put_in_place(draft, target)
        except OSError as error:
            raise StoreError(f"{target} cannot be written: {error.strerror}") from error
        finally:
            draft.unlink(missing_ok=True)

    def verify(self, backup: Path) -> None:
        """All of it is read, so that nothing is missing at its end."""
        if not backup.is_file():
            raise StoreError(f"There is no file {backup}.")
        try:
            run(program("pg_restore"), "--file=/dev/null", backup)
        except StoreError as error:
            raise DamagedStore(f"{backup} is damaged, or no backup of PostgreSQL: {error}") from error
        if not self.schema_of(backup):
            raise DamagedStore(f"{backup} is not a database of news-monitor.")

    def schema_of(self, backup: Path) -> str:
        return next((row["version_num"] for row in _rows(backup, "alembic_version")), "")

    def is_restoring(self) -> bool:
        return False

    def works(self) -> bool:
        try:
            if not self.is_there():
                return False
            database = PostgresDatabase(self._url)
            try:
                database.quick_check()
            finally:
                database.close()
        except DamagedStore:
            return False
        return True

    def restore(self, backup: Path, now: datetime) -> str | None:
        """The old tables stay in the database, in a schema of another name; all of it is one transaction."""
        self.verify(backup)
        schema, aside = self._schema(), f"{ASIDE}{now.astimezone(UTC):{STAMP}}".lower()
        is_kept = self.is_there()
        with tempfile.TemporaryDirectory(prefix="news-monitor-restore-") as folder:
            script = Path(folder) / "restore.sql"
            run(
                program("pg_restore"), "--no-owner", "--no-privileges", f"--schema={schema}", f"--file={script}", backup
            )
            before = (
                [f"ALTER SCHEMA {schema} RENAME TO {aside}"] if is_kept else [f"DROP SCHEMA IF EXISTS {schema} CASCADE"]
            )
            steps = [f"--command={each}" for each in (*before, f"CREATE SCHEMA {schema}")]
            with dsn(self._url) as words:
                quiet = ("--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1")
                run(program("psql"), *quiet, f"--dbname={words}", *steps, f"--file={script}")
        return f"the schema {aside} of {self.name}" if is_kept else None

    def holding(self, keys: Mapping[int, str]) -> tuple[str, ...]:
        found = [str(backup) for backup in self.backups() if _has_one(backup, keys)]
        with lock.opened(self._url) as session:
            names = "SELECT nspname FROM pg_namespace WHERE starts_with(nspname, %s) ORDER BY 1"
            for (schema,) in session.execute(names, [ASIDE]).fetchall():
                asked = "SELECT * FROM unnest(%s::bigint[], %s::text[])"
                query = f"SELECT 1 FROM {schema}.articles WHERE (id, key) IN ({asked})"  # noqa: S608 (a name of ours)
                if session.execute(query, [[*keys], [*keys.values()]]).fetchone():
                    found.append(f"the schema {schema} of {self.name}")
        return tuple(found)

    @contextmanager
    def rehearsal(self, folder: Path) -> Iterator[StorageSettings]:
        """In a database beside it, which needs the right to make one."""
        name = f"news_monitor_drill_{os.getpid()}"
        with lock.opened(self._url) as session:
            try:
                session.execute(f"CREATE DATABASE {name} ENCODING 'UTF8' LOCALE 'C' TEMPLATE template0")
            except Exception as error:
                raise StoreError(
                    f"A backup is tried in a database beside {self.name}, which could not be made: {error}."
                    " The user of the database needs the right to: ALTER USER … CREATEDB"
                ) from error
            url = engine_url(self._url).set(database=name).render_as_string(hide_password=False)
            try:
                yield replace(
                    self.storage, folder=folder, database=url, archive=None, backups=None, backup_every=timedelta()
                )
            finally:
                with suppress(Exception):
                    session.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _schema(self) -> str:
        with lock.opened(self._url) as session:
            row = session.execute("SELECT quote_ident(current_schema())").fetchone()
        if row is None or row[0] is None:
            raise StoreError(f"The database {self.name} has no schema that this user may use.")
        return str(row[0])


def _has_one(backup: Path, keys: Mapping[int, str]) -> bool:
    """False if it cannot be read."""
    try:
        return any(keys.get(int(row["id"])) == row["key"] for row in _rows(backup, "articles"))
    except (StoreError, ValueError):
        return False


def _rows(backup: Path, table: str) -> Iterator[dict[str, str]]:
    """The rows of a table in a backup, as text: what COPY writes, without what it escapes."""
    columns: list[str] | None = None
    with output_of(program("pg_restore"), "--data-only", f"--table={table}", "--file=-", backup) as lines:
        for raw in lines:
            line = raw.decode("utf-8", "replace").rstrip("\n")
            if columns is None:
                if line.startswith("COPY "):
                    columns = line.partition("(")[2].partition(")")[0].replace('"', "").split(", ")
            elif line == "\\.":
                return
            else:
                yield dict(zip(columns, line.split("\t"), strict=False))
