"""`web`: the page for people, beside the daemon or alone; what it shows is what the commands say."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.config import Settings
    from monitor.store import Store


class Lent:
    """What commands say, for the page (`monitor.web.desk.Commands`)."""

    def why(self, settings: "Settings", store: "Store", article: int) -> dict[str, Any]:
        from monitor.cli.why import as_plain, sought

        return as_plain(sought(settings, store, str(article), "", None))

    def search(self, settings: "Settings", store: "Store", fields: "Mapping[str, str]") -> dict[str, Any]:
        from monitor.cli.search import facts_of

        return facts_of(settings, store, fields)

    def status(self, settings: "Settings", store: "Store") -> dict[str, Any]:
        from monitor.cli.status import facts_of
        from monitor.daemon.clock import SystemClock
        from monitor.health.status import status_of

        return facts_of(status_of(settings, store, SystemClock().now()))


def web(
    context: typer.Context,
    listen: Annotated[
        str, typer.Option("--listen", metavar="ADDRESS:PORT", help="Where; otherwise listen of [web] in the config.")
    ] = "",
    beside_daemon: Annotated[
        bool, typer.Option("--beside-daemon", hidden=True, help="End when standard input ends.")
    ] = False,
) -> None:
    """Show editions, stories, search and feeds in a browser on this machine, until Ctrl-C.

    A daemon with `[web] listen` does this by itself.
    """
    from monitor.cli.settings import draft_of
    from monitor.daemon.clock import SystemClock
    from monitor.web.app import app
    from monitor.web.desk import Desk
    from monitor.web.pages import CHANGES, PAGES
    from monitor.web.server import listening, serve

    _take_signals()
    desk = Desk(lambda: draft_of(context), SystemClock(), Lent())
    address = _address(listen or desk.settings.web.listen)
    opened = listening(address)
    if not beside_daemon:
        shown = f"[{address[0]}]" if ":" in address[0] else address[0]
        typer.echo(f"News Monitor is at http://{shown}:{opened.getsockname()[1]}/ until Ctrl-C.")
    try:
        serve(app(desk, PAGES, CHANGES), opened, _has_ended if beside_daemon else lambda: False)
    finally:
        desk.close()


def _address(listen: str) -> tuple[str, int]:
    """Raises UsageError if nothing says where, or other machines could reach it."""
    from monitor.config.values import listen_address
    from monitor.errors import UsageError
    from monitor.model.web import WebSettings

    try:
        return WebSettings(listen=listen_address(listen or "127.0.0.1:8222")).address
    except ValueError as error:
        raise UsageError(f"--listen: {error}") from error


def _take_signals() -> None:
    """The daemon blocks signals for itself, and a child inherits that."""
    import signal

    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _has_ended() -> bool:
    """Whether standard input is at its end, so that the daemon is gone."""
    import os
    import select

    return bool(select.select([0], [], [], 0)[0]) and not os.read(0, 1)
