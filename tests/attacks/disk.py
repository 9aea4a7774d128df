"""The disk of the data folder: a small one in memory where the system allows it, which can be filled.

Elsewhere only the limit on the size of files is to be had, which needs no rights and fails writes all the same.
"""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random  # noqa: TID251 (seeded)

from attacks.service import Service

SIZE = "500m"
LITTLE = 40_000_000
"""With less than 100 MB nothing is polled, and mail still goes out."""

FILLINGS = 20
"""So often the last of the room is tried for; the program takes and gives back some at the same time."""

AFTERMATH_SECONDS = 3.0
"""What failed a moment ago is still logged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """Where the data folder lies. `is_small`: it is a disk of its own, which can be filled."""

    folder: Path
    is_small: bool

    @property
    def ways(self) -> tuple[str, ...]:
        """How it can be full."""
        return ("files may not grow", "little room", "no room") if self.is_small else ("files may not grow",)

    @contextmanager
    def full(self, way: str, service: Service, chance: Random) -> Iterator[None]:
        """Full, in one of these ways, for as long as this lasts."""
        ballast = self.folder / "ballast"
        service.disturb()
        service.is_disk_full = True
        service.say(f"the disk is full, {way}")
        try:
            if way == "files may not grow":
                service.limit_files(chance.choice((0, 4_096, 100_000, 1_000_000)))
            else:
                fill(ballast, leave=LITTLE if way == "little room" else 0)
            yield
        finally:
            service.say("the disk has room again")
            ballast.unlink(missing_ok=True)
            service.limit_files(None)
            time.sleep(AFTERMATH_SECONDS)
            service.disturb()
            service.is_disk_full = False
            service.calm_down()
            service.latest = f"a full disk ({way})"


def fill(file: Path, *, leave: int) -> None:
    """Take all room but this. Somebody may take the last of it meanwhile: what is free is asked anew for each try."""
    with file.open("wb") as ballast:
        for _ in range(FILLINGS):
            place = os.statvfs(file.parent)
            size = place.f_bavail * place.f_frsize - leave
            if size <= 0 or _is_taken(ballast.fileno(), size):
                return


def _is_taken(file: int, size: int) -> bool:
    """Whether the file now has so many bytes more."""
    try:
        os.posix_fallocate(file, os.fstat(file).st_size, size)
    except OSError:
        return False
    return True


@contextmanager
def small_disk(folder: Path) -> Iterator[Disk]:
    """A disk of its own in memory, if this user may mount one."""
    folder.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)]
    is_small = os.geteuid() == 0 and subprocess.run(mount, capture_output=True, check=False).returncode == 0
    try:
        yield Disk(folder=folder, is_small=is_small)
    finally:
        if is_small:
            subprocess.run(["umount", "--lazy", str(folder)], check=False)
