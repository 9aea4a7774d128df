"""What PostgreSQL alone has: a server elsewhere, several who write, locks that can be lost, dumps. The server is a real
one, which the tests start; what both databases have is in the tests that are marked `both_databases`.
"""

import json
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from daemons import CONFIG, TRUCE, asked, done
from databases import new_store
from house import rss
from origin import Origin, reply
from postgres import GUARDED, Cluster, cluster
from simulated import NOON, article, match, poll_of
from sqlalchemy import inspect, select, text

from monitor.cli import exit_code
from monitor.errors import AlreadyRunning, StoreError, UnusablePlace
from monitor.model.settings import FeedSettings, StorageSettings
from monitor.search import parse
from monitor.store import Store, open_store
from monitor.store.copying import copy_store
from monitor.store.place import place_of
from monitor.store.revision import revisions
from monitor.store.schema import migrate
from monitor.store.searching import Sought
from monitor.store.tables import articles, metadata

pytestmark = pytest.mark.xdist_group("postgres")

HOLDERS = "SELECT pid FROM pg_locks WHERE locktype = 'advisory'"


@pytest.fixture
def server() -> Cluster:
    return cluster()


@pytest.fixture
def url(server: Cluster) -> str:
    return server.database()


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with closing(open_store(url, is_owner=True)) as found:
        found.feeds.sync((FeedSettings(url="https://post.example/feed"),), NOON)
        yield found


def keep(store: Store, *keys: str) -> None:
    (state,) = store.feeds.configured(())
    store.articles.apply(poll_of(state, *map(article, keys)), {each: [match("Truce")] for each in keys}, NOON)


def test_the_migrations_make_the_same_tables_from_empty(server: Cluster, tmp_path: Path) -> None:
    with closing(open_store(server.empty_database(), is_owner=True)) as made:
        migrate(made.database)
        before, after = revisions(made.database)
        assert before == after
        with made.database.read() as connection:
            found = inspect(connection)
            columns = {
                name: {each["name"]: each["nullable"] for each in found.get_columns(name)}
                for name in found.get_table_names()
            }
            indexes = {each["name"] for name in columns for each in found.get_indexes(name)}
            keys = {name: found.get_pk_constraint(name)["constrained_columns"] for name in columns}
    del columns["alembic_version"]
    assert columns == {
        table.name: {each.name: bool(each.nullable) for each in table.columns} for table in metadata.sorted_tables
    }
    assert all(keys[table.name] == [each.name for each in table.primary_key] for table in metadata.sorted_tables)
    assert {each.name for table in metadata.sorted_tables for each in table.indexes} <= indexes


def test_no_row_that_is_committed_late_is_skipped(url: str, store: Store) -> None:
    """Another process has been given the lower id and commits after everybody else has asked what is new."""
    keep(store, "first")
    seen = store.database.last_given("articles")
    order: list[str] = []
    with closing(open_store(url)) as other, closing(open_store(url)) as reader:

        def ask() -> None:
            order.append(f"mark {reader.database.last_given('articles')}")

        def write() -> None:
            keep(store, "next")
            order.append("next")

        threads = [threading.Thread(target=each) for each in (ask, write)]
        with other.database.write() as connection:
            columns = ", ".join(each.name for each in articles.columns if each.name not in {"id", "key"})
            copied = f"INSERT INTO articles (key, {columns}) SELECT 'late', {columns} FROM articles RETURNING id"
            assert connection.scalar(text(copied)) == seen + 1
            for each in threads:
                each.start()
            for each in threads:
                each.join(0.3)
            assert order == []  # a mark above the id that may still come would skip it; so would a row above it
            assert keys_of(reader) == ["first"]
            order.append("late")
        for each in threads:
            each.join(20)
        assert order[0] == "late"
        assert reader.database.last_given("articles") == seen + 2
        assert keys_of(reader) == ["first", "late", "next"]


def keys_of(store: Store) -> list[str]:
    with store.database.read() as connection:
        return [*connection.scalars(select(articles.c.key).order_by(articles.c.id))]


@contextmanager
def another_machine(url: str) -> Iterator[None]:
    """Hold the locks as a process of another name does."""
    import psycopg  # noqa: PLC0415 (it may be missing)

    from monitor.store.postgres.lock import OWNER_LOCK, OWNER_WRITES_LOCK  # noqa: PLC0415 (the same)

    with psycopg.connect(url, autocommit=True, application_name="news-monitor elsewhere:1") as session:
        session.execute("SELECT pg_advisory_lock(%s), pg_advisory_lock(%s)", [OWNER_LOCK, OWNER_WRITES_LOCK])
        yield


