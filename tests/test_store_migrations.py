"""Upgrades keep every row or do not happen (rule D18): from every earlier schema, and killed at every statement."""

import json
import shutil
import signal
import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from filled import fill, row_counts

from monitor.errors import StoreError
from monitor.model.settings import DigestSettings
from monitor.policy.slots import due_slot, next_slot
from monitor.resources import resource
from monitor.store import Store, open_store
from monitor.store.backup import back_up, verify
from monitor.store.revision import newest_revision, revisions
from monitor.store.schema import migrate

PATIENCE_SECONDS = 280
"""For more than a hundred processes, one a statement: half a minute of work, and minutes on a machine that is busy."""
DROPPED = {"hosts"}
"""What an upgrade does away with on purpose: holds of whole hosts, of which nobody knows who asked for them (0010)."""


def shipped() -> list[str]:
    """Every revision that was ever shipped, the first one first."""
    config = Config()
    config.set_main_option("script_location", str(resource("migrations")))
    return [script.revision for script in reversed(list(ScriptDirectory.from_config(config).walk_revisions()))]


def store_of(path: Path, revision: str, rows: int) -> Store:
    store = open_store(f"sqlite:///{path}", is_owner=True)
    migrate(store.database, target=revision)
    with store.database.write() as connection:
        fill(connection, rows)
    return store


def counts(store: Store) -> dict[str, int]:
    with store.database.read() as connection:
        return dict(row_counts(connection))


def kept(rows: dict[str, int]) -> dict[str, int]:
    return {name: count for name, count in rows.items() if name not in DROPPED}


def scripts_with(folder: Path, body: str) -> Path:
    """The shipped scripts, and one more that does this."""
    scripts = folder / "migrations"
    shutil.copytree(resource("migrations"), scripts, ignore=shutil.ignore_patterns("__pycache__"))
    head = shipped()[-1]
    header = f"import sqlalchemy as sa\nfrom alembic import op\nrevision = 'next'\ndown_revision = '{head}'\n"
    (scripts / "versions" / "next.py").write_text(f"{header}\n\ndef upgrade():\n    {body}\n")
    return scripts


def test_the_newest_schema_is_the_one_that_no_script_follows_whatever_its_number() -> None:
    assert newest_revision() == shipped()[-1]


REBUILD = "with op.batch_alter_table('feeds', recreate='always') as b: b.add_column(sa.Column('note', sa.String()))"


@pytest.mark.no_cover  # it fills tables; what upgrades them is covered by the tests of fewer rows
@pytest.mark.parametrize("rows", [100, pytest.param(1_000, marks=pytest.mark.simulate)])
@pytest.mark.parametrize("revision", shipped())
def test_every_schema_that_was_ever_shipped_comes_up_to_date_with_every_row(
    revision: str, rows: int, tmp_path: Path
) -> None:
    store = store_of(tmp_path / "news.db", revision, rows)
    before = counts(store)
    assert set(before.values()) == {rows}
    migrate(store.database)
    after = counts(store)
    assert {name: after.get(name) for name in before.keys() - DROPPED} == kept(before)
    store.database.integrity_check()
    assert revisions(store.database)[0] == shipped()[-1]
    store.close()


def test_a_table_that_is_built_anew_costs_no_row_of_those_that_refer_to_it(tmp_path: Path) -> None:
    store = store_of(tmp_path / "news.db", "head", 20)
    before = counts(store)
    migrate(store.database, scripts=scripts_with(tmp_path, REBUILD))
    assert counts(store) == before
    with store.database.write() as connection, pytest.raises(Exception, match="FOREIGN KEY"):
        connection.exec_driver_sql("UPDATE polls SET feed_id = 999999")
    store.close()


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("op.execute('DELETE FROM holds WHERE origin LIKE \"origin 1%\"')", "holds had 20 and has 9"),
        (
            'op.execute(\'INSERT INTO holds VALUES ("made.up", "2016-01-01 00:00:00", "", "2016-01-01 00:00:00")\')',
            "holds had 20 and has 21",
        ),
        ("op.execute('UPDATE polls SET feed_id = 999999')", "20 rows refer to missing rows"),
        ("op.execute('UPDATE missing SET x = 1')", "no such table"),
    ],
)
def test_a_script_that_loses_rows_is_undone(body: str, reason: str, tmp_path: Path) -> None:
    store = store_of(tmp_path / "news.db", "head", 20)
    before = counts(store)
    with pytest.raises(StoreError, match=reason):
        migrate(store.database, scripts=scripts_with(tmp_path, body))
    assert counts(store) == before
    assert revisions(store.database)[0] == shipped()[-1]
    store.close()


