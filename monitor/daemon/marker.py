"""A mark of what is at work, which outlives the process: so that the next one knows what the last one died of.

It is a file that is written as memory. What is written costs microseconds, waits for no disk, and is there for the next
process however this one ends, even by SIGKILL; only a crash of the machine loses it, and that counts for nothing.

What ended the process is known from what is beside the mark: the guard says so before it ends the process; the trace
that faulthandler leaves on SIGABRT (the service manager's watchdog) and SIGPROF (`Guard`); and the kernel's count of
processes it killed for want of memory, if it has grown. Any other end leaves no trace, and counts for nothing.
"""

import json
import mmap
import os
import zlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from monitor.progress import Unit

MARK, TRACE = "at-work", "at-work.trace"
MARK_BYTES = 65_536
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


class Marker:
    """The mark of this process in the storage folder, which it owns. `ended` is how the last one ended."""

    def __init__(self, folder: Path, killed: Callable[[], Kills] = killed_for_memory) -> None:
        self._killed = killed
        self._folder = folder
        self._units: tuple[Unit, ...] = ()
        self._noted = dict(killed())
        self._boot = _boot_id()
        self.ended = self._left_behind()
        self._memory: mmap.mmap | None = None
        self.trace: IO[str] | None = None

    def begin(self) -> None:
        """Mark what this process does; how the last one ended is stored elsewhere by now, and forgotten here."""
        descriptor = os.open(self._folder / MARK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            os.ftruncate(descriptor, MARK_BYTES)
            self._memory = mmap.mmap(descriptor, MARK_BYTES)
        finally:
            os.close(descriptor)
        self.trace = open(self._folder / TRACE, "w", encoding="utf-8", opener=_private)  # noqa: SIM115 (open to the end)
        self.write(())

    def write(self, units: Sequence[Unit]) -> None:
        """These units are at work now."""
        self._units = tuple(units)
        self._save("", self._units)

    def look(self) -> None:
        """Note what the kernel has counted so far: a child that it killed, and we outlived, is no end of ours."""
        self._noted = dict(self._killed())
        self.write(self._units)

    def end(self, because: str, units: Sequence[Unit]) -> None:
        """The process is about to be ended for that, and these are to blame."""
        self._save(because, units)

    def _save(self, because: str, units: Sequence[Unit]) -> None:
        if self._memory is None:
            return
        state = {
            "boot": self._boot,
            "kills": self._noted,
            "because": because,
            "units": [asdict(unit) for unit in units],
        }
        body = json.dumps(state).encode()
        if len(body) <= MARK_BYTES - HEAD_BYTES:
            head = len(body).to_bytes(4, "big") + zlib.crc32(body).to_bytes(4, "big")
            self._memory[: HEAD_BYTES + len(body)] = head + body

    def _left_behind(self) -> End:
        state = self._state()
        if state is None:
            return End()
        trace = ""
        with suppress(OSError):
            trace = (self._folder / TRACE).read_text("utf-8", "replace")
        units = tuple(Unit(**unit) for unit in state["units"])
        return End(because=self._because(state, trace), units=units, trace=trace)

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


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _boot_id() -> str:
    try:
        return BOOT_ID.read_text().strip()
    except OSError:
        return ""
