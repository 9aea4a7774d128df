"""The small world in which the database of the earlier version was made, and in which it is opened again.

`upgrade/config.toml` has its feeds and topics, `upgrade/documents` what the feeds answered, `NAME.1`, `NAME.2` … in the
order of the days. `upgrade/make.py` made `upgrade/schema-0007.db.xz` with the program of that time.
"""

import asyncio
import lzma
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from house import House, InProcess
from outbox import ScriptedChannel
from simulated import SimulatedClock

from monitor.config import load
from monitor.daemon.build import opened
from monitor.fetch import Fetcher
from monitor.jobs import poll_by_hand
from monitor.model.feed_update import PollReport

FOLDER = Path(__file__).parent / "upgrade"
DATABASE = FOLDER / "schema-0007.db.xz"
LAST_DAY = datetime(2026, 2, 20, 8, tzinfo=UTC)
"""When the earlier version polled last: everything up to the second documents."""

PUBLIC_ADDRESS = "93.184.215.14"
"""Dialled by nobody: the network below answers."""


class Network(httpx.AsyncBaseTransport):
    """Answers the newest document of a feed that there is up to `day`; a byte more each time, so that it is read.
    `edit`: what is written otherwise in it.
    """

    def __init__(self) -> None:
        self.day = 1
        self.edit = (b"\n", b"\n")
        self._answers = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        name = (request.extensions.get("sni_hostname") or request.headers["Host"]).split(".")[0]
        paths = sorted(FOLDER.glob(f"documents/{name}.[1-{self.day}].*"))
        if not paths:
            return httpx.Response(404, content=b"no")
        self._answers += 1
        return httpx.Response(200, content=paths[-1].read_bytes().replace(*self.edit) + b"\n" * self._answers)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The program over a folder, the network it asks, and the channel it mails by."""

    home: House
    network: Network
    channel: ScriptedChannel

    def poll(self, *names: str) -> tuple[PollReport, ...]:
        """All feeds, or those of these hosts, whatever is due, an hour later."""
        urls = [url for url in self.home.stages.feeds if not names or (urlsplit(url).hostname or "")[:-8] in names]
        self.home.clock.advance(timedelta(hours=1))
        return asyncio.run(poll_by_hand(self.home.stages, urls))

    def tick(self, span: timedelta = timedelta()) -> None:
        self.home.clock.advance(span)
        self.home.tick()


@contextmanager
def world(folder: Path, moment: datetime = LAST_DAY, *, topics: int | None = None) -> Iterator[World]:
    """Opened again it is a restart; `topics`: only so many of them."""
    settings = load(FOLDER / "config.toml", {})
    settings = replace(
        settings,
        storage=replace(settings.storage, folder=folder),
        polling=replace(settings.polling, host_gap=timedelta()),
        topics=settings.topics[:topics],
    )
    clock, network, channel = SimulatedClock(moment), Network(), ScriptedChannel()
    fetcher = Fetcher(
        settings.polling, clock, user_agent="test", resolve=lambda _host, _port: [PUBLIC_ADDRESS], transport=network
    )
    with opened(settings, clock, chance=lambda: 0.0) as stages:
        own = replace(stages, fetcher=fetcher, parsers=InProcess(), channel=channel)  # type: ignore[arg-type]
        yield World(home=House(stages=own, clock=clock, folder=folder), network=network, channel=channel)


def lay_earlier_database(folder: Path) -> Path:
    """The database as the earlier version left it; its path."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "news-monitor.db"
    file.touch(mode=0o600)
    file.write_bytes(lzma.decompress(DATABASE.read_bytes()))
    return file
