"""`run`: the daemon in the foreground, under systemd, in a container or in a terminal."""

import gc

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
