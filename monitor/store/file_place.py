"""The place of an SQLite database: a file, its lock and its backups beside it."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from monitor.model.settings import StorageSettings
from monitor.store import backup as copies
from monitor.store.lock import is_owned, ownership
from monitor.store.place import Place


class FilePlace(Place):
    """A file of SQLite."""

    ending = copies.ENDING

    @property
    def name(self) -> str:
        return str(self._file)

    @property
    def _file(self) -> Path:
        return self.storage.database_file

    def is_there(self) -> bool:
        return self._file.exists()

    def ownership(self) -> AbstractContextManager[None]:
        return ownership(self.storage.folder, self._file)

    def is_owned(self) -> bool:
        return is_owned(self.storage.folder, self._file)

    def check_whole(self) -> None:
        copies.check_whole(self._file)

    def take_over(self, now: datetime, *, is_owner: bool) -> None:
        if is_owner:
            copies.finish_restore(self._file)
        copies.take_over_copy(self._file, now)

    def back_up(self, target: Path) -> None:
        copies.back_up(self._file, target)

    def verify(self, backup: Path) -> None:
        copies.verify(backup)

    def schema_of(self, backup: Path) -> str:
        return copies.revision(backup)

    def is_restoring(self) -> bool:
        return copies.is_restoring(self._file)

    def works(self) -> bool:
        return self._file.exists() and copies.is_sound(self._file)

    def restore(self, backup: Path, now: datetime) -> str | None:
        aside = copies.restore(backup, self._file, now)
        return None if aside is None else str(aside)

    def holding(self, keys: Mapping[int, str]) -> tuple[str, ...]:
        places = (*self.backups(), *copies.set_aside(self._file))
        return tuple(str(path) for path in places if copies.holds_article(path, keys))

    @contextmanager
    def rehearsal(self, folder: Path) -> Iterator[StorageSettings]:
        yield replace(self.storage, folder=folder, database="", archive=None, backups=None, backup_every=timedelta())
