"""`init`, `check`, `migrate`: from nothing to a config that holds, and the schema it needs."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from monitor.errors import Problem


def init(
    context: typer.Context,
    path: Annotated[Path | None, typer.Argument(help="Where to write it; default: config.toml in this folder.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite a file that is there.")] = False,
) -> None:
    """Write a commented config to start from."""
    from monitor.errors import UsageError
    from monitor.resources import resource

    target = path or context.obj or Path("config.toml")
    if target.exists() and not force:
        raise UsageError(f"{target} is there already; --force overwrites it.")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(resource("config.example.toml").read_text("utf-8"), "utf-8")
    except OSError as error:
        raise UsageError(f"{target} cannot be written: {error.strerror}.") from error
    print(f"Wrote {target}. Edit it, then run: news-monitor check")


def check(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print the problems as one JSON object.")] = False,
) -> None:
    """Check the config; print every problem at once, with file:line."""
    from monitor.cli.settings import settings_of
    from monitor.errors import ConfigError, Problem
    from monitor.render import counted

    problems: tuple[Problem, ...] = ()
    summary = ""
    try:
        settings = settings_of(context)
    except ConfigError as error:
        problems = error.problems
    else:
        problems = settings.warnings
        parts = (settings.feeds, "feed"), (settings.topics, "topic"), (settings.digests, "digest")
        found = ", ".join(counted(len(things), word, f"{word}s") for things, word in parts)
        summary = f"{settings.path}: {found}: all right."
    is_good = all(problem.is_warning for problem in problems)
    if as_json:
        print(json.dumps({"ok": is_good, "problems": [_as_json(problem) for problem in problems]}, ensure_ascii=False))
    else:
        for problem in problems:
            typer.echo(str(problem), err=True)
        if summary:
            print(summary)
    raise typer.Exit(0 if is_good else 2)


def migrate(context: typer.Context) -> None:
    """Bring the database to the schema this version needs, after a backup (the daemon does so at its start)."""
    from monitor.cli.settings import settings_of
    from monitor.daemon import SystemClock, whole_store
    from monitor.store import open_store, ownership, revisions

    storage = settings_of(context).storage
    with ownership(storage.folder):
        store = open_store(storage.database_url)
        before, after = revisions(store.database)
        store.close()
        whole_store(storage, SystemClock().now()).close()
    print(
        f"The schema is {after} already."
        if before == after
        else f"The schema went from {before or 'nothing'} to {after}."
    )


def _as_json(problem: "Problem") -> dict[str, object]:
    return {
        "file": str(problem.file),
        "line": problem.line,
        "key": problem.key,
        "message": problem.message,
        "warning": problem.is_warning,
    }
