"""Pages as they are stored: candidates, attempts, budgets, hosts, and what goes."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from house import House, Story, lived_in, rss, settings
from origin import Origin, reply
from simulated import NOON
from sqlalchemy import text as sql
from sqlalchemy.engine import create_mock_engine

from monitor.config import load
from monitor.errors import ConfigError
from monitor.model.ids import ArticleId
from monitor.model.settings import FeedSettings
from monitor.model.stored_page import PageHost, PageResult, PageState
from monitor.policy.pages import LEFT_ALONE_FOR
from monitor.store.tables.base import PackedText

pytestmark = pytest.mark.both_databases

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BEYOND = ArticleId(0)
TEXT = "The quartermaster counted the lorries. They waited at the crossing."


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    """A house whose feed has brought a match and two articles that match nothing."""
    with Origin("127.0.0.1") as origin:
        origin.serve("/wire", reply(rss(Story(id="old", title="Weather"))))
        with lived_in(settings(tmp_path, [origin.url("/wire")], origin.port)) as home:
            home.refresh()
            stories = (
                Story(id="a", title="Syria truce holds"),
                Story(id="b", title="Harvest"),
                Story(id="c", title="Fog"),
            )
            origin.serve("/wire", reply(rss(Story(id="old", title="Weather"), *stories)))
            home.clock.advance(2 * HOUR)
            home.refresh()
            yield home


def wanted(home: House, beyond: ArticleId = BEYOND) -> dict[str, ArticleId]:
    (state,) = home.jobs.store.feeds.configured()
    found = home.jobs.store.pages.candidates([state.id], beyond, NOON - DAY, 10)
    return {each.title: each.id for each in found}


def test_wanted_is_what_was_news_and_matches_nothing_once(home: House) -> None:
    pages, now = home.jobs.store.pages, home.clock.now()
    found = wanted(home)
    assert list(found) == ["Harvest", "Fog"]
    assert wanted(home, found["Harvest"]) == {"Fog": found["Fog"]}
    assert pages.begin(found["Harvest"], "post.example", now, 40)
    assert not pages.begin(found["Harvest"], "post.example", now, 40)
    assert not pages.begin(found["Fog"], "post.example", now, 1)
    assert not pages.begin(ArticleId(999), "post.example", now, 40)
    assert wanted(home) == {"Fog": found["Fog"]}
    assert pages.asked("post.example", now) == 1
    assert pages.asked("post.example", now + DAY) == 0


def test_a_page_is_asked_for_a_second_time_a_day_later_and_no_third_time(home: House) -> None:
    pages, now, article = home.jobs.store.pages, home.clock.now(), wanted(home)["Fog"]
    (state,) = home.jobs.store.feeds.configured()
    for moment, is_due in ((now, False), (now + DAY, True)):
        due = pages.to_ask_again([state.id], moment, NOON - DAY, 10)
        assert [each.id for each in due] == ([article] if is_due else [])
        assert pages.begin(article, "post.example", moment, 40)
    assert not pages.begin(article, "post.example", now + 2 * DAY, 40)
    assert pages.to_ask_again([state.id], now + 2 * DAY, NOON - DAY, 10) == ()
    found = pages.of(article)
    assert found is not None
    assert (found.tries, found.state, found.fetched_at) == (2, PageState.ASKED, None)


def test_a_text_goes_when_its_time_is_over_and_with_its_article(home: House) -> None:
    store, now, article = home.jobs.store, home.clock.now(), wanted(home)["Fog"]
    store.pages.begin(article, "post.example", now, 40)
    store.pages.finish(article, PageResult(state=PageState.READ, text=TEXT, keep_until=now + DAY), now)
    found = store.pages.of(article)
    assert found is not None
    assert (found.text, len(found.text_hash)) == (TEXT, 64)
    assert [(each.state, each.pages) for each in store.page_counts.counts(NOON)] == [(PageState.READ, 1)]
    assert store.pages.drop_texts(now, now, limit=10) == 0
    assert store.pages.drop_texts(now + DAY, now, limit=10) == 1
    left = store.pages.of(article)
    assert left is not None
    assert (left.text, left.text_hash, left.state) == ("", found.text_hash, PageState.READ)
    (going,) = store.removal.going([article])
    store.retention.bury({article: (going.feed_id, (1,))}, now)
    assert store.pages.of(article) is None
    store.pages.finish(article, PageResult(state=PageState.READ, text=TEXT), now)
    assert store.pages.of(article) is None


def test_a_host_is_remembered(home: House) -> None:
    pages = home.jobs.store.pages
    assert pages.host("https://post.example") == PageHost(origin="https://post.example")
    host = PageHost(
        origin="https://post.example",
        robots_asked_at=NOON,
        robots_status=200,
        robots=b"User-agent: *",
        licences=("<rsl/>",),
        memory=((2**62, 3), (5, 1)),
        blocks=3,
        left_alone_until=NOON + LEFT_ALONE_FOR,
    )
    for _ in range(2):
        pages.save_host(host)
    assert pages.host("https://post.example") == host
    (found,) = home.jobs.store.page_counts.left_alone(NOON)
    assert (found.origin, found.until, found.blocks) == (host.origin, host.left_alone_until, 3)
    assert home.jobs.store.page_counts.left_alone(NOON + LEFT_ALONE_FOR) == ()
    quiet = replace(host, origin="https://quiet.example", asked_at=NOON + DAY, left_alone_until=None)
    pages.save_host(quiet)
    assert pages.forget_hosts(NOON + DAY, NOON) == 0, "one is left alone, and one was asked since"
    assert pages.forget_hosts(NOON + 2 * DAY, NOON + LEFT_ALONE_FOR) == 2
    assert pages.host(host.origin) == PageHost(origin=host.origin)


CONFIG = """
[groups.wires]
pages = "near"
[[feeds]]
url = "https://post.example/rss"
group = "wires"
[[feeds]]
url = "https://herald.example/rss"
"""
REST = """
[[topics]]
name = "Truce"
any = ["truce"]
[[digests]]
name = "Daily"
to = ["you@reader.example"]
[mail]
kind = "maildir"
"""


def test_pages_are_a_key_of_feeds_and_groups_and_off_by_default(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(CONFIG + REST)
    found = load(file, {})
    assert [each.pages for each in found.feeds] == ["near", ""]
    assert (found.storage.keep_pages, found.polling.pages_per_host) == (30 * DAY, 40)
    for extra, message in (
        ('pages = "some"', 'write "near", "all" or "off"'),
        ('[storage]\nkeep_pages = "1h"', 'is less than "1d"'),
        ("[polling]\npages_per_host = 0", "pages_per_host"),
    ):
        file.write_text(f"{CONFIG}{extra}\n{REST}")
        with pytest.raises(ConfigError, match=message):
            load(file, {})
    for extra in ('access = "paid"', "quote = false"):
        file.write_text(f'{CONFIG}pages = "all"\n{extra}\n{REST}')
        assert [each.message for each in load(file, {}).warnings if "pages" in str(each)]


def test_a_text_is_kept_compressed_and_read_as_it_was(home: House) -> None:
    store, now, (article, other) = home.jobs.store, home.clock.now(), wanted(home).values()
    text = f"{TEXT} Ящик стоял у моста. المعبر مفتوح.\n" * 40
    for each in (article, other):
        store.pages.begin(each, "post.example", now, 40)
        store.pages.finish(each, PageResult(state=PageState.READ, text=text), now)
    with store.database.write() as connection:
        kept = connection.scalar(sql("SELECT text FROM pages WHERE article_id = :id"), {"id": article})
        before = sql("UPDATE pages SET text = :text WHERE article_id = :id")  # as it was kept before
        connection.execute(before, {"text": TEXT, "id": other})
    if store.database.is_shared:  # PostgreSQL compresses by itself
        assert kept == text
    else:
        assert isinstance(kept, bytes)
        assert len(kept) < len(text) / 4
    assert store.pages.texts([article, other]) == {article: text, other: TEXT}


def test_postgresql_gets_the_text_itself() -> None:
    packed = PackedText()
    server, file = (create_mock_engine(url, print).dialect for url in ("postgresql+psycopg://", "sqlite://"))
    assert packed.process_bind_param(TEXT, server) == TEXT
    assert packed.process_result_value(TEXT, server) == TEXT
    assert isinstance(packed.process_bind_param(TEXT, file), bytes)


def test_a_text_is_not_shown_once_the_licence_of_its_feed_is_over(home: House) -> None:
    store, now, article = home.jobs.store, home.clock.now(), wanted(home)["Fog"]
    store.pages.begin(article, "post.example", now, 40)
    store.pages.finish(article, PageResult(state=PageState.READ, text=TEXT), now)
    (state,) = store.feeds.configured()
    store.feeds.sync([FeedSettings(url=state.url, keep_text=DAY)], now)
    assert store.pages.all_texts([article]) == {article: TEXT}
    home.clock.advance(DAY)
    assert store.pages.all_texts([article]) == store.pages.texts([article]) == {}
    assert store.pages.reader()(article) == ""
