"""PostgreSQL's own programs: what writes a dump, reads it, and runs what it says."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from monitor.errors import StoreError
from monitor.store.postgres.address import connection_words, password_line

FOLDERS = "/usr/lib/postgresql/*/bin"
"""Where Debian has those of each version."""


def program(name: str) -> str:
    """The newest one of this name. Raises StoreError if it is not installed."""
    folders = sorted(Path("/").glob(f"{FOLDERS[1:]}/{name}"), key=_version, reverse=True)
    found = next(iter(folders), None) or shutil.which(name)
    if found is None:
        raise StoreError(f"{name} is not installed; it comes with the client programs of PostgreSQL.")
    return str(found)


def run(*words: str | Path) -> None:
    """Run a program to its end. Raises StoreError with the last thing that it said."""
    null, pipe = subprocess.DEVNULL, subprocess.PIPE
    try:
        subprocess.run([*map(str, words)], stdin=null, stdout=null, stderr=pipe, check=True)  # noqa: S603 (no shell)
    except subprocess.CalledProcessError as error:
        raise StoreError(f"{Path(words[0]).name} failed: {_last_line(error.stderr)}") from error
    except OSError as error:
        raise StoreError(f"{Path(words[0]).name} cannot be run: {error.strerror}") from error


@contextmanager
def output_of(*words: str | Path) -> Iterator[IO[bytes]]:
    """What a program writes, while it runs."""
    null, pipe = subprocess.DEVNULL, subprocess.PIPE
    with subprocess.Popen([*map(str, words)], stdin=null, stdout=pipe, stderr=null) as process:  # noqa: S603 (no shell)
        assert process.stdout is not None  # noqa: S101 (a pipe was asked for)
        try:
            yield process.stdout
        finally:
            process.stdout.close()
            process.terminate()


@contextmanager
def dsn(url: str) -> Iterator[str]:
    """The words for `--dbname`. The password is in a file meanwhile that only this user can read."""
    line = password_line(url)
    if not line:
        yield connection_words(url)
        return
    with tempfile.NamedTemporaryFile("w", prefix="news-monitor-", suffix=".pgpass") as file:  # for this user alone
        file.write(line)
        file.flush()
        yield connection_words(url, file.name)


def _last_line(said: bytes) -> str:
    lines = said.decode("utf-8", "replace").strip().splitlines()
    return next((line for line in lines if "error" in line.lower()), lines[-1] if lines else "it said nothing")


def _version(path: Path) -> tuple[int, str]:
    number = path.parent.parent.name
    return (int(number) if number.isdecimal() else 0), number
