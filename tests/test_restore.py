"""A restored store loses no news: what it makes is another message than what was made before (decision 54)."""

import mailbox
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from databases import lay_database
from earlier import lay_earlier_database
from house import House, Story, lived_in, rss, send_now, settings
from origin import Origin, reply
from simulated import NOON, SimulatedClock

from monitor.config import Settings
from monitor.daemon.upgrade import whole_store
from monitor.model.note import NoteKind
from monitor.model.settings import StorageSettings
from monitor.store.backup import back_up, is_restoring, restore, verify

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
TRUCE = Story(id="truce", title="Syria truce holds in the north")
TALKS = Story(id="talks", title="Syria truce talks resume on Monday")
NEXT = Story(id="next", title="Syria ceasefire monitors arrive")
SAID = "restored from a backup"


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin("127.0.0.1") as origin:
        origin.serve("/a", reply(rss()), reply(rss(TRUCE)))
        yield origin


@pytest.fixture
def config(tmp_path: Path, origin: Origin) -> Settings:
    return settings(tmp_path / "data", [origin.url("/a")], origin.port)


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock()


@pytest.fixture
def backup(config: Settings, clock: SimulatedClock, tmp_path: Path) -> Path:
    """Made before the edition of the next morning, whose article it has."""
    with lived_in(config, clock) as home:
        home.poll()
        clock.advance(HOUR)
        home.poll()
        back_up(config.storage.database_file, tmp_path / "backup.db")
    return tmp_path / "backup.db"


def mailed(config: Settings) -> dict[str, str]:
    """The text of each mail by its Message-ID."""
    folder = config.storage.folder / "maildir"
    found = {}
    for mail in mailbox.Maildir(folder):
        part = next(part for part in mail.walk() if part.get_content_type() == "text/plain")
        text = part.get_payload(decode=True)
        assert isinstance(text, bytes)
        found[str(mail["Message-ID"])] = " ".join(text.decode().split())
    return found


def morning(home: House) -> None:
    home.clock.moment = (home.clock.now() + DAY).replace(hour=7, minute=5)
    home.tick()


def by_command(backup: Path, config: Settings) -> None:
    restore(backup, config.storage.database_file, NOON)


def by_hand(backup: Path, config: Settings) -> None:
    shutil.copyfile(backup, config.storage.database_file)


def of_an_earlier_version(backup: Path, config: Settings) -> None:
    """Whose backups have no mark."""
    with closing(sqlite3.connect(backup)) as connection:
        connection.execute("PRAGMA user_version = 0")
    by_command(backup, config)


@pytest.mark.parametrize("restored", [by_command, by_hand, of_an_earlier_version])
def test_the_edition_of_the_day_that_is_made_again_arrives(
    restored: Callable[[Path, Settings], None], backup: Path, config: Settings, clock: SimulatedClock, origin: Origin
) -> None:
    with lived_in(config, clock) as home:
        morning(home)
        page = next((config.storage.archive_folder / "Daily").iterdir()).read_text()
    before = mailed(config)
    restored(backup, config)
    origin.serve("/a", reply(rss(TALKS, TRUCE)))
    with lived_in(config, clock) as home:
        home.poll()
        home.jobs.publisher.run()
        home.jobs.outbox.run()
        after = mailed(config)
        (new,) = after.keys() - before.keys()
        assert all(words in after[new] for words in (TALKS.title, TRUCE.title, SAID))
        assert after.items() >= before.items()
        assert SAID not in str(before)
        pages = [path.read_text() for path in (config.storage.archive_folder / "Daily").iterdir()]
        assert (len(pages), page in pages) == (2, True)  # the mail of before links to its page
        origin.serve("/a", reply(rss(NEXT, TALKS, TRUCE)))
        morning(home)
        (last,) = mailed(config).keys() - after.keys()
        assert SAID not in mailed(config)[last]
        token = home.jobs.store.generations.token()
    assert (token in new, token in last) == (True, True)


def test_each_restore_of_the_same_backup_begins_a_generation_of_its_own(
    backup: Path, config: Settings, clock: SimulatedClock
) -> None:
    for _ in range(3):
        by_command(backup, config)
        clock.advance(timedelta(seconds=1))
        with lived_in(config, clock) as home:
            clock.moment = max(clock.moment, (NOON + DAY).replace(hour=7, minute=5))
            home.tick()
    assert len(mailed(config)) == 3
    with lived_in(config, clock) as home:  # a restart is no restore
        home.tick()
    assert len(mailed(config)) == 3


