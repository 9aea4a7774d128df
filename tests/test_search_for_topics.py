"""The query of the index for a rule finds every article that the rule matches: for the tables of terms, and more."""

import sqlite3
from collections.abc import Iterator
from datetime import date

import pytest
from table import each_row
from test_match_scripts import TABLE as SCRIPTS
from test_match_truth import TABLE

from monitor.match import TopicIndex
from monitor.match.terms import parse_term
from monitor.model.ids import FeedId
from monitor.model.match import Document
from monitor.model.topic import Rule, Topic
from monitor.search import indexed
from monitor.search.for_topics import term_expression, topic_expression
from monitor.store.search_file import FOUND, INSERT

ROWS = [*(row[:2] for row in (*TABLE, *SCRIPTS)), ("MP", "Two MPs resign"), ("NZ", "both NZs agree")]


@pytest.fixture
def index() -> Iterator[sqlite3.Connection]:
    with sqlite3.connect(":memory:") as connection:
        connection.execute(FOUND)
        yield connection
    connection.close()


def put(index: sqlite3.Connection, number: int, text: str, language: str = "", title: str = "") -> None:
    dated = date(2016, 9, 12)
    words = indexed(title=title, text=text, feed_id=FeedId(1), language=language, dated=dated, memory={})
    index.execute(INSERT, (number, words.title, words.text, words.extra, words.page))


def finds(index: sqlite3.Connection, written: str) -> set[int]:
    return {row[0] for row in index.execute("SELECT rowid FROM found WHERE found MATCH ?", (written,))}


@pytest.mark.parametrize("language", ["", "tr"])
def test_whatever_a_term_matches_is_found(index: sqlite3.Connection, language: str) -> None:
    for number, (_, text) in enumerate(ROWS):
        put(index, number, text, language)

    def check(number: int, term: str, text: str) -> None:
        rules = (Rule(all=((term,),)),)
        if not TopicIndex([Topic(name="t", rules=rules)], {}).matches(Document(title="", text=text, language=language)):
            return
        written = topic_expression(rules, {})
        assert not written or number in finds(index, written), written

    each_row(check, [(number, *row) for number, row in enumerate(ROWS)])


def test_most_of_what_is_found_is_matched(index: sqlite3.Connection) -> None:
    """Otherwise nothing would be saved: of the texts of all other terms few are found."""
    texts = list(dict.fromkeys(text for _, text in ROWS))
    for number, text in enumerate(texts):
        put(index, number, text)
    found = [
        len(finds(index, written)) for term, _ in ROWS if (written := topic_expression((Rule(all=((term,),)),), {}))
    ]
    assert len(found) > 0.9 * len(ROWS)
    assert sum(found) / len(found) < 0.02 * len(texts)


def test_each_group_must_be_there_and_one_rule_is_enough(index: sqlite3.Connection) -> None:
    put(index, 1, "A truce in Syria holds.")
    put(index, 2, "A truce in Sudan holds.")
    put(index, 3, "叙利亚停火协议", title="叙利亚")
    both = Rule(all=(("Syria*",), ("@calm",)))
    lists = {"calm": ("truce", "ceasefire")}
    assert finds(index, topic_expression((both,), lists)) == {1}
    assert finds(index, topic_expression((both, Rule(all=(("Sudan",),))), lists)) == {1, 2}
    assert finds(index, topic_expression((Rule(all=(("叙利亚",), ("停火",))),), {})) == {3}
    assert finds(index, topic_expression((Rule(all=(("叙利亚",), ("火停",))),), {})) == set()


def test_of_many_phrases_the_longest_word_of_each_is_looked_for(index: sqlite3.Connection) -> None:
    put(index, 1, "The armistice of Aleppo")
    put(index, 2, "叙利亚停火协议")
    put(index, 3, "Nothing at all")
    many = tuple(f"armistice place{number}" for number in range(120))
    assert finds(index, topic_expression((Rule(all=((*many, "叙利亚"),)),), {})) == {1, 2}


def test_what_the_index_cannot_say_is_left_out_or_means_all() -> None:
    assert topic_expression((Rule(all=(("author:Reed",),)),), {}) == ""
    assert topic_expression((Rule(all=(("author:Reed",), ("truce",))),), {})
    assert topic_expression((Rule(all=(("truce", "url:opinion"),)), Rule(all=(("talks",),))), {}) == ""
    assert term_expression([parse_term("author:Reed")]) == ""
    assert topic_expression((Rule(all=(("a" * 50_000,),)),), {}) == ""
    many = tuple(f"extraordinary{number}word" for number in range(5_000))
    assert topic_expression((Rule(all=(many,)),), {}) == ""
