"""`web`: the page for people, beside the daemon or alone; what it shows is what the commands say."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.web_start import LentStart

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from monitor.config import Settings
    from monitor.model.clock import Clock
    from monitor.model.ids import ArticleId
    from monitor.model.perhaps import Nearest
    from monitor.model.requests import AnyRequest, Outcome
    from monitor.model.topic import Topic
    from monitor.model.web import WebSettings
    from monitor.store import Store


POLLS_SHOWN = 50
ASK_SECONDS = 40
"""How long a page waits for the daemon: less than its connection lasts (`web.server`)."""


class Lent(LentStart):
    """What commands say, for the page (`monitor.web.desk.Commands`)."""

    def __init__(self, clock: "Clock") -> None:
        self._clock = clock

    def why(self, settings: "Settings", store: "Store", article: int) -> dict[str, Any]:
        from monitor.cli.why import as_plain, sought

        return as_plain(sought(settings, store, str(article), "", None))

    def search(self, settings: "Settings", store: "Store", fields: "Mapping[str, str]") -> dict[str, Any]:
        from monitor.cli.search import facts_of

        return facts_of(settings, store, fields)

    def feeds(self, settings: "Settings", store: "Store") -> list[dict[str, Any]]:
        from monitor.cli.feeds import facts_of_all

        return facts_of_all(settings, store, self._clock.now())

    def feed(self, settings: "Settings", store: "Store", number: int) -> dict[str, Any] | None:
        from monitor.cli.feeds import facts_of_one

        return facts_of_one(settings, store, self._clock.now(), number, POLLS_SHOWN)

    def value(self, settings: "Settings", store: "Store") -> list[dict[str, Any]]:
        from monitor.cli.feeds.value import facts_of

        return facts_of(settings, store, self._clock.now())

    def found_feeds(self, settings: "Settings", url: str) -> list[dict[str, Any]]:
        from monitor.cli.feeds import asked

        found = asked.asker(settings).discovery(asked.address(url))
        return [asked.facts(each) for each in found.feeds or found.asked]

    def add_feed(self, settings: "Settings", url: str, outlet: str) -> dict[str, Any]:
        from monitor.cli.feeds.add import added

        return added(settings, url, outlet) | {"reload": self._reloaded(settings)}

    def switch_feed(self, settings: "Settings", stored: str, *, is_on: bool) -> dict[str, Any]:
        from monitor.cli.feeds.change import switched

        return switched(settings, stored, is_on=is_on) | {"reload": self._reloaded(settings)}

    def add_topics(self, settings: "Settings", words: str) -> dict[str, Any]:
        return super().add_topics(settings, words) | {"reload": self._reloaded(settings)}

    def add_sources(self, settings: "Settings", topic: str, urls: "Sequence[str]") -> dict[str, Any]:
        return super().add_sources(settings, topic, urls) | {"reload": self._reloaded(settings)}

    def set_mail(self, settings: "Settings", fields: "Mapping[str, str]") -> dict[str, Any]:
        return super().set_mail(settings, fields) | {"reload": self._reloaded(settings)}

    def _reloaded(self, settings: "Settings") -> str:
        """Have a running daemon read the config again; and say the result."""
        from monitor.cli.ask_daemon import asked_of_daemon
        from monitor.errors import NewsMonitorError
        from monitor.model.requests import ReloadRequest
        from monitor.store.place import place_of

        if not place_of(settings.storage).is_owned():
            return "No daemon runs; it reads the config when it starts."
        try:
            asked_of_daemon(settings.storage, ReloadRequest(), self._clock, ASK_SECONDS)
        except NewsMonitorError as error:
            return str(error)
        return "The daemon has read the config again."

    def ask(self, settings: "Settings", request: "AnyRequest") -> "Outcome":
        from monitor.cli.ask_daemon import done_by_owner
        from monitor.errors import UsageError

        if settings.missing:
            raise UsageError("The config is not finished; `news-monitor check` says what is missing.")
        return done_by_owner(settings, request, wait_seconds=ASK_SECONDS)

    def doctor(self, settings: "Settings", *, is_offline: bool) -> list[dict[str, Any]]:
        from dataclasses import asdict

        from monitor.health.doctor import examined

        return [asdict(each) for each in examined(settings, self._clock.now(), is_offline=is_offline)]

    def status(self, settings: "Settings", store: "Store") -> dict[str, Any]:
        from monitor.cli.status import facts_of
        from monitor.health.status import status_of

        return facts_of(status_of(settings, store, self._clock.now()))

    def written_topic(self, settings: "Settings", name: str) -> dict[str, Any]:
        from monitor.cli.topics.tuning import written_topic

        return written_topic(settings, name)

    def save_topic(self, settings: "Settings", name: str, table: "Mapping[str, Any]") -> dict[str, Any]:
        from monitor.cli.topics.tuning import saved

        return saved(settings, name, table) | {"reload": self._reloaded(settings)}

    def judge(self, settings: "Settings", store: "Store", name: str, said: "Mapping[ArticleId, bool]") -> None:
        from monitor.cli.topics.tuning import judge

        judge(settings, store, name, said)

    def nearest(self, settings: "Settings", store: "Store", topic: "Topic", limit: int) -> "Nearest":
        from monitor.cli.topics.tuning import nearest

        return nearest(settings, store, topic, limit)

    def to_judge(
        self,
        settings: "Settings",
        store: "Store",
        topic: "Topic",
        near: "Nearest",
        ids: "Sequence[ArticleId]",
        limit: int,
    ) -> list[dict[str, Any]]:
        from monitor.cli.topics.tuning import to_judge

        return to_judge(settings, store, topic, near, ids, limit)


app = typer.Typer(help="The page for people: show it, and make passwords for it.", invoke_without_command=True)


@app.callback()
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

    Without a config, or with an unfinished one, it helps to write one: topics, sources, mail, a first look.
    A daemon with `[web] listen` shows the page by itself.
    """
    from monitor.cli.web_start import settings_to_start
    from monitor.daemon.clock import SystemClock
    from monitor.web.app import app as page_app
    from monitor.web.desk import Desk
    from monitor.web.pages import CHANGES, PAGES
    from monitor.web.server import listening, serve

    if context.invoked_subcommand:
        return
    _take_signals()
    clock = SystemClock()
    desk = Desk(lambda: settings_to_start(context), clock, Lent(clock))
    where = _where(listen or desk.settings.web.listen, has_users=bool(desk.settings.users))
    address = where.address
    opened = listening(address)
    if not beside_daemon:
        shown = f"[{address[0]}]" if ":" in address[0] else address[0]
        typer.echo(f"News Monitor is at http://{shown}:{opened.getsockname()[1]}/ until Ctrl-C.")
        if desk.settings.missing:
            typer.echo("The config is not finished: the page begins with the first steps.")
    try:
        serve(page_app(desk, PAGES, CHANGES, where.listen), opened, _has_ended if beside_daemon else lambda: False)
    finally:
        desk.close()


