"""The feeds in the archive folder, written by the real jobs: what they say, when they change, when they go."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import feedparser
import pytest
from house import House, Story, house, lived_in, rss, settings
from origin import Origin, reply
from selectolax.lexbor import LexborHTMLParser
from simulated import NOON

from monitor.archive import feed_address
from monitor.config import Settings
from monitor.daemon.build import rebuilt
from monitor.model.ids import ArticleId
from monitor.model.settings import SearchSettings, StorageSettings

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HOME = "https://example.org/news"
TRUCE = Story(id="truce", title="Syria cease-fire is announced", text="Quiet in Aleppo.", at=NOON)
SEARCH = SearchSettings(name="Quiet places", words="quiet")


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin("127.0.0.1") as origin:
        origin.serve("/a", reply(rss(TRUCE)))
        yield origin


def config_of(folder: Path, origin: Origin, **storage: Any) -> Settings:
    config = settings(folder, [origin.url("/a")], origin.port)
    storage_ = replace(config.storage, archive_url=HOME, **storage)
    return replace(config, storage=storage_, searches=(SEARCH,))


def feeds(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "archive" / "feeds").glob("*") if path.is_file()}


def index_all(home: House) -> None:
    while home.jobs.store.searching.advance({}):
        pass


def topic_feed(folder: Path) -> Any:
    names = [name for name in feeds(folder) if name.startswith("topic-") and name.endswith(".atom")]
    read = [feedparser.parse(feeds(folder)[name]) for name in names]
    assert not any(each.bozo for each in read)
    (found,) = (each for each in read if each.entries)
    return found


def test_an_edition_brings_a_story_to_its_topic_and_itself_to_its_digest(tmp_path: Path, origin: Origin) -> None:
    with lived_in(config_of(tmp_path, origin)) as home:
        home.live(DAY)
        read = topic_feed(tmp_path)
        digest = feedparser.parse(feeds(tmp_path)["digest-Daily.atom"])
        here = home.jobs.store.outgoing.installation()
    (story,) = read.entries
    assert here is not None
    assert story.id.startswith(f"tag:{here.token}.invalid,2026-03-01:topic/")
    assert story.title == TRUCE.title
    assert "Quiet in" not in story.content[0].value  # no sentence of the article
    assert f"{HOME}/Daily/2026-03-02.html" in story.content[0].value
    (edition,) = digest.entries
    assert edition.link == f"{HOME}/Daily/2026-03-02.html"
    assert TRUCE.title in edition.content[0].value
    assert [link.href for link in digest.feed.links if link.rel == "self"] == [f"{HOME}/feeds/digest-Daily.atom"]
    assert json.loads(feeds(tmp_path)["digest-Daily.json"])["items"][0]["id"] == edition.id


def test_a_feed_changes_when_something_new_is_said_and_else_not(tmp_path: Path, origin: Origin) -> None:
    with lived_in(config_of(tmp_path, origin)) as home:
        home.live(DAY)
        before, times = feeds(tmp_path), {p: p.stat().st_mtime_ns for p in (tmp_path / "archive/feeds").iterdir()}
        home.jobs.outbox.run()
        home.jobs.keeper.outgoing.run()
        assert feeds(tmp_path) == before
        assert {p: p.stat().st_mtime_ns for p in times} == times
        first = topic_feed(tmp_path).entries[0]
        home.live(DAY)  # another edition that has nothing new of it
        assert topic_feed(tmp_path).entries[0] == first
        again = Story(id="again", title="Syria cease-fire is announced: truce", text="More.", at=home.clock.now())
        origin.serve("/a", reply(rss(TRUCE, again)))
        home.live(DAY)
        entries = {each.id: each for each in topic_feed(tmp_path).entries}
    assert first.id in entries
    moved = entries[first.id].updated != first.updated
    assert moved or len(entries) == 2  # in its story, or a story of its own
    assert entries[first.id].published == first.published


def test_a_saved_search_has_its_feed_within_the_hour(tmp_path: Path, origin: Origin) -> None:
    with lived_in(config_of(tmp_path, origin)) as home:
        home.refresh()
        index_all(home)
        home.jobs.keeper.run()
        (entry,) = feedparser.parse(feeds(tmp_path)[f"{feed_address('search', SEARCH.name)[6:]}.atom"]).entries
    assert entry.title == TRUCE.title


def test_what_is_forgotten_leaves_all_feeds(tmp_path: Path, origin: Origin) -> None:
    with lived_in(config_of(tmp_path, origin)) as home:
        home.live(DAY)
        index_all(home)
        home.jobs.keeper.outgoing.run()
        assert sum(b"cease-fire" in each for each in feeds(tmp_path).values()) == 6
        home.jobs.remover.run([ArticleId(1)])
        left = feeds(tmp_path)
    assert len(left) >= 6
    assert not any(b"cease-fire" in each for each in left.values())


def test_what_left_the_config_leaves_the_folder_and_others_stay(tmp_path: Path, origin: Origin) -> None:
    config = config_of(tmp_path, origin)
    with lived_in(config) as home:
        home.live(DAY)
        (tmp_path / "archive/feeds/2026-03-02.html").write_text("a page of a digest that is called feeds")
        fewer = replace(config, topics=config.topics[:1], searches=())
        rebuilt(fewer, home.jobs).keeper.outgoing.run()
        names = {name.partition(".")[0] for name in feeds(tmp_path)}
        assert names == {"2026-03-02", "digest-Daily", feed_address("topic", config.topics[0].name)[6:]}
        off = replace(config, storage=replace(config.storage, outgoing=False))
        rebuilt(off, home.jobs).keeper.outgoing.run()
    assert set(feeds(tmp_path)) == {"2026-03-02.html"}


def test_a_search_that_cannot_be_read_keeps_its_feed(tmp_path: Path, origin: Origin) -> None:
    config = config_of(tmp_path, origin)
    with lived_in(config) as home:
        home.refresh()
        index_all(home)
        home.jobs.keeper.outgoing.run()
        before = feeds(tmp_path)
        broken = replace(config, searches=(replace(SEARCH, words="q*"),))
        rebuilt(broken, home.jobs).keeper.outgoing.run()
    assert feeds(tmp_path) == before


def test_a_folder_that_cannot_be_written_stops_no_edition(tmp_path: Path, origin: Origin) -> None:
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive" / "feeds").write_text("a file in the way")
    with lived_in(config_of(tmp_path, origin)) as home:
        home.live(DAY)
        assert len(home.mails()) == 1
    assert (tmp_path / "archive" / "Daily" / "2026-03-02.html").exists()


def test_without_an_address_of_the_archive_nothing_names_this_machine(tmp_path: Path, origin: Origin) -> None:
    with house(tmp_path, origin, "/a") as home:
        home.live(DAY)
    written = feeds(tmp_path)
    assert written
    assert not any(b"file:" in each or str(tmp_path).encode() in each for each in written.values())


def test_the_index_leads_to_every_feed(tmp_path: Path, origin: Origin) -> None:
    with lived_in(config_of(tmp_path, origin)) as home:
        home.live(DAY)
    index = LexborHTMLParser((tmp_path / "archive/index.html").read_text("utf-8"))
    linked = {str(each.attributes["href"]) for each in index.css("link[rel=alternate]")}
    assert linked == {f"feeds/{name}" for name in feeds(tmp_path)}
    assert linked <= {str(each.attributes["href"]) for each in index.css("a")}


def test_ids_stay_when_the_process_starts_again(tmp_path: Path, origin: Origin) -> None:
    config = config_of(tmp_path, origin)
    with lived_in(config) as home:
        home.live(DAY)
    before = feeds(tmp_path)
    with lived_in(config) as home:
        home.jobs.keeper.outgoing.run()
    assert topic_feed(tmp_path).entries
    assert feeds(tmp_path) == before


def test_there_are_feeds_by_default() -> None:
    assert StorageSettings(folder=Path()).outgoing
