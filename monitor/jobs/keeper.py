"""Housekeeping: limits what grows, retries archive pages, backs up the database and checks it.

What is due follows from the clock and the existing files, so that a restart changes nothing.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from monitor.errors import DamagedStore, StoreError
from monitor.jobs.archive_writer import ArchiveWriter
from monitor.jobs.retention import forget_old
from monitor.model.clock import Clock
from monitor.model.note import NoteKind
from monitor.model.settings import DigestSettings, StorageSettings
from monitor.progress import Progress
from monitor.store import Store
from monitor.store.backup import back_up_into, backups, made_at
from monitor.store.disk_space import LEAST_FREE_BYTES, free_bytes

log = structlog.get_logger(__name__)

LEDGER_KEPT = timedelta(days=90)
REQUESTS_KEPT = timedelta(days=1)
CHORE_LIMIT = timedelta(hours=1)
"""Enough for gigabytes on a slow disk; usually less than a minute."""

CLOCK_SLIP = timedelta(days=1)
CHECK_WEEKDAY, CHECK_HOUR = 6, 3
"""When the whole database is checked, in UTC: once a week, in an hour that is quiet almost everywhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeper:
    """Runs the housekeeping."""

    clock: Clock
    progress: Progress
    store: Store
    storage: StorageSettings
    digests: tuple[DigestSettings, ...]
    archive_writer: ArchiveWriter

    def run(self) -> None:
        """Limit what grows, retry archive pages, back up and check what is due. Raises DamagedStore."""
        now = self.clock.now()
        names = [digest.name for digest in self.digests]
        self.store.editions.sync(names, now)  # the clock may have been ahead
        for kind in (NoteKind.EDITION, NoteKind.TEMPLATE):
            self.store.notes.keep(kind, names, now)
        self.store.feeds.forget_polls(now - LEDGER_KEPT)
        self.store.requests.forget(now - REQUESTS_KEPT)
        self.store.deliveries.forget_attempts(now - LEDGER_KEPT)
        self.store.notes.forget(now - LEDGER_KEPT)
        with self.progress.step("retention and archive", CHORE_LIMIT):
            forget_old(self.store, self.storage.keep, now)
            self.archive_writer.run()
        with self.progress.step("checkpoint", CHORE_LIMIT):
            if not self.store.database.checkpoint():
                log.warning("write-ahead log cannot be emptied, a program reads an old state of the database")
        if self.is_backup_due(now):
            with self.progress.step("backup", CHORE_LIMIT):
                self._back_up(now)
        if (now.weekday(), now.hour) == (CHECK_WEEKDAY, CHECK_HOUR):
            with self.progress.step("integrity check", CHORE_LIMIT):
                self.store.database.integrity_check()

    def is_backup_due(self, now: datetime) -> bool:
        """Whether a new backup is due. A backup from the future was made while the clock was
        wrong, and does not count.
        """
        made = (made_at(path) for path in backups(self.storage.backup_folder))
        newest = next((at for at in made if at is not None and at < now + CLOCK_SLIP), None)
        return bool(self.storage.backup_every) and (newest is None or newest + self.storage.backup_every <= now)

    def _back_up(self, now: datetime) -> None:
        """Make a backup. A failure affects nothing else: it is tried again in an hour, and the operator is notified."""
        folder, file = self.storage.backup_folder, self.store.database.file
        try:
            _check_room(file)
            made = back_up_into(folder, file, now, self.storage.backups_kept)
        except DamagedStore:
            raise
        except StoreError as error:
            log.error("no backup", reason=str(error))  # noqa: TRY400 (the sentence says it all)
            with suppress(StoreError):  # if the disk has no space for a backup, this may fail as well
                self.store.notes.add(NoteKind.BACKUP, str(folder), f"No backup could be made: {error}", now)
        else:
            log.info("backed up", file=str(made))
            self.store.notes.over(NoteKind.BACKUP, str(folder), now)


def _check_room(file: Path) -> None:
    if free_bytes(file) < file.stat().st_size + LEAST_FREE_BYTES:
        raise StoreError("There is too little space on the disk.")