def test_what_was_queued_in_the_backup_keeps_its_bytes_and_its_id(
    backup: Path, config: Settings, clock: SimulatedClock, tmp_path: Path
) -> None:
    with lived_in(config, clock) as home:
        home.clock.moment = (NOON + DAY).replace(hour=7, minute=5)
        home.jobs.publisher.run()
        back_up(config.storage.database_file, tmp_path / "queued.db")
        home.jobs.outbox.run()
    before = mailed(config)
    by_command(tmp_path / "queued.db", config)
    with lived_in(config, clock) as home:
        home.tick()
        (sent,) = home.jobs.store.deliveries.records()
        assert (sent.state, sent.answer) == ("sent", "already there")
    assert mailed(config) == before


def test_editions_by_hand_copies_and_notes_have_new_ids_too(
    backup: Path, config: Settings, clock: SimulatedClock
) -> None:
    config = replace(config, operator=replace(config.operator, to=("operator@reader.example",)))
    ids: list[str] = []
    moment = clock.now()
    for _ in range(2):
        clock.moment = moment
        by_command(backup, config)
        known = len(mailed(config))
        with lived_in(config, clock) as home:
            clock.moment = moment + HOUR
            (sent,) = send_now(home.jobs, config.digests[0])
            assert sent.edition_id is not None
            home.jobs.outbox.resend(sent.edition_id, ["you@reader.example"])
            home.jobs.store.notes.add(NoteKind.DISK, "disk", "There is too little room.", clock.now())
            home.jobs.operator_notes.run()
            home.jobs.outbox.run()
        moment += timedelta(seconds=1)
        assert len(mailed(config)) == known + 3
        ids = [*mailed(config)]
    assert len(ids) == 6


def test_an_edition_that_nobody_got_does_not_use_up_the_words(
    backup: Path, config: Settings, clock: SimulatedClock, origin: Origin
) -> None:
    config = replace(config, digests=(replace(config.digests[0], when_empty="skip"),))
    with lived_in(config, clock) as home:
        morning(home)
        back_up(config.storage.database_file, backup.with_name("after.db"))
    before = mailed(config)
    by_command(backup.with_name("after.db"), config)
    with lived_in(config, clock) as home:
        morning(home)
        assert mailed(config) == before
        origin.serve("/a", reply(rss(TALKS, TRUCE)))
        home.clock.advance(DAY - HOUR)
        home.poll()
        morning(home)
        (new,) = mailed(config).keys() - before.keys()
        assert SAID in mailed(config)[new]


def test_a_backup_of_an_earlier_schema_begins_a_generation(tmp_path: Path) -> None:
    storage = StorageSettings(folder=tmp_path / "data")
    restore(lay_earlier_database(tmp_path), storage.database_file, NOON)
    store = whole_store(storage, SimulatedClock(), is_owner=True)
    assert store.generations.current() is None
    assert [store.generations.begin_if_copied("abc", NOON) for _ in range(2)] == [True, False]
    assert store.generations.token() == "abc"
    store.close()


def test_killed_at_any_step_the_old_store_or_the_new_one_is_there(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    for folder, version in ((old, 0), (new, 0)):
        lay_database(folder / "news-monitor.db")
        with closing(sqlite3.connect(folder / "news-monitor.db")) as connection:
            connection.execute("INSERT INTO digests VALUES (1, ?, '2026-03-01', 1)", [folder.name])
            connection.commit()
            assert connection.execute("PRAGMA user_version").fetchone() == (version,)
    (old / "news-monitor.db-wal").write_bytes(b"a log of the old one")
    program = Path(__file__).with_name("killed_restore.py")
    command = [sys.executable, str(program), str(tmp_path), str(old), str(new / "news-monitor.db")]
    run = subprocess.run(command, capture_output=True, text=True, timeout=100, check=True)
    kills = int(run.stdout)
    assert kills > 12
    for number in range(kills + 1):
        storage = StorageSettings(folder=tmp_path / str(number))
        file, swapping = storage.database_file, is_restoring(storage.database_file)
        if swapping:
            whole_store(storage, SimulatedClock(), is_owner=True).close()
        found = digests_in(file)
        asides = [path for path in storage.folder.glob("*.before-*") if path.suffix.count("-wal") == 0]
        if found == ["old"]:
            assert (asides, file.with_name(f"{file.name}-wal").read_bytes()) == ([], b"a log of the old one"), number
        else:
            assert (found, [digests_in(path) for path in asides]) == (["new"], [["old"]]), number
            assert asides[0].with_name(f"{asides[0].name}-wal").read_bytes() == b"a log of the old one", number
        assert not file.with_name(f"{file.name}.restoring").exists()


def digests_in(file: Path) -> list[str]:
    verify(file)
    with closing(sqlite3.connect(f"{file.as_uri()}?immutable=1", uri=True)) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM digests")]
