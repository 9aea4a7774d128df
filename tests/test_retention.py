"""Retention: what goes, what stays, and that nothing comes back as news."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path

import pytest
from house import House, Story, lived_in, rss, settings
from origin import Origin, reply, status
from simulated import NOON, SimulatedClock

from monitor.config import Settings
from monitor.errors import UsageError
from monitor.model.note import NoteKind
from monitor.policy.retention import new_plan

DAY = timedelta(days=1)
TRUCE = "Syria cease-fire holds in town"
CHANGES: list[Callable[[Story], Story]] = [
    lambda story: story,
    lambda story: replace(story, guid=f"post-{story.id}"),
    lambda story: replace(story, link=f"http://www.post.example/{story.id}?utm_source=rss"),
    lambda story: replace(story, text="More than before."),
]


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin("127.0.0.1") as origin:
        yield origin


def keeping(folder: Path, origin: Origin, days: int = 30) -> Settings:
    config = settings(folder, [origin.url("/a")], origin.port)
    return replace(config, storage=replace(config.storage, keep=timedelta(days=days)))


def archive(numbers: range) -> list[Story]:
    return [Story(id=f"{n}", title=f"{TRUCE} {n}", text=f"Quiet, {n}.") for n in numbers]


def a_day(home: House, origin: Origin, stories: Sequence[Story], *, days: int = 1) -> int:
    """After so many days a poll, an edition and a cleaning; the number of new articles."""
    home.clock.advance(days * DAY)
    origin.serve("/a", reply(rss(*stories) + f"<!-- {home.clock.now()} -->".encode()))
    (report,) = home.tick()
    home.jobs.keeper.run()
    assert report.counts.known + report.counts.new == len(stories)
    return report.counts.new


def rows(home: House, table: str) -> int:
    with closing(sqlite3.connect(home.folder / "news-monitor.db")) as connection:
        (count,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    assert isinstance(count, int)
    return count


@pytest.mark.parametrize(
    ("items", "pace"),
    [(60, 10), pytest.param(705, 1, marks=[pytest.mark.simulate, pytest.mark.timeout(600)])],
    ids=["60 items, a poll in ten days", "705 items, a poll a day"],
)
def test_an_archive_that_comes_back_is_not_told_again(tmp_path: Path, origin: Origin, items: int, pace: int) -> None:
    """It stands in the feed for ten days, leaves it, is dropped, and is back from the fiftieth day on, in all ways."""
    with lived_in(keeping(tmp_path, origin)) as home:
        short = archive(range(items, items + 10))
        assert a_day(home, origin, archive(range(items))) == items
        for _ in range(10 // pace):
            assert a_day(home, origin, archive(range(items)), days=pace) == 0
        for number in range(40 // pace):
            assert a_day(home, origin, short, days=pace) == (10 if number == 0 else 0)
        assert rows(home, "articles") == 10
        told = rows(home, "listings")
        for change in CHANGES:
            assert a_day(home, origin, [*map(change, archive(range(items))), *short]) == 0
        assert (rows(home, "articles"), rows(home, "listings")) == (10, told)
        assert a_day(home, origin, [*archive(range(items)), *short], days=pace) == 0


def test_what_its_feed_still_holds_stays_and_is_read_on(tmp_path: Path, origin: Origin) -> None:
    with lived_in(keeping(tmp_path, origin)) as home:
        stories = [Story(id=f"{n}", title=f"Story {n}") for n in range(5)]
        for _ in range(6):
            a_day(home, origin, stories, days=10)
        assert (rows(home, "articles"), rows(home, "tombstones")) == (5, 0)
        a_day(home, origin, [replace(stories[0], text="A cease-fire in Syria begins."), *stories[1:]])
        assert rows(home, "matches") == 1


def test_a_guid_used_again_is_news_though_its_old_story_is_gone(tmp_path: Path, origin: Origin) -> None:
    with lived_in(keeping(tmp_path, origin)) as home:
        old = Story(id="a", guid="latest", title=f"{TRUCE} one")
        a_day(home, origin, [old])
        for _ in range(4):
            a_day(home, origin, [Story(id="other", title="Other")], days=10)
        assert rows(home, "articles") == 1
        assert a_day(home, origin, [replace(old, id="b", title=f"{TRUCE} two")]) == 1
        assert a_day(home, origin, [old]) == 0


@pytest.mark.parametrize(
    "titles", [("Pears", "Soup"), pytest.param(("Pears", "Soup", "Bread", "Soup"), marks=pytest.mark.simulate)]
)
def test_a_column_that_comes_less_often_than_is_kept_is_news_each_time(
    tmp_path: Path, origin: Origin, titles: tuple[str, ...]
) -> None:
    """Of what is gone nobody knows the words; that the next one is dated after it says that it is another."""
    with lived_in(keeping(tmp_path, origin, days=7)) as home:
        other = Story(id="other", title="Other")
        a_day(home, origin, [other])
        for number, title in enumerate(titles):
            at = NOON + (number * 12 + 2) * DAY
            column = Story(id=f"{number}", guid="column", link="https://post.example/column", title=title, at=at)
            column = replace(column, text=f"{title} for {number + 2}.")
            assert a_day(home, origin, [column, other]) == 1
            assert a_day(home, origin, [replace(column, text="Edited."), other]) == 0
            for _ in range(8):
                assert a_day(home, origin, [other]) == 0
            assert a_day(home, origin, [replace(column, text="An old copy."), other]) == 0
            assert a_day(home, origin, [other]) == 0
        assert rows(home, "articles") == 1


def test_what_waits_for_an_edition_and_what_begins_a_story_stays(tmp_path: Path, origin: Origin) -> None:
    clock = SimulatedClock()
    origin.serve("/a", reply(rss(Story(id="1", title=f"{TRUCE} 1", at=NOON))), reply(rss(Story(id="2", title="Other"))))
    with lived_in(keeping(tmp_path, origin), clock) as home:
        home.tick()
        clock.advance(timedelta(hours=2))
        home.poll()
        clock.advance(50 * DAY)
        home.jobs.keeper.run()
        assert rows(home, "articles") == 2
        home.tick()
        assert sum(f"{TRUCE} 1" in mail for mail in home.mails()) == 1
        clock.advance(DAY)
        with closing(sqlite3.connect(tmp_path / "news-monitor.db")) as connection, connection:
            connection.execute("UPDATE articles SET story_id = 1 WHERE id = 2")
        home.jobs.keeper.run()
        assert rows(home, "articles") == 2
        with closing(sqlite3.connect(tmp_path / "news-monitor.db")) as connection, connection:
            connection.execute("UPDATE articles SET story_id = NULL WHERE id = 2")
        home.jobs.keeper.run()
        assert (rows(home, "articles"), rows(home, "matches"), rows(home, "listings")) == (1, 0, 0)
        assert rows(home, "editions") == 1


def lived_a_year(home: House, origin: Origin) -> None:
    """Three articles a day for sixty days, of which the feed has the last thirty; nothing was cleaned yet."""
    for day in range(60):
        home.clock.advance(DAY)
        origin.serve("/a", reply(rss(*(Story(id=f"{n}", title=f"Story {n}") for n in range(3 * day, 3 * day + 30)))))
        home.poll()


def test_the_first_run_says_what_it_will_drop_and_waits_a_day(tmp_path: Path, origin: Origin) -> None:
    with lived_in(keeping(tmp_path, origin)) as home:
        lived_a_year(home, origin)
        before = rows(home, "articles")
        for _ in range(24):
            home.jobs.keeper.run()
            home.clock.advance(timedelta(hours=1))
            assert rows(home, "articles") == before
        (note,) = home.jobs.store.notes.open()
        old = int(note.text.split(": ")[1].split()[0])
        assert (note.kind, old > 60) == (NoteKind.RETENTION, True)
        home.jobs.keeper.run()
        assert before - rows(home, "articles") >= old
        assert home.jobs.store.notes.open() == ()


def test_another_keep_is_announced_again_and_the_same_one_after_a_restart_is_not(
    tmp_path: Path, origin: Origin
) -> None:
    clock = SimulatedClock()
    with lived_in(keeping(tmp_path, origin, days=50), clock) as home:
        lived_a_year(home, origin)
        home.jobs.keeper.run()
    clock.advance(DAY)
    with lived_in(keeping(tmp_path, origin, days=50), clock) as home:
        clock.advance(DAY)  # the clock has to be believed again
        before = rows(home, "articles")
        home.jobs.keeper.run()
        left = rows(home, "articles")
        assert left < before
    for config in (keeping(tmp_path, origin, days=30), keeping(tmp_path, origin, days=50)):
        with lived_in(config, clock) as home:
            clock.advance(DAY)
            home.jobs.keeper.run()
            assert rows(home, "articles") == left
    with lived_in(settings(tmp_path, [origin.url("/a")], origin.port), clock) as home:
        clock.advance(DAY)
        home.jobs.keeper.run()
        assert home.jobs.store.retention_plan.get() is None


def test_a_later_day_drops_at_most_what_came_in_two(tmp_path: Path, origin: Origin) -> None:
    with lived_in(keeping(tmp_path, origin, days=50)) as home:
        for _ in range(2):
            home.jobs.keeper.run()
            home.clock.advance(DAY)
        lived_a_year(home, origin)
        home.clock.advance(400 * DAY)  # as a clock does that is ahead, and is believed all the same
        counts = []
        for hour in range(24 * 4):
            if hour % 24 == 0:
                counts.append(rows(home, "articles"))
            home.jobs.keeper.run()
            home.clock.advance(timedelta(hours=1))
        dropped = [earlier - later for earlier, later in pairwise(counts)]
        assert all(0 < count <= 36 for count in dropped), dropped  # the first document had thirty at once


@pytest.mark.parametrize("days", [4_000, 40, -40])
def test_one_start_with_a_wrong_clock_drops_nothing_and_forgets_nothing(
    days: int, tmp_path: Path, origin: Origin
) -> None:
    clock = SimulatedClock()
    with lived_in(keeping(tmp_path, origin), clock) as home:
        home.jobs.keeper.run()
        lived_a_year(home, origin)
        before = {table: rows(home, table) for table in ("articles", "polls", "attempts")}
        clock.set(clock.now() + days * DAY)
        for _ in range(23):
            home.jobs.keeper.run()
            clock.advance(timedelta(hours=1))
        assert {table: rows(home, table) for table in before} == before
    with lived_in(keeping(tmp_path, origin), clock) as home:
        home.jobs.keeper.run()
        assert {table: rows(home, table) for table in before} == before


@pytest.mark.parametrize(
    ("servers", "believed"),
    [
        ([0, 0, 0], True),
        ([0, 0, 0, -3650], True),
        ([-3650, -3650, -3650], False),
        ([0, 0, 0, -30, -30, -30], False),
        ([0, 0], False),
        ([0, -30], False),
    ],
)
def test_servers_say_whether_the_clock_is_right(
    servers: list[int], *, believed: bool, tmp_path: Path, origin: Origin
) -> None:
    with lived_in(keeping(tmp_path, origin)) as home:
        lived_a_year(home, origin)
        home.jobs.keeper.run()
        home.clock.advance(DAY + timedelta(hours=1))
        witness = home.jobs.keeper.witness
        home.clock.set(home.clock.now() + timedelta(minutes=6))  # forgets what it knew
        for number, days in enumerate(servers):
            date = format_datetime(home.clock.now() + days * DAY)
            witness.answered(f"host{number}.example", {"date": date})
        before = rows(home, "articles")
        home.jobs.keeper.run()
        assert (rows(home, "articles") < before) is believed
        texts = [note.text for note in home.jobs.store.notes.open() if "clock" in note.text]
        assert bool(texts) is (not believed and any(servers))
        home.clock.advance(DAY)
        home.jobs.keeper.run()  # the answers are old; nobody disagrees, and the clock was steady for a day
        assert rows(home, "articles") < before
        assert home.jobs.store.notes.open() == ()


def test_polls_tell_the_time(tmp_path: Path, origin: Origin) -> None:
    with lived_in(keeping(tmp_path, origin)) as home:
        date = format_datetime(home.clock.now() - 30 * DAY)
        origin.serve("/a", reply(rss(), headers=[("Date", date), ("Age", "86400")]))
        home.poll()
        assert home.jobs.keeper.witness.errors() == (-29 * DAY,)


def test_nothing_goes_unless_its_owner_says_so(tmp_path: Path, origin: Origin) -> None:
    with lived_in(settings(tmp_path, [origin.url("/a")], origin.port)) as home:
        a_day(home, origin, archive(range(5)))
        a_day(home, origin, archive(range(5, 6)))
        home.clock.advance(4_000 * DAY)
        home.jobs.keeper.run()
        assert rows(home, "articles") == 6


def test_tombstones_last_400_days_beyond_their_feed(tmp_path: Path, origin: Origin) -> None:
    """What bounds them: how much a feed has had in 400 days. A feed at rest forgets nothing."""
    with lived_in(keeping(tmp_path, origin)) as home:
        for day in range(3):
            a_day(home, origin, archive(range(day * 5, day * 5 + 5)))
            home.clock.advance(40 * DAY)
        for _ in range(3):
            home.jobs.keeper.run()
            home.clock.advance(DAY)
        left = rows(home, "tombstones")
        assert left == 10 * 3
        home.clock.advance(1_000 * DAY)
        home.jobs.keeper.run()
        assert rows(home, "tombstones") == left
        a_day(home, origin, archive(range(5, 10)))
        home.jobs.keeper.run()
        assert rows(home, "tombstones") == 5 * 3 + 5 * 3


@pytest.mark.parametrize(("pace", "gone", "kept"), [(4, 1, 8), pytest.param(1, 2, 31, marks=pytest.mark.simulate)])
def test_messages_that_arrived_long_ago_lose_their_bytes_and_say_so(
    tmp_path: Path, origin: Origin, pace: int, gone: int, kept: int
) -> None:
    """Thirty days after; an edition every `pace` days."""
    origin.serve("/a", reply(rss(*archive(range(3)))))
    with lived_in(keeping(tmp_path, origin)) as home:
        a_day(home, origin, archive(range(3)))
        for _ in range(32 // pace):
            a_day(home, origin, archive(range(3)), days=pace)
        store = home.jobs.store
        messages = [store.deliveries.of_edition(edition.id) for edition in store.editions.all()]
        assert [bool(message.body) for (message,) in reversed(messages)] == [False] * gone + [True] * kept
        oldest = store.editions.all()[-1].id
        assert store.editions.page(oldest)
        with pytest.raises(UsageError, match="is gone"):
            home.jobs.outbox.resend(oldest, ["new@x.example"])


def test_a_plan_that_a_clock_which_was_ahead_announced_is_announced_again(tmp_path: Path, origin: Origin) -> None:
    with lived_in(keeping(tmp_path, origin)) as home:
        lived_a_year(home, origin)
        plans = home.jobs.store.retention_plan
        plans.put(new_plan(timedelta(days=30), home.clock.now() + 3_650 * DAY))
        before = rows(home, "articles")
        home.jobs.keeper.run()
        assert rows(home, "articles") == before
        plan = plans.get()
        assert plan is not None
        assert plan.announced_at == home.clock.now()
        home.clock.advance(DAY)
        home.jobs.keeper.run()
        assert rows(home, "articles") < before
        plans.put(replace(plan, day_began_at=home.clock.now() + 3_650 * DAY))
        home.jobs.keeper.run()
        plan = plans.get()
        assert plan is not None
        assert plan.day_began_at == home.clock.now()


def test_the_announcement_counts_what_will_go_and_not_what_feeds_still_have(tmp_path: Path, origin: Origin) -> None:
    with lived_in(keeping(tmp_path, origin)) as home:
        for count in (9, 7):
            home.clock.advance(40 * DAY)
            origin.serve("/a", reply(rss(*archive(range(count)))))
            home.tick()
        home.jobs.keeper.run()
        (note,) = home.jobs.store.notes.open()
        assert ": 2 articles are older" in note.text


def test_where_nobody_answers_the_clock_is_not_believed(tmp_path: Path, origin: Origin) -> None:
    """By a clock that is years ahead every certificate has expired, so that no host says what time it is."""
    with lived_in(keeping(tmp_path, origin)) as home:
        witness = home.jobs.keeper.witness
        for _ in range(50):
            witness.unanswered()
            home.clock.advance(timedelta(hours=1))
        assert not witness.is_plausible()
        witness.answered("a.example", {})
        assert witness.is_plausible()
        witness.unanswered()
        assert witness.is_plausible()
        home.clock.advance(DAY)
        assert not witness.is_plausible()


def test_a_poll_without_an_answer_says_nothing_for_the_clock(tmp_path: Path) -> None:
    with Origin("127.0.0.1") as gone:
        config = keeping(tmp_path, gone)
    with lived_in(config) as home:
        home.clock.advance(2 * DAY)
        assert home.jobs.keeper.witness.is_plausible()
        home.poll()
        assert not home.jobs.keeper.witness.is_plausible()


@pytest.mark.parametrize("code", [404, 503])
def test_an_answer_that_is_a_failure_tells_the_time_too(code: int, tmp_path: Path, origin: Origin) -> None:
    with lived_in(keeping(tmp_path, origin)) as home:
        date = format_datetime(home.clock.now() - 30 * DAY)
        origin.serve("/a", status(code, headers=[("Date", date), ("Content-Length", "0")]))
        home.poll()
        assert home.jobs.keeper.witness.errors() == (-30 * DAY,)
