"""`backup` and `restore`: make a verified copy of the database, and put it back."""

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import output

if TYPE_CHECKING:
    from monitor.config import Settings

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def backup(
    context: typer.Context,
    to: Annotated[
        Path | None,
        typer.Option(readable=False, metavar="FILE", help="Where to write the copy; default: the backup folder."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Copy the database, even while the daemon runs. The copy is checked before it gets its final name."""
    from monitor.cli.settings import draft_of
    from monitor.daemon.clock import SystemClock
    from monitor.errors import UsageError
    from monitor.store.place import place_of

    settings = draft_of(context)
    storage = settings.storage
    place = place_of(storage)
    if not place.is_there():
        raise UsageError(f"There is no database {place.name} yet.")
    if to is None:
        made = place.back_up_into(SystemClock().now())
    elif to.exists():
        raise UsageError(f"{to} is there already.")
    else:
        made = to
        place.back_up(made)
    left_out = [str(file) for file in (settings.path, *settings.included)]
    if as_json:
        output.print_json({"file": str(made), "bytes": made.stat().st_size, "left_out": left_out})
    else:
        print(f"Wrote {made} ({output.size(made.stat().st_size)}); the copy was checked.")
        if settings.included:
            output.print_wrapped(f"Not in it, to be copied beside it: {', '.join(map(output.shown, left_out))}")


def restore(
    context: typer.Context,
    file: Annotated[
        Path | None,
        typer.Argument(readable=False, metavar="[FILE]", help="The backup to restore; default: the newest good one."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace a database even if it works. It is kept under another name.")
    ] = False,
    drill: Annotated[
        bool,
        typer.Option("--drill", help="Only rehearse the restore in a temporary folder, and show what would be sent."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Replace the database with a backup. The old file is kept under another name. Stop the daemon first."""
    from monitor.cli.settings import draft_of, settings_of
    from monitor.errors import UsageError
    from monitor.store.place import place_of

    settings = settings_of(context) if drill else draft_of(context)  # a dry run publishes the same way the service does
    source = file or place_of(settings.storage).newest_good()
    if file is not None and not file.exists():
        raise UsageError(f"There is no file {file}. Backups are in {settings.storage.backup_folder}.")
    if source is None:
        if settings.storage.backup_folder.exists():
            next(settings.storage.backup_folder.iterdir(), None)  # says why, if it cannot be read
        raise UsageError(f"There is no good backup in {settings.storage.backup_folder}.")
    if drill:
        _rehearse(settings, source, as_json=as_json)
    else:
        _restore(settings, source, is_forced=force, as_json=as_json)


def _restore(settings: "Settings", source: Path, *, is_forced: bool, as_json: bool) -> None:
    from monitor.daemon.clock import SystemClock
    from monitor.errors import UsageError
    from monitor.store.place import place_of
    from monitor.store.schema import check_known

    place = place_of(settings.storage)
    place.verify(source)
    check_known(place.schema_of(source))
    with place.ownership():
        if not is_forced and not place.is_restoring() and place.works():
            raise UsageError(
                f"{place.name} works. Rehearse first (--drill); --force keeps it under another name and restores"
                f" {source}."
            )
        aside = place.restore(source, SystemClock().now())
    if as_json:
        output.print_json({"restored": str(source), "kept": aside})
        return
    print(f"Restored {source}." + (f" The previous database is now {aside}." if aside else ""))
    print("What was mailed after this backup was made may be repeated, under new ids; the first edition says so.")


def _rehearse(settings: "Settings", source: Path, *, as_json: bool) -> None:
    from monitor.counted import counted
    from monitor.daemon.clock import SystemClock
    from monitor.daemon.restore_drill import rehearse_restore as rehearse
    from monitor.store.backup_files import made_at

    clock = SystemClock()
    found = rehearse(settings, source, clock)
    made = made_at(source)
    if as_json:
        schemas = {"schema_before": found.schema_before, "schema": found.schema}
        counts = {"would_be_sent": len(found.sends), "sent_already": len(found.repeats)}
        output.print_json({"file": str(source), "made_at": output.iso(made), **schemas, **counts})
        raise typer.Exit(1 if found.repeats else 0)
    age = f", {counted((clock.now() - made) // timedelta(hours=1), 'hour', 'hours')} old" if made else ""
    print(f"{source}{age}: valid, schema {found.schema_before}, upgraded to {found.schema}.")
    print(f"After a restore, this would be sent at once: {counted(len(found.sends), 'message', 'messages')}.")
    print(f"Of these, already sent according to the backup: {len(found.repeats)}.")
    raise typer.Exit(1 if found.repeats else 0)
