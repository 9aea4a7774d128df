"""An unexpected fault in one outgoing feed is logged with its name, and keeps no other from being written."""

import logging
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from house import House, Story, lived_in, rss
from origin import Origin, reply
from simulated import NOON
from structlog.testing import capture_logs
from test_outgoing_writer import SEARCH, config_of, feeds, index_all

from monitor.archive import FEED_KINDS, feed_address
from monitor.errors import DamagedStore
from monitor.jobs import outgoing_writer
from monitor.model.outgoing import OutgoingFeed
from monitor.model.settings import SearchSettings
from monitor.store.editions import EditionStore
from monitor.store.outgoing import OutgoingStore
from monitor.store.searching import SearchStore

DAY = timedelta(days=1)
TRUCE = Story(id="truce", title="Syria cease-fire is announced", text="Quiet in Aleppo.", at=NOON)
AGAIN = Story(id="again", title="Syria cease-fire: truce holds", text="Quiet.", at=NOON)
OTHER = SearchSettings(name="Truces", words="truce")

Patch = pytest.MonkeyPatch


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    """Whose feeds are all written; an article came since, and none of them says so yet."""
    with Origin("127.0.0.1") as origin:
        origin.serve("/a", reply(rss(TRUCE)))
        config = replace(config_of(tmp_path, origin), searches=(SEARCH, OTHER))
        with lived_in(config) as home:
            home.live(DAY)
            index_all(home)
            home.jobs.keeper.outgoing.run()
            origin.serve("/a", reply(rss(TRUCE, replace(AGAIN, at=home.clock.now()))))
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(outgoing_writer.OutgoingWriter, "run", lambda _self: None)
                home.live(DAY)
            index_all(home)
            yield home


def own(kind: str, name: str) -> set[str]:
    return {f"{feed_address(kind, name).partition('/')[2]}.{each}" for each in FEED_KINDS}


def topic_of(home: House) -> str:
    """The topic that has the articles."""
    found = home.jobs.store.matches.topics_of([each.id for each in home.jobs.store.articles.since(NOON)])
    (name,) = {name for names in found.values() for name in names}
    return name


def one_of(home: House, kind: str) -> str:
    return {"topic": topic_of(home), "digest": "Daily", "search": SEARCH.name}[kind]


def written(home: House) -> tuple[set[str], list[Any]]:
    """The files that another run of the writer has changed, and what it logged. None may be gone."""
    before = feeds(home.folder)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with capture_logs() as events:
        home.jobs.keeper.outgoing.run()
    after = feeds(home.folder)
    assert after.keys() == before.keys()
    return {name for name in after if after[name] != before[name]}, events


def news(home: House) -> set[str]:
    """The files that have something new to say."""
    searches = own("search", SEARCH.name) | own("search", OTHER.name)
    return own("topic", topic_of(home)) | own("digest", "Daily") | searches


def test_without_a_fault_all_that_have_news_are_written(home: House) -> None:
    assert written(home) == (news(home), [])


@pytest.mark.parametrize("form", ["atom", "json_feed"])
@pytest.mark.parametrize("kind", ["topic", "digest", "search"])
def test_a_feed_that_cannot_be_made_keeps_its_files_and_the_others_are_written(
    kind: str, form: str, home: House, monkeypatch: Patch
) -> None:
    name, whole = one_of(home, kind), getattr(outgoing_writer, form)
    monkeypatch.setattr(outgoing_writer, form, failing_for(name, whole))
    changed, (event,) = written(home)
    assert changed == news(home) - own(kind, name)
    assert (event["kind"], event["feed"], event["log_level"]) == (kind, name, "error")


def failing_for(title: str, whole: Callable[[OutgoingFeed], bytes]) -> Callable[[OutgoingFeed], bytes]:
    def made(feed: OutgoingFeed) -> bytes:
        if feed.title == title:
            raise ValueError("a fault")
        return whole(feed)

    return made


def test_a_topic_whose_past_cannot_be_read_leaves_the_other_topics_theirs(home: House, monkeypatch: Patch) -> None:
    """They are read together; if that fails, each by itself."""
    names = [topic.name for topic in home.jobs.keeper.outgoing.topics]
    broken = next(name for name in names if name != topic_of(home))
    broken_id, whole = home.jobs.store.outgoing.topic_ids([broken])[broken], OutgoingStore.namings

    def namings(self: OutgoingStore, ids: Collection[int], *others: Any) -> Any:
        if broken_id in ids:
            raise ValueError("a fault")
        return whole(self, ids, *others)

    monkeypatch.setattr(OutgoingStore, "namings", namings)
    changed, events = written(home)
    assert changed == news(home)
    assert [each["feed"] for each in events if each["log_level"] == "error"] == [broken]


@pytest.mark.parametrize(
    ("group", "method", "kind", "name"),
    [
        (OutgoingStore, "topic_ids", "topic", None),
        (EditionStore, "archived", "digest", "Daily"),
        (SearchStore, "saved", "search", SEARCH.name),
    ],
)
def test_a_kind_that_cannot_be_read_leaves_the_others(
    group: type, method: str, kind: str, name: str | None, home: House, monkeypatch: Patch
) -> None:
    monkeypatch.setattr(group, method, fault(ValueError("a fault")))
    changed, events = written(home)
    assert changed == {each for each in feeds(home.folder) if each in news(home) and not each.startswith(kind)}
    assert {each.get("kind", kind) for each in events} == {kind}
    assert name is None or name in {each.get("feed") for each in events}


@pytest.mark.parametrize(
    ("group", "method"), [(OutgoingStore, "topic_ids"), (EditionStore, "archived"), (SearchStore, "saved")]
)
def test_a_damaged_database_stops_the_run_and_removes_nothing(
    group: type, method: str, home: House, monkeypatch: Patch
) -> None:
    before = feeds(home.folder)
    monkeypatch.setattr(group, method, fault(DamagedStore("it is damaged")))
    with pytest.raises(DamagedStore):
        home.jobs.keeper.outgoing.run()
    assert feeds(home.folder).keys() == before.keys()


def fault(error: Exception) -> Callable[..., Any]:
    def fails(*_given: Any) -> Any:
        raise error

    return fails
