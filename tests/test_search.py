"""Search: what is indexed, what people type, what is found, and where it is marked. The index is a real one."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random  # noqa: TID251 (seeded)

import pytest
from databases import new_store
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, text, update

from monitor.errors import StoreError
from monitor.jobs.indexer import Indexer
from monitor.model.ids import ArticleId, FeedId
from monitor.model.settings import FeedSettings
from monitor.progress import Progress
from monitor.search import (
    Indexed,
    Marker,
    Phrase,
    QueryError,
    best_first,
    both,
    date_tokens,
    expression,
    feed_token,
    indexed,
    language_token,
    parse,
    tokens_between,
)
from monitor.store import Store
from monitor.store.search_file import FOUND, OpenFile, index_file, reading, writing
from monitor.store.search_index import UnusableIndex
from monitor.store.searching import BATCH, Sought
from monitor.store.tables import articles, generations, matches, reindex, topics

NOON = datetime(2016, 3, 1, 12, tzinfo=UTC)
TODAY = NOON.date()
MATCHERS: list[sqlite3.Connection] = []

TEXTS = (
    ("停火协议今天生效", "叙利亚停火。各方 撤\n军"),
    ("休戦の合意", "タスさんはイドリブから。東京"),
    ("Dock strike ends at Müller's port", "The U.S. cease-fire holds; US$ 5 a ton."),
    ("Перемирие в Сирии", "Войска ушли из Алеппо."),
    ("هدنة في سوريا", "نص الاتفاق"),
    ("Erdoğan'ın sözleri", "l'ONU said: no strike. Dock hands"),
)


class Shelf:
    """A store with articles of one feed, and its index."""

    def __init__(self, folder: Path) -> None:
        self.store: Store = new_store(folder / "news-monitor.db", is_owner=True)
        self.index = index_file(folder / "news-monitor.db")
        feeds = [FeedSettings(url=f"https://{each}.example/f", outlet=each) for each in ("coast", "hill")]
        self.store.feeds.sync(feeds, NOON)
        self.count = 0

    def add(self, *texts: tuple[str, str], at: datetime = NOON, feed: int = 1, language: str = "") -> None:
        rows = []
        for title, words in texts:
            self.count += 1
            rows.append(
                {
                    "feed_id": feed,
                    "key": f"{self.count}",
                    "title": title,
                    "text": words,
                    "language": language,
                    "first_seen_at": at,
                    "arrival": "new",
                    "is_mailable": True,
                    "content_hash": "",
                }
            )
        with self.store.database.write() as connection:
            connection.execute(insert(articles), rows)

    def write(self, statement: object) -> None:
        with self.store.database.write() as connection:
            connection.execute(statement)  # type: ignore[call-overload]

    def catch_up(self) -> None:
        while self.store.searching.advance({}):
            pass

    def find(self, words: str, limit: int = 10_000, **more: object) -> list[int]:
        sought = replace(Sought(query=parse(words)), **more)  # type: ignore[arg-type]
        return [each.id for each in self.store.searching.newest(sought, limit).articles]


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    made = Shelf(tmp_path)
    yield made
    made.store.close()


# ---- What is found


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("停火", [1]),
        ("休戦", [2]),
        ("火", [1]),
        ("議", []),
        ("火协", [1]),
        ("停火协议今天", [1]),
        ("停协", []),
        ("撤军", [1]),
        ("火各", []),
        ("イドリブ", [2]),
        ("東京", [2]),
        ("dock strike", [6, 3]),
        ('"dock strike"', [3]),
        ('"strike dock"', [6]),
        ("“dock strike”", [3]),
        ('"dock strike', [6, 3]),
        ("DOCK", [6, 3]),
        ("hand", [6]),
        ('"dock hand"', [6]),
        ("docks", []),
        ("-hand dock", [3]),
        ("to", []),
        ("AID", []),
        ("mueller", [3]),
        ("muller", [3]),
        ("Müller", [3]),
        ("us", [3]),
        ("u.s.", [3]),
        ("US$", [3]),
        ("cease-fire", [3]),
        ("ceasefire", [3]),
        ('"cease fire"', [3]),
        ("Сирии", [4]),
        ("перемир*", [4]),
        ("перемирие OR dock", [6, 4, 3]),
        ("dock OR перемирие -müller", [6, 4]),
        ("dock -strike", []),
        ('dock -"dock strike"', [6]),
        ("هدنه", [5]),
        ("هدنة", [5]),
        ("erdogan", [6]),
        ("l'ONU", [6]),
        ("onu", [6]),
        ("dock OR", [6, 3]),
        ("OR dock", [6, 3]),
        ('"or"', []),
        ('dock "OR" strike', []),
        ("dock -OR", [6, 3]),
        ("dock*", [6, 3]),
        ("f*rst", []),
    ],
)
def test_words_are_found(shelf: Shelf, words: str, expected: list[int]) -> None:
    shelf.add(*TEXTS)
    shelf.catch_up()
    assert shelf.find(words) == expected


def test_filters_alone_and_with_words(shelf: Shelf) -> None:
    shelf.add(("Dock strike", ""), ("Harbour news", ""), language="en-GB")
    shelf.add(("Dock strike", ""), feed=2, at=NOON + timedelta(days=40), language="de")
    shelf.catch_up()
    feed, language = ((feed_token(FeedId(2)),),), ((language_token("en"),),)
    assert shelf.find("", facts=feed) == [3]
    assert shelf.find("dock", facts=language) == [1]
    assert shelf.find("-dock", facts=language) == [2]
    assert shelf.find("dock", facts=(tokens_between(date(2016, 3, 2), None, TODAY),)) == [3]
    assert shelf.find("dock", facts=(tokens_between(None, date(2016, 3, 1), TODAY),)) == [1]
    assert shelf.find("dock", facts=(tokens_between(date(2017, 3, 1), date(2016, 3, 1), TODAY),)) == []
    assert shelf.find("") == []
    assert shelf.store.searching.count(Sought(query=parse("dock")), NOON + timedelta(days=1)) == 1
    assert shelf.store.searching.count(Sought(query=parse("dock")), NOON + timedelta(days=90)) == 0


@pytest.mark.parametrize(("few", "at_once", "most"), [(2_000, 500, 20), (0, 500, 20), (0, 1, 1), (0, 2, 0)])
def test_only_what_a_topic_matches(
    shelf: Shelf, few: int, at_once: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitor.store.topic_filter.FEW", few)
    monkeypatch.setattr("monitor.store.topic_filter.LOOKED_UP", at_once)
    monkeypatch.setattr("monitor.store.topic_filter.MOST_LOOK_UPS", most)
    shelf.add(*[("Dock strike", "")] * 3, ("Harbour", ""))
    shelf.catch_up()
    shelf.write(insert(topics).values(id=1, name="Ports", fingerprint="", written=""))
    for article, stale in ((1, None), (2, NOON), (4, None)):
        row = {
            "article_id": article,
            "tier": "lead",
            "origin": "new",
            "rule": 0,
            "fingerprint": "",
            "evidence": [],
            "stale_since": stale,
        }
        shelf.write(insert(matches).values(topic_id=1, matched_at=NOON, **row))
    assert shelf.find("dock", topics=("Ports",)) == [1]
    assert shelf.find("", topics=("Ports",)) == [4, 1]
    assert shelf.find("dock", topics=("Ports", "Other")) == []
    assert shelf.store.searching.count(Sought(query=parse("dock"), topics=("Ports",)), NOON) == 1


def test_the_best_have_the_words_in_the_headline_more_and_rarer_ones(shelf: Shelf) -> None:
    shelf.add(
        ("Harbour", "dock"), ("Dock", "x"), ("Harbour", "dock and dock and dock"), ("Port", "dock " + "w " * 2000)
    )
    shelf.catch_up()
    found = shelf.store.searching.best(Sought(query=parse("dock")), 3)
    assert [each.id for each in found.articles] == [2, 3, 1]
    assert found.has_more
    assert shelf.store.searching.newest(Sought(query=parse("dock")), 3).has_more


def test_a_limit_and_an_index_that_is_not_there(shelf: Shelf) -> None:
    shelf.add(*[("Dock", "")] * 3)
    sought = Sought(query=parse("dock"))
    assert shelf.find("dock") == []
    assert shelf.store.searching.best(sought, 3).articles == ()
    assert shelf.store.searching.count(sought, NOON) == 0
    built = shelf.store.searching.built()
    assert (built.percent, built.waiting, built.is_whole) == (0, 3, False)
    shelf.catch_up()
    assert shelf.find("dock", limit=2) == [3, 2]
    assert shelf.store.searching.built().is_whole


# ---- The index follows the articles


def test_edits_and_removals_are_followed(shelf: Shelf) -> None:
    shelf.add(*TEXTS)
    shelf.catch_up()
    shelf.write(update(articles).where(articles.c.id == 1).values(text=""))
    shelf.write(update(articles).where(articles.c.id == 3).values(title="Harbour", revisions=1))
    shelf.write(delete(articles).where(articles.c.id == 4))
    assert shelf.store.searching.built().waiting == 3
    shelf.catch_up()
    assert shelf.find("叙利亚") == []
    assert shelf.find("停火") == [1]
    assert shelf.find("harbour") == [3]
    assert shelf.find("перемирие") == []
    assert shelf.store.searching.check() == 0
    with shelf.store.database.read() as connection:
        assert connection.execute(select(reindex)).all() == []


def test_what_is_not_indexed_needs_no_reading_again(shelf: Shelf) -> None:
    shelf.add(*TEXTS)
    shelf.catch_up()
    shelf.write(update(articles).where(articles.c.id == 1).values(outlet="another", content_hash="x"))
    assert shelf.store.searching.built().waiting == 0


def test_an_old_store_is_indexed_from_its_newest_article_on_while_new_ones_come(shelf: Shelf) -> None:
    shelf.add(*[(f"Dock {number}", "") for number in range(BATCH * 2 + 10)])
    advance = shelf.store.searching.advance
    assert advance({})
    assert shelf.find("dock")[-1] == BATCH + 11
    assert 0 < shelf.store.searching.built().percent < 100
    shelf.write(update(articles).where(articles.c.id == 5).values(title="Pier"))  # not indexed yet
    shelf.write(delete(articles).where(articles.c.id == 6))
    shelf.add(("Dock late", ""))
    shelf.catch_up()
    assert len(shelf.find("dock")) == BATCH * 2 + 9
    assert shelf.find("pier") == [5]
    assert shelf.find("late") == [BATCH * 2 + 11]
    assert shelf.store.searching.check() == 0


def test_a_rebuild_while_the_indexer_runs_loses_nothing(shelf: Shelf) -> None:
    """An earlier version looked only above the highest id then, and lost all older articles."""
    shelf.add(*[(f"Dock {number}", "") for number in range(BATCH + 50)])
    shelf.catch_up()
    shelf.store.searching.reset()
    assert shelf.store.searching.advance({})
    shelf.add(("Dock new", ""))
    shelf.store.searching.reset()
    shelf.store.searching.reset()
    shelf.catch_up()
    assert len(shelf.find("dock")) == BATCH + 51


def test_a_batch_that_fails_leaves_the_index_where_it_was(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf.add(*[("Dock", "")] * 3)
    put = "monitor.store.search_file.OpenFile.move"

    def failing(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(put, failing)
        with pytest.raises(KeyboardInterrupt):
            shelf.store.searching.advance({})
    shelf.catch_up()
    assert shelf.find("dock") == [3, 2, 1]


def test_a_random_history_ends_with_what_a_new_index_has(shelf: Shelf) -> None:
    chance = Random(5)
    words = ("dock", "strike", "停火协议", "Müller", "Сирии")
    for _ in range(60):
        match chance.randrange(5):
            case 0 | 1:
                shelf.add(*[(chance.choice(words), chance.choice(words)) for _ in range(chance.randrange(1, 30))])
            case 2 if shelf.count:
                chosen = articles.c.id == chance.randint(1, shelf.count)
                shelf.write(update(articles).where(chosen).values(text=chance.choice(words)))
            case 3 if shelf.count:
                shelf.write(delete(articles).where(articles.c.id == chance.randint(1, shelf.count)))
            case _:
                shelf.store.searching.advance({})
    shelf.catch_up()
    found = {word: shelf.find(word) for word in words}
    assert shelf.store.searching.check() == 0
    shelf.store.searching.reset()
    shelf.catch_up()
    assert {word: shelf.find(word) for word in words} == found


def test_an_index_of_another_database_is_built_again(shelf: Shelf) -> None:
    shelf.add(*TEXTS)
    shelf.catch_up()
    shelf.write(insert(generations).values(token="restored", began_at=NOON, last_edition=0))
    assert shelf.store.searching.built().percent == 0
    shelf.catch_up()
    assert shelf.store.searching.built().is_whole
    with shelf.store.database.write() as connection:
        connection.execute(text("UPDATE sqlite_sequence SET seq = 2 WHERE name = 'articles'"))
        connection.execute(delete(articles).where(articles.c.id > 2))
    shelf.catch_up()
    assert shelf.find("dock") == []
    assert shelf.find("休戦") == [2]


@pytest.mark.parametrize("version", [False, True])
def test_an_index_that_cannot_be_used_is_built_again(shelf: Shelf, *, version: bool) -> None:
    shelf.add(*TEXTS)
    shelf.catch_up()
    if version:
        with writing(shelf.index) as index:
            assert isinstance(index, OpenFile)
            index._connection.execute("UPDATE state SET version = 99")
    else:
        shelf.index.write_bytes(b"no database, but long enough for SQLite to say so" * 100)
    assert "index of searches" in shelf.store.searching.built().because
    with pytest.raises(UnusableIndex):
        shelf.store.searching.check()
    shelf.catch_up()
    assert shelf.find("dock") == [6, 3]
    assert shelf.store.searching.check() == 0


def test_a_check_puts_right_what_differs(shelf: Shelf) -> None:
    assert shelf.store.searching.check() == 0
    shelf.add(*TEXTS)
    shelf.catch_up()
    with writing(shelf.index) as index:
        index.drop([ArticleId(3)])
    shelf.write(delete(articles).where(articles.c.id == 1))
    shelf.write(delete(reindex))
    assert shelf.store.searching.check() == 2
    shelf.catch_up()
    assert shelf.find("dock") == [6, 3]
    assert shelf.find("停火") == []


def test_parts_are_joined(shelf: Shelf) -> None:
    for number in range(20):
        shelf.add((f"Dock {number}", ""))
        shelf.catch_up()
    while shelf.store.searching.tidy():
        pass
    with reading(shelf.index) as index:
        state = index.state() if index else None
    assert state is not None
    assert state.is_tidy
    assert len(shelf.find("dock")) == 20


def test_the_index_is_private(shelf: Shelf) -> None:
    shelf.add(*TEXTS)
    shelf.catch_up()
    assert shelf.index.stat().st_mode & 0o777 == 0o600


def test_feeds_are_found_by_what_people_call_them(shelf: Shelf) -> None:
    called = shelf.store.feeds.called
    assert called("COAST", "") == (1,)
    assert called("", "https://hill.example/f") == (2,)
    assert called("valley", "") == ()


# ---- What people type


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ("dock OR -strike", "Put -strike at the end"),
        ("dock -strike OR port", "Put -strike at the end"),
        ('-"dock strike" OR port', 'Put -"dock strike" at the end'),
        ("a*", "at least 3 letters"),
        ("word " * 101, "too much"),
        ("x" * 2_001, "too much"),
    ],
)
def test_what_cannot_be_looked_for(words: str, problem: str) -> None:
    with pytest.raises(QueryError, match=problem):
        parse(words)


def test_nothing_to_look_for() -> None:
    assert expression(parse('"" * - !!! « » OR')) == ""
    assert expression(parse("-dock")) == ""


def test_both_find_what_each_finds() -> None:
    query = both(parse("a1 OR b1 -c1"), parse("d1"))
    assert expression(query) == '(("a1" OR "b1") AND ("d1")) NOT ("c1")'


def test_words_of_the_index_for_a_phrase_of_two_scripts(shelf: Shelf) -> None:
    shelf.add(("A股市场", ""), ("iPhone手机 x", ""))
    shelf.catch_up()
    assert shelf.find('"A股"') == [1]
    assert shelf.find("A股市") == [1]
    assert shelf.find("手机") == [2]
    assert shelf.find('"手机 x"') == [2]
    assert shelf.find('"iphone手机 x"') == [2]


PUNCTUATION = st.text(alphabet="\"“”«»*()^:-+–{}[]~<>|&!?'\\/,.;%_@#=$ \n\tORNEARAND停火aé١\u0301\u200f\x00\ud83d")


@given(PUNCTUATION | st.text())
def test_nothing_that_people_type_is_an_error_of_syntax(words: str) -> None:
    try:
        query = parse(words)
    except QueryError:
        return
    for is_in_title in (False, True):
        written = expression(query, ((":f1", ":f2"),), is_in_title=is_in_title)
        _matcher().execute("SELECT count(*) FROM found WHERE found MATCH ?", (written,)).fetchall()
    Marker(query.wanted).marked(words, 40)


def _matcher() -> sqlite3.Connection:
    if not MATCHERS:
        connection = sqlite3.connect(":memory:")
        connection.execute(FOUND)
        MATCHERS.append(connection)
    return MATCHERS[0]


# ---- Dates


@given(st.dates(date(1980, 1, 1), date(2040, 1, 1)), st.dates(date(1980, 1, 1), date(2040, 1, 1)), st.data())
def test_a_range_of_days_has_the_words_of_its_days_and_no_other(first: date, last: date, data: st.DataObject) -> None:
    words = set(tokens_between(first, last, date(2039, 1, 1)))
    day = data.draw(st.dates(date(1990, 1, 1), date(2040, 1, 1)))
    assert bool(words & set(date_tokens(day))) is (first <= day <= last)
    assert len(words) < 130


def test_open_ranges() -> None:
    assert tokens_between(None, None, TODAY) == ()
    assert tokens_between(date(2016, 2, 27), None, TODAY)[:4] == (":d20160227", ":d20160228", ":d20160229", ":m201603")
    assert tokens_between(None, date(1985, 1, 1), TODAY) == (":d",)
    assert set(date_tokens(date(1971, 5, 5))) <= {":d19900101", ":m199001", ":y1990"}


# ---- What is indexed, marked and ranked


def words_of(title: str, body: str = "") -> Indexed:
    return indexed(title=title, text=body, feed_id=FeedId(7), language="pt_BR", dated=TODAY, memory={})


def test_what_is_indexed_of_an_article() -> None:
    assert words_of("停火协 a, b", "Mme. X's cease-fire") == Indexed(
        title="停火 火协 协 a b",
        text="mme x cease fire",
        extra=":f7 :lpt :d20160301 :m201603 :y2016 停 火 协 ceasefire",
    )
    assert words_of("停\n火、协").title == "停火 火 协"


def test_a_memory_of_words_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.search.columns.MEMORY_WORDS", 2)
    memory: dict[str, tuple[str, tuple[str, ...]]] = {}
    found = indexed(title="a b c", text="", feed_id=FeedId(1), language="", dated=TODAY, memory=memory)
    assert found.title == "a b c"
    assert set(memory) == {"c"}


@pytest.mark.parametrize(
    ("body", "words", "expected"),
    [
        ("The dock strike", '"dock strike"', ["dock strike"]),
        ("The dock. A dockhand", "dock*", ["dock", "dockhand"]),
        ("strike", '"dock strike"', []),
        ("叙利亚停火。停 火", "停火", ["停火", "停 火"]),
        ("停、火", "停火", []),
        ("Müller und Mueller", "mueller", ["Müller", "Mueller"]),
        ("dock dock strike", '"dock strike" OR dock', ["dock", "dock strike"]),
        ("cease-fire, ceasefire", "cease-fire", ["cease-fire", "ceasefire"]),
        ("strike at the end: dock", '"dock strike"', []),
        ("two docks, dock-hands", "dock-hand dock", ["docks", "dock-hands"]),
        ("aa bb cc", '"aa bb" OR "bb cc"', ["aa bb cc"]),
    ],
)
def test_what_is_marked(body: str, words: str, expected: list[str]) -> None:
    found = Marker(parse(words).wanted).marked(body, 200)
    assert [found.text[first:last] for first, last in found.marks] == expected


def test_a_long_text_is_cut_around_the_first_word() -> None:
    found = Marker(parse("dock").wanted).marked("word " * 100 + "dock\n" + "word " * 100, 100)
    assert found.text.startswith("… word")
    assert found.text.endswith("word …")
    assert [found.text[first:last] for first, last in found.marks] == ["dock"]
    assert len(found.text) <= 104
    assert Marker(parse("火").wanted).marked("停" * 300 + "火", 100).text == "… " + "停" * 60 + "火"
    whole = Marker(parse("truce").wanted).marked("A Syrian truce", 14)
    assert (whole.text, whole.marks) == ("A Syrian truce", ((9, 14),))
    assert Marker(()).marked("停" * 300, 100).text == "停" * 100 + " …"


def test_equally_good_ones_are_the_newest_first() -> None:
    same = words_of("Dock")
    found = {ArticleId(1): same, ArticleId(3): same, ArticleId(2): words_of("Pier", "dock")}
    assert best_first(found, (Phrase(words=("dock",)), Phrase(words=("doc",), is_prefix=True))) == [3, 1, 2]


def test_an_index_that_is_up_to_date_is_not_opened(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf.add(*TEXTS)
    shelf.catch_up()
    while shelf.store.searching.tidy():
        pass
    shelf.catch_up()

    def opened(*_: object, **__: object) -> None:
        raise AssertionError

    with monkeypatch.context() as patch:
        patch.setattr("monitor.store.search_file.IndexFile.writing", opened)
        assert not shelf.store.searching.advance({})
        assert not shelf.store.searching.tidy()
    shelf.write(update(articles).where(articles.c.id == 1).values(text=""))
    assert shelf.store.searching.advance({})
    shelf.catch_up()
    shelf.index.unlink()
    shelf.catch_up()
    assert shelf.find("dock") == [6, 3]


def test_long_texts_take_time_in_proportion_to_their_length() -> None:
    """Each of these took hours when it was read quadratically."""
    for sign in ("a", "-", "a-", "停", "'", ".", "a'"):
        words_of("", sign * 200_000)
        Marker(parse("dock*").wanted).marked(sign * 200_000, 100)


# ---- The job


def test_the_job_indexes_in_portions_and_stops_when_it_is_told_to(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitor.store.searching.BATCH", 2)
    shelf.add(*TEXTS)
    indexer = Indexer(progress=Progress(), store=shelf.store)
    assert not indexer.run(lambda: True)
    assert not indexer.run(batches=2)
    assert shelf.find("dock") == [6, 3]
    assert shelf.find("停火") == []
    assert indexer.run()
    indexer.tidy()
    assert shelf.find("停火") == [1]
    indexer.again()
    assert shelf.find("停火") == []


def test_the_weekly_check_puts_right_what_differs_and_begins_a_damaged_index_again(shelf: Shelf) -> None:
    indexer = Indexer(progress=Progress(), store=shelf.store)
    shelf.add(*TEXTS)
    shelf.catch_up()
    with writing(shelf.index) as index:
        index.drop([ArticleId(3)])
    indexer.check()
    shelf.catch_up()
    indexer.check()
    assert shelf.find("dock") == [6, 3]
    with writing(shelf.index) as index:
        assert isinstance(index, OpenFile)
        index._connection.execute("DELETE FROM found_data WHERE id > 10")
    indexer.check()
    shelf.catch_up()
    assert shelf.find("dock") == [6, 3]


def test_one_at_a_time_writes(shelf: Shelf) -> None:
    shelf.add(*TEXTS)
    with shelf.store.searching._turn:
        assert not shelf.store.searching.advance({})
        assert not shelf.store.searching.tidy()
    shelf.catch_up()
    shelf.index.write_bytes(b"no database, but long enough for SQLite to say so" * 100)
    shelf.store.searching.drop([ArticleId(1)])
    assert not shelf.index.exists()
    shelf.store.searching.drop([ArticleId(1)])


def test_an_index_that_others_lock_fails_for_now(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf.add(*TEXTS)
    monkeypatch.setattr("monitor.store.search_file.TRIES", 2)
    with writing(shelf.index), pytest.raises(StoreError, match="locked") as failed:
        shelf.store.searching.advance({})
    assert not isinstance(failed.value, UnusableIndex)


def test_an_index_of_words_that_were_read_in_another_way_is_built_again(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.add(*TEXTS)
    shelf.catch_up()
    monkeypatch.setattr("monitor.store.search_file.version_of", lambda _: 5)
    assert "another version" in shelf.store.searching.built().because
    shelf.store.searching.advance({})
    shelf.write(update(articles).where(articles.c.id == 1).values(text=""))
    shelf.catch_up()
    assert shelf.find("dock") == [6, 3]
