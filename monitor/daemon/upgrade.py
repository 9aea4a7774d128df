"""Checks the database and upgrades it to the newest schema, or says which backup to restore."""

from datetime import datetime
from pathlib import Path

from monitor.daemon.upgrade_notice import Upgrade, report
from monitor.errors import DamagedStore
from monitor.model.clock import Clock
from monitor.model.settings import StorageSettings
from monitor.store import Database, Store, open_store
from monitor.store.place import Place, place_of
from monitor.store.revision import revisions


def whole_store(storage: StorageSettings, clock: Clock, *, is_owner: bool = False) -> Store:
    """The database, checked and upgraded to the newest schema, after a backup if there is anything to lose.

    The caller owns polling and delivery. An upgrade is reported (`upgrade_notice`). Raises NewerStore, and
    DamagedStore, which names the backup to restore.
    """
    now = clock.now()
    place = place_of(storage)
    place.take_over(now, is_owner=is_owner)
    place.check_whole()
    store = open_store(storage.database_url, is_owner=is_owner, now=clock.now)
    try:
        _make_whole(store.database, place, now)
    except BaseException as error:
        store.close()
        if isinstance(error, DamagedStore):
            raise DamagedStore(f"{error} {place.way_back()}") from error
        raise
    return store


def _make_whole(database: Database, place: Place, now: datetime) -> None:
    database.quick_check()
    found, needed = revisions(database)
    if found is None and place.backups():
        raise DamagedStore(f"{database.name} is empty, though there are backups of it.")
    if found == needed:
        return
    from monitor.store.schema import migrate  # it imports alembic, slowly

    made: list[Path] = []

    def back_up() -> None:
        made.append(place.back_up_into(now))

    before, after = migrate(database, before=back_up)
    if before is not None and made:
        report(Upgrade(before=before, after=after, backup=made[0]))
