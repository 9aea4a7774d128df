""" "Perhaps also" in the life of a store: what is shown once, waits, is listed later, or is never stored at all.

The scorer is a simple one, so that each test says itself what resembles what: an article resembles the topic if it has
the word "Aleppo"; the more often, the more. Everything else is the real thing.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path
from random import Random  # noqa: TID251 (seeded)
from typing import Any

import pytest
from house import House, Story, lived_in, rss, send_now, settings, with_parts
from origin import Origin, reply
from simulated import NOON, SimulatedClock
from sqlalchemy import insert, select

from monitor.model.ids import ArticleId, StoryId
from monitor.model.perhaps import Resembling
from monitor.model.settings import DigestSettings
from monitor.model.topic import Rule, Topic
from monitor.store import Store
from monitor.store.new_editions import NewEditionStore
from monitor.store.tables import articles, judgements, listings, perhaps_lines, topics

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
TOPIC = Topic(name="Truce", rules=(Rule(all=(("truce",), ("Aleppo",))),))
DAILY = DigestSettings(name="Daily", to=("a@reader.example",), at=time(7), topics=(TOPIC.name,))


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin("127.0.0.1") as origin:
        yield origin


class Alike:
    """The simple scorer."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def __call__(
        self, asked: Sequence[Topic], news: Collection[ArticleId], _: Mapping[ArticleId, StoryId], _now: datetime
    ) -> dict[str, tuple[Resembling, ...]]:
        read = [article for each in sorted(news) if (article := self.store.articles.one(each))]
        alike = [each for each in read if "Aleppo" in each.title and "truce" not in each.title]
        ranked = sorted(alike, key=lambda each: (-each.title.count("Aleppo"), each.id))
        found = tuple(Resembling(article=each, likeness=0.5, shared=("Aleppo",), lacks=("truce",)) for each in ranked)
        return {topic.name: found for topic in asked}


@contextmanager
def home(folder: Path, origin: Origin, clock: SimulatedClock | None = None, **digest: Any) -> Iterator[House]:
    """A house with one feed, the topic, and the simple scorer."""
    config = settings(folder, [origin.url("/a")], origin.port)
    config = replace(config, topics=(TOPIC,), digests=(replace(DAILY, **digest),))
    with lived_in(config, clock) as found:
        yield replace(found, jobs=with_parts(found.jobs, resembles=Alike(found.jobs.store)))


def brings(house: House, origin: Origin, *titles: str) -> None:
    """The feed is read an hour later, and has items with these headlines; each is known by its last word."""
    house.clock.advance(HOUR)
    now = house.clock.now()
    origin.serve("/a", reply(rss(*(_story(title, now) for title in titles))))
    house.poll()


def _story(title: str, at: datetime) -> Story:
    number = title.rsplit(maxsplit=1)[-1]
    text = f"What {number} bakers of bridge {number} said about flour, salt and the {number} ovens of their street."
    return Story(id=number, title=title, text=text, at=at)


def edition(house: House, days: int = 1) -> None:
    """The next scheduled editions are made and mailed."""
    for _ in range(days):
        now = house.clock.now()
        due = now.replace(hour=7, minute=0)
        house.clock.moment = due if due > now else due + DAY
        house.jobs.publisher.run()
        house.jobs.outbox.run()


def lines(house: House) -> list[tuple[str, str, str]]:
    """Topic, headline and reason of all lines that were shown."""
    query = (
        select(topics.c.name, articles.c.title, perhaps_lines.c.why)
        .select_from(perhaps_lines.join(topics).join(articles))
        .order_by(perhaps_lines.c.edition_id, perhaps_lines.c.place)
    )
    with house.jobs.store.database.read() as connection:
        return [tuple(row) for row in connection.execute(query)]


def listed(house: House) -> list[str]:
    query = select(articles.c.title).select_from(listings.join(articles)).order_by(articles.c.id)
    with house.jobs.store.database.read() as connection:
        return list(connection.scalars(query))


WHY = "no word for truce; resembles by: Aleppo"


