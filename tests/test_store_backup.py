"""Backups are whole, and the way back loses nothing: under load, rotated, interrupted, damaged (rules D16, D17)."""

import os
import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path
from shutil import copytree

import pytest
from databases import new_store
from filled import fill, row_counts
from house import Story, house, rss, settings
from origin import Origin, reply
from simulated import NOON, SimulatedClock

from monitor.daemon.build import looked_at, opened
from monitor.daemon.restore_drill import rehearse_restore, repeated
from monitor.daemon.upgrade import whole_store
from monitor.errors import DamagedStore, StoreError
from monitor.model.delivery import DeliveryRecord, DeliveryState
from monitor.model.ids import DeliveryId
from monitor.model.note import NoteKind
from monitor.model.requests import PollRequest
from monitor.model.settings import StorageSettings
from monitor.policy.maintenance import CHECK_HOUR
from monitor.store import Store, open_store
from monitor.store.backup import (
    back_up,
    back_up_into,
    check_whole,
    is_sound,
    newest_good,
    restore,
    revision,
    verify,
)
from monitor.store.backup_files import backups
from monitor.store.lock import ownership

TRUCE = Story(id="truce", title="Syria truce holds")
DAY = timedelta(days=1)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "news-monitor.db"


@pytest.fixture
def store(file: Path) -> Iterator[Store]:
    store = new_store(file, is_owner=True)
    with store.database.write() as connection:
        fill(connection, 20)
    yield store
    store.close()


def rows(file: Path) -> dict[str, int]:
    store = open_store(f"sqlite:///{file}")
    with store.database.read() as connection:
        found = dict(row_counts(connection))
    store.close()
    return found


def test_fifty_backups_while_others_write_are_all_whole_and_restore(store: Store, file: Path, tmp_path: Path) -> None:
    done = threading.Event()
    written: list[int] = []

    def write() -> None:
        while not done.is_set():
            written.append(store.requests.ask(PollRequest(urls=(str(len(written)),)), NOON))

    thread = threading.Thread(target=write)
    thread.start()
    known = []
    for number in range(50):
        known.append(len(written))
        back_up(file, tmp_path / f"{number}.db")
    done.set()
    thread.join()
    for number, least in enumerate(known):
        target = tmp_path / "restored" / f"{number}.db"
        restore(tmp_path / f"{number}.db", target, NOON)
        found = rows(target)
        assert found.pop("requests") >= 20 + least
        assert set(found.values()) == {20}
    assert written


def test_a_backup_is_private_and_leaves_nothing_else(store: Store, file: Path, tmp_path: Path) -> None:
    made = back_up_into(tmp_path / "backups", file, NOON, 7)
    assert [made] == list((tmp_path / "backups").iterdir())
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert stat.S_IMODE(made.parent.stat().st_mode) == 0o700
    assert revision(made)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes files for others")
def test_what_root_makes_for_the_service_belongs_to_the_service(tmp_path: Path) -> None:
    storage = StorageSettings(folder=tmp_path / "data")
    storage.folder.mkdir()
    os.chown(storage.folder, 12345, 12346)
    with ownership(storage.folder, storage.database_file):
        whole_store(storage, SimulatedClock(), is_owner=True).close()
        backup = back_up_into(storage.backup_folder, storage.database_file, NOON, 7)
        restore(backup, storage.database_file, NOON)
        beside = whole_store(storage, SimulatedClock())
        owners = {str(path): (path.stat().st_uid, path.stat().st_gid) for path in storage.folder.rglob("*")}
        beside.close()
    assert len(owners) >= 6
    assert set(owners.values()) == {(12345, 12346)}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_root_gives_no_file_away_that_a_link_leads_to(tmp_path: Path) -> None:
    foreign = tmp_path / "foreign"
    foreign.write_text("")
    folder = tmp_path / "data"
    folder.mkdir()
    os.chown(folder, 12345, 12346)
    (folder / "news.db").symlink_to(foreign)
    (folder / "lock").symlink_to(foreign)
    open_store(f"sqlite:///{folder / 'news.db'}").close()
    with pytest.raises(StoreError), ownership(folder, folder / "news.db"):
        pass
    assert (foreign.stat().st_uid, foreign.read_text()) == (0, "")


