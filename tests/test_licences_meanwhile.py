"""Licences that change, and what is written while texts are removed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from databases import new_store
from house import House, Story, lived_in, rss, settings
from origin import Origin, reply
from simulated import NOON, SimulatedClock, article, poll_of
from test_licences import SECRET, STORY, TEXT, TITLE, WEATHER, again, places, read, with_licence

from monitor.config import Settings
from monitor.jobs import licences
from monitor.jobs.redactor import Redactor
from monitor.model.exported import Wanted
from monitor.model.feed_update import ChangedArticle, FeedUpdate, NewArticle
from monitor.model.ids import ArticleId
from monitor.model.settings import FeedSettings
from monitor.render.redaction import CUT
from monitor.store import Store

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FEED = FeedSettings(url="https://post.example/feed.xml")
FIRST = ArticleId(1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with_article = new_store(tmp_path / "news.db", is_owner=True)
    licensed(with_article)
    with_article.articles.apply(poll_of(with_article.feeds.configured()[0], article("a")), {}, NOON)
    yield with_article
    with_article.close()


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin("127.0.0.1") as origin:
        origin.serve("/wire", reply(rss(WEATHER)))
        yield origin


@pytest.fixture
def config(tmp_path: Path, origin: Origin) -> Settings:
    return settings(tmp_path, [origin.url("/wire")], origin.port)


def licensed(store: Store, *, days: int | None = None, quote: bool = True) -> None:
    kept = None if days is None else days * DAY
    store.feeds.sync([replace(FEED, keep_text=kept, quote=quote)], NOON)


def edit_of(store: Store, *, is_reread: bool = False) -> FeedUpdate:
    """The poll that has edited the first article, as it was decided."""
    words = article("a")
    facts = {name: getattr(words, name) for name in ("key", "link", "title", "outlet", "language", "content_hash")}
    edit = ChangedArticle(**facts, id=FIRST, text=f"{words.text} More of it.", revisions=1)
    poll = poll_of(store.feeds.configured()[0])
    return replace(poll, reread=(edit,)) if is_reread else replace(poll, changed=(edit,))


def texts(store: Store) -> list[str]:
    """The texts that are stored of the first article, earlier ones as well."""
    return [each.text for each in store.removal.words([FIRST])]


def remove(store: Store, age: timedelta) -> None:
    (feed_id,) = store.licences.limited()
    while ended := store.licences.ended(feed_id, NOON + age, 200):
        store.licences.remove_texts(ended, NOON + age)


@pytest.mark.parametrize("is_reread", [False, True])
def test_an_edit_that_was_decided_before_its_text_was_removed_brings_no_text(store: Store, *, is_reread: bool) -> None:
    licensed(store, days=1)
    decided = store.licences.allowed(edit_of(store, is_reread=is_reread), NOON + DAY - HOUR)
    assert any(each.text for each in (*decided.changed, *decided.reread))
    remove(store, DAY + HOUR)
    store.articles.apply(decided, {}, NOON + DAY - HOUR)  # by the time at which it was decided
    assert not any(texts(store))
    (there,) = store.articles.since(NOON)
    assert there.text_removed_at


def test_a_poll_that_was_decided_before_the_licence_was_read_brings_no_text(store: Store) -> None:
    before = edit_of(store)
    new: tuple[NewArticle, ...] = (article("b"),)
    licensed(store, quote=False)
    store.articles.apply(replace(before, new=new), {}, NOON + HOUR)
    assert not any(each.text for each in store.removal.words([ArticleId(2)]))
    assert texts(store) == ["", article("a").text]  # now, and before the edit, which nothing shows
    remove(store, HOUR)
    assert not any(texts(store))


def test_an_edit_of_what_may_still_be_kept_is_removed_in_its_time(store: Store) -> None:
    licensed(store, days=2)
    remove(store, DAY)
    store.articles.apply(edit_of(store), {}, NOON + DAY)
    assert all(texts(store))
    assert len(texts(store)) == 2
    remove(store, 2 * DAY)
    assert not any(texts(store))


def test_a_longer_licence_shows_again_what_was_not_removed_yet(config: Settings, origin: Origin) -> None:
    clock = SimulatedClock()
    with lived_in(with_licence(config, days=30), clock) as home:
        read(home, origin, STORY)
        clock.advance(2 * DAY)
        assert SECRET in shown(home)
        sync(home, with_licence(config, days=1))
        assert shown(home) == ""
        sync(home, with_licence(config, days=30))
        assert SECRET in shown(home)


def test_what_was_removed_stays_so_and_what_comes_later_goes_in_its_own_time(config: Settings, origin: Origin) -> None:
    clock = SimulatedClock()
    with lived_in(with_licence(config, days=30), clock) as home:
        read(home, origin, STORY)
        clock.advance(2 * DAY)
        sync(home, with_licence(config, days=1))
        home.refresh()
        home.jobs.keeper.run()
        assert [each for each in places(home.folder) if not each.startswith("maildir")] == []
    with lived_in(with_licence(config, days=30), clock) as home:
        assert shown(home) == ""
        origin.serve("/wire", reply(rss(WEATHER, replace(STORY, text=f"{TEXT} The {SECRET} slept."))))
        assert again(home) == (0, 1, 0)
        assert "slept" in shown(home)
        clock.advance(31 * DAY)
        assert shown(home) == ""
        home.refresh()
        home.jobs.keeper.run()
        assert [each for each in places(home.folder) if not each.startswith("maildir")] == []


def test_of_two_feeds_with_the_same_article_each_has_its_own_licence(tmp_path: Path, origin: Origin) -> None:
    origin.serve("/post", reply(rss(WEATHER)))
    config, clock = settings(tmp_path, [origin.url("/wire"), origin.url("/post")], origin.port), SimulatedClock()
    wire, post = config.feeds
    config = replace(config, feeds=(replace(wire, keep_text=DAY), post))
    with lived_in(config, clock) as home:
        home.refresh()
        origin.serve("/post", reply(rss(WEATHER, STORY)))
        read(home, origin, STORY)
        before = exported(home)
        clock.advance(2 * DAY)
        home.refresh()
        home.jobs.keeper.run()
        left = exported(home)
        assert all(SECRET in each for each in before.values())
        assert left == {wire.url: "", post.url: before[post.url]}
        pages = "".join(each.read_text() for each in (home.folder / "archive").rglob("*.html"))
        assert SECRET in pages  # the other feed says it as well, and may
        sync(home, replace(config, feeds=(replace(wire, keep_text=DAY), replace(post, quote=False))))
        home.jobs.keeper.run()
        assert [each for each in places(home.folder) if not each.startswith("maildir")] == []


@pytest.mark.parametrize("days", [30, None])
def test_what_retention_drops_before_its_licence_ends_leaves_no_quote(
    config: Settings, origin: Origin, days: int | None
) -> None:
    kept = with_licence(config, days=days)
    with lived_in(replace(kept, storage=replace(kept.storage, keep=7 * DAY))) as home:
        read(home, origin, STORY)
        origin.serve("/wire", reply(rss(WEATHER)))
        live(home, 12)
        assert all(each.title != TITLE for each in home.jobs.store.articles.since(NOON))
        in_archive = [each for each in places(home.folder) if each.startswith("archive")]
        pages = "".join(each.read_text() for each in (home.folder / "archive").rglob("*.html"))
        assert TITLE in pages
        if days is None:
            assert in_archive
        else:
            assert [each for each in places(home.folder) if not each.startswith("maildir")] == []
            assert CUT in pages


def test_what_cannot_be_taken_out_of_editions_stays_until_it_can(
    config: Settings, origin: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise ValueError

    kept = with_licence(config, days=30)
    with lived_in(replace(kept, storage=replace(kept.storage, keep=7 * DAY))) as home:
        read(home, origin, STORY)
        origin.serve("/wire", reply(rss(WEATHER)))
        with monkeypatch.context() as patch:
            patch.setattr(Redactor, "redact", fails)
            live(home, 12)
        assert SECRET in shown(home)
        live(home, 1)
        assert all(each.title != TITLE for each in home.jobs.store.articles.since(NOON))
        assert [each for each in places(home.folder) if not each.startswith("maildir")] == []


def test_what_editions_quote_goes_first(config: Settings, origin: Origin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(licences, "BATCH_ARTICLES", 2)
    monkeypatch.setattr(licences, "MOST_ARTICLES", 2)
    others = [Story(id=f"o{n}", title=f"Market {n}", text=f"Pears and quinces, {n} crates of each.") for n in range(9)]
    clock = SimulatedClock()
    with lived_in(config, clock) as home:
        home.refresh()
        origin.serve("/wire", reply(rss(WEATHER, *others)))
        home.live(HOUR)
        read(home, origin, *others, STORY)
        sync(home, with_licence(config, quote=False))
        home.jobs.keeper.text_remover.run()
        home.jobs.keeper.archive_writer.run()
        store = home.jobs.store
        ids = [each.id for each in store.articles.since(NOON - DAY)]
        left = [each.title for each in store.removal.words(ids) if each.text]
        assert len(left) > len(others) - 3
        assert TITLE not in left
        assert [each for each in places(home.folder) if each.startswith("archive")] == []
        for _ in range(9):
            home.jobs.keeper.text_remover.run()
        assert not any(each.text for each in store.removal.words(ids))


def live(home: House, days: int) -> None:
    """Days with a poll, an edition and a maintenance each."""
    for _ in range(days):
        home.live(DAY)
        home.jobs.keeper.run()


def sync(home: House, config: Settings) -> None:
    """What a reload does to the feeds that are stored."""
    home.jobs.store.feeds.sync(config.feeds, home.clock.now())


def exported(home: House) -> dict[str, str]:
    """By feed, the text of the story."""
    rows = (each for page in home.jobs.store.exports.pages(Wanted()) for each in page)
    return {each.feed_url: each.article.text for each in rows if each.article.title == TITLE}


def shown(home: House) -> str:
    (found,) = [each.text for each in home.jobs.store.articles.since(NOON) if each.title == TITLE]
    return found
