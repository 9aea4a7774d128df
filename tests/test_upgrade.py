"""A database that the version with schema 0007 wrote (`upgrade/`) is upgraded: no row is lost and nothing is repeated.

The same documents are polled again, each with a line more, so that they are read and not known by their bytes.
"""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from earlier import DATABASE, LAST_DAY, lay_earlier_database, world
from filled import row_counts

from monitor.store import open_store
from monitor.store.revision import revisions
from monitor.store.schema import migrate

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NEXT_DAY = LAST_DAY + DAY + HOUR
"""The earlier version's last edition was that of the 21st at 7."""


def rows(folder: Path, query: str) -> list[Any]:
    with closing(sqlite3.connect(folder / "news-monitor.db")) as connection:
        return connection.execute(query).fetchall()


def one(folder: Path, query: str) -> Any:
    ((value,),) = rows(folder, query)
    return value


def text_of(folder: Path, title: str) -> str:
    return str(one(folder, f"SELECT text FROM articles WHERE title = '{title}'"))


def test_the_database_is_one_of_schema_0007_and_small(tmp_path: Path) -> None:
    lay_earlier_database(tmp_path)
    assert one(tmp_path, "SELECT version_num FROM alembic_version") == "0007"
    assert DATABASE.stat().st_size < 100_000


