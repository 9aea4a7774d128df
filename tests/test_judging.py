"""What judgements are for: whom to ask about, which terms would find what is missed, and examples that are right."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from editions import article

from monitor.config.edit import edited
from monitor.config.edit.topics import with_example, with_exclusion, with_near, with_term
from monitor.match import rule_from_name
from monitor.match.rule_mistakes import example_document
from monitor.model.match import Document
from monitor.model.perhaps import Nearest, Resembling
from monitor.model.rule_change import Effect
from monitor.model.topic import Rule, Topic
from monitor.workbench import (
    Candidate,
    Entry,
    Gain,
    Judged,
    NewTerm,
    candidates,
    effect,
    example_of,
    is_kept,
    lessons,
)
from monitor.workbench.lessons import with_term as changed_topic

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ARRESTS = Topic(name="Arrests", rules=(Rule(all=(("arrest*", "charged"), ("Hong Kong", "Kowloon")), none=("film",)),))


def entry(number: int, title: str, text: str = "") -> Entry:
    return Entry(
        id=number, document=Document(title=title, text=text, outlet="The Post"), seen_at=NOON + timedelta(hours=number)
    )


NEWS = (
    entry(1, "Hong Kong editor arrested"),
    entry(2, "HK activists charged", "Police spoke at noon."),
    entry(3, "Publisher charged in HK", "A court sat late."),
    entry(4, "HK trader charged", "He sold stolen watches."),
    entry(5, "Rain over Oslo", "An HK firm sells umbrellas."),
    entry(6, "Ferries stop", f"{'Wind rose over the harbour all day long. ' * 12}In Kowloon a captain was arrested."),
    entry(7, "HK activists charged", "The same words by another outlet."),
    entry(8, "Kowloon film about an arrested poet"),
    entry(9, "HK baker charged"),
)
JUDGED = Judged(right=frozenset({2, 3, 1}), wrong=frozenset({4, 6}))


def read(news: Sequence[Entry] = NEWS) -> Iterator[Entry]:
    return iter(news)


# ---- Candidates


def shown(found: Sequence[Candidate]) -> list[tuple[object, bool]]:
    return [(each.finding.id, each.matches) for each in found]


def test_what_nearly_matches_is_asked_about_first_then_matches_in_passing_each_headline_once() -> None:
    found = candidates(read, ARRESTS, {}, limit=9)
    assert shown(found) == [(9, False), (7, False), (4, False), (3, False), (6, True)]
    assert found[0].why == 'it has charged → "charged" (title), and none of: Hong Kong, Kowloon'
    assert found[-1].why.startswith("a match in passing: arrest* → ")


def test_no_more_are_asked_about_than_wanted_and_groups_take_turns() -> None:
    news = (*NEWS, entry(10, "Hong Kong waits"), entry(11, "Kowloon waits"))
    assert shown(candidates(lambda: read(news), ARRESTS, {}, limit=3)) == [(9, False), (11, False), (7, False)]


def test_long_groups_are_shown_in_part_and_an_article_without_a_headline_is_one_of_its_own() -> None:
    topic = Topic(name="T", rules=(Rule(all=(("a1", "a2", "a3", "a4", "a5"), ("charged",))),))
    news = (entry(1, "", "He was charged."), entry(2, "", "She was charged."))
    found = candidates(lambda: read(news), topic, {}, limit=5)
    assert [each.finding.id for each in found] == [2, 1]
    assert found[0].why.endswith("none of: a1, a2, a3, a4, …")


def test_of_a_topic_of_one_group_only_doubtful_matches_are_asked_about() -> None:
    topic = Topic(name="T", rules=(Rule(all=(("captain",),)),), enabled=False)
    assert shown(candidates(read, topic, {}, limit=5)) == [(6, True)]


def nearest(*found: tuple[int, float]) -> Nearest:
    """Articles that resemble the topic, each with how much."""
    return Nearest(
        likeness=dict(found),
        floor=0.2,
        found=tuple(
            Resembling(
                article=article(number, "Ferries"),
                likeness=likeness,
                shared=("captain",),
                lacks=(),
            )
            for number, likeness in found
        ),
    )


def test_what_resembles_the_topic_is_asked_about_first_near_or_not() -> None:
    found = candidates(read, ARRESTS, {}, limit=9, nearest=nearest((6, 0.9), (5, 0.8), (3, 0.5), (77, 0.4)))
    assert shown(found)[:2] == [(5, False), (3, False)]
    assert found[0].why == "resembles by: captain"
    assert found[1].why.startswith("it has ")
    assert shown(found)[-1] == (6, True)
    assert 77 not in [each.finding.id for each in found]


def test_a_topic_of_one_group_is_asked_about_by_what_resembles_it() -> None:
    topic = Topic(name="T", rules=(Rule(all=(("captain",),)),), enabled=False)
    assert shown(candidates(read, topic, {}, limit=5, nearest=nearest((9, 0.3), (6, 0.9)))) == [(9, False), (6, True)]


# ---- Terms


def test_a_term_that_finds_what_is_missed_is_proposed_with_what_it_brings_and_costs() -> None:
    found = lessons(read, ARRESTS, {}, JUDGED)
    assert (found.hits, found.missed) == (2, 2)
    assert found.terms[0] == NewTerm(term="HK", rule=0, group=1, gain=Gain(articles=5, right=2, wrong=1))
    assert "HK" not in [each.term for each in found.terms[1:]]


def test_nothing_is_proposed_that_an_example_forbids_or_that_is_more_often_wrong() -> None:
    forbidden = Topic(name="Arrests", rules=ARRESTS.rules, must_not_match=("HK trader charged",))
    assert "HK" not in {each.term for each in lessons(read, forbidden, {}, JUDGED).terms}
    wrong = Judged(right=frozenset({3}), wrong=frozenset({2, 4, 9}))
    assert "HK" not in {each.term for each in lessons(read, ARRESTS, {}, wrong).terms}


def test_a_term_that_would_bring_a_flood_nobody_has_judged_is_not_proposed() -> None:
    flood = (*NEWS, *(entry(number, f"HK man charged over case {number}") for number in range(100, 130)))
    assert "HK" not in {each.term for each in lessons(lambda: read(flood), ARRESTS, {}, JUDGED).terms}


def test_of_terms_that_bring_the_same_articles_few_are_shown_and_names_are_whole() -> None:
    news = (
        entry(1, "Ada Brandt charged", "The Velm Harbour Trust said nothing."),
        entry(2, "Ferry owner charged", "He ran the Velm Harbour Trust for years."),
    )
    found = lessons(lambda: read(news), ARRESTS, {}, Judged(right=frozenset({1, 2})))
    assert [each.term for each in found.terms if each.gain.right == 2] == ["Velm Harbour Trust"]
    assert len([each for each in found.terms if each.gain.right == 1]) <= 4


def test_a_rule_of_one_group_learns_from_all_that_is_missed_and_a_topic_without_lessons_says_so() -> None:
    topic = Topic(name="Umbrellas", rules=(Rule(all=(("parasol",),)), ARRESTS.rules[0]))
    found = lessons(read, topic, {}, Judged(right=frozenset({5})))
    assert [(each.term, each.rule, each.group, each.gain.articles) for each in found.terms] == [("HK", 0, 0, 6)]
    rain = lessons(lambda: read(NEWS[4:6]), topic, {}, Judged(right=frozenset({5})))
    assert {each.term for each in rain.terms} == {"Rain", "Oslo"}, "where nothing finds more than one article"
    nothing = lessons(read, ARRESTS, {}, Judged())
    assert (nothing.missed, nothing.terms) == (0, ())


@pytest.mark.parametrize(
    ("rule", "brings"),
    [
        (Rule(all=(("charged",), ("Kowloon",))), 3),
        (Rule(all=(("charged",), ("Kowloon",)), near=3), 2),
        (Rule(all=(("charged",), ("Kowloon",)), within="headline"), 2),
        (Rule(all=(("charged",), ("Kowloon",)), at_least=2), 1),
        (Rule(all=(("charged",), ("Kowloon",)), is_pair=True), 1),
        (Rule(all=(("charged",), ("Kowloon",)), none=("baker",)), 2),
    ],
)
def test_what_a_term_brings_is_what_the_changed_rule_says(rule: Rule, brings: int) -> None:
    news = (
        entry(1, "HK charged"),
        entry(2, "HK baker charged", "In HK a baker was charged."),
        entry(3, "A man of the north was charged", "He had left on foot. HK is cold."),
    )
    topic = Topic(name="T", rules=(rule,))
    right = Judged(right=frozenset({1, 2, 3}))
    (found,) = [each for each in lessons(lambda: read(news), topic, {}, right).terms if each.term == "HK"]
    changed = changed_topic(topic, (0, 1), "HK")
    assert found.gain.articles == brings == effect(read(news), topic, changed, {}).entered


def test_the_effect_of_a_change_is_counted() -> None:
    new = Topic(name="Arrests", rules=(Rule(all=(("charged",), ("HK", "Kowloon"))),))
    found = effect(read(), ARRESTS, new, {})
    assert found == Effect(before=2, after=5, entered=5, left=2)
    assert found.in_words(timedelta(days=30)) == "2 matches in 30 days before, 5 now (+5 −2)"
    assert effect(read(), ARRESTS, ARRESTS, {}).in_words(timedelta(days=30)) == "2 matches in 30 days before, 2 now"
    assert effect(read(NEWS[:1]), ARRESTS, ARRESTS, {}).in_words(timedelta(days=1)) == "1 match in 1 day before, 1 now"


# ---- Examples


@pytest.mark.parametrize(
    ("article", "must_match", "text"),
    [
        (entry(1, "Hong Kong editor arrested", "x"), True, "Hong Kong editor arrested"),
        (entry(1, "An editor  arrested\x1b[31m", "In\nKowloon."), True, "An editor arrested [31m\nIn Kowloon."),
        (entry(1, "Rain", "Oslo."), False, "Rain"),
        (entry(1, "Rain", "Oslo."), True, ""),
        (entry(1, "Hong Kong editor arrested"), False, ""),
        (entry(1, "", "Hong Kong editor arrested"), True, ""),
    ],
)
def test_an_example_is_as_short_as_it_can_be_and_right(article: Entry, *, must_match: bool, text: str) -> None:
    assert example_of(article, ARRESTS, {}, must_match=must_match) == text


def test_an_example_has_as_much_of_the_text_as_it_needs() -> None:
    text = example_of(NEWS[5], ARRESTS, {}, must_match=True)
    assert text.endswith("In Kowloon a captain was arrested.")
    assert example_document(text).title == "Ferries stop"


def test_a_headline_is_kept_once() -> None:
    topic = Topic(name="T", rules=(), must_match=(" Rain \n more",), must_not_match=("Snow",))
    assert is_kept(entry(1, "Snow"), topic)
    assert not is_kept(entry(1, "Hail"), topic)


# ---- Where it is written

PLACES = """
[[topics]]
name = "Arrests"
all = ["charged", ["HK"]]
any = ["Kowloon"]

