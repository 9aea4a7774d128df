"""A disk that is full, or that fails, at any step: nothing is lost, nothing repeated when there is room again (D15)."""

import resource
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from house import House, Story, house, rss, settings, with_parts
from origin import Origin, reply

from monitor.daemon.disk_space import DiskSpace
from monitor.daemon.restore_drill import Recorder
from monitor.daemon.service import Service
from monitor.errors import StoreError
from monitor.model.delivery import Delivery
from monitor.model.note import NoteKind
from monitor.model.requests import PollRequest
from monitor.policy.publishing import LONGEST_WAIT
from monitor.store import Store
from monitor.store.sqlite_database import SqliteDatabase

pytestmark = pytest.mark.whole

TRUCE = Story(id="truce", title="Syria truce holds", text="Quiet in Aleppo. " * 4_000)
Fault = Callable[[SqliteDatabase], AbstractContextManager[None]]


def in_a_file(store: Store) -> SqliteDatabase:
    assert isinstance(store.database, SqliteDatabase)
    return store.database


@contextmanager
def no_more_pages(database: SqliteDatabase) -> Iterator[None]:
    """SQLITE_FULL: the file may not grow."""
    with database._writer.connect() as connection:
        driver: Any = connection.connection.driver_connection
        (pages,) = driver.execute("PRAGMA page_count").fetchone()
        (limit,) = driver.execute("PRAGMA max_page_count").fetchone()
        driver.execute(f"PRAGMA max_page_count={pages}")
    yield
    with database._writer.connect() as connection:
        driver = connection.connection.driver_connection
        driver.execute(f"PRAGMA max_page_count={limit}")


@contextmanager
def no_more_bytes(database: SqliteDatabase) -> Iterator[None]:
    """SQLITE_IOERR_WRITE: no file may grow beyond what the write-ahead log has now."""
    log = database.file.with_name(f"{database.file.name}-wal")
    with files_of_at_most(log.stat().st_size):
        yield


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


class FailingAfter(Recorder):
    """Hands over, and then the disk is full."""

    def __init__(self, home: House, fault: Fault) -> None:
        super().__init__(home.jobs.publisher.channel)
        self.copies: list[str] = []
        self._full = fault(in_a_file(home.jobs.store))

    def send(self, delivery: Delivery) -> str:
        self.copies.append(delivery.message_id)
        self._full.__enter__()
        return super().send(delivery)

    def release(self) -> None:
        self._full.__exit__(None, None, None)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    with Origin("127.0.0.1") as origin:
        origin.serve("/a", reply(rss()), reply(rss(TRUCE), headers=[("ETag", '"2"')]))
        with house(tmp_path, origin, "/a") as home:
            home.poll()
            yield home


@pytest.mark.parametrize("fault", [no_more_pages, no_more_bytes])
def test_during_a_poll(home: House, fault: Fault) -> None:
    with fault(in_a_file(home.jobs.store)), suppress(StoreError):
        assert [report.is_failure for report in home.poll()] == [True]
    (state,) = home.jobs.store.feeds.configured()
    assert state.validators.etag is None, "nothing vouches for what was not stored"
    home.clock.advance(timedelta(days=1))  # a failure backs off
    (report,) = home.poll()
    assert (report.counts.new, report.matches) == (1, 1), report


@pytest.mark.parametrize("fault", [no_more_pages, no_more_bytes])
def test_while_a_digest_is_made(home: House, fault: Fault) -> None:
    home.poll()
    home.clock.advance(timedelta(days=1))
    with fault(in_a_file(home.jobs.store)):
        home.jobs.publisher.run()
        assert home.jobs.store.deliveries.counts() == {}
    for _ in range(3):
        home.tick()
    (mail,) = home.mails()
    first_line, _, edition = mail.partition("\n")
    assert first_line.endswith("Syria truce holds")
    assert edition.count("Syria truce holds") == 1


def test_after_a_message_was_handed_over(home: House) -> None:
    home.poll()
    home.clock.advance(timedelta(days=1))
    home.jobs.publisher.run()
    channel = FailingAfter(home, no_more_bytes)
    jobs = with_parts(home.jobs, channel=channel)
    with pytest.raises(StoreError):
        jobs.outbox.run()
    for _ in range(3):  # the disk is still full: what is known is kept, and nothing handed over again
        with suppress(StoreError):
            jobs.outbox.run()
    channel.release()
    for _ in range(3):
        jobs.outbox.run()
    assert len(channel.copies) == 1
    assert jobs.store.deliveries.counts() == {"sent": 1}


def test_with_little_room_nothing_is_polled_and_mail_goes_out(home: House) -> None:
    home.poll()
    home.clock.advance(timedelta(days=1))
    config = settings(home.folder, [], 80)
    free = 99_000_000
    service = Service(home.jobs, config, lambda: config, disk_space=DiskSpace(lambda: free))
    asked = home.jobs.store.requests.ask(PollRequest(), home.clock.now())
    for pause in (timedelta(), LONGEST_WAIT):  # so long the late edition waits for feeds that nobody asks
        home.clock.advance(pause)
        for job in service.ticker.names:
            service.ticker.run(job)
    assert len(home.jobs.store.feeds.due(home.clock.now())) == 1
    assert len(home.mails()) == 1
    answer = home.jobs.store.requests.outcome(asked)
    assert answer
    assert "less than 100 MB" in answer["error"]
    assert [note.kind for note in home.jobs.store.notes.open() if note.kind is NoteKind.DISK]
    free = 101_000_000
    service.refresh()
    assert NoteKind.DISK not in {note.kind for note in home.jobs.store.notes.open()}
    assert home.jobs.store.feeds.due(home.clock.now()) == ()


def test_a_backup_that_finds_no_room_is_none_and_is_tried_again(home: House) -> None:
    home.jobs.store.database.checkpoint()
    with files_of_at_most(20_000):
        home.jobs.keeper.run()
    assert not list(home.jobs.keeper.storage.backup_folder.glob("*"))
    assert NoteKind.BACKUP in {note.kind for note in home.jobs.store.notes.open()}
    home.jobs.keeper.run()
    assert NoteKind.BACKUP not in {note.kind for note in home.jobs.store.notes.open()}
    assert len(list(home.jobs.keeper.storage.backup_folder.glob("*.db"))) == 1