def test_what_an_edition_shows_is_a_row_of_it_and_shown_once(tmp_path: Path, origin: Origin) -> None:
    with home(tmp_path, origin) as house:
        brings(house, origin, "Baker opens one")
        edition(house)
        brings(house, origin, "Aleppo waits two", "Aleppo truce three", "Aleppo to Aleppo by bus four")
        edition(house)
        mail = house.mails()[-1]
        assert mail.index("Aleppo truce three") < mail.index("Perhaps also") < mail.index("by bus four")
        assert lines(house) == [("Truce", "Aleppo to Aleppo by bus four", WHY), ("Truce", "Aleppo waits two", WHY)]
        assert listed(house) == ["Aleppo truce three"]
        edition(house, 3)
        assert all("Perhaps also" not in later for later in house.mails()[2:])
        assert len(lines(house)) == 2


def test_a_line_whose_article_matches_later_is_listed_as_any_match(tmp_path: Path, origin: Origin) -> None:
    with home(tmp_path, origin) as house:
        brings(house, origin, "Baker opens one")
        edition(house)
        brings(house, origin, "Aleppo waits two")
        edition(house)
        assert [title for _, title, _ in lines(house)] == ["Aleppo waits two"]
        brings(house, origin, "Aleppo truce begins two")
        edition(house)
        assert listed(house) == ["Aleppo truce begins two"]
        assert "1 story: 1 article" in house.mails()[-1]
        assert "Perhaps also" not in house.mails()[-1]


def test_previews_and_tests_write_nothing(tmp_path: Path, origin: Origin) -> None:
    with home(tmp_path, origin) as house:
        brings(house, origin, "Baker opens one")
        edition(house)
        brings(house, origin, "Aleppo waits two")
        editor, digest = house.jobs.publisher.editor, house.jobs.publisher.digests[0]
        for _ in range(2):
            drafts = editor.preview(digest), editor.draft(digest, is_test=True)
            assert ["Aleppo waits two" in draft.rendered.text for draft in drafts] == [True, True]
            assert lines(house) == []
        edition(house)
        assert len(lines(house)) == 1


def test_lines_of_editions_that_are_not_mailed_wait(tmp_path: Path, origin: Origin) -> None:
    with home(tmp_path, origin, when_empty="skip") as house:
        brings(house, origin, "Baker opens one", "Aleppo truce zero")
        edition(house)
        assert len(house.mails()) == 1
        brings(house, origin, "Aleppo waits two")
        edition(house, 2)
        assert (len(house.mails()), lines(house)) == (1, [])
        brings(house, origin, "Aleppo truce three")
        edition(house)
        assert "Aleppo waits two" in house.mails()[-1]
        assert [title for _, title, _ in lines(house)] == ["Aleppo waits two"]


def test_a_week_without_mail_ends_with_the_lines(tmp_path: Path, origin: Origin) -> None:
    with home(tmp_path, origin, when_empty="skip") as house:
        brings(house, origin, "Baker opens one")
        edition(house)
        brings(house, origin, "Aleppo waits two")
        edition(house, 7)
        (mail,) = house.mails()
        assert "Aleppo waits two" in mail
        assert "Nothing new on your topic" in mail


def test_the_first_edition_shows_only_what_is_news(tmp_path: Path, origin: Origin) -> None:
    """Also the first one after an upgrade: what came before the edition before it is not looked at."""
    with home(tmp_path, origin, perhaps=0) as house:
        brings(house, origin, "Baker opens one")
        brings(house, origin, "Aleppo of old two")
        edition(house)
        brings(house, origin, "Aleppo waits three")
    with home(tmp_path, origin, house.clock) as house:
        edition(house)
        assert [title for _, title, _ in lines(house)] == ["Aleppo waits three"]