[[topics.rule]]
pair = ["A", "B"]
near = 3

[[topics]]
name = "Grain deal"
"""
CONTENT = {
    "topics": [
        {"name": "Arrests", "all": ["charged", ["HK"]], "any": ["Kowloon"], "rule": [{"pair": ["A", "B"], "near": 3}]},
        {"name": "Grain deal"},
    ]
}
GRAIN = Topic(name="Grain deal", rules=(rule_from_name("Grain deal"),))


def test_a_change_of_a_topic_finds_its_place_in_the_file() -> None:
    def changed(*edits: object) -> list[str]:
        new = edited(PLACES.encode(), edits).decode()  # type: ignore[arg-type]
        return [line for line in new.split("\n") if line not in PLACES.split("\n")]

    assert changed(*with_term(CONTENT, 0, ARRESTS, (0, 0), "x")) == ['all = [["charged", "x"], ["HK"]]']
    assert changed(*with_term(CONTENT, 0, ARRESTS, (0, 1), "x")) == ['all = ["charged", ["HK", "x"]]']
    assert changed(*with_term(CONTENT, 0, ARRESTS, (0, 2), "x")) == ['any = ["Kowloon", "x"]']
    assert changed(*with_term(CONTENT, 0, ARRESTS, (1, 1), "x")) == ['pair = ["A", ["B", "x"]]']
    assert changed(*with_term(CONTENT, 1, GRAIN, (0, 1), "x")) == ['all = [["Grain"], ["deal", "x"]]']
    assert changed(*with_exclusion(CONTENT, 0, ARRESTS, "x")) == ['none = ["x"]']
    assert changed(*with_exclusion(CONTENT, 1, GRAIN, "x")) == ['all = [["Grain"], ["deal"]]', 'none = ["x"]']
    assert changed(*with_near(CONTENT, 0, ARRESTS, 0, 8)) == ["near = 8"]
    assert changed(*with_near(CONTENT, 0, ARRESTS, 1, 2)) == ["near = 2"]
    assert changed(*with_near(CONTENT, 1, GRAIN, 0, 8)) == ['all = [["Grain"], ["deal"]]', "near = 8"]
    assert changed(with_example(1, "x", must_match=False)) == ['must_not_match = ["x"]']