def test_the_newest_are_kept_and_other_files_left_alone(store: Store, file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    (folder / "news-monitor-mine.db").write_text("")
    made = [back_up_into(folder, file, NOON + n * DAY, 3) for n in range(5)]
    assert backups(folder, ".db") == tuple(reversed(made[2:]))
    made[-1].write_bytes(b"damaged")
    assert newest_good(folder) == made[3]
    assert (folder / "news-monitor-mine.db").exists()


def test_backups_made_while_the_clock_was_ahead_make_room_for_later_ones(
    store: Store, file: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    for day in range(3):
        back_up_into(folder, file, NOON + timedelta(days=900 + day), 3)
    made = [back_up_into(folder, file, NOON + n * DAY, 3) for n in range(3)]
    assert backups(folder, ".db") == tuple(reversed(made))


def test_a_backup_of_a_damaged_database_is_refused_and_leaves_nothing(store: Store, file: Path, tmp_path: Path) -> None:
    store.database.checkpoint()
    store.close()
    content = bytearray(file.read_bytes())
    content[4096 * 5 : 4096 * 6] = b"\xff" * 4096
    file.write_bytes(content)
    with pytest.raises(StoreError):
        back_up(file, tmp_path / "backup.db")
    assert not list(tmp_path.glob("backup*"))


@pytest.mark.parametrize("content", [b"", b"no database at all", b"SQLite format 3\0" + b"x" * 5000])
def test_what_is_no_backup_is_not_restored(store: Store, file: Path, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "backup.db").write_bytes(content)
    with pytest.raises(StoreError):
        restore(tmp_path / "backup.db", file, NOON)
    assert rows(file)["requests"] == 20
    with pytest.raises(StoreError, match="no file"):
        verify(tmp_path / "missing.db")


def test_what_was_there_is_set_aside_with_its_log(store: Store, file: Path, tmp_path: Path) -> None:
    backup = back_up_into(tmp_path / "backups", file, NOON, 7)
    with closing(sqlite3.connect(file)) as killed:  # keeps the log from being emptied, as a kill would
        killed.execute("SELECT count(*) FROM requests").fetchone()
        store.requests.ask(PollRequest(), NOON)
        aside = restore(backup, file, NOON)
    assert aside
    assert aside.with_name(f"{aside.name}-wal").exists()
    assert not file.with_name(f"{file.name}-wal").exists()
    assert (rows(file)["requests"], rows(aside)["requests"]) == (20, 21)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_an_interrupted_restore_keeps_everything_waiting_and_is_ended_by_the_next(
    store: Store, file: Path, tmp_path: Path
) -> None:
    backup = back_up_into(tmp_path / "backups", file, NOON, 7)
    store.close()
    file.replace(file.with_name("aside"))
    file.with_name(f"{file.name}.restoring").write_bytes(backup.read_bytes())
    storage = StorageSettings(folder=file.parent)
    with pytest.raises(StoreError, match="interrupted"):
        whole_store(storage, SimulatedClock())
    assert not file.exists()
    restore(backup, file, NOON)
    check_whole(file)
    assert rows(file)["requests"] == 20


@pytest.mark.parametrize("damage", ["emptied", "gone"])
def test_a_database_that_is_lost_is_never_begun_anew_in_silence(damage: str, tmp_path: Path) -> None:
    storage = StorageSettings(folder=tmp_path)
    whole_store(storage, SimulatedClock(), is_owner=True).close()
    backup = back_up_into(storage.backup_folder, storage.database_file, NOON, 7)
    if damage == "gone":
        storage.database_file.unlink()
    else:
        storage.database_file.write_bytes(b"")
    with pytest.raises(DamagedStore, match=f"restore {backup}"):
        whole_store(storage, SimulatedClock(), is_owner=True)


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Origin]]:
    """The folder of a house with sixty articles and a backup, and the origin that has them."""
    stories = [Story(id=f"story{n}", title=f"Syria truce, day {n}", text="Quiet. " * 60) for n in range(60)]
    folder = tmp_path_factory.mktemp("lived")
    with Origin("127.0.0.1") as origin:
        origin.serve("/a", reply(rss()), reply(rss(*stories)))
        with house(folder, origin, "/a", clock=SimulatedClock()) as home:
            home.poll()
            home.poll()
        storage = StorageSettings(folder=folder)
        back_up_into(storage.backup_folder, storage.database_file, NOON, 7)
        yield folder, origin


@pytest.mark.parametrize("place", range(20))
def test_flipped_bytes_are_noticed_or_harmless(place: int, lived: tuple[Path, Origin], tmp_path: Path) -> None:
    """Never a database that begins anew in silence, never a flood: 64 bytes spoil two rows at most."""
    before, origin = lived
    copytree(before, tmp_path, dirs_exist_ok=True)
    file = StorageSettings(folder=tmp_path).database_file
    content = bytearray(file.read_bytes())
    at = len(content) * place // 20
    content[at : at + 64] = bytes(byte ^ 0xFF for byte in content[at : at + 64])
    file.write_bytes(content)
    with suppress(DamagedStore), house(tmp_path, origin, "/a", clock=SimulatedClock()) as home:
        (report,) = home.poll()
        assert report.counts.new <= 2
    assert file.stat().st_size >= len(content)


