"""How a process ends at once that must write nothing more: its database is another one, or another's."""

import logging
import os
import sys
from contextlib import suppress
from datetime import datetime
from typing import NoReturn

from monitor.errors import AlreadyRunning, DamagedStore
from monitor.log import logger
from monitor.model.settings import StorageSettings
from monitor.store import Database
from monitor.store.place import place_of

log = logger(__name__)

EXIT_DAMAGED, EXIT_ALREADY_RUNNING = 3, 4


def leave_if_moved(database: Database, storage: StorageSettings, now: datetime) -> None:
    """End if the database is no longer its file: who closes the last connection to a database writes its log into the
    file and deletes it by name, which may be those of another one by now. The log goes aside, or whoever opens the new
    file next would replay it into that. And end if another process owns the database by now.
    """
    try:
        database.check_in_place()
    except DamagedStore as damage:
        with suppress(OSError):
            database.leave(now)
        _end(f"{damage} {place_of(storage).way_back()}", "database lost", EXIT_DAMAGED)
    except AlreadyRunning as error:
        leave_to_another(error)


def leave_to_another(error: AlreadyRunning) -> NoReturn:
    """End, and write nothing more: another process owns polling and delivery by now."""
    _end(str(error), "the lock of the database was lost", EXIT_ALREADY_RUNNING)


def _end(found: str, event: str, code: int) -> NoReturn:
    log.critical(event, reason=found)
    logging.shutdown()
    print(found, file=sys.stderr, flush=True)
    os._exit(code)
