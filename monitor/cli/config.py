"""`check` and `migrate`: check the config, and upgrade the database schema."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import output

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.errors import Problem
    from monitor.model.rule_change import RuleChange


def check(
    context: typer.Context,
    draft: Annotated[
        bool, typer.Option("--draft", help="Allow an unfinished config: list what is missing, and exit 0.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the problems as one JSON object.")] = False,
) -> None:
    """Check the config: print every problem at once, with file and line.

    Nothing is changed. If topics were changed, it says what that would do to the stored matches.
    """
    from monitor.cli.effects import facts, told_changes
    from monitor.cli.settings import draft_of, settings_of
    from monitor.errors import ConfigError

    missing, summary, changes = tuple["Problem", ...](), "", list["RuleChange"]()
    try:
        settings = draft_of(context) if draft else settings_of(context)
    except ConfigError as error:
        problems, is_good = error.problems, False
    else:
        problems, is_good = settings.warnings, True
        missing, summary, changes = settings.missing, _summary(settings), told_changes(settings)
    if as_json:
        found = {
            "ok": is_good,
            "problems": _as_json(problems),
            "missing": _as_json(missing),
            "changes": facts(changes),
        }
        output.print_json(found, indent=None)
    else:
        for problem in missing + problems:
            typer.echo(str(problem), err=True)
        if is_good:
            print(summary)
        for change in changes:
            verb = "add" if change.effect.before is None else "change"
            print(output.shown(f"would {verb}: {change.in_words()}"))
    raise typer.Exit(0 if is_good else 2)


def _summary(settings: "Settings") -> str:
    from monitor.counted import counted

    parts = (settings.feeds, "feed"), (settings.topics, "topic"), (settings.digests, "digest")
    found = ", ".join(counted(len(things), word, f"{word}s") for things, word in parts)
    verdict = (
        f"a draft that lacks {counted(len(settings.missing), 'thing', 'things')}" if settings.missing else "all right"
    )
    return f"{settings.path}: {found}: {verdict}."


def migrate(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print the schema before and after as JSON.")] = False,
) -> None:
    """Upgrade the database to this version; a backup is made first. The daemon does this when it starts."""
    from monitor.cli.settings import draft_of
    from monitor.daemon.clock import SystemClock
    from monitor.daemon.upgrade import whole_store
    from monitor.daemon.upgrade_notice import Upgrade, reported_to
    from monitor.store import open_store
    from monitor.store.place import place_of
    from monitor.store.revision import revisions

    storage = draft_of(context).storage
    place = place_of(storage)
    with place.ownership():
        place.take_over(SystemClock().now(), is_owner=False)
        store = open_store(storage.database_url)
        before, after = revisions(store.database)
        store.close()
        upgrades: list[Upgrade] = []
        with reported_to(upgrades.append):
            whole_store(storage, SystemClock()).close()
    backup = next((str(each.backup) for each in upgrades), None)
    if as_json:
        output.print_json({"before": before, "schema": after, "backup": backup})
        return
    if before == after:
        print(f"The schema is already {after}.")
    else:
        print(f"The schema was upgraded from {before or 'nothing'} to {after}.")
    if backup is not None:
        output.print_wrapped(f"A backup of what it was: {backup}")


def _as_json(problems: "Sequence[Problem]") -> list[dict[str, object]]:
    return [
        {
            "file": str(problem.file),
            "line": problem.line,
            "key": problem.key,
            "message": problem.message,
            "warning": problem.is_warning,
        }
        for problem in problems
    ]
