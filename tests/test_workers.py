"""Several processes on one PostgreSQL: one leads, workers poll and deliver, any of them is killed."""

import json
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from itertools import pairwise
from pathlib import Path

import pytest
from daemons import PATIENCE_SECONDS, TRUCE, asked, command, eventually
from house import rss
from origin import Origin, Pause, Script, head, raw
from postgres import cluster

from monitor.daemon.leaving import EXIT_TRY_AGAIN
from monitor.errors import StoreError
from monitor.model.worker import Duty, WorkerStanding
from monitor.store import Store, open_store

pytestmark = pytest.mark.whole

CONFIG = """
{feeds}
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
allow_private = ["127.0.0.0/8"]
allow_ports = [{port}]
"""
HOSTS = tuple(f"127.0.1.{number}" for number in range(1, 5))
FEEDS_A_HOST = 2
GAP = 1


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
    with Origin(*HOSTS) as origin:
        yield origin


@pytest.fixture
def config(tmp_path: Path, origin: Origin) -> Path:
    path = tmp_path / "config.toml"
    urls = [origin.url(f"/{host}/{number}", host) for host in HOSTS for number in range(FEEDS_A_HOST)]
    feeds = "".join(f'[[feeds]]\nurl = "{url}"\ninterval = "5s"\n' for url in urls)
    path.write_text(CONFIG.format(feeds=feeds, database=cluster().database(), port=origin.port, gap=f"{GAP}s"))
    for host in HOSTS:
        for number in range(FEEDS_A_HOST):
            origin.serve(f"/{host}/{number}", slowly(rss()), slowly(rss(TRUCE)))
    return path


def slowly(body: bytes) -> Script:
    return raw(Pause(seconds=0.1), head(200, [("Content-Type", "application/rss+xml")]), body)


@pytest.fixture
def store(config: Path) -> Iterator[Store]:
    found = open_store(config.read_text().partition('database = "')[2].partition('"')[0])
    yield found
    found.close()


def living(store: Store, duty: Duty) -> list[WorkerStanding]:
    with suppress(StoreError):  # nobody has made its tables yet
        return [each for each in store.workers.all() if duty in each.duties]
    return []


def mails(config: Path) -> list[Path]:
    return list((config.parent / "data" / "maildir" / "new").glob("*"))


def test_a_worker_polls_and_delivers_beside_the_one_that_leads(config: Path, origin: Origin, store: Store) -> None:
    """And when it is gone, the one that leads does both again."""
    with started(config, "run") as leader, started(config, "worker") as worker:
        eventually(lambda: len(living(store, Duty.POLL)) == 1)
        shown = json.loads(asked(config, "status", "--json").stdout)["workers"]
        facts = sorted((each["leads"], each["duties"]) for each in shown)
        assert facts == [(False, ["deliver", "poll"]), (True, ["lead"])]
        begun = time.monotonic()
        eventually(lambda: all(recent(origin, host, begun) for host in HOSTS))
        assert asked(config, "digest", "send", "Daily").returncode == 0
        eventually(lambda: len(mails(config)) == 2)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(PATIENCE_SECONDS) == 0
        assert not living(store, Duty.POLL)
        ended = time.monotonic()
        eventually(lambda: all(recent(origin, host, ended) for host in HOSTS))
        assert leader.poll() is None
    assert_manners(origin)


@pytest.mark.simulate
def test_a_worker_that_hangs_is_dead_to_the_others(config: Path, origin: Origin, store: Store) -> None:
    """Another does what it had, and it ends when it sees that."""
    with ExitStack() as stack:
        stack.enter_context(started(config, "run"))
        first, second = (stack.enter_context(started(config, "worker")) for _ in range(2))
        eventually(lambda: len(living(store, Duty.POLL)) == 2)
        begun = time.monotonic()
        eventually(lambda: all(recent(origin, host, begun) for host in HOSTS))
        first.send_signal(signal.SIGSTOP)
        eventually(lambda: len(living(store, Duty.POLL)) == 1)
        buried = time.monotonic()
        eventually(lambda: all(recent(origin, host, buried) for host in HOSTS))
        first.send_signal(signal.SIGCONT)
        assert first.wait(PATIENCE_SECONDS) == EXIT_TRY_AGAIN
        assert second.poll() is None
    assert_manners(origin)


def recent(origin: Origin, host: str, since: float) -> bool:
    return any(each.address == host and each.at > since for each in origin.requests)


def assert_manners(origin: Origin) -> None:
    """No host is asked again before the gap is over, whoever asks."""
    for host in HOSTS:
        moments = sorted(each.at for each in origin.requests if each.address == host)
        gaps = [after - before for before, after in pairwise(moments)]
        assert min(gaps) >= GAP, (host, min(gaps))
