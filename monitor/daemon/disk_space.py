"""Whether the disk has space for new articles. Without space, mail still goes out and the operator
is notified (D15).
"""

from collections.abc import Callable
from datetime import datetime

from monitor.log import logger
from monitor.model.note import NoteKind
from monitor.policy.disk import LEAST_FREE_BYTES, has_space
from monitor.store import Store

log = logger(__name__)

NO_SPACE = f"The disk has less than {LEAST_FREE_BYTES // 10**6} MB of free space, so nothing is polled."


class DiskSpace:
    """Checks before each round, and reports changes."""

    def __init__(self, free: Callable[[], int] | None = None) -> None:
        self._free = free
        self._was_left: bool | None = None

    def has_space(self, store: Store, now: datetime) -> bool:
        free = store.database.free_bytes() if self._free is None else self._free()
        if free is None:
            return True
        is_left = has_space(free)
        if is_left is not self._was_left:
            self._note(store, store.database.name, free, now, is_left=is_left)
            self._was_left = is_left
        return is_left

    def _note(self, store: Store, key: str, free: int, now: datetime, *, is_left: bool) -> None:
        notes = store.notes
        if is_left:
            notes.over(NoteKind.DISK, key, now)
        else:
            log.error("polling stopped, the disk is full", free=free)
            notes.add(NoteKind.DISK, key, NO_SPACE, now)
