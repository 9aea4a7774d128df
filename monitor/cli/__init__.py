"""The command line: one file per noun. Parses, calls, prints; decides nothing.

Maps errors to exit codes: 0 success, 1 failure, 2 a mistake in the config or the command,
3 damaged database, 4 another instance is running, 75 try again later (sysexits' TEMPFAIL).
Commands import what they need when they run, so that `--help` stays quick.
"""

import errno
import gc
import os
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
import typer.main

from monitor.cli import (
    alerts,
    articles,
    backup,
    channels,
    config,
    daemon,
    database,
    deliveries,
    demo,
    digest,
    export,
    feeds,
    handover,
    init,
    lists,
    mail,
    missed,
    poll,
    reload,
    search,
    status,
    stories,
    topics,
    web,
    why,
)
from monitor.cli.frame import INTERRUPTED, Command, Group, Program, ends_quietly_when_unread
from monitor.cli.shell import completion, man
from monitor.errors import (
    AlreadyRunning,
    ConfigError,
    DamagedStore,
    NewerStore,
    NewsMonitorError,
    OwnerSilent,
    UnusablePlace,
    UsageError,
)
from monitor.plain_text import escaped
from monitor.unusable import is_passing
from monitor.unusable import why as why_unusable

if TYPE_CHECKING:
    from monitor.daemon.upgrade_notice import Upgrade

EXIT_CODES: dict[type[NewsMonitorError], int] = {
    ConfigError: 2,
    UsageError: 2,
    UnusablePlace: 2,
    DamagedStore: 3,
    NewerStore: 3,
    AlreadyRunning: 4,
    OwnerSilent: 75,
}

app = typer.Typer(
    name="news-monitor",
    cls=Program,
    add_completion=False,  # `completion` knows the names in the config
    help="Watches news feeds for the topics you name and mails one digest a day that explains itself.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help, alike on a terminal and in a file: to import what draws boxes doubles its time
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
)
app.command("init")(init.init)
app.command("check")(config.check)
app.command("migrate")(config.migrate)
app.command("poll")(poll.poll)
app.add_typer(feeds.app, name="feeds")
app.add_typer(digest.app, name="digest")
app.add_typer(topics.app, name="topics")
app.command("lists")(lists.lists)
app.add_typer(stories.app, name="stories")
app.add_typer(alerts.app, name="alerts")
app.add_typer(deliveries.app, name="deliveries")
app.add_typer(mail.app, name="mail")
app.add_typer(channels.app, name="channels")
app.command("search", cls=search.WordsCommand)(search.search)
app.add_typer(articles.app, name="articles")
app.command("export")(export.export)
app.command("why")(why.why)
app.command("missed")(missed.missed)
app.command("status")(status.status)
app.command("handover")(handover.handover)
app.command("doctor")(status.doctor)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
app.add_typer(database.app, name="database")
app.command("run")(daemon.run)
app.add_typer(web.app, name="web")
app.command("reload")(reload.reload)
app.command("demo")(demo.demo)
app.command("completion", help=completion.HELP)(completion.completion)
app.command("man")(man.man)


def _summarise(commands: typer.Typer) -> None:
    """Give each command the common frame. Lists of commands show the first paragraph of each, which plain help would
    cut at the end of its first line.
    """
    for each in commands.registered_commands:
        each.cls = each.cls if each.cls and issubclass(each.cls, Command) else Command
        paragraph, *_ = (each.callback.__doc__ or "").split("\n\n") if each.callback else [""]
        each.short_help = " ".join(paragraph.split())
    for group in commands.registered_groups:
        group.cls = Group
        if group.typer_instance:
            group.short_help = group.typer_instance.info.help
            _summarise(group.typer_instance)


_summarise(app)


STARTING_OBJECTS = 400_000
"""So many new objects make the garbage collector look (Python's own: 700). A start makes 200,000 that stay: a command
that only looks ends before the first search through them. `run` has Python's own again: it makes garbage for months.
"""


FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
"""Errors of a place that takes no more, to which the output goes. Files of ours are named in their errors."""


def main() -> None:
    """Run the command line and exit."""
    gc.set_threshold(STARTING_OBJECTS)
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "1")  # to look for some reads the metadata of all packages
    for stream in (sys.stdout, sys.stderr):  # a path or a headline may have signs that the locale does not know
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        if sys.argv[1:2] == [completion.ASK]:
            completion.answer(typer.main.get_command(app), sys.argv[2:])
            return
        try:
            app()
        finally:
            ends_quietly_when_unread()
    except NewsMonitorError as error:
        print("\n".join(map(escaped, str(error).split("\n"))), file=sys.stderr)
        sys.exit(exit_code(error))
    except OSError as error:
        sys.exit(_code_of(error))
    except KeyboardInterrupt:  # before a command has begun, or after it
        sys.exit(INTERRUPTED)
    finally:
        gc.freeze()  # the process ends: Python's last search for garbage took a fifth of a short command


def exit_code(error: NewsMonitorError) -> int:
    """The exit code of an error: that of its kind, or of the kind that its own is one of."""
    return next((EXIT_CODES[kind] for kind in type(error).__mro__ if kind in EXIT_CODES), 1)


def _code_of(error: OSError) -> int:
    """The exit code, once it is said what cannot be used. Raises the error if it is not about a file or the output."""
    if error.errno in FULL and error.filename is None:
        print(f"What the command prints could not be written: {error.strerror}.", file=sys.stderr)
        return 1
    if not isinstance(error.filename, (str, bytes)):
        raise error  # a fault of ours
    path = Path(os.fsdecode(error.filename))
    print(escaped(f"{path} cannot be used: {why_unusable(path, error)}"), file=sys.stderr)
    return 1 if is_passing(error) else EXIT_CODES[UnusablePlace]


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"news-monitor {version('news-monitor')}")
        raise typer.Exit


@app.callback()
def common(
    context: typer.Context,
    config_path: Annotated[
        Path | None,
        typer.Option(
            "--config",
            "-c",
            readable=False,
            metavar="FILE",
            help="The config file; default: $NEWS_MONITOR_CONFIG, ./config.toml, …",
        ),
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log what happens.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Read the options that all commands share."""
    from monitor.cli.logs import configure_logs
    from monitor.daemon.upgrade_notice import reported_to

    context.obj = config_path
    is_daemon = context.invoked_subcommand == "run"
    configure_logs(is_verbose=verbose or is_daemon)
    if not is_daemon:
        context.with_resource(reported_to(_say_upgraded))


def _say_upgraded(upgrade: "Upgrade") -> None:
    """On stderr: what a command prints may be read by a program."""
    text = f"The database was upgraded from schema {upgrade.before} to {upgrade.after}."
    typer.echo(escaped(f"{text} A backup of what it was: {upgrade.backup}"), err=True)
