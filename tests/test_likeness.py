"""Likeness over the store: what resembles a topic, and that what is remembered changes nothing."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from databases import lay_database, new_store
from sqlalchemy import delete, insert, update
from test_nearly import NEAR, OTHERS, TRUCE

from monitor.jobs.likeness import Likeness
from monitor.model.ids import ArticleId
from monitor.model.perhaps import Resembling
from monitor.model.settings import FeedSettings
from monitor.model.topic import Rule, Topic
from monitor.store import Store
from monitor.store.likeness import LikenessStore
from monitor.store.tables import articles, likeness_days, matches, topics

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
    scorer.learn(START + timedelta(days=13, hours=2))
    assert len(store.likeness.best("Truce")) == 13
    assert lines(store) == before
    scorer.learn(START + timedelta(days=13, hours=2), again=True)
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
    store.close()
