"""Housekeeping: limits what grows, retries archive pages, backs up the database and checks it.

What is due follows from the clock and the existing files, so that a restart changes nothing.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from monitor.counted import counted
from monitor.errors import DamagedStore, StoreError
from monitor.jobs.archive_writer import ArchiveWriter
from monitor.jobs.clock_witness import ClockWitness
from monitor.jobs.indexer import Indexer
from monitor.jobs.licences import TextRemover
from monitor.jobs.outgoing_writer import OutgoingWriter
from monitor.jobs.retention import forget_old, forget_pages
from monitor.log import logger
from monitor.model.clock import Clock
from monitor.model.note import NoteKind
from monitor.model.settings import DigestSettings, StorageSettings
from monitor.policy.clock import disagrees
from monitor.policy.disk import has_space_for_backup
from monitor.policy.maintenance import is_backup_due, is_check_due, newest_backup
from monitor.policy.retention import LEDGER_KEPT, REQUESTS_KEPT
from monitor.progress import Progress
from monitor.store import Database, Store
from monitor.store.place import place_of

log = logger(__name__)

NO_EDITION = Lock()
"""Where nobody else makes an edition."""

CLOCK_KEY = "clock"

CHORE_LIMIT = timedelta(hours=1)
"""Enough for gigabytes on a slow disk; usually less than a minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeper:
    """Runs the housekeeping."""

    clock: Clock
    progress: Progress
    store: Store
    storage: StorageSettings
    digests: tuple[DigestSettings, ...]
    archive_writer: ArchiveWriter
    outgoing: OutgoingWriter
    witness: ClockWitness
    indexer: Indexer
    text_remover: TextRemover

    def run(self, publishing: Lock = NO_EDITION) -> None:
        """Limit what grows, retry archive pages, back up and check what is due. Raises DamagedStore.

        `publishing` is held by whoever makes an edition: no text is removed meanwhile, since the edition may quote it.
        """
        now = self.clock.now()
        names = [digest.name for digest in self.digests]
        self.store.editions.sync(names, now)  # the clock may have been ahead
        for kind in (NoteKind.EDITION, NoteKind.TEMPLATE):
            self.store.notes.keep(kind, names, now)
        with self.progress.step("retention and archive", CHORE_LIMIT):
            self._forget(now, publishing)
            self.archive_writer.run()
            self._try("outgoing feeds", self.outgoing.run)
        with self.progress.step("checkpoint", CHORE_LIMIT):
            if not self.store.database.checkpoint():
                log.warning("somebody reads an old state of the database, so its write-ahead log cannot be emptied")
        newest = newest_backup(place_of(self.storage).backups_made(), now)
        if is_backup_due(newest, self.storage.backup_every, now):
            with self.progress.step("backup", CHORE_LIMIT):
                self._back_up(now)
        if is_check_due(now):
            with self.progress.step("integrity check", CHORE_LIMIT):
                self.store.database.integrity_check()
            with self.progress.step("check of the index of searches", CHORE_LIMIT):
                self.indexer.check()

    def _forget(self, now: datetime, publishing: Lock) -> None:
        """Drop what is old, unless the clock is doubtful: by a clock that is ahead everything is old."""
        if not self.witness.is_plausible():
            self._note_clock(now)
            return
        self.store.notes.over(NoteKind.RETENTION, CLOCK_KEY, now)
        self.store.polls.forget(now - LEDGER_KEPT)
        self.store.requests.forget(now - REQUESTS_KEPT)
        self.store.deliveries.forget_attempts(now - LEDGER_KEPT)
        self.store.notes.forget(now - LEDGER_KEPT)
        if publishing.acquire(blocking=False):  # else at the next maintenance: an edition may quote what goes
            try:
                self._try("licences of texts", self.text_remover.run)
                self._try("texts of pages", lambda: forget_pages(self.store, self.storage.keep_pages, now))
                forget_old(self.store, self.storage.keep, now, self.text_remover.before_dropped)
            finally:
                publishing.release()

    def _try(self, what: str, job: Callable[[], object]) -> None:
        """A fault in one of these must keep nobody from a backup. Raises DamagedStore."""
        try:
            job()
        except DamagedStore:
            raise
        except Exception:
            log.exception("part of the maintenance failed", what=what)

    def _note_clock(self, now: datetime) -> None:
        """Note that servers say another time; that too few of them answered is no condition."""
        errors = sorted(error for error in self.witness.errors() if disagrees(error))
        if errors:
            error = errors[len(errors) // 2]
            by = counted(abs(error) // timedelta(days=1), "day", "days")
            text = (
                f"The clock of this machine is {by} {'behind' if error > timedelta() else 'ahead'}, according to "
                f"{counted(len(errors), 'server', 'servers')}. Nothing old is dropped until it is right."
            )
            if self.store.notes.add(NoteKind.RETENTION, CLOCK_KEY, text, now):
                log.warning("the clock is doubtful, nothing old is dropped", servers=len(errors), days=error.days)

    def _back_up(self, now: datetime) -> None:
        """Make a backup. A failure affects nothing else: it is tried again in an hour, and the operator is notified."""
        folder = self.storage.backup_folder
        try:
            _check_room(self.store.database)
            made = place_of(self.storage).back_up_into(now)
        except DamagedStore:
            raise
        except StoreError as error:
            log.error("no backup", reason=str(error))  # noqa: TRY400 (the sentence says it all)
            with suppress(StoreError):  # if the disk has no space for a backup, this may fail as well
                self.store.notes.add(NoteKind.BACKUP, str(folder), f"No backup could be made: {error}", now)
        else:
            log.info("backed up", file=str(made))
            self.store.notes.over(NoteKind.BACKUP, str(folder), now)


def _check_room(database: Database) -> None:
    free = database.free_bytes()
    if free is not None and not has_space_for_backup(free, database.size_bytes()):
        raise StoreError("There is too little room on the disk.")
