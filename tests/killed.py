"""Runs the flow in processes that are killed with SIGKILL at every seam, one seam each, and then runs it again.

    python killed.py FOLDER PORT PATH… < {"channel": settings, "seams": names to die at}

Lives once to count the seams, then forks twice for each: one child dies at the seam, the next lives on
from what the first left. Writes results.json: per seam its name, what became of both, and where.
The forking process has no threads; that is why this is a program of its own and not a part of a test.
"""

import json
import logging
import os
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from house import House, lived_in, settings, store_with, with_parts
from simulated import SimulatedClock

from monitor.archive import write_page
from monitor.deliver import KINDS
from monitor.deliver.channel import sender_of_batch
from monitor.fetch import Session
from monitor.jobs import archive_writer
from monitor.render import environment
from monitor.resources import resource

FETCH = Session.fetch
TEMPLATES = environment([resource("templates")])
"""Compiled by the first life, inherited by all others: that is half of what a life costs."""

WRITE_PAGE = write_page


class Seams:
    """Counts crossings, before and after each call, and dies at the one it is told to."""

    def __init__(self, fatal: int | None) -> None:
        self.crossed: list[str] = []
        self._fatal = fatal

    def cross(self, name: str) -> None:
        if len(self.crossed) == self._fatal:
            os.kill(os.getpid(), signal.SIGKILL)
        self.crossed.append(name)

    def around(self, name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def crossing(*args: Any, **kwargs: Any) -> Any:
            self.cross(f"before {name}")
            result = work(*args, **kwargs)
            self.cross(f"after {name}")
            return result

        return crossing

    def around_async(self, name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        async def crossing(*args: Any, **kwargs: Any) -> Any:
            self.cross(f"before {name}")
            result = await work(*args, **kwargs)
            self.cross(f"after {name}")
            return result

        return crossing


class Crossing:
    """A batch of a channel, with a seam before and after each message."""

    def __init__(self, channel: Any, seams: Seams) -> None:
        self._batch = sender_of_batch(channel)
        self._send = seams.around("send", self._batch.__enter__())

    def __call__(self, *args: Any) -> Any:
        return self._send(*args)

    def close(self) -> None:
        self._batch.__exit__(None, None, None)


class Instead:
    """An object with one of its methods put in another's place."""

    def __init__(self, real: object, **methods: Callable[..., Any]) -> None:
        self._real = real
        self._methods = methods

    def __getattr__(self, name: str) -> Any:
        return self._methods.get(name) or getattr(self._real, name)


def with_seams(home: House, seams: Seams) -> House:
    jobs = home.jobs
    store, channel = jobs.store, jobs.publisher.channel
    deliveries = {name: seams.around(name, getattr(store.deliveries, name)) for name in ("claim", "settle")}
    watched: Any = {
        "articles": Instead(store.articles, apply=seams.around("apply", store.articles.apply)),
        "new_editions": Instead(store.new_editions, publish=seams.around("publish", store.new_editions.publish)),
        "deliveries": Instead(store.deliveries, **deliveries),
    }
    archive: Any = archive_writer
    archive.write_page = seams.around("write_page", WRITE_PAGE)
    Session.fetch = seams.around_async("fetch", FETCH)  # type: ignore[method-assign]
    replaced: Any = {
        "templates": TEMPLATES,
        "store": store_with(store, **watched),
        "channel": Instead(channel, batch=lambda: Crossing(channel, seams)),
    }
    return replace(home, jobs=with_parts(jobs, **replaced))


def live(folder: Path, port: int, paths: list[str], channel: dict[str, Any], fatal: int | None) -> list[str]:
    """One process's life: poll at noon, the digest of the next morning, a little longer."""
    kind, recipients = channel.pop("kind"), tuple(channel.pop("recipients"))
    config = settings(folder, [f"http://127.0.0.1:{port}{path}" for path in paths], port)
    mail = KINDS[kind](**{**channel, **({"folder": folder / "maildir"} if kind == "maildir" else {})})
    on_unknown = getattr(mail, "default_on_unknown", config.mailing.on_unknown)
    mailing = replace(config.mailing, on_unknown=on_unknown)
    config = replace(config, mail=mail, mailing=mailing, digests=(replace(config.digests[0], to=recipients),))
    seams = Seams(fatal)
    with lived_in(config, SimulatedClock()) as home:
        watched = with_seams(home, seams)
        watched.jobs.publisher.archive_writer.run()
        watched.jobs.outbox.recover()
        watched.tick()
        watched.clock.advance(timedelta(hours=20))
        watched.tick()
        watched.tick()
    return seams.crossed


def in_child(work: Callable[[], object]) -> int:
    """The exit status of a forked child that does this; negative if a signal killed it."""
    child = os.fork()
    if not child:
        try:
            work()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def marked_with(channel: dict[str, Any], number: str) -> dict[str, Any]:
    """The channel with what tells the messages of this run from others: its sender, or what recipients are called."""
    if "recipients" not in channel:
        recipients = ["a@reader.example", "b@reader.example"]
        return {**channel, "sender": f"monitor{number}@x.example", "recipients": recipients}
    return {**channel, "recipients": [each.replace("NUMBER", number) for each in channel["recipients"]]}


def main() -> None:
    folder, port, *paths = Path(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:]
    asked = json.load(sys.stdin)
    channel = asked["channel"]
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    results = []
    for number, name in enumerate(live(folder / "all", port, paths, marked_with(channel, "all"), None)):
        if name.split()[1] not in asked["seams"]:
            continue
        place = folder / str(number)
        marked = partial(marked_with, channel, str(number))
        died = in_child(lambda: live(place, port, paths, marked(), number))  # noqa: B023 (called at once)
        lived = in_child(lambda: live(place, port, paths, marked(), None))  # noqa: B023 (called at once)
        results.append({"seam": name, "number": number, "died": died, "lived": lived, "folder": str(place)})
    (folder / "results.json").write_text(json.dumps(results))


if __name__ == "__main__":
    main()
