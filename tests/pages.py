"""The page for people on a real socket, for tests: asked by raw requests, as browsers and attackers do."""

import json
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from databases import lay_beside
from house import Story, lived_in, rss, send_now
from origin import Origin, reply
from simulated import SimulatedClock

from monitor.cli.web import Lent
from monitor.config import load
from monitor.daemon.clock import SystemClock
from monitor.model.clock import Clock
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
def lived(folder: Path, *stories: Story, origin: Origin, config: str = CONFIG) -> Iterator[Site]:
    """The page over a store that has polled a feed of these stories and mailed an edition of some of them."""
    file = folder / "config.toml"
    polling = f'[polling]\nhost_gap = "0s"\nallow_private = ["127.0.0.1"]\nallow_ports = [{origin.port}]\n'
    text = config.replace("https://news.example/feed.xml", origin.url("/feed")) + polling
    file.write_text(text)
    file.chmod(0o600)
    clock = SimulatedClock()
    dated = [replace(each, at=clock.now() - timedelta(hours=1)) for each in stories]
    origin.serve("/feed", reply(rss(*dated[:-1])))
    with lived_in(load(file, {}), clock) as house:
        house.tick()
        send_now(house.jobs, load(file, {}).digests[0])
        clock.advance(timedelta(hours=5))
        origin.serve("/feed", reply(rss(*dated)))
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
    desk = Desk(lambda: load(file, {}, is_draft=True), time, Lent(time))
    opened = listening(("127.0.0.1", 0))
    port, over = opened.getsockname()[1], threading.Event()
    serving = threading.Thread(target=serve, args=(app(desk, PAGES, CHANGES), opened, over.is_set))
    serving.start()
    try:
        yield Site(port=port, desk=desk, config=file)
    finally:
        over.set()
        serving.join(20)
        desk.close()
        opened.close()
