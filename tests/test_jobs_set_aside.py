"""What is set aside is left out, named, and taken up again; by hand at once. The processes are in test_set_aside.py."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from house import House, Story, house, rss, with_parts
from origin import Origin, reply

from monitor.jobs import Jobs
from monitor.jobs.work_units import WorkUnits
from monitor.match import TopicIndex
from monitor.model.ids import ArticleId
from monitor.model.note import NoteKind
from monitor.model.topic import Rule, Topic
from monitor.progress import Unit
from monitor.reconcile import body_hash

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TRUCE, OTHER = Story(id="1", title="Syria truce holds in Idlib"), Story(id="2", title="Syria truce broken near Homs")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    with Origin("127.0.0.1") as origin, house(tmp_path, origin, "/a") as home:
        origin.serve("/a", reply(rss()), reply(rss(TRUCE)), reply(rss(TRUCE)), reply(rss(TRUCE)), reply(rss(OTHER)))
        home.refresh()
        yield home


def units(jobs: Jobs) -> WorkUnits:
    return jobs.publisher.units


def set_aside(home: House, unit: Unit) -> None:
    for _ in range(2):
        home.jobs.store.setbacks.add(unit, "hang", home.clock.now())


def unit_of_the_truce(home: House) -> Unit:
    (state,) = home.jobs.store.feeds.configured()
    return units(home.jobs).poll(state, home.jobs.poller.feeds[state.url], body_hash(rss(TRUCE)))


def test_a_document_that_is_set_aside_is_not_read_until_it_is_another(home: House) -> None:
    set_aside(home, unit_of_the_truce(home))
    home.clock.advance(3 * HOUR)
    (report,) = home.refresh()
    assert (report.status, report.is_failure, report.counts.new) == ("set aside", True, 0)
    assert "it hung 2 times in a row" in report.reason
    assert report.next_poll_at <= home.clock.now() + HOUR
    home.clock.advance(2 * HOUR)
    assert [each.status for each in home.refresh()] == ["set aside"]
    home.clock.advance(DAY)
    (report,) = home.refresh()
    assert (report.status, report.counts.new) == ("ok", 1)
    assert home.jobs.store.setbacks.all() == ()


def test_a_poll_by_hand_reads_what_is_set_aside(home: House) -> None:
    set_aside(home, unit_of_the_truce(home))
    home.clock.advance(3 * HOUR)
    (report,) = home.poll()
    assert (report.status, report.counts.new, home.jobs.store.setbacks.all()) == ("ok", 1, ())


def test_an_edition_that_is_set_aside_is_a_note_and_is_made_by_hand(home: House) -> None:
    home.clock.advance(DAY)
    home.refresh()
    (digest,) = home.jobs.publisher.digests
    set_aside(home, units(home.jobs).edition(digest))
    home.jobs.publisher.run()
    assert home.jobs.store.deliveries.counts() == {}
    (note,) = (each for each in home.jobs.store.notes.open() if each.kind is NoteKind.EDITION)
    assert "is set aside: it hung 2 times in a row" in note.text
    assert home.jobs.publisher.publish(digest) is not None
    assert home.jobs.store.setbacks.all() == ()


def test_an_edition_that_is_set_aside_is_made_when_there_is_another_match(home: House) -> None:
    (digest,) = home.jobs.publisher.digests
    set_aside(home, units(home.jobs).edition(digest))
    home.clock.advance(DAY)
    home.refresh()
    home.jobs.publisher.run()
    assert sum(home.jobs.store.deliveries.counts().values()) == 1
    assert home.jobs.store.setbacks.all() == ()


def test_one_setback_alone_leaves_nothing_out(home: House) -> None:
    home.jobs.store.setbacks.add(unit_of_the_truce(home), "memory", home.clock.now())
    home.clock.advance(3 * HOUR)
    assert [each.status for each in home.refresh()] == ["ok"]
    assert home.jobs.store.setbacks.all() == ()


def with_other_topics(jobs: Jobs, words: str) -> Jobs:
    topic = Topic(name="Idlib", rules=(Rule(all=((words,),)),))
    found = {"Idlib": words}
    return with_parts(jobs, index=TopicIndex((topic,), {}), topics=(topic,), fingerprints=found, written=found)


@pytest.fixture
def owing(home: House) -> Jobs:
    """An article that was set aside while a new topic was looked for in what is stored."""
    home.clock.advance(3 * HOUR)
    home.refresh()
    jobs = with_other_topics(home.jobs, "Idlib")
    set_aside(home, units(jobs).rematch(ArticleId(1)))
    jobs.rematcher.run()
    assert found_in(jobs) == []
    return jobs


def found_in(jobs: Jobs) -> list[str]:
    decided = jobs.store.articles.decided(ArticleId(1))
    assert decided is not None
    return [match.topic for match in decided[1] if match.topic == "Idlib"]


def test_an_article_that_is_set_aside_is_matched_again_after_a_day(home: House, owing: Jobs) -> None:
    home.clock.advance(DAY - HOUR)
    owing.rematcher.retry_set_aside()
    assert found_in(owing) == []
    home.clock.advance(HOUR)
    owing.rematcher.retry_set_aside()
    assert found_in(owing) == ["Idlib"]
    assert owing.store.setbacks.all() == ()


def test_an_article_that_is_set_aside_is_matched_again_when_the_service_stops_no_more(home: House, owing: Jobs) -> None:
    home.clock.advance(DAY)
    owing.rematcher.retry_set_aside(lambda: True)
    assert found_in(owing) == []
    owing.rematcher.run()
    assert found_in(owing) == ["Idlib"]


def test_an_article_beyond_the_window_is_owed_nothing(home: House, owing: Jobs) -> None:
    home.clock.advance(owing.rematcher.backfill + HOUR)
    owing.rematcher.retry_set_aside()
    assert found_in(owing) == []
    assert owing.store.setbacks.all() == ()
    set_aside(home, units(owing).rematch(ArticleId(99)))
    home.clock.advance(DAY)
    owing.rematcher.retry_set_aside()
    assert owing.store.setbacks.all() == ()
