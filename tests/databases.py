"""Databases of the newest schema without the migrations that make one: those take longer than most tests."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from monitor.store import Store, open_store
from monitor.store.schema import migrate


def new_store(file: Path, *, is_owner: bool = False) -> Store:
    """A store that nobody has written to, in a file of its own. Who opened it closes it."""
    lay_database(file)
    return open_store(f"sqlite:///{file}", is_owner=is_owner)


def lay_database(file: Path) -> None:
    """Put an empty database where `file` says, as private as the program makes its own."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_bytes(_empty_database())


def lay_beside(config: Path) -> None:
    """The same for a config whose storage folder is `data`, before a program of its own process starts."""
    lay_database(config.parent / "data" / "news-monitor.db")


@cache
def _empty_database() -> bytes:
    """Made by the shipped migrations, once a process."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "news-monitor.db"
        store = open_store(f"sqlite:///{file}", is_owner=True)
        migrate(store.database)
        store.database.checkpoint()
        store.close()
        return file.read_bytes()
