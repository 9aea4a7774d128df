"""Checks the database and upgrades it to the newest schema, or says which backup to restore."""

from datetime import datetime
from pathlib import Path

from monitor.daemon.upgrade_notice import Upgrade, report
from monitor.errors import DamagedStore
from monitor.model.clock import Clock
from monitor.model.settings import StorageSettings
from monitor.store import Database, Store, open_store
from monitor.store.backup import back_up_into, backups, check_whole, finish_restore, newest_good, take_over_copy
from monitor.store.revision import revisions


def whole_store(storage: StorageSettings, clock: Clock, *, is_owner: bool = False) -> Store:
    """The database, checked and upgraded to the newest schema, after a backup if there is anything to lose.

    The caller owns polling and delivery. An upgrade is reported (`upgrade_notice`). Raises NewerStore, and
    DamagedStore, which names the backup to restore.
    """
    now = clock.now()
    if is_owner:
        finish_restore(storage.database_file)
    take_over_copy(storage.database_file, now)
    check_whole(storage.database_file)
    store = open_store(storage.database_url, is_owner=is_owner, now=clock.now)
    try:
        _make_whole(store.database, storage, now)
    except BaseException as error:
        store.close()
        if isinstance(error, DamagedStore):
            raise DamagedStore(f"{error} {way_back(storage)}") from error
        raise
    return store


def _make_whole(database: Database, storage: StorageSettings, now: datetime) -> None:
    database.quick_check()
    found, needed = revisions(database)
    if found is None and backups(storage.backup_folder):
        raise DamagedStore(f"{database.file} is empty, though there are backups of it.")
    if found == needed:
        return
    from monitor.store.schema import migrate  # it imports alembic, slowly

    made: list[Path] = []

    def back_up() -> None:
        made.append(back_up_into(storage.backup_folder, database.file, now, storage.backups_kept))

    before, after = migrate(database, before=back_up)
    if before is not None and made:
        report(Upgrade(before=before, after=after, backup=made[0]))


def way_back(storage: StorageSettings) -> str:
    """What to do when the database is damaged, in words."""
    backup = newest_good(storage.backup_folder)
    return f"The newest good backup: news-monitor restore {backup}" if backup else "There is no backup to restore."
