"""Which data folders have a daemon, whatever config it was started with: for a person who looks into the wrong one."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from monitor.store.lock import LOCK_NAME

PROCESSES = Path("/proc")
MARK = "at-work"
"""Only a daemon makes this file (`daemon.crash_marker`); other programs have files called "lock" too."""


def other_daemons(folder: Path, processes: Path = PROCESSES) -> tuple[Path, ...]:
    """The data folders, but for this one, whose lock a process of this machine holds. Linux tells, as far as this user
    may know; elsewhere it is empty.
    """
    found = {each for process in _holders(processes) for each in _locked(processes / process / "fd")}
    return tuple(sorted(found - {folder.resolve()}))


def _holders(processes: Path) -> Iterator[str]:
    """The processes that hold a lock by flock(2) for themselves (proc_locks(5))."""
    with suppress(OSError):
        for line in (processes / "locks").read_text().splitlines():
            words = line.split()
            if words[1:2] == ["FLOCK"] and words[3:4] == ["WRITE"]:
                yield words[4]


def _locked(descriptors: Path) -> Iterator[Path]:
    with suppress(OSError):
        for descriptor in descriptors.iterdir():
            with suppress(OSError):
                file = descriptor.readlink()
                if file.name == LOCK_NAME and (file.parent / MARK).exists():
                    yield file.parent