@pytest.mark.parametrize("name", [b"CREATE TABLE articles", b"CREATE TABLE feeds", b"CREATE INDEX"])
def test_a_schema_that_is_no_text_any_more_is_damage(name: bytes, lived: tuple[Path, Origin], tmp_path: Path) -> None:
    """SQLite quotes it in its message, which the driver cannot decode then."""
    before, origin = lived
    copytree(before, tmp_path, dirs_exist_ok=True)
    file = StorageSettings(folder=tmp_path).database_file
    content = bytearray(file.read_bytes())
    at = content.index(name)
    content[at - 24 : at + 40] = bytes(byte ^ 0xFF for byte in content[at - 24 : at + 40])
    file.write_bytes(content)
    with pytest.raises(DamagedStore), house(tmp_path, origin, "/a", clock=SimulatedClock()):
        pass
    assert file.stat().st_size >= len(content)


def test_a_backup_is_made_once_a_day_and_the_whole_database_checked_once_a_week(tmp_path: Path) -> None:
    clock = SimulatedClock(NOON.replace(hour=CHECK_HOUR))
    with Origin("127.0.0.1") as origin, house(tmp_path, origin, clock=clock) as home:
        made = []
        for _ in range(24 * 3):
            home.jobs.keeper.run()
            clock.advance(timedelta(hours=1))
            made.append(len(backups(home.jobs.keeper.storage.backup_folder, ".db")))
        assert made == [1] * 24 + [2] * 24 + [3] * 24
        clock.advance(timedelta(days=-400))  # the clock was wrong; it still makes one
        home.jobs.keeper.run()
        assert len(backups(home.jobs.keeper.storage.backup_folder, ".db")) == 4


def test_that_no_backup_can_be_made_is_noted_for_as_long_as_it_is_so(tmp_path: Path) -> None:
    with Origin("127.0.0.1") as origin, house(tmp_path, origin) as home:
        folder = home.jobs.keeper.storage.backup_folder
        folder.write_text("a file where the folder should be")
        home.jobs.keeper.run()
        (note,) = home.jobs.store.notes.open()
        assert (note.kind, "No backup could be made" in note.text) == (NoteKind.BACKUP, True)
        folder.unlink()
        home.jobs.keeper.run()
        assert home.jobs.store.notes.open() == ()


def record(
    slot: str, message_id: str, *, digest: str = "Daily", recipient: str = "ann@reader.example"
) -> DeliveryRecord:
    return DeliveryRecord(
        id=DeliveryId(1),
        digest=digest,
        slot=slot,
        recipient=recipient,
        message_id=message_id,
        state=DeliveryState.SENT,
        attempts=1,
        queued_at=NOON,
        next_attempt_at=None,
        finished_at=NOON,
        answer="",
        repairs=None,
    )


def test_a_drill_sees_a_repeat_though_a_restored_store_names_its_messages_anew() -> None:
    before = [record("2026-03-01 07:00", "<daily.1@m.example>"), record("", "<operator.notes.3@m.example>", digest="")]
    again = [
        record("2026-03-01 07:00-abc", "<daily.1.abc@m.example>"),
        record("", "<operator.notes.3.abc@m.example>", digest=""),
        record("2026-03-02 07:00-abc", "<daily.2.abc@m.example>"),
        record("2026-03-01 07:00-abc", "<daily.1b.abc@m.example>", recipient="ben@reader.example"),
        record("", "<operator.notes.4.abc@m.example>", digest=""),
    ]
    assert repeated(before, again, "abc") == {each.message_id for each in again[:2]}
    assert repeated(before, before, "") == {each.message_id for each in before}


def test_a_drill_sends_nothing_that_the_backup_knows_as_sent(tmp_path: Path) -> None:
    clock = SimulatedClock()
    with Origin("127.0.0.1") as origin:
        origin.serve("/a", reply(rss()), reply(rss(TRUCE)))
        with house(tmp_path, origin, "/a", clock=clock) as home:
            home.poll()
            home.poll()
            clock.advance(DAY)
            home.tick()
            assert len(home.mails()) == 1
            storage = home.jobs.keeper.storage
            backup = back_up_into(storage.backup_folder, storage.database_file, clock.now(), 7)
        config = settings(tmp_path, [origin.url("/a")], origin.port)
        found = rehearse_restore(config, backup, clock)
        assert (found.sends, found.repeats) == (frozenset(), frozenset())
        clock.advance(DAY)
        later = rehearse_restore(config, backup, clock)
        assert (len(later.sends), later.repeats) == (1, frozenset())
        with looked_at(config, clock) as jobs:
            assert jobs.store.deliveries.counts() == {"sent": 1}, "the drill leaves the data alone"
        restore(backup, config.storage.database_file, clock.now())
        with opened(config, clock) as jobs:
            assert is_sound(backup)
            assert jobs.store.deliveries.counts() == {"sent": 1}
