"""Topics from words: done right, or refused with what to type. Never the opposite."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.catalogue.sources import places
from monitor.lists import list_names, shipped_lists
from monitor.match import TopicIndex, term_problems
from monitor.model.match import Document
from monitor.workbench.spoken_topic import (
    NOT_ALONE,
    UnclearWords,
    doubts_of,
    in_brief,
    split_topics,
    topic_of_words,
)

LISTS = shipped_lists(list_names())
COUNTRIES = {place.terms for place in places().values()} - {""}


@pytest.mark.parametrize(
    ("words", "meaning"),
    [
        ("Syria ceasefire", "each of: @syria, @ceasefire"),
        ("  Syria \t ceasefire ", "each of: @syria, @ceasefire"),
        ("Syria or Iraq", "@syria or @iraq"),
        ("Syria | Iraq", "@syria or @iraq"),
        ("Syrien oder Irak", "Syrien or Irak"),
        ("Syria OR Iraq or Lebanon", "@syria or @iraq or @lebanon"),
        ("(Syria or Iraq) ceasefire", "each of: @syria or @iraq, @ceasefire"),
        ('(Syria or "Saudi Arabia") talks', "each of: @syria or @saudi-arabia, @talks"),
        ("Syria AND Iraq", "each of: @syria, @iraq"),
        ("Syria & +Iraq", "each of: @syria, @iraq"),
        ("Syria -Iraq", "@syria; none of: Iraq"),
        ("Syria –Iraq −Iran !Egypt", "@syria; none of: Iraq, Iran, Egypt"),
        ("Syria not Iraq", "@syria; none of: Iraq"),
        ("Syria not (Iraq or Iran)", "@syria; none of: Iraq, Iran"),
        ('Syria not "Saudi Arabia"', "@syria; none of: Saudi Arabia"),
        ("-(Syria or Iraq) talks", "@talks; none of: Syria, Iraq"),
        ("Syria or Iraq -football", "@syria or @iraq; none of: football"),
        ('"red sea" shipping', "each of: red sea, shipping"),
        ("„Rotes Meer“ «mer Rouge»", "each of: Rotes Meer, mer Rouge"),
        ('"Doctors without Borders"', "Doctors without Borders"),
        ("US-Russia coordination", "each of: @us, @russia, coordination"),
        ('Syria -"US-Russia"', "@syria; none of: US-Russia"),
        ("South Korea chips", "each of: @south-korea, chip"),
        ("US officials", "each of: @us, official"),
        ("floods in Kenya", "each of: flood, @kenya"),
        ("Jordan floods", "each of: @jordan, flood"),
        ("space trade", "each of: space, trade"),
        ("AT&T", "AT&T"),
        ("O'Brien", "O'Brien"),
        ("Syri* talks", "each of: Syri*, @talks"),
        ("title:poll Kenya", "each of: title:poll, @kenya"),
        ("叙利亚 停火", "each of: 叙利亚, 停火"),
    ],
)
def test_words_become_a_rule(words: str, meaning: str) -> None:
    topic = topic_of_words(words, LISTS, COUNTRIES)
    assert in_brief(topic) == meaning
    assert topic.name == " ".join(words.split())
    assert not [problem for problem in term_problems((topic,), LISTS) if not problem.is_warning]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "needs a word"),
        ("x" * 101, "at most 100 characters"),
        ("a1 " * 31, "at most 30 of them"),
        ("x\0y", "nobody can read"),
        ("the", 'such as "the" are in every article'),
        ("Syria or Iraq ceasefire", "(Syria or Iraq) ceasefire"),
        ("Syria and Iraq or Lebanon", "two ways"),
        ("Syria or or Iraq", "two ways"),
        ("Syria or -Iraq", "two ways"),
        ("or Syria", '"or" refers to'),
        ("Syria OR", '"OR" refers to'),
        ("not Iraq", '"not" refers to'),
        ("Syria not", '"not" refers to'),
        ("Syria not Iraq war", "write - before it"),
        ("Syria not not Iraq", "not one word"),
        ("Syria not -Iraq", "not one word"),
        ("-Iraq", "looked for, too"),
        ("Doctors without Borders", "put the name in quotes"),
        ("Syrien ohne Irak", '"ohne" refers to'),
        ("Сирия кроме Ирака", '"кроме" refers to'),
        ("no deal", '"no" refers to'),
        ("Syria NEAR/5 Iraq", '"NEAR/5" refers to'),
        ("Syria w/5 Iraq", 'w/5"'),
        ("Syria -Syria", "looked for and left out"),
        ("Syria -sÝria", "looked for and left out"),
        ("Syria -US-Russia", "Put it in quotes behind the -"),
        ("Syria -the", "Put it in quotes behind the -"),
        ("Syria - Iraq", "to leave a word out, write -word"),
        ("Syria 🙂", "not a word"),
        ("Syria/Iraq", "or if one is enough"),
        ("us russia", "Write US for the country"),
        ("vitamin D", "in quotes with its neighbour"),
        ('Syria "Iraq', "opened and not closed"),
        ("(Syria", "opened and not closed"),
        ("(Syria or", "opened and not closed"),
        ("Syria)", "closed and not opened"),
        ("()", 'write "or" between'),
        ("(Syria Iraq)", 'write "or" between'),
        ("(Syria or (Iraq or Iran)) talks", 'write "or" between'),
        ("(Syria or (Iran)) talks", 'write "or" between'),
        ("(Syria or) talks", 'write "or" between'),
        ("(Syria or US-Russia) talks", "not one word"),
        ('""', "empty term"),
        ('Syria -""', "empty term"),
        ("site:bbc.example Syria", 'Did you mean "url:"'),
        ("S* talks", "at least 3 letters"),
    ],
)
def test_what_is_unclear_is_refused_with_what_to_type(words: str, said: str) -> None:
    with pytest.raises(UnclearWords) as error:
        topic_of_words(words, LISTS, COUNTRIES)
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        ("Syria ceasefire, Red Sea; Iraq", ("Syria ceasefire", "Red Sea", "Iraq")),
        ('"Paris, Texas" (a or b, c), x', ('"Paris, Texas" (a or b, c)', "x")),
        ("Syria,, Syria , ", ("Syria",)),
        ("叙利亚、停火，伊拉克", ("叙利亚", "停火", "伊拉克")),
        (" ", ()),
    ],
)
def test_commas_separate_topics(text: str, topics: tuple[str, ...]) -> None:
    assert split_topics(text) == topics


def test_a_word_that_is_left_out_is_never_looked_for() -> None:
    topic = topic_of_words("talks -Iraq", LISTS, COUNTRIES)
    index = TopicIndex((topic,), LISTS)
    assert not index.matches(Document(title="Iraq holds talks", text=""))
    assert index.matches(Document(title="Iran holds talks", text=""))


def test_doubts_name_a_term_that_is_hardly_meant() -> None:
    assert "Write two or more" in doubts_of(topic_of_words('"停"', LISTS, COUNTRIES))[0]
    assert doubts_of(topic_of_words("Syria ceasefire", LISTS, COUNTRIES)) == ()


def test_lists_that_say_something_only_beside_others_are_lists() -> None:
    assert set(LISTS) >= NOT_ALONE


@given(st.lists(st.sampled_from(["Syria", "or", "not", "-Iraq", "(", ")", '"', "and", "US", "the", "x", "-", "talks"])))
def test_any_words_are_a_topic_that_can_be_used_or_refused(words: list[str]) -> None:
    try:
        topic = topic_of_words(" ".join(words), LISTS, COUNTRIES)
    except UnclearWords:
        return
    assert not [problem for problem in term_problems((topic,), LISTS) if not problem.is_warning]
    assert topic.rules[0].all
