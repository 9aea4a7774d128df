"""Likeness over the store: what resembles a topic, and that what is remembered changes nothing."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random  # noqa: TID251 (seeded)

import pytest
from databases import lay_database, new_store
from simulated import SimulatedClock
from sqlalchemy import delete, insert, select, update
from test_nearly import NEAR, OTHERS, TRUCE

from monitor.jobs.learner import Learner
from monitor.jobs.likeness import Likeness
from monitor.model.ids import ArticleId
from monitor.model.perhaps import Nearest, Resembling
from monitor.model.settings import FeedSettings
from monitor.model.topic import Rule, Topic
from monitor.store import Store
from monitor.store.likeness import LikenessStore
from monitor.store.tables import articles, judgements, likeness_days, matches, topics

TOPIC = Topic(name="Truce", rules=(Rule(all=(("Kesh",), ("truce",))),))
START = datetime(2031, 5, 1, 8, tzinfo=UTC)


def a_store(folder: Path) -> Store:
    """Fourteen days of news, each with a match; on the last one an article that the rule misses."""
    lay_database(folder / "news.db")
    store = new_store(folder / "news.db", is_owner=True)
    store.feeds.sync([FeedSettings(url="https://quay.example/feed")], START)
    with store.database.write() as connection:
        connection.execute(insert(topics).values(id=1, name="Truce"))
        number = 0
        for day in range(14):
            for title in (*OTHERS, TRUCE[day % 6], *([NEAR, NEAR] if day == 13 else [])):
                number += 1
                row = {"id": number, "feed_id": 1, "key": str(number), "title": title, "arrival": "new"}
                row |= {"first_seen_at": START + timedelta(days=day), "is_mailable": True, "content_hash": ""}
                row |= {"outlet": f"Outlet {number}", "revisions": 0}
                connection.execute(insert(articles).values(row))
                if title in TRUCE:
                    match = {"topic_id": 1, "article_id": number, "rule": 0, "tier": "headline", "origin": "new"}
                    match |= {"evidence": [], "fingerprint": "", "matched_at": START + timedelta(days=day)}
                    connection.execute(insert(matches).values(match))
    return store


def lines(store: Store, shown: tuple[ArticleId, ...] = ()) -> dict[str, tuple[Resembling, ...]]:
    now = START + timedelta(days=13, hours=2)
    scorer = Likeness(store, [TOPIC], {})
    return scorer.perhaps(["Truce"], ArticleId(52), ArticleId(99), now, shown)


def test_the_same_lines_come_with_nothing_remembered_with_all_of_it_and_after_a_rename(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    before = lines(store)
    (found,) = before["Truce"]
    assert (found.article.title, found.others, found.lacks) == (NEAR, 1, ("truce",))
    assert found.why.startswith("no word for truce; resembles by: ")
    scorer = Likeness(store, [TOPIC], {})
    assert scorer.learn(START + timedelta(days=13, hours=2)) == 13
    assert len(store.likeness.best("Truce")) == 13
    assert scorer.learn(START + timedelta(days=13, hours=2)) == 0
    assert lines(store) == before
    with store.database.write() as connection:
        connection.execute(update(likeness_days).values(basis="another", best=9.0))
    assert lines(store) == before
    store.topics.carry_over({"Truce in Kesh": "Truce"})
    renamed = Likeness(store, [replace(TOPIC, name="Truce in Kesh")], {})
    now = START + timedelta(days=13, hours=2)
    assert renamed.perhaps(["Truce in Kesh"], ArticleId(52), ArticleId(99), now) == {"Truce in Kesh": before["Truce"]}
    store.topics.carry_over({"Truce": "Truce in Kesh"})
    assert lines(store, (found.article.id,)) == {"Truce": ()}
    with store.database.write() as connection:
        connection.execute(delete(matches).where(matches.c.article_id > 12))
    assert lines(store) == {"Truce": ()}
    store.close()


def test_an_upgrade_of_the_scorer_calculates_all_days_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, now = a_store(tmp_path), START + timedelta(days=13, hours=2)
    assert Likeness(store, [TOPIC], {}).learn(now) == 13
    assert Likeness(store, [TOPIC], {}).learn(now) == 0
    monkeypatch.setattr("monitor.jobs.likeness.VERSION", 99)
    assert Likeness(store, [TOPIC], {}).learn(now) == 13
    store.close()


def test_an_audit_gets_what_resembles_as_much_as_the_best_of_a_quiet_day(tmp_path: Path) -> None:
    store, end = a_store(tmp_path), START + timedelta(days=13, hours=2)
    found = Likeness(store, [TOPIC], {}).of_topic(TOPIC, START, ArticleId(99), end)
    titles = {each.id: each.title for each in store.likeness.whole([*found.likeness]).values()}
    assert {titles[each] for each in found.near} >= {NEAR}
    assert not set(TRUCE) & set(titles.values()), "what matches is not missed"
    level = min(found.likeness[each] for each in found.near)
    assert all(score < level for each, score in found.likeness.items() if each not in found.near)
    excluding = Topic(name="Truce", rules=(replace(TOPIC.rules[0], none=(NEAR.split()[0].lower(),)),))
    others = Likeness(store, [excluding], {}).of_topic(excluding, START, ArticleId(99), end)
    assert NEAR not in {titles[each] for each in others.near}


def test_with_too_few_days_or_matches_nothing_is_called_alike(tmp_path: Path) -> None:
    store, end = a_store(tmp_path), START + timedelta(days=13, hours=2)
    short = Likeness(store, [TOPIC], {}).of_topic(TOPIC, START + timedelta(days=12), ArticleId(99), end)
    assert short.likeness
    assert not short.near
    unknown = Topic(name="Nobody", rules=TOPIC.rules)
    nothing = Likeness(store, [unknown], {}).of_topic(unknown, START, ArticleId(99), end)
    assert (nothing.likeness, nothing.near) == ({}, ())


def test_a_process_calculates_each_past_day_once_until_something_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = a_store(tmp_path)
    days: list[date] = []
    of_day = LikenessStore.of_day

    def counted(self: LikenessStore, day: date, until: int) -> Iterator[tuple[ArticleId, str, str]]:
        days.append(day)
        return of_day(self, day, until)

    monkeypatch.setattr(LikenessStore, "of_day", counted)
    scorer, now = Likeness(store, [TOPIC], {}), START + timedelta(days=13, hours=2)
    first = scorer.perhaps(["Truce"], ArticleId(52), ArticleId(99), now)
    assert len(days) == 14
    assert scorer.perhaps(["Truce"], ArticleId(52), ArticleId(99), now) == first
    assert len(days) == 15
    store.judgements.add("Truce", {ArticleId(1): False}, source="test", now=START + timedelta(days=9, hours=-1))
    scorer.perhaps(["Truce"], ArticleId(52), ArticleId(99), now)
    assert 15 < len(days) < 15 + 14
    scorer.learn(now)
    assert len(store.likeness.best("Truce")) == 13
    store.close()


def test_an_example_that_another_process_drops_meanwhile_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = a_store(tmp_path)
    texts, whole = LikenessStore.texts, LikenessStore.whole
    monkeypatch.setattr(LikenessStore, "texts", lambda self, ids: texts(self, [each for each in ids if each != 4]))
    monkeypatch.setattr(LikenessStore, "whole", lambda self, ids: whole(self, [each for each in ids if each != 5]))
    assert [each.article.title for each in lines(store)["Truce"]] == [NEAR]


def test_learning_goes_on_where_a_portion_ended_and_again_forgets_it_all(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    clock = SimulatedClock(START + timedelta(days=13, hours=2))
    learner = Learner(clock=clock, store=store, likeness=Likeness(store, [TOPIC], {}))
    learner.run(lambda: True)
    assert [day.day for day in store.likeness.best("Truce")] == [13]  # the latest past day, and then it stopped
    learner.run()
    whole = store.likeness.best("Truce")
    assert len(whole) == 13
    with store.database.write() as connection:
        connection.execute(update(likeness_days).values(best=9.0))
    learner.run()
    assert {best for _, best in store.likeness.best("Truce").values()} == {9.0}  # it is trusted
    assert learner.again() == 13
    assert store.likeness.best("Truce") == whole
    assert learner.again(lambda: True) == 1
    store.close()


ONE_GROUP = Topic(name="Truce", rules=(Rule(all=(("truce",),)),))


@pytest.mark.parametrize("topic", [TOPIC, ONE_GROUP])
def test_the_nearest_are_ranked_whatever_the_rule_lacks(tmp_path: Path, topic: Topic) -> None:
    store = a_store(tmp_path)
    now = START + timedelta(days=13, hours=2)
    found = Likeness(store, [topic], {}).nearest("Truce", START, now, 5)
    assert found.floor
    assert [(each.article.title, each.others) for each in found.found] == [(NEAR, 1)]
    assert max(found.likeness, key=lambda each: found.likeness[each]) == found.found[0].article.id
    early = Likeness(store, [topic], {}).nearest("Truce", START, START + timedelta(days=1), 5)
    assert (early.floor, early.found[0].article.title) == (None, NEAR)
    with store.database.write() as connection:
        connection.execute(delete(matches))
    assert Likeness(store, [topic], {}).nearest("Truce", START, now, 5) == Nearest(likeness={}, floor=None, found=())
    store.close()


def change(store: Store, chance: Random) -> None:
    """Something that happens to a store and changes what was learned: an edit, a judgement, a match, retention."""
    article = chance.randint(1, 58)
    with store.database.write() as connection:
        is_there = connection.scalar(select(articles.c.id).where(articles.c.id == article))
    if is_there:
        match chance.randint(0, 3):
            case 0:
                edited = {"title": f"{chance.choice(TRUCE)} again", "revisions": chance.randint(1, 99)}
                with store.database.write() as connection:
                    connection.execute(update(articles).where(articles.c.id == article).values(edited))
            case 1:
                said = {ArticleId(article): chance.random() < 0.5}
                store.judgements.add("Truce", said, source="test", now=START + timedelta(days=chance.randint(0, 13)))
            case 2:
                with store.database.write() as connection:
                    connection.execute(delete(matches).where(matches.c.article_id == article))
            case _:
                gone = chance.randint(1, 20)  # as retention does: the oldest, with all that hangs on them
                with store.database.write() as connection:
                    for table in (matches, judgements):
                        connection.execute(delete(table).where(table.c.article_id <= gone))
                    connection.execute(delete(articles).where(articles.c.id <= gone))


@pytest.mark.parametrize("seed", range(2))
def test_whatever_happens_lines_are_those_of_a_store_that_remembers_nothing(tmp_path: Path, seed: int) -> None:
    store, chance, now = a_store(tmp_path), Random(seed), START + timedelta(days=13, hours=2)
    scorer = Likeness(store, [TOPIC], {})
    for _ in range(4):
        change(store, chance)
        if chance.random() < 0.7:
            scorer.learn(now, lambda _: chance.random() < 0.3)
        remembered = lines(store)
        scorer.learn(now)
        learned = {day: best for day, best in store.likeness.best("Truce").items() if day < now.date()}
        there = store.likeness.days(START.date(), 99)
        store.likeness.forget()
        assert lines(store) == remembered
        scorer.learn(now)
        assert {day: learned[day] for day in store.likeness.best("Truce") if day in there} == store.likeness.best(
            "Truce"
        )
        refused = {article for article, is_relevant in store.judgements.of("Truce").items() if not is_relevant}
        nearest = scorer.nearest("Truce", START, now, 50).found
        assert not refused & {each.article.id for each in (*remembered["Truce"], *nearest)}
    store.close()
