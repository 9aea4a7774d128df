"""Whether the disk has room for what polls bring; without it mail still goes out, and the operator hears it (D15)."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from monitor.log import logger
from monitor.model.note import NoteKind
from monitor.policy.disk import LEAST_FREE_BYTES, has_space
from monitor.store import Store
from monitor.store.disk_space import free_bytes

log = logger(__name__)

NO_SPACE = f"The disk has less than {LEAST_FREE_BYTES // 10**6} MB left, so nothing is polled."


class DiskSpace:
    """Looks before each round, and tells when that changes."""

    def __init__(self, free: Callable[[Path], int] = free_bytes) -> None:
        self._free = free
        self._was_left: bool | None = None

    def has_space(self, store: Store, now: datetime) -> bool:
        file = store.database.file
        free = self._free(file)
        is_left = has_space(free)
        if is_left is not self._was_left:
            self._note(store, str(file), free, now, is_left=is_left)
            self._was_left = is_left
        return is_left

    def _note(self, store: Store, key: str, free: int, now: datetime, *, is_left: bool) -> None:
        notes = store.notes
        if is_left:
            notes.over(NoteKind.DISK, key, now)
        else:
            log.error("polling stops, the disk is full", free=free)
            notes.add(NoteKind.DISK, key, NO_SPACE, now)
