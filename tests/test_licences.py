"""What licences of feeds leave of an article: headline, link and evidence, in every place where a text may stand."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Lock
from typing import Any

import pytest
from daemons import CONFIG, asked
from house import House, Story, lived_in, rss, settings
from origin import Origin, reply
from simulated import NOON, SimulatedClock

from monitor.config import Settings
from monitor.copies import Copies, runs_of, shingles_of, wording
from monitor.jobs import licences
from monitor.jobs.outgoing_writer import OutgoingWriter
from monitor.model.exported import Wanted
from monitor.model.ids import FeedId
from monitor.model.settings import SearchSettings
from monitor.render.redaction import CUT, Redaction, Words
from monitor.store import open_store
from monitor.store.search_file import index_file
from monitor.text import shingles

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TITLE = "Syria envoys meet in Geneva"
SECRET = "quartermaster of the brigade"
"""A phrase, because the counts of all words stay: they say of no article that it has them."""
TEXT = (
    f"The truce near Zabadani held for a third night, a {SECRET} told our reporter by telephone. "
    f"Lorries with flour waited at the crossing while the {SECRET} counted them one by one until dawn."
)
BARE = Story(id="bare", title="Harbour closed until Tuesday")
STORY = Story(id="one", title=TITLE, text=TEXT, link="https://wire.example/one")
WEATHER = Story(id="weather", title="Weather", text="Rain, says the almanac.")


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin("127.0.0.1") as origin:
        origin.serve("/wire", reply(rss(WEATHER)))
        yield origin


@pytest.fixture
def config(tmp_path: Path, origin: Origin) -> Settings:
    return settings(tmp_path, [origin.url("/wire")], origin.port)


def with_licence(config: Settings, *, quote: bool = True, days: int | None = None, enabled: bool = True) -> Settings:
    keep = None if days is None else timedelta(days=days)
    return replace(config, feeds=(replace(config.feeds[0], quote=quote, keep_text=keep, enabled=enabled),))


def read(home: House, origin: Origin, *stories: Story) -> None:
    """A first poll, then these as news, and the edition that has them."""
    home.refresh()
    origin.serve("/wire", reply(rss(WEATHER, *stories)))
    home.live(DAY)


def places(folder: Path) -> list[str]:
    """The files below the folder of the monitor that have the secret word, whatever they are."""
    return sorted(
        str(each.relative_to(folder))
        for each in folder.rglob("*")
        if each.is_file() and "backup" not in str(each) and SECRET.encode() in each.read_bytes()
    )


def indexed(home: House) -> int:
    store = home.jobs.store.searching
    sought = store.sought(SearchSettings(name="q", words="quartermaster"))
    return store.count(sought, NOON - DAY)


WAYS = ("export", "search", "articles show", "story", "judge")


def shown(home: House) -> list[str]:
    """All texts that some of those who show articles get from the store."""
    store = home.jobs.store
    found = [each.text for each in store.articles.since(NOON - DAY)]
    found += [each.article.text for page in store.exports.pages(Wanted()) for each in page]
    found += [each.text for each in store.searching.saved(SearchSettings(name="q", words="truce"), 9).articles]
    ids = [each.id for each in store.articles.since(NOON - DAY)]
    found += [fate.article.text for each in ids if (fate := store.fates.of(each))]
    found += [each.text for each in store.likeness.whole(ids).values()]
    return found


def again(home: House) -> tuple[int, int, int]:
    """Of a poll six hours later: new articles, edits, and mails of a day about the story."""
    home.clock.advance(6 * HOUR)
    (report,) = home.refresh()
    before = sum(TITLE in mail for mail in home.mails())
    home.live(DAY)
    return report.counts.new, report.counts.changed, sum(TITLE in mail for mail in home.mails()) - before


def test_a_text_that_may_not_be_quoted_is_matched_and_never_stored(config: Settings, origin: Origin) -> None:
    with lived_in(with_licence(config, quote=False)) as home:
        read(home, origin, STORY, BARE)
        home.jobs.indexer.run()
        assert indexed(home) == 0
        (mail,) = [each for each in home.mails() if TITLE in each]
        assert "wire.example/one" in mail
        assert places(home.folder) == []
        article, matches = next(each for each in home.jobs.store.articles.decided_since(NOON) if each[0].title == TITLE)
        assert (article.text, article.text_removed_at is None) == ("", False)
        assert [each.text_removed_at for each in home.jobs.store.articles.since(NOON) if each.title == BARE.title] == [
            None
        ]
        assert {(item.term, item.field) for each in matches for item in each.evidence} >= {("truce", "text")}
        assert "truce (text)" in mail
        origin.serve("/wire", reply(rss(WEATHER, STORY), headers=[("X-Other", "bytes")]))
        assert again(home) == (0, 0, 0)
        origin.serve("/wire", reply(rss(WEATHER, replace(STORY, text=f"{TEXT} The {SECRET} slept."))))
        assert again(home) == (0, 1, 0)
        assert places(home.folder) == []


@pytest.mark.parametrize("state", ["read", "paused", "removed"])
def test_a_text_goes_when_its_time_is_over_from_wherever_it_was(config: Settings, origin: Origin, state: str) -> None:
    kept, clock = with_licence(config, days=30), SimulatedClock()
    with lived_in(kept, clock) as home:
        read(home, origin, replace(STORY, text=f"{TEXT} And more."))
        origin.serve("/wire", reply(rss(WEATHER, STORY)))  # an edit
        home.live(DAY)
        home.jobs.indexer.run()
        home.jobs.keeper.run()
        (mail,) = [each for each in home.mails() if TITLE in each]
        assert SECRET in mail
        found = places(home.folder)
        assert any(each.startswith("archive") for each in found)
        assert any(each.startswith("news-monitor.db") for each in found)
        assert indexed(home) == 1
    if state == "paused":
        kept = with_licence(config, days=30, enabled=False)
    elif state == "removed":
        kept = replace(config, feeds=())
    origin.serve("/wire", reply(rss(WEATHER, STORY, Story(id="two", title="Other news", text="Of other things."))))
    with lived_in(kept, clock) as home:
        home.clock.advance(27 * DAY)
        home.refresh()
        home.jobs.keeper.run()
        assert any(each.startswith("archive") for each in places(home.folder))
        home.clock.advance(5 * DAY)
        home.refresh()
        home.jobs.keeper.run()
        home.jobs.indexer.run()
        assert indexed(home) == 0
        assert b"quartermaster" not in index_file(home.jobs.store.database.file).read_bytes()
        # What was delivered is the reader's.
        assert [each for each in places(home.folder) if not each.startswith("maildir")] == []
        pages = "".join(each.read_text() for each in (home.folder / "archive").rglob("*.html"))
        assert TITLE in pages
        assert "https://wire.example/one" in pages
        assert CUT in pages
        (article,) = [each for each in home.jobs.store.articles.since(NOON) if each.title == TITLE]
        assert article.text == ""
        if state == "read":
            origin.serve("/wire", reply(rss(STORY, WEATHER)))
            assert again(home) == (0, 0, 0)
            origin.serve("/wire", reply(rss(WEATHER, replace(STORY, text=f"{TEXT} The {SECRET} slept."))))
            assert again(home) == (0, 1, 0)
            assert [each for each in places(home.folder) if not each.startswith("maildir")] == []


def test_a_licence_that_is_new_counts_for_what_is_stored(config: Settings, origin: Origin) -> None:
    clock = SimulatedClock()
    with lived_in(config, clock) as home:
        read(home, origin, STORY)
    with lived_in(with_licence(config, quote=False), clock) as home:
        home.live(26 * HOUR)  # so long the clock must have been steady
        home.jobs.keeper.run()
        assert [each for each in places(home.folder) if not each.startswith("maildir")] == []
    with lived_in(config, clock) as home:  # it may be quoted again: what comes from now on is kept
        origin.serve("/wire", reply(rss(WEATHER, replace(STORY, text=f"{TEXT} The {SECRET} slept."))))
        home.live(DAY)
        (article,) = [each for each in home.jobs.store.articles.since(NOON) if each.title == TITLE]
        assert SECRET in article.text
        assert (article.text_removed_at, article.text_runs) == (None, b"")
    with lived_in(with_licence(config, days=1), clock) as home:
        home.clock.advance(2 * DAY)
        home.refresh()
        home.jobs.keeper.run()
        assert [each for each in places(home.folder) if not each.startswith("maildir")] == []


def test_a_licence_that_its_owner_takes_out_meanwhile_removes_nothing(config: Settings, origin: Origin) -> None:
    clock = SimulatedClock()
    with lived_in(config, clock) as home:
        read(home, origin, STORY)
    with lived_in(with_licence(config, quote=False), clock) as home:
        held = home.jobs.store.licences
        (feed_id,) = held.limited()
        ended = held.ended(feed_id, clock.now(), 200)
        assert ended is not None
        home.jobs.store.feeds.sync(config.feeds, clock.now())
        held.remove_texts(ended, clock.now())
        assert held.ended(feed_id, clock.now(), 200) is None
        assert held.ended(FeedId(99), clock.now(), 200) is None
        (article,) = [each for each in home.jobs.store.articles.since(NOON) if each.title == TITLE]
        assert SECRET in article.text


def test_no_feed_waits_until_another_has_lost_all_its_texts(
    tmp_path: Path, origin: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(licences, "BATCH_ARTICLES", 2)
    monkeypatch.setattr(licences, "MOST_ARTICLES", 3)
    for path in ("/a", "/b"):
        stories = (Story(id=f"{path}{n}", title=f"News {path} {n}", text=f"{TEXT} {n} of {path}") for n in range(6))
        origin.serve(path, reply(rss(*stories)))
    config, clock = settings(tmp_path, [origin.url("/a"), origin.url("/b")], origin.port), SimulatedClock()
    with lived_in(config, clock) as home:
        home.live(HOUR)
    limited = replace(config, feeds=tuple(replace(each, quote=False) for each in config.feeds))
    with lived_in(limited, clock) as home:
        remover, store = home.jobs.keeper.text_remover, home.jobs.store
        left = []
        for _ in range(4):
            remover.run()
            ids = [each.id for each in store.articles.since(NOON - DAY)]
            full = [each.title for each in store.removal.words(ids) if each.text]
            left.append([sum(path in title for title in full) for path in ("/a", "/b")])
        assert left == [[4, 4], [2, 2], [0, 0], [0, 0]]


def test_no_text_goes_while_an_edition_is_made_that_may_quote_it(config: Settings, origin: Origin) -> None:
    clock, publishing = SimulatedClock(), Lock()
    with lived_in(config, clock) as home:
        read(home, origin, STORY)
    with lived_in(with_licence(config, quote=False), clock) as home:
        clock.advance(26 * HOUR)
        home.refresh()
        clock.advance(26 * HOUR)
        home.refresh()
        with publishing:
            home.jobs.keeper.run(publishing)
            assert places(home.folder)
        home.jobs.keeper.run(publishing)
        assert [each for each in places(home.folder) if not each.startswith("maildir")] == []


@pytest.mark.parametrize("licence", [{"quote": False}, {"days": 1}])
def test_a_text_whose_licence_is_over_is_shown_nowhere_before_it_is_removed(
    config: Settings, origin: Origin, licence: dict[str, Any]
) -> None:
    clock = SimulatedClock()
    with lived_in(config, clock) as home:
        home.refresh()
        origin.serve("/wire", reply(rss(WEATHER, STORY, Story(id="bare", title="", text=TEXT))))
        home.clock.advance(6 * HOUR)
        home.refresh()
        home.jobs.indexer.run()
        assert sum(SECRET in each for each in shown(home)) == 2 * len(WAYS)
    with lived_in(with_licence(config, **licence), clock) as home:
        home.clock.advance(26 * HOUR)
        assert any("news-monitor.db" in each for each in places(home.folder))
        assert [each for each in shown(home) if SECRET in each] == []
        assert all(
            article.text_removed_at for article in home.jobs.store.articles.since(NOON) if "eather" not in article.title
        )
        home.live(DAY)
        assert [each for each in home.mails() if TITLE in each]
        assert [each for each in home.mails() if SECRET in each] == []
        assert "(no title)" in "".join(home.mails())


def test_a_store_that_nobody_tells_the_time_quotes_nothing_that_ends(config: Settings, origin: Origin) -> None:
    with lived_in(with_licence(config, days=30)) as home:
        read(home, origin, STORY)
        store = home.jobs.store
        assert any(SECRET in each.text for each in store.articles.since(NOON))
        blind = open_store(store.database.url)
        assert not any(each.text for each in blind.articles.since(NOON))
        blind.close()


def test_no_feed_calls_an_article_by_the_beginning_of_its_text(config: Settings, origin: Origin) -> None:
    sought = SearchSettings(name="All", words="truce")
    with lived_in(replace(config, searches=(sought,))) as home:
        read(home, origin, Story(id="bare", title="", text=TEXT, link="https://wire.example/bare"))
        home.jobs.indexer.run()
        home.jobs.keeper.outgoing.run()
        assert any("truce near" in each for each in home.mails())
        feeds = [each for kind in ("atom", "json") for each in (home.folder / "archive").rglob(f"*.{kind}")]
        listing = [each.read_text() for each in feeds if "wire.example/bare" in each.read_text()]
        assert len(listing) >= 4
        assert all("(no title)" in each and "truce near" not in each for each in listing)


def test_a_fault_in_licences_or_outgoing_feeds_keeps_nobody_from_a_backup(
    config: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_self: object) -> None:
        raise ValueError

    monkeypatch.setattr(licences.TextRemover, "run", fails)
    monkeypatch.setattr(OutgoingWriter, "run", fails)
    with lived_in(config, SimulatedClock()) as home:
        home.refresh()
        home.jobs.keeper.run()
        assert list(config.storage.backup_folder.iterdir())


def test_a_guid_with_another_headline_is_the_same_article_by_what_is_left_of_its_text(
    config: Settings, origin: Origin
) -> None:
    """Its date and its headline are others; of its text, which is not stored, most is the same."""
    with lived_in(with_licence(config, quote=False)) as home:
        home.refresh()
        origin.serve("/wire", reply(rss(WEATHER, replace(STORY, at=home.clock.now()))))
        home.live(DAY)
        home.clock.advance(DAY)
        other = replace(STORY, title="Crossing opens to lorries", text=f"{TEXT} It opened.", at=home.clock.now())
        origin.serve("/wire", reply(rss(WEATHER, other)))
        (report,) = home.refresh()
        assert (report.counts.new, report.counts.changed) == (0, 1)
        other = replace(STORY, title="Tigers born in zoo", text="Two cubs.", at=home.clock.now() + 2 * DAY)
        home.clock.advance(3 * DAY)
        origin.serve("/wire", reply(rss(WEATHER, other)))
        (report,) = home.refresh()
        assert (report.counts.new, report.counts.changed) == (1, 0)


def test_a_topic_that_changes_keeps_what_it_found_in_a_text_that_is_gone(config: Settings, origin: Origin) -> None:
    clock, quiet = SimulatedClock(), with_licence(config, quote=False)
    with lived_in(quiet, clock) as home:
        read(home, origin, STORY)
        names = home.jobs.store.matches.topics_of([each.id for each in home.jobs.store.articles.since(NOON)])
        assert names
    topics = tuple(replace(each, priority=each.priority) for each in quiet.topics)
    rules = tuple(replace(each, rules=(*each.rules, each.rules[0])) for each in topics)
    with lived_in(replace(quiet, topics=rules), clock) as home:
        home.jobs.rematcher.run()
        assert home.jobs.store.matches.topics_of([each.id for each in home.jobs.store.articles.since(NOON)]) == names


def test_copies_of_a_text_that_is_gone_are_known() -> None:
    long = " ".join(f"word{n}" for n in range(90))
    assert shingles_of(runs_of(long)) == shingles(long)
    assert shingles_of(runs_of("")) == frozenset()
    copies = Copies()
    copies.add(wording("Talks in Geneva go on today", "", "Wire", runs_of(long)), 7)
    assert list(copies.stories(wording("Envoys go on talking all day", f"{long} and more", "Post"))) == [7]


def test_only_the_text_goes_from_an_edition() -> None:
    words = Words(title=TITLE, text=f"{TITLE}. {TEXT} Short one here.", link="https://wire.example/one")
    redaction = Redaction([words], keeps_headlines=True)
    page = f'<a href="{words.link}">{TITLE}</a><p>{TEXT}</p><p>Rain until noon.</p><p>Short one here.</p>'
    assert (
        redaction.page(page) == f'<a href="{words.link}">{TITLE}</a><p>{CUT}.</p><p>Rain until noon.</p><p>{CUT}.</p>'
    )
    assert redaction.plain(f"{TITLE}\n{TEXT}\n{words.link}") == f"{TITLE}\n{CUT}.\n{words.link}"


def test_commands_say_that_a_text_was_removed_and_what_was_found_in_it(tmp_path: Path, origin: Origin) -> None:
    path = tmp_path / "config.toml"
    text = CONFIG.format(url=origin.url("/wire"), port=origin.port)
    path.write_text(text.replace("[[topics]]", "quote = false\n\n[[topics]]", 1), encoding="utf-8")
    origin.serve("/wire", reply(rss(STORY)))
    assert asked(path, "poll").returncode == 0
    (shown,) = json.loads(asked(path, "articles", "show", STORY.link, "--json").stdout)["articles"]
    assert (shown["text"], bool(shown["text_removed_at"])) == ("", True)
    assert "Text removed" in asked(path, "articles", "show", STORY.link).stdout
    why = " ".join(asked(path, "why", STORY.link).stdout.split())
    assert "Its text was removed on" in why
    assert "“truce” in the text, before the text was removed" in why
    number = str(shown["id"])
    for words in (
        ("topics", "explain", "Syria ceasefire", number),
        ("topics", "test", "Syria ceasefire"),
        ("search", "syria"),
    ):
        done = asked(path, *words)
        assert (done.returncode, SECRET in done.stdout) == (0, False), words
        assert SECRET not in asked(path, *words, "--json").stdout, words
    assert "Its text was removed on" in asked(path, "topics", "explain", "Syria ceasefire", number).stdout
    assert json.loads(asked(path, "search", SECRET, "--json").stdout)["articles"] == []
    assert [each for each in places(tmp_path) if each != "log"] == []
