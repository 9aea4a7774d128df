"""Checks the database and upgrades it to the newest schema, or says which backup to restore."""

from datetime import datetime
from functools import partial

from monitor.errors import DamagedStore
from monitor.model.clock import Clock
from monitor.model.settings import StorageSettings
from monitor.store import Database, Store, open_store
from monitor.store.backup import back_up_into, backups, check_whole, finish_restore, newest_good, take_over_copy
from monitor.store.revision import revisions
from monitor.store.schema import migrate


def whole_store(storage: StorageSettings, clock: Clock, *, is_owner: bool = False) -> Store:
    """The database, checked and upgraded to the newest schema, after a backup if there is anything to lose.

    The caller owns polling and delivery. Raises DamagedStore, which names the backup to restore, and NewerStore.
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
    if revisions(database)[0] is None and backups(storage.backup_folder):
        raise DamagedStore(f"{database.file} is empty, though there are backups of it.")
    back_up = partial(back_up_into, storage.backup_folder, database.file, now, storage.backups_kept)
    migrate(database, before=back_up)


def way_back(storage: StorageSettings) -> str:
    """What to do when the database is damaged, in words."""
    backup = newest_good(storage.backup_folder)
    return f"The newest good backup: news-monitor restore {backup}" if backup else "There is no backup to restore."
