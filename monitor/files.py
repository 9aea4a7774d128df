"""Writes files completely or not at all, even after a kill or a power failure at any line.

The content is forced to disk before the file gets its name, and the name before the call returns. The caller decides
about permissions and errors: all of these functions raise OSError.
"""

import errno
import fcntl
import os
import secrets
import shutil
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

ROOT = 0
PRIVATE = 0o600
PRIVATE_FOLDER = 0o700
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


@contextmanager
def replacing(path: Path, mode: int = PRIVATE) -> Iterator[BinaryIO]:
    """What is written replaces the file at the end; after an error the file is as it was.

    A link is followed to the file itself. Anything but a regular file (/dev/stdout, a named pipe) is written to as the
    content comes.
    """
    if path.exists() and not path.is_file():
        with path.open("wb") as file:  # a folder is refused here, before anything is written
            yield file
        return
    real = Path(os.path.realpath(path))
    draft = real.with_name(f"{DRAFT}{secrets.token_hex(8)}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    except OSError as error:
        error.filename = str(path)  # nobody knows the draft by its name
        raise
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
        put_in_place(draft, real)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


class HasChanged(OSError):
    """The file is not what it was when it was read."""


def make_empty(path: Path) -> None:
    """Make an empty file that belongs to the owner of its folder, and to nobody else.

    Folders that are not there are made too, and belong to the owner of the one that is. What is there already stays as
    it is.
    """
    new = [each for each in (path.parent, *path.parent.parents) if not each.exists()]
    with ExitStack() as opened:
        folder = opened.enter_context(_opened(new[-1].parent if new else path.parent))
        owner = os.fstat(folder)
        for each in reversed(new):
            with suppress(FileExistsError):
                os.mkdir(each.name, PRIVATE_FOLDER, dir_fd=folder)
            folder = opened.enter_context(_opened(each.name, folder))
            _give(folder, owner)
        with suppress(FileExistsError), _new_file(path.name, PRIVATE, folder) as descriptor:
            _give(descriptor, owner)
            os.fsync(descriptor)
        os.fsync(folder)


def replace_kept(path: Path, before: bytes, content: bytes) -> None:
    """Replace a file that somebody else owns too: by a new one with its owner, group, mode and attributes.

    A link is followed to the file itself, unless it might be a trap (`_check_links`). Raises HasChanged if the file no
    longer holds what was read (`before`), and OSError if it has a second name, which would keep the old content, or if
    owner and mode cannot be kept. Others who write in this way wait for each other; who writes in another way is
    noticed up to the last moment before.

    The folder is opened once, and all names are looked up in it: its owner may put a link in its place at any moment.
    """
    real = Path(os.path.realpath(path))
    with _opened(real.parent) as folder, os.fdopen(_read_only(real.name, folder), "rb") as old:
        with suppress(OSError):  # some network file systems have no locks
            fcntl.flock(old, fcntl.LOCK_EX)
        found = os.fstat(old.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "it is not a regular file", str(path))
        if found.st_nlink > 1:
            raise OSError(errno.EMLINK, "it has several names (hard links), which would differ then", str(path))
        _check_links(path, found)
        draft = f"{DRAFT}{secrets.token_hex(8)}"
        try:
            with _new_file(draft, PRIVATE, folder) as descriptor:
                _write(descriptor, content)
                _take_over(old.fileno(), descriptor, found)
            _check_unchanged(real, folder, found, before)
            os.replace(draft, real.name, src_dir_fd=folder, dst_dir_fd=folder)
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(draft, dir_fd=folder)
            raise
        os.fsync(folder)


@contextmanager
def _opened(name: Path | str, within: int | None = None) -> Iterator[int]:
    """A descriptor of a folder; of one that is named within another, it is no link."""
    flags = os.O_RDONLY | os.O_DIRECTORY | (0 if within is None else os.O_NOFOLLOW)
    descriptor = os.open(name, flags, dir_fd=within)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _read_only(name: str, folder: int) -> int:
    """A descriptor of what has the name, which is no link. A named pipe is not waited for."""
    return os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)


def _give(descriptor: int, owner: os.stat_result) -> None:
    """To the owner of a folder, if it is root who made this."""
    if os.geteuid() == ROOT and owner.st_uid != ROOT:
        os.fchown(descriptor, owner.st_uid, owner.st_gid)


def _check_links(path: Path, found: os.stat_result) -> None:
    """Raises OSError for a link that a third user made: by it, root would change a file that this user may not."""
    for part in (path.absolute(), *path.absolute().parents):
        link = part.lstat()
        if stat.S_ISLNK(link.st_mode) and link.st_uid not in {ROOT, os.geteuid(), found.st_uid}:
            raise OSError(errno.ELOOP, "it is a link of another user", str(part))


def _check_unchanged(real: Path, folder: int, found: os.stat_result, before: bytes) -> None:
    with os.fdopen(_read_only(real.name, folder), "rb") as now:
        if not os.path.samestat(os.fstat(now.fileno()), found) or now.read() != before:
            raise HasChanged(errno.ESTALE, "it has changed since it was read", str(real))


def _take_over(old: int, draft: int, found: os.stat_result) -> None:
    """Give the draft what belongs to the file and is not its content, but for the times; on the disk, too.

    By descriptors: in a folder of another user, a name may be a link to something else a moment later.
    """
    made = os.fstat(draft)
    if (made.st_uid, made.st_gid) != (found.st_uid, found.st_gid):
        os.fchown(draft, found.st_uid, found.st_gid)
    shutil.copystat(old, draft)  # type: ignore[arg-type]  # it hands both to functions that take descriptors
    os.utime(draft)
    os.fsync(draft)


@contextmanager
def _new_file(name: Path | str, mode: int, folder: int | None = None) -> Iterator[int]:
    """A descriptor of a new file whose name is free, and which is no link; in a folder that is open, if it is given."""
    descriptor = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode, dir_fd=folder)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _write(descriptor: int, content: bytes) -> None:
    """Write all of it, and force it to the disk."""
    with os.fdopen(descriptor, "wb", closefd=False) as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)


def write_new(path: Path, content: bytes, mode: int = PRIVATE) -> None:
    """Write a file whose name is free, and force its content to disk; for its name `force_to_disk` the folder."""
    with _new_file(path, mode) as descriptor:
        _write(descriptor, content)


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
