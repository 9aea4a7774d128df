"""`run`: the daemon in the foreground, under systemd, in a container or in a terminal."""

import gc

import typer

COLLECTOR = gc.get_threshold()
"""How often garbage is looked for, before `main` makes it rarer to start quickly."""


def run(context: typer.Context) -> None:
    """Poll, publish and deliver until SIGTERM or Ctrl-C. SIGHUP reloads the config. Logs go to stderr."""
    from monitor.cli.settings import settings_of
    from monitor.daemon.clock import SystemClock
    from monitor.daemon.service import run as run_daemon

    gc.set_threshold(*COLLECTOR)
    run_daemon(settings_of(context), lambda: settings_of(context), SystemClock())
