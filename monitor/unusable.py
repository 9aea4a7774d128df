"""A file or folder that cannot be used: why, whose it is and what to do, in a sentence for people.

It looks at owners and modes only after something has failed, and changes nothing.
"""

import errno
import os
import pwd
import stat
from pathlib import Path

PASSING = frozenset(
    {
        *(errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.ENOMEM, errno.EMFILE, errno.ENFILE),
        *(errno.EAGAIN, errno.EBUSY, errno.EINTR, errno.ESTALE, errno.ETIMEDOUT),
    }
)
"""What can be over by itself, so that a service manager may try again; all other errors last until somebody acts."""

ADVICE = {
    errno.ENOSPC: "Make room on that disk.",
    errno.EDQUOT: "Make room: the quota of this user is used up.",
    errno.EROFS: "Name a folder that may be written (a unit needs ReadWritePaths=, a container a volume).",
    errno.EISDIR: "It is a folder: name a file.",
    errno.ELOOP: "It is a link, or links lead in a circle: name the file itself.",
    errno.EMLINK: "Edit it by hand.",
    errno.ENAMETOOLONG: "Choose a shorter name.",
}
CHECK_THE_DISK = "Check the path and its file system."


def is_passing(error: OSError) -> bool:
    """Whether the same may work a minute later, without anybody doing something."""
    return error.errno in PASSING


def why(path: Path, error: OSError) -> str:
    """The rest of a sentence that begins with the path: the reason, who owns what stands in the way, what to do."""
    reason = error.strerror or str(error) or type(error).__name__
    return f"{reason}. {_advice(path, error)}"


def _advice(path: Path, error: OSError) -> str:
    if error.errno in {errno.EACCES, errno.EPERM}:
        return whose(path)
    if error.errno == errno.ENOENT:
        return f"There is no {_missing(path)}: make it, or correct the path."
    if error.errno in {errno.ENOTDIR, errno.EEXIST}:
        return f"{_nearest(path)} is not a folder: correct the path."
    return ADVICE.get(error.errno or 0, CHECK_THE_DISK)


def whose(path: Path) -> str:
    """Who owns the first part of the path that this user cannot pass, and what to do about it."""
    try:
        place = _nearest(path.absolute())  # nobody can look at "." from inside a closed folder
        found = place.stat()
    except OSError:
        return CHECK_THE_DISK
    owner, me = name_of(found.st_uid), name_of(os.geteuid())
    mode = f"{stat.S_IMODE(found.st_mode):04o}"
    if owner == me:
        return f"{place} belongs to {owner} (mode {mode}), who may not do that: change its mode (chmod)."
    return (
        f"{place} belongs to {owner} (mode {mode}), and this is {me}: run it as {owner}, or let {me} in (chown, chmod)."
    )


def closed_folder(folder: Path) -> Path | None:
    """The folder, or the one in which it would be made, if this user cannot write there; None if all is well."""
    place = _nearest(folder)
    is_open = os.access(place, os.R_OK | os.W_OK | os.X_OK) if place == folder else os.access(place, os.W_OK | os.X_OK)
    return None if is_open else place


def name_of(user: int) -> str:
    """The name of a user; a container or a service manager may have users that are in no list."""
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return f"the user {user}"


def _nearest(path: Path) -> Path:
    """What stands in the way: the first folder of the path that cannot be entered, else the last part that exists."""
    parts = [*reversed(path.parents), path]
    nearest = parts[0]
    for part in parts:
        try:
            part.stat()
        except OSError:
            return nearest
        nearest = part
    return nearest


def _missing(path: Path) -> Path:
    """The first part of the path that does not exist."""
    return next((part for part in [*reversed(path.parents), path] if not _exists(part)), path)


def _exists(path: Path) -> bool:
    try:
        path.stat()
    except OSError:
        return False
    return True
