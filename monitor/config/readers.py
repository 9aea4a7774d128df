"""Who else has to read a file: `check` runs as root often enough, and root can read everything.

The service's user is the owner of the data folder. Before its first start there is none, and a file that is for root
alone is reported only where a service of the system keeps its files.
"""

import grp
import os
import pwd
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from monitor.config.positions import KeyPath
from monitor.config.secrets import CREDENTIALS_VARIABLE, FOR_OTHERS
from monitor.config.table import Reading

ROOT = 0
SYSTEM_PLACES = ("/etc", "/srv", "/var")


@dataclass(frozen=True, slots=True)
class User:
    """A user of this machine; a service manager may have made one that is in no list."""

    number: int
    name: str
    groups: frozenset[int]


def warn_about_readers(files: Iterable[tuple[KeyPath, Path]], folder: Path, reading: Reading) -> None:
    """Warns that the service's user cannot read a file which root, who asks, can read."""
    if os.geteuid() != ROOT or CREDENTIALS_VARIABLE in reading.environ:
        return
    user = _owner(folder)
    if user is not None and user.number == ROOT:
        return
    for path, file in files:
        if not file.exists():  # a first config, which is read before it is written
            continue
        if user is None and _is_for_a_service(file, folder) and _is_for_root_alone(file):
            reading.findings.warn(path, f"only root can read {file}. {_remedy('the account of the service')}")
        elif user is not None and not _may_read(user, file):
            message = f"{user.name}, who owns {folder}, cannot read {file}. {_remedy(user.name)}"
            reading.findings.warn(path, message)


def _remedy(user: str) -> str:
    return f"Give it to {user} (chown), or pass a password by systemd's LoadCredential."


def _owner(folder: Path) -> User | None:
    try:
        number = folder.stat().st_uid
    except OSError:
        return None
    try:
        entry = pwd.getpwuid(number)
    except KeyError:
        return User(number, f"the user {number}", frozenset())
    groups = {entry.pw_gid, *(group.gr_gid for group in grp.getgrall() if entry.pw_name in group.gr_mem)}
    return User(number, entry.pw_name, frozenset(groups))


def _is_for_a_service(file: Path, folder: Path) -> bool:
    """Whether a user of its own is likely: root has no other reason to keep the config or the data there."""
    return any(each.absolute().is_relative_to(place) for each in (file, folder) for place in SYSTEM_PLACES)


def _is_for_root_alone(file: Path) -> bool:
    found = file.stat()
    return found.st_uid == ROOT and not found.st_mode & FOR_OTHERS & (stat.S_IRGRP | stat.S_IROTH)


def _may_read(user: User, file: Path) -> bool:
    file = file.resolve()
    return _is_allowed(user, file, stat.S_IROTH) and all(_is_allowed(user, each, stat.S_IXOTH) for each in file.parents)


def _is_allowed(user: User, path: Path, bit: int) -> bool:
    """By the mode: `bit` is the one for others, which stands three places higher for the group, six for the owner."""
    found = path.stat()
    if found.st_uid == user.number:
        return bool(found.st_mode & bit << 6)
    return bool(found.st_mode & (bit << 3 if found.st_gid in user.groups else bit))
