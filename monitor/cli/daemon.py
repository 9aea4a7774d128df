"""`run` and `worker`: the daemon in the foreground, under systemd, in a container or in a terminal."""

import gc
from pathlib import Path
from typing import Annotated

import typer

COLLECTOR = gc.get_threshold()
"""How often garbage is looked for, before `main` makes it rarer to start quickly."""


def run(context: typer.Context) -> None:
    """Run the daemon in the foreground: poll feeds and send digests until Ctrl-C or SIGTERM.

    SIGHUP makes it read the config again. Its log goes to stderr.
    """
    from monitor.cli.settings import settings_of
    from monitor.daemon.clock import SystemClock
    from monitor.daemon.service import run as run_daemon

    gc.set_threshold(*COLLECTOR)
    run_daemon(settings_of(context), lambda: settings_of(context), SystemClock())


def worker(
    context: typer.Context,
    poll: Annotated[bool, typer.Option("--poll", help="Poll feeds.")] = False,
    deliver: Annotated[bool, typer.Option("--deliver", help="Send messages.")] = False,
    folder: Annotated[
        Path | None,
        typer.Option("--folder", metavar="PATH", help="Its own folder; without it, one in the storage folder."),
    ] = None,
) -> None:
    """Run a worker in the foreground: it polls and delivers beside `run`, on a database of PostgreSQL, until Ctrl-C or
    SIGTERM. Without an option it does both.

    Any number of them may run, on any machines that reach the database. Each needs the config; its log goes to stderr.
    """
    from monitor.cli.settings import settings_of
    from monitor.daemon.clock import SystemClock
    from monitor.daemon.run_worker import run as run_worker
    from monitor.model.worker import Duty

    gc.set_threshold(*COLLECTOR)
    chosen = {Duty.POLL: poll, Duty.DELIVER: deliver}
    duties = [duty for duty, is_chosen in chosen.items() if is_chosen] or list(chosen)
    run_worker(settings_of(context), lambda: settings_of(context), SystemClock(), duties, folder)
