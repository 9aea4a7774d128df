"""`database copy`: move everything from one database to another, from SQLite to PostgreSQL or back."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import output

if TYPE_CHECKING:
    from monitor.model.settings import StorageSettings
    from monitor.store import Store

app = typer.Typer(help="Move the database to another place: from SQLite to PostgreSQL, or back.", no_args_is_help=True)


@app.command("copy")
def copy(
    context: typer.Context,
    to: Annotated[
        str, typer.Option(metavar="URL", help="The new database, as `database` in [storage] has it; it must be empty.")
    ],
    password_file: Annotated[
        Path | None, typer.Option(readable=False, metavar="FILE", help="The file with the password for it.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Copy the database of the config into another one, with all ids, and compare the counts. Stop the daemon first.

    What was interrupted goes on where it stopped. The config is not changed.
    """
    from monitor.cli.settings import draft_of
    from monitor.config.database import read_target
    from monitor.errors import UsageError
    from monitor.store.copying import copy_store
    from monitor.store.place import place_of

    settings = draft_of(context)
    source = place_of(settings.storage)
    if not source.is_there():
        raise UsageError(f"There is no database {source.name} yet.")
    target = read_target(to, password_file, settings.storage)
    with source.ownership(), _opened(settings.storage) as here, _target(target) as there:
        shown = there.database.name
        if shown == here.database.name:
            raise UsageError(f"{shown} is the database of the config; name another one.")
        counts = copy_store(here, there, lambda table: None if as_json else print(f"{table} …", file=sys.stderr))
    old, rows = here.database.name, {each.table: each.rows for each in counts}
    if as_json:
        output.print_json({"from": old, "to": shown, "tables": rows})
        return
    total = f"{sum(rows.values()):,} rows of {len(rows)} tables"
    print(f"Copied {total} from {old} to {shown}; the counts are the same.")
    output.print_wrapped("Now write its URL into `database` of [storage], and start the daemon. Never run both.")


@contextmanager
def _opened(storage: "StorageSettings") -> "Iterator[Store]":
    from monitor.store import open_store

    store = open_store(storage.database_url, is_owner=True)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def _target(storage: "StorageSettings") -> "Iterator[Store]":
    """The new database, owned: in a folder of its own, because that of the config is owned for the old one."""
    from dataclasses import replace
    from tempfile import TemporaryDirectory

    from monitor.store.place import place_of

    with TemporaryDirectory(prefix="news-monitor-copy-") as folder:
        own = replace(storage, folder=Path(folder))
        with place_of(own).ownership(), _opened(own) as store:
            yield store