def test_what_a_person_said_does_not_belong_is_not_shown(tmp_path: Path, origin: Origin) -> None:
    with home(tmp_path, origin) as house:
        brings(house, origin, "Baker opens one", "Aleppo truce zero")
        edition(house)
        brings(house, origin, "Aleppo waits two", "Aleppo plays three")
        with house.jobs.store.database.write() as connection:
            topic = connection.scalar(select(topics.c.id))
            wrong = connection.scalar(select(articles.c.id).where(articles.c.title == "Aleppo plays three"))
            right = connection.scalar(select(articles.c.id).where(articles.c.title == "Aleppo waits two"))
            said = {"topic_id": topic, "judged_at": NOON, "source": "test"}
            rows = [
                {**said, "article_id": wrong, "is_relevant": False},
                {**said, "article_id": right, "is_relevant": True},
            ]
            connection.execute(insert(judgements), rows)
        edition(house)
        assert [title for _, title, _ in lines(house)] == ["Aleppo waits two"]


def test_what_stops_between_making_and_publishing_shows_nothing_twice(
    tmp_path: Path, origin: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    with home(tmp_path, origin) as house:
        brings(house, origin, "Baker opens one")
        edition(house)
        brings(house, origin, "Aleppo waits two")

        def stops(*_: object) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(NewEditionStore, "publish", stops)
            with pytest.raises(KeyboardInterrupt):
                edition(house)
        assert lines(house) == []
    with home(tmp_path, origin, house.clock) as house:
        house.jobs.publisher.run()
        house.jobs.outbox.run()
        edition(house, 2)
        assert [title for _, title, _ in lines(house)] == ["Aleppo waits two"]
        assert sum("Aleppo waits two" in mail for mail in house.mails()) == 1


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_over_many_editions_no_line_is_shown_twice(tmp_path: Path, origin: Origin, seed: int) -> None:
    """Articles come and are edited into matches and back, editions come by themselves and by hand, all restarts."""
    chance, clock = Random(seed), SimulatedClock()
    words = ("Aleppo waits", "Aleppo and Aleppo", "A baker opens", "Aleppo truce", "Aleppo bus")
    feed: list[str] = []
    for _ in range(4):
        with home(tmp_path, origin, clock, perhaps=chance.choice((1, 3, 20))) as house:
            for _ in range(5):
                feed += [f"{chance.choice(words)} {len(feed) + n}" for n in range(chance.randrange(4))]
                for place in chance.sample(range(len(feed)), min(2, len(feed))):
                    feed[place] = f"{chance.choice(words)} {place}"
                brings(house, origin, *feed)
                if chance.random() < 0.3:
                    send_now(house.jobs, house.jobs.publisher.digests[0])
                edition(house)
            shown = lines(house)
            matched = set(listed(house))
    mails = house.mails()
    assert shown
    assert max(Counter(title.split()[-1] for _, title, _ in shown).values()) == 1
    assert all(why == WHY for _, _, why in shown)
    assert {title for title in feed if "Aleppo truce" in title} <= matched
    below = Counter(line for mail in mails for line in _lines_of(mail))
    assert max(below.values()) == 1
    assert len(below) == len(shown)


def _lines_of(mail: str) -> list[str]:
    """The addresses below "Perhaps also"."""
    rows = mail.splitlines()
    return [
        rows[place + 1].strip()
        for place, row in enumerate(rows)
        if row.strip() == "no word for *truce*; resembles by: Aleppo"
    ]


def test_the_same_rows_give_the_same_lines(tmp_path: Path, origin: Origin) -> None:
    with home(tmp_path, origin) as house:
        brings(house, origin, "Baker opens one")
        edition(house)
        brings(house, origin, *(f"Aleppo bus {number}" for number in range(9)))
        editor, digest = house.jobs.publisher.editor, house.jobs.publisher.digests[0]
        first, second = (editor.preview(digest).edition.perhaps for _ in range(2))
        assert first == second
        assert len(first[0].lines) == 3


def test_retention_takes_lines_with_their_articles(tmp_path: Path, origin: Origin) -> None:
    with home(tmp_path, origin) as house:
        brings(house, origin, "Baker opens one")
        edition(house)
        brings(house, origin, "Aleppo waits two")
        edition(house, 2)
        store = house.jobs.store
        old = store.retention.old(house.clock.now(), beyond=0, limit=10)
        assert len(old) == 2
        store.retention.bury({article.id: (feed, (1,)) for feed, article in old}, house.clock.now())
        assert lines(house) == []
