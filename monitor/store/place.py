"""Where a database is, before it is opened: whether it is there, who owns it, its backups. What SQLite's files need and
PostgreSQL's server needs is in `file_place` and `postgres.server_place`.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

from monitor.errors import StoreError
from monitor.model.settings import StorageSettings
from monitor.store.backup_files import added, backups, backups_made
from monitor.store.postgres import is_postgres


class Place(ABC):
    """The database of these settings. All methods raise StoreError."""

    ending = ""
    """Of the names of its backups."""

    def __init__(self, storage: StorageSettings) -> None:
        self.storage = storage

    @property
    @abstractmethod
    def name(self) -> str:
        """Where it is, for people: without a password."""

    @abstractmethod
    def is_there(self) -> bool:
        """Whether there is a database that a program of this kind has made, or begun to make."""

    # ---- Who owns polling and delivery (rule D19)

    @abstractmethod
    def ownership(self) -> AbstractContextManager[None]:
        """Own polling and delivery while the block runs; AlreadyRunning names the process that does."""

    @abstractmethod
    def is_owned(self) -> bool:
        """Whether some process owns polling and delivery."""

    # ---- Copies

    @abstractmethod
    def check_whole(self) -> None:
        """Raise StoreError if a restore was interrupted, or what is there belongs to two databases."""

    @abstractmethod
    def take_over(self, now: datetime, *, is_owner: bool) -> None:
        """Before the database is opened by who owns it: end what a restore has begun, and set aside what is not of it.
        Only an owner `is_owner` ends a restore.
        """

    @abstractmethod
    def back_up(self, target: Path) -> None:
        """Copy the database, which may be in use, to a file, and check the copy. DamagedStore if it is damaged."""

    @abstractmethod
    def verify(self, backup: Path) -> None:
        """Raise DamagedStore unless this is an intact backup of this program."""

    @abstractmethod
    def schema_of(self, backup: Path) -> str:
        """The schema of a verified backup."""

    @abstractmethod
    def is_restoring(self) -> bool:
        """Whether a restore was interrupted."""

    @abstractmethod
    def works(self) -> bool:
        """Whether the database is there and intact, with content."""

    @abstractmethod
    def restore(self, backup: Path, now: datetime) -> str | None:
        """Replace the database with a verified backup; the name of the old one, if there was one. The caller owns
        polling and delivery.
        """

    @abstractmethod
    def holding(self, keys: Mapping[int, str]) -> tuple[str, ...]:
        """The backups, and databases that were set aside, which have one of these articles: by its id and its key."""

    @abstractmethod
    def rehearsal(self, folder: Path) -> AbstractContextManager[StorageSettings]:
        """Settings for an empty database elsewhere, in which a backup is tried; it is gone after the block."""

    def back_up_into(self, now: datetime) -> Path:
        """Add a backup to the folder of backups and delete those beyond the number that is kept; where the new one
        is.
        """
        return added(self.storage.backup_folder, self.ending, now, self.storage.backups_kept, self.back_up)

    def backups(self) -> tuple[Path, ...]:
        """The backups in the folder, the newest first."""
        return backups(self.storage.backup_folder, self.ending)

    def backups_made(self) -> tuple[datetime, ...]:
        """When they were made, the newest first."""
        return backups_made(self.storage.backup_folder, self.ending)

    def newest_good(self) -> Path | None:
        """The newest backup that is sound."""
        return next((path for path in self.backups() if self.is_sound(path)), None)

    def is_sound(self, backup: Path) -> bool:
        """Whether this is an intact backup of this program."""
        try:
            self.verify(backup)
        except StoreError:
            return False
        return True

    def way_back(self) -> str:
        """What to do when the database is damaged, in words."""
        backup = self.newest_good()
        return f"The newest good backup: news-monitor restore {backup}" if backup else "There is no backup to restore."


def place_of(storage: StorageSettings) -> Place:
    """The place of the database of these settings."""
    if is_postgres(storage.database_url):
        from monitor.store.postgres.server_place import ServerPlace  # noqa: PLC0415 (psycopg only where it is needed)

        return ServerPlace(storage)
    from monitor.store.file_place import FilePlace  # noqa: PLC0415 (and no SQLite there)

    return FilePlace(storage)
