"""The files of a folder of backups: their names, which say when each was made, and how many are kept."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

STEM = "news-monitor-"
STAMP = "%Y%m%dT%H%M%SZ"


def added(folder: Path, ending: str, now: datetime, kept: int, make: Callable[[Path], None]) -> Path:
    """Have a backup made in the folder, and delete all but the newest `kept` of its kind; where the new one is.

    Backups from the future were made while the clock was ahead. They go first: they would be the newest for ever.
    """
    target = folder / f"{STEM}{now.astimezone(UTC):{STAMP}}{ending}"
    make(target)
    found = backups(folder, ending)
    ahead = [path for path in found if path.name > target.name]
    for old in [*(path for path in found if path not in ahead), *ahead][kept:]:
        old.unlink(missing_ok=True)
    return target


def backups(folder: Path, ending: str) -> tuple[Path, ...]:
    """The backups of this kind in the folder, the newest first."""
    return tuple(sorted((path for path in folder.glob(f"{STEM}*{ending}") if made_at(path)), reverse=True))


def backups_made(folder: Path, ending: str) -> tuple[datetime, ...]:
    """When they were made, by their names, the newest first."""
    return tuple(at for at in map(made_at, backups(folder, ending)) if at is not None)


def made_at(backup: Path) -> datetime | None:
    """When a backup was made, by its name."""
    try:
        return datetime.strptime(backup.name.removesuffix(backup.suffix), f"{STEM}{STAMP}").replace(tzinfo=UTC)
    except ValueError:
        return None
