"""A marker file that names the current work and outlives the process, so that the next process knows why this one
ended.

Writing goes to the system's file cache: it costs microseconds, and the next process can read it however this one ends,
even by SIGKILL. Only a crash of the machine loses it, and such a crash is not counted. The file is not mapped into
memory: on a full disk the first access to a page raises SIGBUS, where a write returns an error (measured).

The cause of the end is known from three sources: the watchdog writes it down before it ends the process; faulthandler
leaves a trace on SIGABRT (the service manager's watchdog) and SIGPROF (`Watchdog`); and the kernel counts the processes
that it killed because memory was short. Any other end leaves no trace and is not counted.
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
from monitor.store.sqlite_database import keep_owner

log = logger(__name__)

MARK, TRACE = "at-work", "at-work.trace"
HEAD_BYTES = 8
HANG, MEMORY = "hang", "memory"
ABORTED = "Fatal Python error: Aborted"
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
VMSTAT, CGROUPS, OWN_CGROUP = Path("/proc/vmstat"), Path("/sys/fs/cgroup"), Path("/proc/self/cgroup")

Kills = Mapping[str, int]
"""For each counter, how many processes the kernel has killed since boot because memory was short."""


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """How the last process ended: "hang", "memory", or "" for any other end; what was at work then; its trace."""

    because: str = ""
    units: tuple[Unit, ...] = ()
    trace: str = ""


def killed_for_memory() -> Kills:
    """The counters of the kernel. The cgroup of a service goes away with it, its parents stay;
    some may be unreadable.
    """
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
    """The marker of this process in the storage folder, which it owns. `ended` says how the last process ended.

    Threads share it. If it cannot be written, because the disk is full or the folder belongs to somebody else, work
    goes on: only the next process will not know why this one ended.
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
        """Start marking the work of this process. How the last one ended is already stored elsewhere, and forgotten
        here.
        """
        try:
            self._mark = _emptied(self._folder / MARK)
            self.trace = os.fdopen(_emptied(self._folder / TRACE), "w")
        except OSError as error:
            log.warning("crash marker not written", folder=str(self._folder), reason=error.strerror)
        self.write(())

    def write(self, units: Sequence[Unit]) -> None:
        """Write down that these units are running now."""
        with self._lock:
            self._units = tuple(units)
            self._save("", self._units)

    def look(self) -> None:
        """Note the kernel's counts so far: if it killed a child and this process lives on, that is not our end."""
        noted = dict(self._killed())
        with self._lock:
            self._noted = noted
            self._save("", self._units)

    def end(self, because: str, units: Sequence[Unit]) -> None:
        """Write down why the process is about to be ended, and which units are to blame; none if
        it was asked to stop.
        """
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
        except (KeyError, TypeError, AttributeError):  # written by another version of the program
            return End()

    def _state(self) -> dict[str, Any] | None:
        """None if there is no marker, or if it was cut off while it was written."""
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
            return HANG  # else a crash, which is not a hang
        has_grown = any(count > state["kills"].get(place, count) for place, count in self._noted.items())
        return MEMORY if has_grown and state["boot"] == self._boot else ""


def _emptied(path: Path) -> int:
    """Replace the content of the file, which is emptied first: if the new content cannot be written, the old one must
    not be read again.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    keep_owner(path)
    return descriptor


def _boot_id() -> str:
    try:
        return BOOT_ID.read_text().strip()
    except OSError:
        return ""
