"""A mark of what is at work, which outlives the process: so that the next one knows what the last one died of.

What is written goes to the system's cache of the file: it costs microseconds and is there for the next process however
this one ends, even by SIGKILL; only a crash of the machine loses it, and that counts for nothing. The file is not
mapped into memory: on a full disk the first touch of a page is a SIGBUS, where a write is an error (measured).

What ended the process is known from what is beside the mark: the guard says so before it ends the process; the trace
that faulthandler leaves on SIGABRT (the service manager's watchdog) and SIGPROF (`Watchdog`); and the kernel's count of
processes it killed for want of memory, if it has grown. Any other end leaves no trace, and counts for nothing.
"""

import json
import os
import zlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock
from typing import IO, Any

from monitor.log import logger
from monitor.progress import Unit
from monitor.store.database import keep_owner

log = logger(__name__)

MARK, TRACE = "at-work", "at-work.trace"
HEAD_BYTES = 8
HANG, MEMORY = "hang", "memory"
ABORTED = "Fatal Python error: Aborted"
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
VMSTAT, CGROUPS, OWN_CGROUP = Path("/proc/vmstat"), Path("/sys/fs/cgroup"), Path("/proc/self/cgroup")

Kills = Mapping[str, int]
"""By the place that counts, how many processes the kernel has killed for want of memory since it booted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """How the last process ended: "hang", "memory", or "" for any other end; what was at work then; its trace."""

    because: str = ""
    units: tuple[Unit, ...] = ()
    trace: str = ""


def killed_for_memory() -> Kills:
    """As the kernel tells it. A cgroup is gone with its service, those above it stay; some places may not be read."""
    found: dict[str, int] = {}
    with suppress(OSError):
        relative = OWN_CGROUP.read_text().strip().rpartition("::")[2].lstrip("/")
        own = CGROUPS / relative
        for folder in (own, *own.parents):
            with suppress(OSError):
                found |= _counted(folder / "memory.events")
    with suppress(OSError):
        found |= _counted(VMSTAT)
    return found


def _counted(file: Path) -> Kills:
    lines = (line.split() for line in file.read_text().splitlines())
    return {str(file): int(words[1]) for words in lines if words[0] == "oom_kill"}


class CrashMarker:
    """The mark of this process in the storage folder, which it owns. `ended` is how the last one ended.

    Threads share it. That it cannot be written, on a full disk or in a folder of somebody else, is no reason to read no
    news: then the next process does not know what this one died of.
    """

    def __init__(self, folder: Path, killed: Callable[[], Kills] = killed_for_memory) -> None:
        self._killed = killed
        self._folder = folder
        self._lock = Lock()
        self._units: tuple[Unit, ...] = ()
        self._noted = dict(killed())
        self._boot = _boot_id()
        self.ended = self._left_behind()
        self._mark: int | None = None
        self.trace: IO[str] | None = None

    def begin(self) -> None:
        """Mark what this process does; how the last one ended is stored elsewhere by now, and forgotten here."""
        try:
            self._mark = _emptied(self._folder / MARK)
            self.trace = os.fdopen(_emptied(self._folder / TRACE), "w")
        except OSError as error:
            log.warning("what is at work is not marked", folder=str(self._folder), reason=error.strerror)
        self.write(())

    def write(self, units: Sequence[Unit]) -> None:
        """These units are at work now."""
        with self._lock:
            self._units = tuple(units)
            self._save("", self._units)

    def look(self) -> None:
        """Note what the kernel has counted so far: a child that it killed, and we outlived, is no end of ours."""
        noted = dict(self._killed())
        with self._lock:
            self._noted = noted
            self._save("", self._units)

    def end(self, because: str, units: Sequence[Unit]) -> None:
        """The process is about to be ended for that, and these are to blame; nobody, if it was asked to stop."""
        with self._lock:
            self._save(because, units)

    def _save(self, because: str, units: Sequence[Unit]) -> None:
        if self._mark is None:
            return
        state = {
            "boot": self._boot,
            "kills": self._noted,
            "because": because,
            "units": [asdict(unit) for unit in units],
        }
        body = json.dumps(state).encode()
        head = len(body).to_bytes(4, "big") + zlib.crc32(body).to_bytes(4, "big")
        with suppress(OSError):
            os.pwrite(self._mark, head + body, 0)

    def _left_behind(self) -> End:
        state = self._state()
        if state is None:
            return End()
        trace = ""
        with suppress(OSError):
            trace = (self._folder / TRACE).read_text("utf-8", "replace")
        try:
            units = tuple(Unit(**unit) for unit in state["units"])
            return End(because=self._because(state, trace), units=units, trace=trace)
        except (KeyError, TypeError, AttributeError):  # another version of the program wrote it
            return End()

    def _state(self) -> dict[str, Any] | None:
        """None if there is no mark, or one that was cut short while it was written."""
        try:
            raw = (self._folder / MARK).read_bytes()
        except OSError:
            return None
        size, check = int.from_bytes(raw[:4], "big"), int.from_bytes(raw[4:HEAD_BYTES], "big")
        body = raw[HEAD_BYTES : HEAD_BYTES + size]
        if not body or zlib.crc32(body) != check:
            return None
        state: dict[str, Any] = json.loads(body)
        return state

    def _because(self, state: Mapping[str, Any], trace: str) -> str:
        if state["because"]:
            return str(state["because"])
        if trace.startswith(ABORTED) or (trace and not trace.startswith("Fatal")):
            return HANG  # else a crash, which is no hang
        has_grown = any(count > state["kills"].get(place, count) for place, count in self._noted.items())
        return MEMORY if has_grown and state["boot"] == self._boot else ""


def _emptied(path: Path) -> int:
    """Emptied first: what cannot be written anew must not be read as the last word once more."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    keep_owner(path)
    return descriptor


def _boot_id() -> str:
    try:
        return BOOT_ID.read_text().strip()
    except OSError:
        return ""