def test_the_upgrade_keeps_every_row(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{lay_earlier_database(tmp_path)}", is_owner=True)
    with store.database.read() as connection:
        before = dict(row_counts(connection))
    migrate(store.database)
    store.database.integrity_check()
    with store.database.read() as connection:
        after = dict(row_counts(connection))
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
    assert before.keys() - after.keys() == {"hosts"}  # holds of whole hosts, which nobody knows the reason of (0010)
    assert all(after[table] == count for table, count in before.items() if table in after)
    assert min(before[table] for table in ("tombstones", "revisions", "notes", "stories", "deliveries")) > 0
    assert revisions(store.database)[0] != "0007"
    store.close()


def test_the_outlets_of_stored_articles_are_known_and_none_is_marked_as_new(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{lay_earlier_database(tmp_path)}", is_owner=True)
    migrate(store.database)
    store.close()
    outlets = rows(tmp_path, "SELECT outlet, min(first_seen_at) FROM articles GROUP BY outlet")
    assert len(outlets) > 1
    assert dict(rows(tmp_path, "SELECT * FROM outlets")) == {name.casefold(): seen for name, seen in outlets if name}
    assert one(tmp_path, "SELECT count(*) FROM articles WHERE is_new_outlet") == 0


def test_a_feed_is_one_of_several_places_unless_all_its_articles_share_one(tmp_path: Path) -> None:
    lay_earlier_database(tmp_path)
    with world(tmp_path):
        found = dict(rows(tmp_path, "SELECT substr(host, 1, instr(host, '.') - 1), shows_several FROM feeds"))
    assert {name for name, several in found.items() if not several} == {"alert", "gone", "notice"}


def test_topics_keep_their_past_when_they_are_matched_again_by_what_terms_mean_now(tmp_path: Path) -> None:
    """The database is older than the present meaning of terms: the program's own change, which takes no trend."""
    topics, matches = (
        "SELECT name, matched_since FROM topics ORDER BY name",
        "SELECT id, origin FROM matches ORDER BY id",
    )
    lay_earlier_database(tmp_path)
    before = rows(tmp_path, topics), rows(tmp_path, matches)
    earlier = one(tmp_path, "SELECT group_concat(fingerprint) FROM topics")
    assert len(before[0]) == 2
    with world(tmp_path):
        assert (rows(tmp_path, topics), rows(tmp_path, matches)) == before
        assert one(tmp_path, "SELECT group_concat(fingerprint) FROM topics") != earlier
        assert one(tmp_path, "SELECT count(*) FROM topics WHERE written IS NULL") == 0


def test_the_same_documents_bring_no_article_no_change_and_no_mail(tmp_path: Path) -> None:
    lay_earlier_database(tmp_path)
    articles = one(tmp_path, "SELECT count(*) FROM articles")
    listings = set(rows(tmp_path, "SELECT topic_id, article_id FROM listings"))
    queued = one(tmp_path, "SELECT count(*) FROM deliveries WHERE state = 'queued'")
    with world(tmp_path, NEXT_DAY) as now:
        now.network.day = 2
        for _ in range(3):
            reports = now.poll()
            assert [(each.url, each.counts.new, each.counts.changed, each.has_gap) for each in reports] == [
                (each.url, 0, 0, False) for each in reports
            ]
            assert sum(each.counts.known for each in reports) == 23
            now.tick(DAY)
        mails = [each for each in now.channel.accepted if each.edition_id is not None]
        assert one(tmp_path, "SELECT count(*) FROM articles") == articles
        assert one(tmp_path, "SELECT count(*) FROM revisions") == 2
    told = set(rows(tmp_path, "SELECT topic_id, article_id FROM listings")) - listings
    backfilled = set(rows(tmp_path, "SELECT topic_id, article_id FROM matches WHERE origin = 'backfill'"))
    assert told == backfilled
    assert queued >= 1
    assert len([each for each in mails if each.queued_at < NEXT_DAY]) <= queued


def test_what_is_read_in_full_is_stored_and_what_matches_by_it_is_listed_once_as_such(tmp_path: Path) -> None:
    lay_earlier_database(tmp_path)
    with world(tmp_path, NEXT_DAY) as now:
        now.network.day = 2
        now.poll()
        for _ in range(3):
            now.tick(DAY)
    assert text_of(tmp_path, "A quiet morning on the north mole").startswith("The ferry to the island is cancelled")
    assert "Only the gulls were up" in text_of(tmp_path, "A quiet morning on the north mole")
    assert text_of(tmp_path, "What the keeper wrote").count("Diaries from the lighthouse") == 1
    assert text_of(tmp_path, "Boats wait").startswith("The ferry stays in port.\n\nGrey boats")
    assert "ended after an hour" in text_of(tmp_path, "North")
    (author, categories) = rows(
        tmp_path, "SELECT author, categories FROM articles WHERE link = 'https://harbour.example/dock-strike'"
    )[0]
    assert (author, categories) == ("Ines Okafor", '["Labour", "Port"]')
    query = "SELECT a.title, l.form FROM listings l JOIN articles a ON a.id = l.article_id WHERE l.form = 'backfill'"
    found = rows(tmp_path, query)
    assert ("A quiet morning on the north mole", "backfill") in found
    assert ("Boats wait", "backfill") in found
    assert len(found) == len(set(found))
    assert one(tmp_path, "SELECT count(DISTINCT edition_id) FROM listings WHERE form = 'backfill'") == 1
    titles = [title for title, _ in found]
    assert "Notice to ferry passengers" not in titles  # undated at its feed's first poll: mailed never


def test_what_retention_had_taken_is_known_when_it_is_back(tmp_path: Path) -> None:
    lay_earlier_database(tmp_path)
    with world(tmp_path, NEXT_DAY) as now:
        now.network.day = 3
        (report,) = now.poll("archive")
    assert (report.counts.new, report.counts.known, report.counts.changed) == (0, 4, 0)


@pytest.mark.parametrize("name", ["harbour", "lantern", "ledger", "island"])
def test_an_edit_after_the_upgrade_is_an_edit(tmp_path: Path, name: str) -> None:
    lay_earlier_database(tmp_path)
    with world(tmp_path, NEXT_DAY) as now:
        now.network.day = 2
        now.poll(name)
        now.network.edit = (b"</title>", b", corrected</title>")
        (report,) = now.poll(name)
        assert report.counts.changed >= 1
        assert report.counts.new == 0
