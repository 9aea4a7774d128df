"""What topics find in pages: stored once, listed once in the next edition, and kept when topics change."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from newspaper import BODY, SUMMARY, TRUCE, Press, lorries, page, press, press_settings
from origin import Origin

from monitor.cluster import ArticleReader
from monitor.cluster.word_bags import told_of
from monitor.model.alert import AlertSettings
from monitor.model.history import StoredMatch
from monitor.model.match import Origin as Why
from monitor.model.match import Tier
from monitor.model.stored_page import PageState
from monitor.model.topic import Rule, Topic

DAY = timedelta(days=1)
ADDRESSES = ("127.0.0.1", "127.0.0.2")


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin(*ADDRESSES) as origin:
        yield origin


@pytest.fixture
def wire(tmp_path: Path, origin: Origin) -> Iterator[Press]:
    with press(tmp_path, origin) as found:
        yield found


def come(wire: Press, *keys: str, body: tuple[str, ...] = BODY) -> None:
    """Articles, and the pages behind them."""
    stories = [lorries(key, link=wire.link(key)) for key in keys]
    for each in stories:
        wire.origin.serve(f"/{each.id}", page(each.title, f"At crossing {each.id} it rained.", *body))
    wire.publish(*stories)
    wire.home.read_pages()


def match(wire: Press, key: str, topic: str = TRUCE.name) -> StoredMatch | None:
    return wire.home.jobs.store.matches.one(topic, wire.page(lorries(key).title).article_id)


def test_a_page_that_matches_is_listed_once_in_the_next_edition(wire: Press) -> None:
    come(wire, "a")
    found = match(wire, "a")
    assert found is not None
    assert (found.match.tier, found.origin) == (Tier.PASSING, Why.NEW)
    assert {(each.field, each.found) for each in found.match.evidence} == {
        ("title", "Syria"),
        ("text", "Syria"),
        ("page", "truce"),
    }
    wire.home.live(3 * DAY)
    mails = wire.home.mails()
    assert [lorries("a").title in mail for mail in mails] == [True, *[False] * (len(mails) - 1)]
    assert "on the page: “truce”" in " ".join(mails[0].split())
    pages = [each.read_text() for each in (wire.home.folder / "archive" / "Daily").glob("2026*.html")]
    assert sum("on the page: <bdi>“truce”</bdi>" in each for each in pages) == 1


def test_grouping_reads_the_beginning_of_a_page_and_copies_do_not(wire: Press) -> None:
    come(wire, "a")
    (article,) = wire.home.jobs.store.stories.ungrouped()
    assert article.text == SUMMARY
    assert article.page_start.startswith(f"{article.title}\nAt crossing a it rained.\n{BODY[0]}")
    unread = replace(article, page_start="")
    assert {"quartermaster", "forty"} <= {*told_of(article).text} - {*told_of(unread).text}
    assert told_of(article).title == told_of(unread).title
    assert told_of(replace(article, text="Rain " * 100)) == told_of(replace(unread, text="Rain " * 100))
    reader, other = ArticleReader(), ArticleReader()
    assert reader.wording(article) == other.wording(unread)


def test_what_the_page_says_after_a_hundred_words_is_of_a_tier_of_its_own(wire: Press) -> None:
    come(wire, "a", body=("The rain went on over the hills and the road.",) * 12 + BODY)
    found = match(wire, "a")
    assert found is not None
    assert found.match.tier is Tier.PAGE


def test_a_page_that_comes_after_the_edition_is_in_the_next_one(wire: Press) -> None:
    story = lorries("a", link=wire.link("a"))
    wire.origin.serve("/a", page(story.title))
    wire.publish(story)
    wire.home.live(DAY)
    assert not any(story.title in mail for mail in wire.home.mails())
    wire.home.read_pages()
    wire.home.live(2 * DAY)
    assert [story.title in mail for mail in wire.home.mails()] == [False, True, False]
    assert "on the page, read since the last edition: “truce”" in " ".join(wire.home.mails()[1].split())


def test_a_page_that_was_read_before_a_crash_is_matched_after_it(tmp_path: Path, origin: Origin) -> None:
    with press(tmp_path, origin) as wire:
        matcher = wire.home.jobs.page_matcher
        nothing: Any = SimpleNamespace(run=lambda: 0)  # the process ended before that
        wire.home.jobs.page_matcher = nothing
        come(wire, "a")
        assert wire.page(lorries("a").title).state is PageState.FRESH
        assert match(wire, "a") is None
        assert matcher.run() == 1
        assert matcher.run() == 0
        assert match(wire, "a") is not None
        assert wire.page(lorries("a").title).state is PageState.READ


def test_a_topic_that_changes_reads_the_pages_that_are_stored(tmp_path: Path, origin: Origin) -> None:
    pump = Topic(name="Pumps", rules=(Rule(all=(("pump",), ("hospital",))),))
    flour = replace(TRUCE, rules=(Rule(all=(("Syria*",), ("flour",))),))
    lost = replace(TRUCE, rules=(Rule(all=(("Syria*",), ("nowhere",))),))
    with press(tmp_path, origin) as wire:
        come(wire, "a")
        clock = wire.home.clock
    for topics, evidence in (((TRUCE, pump), {"truce"}), ((flour,), {"flour"})):
        with press(tmp_path, origin, press_settings(tmp_path, origin, topics=topics), clock) as wire:
            found = match(wire, "a")
            assert found is not None
            assert {each.found for each in found.match.evidence if each.field == "page"} == evidence
            if pump in topics:
                other = match(wire, "a", "Pumps")
                assert other is not None
                assert (other.match.tier, other.origin) == (Tier.PASSING, Why.BACKFILL)
    with press(tmp_path, origin, press_settings(tmp_path, origin, topics=(lost,)), clock) as wire:
        assert match(wire, "a") is None


def test_a_match_outlives_the_text_of_its_page(tmp_path: Path, origin: Origin) -> None:
    with press(tmp_path, origin) as wire:
        come(wire, "a")
        wire.home.jobs.store.pages.drop_texts(wire.home.clock.now() + 31 * DAY, wire.home.clock.now(), limit=10)
        clock = wire.home.clock
    more = replace(TRUCE, rules=(*TRUCE.rules, Rule(all=(("never",),))))
    with press(tmp_path, origin, press_settings(tmp_path, origin, topics=(more,)), clock) as wire:
        assert match(wire, "a") is not None


def test_the_words_of_a_page_never_alert_unless_the_topic_says_so(tmp_path: Path, origin: Origin) -> None:
    silent = replace(TRUCE, alert=AlertSettings(to=("desk@reader.example",)))
    loud = replace(TRUCE, name="Loud", alert=AlertSettings(to=("desk@reader.example",), pages=True))
    with press(tmp_path, origin, press_settings(tmp_path, origin, topics=(silent, loud))) as wire:
        come(wire, "a")
        wire.home.jobs.alerter.run()
        wire.home.jobs.outbox.run()
        (alert,) = wire.home.mails()
        assert "Loud" in alert
        assert TRUCE.name not in alert


def test_a_topic_that_already_matches_is_left_as_it_is(tmp_path: Path, origin: Origin) -> None:
    with press(tmp_path, origin, press_settings(tmp_path, origin, pages="all")) as wire:
        story = replace(lorries("a", link=wire.link("a")), text="The truce in Syria holds.")
        origin.serve("/a", page(story.title))
        wire.publish(story)
        before = wire.home.jobs.store.matches.since(wire.home.clock.now() - DAY)
        wire.home.read_pages()
        assert wire.page(story.title).state is PageState.READ
        assert wire.home.jobs.store.matches.since(wire.home.clock.now() - DAY) == before


def test_an_edit_of_the_feed_leaves_the_page_alone(wire: Press) -> None:
    come(wire, "a")
    before = wire.page(lorries("a").title)
    edited = replace(lorries("a", link=wire.link("a")), text="Drivers in northern Syria slept, a driver says.")
    wire.stories[:] = [edited]
    wire.publish()
    after = wire.page(lorries("a").title)
    assert after == before
    assert match(wire, "a") is not None
    assert wire.home.read_pages() == 0


def test_a_page_that_ends_the_process_is_set_aside(wire: Press) -> None:
    jobs = wire.home.jobs
    story = lorries("a", link=wire.link("a"))
    wire.origin.serve("/a", page(story.title))
    wire.publish(story)
    article_id = jobs.store.pages.newest()
    unit = jobs.page_matcher.units.page(article_id)
    for _ in range(2):
        jobs.store.setbacks.add(unit, "it ended", wire.home.clock.now())
    wire.home.read_pages()
    assert wire.page(story.title).state is PageState.FRESH


def test_the_text_of_a_page_goes_after_keep_pages_and_what_it_proved_stays(tmp_path: Path, origin: Origin) -> None:
    with press(tmp_path, origin) as wire:
        come(wire, "a")
        wire.home.clock.advance(29 * DAY)
        wire.home.tick()
        wire.home.jobs.keeper.run()
        assert wire.page(lorries("a").title).text
        wire.home.clock.advance(2 * DAY)
        wire.home.tick()
        wire.home.jobs.keeper.run()
        left = wire.page(lorries("a").title)
        assert (left.text, left.text_hash != "", left.state) == ("", True, PageState.READ)
        assert match(wire, "a") is not None


def test_a_shorter_keep_pages_is_for_what_was_read_before_it_too(tmp_path: Path, origin: Origin) -> None:
    config = press_settings(tmp_path, origin)
    with press(tmp_path, origin, config) as wire:
        come(wire, "a")
        clock = wire.home.clock
    with press(tmp_path, origin, replace(config, storage=replace(config.storage, keep_pages=2 * DAY)), clock) as wire:
        for _ in range(2):
            clock.advance(DAY)
            wire.home.tick()
        wire.home.jobs.keeper.run()
        assert wire.page(lorries("a").title).text == ""


def test_an_article_that_is_forgotten_takes_its_page_along(wire: Press) -> None:
    come(wire, "a")
    found = wire.page(lorries("a").title)
    wire.home.live(DAY)
    wire.home.jobs.remover.run([found.article_id])
    assert wire.home.jobs.store.pages.of(found.article_id) is None
    for name in ("news-monitor.db", "news-monitor.db-wal"):
        file = wire.home.folder / name
        assert not file.exists() or BODY[0].encode() not in file.read_bytes()
