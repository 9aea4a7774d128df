"""The page for people on a real socket, for tests: asked by raw requests, as browsers and attackers do."""

import asyncio
import json
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape

from databases import lay_beside
from house import Story, lived_in, rss, send_now
from origin import Origin, reply
from simulated import SimulatedClock

from monitor.cli.web import Lent
from monitor.config import load
from monitor.daemon.build import opened
from monitor.daemon.clock import SystemClock
from monitor.demo import START, TICK, DemoClock, demo_settings
from monitor.demo.newsroom import Newsroom
from monitor.demo.week import load_week
from monitor.model.clock import Clock
from monitor.policy.slots import next_slot
from monitor.store.lock import ownership
from monitor.web.app import app
from monitor.web.desk import Desk
from monitor.web.pages import CHANGES, PAGES
from monitor.web.server import listening, serve

CONFIG = """
[[feeds]]
url = "https://news.example/feed.xml"

[[topics]]
name = "Syria ceasefire"
all = ["Syria*", "truce"]

[[digests]]
name = "Daily"
to = ["you@reader.example"]
at = "07:00"
timezone = "UTC"

[storage]
folder = "data"
"""
OURS = {"Sec-Fetch-Site": "same-origin"}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: str

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Site:
    port: int
    desk: Desk
    config: Path

    def raw(self, request: bytes) -> bytes:
        """All that comes back until the connection is closed."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as client:
            client.sendall(request)
            pieces = []
            while piece := client.recv(65536):
                pieces.append(piece)
        return b"".join(pieces)

    def ask(
        self, path: str, *, method: str = "GET", headers: Mapping[str, str] = {}, form: str | None = None
    ) -> Answer:
        sent = {"Host": f"127.0.0.1:{self.port}", **headers}
        if form is not None:
            sent |= {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(form.encode()))}
        head = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
        return answered(self.raw(f"{method} {path} HTTP/1.1\r\n{head}\r\n{form or ''}".encode()))

    def post(self, path: str, form: str = "", headers: Mapping[str, str] = OURS) -> Answer:
        return self.ask(path, method="POST", headers=headers, form=form)


def answered(received: bytes) -> Answer:
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    return Answer(status=int(first.split()[1]), headers=headers, body=body.decode())


@contextmanager
def lived(
    folder: Path, *stories: Story, origin: Origin, config: str = CONFIG, title: str = "The Post"
) -> Iterator[Site]:
    """The page over a store that has polled a feed of these stories and mailed an edition of some of them."""
    file = folder / "config.toml"
    polling = f'[polling]\nhost_gap = "0s"\nallow_private = ["127.0.0.1"]\nallow_ports = [{origin.port}]\n'
    text = config.replace("https://news.example/feed.xml", origin.url("/feed")) + polling
    file.write_text(text)
    file.chmod(0o600)
    clock = SimulatedClock()
    dated = [replace(each, at=clock.now() - timedelta(hours=1)) for each in stories]
    origin.serve("/feed", reply(rss(*dated[:-1], title=escape(title))))
    with lived_in(load(file, {}), clock) as house:
        house.tick()
        send_now(house.jobs, load(file, {}).digests[0])
        clock.advance(timedelta(hours=5))
        origin.serve("/feed", reply(rss(*dated, title=escape(title))))
        house.tick()
        house.jobs.indexer.run()
    with site(folder, text, clock=clock) as found:
        yield found


@contextmanager
def site(folder: Path, config: str = CONFIG, clock: Clock | None = None) -> Iterator[Site]:
    """The page over a config and its store, an empty one if there is none, until the block ends."""
    file = folder / "config.toml"
    file.write_text(config)
    file.chmod(0o600)
    if not (folder / "data" / "news-monitor.db").exists():
        lay_beside(file)
    time = clock or SystemClock()
    with shown(Desk(lambda: load(file, {}, is_draft=True), time, Lent(time)), file) as found:
        yield found


@contextmanager
def shown(desk: Desk, file: Path) -> Iterator[Site]:
    """The page of this desk, until the block ends."""
    listened = listening(("127.0.0.1", 0))
    port, over = listened.getsockname()[1], threading.Event()
    serving = threading.Thread(target=serve, args=(app(desk, PAGES, CHANGES), listened, over.is_set))
    serving.start()
    try:
        yield Site(port=port, desk=desk, config=file)
    finally:
        over.set()
        serving.join(20)
        desk.close()
        listened.close()


WEEK_ENDS = datetime(2016, 9, 21, 20, 30, tzinfo=UTC)
"""On the evening of a busy day of the demo's week, so that the next edition has something to list."""


@contextmanager
def a_week(folder: Path) -> Iterator[Site]:
    """The page over what the news week of the demo has brought until then."""
    week, clock = load_week(), DemoClock(START)
    with Newsroom(week, clock) as newsroom:
        settings = demo_settings(folder, week, newsroom.feed_urls())
        with ownership(folder, settings.storage.database_file), opened(settings, clock, chance=lambda: 0.5) as jobs:
            while clock.now() < WEEK_ENDS:
                clock.advance(TICK)
                asyncio.run(jobs.poller.run(lambda _: None))
                jobs.publisher.run()
                jobs.outbox.run()
            while not jobs.indexer.run():
                pass
            digest = jobs.publisher.digests[0]
            since, last = jobs.store.editions.progress(digest.name, clock.now())
            jobs.publisher.editor.begin_review(digest, next_slot(digest, since=since, last=last, now=clock.now()))
        with shown(Desk(lambda: settings, clock, Lent(clock)), settings.path) as found:
            yield found


def every_address(site: Site) -> dict[str, str]:
    """The pages by short names for their pictures: each kind of page once, and the odd ones."""
    (edition, *_) = site.ask("/editions.json").json()["editions"]
    stories = site.ask("/stories.json?days=30").json()["stories"]
    largest = max(stories, key=lambda each: each["articles"])["id"]
    (topic, *_) = site.ask("/topics.json").json()["topics"]
    name = quote(topic["name"], safe="")
    matches = site.ask(f"/topic.json?name={name}&days=30").json()["matches"]
    feeds = site.ask("/feeds.json").json()["feeds"]
    (delivery, *_) = site.ask("/deliveries.json").json()["deliveries"]
    digest = quote(site.desk.settings.digests[0].name, safe="")
    return {
        "today": "/",
        "preview": f"/preview?digest={digest}",
        "review": "/review",
        "start": "/start",
        "sources": f"/sources?topic={name}",
        "editions": "/editions",
        "edition": f"/editions/{edition['id']}",
        "stories": "/stories?days=30",
        "story": f"/stories/{largest}",
        "article": f"/articles/{matches[0]['article']}",
        "topics": "/topics",
        "topic": f"/topic?name={name}&days=30",
        "workbench": f"/workbench?topic={name}",
        "workbench-new": "/workbench",
        "search": "/search?q=truce",
        "search-none": "/search?q=zebra",
        "search-wrong": "/search?since=never",
        "feeds": "/feeds",
        "feed": f"/feeds/{feeds[0]['id']}",
        "value": "/feeds/value",
        "adding": "/feeds/add",
        "deliveries": "/deliveries",
        "delivery": f"/deliveries/{delivery['id']}",
        "status": "/status",
        "doctor": "/doctor",
        "error": "/articles/999999",
    }
