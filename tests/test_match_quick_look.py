"""The look before reading: it may name too many needles and never too few, so that it changes no verdict."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from table import each_row
from test_match_scripts import TABLE as SCRIPTS
from test_match_truth import TABLE

from monitor.match import TopicIndex, quick_look
from monitor.match.quick_look import QuickLook
from monitor.match.vocabulary import Vocabulary, bounded
from monitor.match.word_reading import CURRENCY_SIGNS, raw_words
from monitor.model.match import Document
from monitor.model.topic import Rule, Topic

NEEDLES = ("ceasefire", "US", "usa", "aid", "syria*", "abc", "bcd", "mh17", "停", "火", "anticorruption", "category:us")
HALVES = ("cease", "fire", "CEASE", "Cease-fire", "#CeaseFire", "#AntiCorruption", "anti-cor-ruption", "b", "cd", "bc")
NAMES = ("U.", "S.", "A.", "US", "us", "US$", "AIDS", "aids", "MH", "17", "A", "5", "Syrian", "停火", "l'US", "fire's")
WORDS = (*HALVES, *NAMES, "–", "“", "\u00a0", "\n\n")
PIECES = st.lists(st.sampled_from(WORDS) | st.text("abcdUS.-'’# \u200c", max_size=6), max_size=8).map(" ".join)


@given(PIECES, PIECES, st.sampled_from(["", "tr"]))
@example("LET US AIDS PRAY FOR", "", "")
@example("", "the MH 17 disaster", "")
@example("U. S. A. AID", "cease fire", "")
@example("", "a #AntiCorruption drive against anti-cor-ruption", "")
def test_whatever_an_article_hits_the_look_names(title: str, text: str, language: str) -> None:
    vocabulary = Vocabulary(NEEDLES)
    document = Document(title=title, text=text, language=language, page=title, category="US / world")
    possible = QuickLook(vocabulary).possible(bounded(document))
    assert possible is None or possible >= vocabulary.read(document).needles


@given(st.text(max_size=40).filter(lambda text: not set(text) & set(CURRENCY_SIGNS)))
def test_the_words_of_pieces_are_those_of_the_text(text: str) -> None:
    assert [raw for piece in text.split() for raw in raw_words(piece)] == raw_words(text)


def test_the_tables_of_terms_hold_with_the_look_and_without(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each term alone, so that few words of its text mean anything; read twice, so that its pieces are known."""

    def check(term: str, text: str) -> None:
        index = TopicIndex([Topic(name="t", rules=(Rule(all=((term,),)),))], {})
        document = Document(title="", text=f"{text} Nothing else {text}")
        found = [index.matches(document) for _ in range(2)]
        with monkeypatch.context() as context:
            context.setattr(QuickLook, "possible", lambda *_: None)
            assert found == [index.matches(document)] * 2

    each_row(check, [row[:2] for row in (*TABLE, *SCRIPTS)])


def test_looking_stops_where_it_is_in_vain_and_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quick_look, "MOST_IN_VAIN", 2)
    monkeypatch.setattr(quick_look, "TRIED_AGAIN", 4)
    look, document = QuickLook(Vocabulary(["truce"])), Document(title="A truce", text="holds")
    asked = [look.possible(document) is not None for _ in range(8)]
    assert asked == [True, True, True, True, False, False, False, True]
    look.has_paid()
    assert look.possible(document) == frozenset({"truce"})


def test_the_memory_of_pieces_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quick_look, "MEMORY_WORDS", 3)
    look = QuickLook(Vocabulary(["truce"]))
    for number in range(9):
        assert look.possible(Document(title=f"piece{number}", text="")) == frozenset()
        look.has_paid()
        assert len(look._quiet) <= 3
    assert look.possible(Document(title="x" * 99, text="")) is None
    look.forget()
    assert not look._quiet


def test_an_index_of_some_topics_finds_what_all_find_of_these() -> None:
    topics = [Topic(name=name, rules=(Rule(all=((name,), ("talks",))),)) for name in ("truce", "strike", "storm")]
    document = Document(title="Truce talks go on beside a strike", text="A storm delays talks.")
    whole = TopicIndex(topics, {})
    found = {match.topic: match for match in whole.matches(document)}
    assert whole.only({"storm", "truce", "absent"}).matches(document) == (found["storm"], found["truce"])
    assert whole.matches(document) == tuple(found.values())
