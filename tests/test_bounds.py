"""What grows is bounded, and by what: enormous documents, busy feeds, guids that change every day."""

import resource
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from house import House, Story, lived_in, rss, settings, with_parts
from origin import Origin, gzipped, reply
from simulated import NOON

from monitor.model.feed_update import PollCounts
from monitor.store.sqlite_database import WAL_LIMIT_BYTES
from monitor.workers import ParserPool

pytestmark = pytest.mark.whole

DAY = timedelta(days=1)
TRUCE = "Syria cease-fire holds in town"
MAIL_BYTES = 300_000
"""An HTML part of 95,000 bytes as encoded, a text part, headers, and the same again for who cannot count."""


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin("127.0.0.1") as origin:
        yield origin


def rows(home: House, table: str) -> int:
    with closing(sqlite3.connect(home.folder / "news-monitor.db")) as connection:
        (count,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    assert isinstance(count, int)
    return count


@pytest.mark.parametrize(
    ("items", "limit"),
    [(1_000, 100), pytest.param(50_000, 5_000, marks=[pytest.mark.simulate, pytest.mark.timeout(900)])],
)
def test_of_an_enormous_document_the_newest_are_stored_and_the_rest_is_counted(
    tmp_path: Path, origin: Origin, items: int, limit: int
) -> None:
    """Bounded by `max_items`. Oldest first, as some feeds are: what counts is the date (rule I11)."""
    stories = [Story(id=f"{n}", title=f"Story {n}", at=NOON - timedelta(minutes=items - n)) for n in range(items)]
    config = settings(tmp_path, [origin.url("/a")], origin.port)
    config = replace(config, polling=replace(config.polling, max_items=limit))
    origin.serve("/a", gzipped(rss(*stories)))
    with lived_in(config) as house, ParserPool(timeout_seconds=300) as patient:
        home = replace(house, jobs=with_parts(house.jobs, parsers=patient))
        (report,) = home.tick()
        left_out = items - limit
        assert report.counts == PollCounts(fetched=items, new=limit, refused=left_out, left_out=left_out)
        with closing(sqlite3.connect(tmp_path / "news-monitor.db")) as connection:
            oldest = connection.execute("SELECT title FROM articles ORDER BY published_at").fetchone()
        assert oldest == (f"Story {items - limit}",)
        fresh = Story(id="fresh", title=TRUCE, at=NOON + DAY)
        origin.serve("/a", gzipped(rss(*stories, fresh)))
        home.clock.advance(DAY)
        (report,) = home.tick()
        assert (report.counts.new, report.counts.known, report.matches) == (1, limit - 1, 1)
        home.clock.advance(DAY)
        home.tick()
        assert sum(TRUCE in mail for mail in home.mails()) == 1
        assert f"{left_out + 1:,}" in home.mails()[0]  # that much was not read at the second poll


def test_a_body_over_the_cap_is_a_failure_with_a_name(tmp_path: Path, origin: Origin) -> None:
    config = settings(tmp_path, [origin.url("/a"), origin.url("/b")], origin.port)
    config = replace(config, polling=replace(config.polling, max_body_bytes=50_000, max_wire_bytes=100_000))
    origin.serve("/a", gzipped(rss(Story(id="a", title="a" * 60_000))))
    origin.serve("/b", reply(rss(Story(id="b", title="b" * 120_000))))
    with lived_in(config) as home:
        packed, plain = home.tick()
    assert (packed.status, "max_body_bytes" in packed.reason) == ("too big", True)
    assert (plain.status, "max_wire_bytes" in plain.reason) == ("too big", True)


@pytest.mark.parametrize(
    ("a_day", "days", "pace"),
    [(10, 72, 6), pytest.param(300, 365, 1, marks=[pytest.mark.simulate, pytest.mark.timeout(1800)])],
    ids=["10 a day, 72 days", "300 a day, a year"],
)
def test_a_busy_feed_that_changes_every_guid_every_day_stays_bounded(
    tmp_path: Path, origin: Origin, a_day: int, days: int, pace: int
) -> None:
    """Articles by `keep` and what the feed holds, since a changed guid is no new article; the ledger by 90 days,
    tombstones by 400, the database's log by its limit, a mail by its size; and no poll leaves anything in memory.
    """
    config = settings(tmp_path, [origin.url("/a")], origin.port)
    config = replace(config, storage=replace(config.storage, keep=30 * DAY))
    window = 2 * pace * a_day
    peaks = list[int]()
    with lived_in(config) as home:
        for day in range(0, days, pace):
            home.clock.advance(pace * DAY)
            latest = (day + pace) * a_day
            stories = [story(number, day) for number in range(max(0, latest - window), latest)]
            origin.serve("/a", reply(rss(*stories)))
            (report,) = home.tick()
            assert report.counts.new == pace * a_day
            home.jobs.keeper.run()
            peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
            assert (tmp_path / "news-monitor.db-wal").stat().st_size <= WAL_LIMIT_BYTES
        assert rows(home, "articles") <= a_day * (30 + 2 * pace) + window
        assert rows(home, "revisions") == 0
        assert rows(home, "polls") <= 91
        assert rows(home, "tombstones") <= 4 * a_day * min(days, 400)
        assert len(home.mails()) <= days
    mails = [path.stat().st_size for path in (tmp_path / "maildir" / "new").iterdir()]
    assert max(mails) < MAIL_BYTES
    assert peaks[-1] - peaks[len(peaks) // 2] < 50_000  # KiB


def story(number: int, day: int) -> Story:
    """Every tenth is about what the shipped topics look for."""
    title = f"{TRUCE} {number}" if number % 10 == 0 else f"Story {number}"
    return Story(id=f"{number}", guid=f"{day}/{number}", title=title, text=f"Text of {number}.")
