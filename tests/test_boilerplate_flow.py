"""What feeds put before or behind their articles, through the whole flow: learned by polls, kept out of matches and
mails, explained; what was judged keeps its verdict.
"""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import structlog
from house import House, Story, lived_in, rss, settings
from origin import Origin, reply
from statements import statements
from structlog.testing import capture_logs
from test_boilerplate_learning import SUBJECTS, council

from monitor.config import Settings
from monitor.match import TopicIndex
from monitor.model.boilerplate import Boilerplate, LeftOut
from monitor.model.match import Document
from monitor.model.topic import Rule, Topic

DAY = timedelta(days=1)
SYRIA = Topic(name="Syria", rules=(Rule(all=(("Syria", "Damascus"),)),))
LEFT_OUT = LeftOut(start=0, end=4, reason="")
FOOTER = "Syria Net, your window on the world"


def watching(folder: Path, origin: Origin) -> Settings:
    return replace(settings(folder, [origin.url("/a")], origin.port), topics=(SYRIA,))


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin("127.0.0.1") as origin:
        yield origin


def published(home: House, origin: Origin, day: int, *, footer: str = FOOTER) -> int:
    """Three new articles with the footer; how many were flagged."""
    numbers = range(day * 3, day * 3 + 3)
    origin.serve("/a", reply(rss(*(_story(number, footer) for number in numbers))))
    return sum(report.matches for report in home.poll())


def _story(number: int, footer: str) -> Story:
    return Story(id=f"n{number}", title=f"On {SUBJECTS[number % 20]}", text=f"{council(number)}. {footer}")


def known(home: House) -> tuple[Boilerplate, ...]:
    (state,) = home.jobs.store.feeds.configured()
    return home.jobs.store.boilerplate.of_feed(state.id)


def test_no_phrase_goes_on_over_what_is_left_out_and_places_stay() -> None:
    phrases = Topic(name="A", rules=(Rule(all=(("bread price",),)), Rule(all=(("Oslo",),))))
    text = "Dear bread – Wire One – price, says Oslo"
    gap = LeftOut(start=text.index("–"), end=text.index("price"), reason="")
    (match,) = TopicIndex([phrases], {}).matches(Document(title="", text=text, left_out=(gap,)))
    assert [(hit.found, text[hit.start : hit.end]) for hit in match.evidence] == [("Oslo", "Oslo")]
    assert TopicIndex([phrases], {}).explain("A", Document(title="", text="Oslo", left_out=(LEFT_OUT,))).match is None


def test_a_known_footer_flags_nothing_from_the_first(tmp_path: Path, origin: Origin) -> None:
    with lived_in(watching(tmp_path, origin)) as home:
        assert published(home, origin, 0, footer="Syria News Network – all rights reserved") == 0


def test_a_footer_with_the_topics_word_flags_all_until_it_is_learned_and_then_none(
    tmp_path: Path, origin: Origin
) -> None:
    """The log says once that it is left out from now on."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.INFO))
    with lived_in(watching(tmp_path, origin)) as home:
        flagged = []
        with capture_logs() as events:
            for day in range(10):
                flagged.append(published(home, origin, day))
                home.clock.advance(DAY)
        (said,) = (each for each in events if each["event"] == "boilerplate is left out of matching")
        assert (said["log_level"], said["words"], said["feed"]) == ("info", FOOTER, origin.url("/a"))
        assert flagged == [3] * 8 + [0, 0]
        (each,) = known(home)
        assert (each.sample, each.items, each.of_items, each.days) == (FOOTER, 30, 30, 10)
        origin.serve("/a", reply(rss(Story(id="news", title="A truce", text=f"It holds in Syria. {FOOTER}"))))
        assert sum(report.matches for report in home.poll()) == 1


def test_articles_that_were_judged_keep_their_verdict_and_are_judged_alike_ever_after(
    tmp_path: Path, origin: Origin
) -> None:
    """A topic that changes is looked for in the last week: in the words that counted when each article came."""
    with lived_in(watching(tmp_path, origin)) as home:
        for day in range(10):
            published(home, origin, day)
            home.clock.advance(DAY)
        before = home.jobs.store.matches.activity(home.clock.now())["Syria"]
        origin.serve("/a", reply(rss(*(replace(_story(n, FOOTER), text=f"{council(n)}! {FOOTER}") for n in (6, 28)))))
        home.poll()  # edits of an article from before, and of one from after it was learned
        after = home.jobs.store.matches.activity(home.clock.now())["Syria"]
        assert before.matches == after.matches == 24
    wider = replace(SYRIA, rules=(Rule(all=(("Syria", "Damascus", "Idlib"),)),))
    with lived_in(replace(watching(tmp_path, origin), topics=(wider,)), home.clock) as home:
        home.jobs.rematcher.run()
        assert home.jobs.store.matches.activity(home.clock.now())["Syria"].matches == 24


def test_the_quote_in_the_mail_is_the_articles_words(tmp_path: Path, origin: Origin) -> None:
    """A start is learned from the first document of a feed, and left out at once."""
    start = "Morning Mail: "
    with lived_in(watching(tmp_path, origin)) as home:
        texts = [f"{start}{council(number)}." for number in range(9)]
        texts.append(f"{start}DAMASCUS (Example Wire) - The truce in Syria holds. Follow us on Telegram!")
        stories = [
            Story(id=f"n{number}", title=f"On {number}", text=text, at=home.clock.now())
            for number, text in enumerate(texts)
        ]
        origin.serve("/a", reply(rss(*stories)))
        home.live(DAY)
        (mail,) = home.mails()
        assert "The truce in " in mail
        for part in (start, "Example Wire", "Telegram"):
            assert part not in mail


def test_an_unchanged_poll_asks_nothing_of_it_and_one_with_news_a_few_rows(tmp_path: Path, origin: Origin) -> None:
    def cost() -> tuple[int, int]:
        with statements() as texts:
            home.poll()
        return (
            sum("boilerplate" in text for text in texts),
            sum("ORDER BY articles.id DESC" in text and "substr(" not in text for text in texts),  # else of takeovers
        )

    with lived_in(watching(tmp_path, origin)) as home:
        for day in range(3):
            published(home, origin, day)
            home.clock.advance(DAY)
        assert cost() == (0, 0)
        origin.serve("/a", reply(rss(_story(40, FOOTER))))
        home.clock.advance(DAY)
        assert cost() == (3, 1)  # read, then written anew: delete and insert
        origin.serve("/a", reply(rss(replace(_story(40, FOOTER), text="Another text."))))
        home.clock.advance(DAY)
        assert cost() == (1, 0)


def test_the_latest_articles_of_a_feed_are_found_by_an_index(tmp_path: Path, origin: Origin) -> None:
    with lived_in(watching(tmp_path, origin)) as home:
        published(home, origin, 0)
        (state,) = home.jobs.store.feeds.configured()
        with statements() as texts:
            assert len(home.jobs.store.articles.latest(state.id, 2)) == 2
        with home.jobs.store.database.read() as connection:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {texts[-1]}", (state.id, 2, 0)).all()
        assert ["USING INDEX ix_articles_feed_id" in row.detail for row in plan] == [True]
