"""Housekeeping: what grows is bounded, what could not be archived is tried again, the database is copied and checked.

What is due follows from the clock and from what is there, so that a restart changes nothing.
"""

from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from monitor.errors import DamagedStore, StoreError
from monitor.jobs.archive_writer import archive_due
from monitor.jobs.retention import forget_old
from monitor.jobs.stages import Stages
from monitor.model.note import NoteKind
from monitor.store.backup import back_up_into, backups, made_at
from monitor.store.disk_space import LEAST_FREE_BYTES, free_bytes

log = structlog.get_logger(__name__)

LEDGER_KEPT = timedelta(days=90)
REQUESTS_KEPT = timedelta(days=1)
CHORE_LIMIT = timedelta(hours=1)
"""Gigabytes on a slow disk; less than a minute otherwise."""

CLOCK_SLIP = timedelta(days=1)
CHECK_WEEKDAY, CHECK_HOUR = 6, 3
"""When the whole database is checked, in UTC: once a week, in an hour that is quiet nearly everywhere."""


def maintain_due(stages: Stages) -> None:
    """Keep what grows bounded, write what could not be archived, copy and check what is due. Raises DamagedStore."""
    now = stages.clock.now()
    names = [digest.name for digest in stages.digests]
    stages.store.editions.sync(names, now)  # the clock may have been ahead
    for kind in (NoteKind.EDITION, NoteKind.TEMPLATE):
        stages.store.notes.keep(kind, names, now)
    stages.store.feeds.forget_polls(now - LEDGER_KEPT)
    stages.store.requests.forget(now - REQUESTS_KEPT)
    stages.store.deliveries.forget_attempts(now - LEDGER_KEPT)
    stages.store.notes.forget(now - LEDGER_KEPT)
    with stages.progress.step("retention and archive", CHORE_LIMIT):
        forget_old(stages)
        archive_due(stages)
    with stages.progress.step("checkpoint", CHORE_LIMIT):
        if not stages.store.database.checkpoint():
            log.warning("somebody reads an old state of the database, so its write-ahead log cannot be emptied")
    if is_backup_due(stages, now):
        with stages.progress.step("backup", CHORE_LIMIT):
            _back_up(stages, now)
    if (now.weekday(), now.hour) == (CHECK_WEEKDAY, CHECK_HOUR):
        with stages.progress.step("integrity check", CHORE_LIMIT):
            stages.store.database.integrity_check()


def is_backup_due(stages: Stages, now: datetime) -> bool:
    """Whether the newest backup is old enough. One from the future was made while the clock was wrong."""
    made = (made_at(path) for path in backups(stages.storage.backup_folder))
    newest = next((at for at in made if at is not None and at < now + CLOCK_SLIP), None)
    return bool(stages.storage.backup_every) and (newest is None or newest + stages.storage.backup_every <= now)


def _back_up(stages: Stages, now: datetime) -> None:
    """A backup that cannot be made costs nothing else: it is tried again in an hour, and the operator is told."""
    folder, file = stages.storage.backup_folder, stages.store.database.file
    try:
        _check_room(file)
        made = back_up_into(folder, file, now, stages.storage.backups_kept)
    except DamagedStore:
        raise
    except StoreError as error:
        log.error("no backup", reason=str(error))  # noqa: TRY400 (the sentence says it all)
        with suppress(StoreError):  # a disk that takes no backup may not take this either
            stages.store.notes.add(NoteKind.BACKUP, str(folder), f"No backup could be made: {error}", now)
    else:
        log.info("backed up", file=str(made))
        stages.store.notes.over(NoteKind.BACKUP, str(folder), now)


def _check_room(file: Path) -> None:
    if free_bytes(file) < file.stat().st_size + LEAST_FREE_BYTES:
        raise StoreError("There is too little room on the disk.")