@app.command("password")
def password(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as one JSON object.")] = False,
) -> None:
    """Print the hash of a password, for `password` of [[users]] in the config. Nothing is stored.

    In a terminal it is asked for twice; otherwise it is the first line of standard input.
    """
    import getpass
    import sys

    from monitor.cli import output
    from monitor.errors import UsageError
    from monitor.web.passwords import MOST, hashed

    if sys.stdin.isatty():
        typed = getpass.getpass("Password: ")
        if typed != getpass.getpass("Once more: "):
            raise UsageError("The two are not the same.")
    else:
        typed = sys.stdin.readline(MOST * 4).rstrip("\r\n")
    try:
        found = hashed(typed)
    except ValueError as error:
        raise UsageError(str(error)) from error
    if as_json:
        output.print_json({"password": found})
    else:
        typer.echo(f'password = "{found}"')


def _where(listen: str, *, has_users: bool) -> "WebSettings":
    """Raises UsageError if nothing says where, or other machines could reach a page that asks for no password."""
    from monitor.config.values import listen_address
    from monitor.errors import UsageError
    from monitor.model.web import WebSettings, open_listening

    try:
        found = WebSettings(listen=listen_address(listen or "127.0.0.1:8222"))
    except ValueError as error:
        raise UsageError(f"--listen: {error}") from error
    if not has_users and (problem := open_listening(found)):
        raise UsageError(f"--listen: {problem}")
    return found


def _take_signals() -> None:
    """The daemon blocks signals for itself, and a child inherits that."""
    import signal

    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _has_ended() -> bool:
    """Whether standard input is at its end, so that the daemon is gone."""
    import os
    import select

    return bool(select.select([0], [], [], 0)[0]) and not os.read(0, 1)
