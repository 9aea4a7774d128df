"""Writes files completely or not at all, even after a kill or a power failure at any line.

The content is forced to disk before the file gets its name, and the name before the call returns. The caller decides
about permissions and errors: all of these functions raise OSError.
"""

import errno
import os
import secrets
from pathlib import Path

PRIVATE = 0o600
DRAFT = ".part-"
"""The beginning of the names of unfinished files; such a file was left by a kill."""


def write_whole(path: Path, content: bytes, mode: int = PRIVATE) -> None:
    """Replace the file: a reader sees either the old content or the new one.

    `mode` is that of open(2), less the umask. A link is replaced, not followed; anything but a regular file
    (/dev/null) is left alone.
    """
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise OSError(errno.EINVAL, "it is not a regular file", str(path))
    draft = path.with_name(f"{DRAFT}{secrets.token_hex(8)}")
    try:
        write_new(draft, content, mode)
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    force_to_disk(path.parent)


def write_new(path: Path, content: bytes, mode: int = PRIVATE) -> None:
    """Write a file whose name is free, and force its content to disk; for its name `force_to_disk` the folder."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def put_in_place(draft: Path, path: Path) -> None:
    """Rename a finished draft in the same folder to its final name, replacing a file of that name."""
    force_to_disk(draft)
    draft.replace(path)
    force_to_disk(path.parent)


def force_to_disk(path: Path) -> None:
    """Of a file its content, of a folder the names in it: a new name is safe only once its folder is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
