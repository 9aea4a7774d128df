"""One article once, through the whole flow: what publishers do to guids, addresses and words, and what readers see."""

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from house import House, Story, house, lived_in, rss, settings
from origin import Origin, conditional, reply
from simulated import NOON, SimulatedClock

from monitor.jobs import send_now
from monitor.model.settings import FeedSettings

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TRUCE = "Syria cease-fire holds in town"


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin("127.0.0.1") as origin:
        yield origin


def poll(home: House, origin: Origin, *stories: Story) -> None:
    """The feed says this now, and is asked an hour after the last time."""
    origin.serve("/a", reply(rss(*stories)))
    home.clock.advance(2 * HOUR)
    (report,) = home.poll()
    assert not report.is_failure, report.reason


def next_day(home: House) -> None:
    """Until the next edition is out."""
    home.clock.advance(DAY)
    home.tick()


def digest_now(home: House) -> None:
    send_now(home.stages, home.stages.digests[0], home.unsettled)


def told(home: House, words: str) -> int:
    return sum(words in mail for mail in home.mails())


def rows(home: House, query: str) -> int:
    with closing(sqlite3.connect(home.folder / "news-monitor.db")) as connection:
        (count,) = connection.execute(query).fetchone()
    assert isinstance(count, int)
    return count


def renamed(numbers: range, guid: str, link: str) -> list[Story]:
    return [
        Story(
            id=f"{n}", title=f"{TRUCE} {n}", text=f"Quiet in Aleppo, {n}.", at=NOON, guid=guid + str(n), link=link % n
        )
        for n in numbers
    ]


def test_a_feed_that_changes_all_its_names_brings_nothing_but_what_is_new(tmp_path: Path, origin: Origin) -> None:
    forms = [
        ("http://post.example/", "http://post.example/%d"),
        ("https://post.example/", "https://post.example/%d"),
        ("https://post.example/", "https://post.example/%d?utm_source=rss&utm_medium=feed"),
        ("urn:post:", "https://post.example/%d?utm_source=rss&utm_medium=feed"),
    ]
    with house(tmp_path, origin, "/a") as home:
        for day, (guid, link) in enumerate(forms):
            fresh = Story(id=f"fresh{day}", title=f"{TRUCE}, day {day}", at=home.clock.now())
            poll(home, origin, fresh, *renamed(range(20), guid, link))
            next_day(home)
            assert rows(home, "SELECT count(*) FROM listings") == 20 + day + 1
        assert home.stages.store.articles.count() == 20 + 4
        assert rows(home, "SELECT count(*) FROM revisions") == 0


def test_guids_that_change_every_day_cost_no_rows(tmp_path: Path, origin: Origin) -> None:
    """What bounds them: an article whose address and headline are known is renamed, not stored again."""
    with house(tmp_path, origin, "/a") as home:
        for day in range(20):
            poll(home, origin, *renamed(range(20), f"day {day}, ", "https://post.example/%d"))
            next_day(home)
        assert told(home, TRUCE) == 1
        assert rows(home, "SELECT count(*) FROM articles") == 20
        assert rows(home, "SELECT count(*) FROM revisions") == 0


def test_an_aggregator_republishes_and_nothing_is_told_again(tmp_path: Path, origin: Origin) -> None:
    config = settings(tmp_path, [], origin.port)
    feed = FeedSettings(url=origin.url("/a"), aggregator=True)
    with lived_in(replace(config, feeds=(feed,))) as home:
        for day in range(4):
            item = Story(
                id=f"CBM{day}", title=f"{TRUCE} - Harbour Post", source="Harbour Post", at=home.clock.now(),
                link=f"https://aggregator.example/rss/articles/CBM{day}",
            )  # fmt: skip
            poll(home, origin, item, *([replace(item, id="W", source="Coast Wire")] if day == 2 else []))
            next_day(home)
        mails = home.mails()
        assert home.stages.store.articles.count() == 2
    assert ["Harbour Post" in mail for mail in mails] == [
        True,
        False,
        True,
        False,
    ]  # told again beside the other outlet
    assert ["Coast Wire" in mail for mail in mails] == [False, False, True, False]


def test_an_entry_that_tells_the_time_is_written_24_times_and_told_once(tmp_path: Path, origin: Origin) -> None:
    with house(tmp_path, origin, "/a") as home:
        for number in range(40):
            poll(home, origin, Story(id="live", title=TRUCE, text=f"It is {number} past.", at=NOON))
        next_day(home)
        assert told(home, TRUCE) == 1
        assert rows(home, "SELECT revisions FROM articles") == 24
        assert rows(home, "SELECT count(*) FROM revisions") == 24


