"""What several processes do when one of them, the server or the network between them fails: nothing is lost, nothing is
sent twice, and all feeds are polled again within a minute.
"""

import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from daemons import PATIENCE_SECONDS, TRUCE, asked, eventually
from house import rss
from network import Network
from origin import Origin
from postgres import QUICK, Cluster, Stop, binaries, started
from test_workers import CONFIG, GAP, HOSTS, assert_manners, living, mails, slowly
from test_workers import started as process

from monitor.daemon.leaving import EXIT_TRY_AGAIN
from monitor.model.worker import Duty
from monitor.store import Store, open_store

pytestmark = pytest.mark.whole

MINUTE = 60.0


@pytest.fixture
def server() -> Iterator[tuple[Cluster, Stop]]:
    """A server of its own, which a test may kill."""
    found = binaries()
    if found is None:
        pytest.skip("PostgreSQL is not installed here (Debian: postgresql)")
    pytest.importorskip("psycopg")
    made = started(found, QUICK | {"full_page_writes": "on"})
    yield made
    made[1]()


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin(*HOSTS) as origin:
        for host in HOSTS:
            origin.serve(f"/{host}", slowly(rss()), slowly(rss(TRUCE)))
        yield origin


@pytest.fixture
def store(server: tuple[Cluster, Stop]) -> Iterator[Store]:
    found = open_store(server[0].empty_database())
    yield found
    found.close()


def config(folder: Path, origin: Origin, database: str) -> Path:
    folder.mkdir()
    feeds = "".join(f'[[feeds]]\nurl = "{origin.url(f"/{host}", host)}"\ninterval = "5s"\n' for host in HOSTS)
    path = folder / "config.toml"
    path.write_text(CONFIG.format(feeds=feeds, database=database, port=origin.port, gap=f"{GAP}s"))
    return path


def all_polled(origin: Origin) -> float:
    """Waits until every host was asked again. How long that took, in seconds."""
    begun = time.monotonic()
    eventually(lambda: all(any(each.address == host and each.at > begun for each in origin.requests) for host in HOSTS))
    return time.monotonic() - begun


def assert_account(config: Path, store: Store) -> None:
    """Every article is stored once and listed once, and every recipient has one message."""
    assert asked(config, "digest", "send", "Daily").returncode == 0
    eventually(lambda: len(mails(config)) == 2)
    assert len(HOSTS) == sum(store.feeds.articles_of(each.url) for each in store.feeds.known())
    assert asked(config, "digest", "send", "Daily").returncode == 0
    assert len(mails(config)) in (2, 4)  # an edition without news, if any


@pytest.mark.simulate
def test_another_process_leads_when_the_one_that_led_is_killed(tmp_path: Path, origin: Origin, store: Store) -> None:
    first, second = (config(tmp_path / name, origin, store.database.url) for name in ("first", "second"))
    with process(first, "run") as leader, process(second, "run"):
        eventually(lambda: bool(living(store, Duty.LEAD)))
        all_polled(origin)
        before = living(store, Duty.LEAD)[0]
        leader.kill()
        eventually(lambda: [each.id for each in living(store, Duty.LEAD) if each.leads] not in ([], [before.id]))
        assert all_polled(origin) < MINUTE
        assert_account(second, store)
    assert_manners(origin)


@pytest.mark.simulate
def test_a_server_that_is_killed_and_a_network_that_is_cut(
    tmp_path: Path, origin: Origin, store: Store, server: tuple[Cluster, Stop]
) -> None:
    """Of three workers one is cut off: it asks nobody any more, and ends once it hears that others do its work."""
    cluster, stop = server
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="news-net-")))
        network = stack.enter_context(Network(folder, cluster.folder))
        direct = config(tmp_path / "direct", origin, store.database.url)
        far = config(tmp_path / "far", origin, store.database.url.replace(str(cluster.folder), str(folder)))
        stack.enter_context(process(direct, "run"))
        eventually(lambda: bool(living(store, Duty.LEAD)))
        workers = [stack.enter_context(process(each, "worker")) for each in (direct, direct, far)]
        eventually(lambda: len(living(store, Duty.POLL)) == len(workers))
        for _ in range(3):
            stop.halt()
            stop.start()
            assert all_polled(origin) < MINUTE
        eventually(lambda: len(living(store, Duty.POLL)) == len(workers))
        network.cut()
        assert all_polled(origin) < MINUTE
        eventually(lambda: len(living(store, Duty.POLL)) == len(workers) - 1)
        network.heal()
        assert ended(workers[-1]) == EXIT_TRY_AGAIN
        assert [each.poll() for each in workers[:-1]] == [None, None]
        workers[0].kill()
        assert all_polled(origin) < MINUTE
        assert_account(direct, store)
    assert_manners(origin)


def ended(process: "subprocess.Popen[str]") -> int:
    return process.wait(PATIENCE_SECONDS)