def test_there_is_a_backup_before_anything_changes_and_none_of_a_new_database(tmp_path: Path) -> None:
    made: list[Path] = []

    def backup() -> None:
        made.append(tmp_path / "backup.db")
        back_up(tmp_path / "news.db", made[-1])

    store = open_store(f"sqlite:///{tmp_path / 'news.db'}", is_owner=True)
    migrate(store.database, before=backup)
    assert made == []
    migrate(store.database, before=backup, scripts=scripts_with(tmp_path, REBUILD))
    verify(*made)
    store.close()
    old = open_store(f"sqlite:///{made[0]}")
    assert revisions(old.database)[0] == shipped()[-1]
    old.close()


@pytest.mark.whole
@pytest.mark.timeout(300)
def test_killed_before_any_statement_the_database_is_old_or_new_and_never_between(tmp_path: Path) -> None:
    first, head = shipped()[0], "next"
    store = store_of(tmp_path / "first.db", first, 5)
    old = counts(store)
    store.close()
    scripts = scripts_with(tmp_path, REBUILD)
    script = Path(__file__).with_name("killed_migration.py")
    run = subprocess.run(
        [sys.executable, script, tmp_path, tmp_path / "first.db", scripts],
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    results = json.loads((tmp_path / "results.json").read_text())
    assert len(results) > 5
    assert results[-1]["before"] == "COMMIT"
    killed = [(*each["killed"], each["left"]) for each in results if "killed" in each]
    assert [died for died, _, _ in killed] == 3 * [-signal.SIGKILL]
    assert all(left == expected for _, left, expected in killed)
    new = results[0]["after"][1]
    assert {name: new.get(name) for name in old.keys() - DROPPED} == kept(old)
    for each in results:
        assert each["left"] in ([first, old], [head, new]), each["before"]
        assert each["after"] == [head, new], each["before"]


def test_a_hold_of_a_host_does_not_survive_but_what_a_feed_was_told_does(tmp_path: Path) -> None:
    """Feed 1 was told to wait, feed 2 only put off with its host, feed 3 rests after a failure of its own."""
    store = open_store(f"sqlite:///{tmp_path / 'news.db'}", is_owner=True)
    migrate(store.database, target="0007")
    week, asked = "2026-03-08 12:00:00.000000", "2026-03-01 12:00:00.000000"
    feeds = [
        (1, "http://forger.example/a", "forger.example", "", week),
        (2, "https://honest.example:8443/b", "honest.example", "", week),
        (3, "https://old.example/c", "new.example", "https://new.example/c", "2026-03-02 12:00:00.000000"),
    ]
    with store.database.write() as connection:
        run = connection.exec_driver_sql
        for number, url, host, moved_to, due in feeds:
            run(
                "INSERT INTO feeds (id, url, host, moved_to, outlet, title, language, is_configured, body_hash,"
                " next_poll_at, polled_at, failures, problem_detail, is_baseline_open) VALUES"
                f" ({number}, '{url}', '{host}', '{moved_to}', '', '', '', 1, '', '{due}', '{asked}', 1, '', 0)"
            )
        for feed, at, detail in ((1, asked, "HTTP 503 (redirected to …)"), (2, "2026-02-27 12:00:00.000000", "")):
            run(
                "INSERT INTO polls (feed_id, polled_at, status, detail, elapsed_ms, fetched, new, known, changed,"
                f" duplicate, refused, late) VALUES ({feed}, '{at}', 'x', '{detail}', 0, 0, 0, 0, 0, 0, 0, 0)"
            )
        run(f"INSERT INTO hosts VALUES ('honest.example', '{week}')")
    migrate(store.database)
    with store.database.read() as connection:
        rows = connection.exec_driver_sql("SELECT origin, next_poll_at, hold_until FROM feeds ORDER BY id").all()
        assert connection.exec_driver_sql("SELECT count(*) FROM holds").scalar() == 0
    assert [tuple(row) for row in rows] == [
        ("http://forger.example", week, week),
        ("https://honest.example:8443", asked, None),
        ("https://new.example", "2026-03-02 12:00:00.000000", None),
    ]
    store.close()


def test_what_earlier_editions_knew_is_taken_from_the_times(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'news.db'}", is_owner=True)
    migrate(store.database, target="0006")
    polls = [(1, "09:00"), (2, "11:00"), (3, "10:00"), (4, "12:00")]  # the third is dated before it was stored
    with store.database.write() as connection:
        run = connection.exec_driver_sql
        run(
            "INSERT INTO digests (id, name, configured_at, is_configured) VALUES (1, 'Daily', '2026-03-01 00:00:00', 1)"
        )
        run(
            "INSERT INTO feeds (id, url, host, outlet, title, language, is_configured, body_hash, next_poll_at,"
            " failures, problem_detail) VALUES (1, 'u', 'h', '', '', '', 1, '', '2026-03-01 00:00:00', 0, '')"
        )
        for poll, at in polls:
            run(
                "INSERT INTO polls (id, feed_id, polled_at, status, detail, fetched, new, known, changed, duplicate,"
                f" refused, late, elapsed_ms) VALUES ({poll}, 1, '2026-03-02 {at}:00.000000', 'ok', '',"
                " 0, 0, 0, 0, 0, 0, 0, 0)"
            )
        for edition, at in enumerate(("08:00", "10:30", "13:00"), 1):
            run(
                "INSERT INTO editions (id, digest_id, kind, slot, made_at, subject, page)"
                f" VALUES ({edition}, 1, 'manual', '{edition}', '2026-03-02 {at}:00.000000', '', '')"
            )
    migrate(store.database)
    with store.database.read() as connection:
        known = connection.exec_driver_sql("SELECT last_article, last_match, last_poll FROM editions ORDER BY id").all()
    assert [tuple(row) for row in known] == [(0, 0, 0), (0, 0, 3), (0, 0, 4)]
    store.close()


def test_what_was_edited_before_an_upgrade_is_known_to_every_edition(tmp_path: Path) -> None:
    """Or the first edition after it would report the corrections of years."""
    store = open_store(f"sqlite:///{tmp_path / 'news.db'}", is_owner=True)
    migrate(store.database, target="0011")
    with store.database.write() as connection:
        fill(connection, 7)
    migrate(store.database)
    with store.database.write() as connection:
        run = connection.exec_driver_sql
        known = run("SELECT DISTINCT last_revision FROM editions").all()
        run("DELETE FROM revisions")
        run("INSERT INTO revisions (article_id, replaced_at, link, title, text) VALUES (1, '2026-01-01', '', '', '')")
        following = run("SELECT id FROM revisions").scalar_one()
    assert [tuple(row) for row in known] == [(7,)]
    assert following == 8, "an id that is given twice would hide an edit"
    store.close()


def test_slots_that_were_taken_before_there_were_several_a_day_stay_covered(tmp_path: Path) -> None:
    """The date of a digest is its first slot of that date, so that an upgrade at noon mails no morning again."""
    store = open_store(f"sqlite:///{tmp_path / 'news.db'}", is_owner=True)
    migrate(store.database, target="0007")
    with store.database.write() as connection:
        run = connection.exec_driver_sql
        run(
            "INSERT INTO digests (id, name, configured_at, is_configured) VALUES (1, 'Daily', '2026-02-01 00:00:00', 1)"
        )
        run(
            "INSERT INTO editions"
            " (id, digest_id, kind, slot, made_at, subject, page, last_article, last_match, last_poll)"
            " VALUES (1, 1, 'scheduled', '2026-03-02', '2026-03-02 07:00:01.000000', '', '', 0, 0, 0)"
        )
        for day in ("2026-03-01", "2026-03-02"):
            run(f"INSERT INTO slots (digest_id, day, edition_id) VALUES (1, '{day}', 1)")
    migrate(store.database)
    made_at = datetime(2026, 3, 2, 7, 0, 1, tzinfo=UTC)
    assert store.editions.progress("Daily", made_at + timedelta(hours=5)) == (made_at, (date(2026, 3, 2), 1))
    with store.database.read() as connection:
        rows = connection.exec_driver_sql("SELECT day, ordinal FROM slots ORDER BY day").all()
    assert [tuple(row) for row in rows] == [("2026-03-01", 1), ("2026-03-02", 1)]
    before, several = (DigestSettings(name="Daily", to=(), at=at) for at in (time(7), (time(7), time(18))))
    since, last = store.editions.progress("Daily", made_at)
    for digest, due in ((before, "2026-03-03"), (several, "2026-03-02T18:00")):
        assert due_slot(digest, since=since, last=last, now=made_at + timedelta(hours=10)) is None
        assert next_slot(digest, since=since, last=last, now=made_at).label == due
    store.close()