def test_a_live_blog_is_read_on_after_its_24th_edit(tmp_path: Path, origin: Origin) -> None:
    with house(tmp_path, origin, "/a") as home:
        for number in range(30):
            poll(home, origin, Story(id="live", title="Live: the day", text=f"Nothing at {number}.", at=NOON))
        assert rows(home, "SELECT revisions FROM articles") == 24
        for number in range(30):
            text = f"Nothing at {number}. A cease-fire in Syria begins."
            poll(home, origin, Story(id="live", title="Live: the day", text=text, at=NOON))
        next_day(home)
        assert told(home, "Live: the day") == 1
        assert rows(home, "SELECT revisions FROM articles") == 25


def test_a_guid_used_again_is_news_and_a_new_headline_is_not(tmp_path: Path, origin: Origin) -> None:
    first = Story(id="a", guid="latest", title=f"{TRUCE} one", at=NOON)
    with house(tmp_path, origin, "/a") as home:
        poll(home, origin, first)
        next_day(home)
        poll(home, origin, replace(first, title=f"{TRUCE} one, says UN"))
        next_day(home)
        poll(home, origin, replace(first, id="b", title=f"{TRUCE} two", at=home.clock.now()))
        next_day(home)
        assert [told(home, f"{TRUCE} {each}") for each in ("one", "two")] == [1, 1]
        assert home.stages.store.articles.count() == 2


def test_ten_items_under_one_guid_are_ten_articles(tmp_path: Path, origin: Origin) -> None:
    items = [Story(id=f"{n}", guid="post", title=f"Story {n}") for n in range(10)]
    with house(tmp_path, origin, "/a") as home:
        for order in (items, items[::-1], items):
            poll(home, origin, *order)
        assert home.stages.store.articles.count() == 10


def lived_at(
    tmp_path: Path, origin: Origin, clock: SimulatedClock, *feeds: FeedSettings
) -> AbstractContextManager[House]:
    """The house with these feeds in its config; entered again it is a restart with another config."""
    return lived_in(replace(settings(tmp_path, [], origin.port), feeds=feeds), clock)


@pytest.mark.parametrize(
    ("path", "was"),
    [
        pytest.param("/a/", "", id="written otherwise"),
        pytest.param("/elsewhere", "/a", id="named by its owner"),
        pytest.param("/elsewhere", "", id="recognised by what it carries"),
    ],
)
def test_a_feed_whose_url_is_edited_keeps_its_history_and_repeats_nothing(
    tmp_path: Path, origin: Origin, path: str, was: str
) -> None:
    clock = SimulatedClock()
    stories = [Story(id=f"{n}", title=f"{TRUCE} {n}", at=NOON) for n in range(5)]
    fresh = Story(id="fresh", title="Aleppo: Syria truce broken", at=NOON + HOUR)
    origin.serve("/a", conditional(rss(*stories), b'"1"'))
    origin.serve(path, reply(rss(fresh, *stories), headers=[("ETag", '"2"')]))
    url = origin.url(path)
    with lived_at(tmp_path, origin, clock, FeedSettings(url=origin.url("/a"))) as home:
        home.tick()
        digest_now(home)
    clock.advance(2 * HOUR)
    edited = FeedSettings(url=url, was=was and origin.url(was))
    with lived_at(tmp_path, origin, clock, edited) as home:
        (report,) = home.tick()
        digest_now(home)
        assert (report.url, report.counts.new, report.counts.known) == (url, 1, 5)
        assert rows(home, "SELECT count(*) FROM feeds") == 1
        assert rows(home, "SELECT count(*) FROM polls") == 2
        assert rows(home, "SELECT count(*) FROM listings") == 5 + 1
        assert home.stages.store.articles.count() == 5 + 1
    assert origin.asked(path)[0].header("If-None-Match") is None
    clock.advance(2 * HOUR)
    with lived_at(tmp_path, origin, clock, FeedSettings(url=origin.url("/a"))) as home:
        (back,) = home.tick()
        assert (back.counts.new, back.counts.known) == (0, 5)
        assert rows(home, "SELECT count(*) FROM feeds") == 1


def test_a_feed_taken_out_and_put_back_goes_on(tmp_path: Path, origin: Origin) -> None:
    clock = SimulatedClock()
    origin.serve("/a", conditional(rss(Story(id="1", title=TRUCE, at=NOON)), b'"1"'))
    feed = FeedSettings(url=origin.url("/a"))
    for feeds in ((feed,), (), (feed,)):
        with lived_at(tmp_path, origin, clock, *feeds) as home:
            home.tick()
            digest_now(home)
        clock.advance(DAY)
    assert [asked.header("If-None-Match") for asked in origin.asked("/a")] == [None, b'"1"']
    assert told(home, TRUCE) == 1


