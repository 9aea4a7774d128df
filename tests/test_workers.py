"""Several processes on one PostgreSQL: one leads, workers poll and deliver, any of them is killed."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from daemons import PATIENCE_SECONDS, TRUCE, asked, command, eventually
from house import rss
from origin import Origin, reply
from postgres import cluster

from monitor.model.worker import Duty, WorkerStanding
from monitor.store import Store, open_store

pytestmark = pytest.mark.whole

CONFIG = """
[[topics]]
name = "Syria ceasefire"
all = ["Syria*", "truce"]

[[digests]]
name = "Daily"
to = ["you@reader.example", "me@reader.example"]
at = "07:00"

[storage]
folder = "data"
database = "{database}"

[polling]
host_gap = "{gap}"
interval = "2s"
min_interval = "2s"
allow_private = ["127.0.0.0/8"]
allow_ports = [{port}]

"""


@contextmanager
def started(config: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    """A process that runs; whatever is left of it at the end is killed."""
    with (config.parent / "log").open("a") as log:
        process = subprocess.Popen(command(config, *words), stderr=log, text=True)
        try:
            yield process
        finally:
            process.kill()
            process.wait(PATIENCE_SECONDS)


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin("127.0.0.1") as origin:
        yield origin


@pytest.fixture
def config(tmp_path: Path, origin: Origin) -> Path:
    path = tmp_path / "config.toml"
    feeds = "".join(f'[[feeds]]\nurl = "{origin.url(f"/{number}")}"\n' for number in range(1))
    path.write_text(feeds + CONFIG.format(database=cluster().database(), port=origin.port, gap="0s"))
    origin.serve("/0", reply(rss()), reply(rss(TRUCE)))
    return path


@pytest.fixture
def store(config: Path) -> Iterator[Store]:
    found = open_store(config.read_text().partition('database = "')[2].partition('"')[0])
    yield found
    found.close()


def living(store: Store, duty: Duty) -> list[WorkerStanding]:
    return [each for each in store.workers.all() if duty in each.duties]


def test_workers_poll_and_deliver_beside_the_one_that_leads(config: Path, origin: Origin, store: Store) -> None:
    with started(config, "run"), started(config, "worker", "--poll"), started(config, "worker", "--deliver"):
        eventually(lambda: bool(living(store, Duty.POLL) and living(store, Duty.DELIVER)))
        eventually(lambda: len(origin.asked("/0")) > 1)
        print(asked(config, "digest", "send", "Daily").stdout)
        eventually(lambda: len(list((config.parent / "data" / "maildir" / "new").glob("*"))) == 2)
        print((config.parent / "log").read_text()[-3000:])