def test_one_process_polls_and_delivers(tmp_path: Path, url: str) -> None:
    place = place_of(StorageSettings(folder=tmp_path, database=url))
    assert not place.is_owned()
    with another_machine(url):
        assert place.is_owned()
        with pytest.raises(AlreadyRunning, match=r"already runs on the database postgresql://news.*elsewhere:1"):
            place.ownership().__enter__()
    with place.ownership():
        assert place.is_owned()
    assert not place.is_owned()


def test_who_has_lost_the_lock_writes_nothing_more(tmp_path: Path, server: Cluster, url: str) -> None:
    """The server ends all sessions of the owner, as its restart or a lost network does, and another machine begins."""
    place = place_of(StorageSettings(folder=tmp_path, database=url))
    with place.ownership(), closing(open_store(url, is_owner=True)) as mine:
        mine.feeds.sync((FeedSettings(url="https://post.example/feed"),), NOON)
        name = url.rpartition("/news_")[2].partition("?")[0]
        server.do(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'news_{name}'")
        with another_machine(url):
            with pytest.raises(StoreError, match=r"failed|does not answer"):
                mine.feeds.sync((), NOON)  # on the session that was ended
            with pytest.raises(AlreadyRunning, match="elsewhere"):
                mine.feeds.sync((), NOON)
            with pytest.raises(AlreadyRunning, match="elsewhere"):
                mine.database.check_in_place()
            assert len(mine.feeds.configured(())) == 1
        mine.database.check_in_place()  # the other one has gone: the lock is taken again
        mine.feeds.sync((), NOON)
        assert place.is_owned()


def test_errors_say_what_is_wrong_and_never_the_password(
    tmp_path: Path, server: Cluster, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.do(f"CREATE USER {GUARDED} PASSWORD 'right-one'")
    guarded = url.replace("news@", f"{GUARDED}:hush-hush@")
    cases = {
        guarded: "password authentication failed",
        guarded.replace(":hush-hush", ""): "database_password_file",
        url.replace("/news_", "/no_such_"): "does not exist",
        "postgresql://news:hush-hush@127.0.0.1:1/news": "does not answer",
    }
    for bad, said in cases.items():
        storage = StorageSettings(folder=tmp_path, database=bad)
        assert "hush" not in repr(storage)
        for attempt in (place_of(storage).is_there, lambda at=bad: revisions(open_store(at).database)):
            with pytest.raises(StoreError, match=said) as raised:
                attempt()
            assert "hush" not in str(raised.value)
            assert isinstance(raised.value, UnusablePlace) == ("answer" not in said)
            assert exit_code(raised.value) == (1 if "answer" in said else 2)
    monkeypatch.setattr("monitor.store.postgres.database.OLDEST", 990_000)
    with closing(open_store(url)) as there, pytest.raises(UnusablePlace, match="needs 15 or newer"):
        there.database.quick_check()
    server.do("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    monkeypatch.undo()
    with closing(open_store(server.url("latin"))) as there, pytest.raises(UnusablePlace, match="encoding LATIN1"):
        migrate(there.database)


def test_searches_find_the_same_on_both(store: Store, tmp_path: Path) -> None:
    texts = {
        "a": ("Dock strike ends at Müller's port", "The U.S. cease-fire holds; US$ 5 a ton."),
        "b": ("停火协议今天生效", "叙利亚停火。各方 撤\n军"),
        "c": ("100% of 'quoted' \\ words_here", "no strike. Dock hands; nul \0 inside"),
        "d": ("هدنة في سوريا", "نص الاتفاق"),
    }
    words = ["dock", '"dock strike"', "strike -port", "doc*", "停火", "ceasefire", "US$", '"of quoted"']
    words += ["(dock OR 停火) -hands", "هدنة", "100", "words_here", "nothing"]
    with closing(new_store(tmp_path / "news-monitor.db", is_owner=True)) as other:
        other.feeds.sync((FeedSettings(url="https://post.example/feed"),), NOON)
        for each in (store, other):
            (state,) = each.feeds.configured(())
            new = [replace(article(key), title=title, text=said) for key, (title, said) in texts.items()]
            each.articles.apply(poll_of(state, *new), {}, NOON)
            while each.searching.advance({}):
                pass
        for asked_for in words:
            sought = Sought(query=parse(asked_for))
            found = [[row.id for row in each.searching.newest(sought, 10).articles] for each in (store, other)]
            assert found[0] == found[1], asked_for
            assert bool(found[0]) == (asked_for != "nothing"), asked_for


def test_a_backup_is_a_dump_that_restores_and_says_so(tmp_path: Path, url: str, store: Store) -> None:
    keep(store, "kept")
    with store.database.write() as connection:
        store.database.mark_as_living(connection)
    place = place_of(StorageSettings(folder=tmp_path, database=url))
    backup = place.back_up_into(NOON)
    assert backup.suffix == ".dump"
    assert backup.stat().st_mode & 0o077 == 0
    assert place.newest_good() == backup
    keep(store, "later")
    store.close()
    with place.ownership():
        aside = place.restore(backup, NOON)
    assert aside is not None
    assert place.works()
    with closing(open_store(url, is_owner=True)) as restored:
        assert [each.key for each in restored.articles.since(NOON - timedelta(days=1))] == ["kept"]
        with restored.database.read() as connection:
            assert restored.database.is_copy(connection)  # a new generation: its messages have other ids
        assert place.holding({2: "later"}) == (aside,)
        keep(restored, "later")
        assert restored.database.last_given("articles") == 2
    backup.write_bytes(backup.read_bytes()[:-2_000])
    assert not place.is_sound(backup)
    assert "no backup to restore" in place.way_back()


@pytest.fixture
def config(tmp_path: Path, server: Cluster) -> Iterator[Path]:
    """The config of a person who writes `database = "postgresql://…"`, and its feed."""
    file = tmp_path / "config.toml"
    with Origin("127.0.0.1") as origin:
        origin.serve("/a", reply(rss(TRUCE)))
        written = CONFIG.format(url=origin.url("/a"), port=origin.port)
        mail = '\n[mail]\nkind = "maildir"\nfolder = "maildir"\n'
        file.write_text(written.replace("[storage]", f'[storage]\ndatabase = "{server.empty_database()}"') + mail)
        yield file


@pytest.mark.whole
def test_the_program_lives_on_it_and_moves_to_a_file_and_back(config: Path, tmp_path: Path, server: Cluster) -> None:
    def said(*words: str) -> subprocess.CompletedProcess[str]:
        run = asked(config, *words)
        assert run.returncode == 0, run.stdout + run.stderr
        return run

    assert done(config, "poll").returncode == 0
    said("digest", "send")
    assert len([*(tmp_path / "maildir" / "new").iterdir()]) == 1
    assert TRUCE.title in said("search", "truce").stdout
    assert json.loads(asked(config, "status", "--json").stdout)["articles"] == 1
    said("doctor", "--offline")
    said("backup")
    drill = json.loads(said("restore", "--drill", "--json").stdout)
    assert drill["sent_already"] == 0

    file = tmp_path / "moved" / "news.db"
    moved = json.loads(said("database", "copy", "--to", f"sqlite:///{file}", "--json").stdout)
    assert moved["tables"]["articles"] == 1
    assert asked(config, "database", "copy", "--to", f"sqlite:///{file}").returncode == 1  # it is not empty
    lines = config.read_text().splitlines()
    config.write_text("\n".join(f'database = "sqlite:///{file}"' if "postgresql" in each else each for each in lines))
    assert said("search", "truce").stdout
    back = json.loads(said("database", "copy", "--to", server.empty_database(), "--json").stdout)
    assert back["tables"] == moved["tables"]
    assert done(config, "poll").returncode == 0


def test_a_copy_that_was_interrupted_goes_on(store: Store, tmp_path: Path, server: Cluster) -> None:
    keep(store, *(f"a{n}" for n in range(3)))
    with store.database.write() as connection:
        connection.execute(text("DELETE FROM matches WHERE article_id = 3"))
        connection.execute(text("UPDATE articles SET story_id = 3 WHERE id = 1"))
    url = f"sqlite:///{tmp_path / 'copy.db'}"

    def stopped(table: str) -> None:
        if table == "matches":
            raise KeyboardInterrupt

    with closing(open_store(url, is_owner=True)) as there:
        with pytest.raises(KeyboardInterrupt):
            copy_store(store, there, stopped)
        with pytest.raises(StoreError, match="database copy"):
            migrate(there.database)
        counts = {each.table: each.rows for each in copy_store(store, there)}
        assert (counts["articles"], counts["matches"]) == (3, 2)
        assert there.database.last_given("matches") == 3  # that of the row that is gone is never given again
        with store.database.read() as here, there.database.read() as copied:
            for table in metadata.sorted_tables:
                query = select(table).order_by(*table.primary_key)
                assert here.execute(query).all() == copied.execute(query).all(), table.name
            assert not there.database.is_copy(copied)