def test_another_feed_of_a_site_is_no_heir_of_one_that_left(tmp_path: Path, origin: Origin) -> None:
    clock = SimulatedClock()
    origin.serve("/world", reply(rss(*(Story(id=f"w{n}", title=f"World {n}") for n in range(5)))))
    origin.serve("/sport", reply(rss(*(Story(id=f"s{n}", title=f"Sport {n}") for n in range(5)))))
    for path in ("/world", "/sport"):
        with lived_at(tmp_path, origin, clock, FeedSettings(url=origin.url(path))) as home:
            home.tick()
            clock.advance(DAY)
    assert rows(home, "SELECT count(*) FROM feeds") == 2
    assert rows(home, "SELECT count(*) FROM articles WHERE arrival = 'baseline'") == 10


def test_a_failed_or_empty_answer_forgets_nothing(tmp_path: Path, origin: Origin) -> None:
    stories = [Story(id=f"{n}", title=f"{TRUCE} {n}", at=NOON) for n in range(5)]
    page = b"<html><title>Sign in</title></html>"
    with house(tmp_path, origin, "/a") as home:
        poll(home, origin, *stories)
        next_day(home)
        for body in (page, b"", rss()):
            origin.serve("/a", reply(body))
            next_day(home)
        poll(home, origin, *stories)
        next_day(home)
        assert rows(home, "SELECT count(*) FROM listings") == 5
        assert rows(home, "SELECT count(DISTINCT edition_id) FROM listings") == 1
        assert home.stages.store.articles.count() == 5


def test_of_a_first_poll_only_the_last_day_is_told_and_of_an_empty_one_all_that_follows(
    tmp_path: Path, origin: Origin
) -> None:
    old = [Story(id=f"{n}", title=f"{TRUCE} {n}", at=NOON - n * HOUR) for n in range(100)]
    undated = [Story(id=f"u{n}", title=f"{TRUCE} undated {n}") for n in range(100)]
    origin.serve("/full", reply(rss(*old, *undated)))
    origin.serve("/empty", reply(rss()), reply(rss(Story(id="first", title="Aleppo: Syria truce broken"))))
    with house(tmp_path, origin, "/full", "/empty") as home:
        home.tick()
        next_day(home)
        next_day(home)
        assert rows(home, "SELECT count(*) FROM listings") == 25 + 1
        assert told(home, "Syria truce broken") == 1
        assert home.stages.store.articles.count() == 201


def test_an_archive_that_is_opened_is_told_once_and_not_in_full(tmp_path: Path, origin: Origin) -> None:
    opened = [Story(id=f"o{n}", title=f"{TRUCE} {n}", at=NOON - (100 + n) * DAY) for n in range(100)]
    known = Story(id="k", title="Other", at=NOON)
    with house(tmp_path, origin, "/a") as home:
        poll(home, origin, known)
        next_day(home)
        poll(home, origin, known, *opened)
        next_day(home)
        next_day(home)
        assert rows(home, "SELECT count(*) FROM listings WHERE form = 'late'") == 100
        assert rows(home, "SELECT count(*) FROM listings") == 100
        assert rows(home, "SELECT count(DISTINCT edition_id) FROM listings") == 1


def test_absurd_dates_cost_nothing(tmp_path: Path, origin: Origin) -> None:
    body = rss(*(Story(id=f"{n}", title=f"{TRUCE}, version {n}", at=NOON) for n in range(3)))
    for year in ("9999", "1066"):
        body = body.replace(b" 2026 ", f" {year} ".encode(), 1)
    with house(tmp_path, origin, "/a") as home:
        poll(home, origin, Story(id="before", title="Other"))
        origin.serve("/a", reply(body))
        next_day(home)
        next_day(home)
        assert rows(home, "SELECT count(*) FROM listings") == 3
        assert rows(home, "SELECT count(*) FROM articles WHERE published_at IS NULL") == 3


def test_a_first_document_that_breaks_off_makes_no_news_of_its_rest(tmp_path: Path, origin: Origin) -> None:
    whole = rss(*(Story(id=f"{n}", title=f"{TRUCE} {n}") for n in range(50)))
    origin.serve("/a", reply(whole[: len(whole) // 2]), reply(whole))
    with house(tmp_path, origin, "/a") as home:
        (first,) = home.tick()
        home.clock.advance(2 * HOUR)
        (second,) = home.tick()
        next_day(home)
        assert (first.counts.new + second.counts.new, second.counts.known) == (50, first.counts.new)
        assert 0 < first.counts.new < 50
        assert rows(home, "SELECT count(*) FROM listings") == 0
