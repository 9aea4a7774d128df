"""Whether a daemon lives, seen from another process: what a restart could fix, and nothing else."""

from datetime import datetime, timedelta

from monitor.errors import StoreError
from monitor.model.settings import StorageSettings
from monitor.store import open_store
from monitor.store.lock import last_beat
from monitor.store.place import place_of
from monitor.store.revision import revisions

SIGN_OF_LIFE = timedelta(minutes=3)
"""The daemon gives a sign of life every few seconds while process, ticks and database work, and ends itself after this
time without."""


def not_live(storage: StorageSettings, now: datetime) -> tuple[str, ...]:
    """What keeps the service from working; empty if it lives. Reads the database and changes nothing."""
    if not place_of(storage).is_owned():
        return (f"No daemon runs on {storage.folder}.",)
    found = []
    beat = last_beat(storage.folder)
    if beat is None or now - beat > SIGN_OF_LIFE:
        since = f"{beat:%Y-%m-%d %H:%M:%S} UTC" if beat else "its start"
        found.append(f"The daemon has given no sign of life since {since}: something hangs, or it is paused.")
    if problem := _database_problem(storage):
        found.append(problem)
    return tuple(found)


def _database_problem(storage: StorageSettings) -> str:
    place = place_of(storage)
    try:
        if not place.is_there():
            return f"There is no database {place.name}."
        place.check_whole()
        store = open_store(storage.database_url)
        try:
            revisions(store.database)
        finally:
            store.close()
    except StoreError as error:
        return str(error)
    return ""
