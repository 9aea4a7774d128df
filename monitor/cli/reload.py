"""`reload`: have the running daemon read its config again, and print what that changed."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli import output

if TYPE_CHECKING:
    from monitor.model.rule_change import RuleChange
    from monitor.model.settings import StorageSettings

WAIT_SECONDS, LONGEST_WAIT_SECONDS = 60, 900
COUNT_SECONDS = 10
"""How long the matches of changed topics may take to count before the daemon is asked."""

EXIT_FAILED, EXIT_MISTAKE = 1, 2

NO_DAEMON = (
    "No daemon runs on {folder}, so there is nothing to reload: it reads the config when it starts.\n"
    "Start it with `news-monitor run`. If [storage] has just changed, restart the one on the old folder."
)


def reload(
    context: typer.Context,
    wait: Annotated[
        int, typer.Option(min=1, max=LONGEST_WAIT_SECONDS, metavar="SECONDS", help="Wait at most so long.")
    ] = WAIT_SECONDS,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as one JSON object.")] = False,
) -> None:
    """Have the running daemon read its config again, and print what changed.

    A config with a mistake changes nothing: the daemon keeps the old one, and the mistakes are printed (exit 2).
    """
    from monitor.cli.ask_daemon import asked_of_daemon
    from monitor.cli.effects import facts
    from monitor.cli.settings import place_for
    from monitor.daemon.clock import SystemClock
    from monitor.model.requests import ReloadRequest
    from monitor.store.place import place_of

    storage, effects = place_for(context), list["RuleChange"]()
    if place_of(storage).is_owned():
        effects = _effects(context, storage)  # before the daemon matches the stored articles again
        outcome = asked_of_daemon(storage, ReloadRequest(), SystemClock(), wait)
    else:
        outcome = _without_daemon(context, storage)
    is_reloaded = outcome["is_reloaded"]
    ended = _ended(outcome, storage) if is_reloaded else {}
    if as_json:
        output.print_json({**outcome, "effects": facts(effects) if is_reloaded else [], "ended": ended})
    elif is_reloaded:
        _print_changes(outcome, effects, ended)
    else:
        _print_refusal(outcome)
    if not is_reloaded:
        raise typer.Exit(EXIT_MISTAKE if outcome["is_usage"] else EXIT_FAILED)


def _effects(context: typer.Context, storage: "StorageSettings") -> "list[RuleChange]":
    """What the changed topics will do, as far as this command can read the config: the daemon may be allowed to read
    more, and whether the config is valid is for the daemon to say.
    """
    from monitor.cli.effects import told_changes
    from monitor.cli.settings import draft_of
    from monitor.errors import ConfigError

    try:
        settings = draft_of(context)
    except ConfigError:
        return []
    is_same = settings.storage.database_url == storage.database_url
    return told_changes(settings, COUNT_SECONDS) if is_same else []


def _without_daemon(context: typer.Context, storage: "StorageSettings") -> dict[str, Any]:
    """The mistakes in the config, if it has any: they may hide where the daemon's data are. Else raises
    NewsMonitorError.
    """
    from monitor.cli.settings import config_path, draft_of
    from monitor.daemon.reload import refused
    from monitor.errors import ConfigError, NewsMonitorError

    try:
        draft_of(context)
    except ConfigError as error:
        return refused(config_path(context), error)
    raise NewsMonitorError(NO_DAEMON.format(folder=storage.folder))


def _ended(outcome: dict[str, Any], storage: "StorageSettings") -> dict[str, int]:
    """The topics that are no longer looked for, with their matches of the last 30 days."""
    from monitor.daemon.clock import SystemClock
    from monitor.policy.news import MONTH
    from monitor.store import open_store

    over = {"removed", "disabled"}
    names = [each["name"] for each in outcome["changes"] if each["table"] == "topic" and each["what"] in over]
    if not names:
        return {}
    store = open_store(storage.database_url)
    try:
        found = store.matches.current(names, SystemClock().now() - MONTH)
    finally:
        store.close()
    return {name: len(found[name]) for name in names}


def _print_changes(outcome: dict[str, Any], effects: "list[RuleChange]", ended: dict[str, int]) -> None:
    from monitor.counted import counted

    changes, more = outcome["changes"], outcome["more"]
    if more is None:
        found = "what changed is not known; its log says why"
    else:
        found = counted(len(changes) + more, "change", "changes") if changes else "nothing has changed"
    output.print_wrapped(f"The daemon has read {outcome['config']} again: {found}.")
    for change in changes:
        output.print_wrapped(change["words"], first="  ")
    if more:
        print(f"  and {more:,} more")
    if effects:
        print("Stored articles that the changed topics match:")
    for effect in effects:
        output.print_wrapped(effect.in_words(), first="  ")
    for name, matches in ended.items():
        found = counted(matches, "match", "matches")
        output.print_wrapped(f"No longer looked for: {name}. Its {found} of the last 30 days stay stored.")
    if outcome["warnings"]:
        warnings = counted(outcome["warnings"], "warning", "warnings")
        print(f"The config has {warnings}: `news-monitor check` prints them.")


def _print_refusal(outcome: dict[str, Any]) -> None:
    """The findings as `check` prints them; then what runs."""
    problems = [problem["words"] for problem in outcome["problems"]]
    for line in problems or [outcome["reason"]]:
        typer.echo(output.shown(line), err=True)
    kept = "A running daemon keeps the config that it has."
    todo = "Restart the daemon to use the new one." if outcome["needs_restart"] else ""
    if problems:
        todo = "Correct these mistakes, and run `news-monitor reload` again."
    typer.echo(f"{kept} {todo}".strip(), err=True)
